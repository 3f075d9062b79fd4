"""Sending: at most once, never silently lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounts.models import Credential, PlatformApp, SpendingCap, User
from content import actions
from content.actions.publishing import MOST_ATTEMPTS, backoff
from content.actions.settling import mark_unconfirmed
from content.errors import ContentError
from content.models import Attempt, Post, Publication
from govsocial.audit.models import Entry
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import (
    AppMissing,
    BudgetSpent,
    NotReached,
    RateLimited,
    Refused,
    UnknownOutcome,
)
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.content.media_stage import ready
from tests.content.stage import (
    FakePlatform,
    Stage,
    address,
    later,
    make_stage,
    media_item,
    picture,
)
from tests.content.test_time_and_races import expire


@pytest.fixture
def approved(cast: Cast) -> Stage:
    return make_stage(cast).submit().approve()


def test_what_was_sent_and_answered_is_kept(approved: Stage) -> None:
    publication = approved.send(FakePlatform())
    attempt = publication.attempts.get()
    assert attempt.outcome == Attempt.Outcome.PUBLISHED
    assert attempt.sent == {"text": "Vaksin rabies gratis."}
    assert attempt.response == {"cid": "baf"}
    assert publication.permalink.endswith(publication.key)
    entry = Entry.objects.get(event="content.publication.sent")
    assert entry.data["permalink"] == publication.permalink


def test_a_second_task_for_the_same_publication_sends_nothing(approved: Stage) -> None:
    platform = FakePlatform()
    approved.send(platform)
    approved.send(platform)
    assert platform.calls == 1


def test_a_publication_is_claimed_once_until_its_lease_runs_out(approved: Stage) -> None:
    assert actions.claim_due_publications() == [approved.publication.pk]
    assert actions.claim_due_publications() == []
    Publication.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert actions.claim_due_publications() == [approved.publication.pk]


def test_a_planned_publication_waits_for_its_time(cast: Cast) -> None:
    stage = make_stage(cast, planned_at=later(hours=2)).submit().approve()
    platform = FakePlatform()
    assert actions.claim_due_publications() == []
    assert stage.send(platform).status == Publication.Status.SCHEDULED
    assert platform.calls == 0


def test_what_a_spending_cap_holds_back_waits_and_goes_on_once_the_cap_is_set_anew(
    approved: Stage, cast: Cast
) -> None:
    spent = BudgetSpent(
        "The monthly cap of spending on x does not allow this call.", retry_after=3600
    )
    platform = FakePlatform(failures=[spent] * (MOST_ATTEMPTS + 1))
    for _number in range(MOST_ATTEMPTS + 1):
        Publication.objects.update(not_before=None, leased_until=None)
        assert approved.send(platform).status == Publication.Status.SCHEDULED
    assert actions.claim_due_publications() == []
    cap = SpendingCap.objects.create(
        platform="bluesky",
        monthly=5,
        set_by=cast.bayu,
        set_at=timezone.now() - timedelta(minutes=5),
    )
    assert actions.claim_due_publications() == []
    SpendingCap.objects.filter(pk=cap.pk).update(set_at=timezone.now())
    assert actions.claim_due_publications() == [approved.publication.pk]
    assert approved.send(platform).status == Publication.Status.PUBLISHED


def test_what_waits_for_the_application_goes_on_once_it_is_entered_again(
    approved: Stage, cast: Cast
) -> None:
    account = approved.publication.official_account
    now = timezone.now()
    app = PlatformApp.objects.create(
        platform=account.platform, client_id="samudra", sealed="", key_version=1, removed_at=now,
        created_by=cast.bayu, changed_by=cast.bayu, changed_at=now,
    )  # fmt: skip
    connected = give_credential(account, cast.bayu)
    Credential.objects.filter(pk=connected.pk).update(app=app)
    platform = FakePlatform(failures=[AppMissing("Not entered.")] * (MOST_ATTEMPTS + 1))
    for _number in range(MOST_ATTEMPTS + 1):
        Publication.objects.update(not_before=None, leased_until=None)
        waiting = approved.send(platform)
        assert (waiting.status, waiting.problem) == (Publication.Status.SCHEDULED, "Not entered.")
    assert actions.claim_due_publications() == []
    entered = {"sealed": "1:x", "removed_at": None, "changed_at": timezone.now()}
    PlatformApp.objects.filter(pk=app.pk).update(**entered)
    assert actions.claim_due_publications() == [approved.publication.pk]
    assert approved.send(platform).status == Publication.Status.PUBLISHED
    assert len(platform.kept) == 1, "once"


def test_what_waited_longer_than_its_approval_counts_needs_a_person(approved: Stage) -> None:
    platform = FakePlatform(failures=[AppMissing("Not entered.")])
    approved.send(platform)
    expire(approved)
    Publication.objects.update(not_before=None, leased_until=None)
    assert approved.send(platform).status == Publication.Status.FAILED


def test_a_failure_before_the_platform_acted_is_tried_again_later(approved: Stage) -> None:
    platform = FakePlatform(failures=[NotReached("The platform could not be reached.")])
    publication = approved.send(platform)
    assert publication.status == Publication.Status.SCHEDULED
    assert publication.not_before is not None
    assert publication.not_before > timezone.now()
    assert approved.send(platform).attempts.count() == 1, "it waits for its time"
    Publication.objects.update(not_before=None)
    assert approved.send(platform).status == Publication.Status.PUBLISHED


def test_the_platforms_own_word_on_waiting_is_kept(approved: Stage) -> None:
    publication = approved.send(FakePlatform(failures=[RateLimited("Later.", retry_after=900)]))
    assert publication.not_before is not None
    wait = (publication.not_before - timezone.now()).total_seconds()
    assert 890 < wait <= 900 * 1.25


def test_waiting_doubles_and_ends() -> None:
    assert backoff(1, None) <= 15 * 1.25
    assert backoff(MOST_ATTEMPTS + 10, None) <= 3600 * 1.25


def test_tries_end_and_a_person_is_told(approved: Stage) -> None:
    platform = FakePlatform(failures=[NotReached("No.") for _ in range(MOST_ATTEMPTS)])
    for _ in range(MOST_ATTEMPTS):
        Publication.objects.update(not_before=None)
        publication = approved.send(platform)
    assert publication.status == Publication.Status.FAILED
    assert platform.calls == MOST_ATTEMPTS


def test_a_permanent_refusal_stops_and_a_person_can_have_it_tried_again(approved: Stage) -> None:
    platform = FakePlatform(failures=[Refused("The text is too long.", status=400)])
    publication = approved.send(platform)
    assert (publication.status, publication.problem) == ("failed", "The text is too long.")
    actions.retry_publication(actor=approved.cast.sari, publication_id=publication.pk)
    assert approved.send(platform).status == Publication.Status.PUBLISHED


def test_an_unknown_outcome_is_never_sent_again_blindly(approved: Stage) -> None:
    platform = FakePlatform(lost_answers=[UnknownOutcome("No answer.")])
    assert approved.send(platform).status == Publication.Status.UNCONFIRMED
    assert approved.send(platform).status == Publication.Status.UNCONFIRMED
    assert platform.calls == 1


def test_reconciliation_finds_the_post_that_went_out(approved: Stage) -> None:
    platform = FakePlatform(lost_answers=[UnknownOutcome("No answer.")])
    approved.send(platform)
    assert actions.claim_unconfirmed_publications() == [approved.publication.pk]
    assert approved.confirm(platform).status == Publication.Status.PUBLISHED
    assert platform.calls == 1
    assert len(platform.kept) == 1
    assert approved.fresh().status == Post.Status.LIVE


def test_reconciliation_sends_again_with_the_same_key_what_is_not_there(approved: Stage) -> None:
    platform = FakePlatform(failures=[UnknownOutcome("No answer.")])
    approved.send(platform)
    assert approved.confirm(platform).status == Publication.Status.SCHEDULED
    assert approved.send(platform).status == Publication.Status.PUBLISHED
    assert list(platform.kept) == [approved.publication.key]


def test_a_worker_killed_between_send_and_answer_leaves_unconfirmed(approved: Stage) -> None:
    class Killed(BaseException):
        pass

    class DyingPlatform(FakePlatform):
        def publish(self, post):  # type: ignore[no-untyped-def]  # same as the parent's
            super().publish(post)
            raise Killed

    platform = DyingPlatform()
    with pytest.raises(Killed):
        approved.send(platform)
    assert approved.publication.status == Publication.Status.SENDING
    assert actions.find_lost_attempts(actor=User.objects.system()) == 0, "it may still be alive"
    Attempt.objects.update(deadline_at=timezone.now())
    assert actions.find_lost_attempts(actor=User.objects.system()) == 1
    assert approved.publication.status == Publication.Status.UNCONFIRMED
    assert approved.confirm(platform).status == Publication.Status.PUBLISHED
    assert len(platform.kept) == 1


def test_lost_attempts_are_settled_one_by_one(
    approved: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong with one leaves what was found out about the others."""
    other = make_stage(approved.cast).submit().approve()
    for publication in Publication.objects.order_by("pk"):
        with pytest.raises(SystemExit):
            actions.send_publication(
                publication_id=publication.pk, actor=User.objects.system(), client=Dies()
            )
    Attempt.objects.update(deadline_at=timezone.now())

    def fails_for_the_other(publication: Publication, *args: Any, **named: Any) -> None:
        if publication.post_id == other.post.pk:
            raise OperationalError("deadlock detected")
        mark_unconfirmed(publication, *args, **named)

    monkeypatch.setattr("content.actions.confirming.mark_unconfirmed", fails_for_the_other)
    with pytest.raises(OperationalError):
        actions.find_lost_attempts(actor=User.objects.system())
    found = Publication.objects.get(post=approved.post)
    assert found.status == Publication.Status.UNCONFIRMED
    monkeypatch.undo()
    assert actions.find_lost_attempts(actor=User.objects.system()) == 1


class Dies(FakePlatform):
    def publish(self, post: OutgoingPost) -> PublishedPost:
        raise SystemExit


def test_a_late_answer_of_an_attempt_given_up_changes_nothing(approved: Stage) -> None:
    class SlowPlatform(FakePlatform):
        def publish(self, post):  # type: ignore[no-untyped-def]  # same as the parent's
            Attempt.objects.update(deadline_at=timezone.now())
            actions.find_lost_attempts(actor=User.objects.system())
            return super().publish(post)

    platform = SlowPlatform()
    assert approved.send(platform).status == Publication.Status.UNCONFIRMED
    assert approved.confirm(platform).status == Publication.Status.PUBLISHED
    assert len(platform.kept) == 1


def test_an_attempt_given_up_during_an_upload_sends_nothing_any_more(approved: Stage) -> None:
    class StuckPlatform(FakePlatform):
        def publish(self, post):  # type: ignore[no-untyped-def]  # same as the parent's
            post.before_step()
            Attempt.objects.update(deadline_at=timezone.now())
            actions.find_lost_attempts(actor=User.objects.system())
            post.before_step()
            return super().publish(post)

    platform = StuckPlatform()
    assert approved.send(platform).status == Publication.Status.UNCONFIRMED
    assert platform.kept == {}
    assert approved.confirm(platform).status == Publication.Status.SCHEDULED


def test_when_the_platform_cannot_be_asked_a_person_decides(approved: Stage) -> None:
    platform = FakePlatform(lost_answers=[UnknownOutcome("No answer.")])
    approved.send(platform)
    platform.failures = [Refused("No such thing.")]
    publication = approved.confirm(platform)
    assert publication.status == Publication.Status.UNCONFIRMED
    assert publication.needs_person
    assert actions.claim_unconfirmed_publications() == []
    settled = actions.settle_publication(
        actor=approved.cast.sari,
        publication_id=publication.pk,
        is_live=True,
        permalink=address(approved.account),
        reason="Saya lihat di lini masa.",
    )
    assert settled.status == Publication.Status.PUBLISHED


def test_a_picture_changed_on_disk_is_not_sent(cast: Cast) -> None:
    media = ready(cast.dwi, cast.diskominfo)
    stage = make_stage(cast, media=(media_item(media, "Poster biru."),)).submit().approve()
    Path(media.path).write_bytes(picture("red"))
    platform = FakePlatform()
    publication = stage.send(platform)
    assert publication.status == Publication.Status.FAILED
    assert platform.calls == 0


def test_picture_and_alternative_text_are_really_sent(cast: Cast) -> None:
    media = ready(cast.dwi, cast.diskominfo, picture("teal"))
    stage = make_stage(cast, media=(media_item(media, "Poster biru."),)).submit().approve()
    platform = FakePlatform()
    stage.send(platform)
    (sent,) = platform.kept.values()
    assert [(image.alt, image.data) for image in sent.images] == [
        ("Poster biru.", media.path.read_bytes())
    ]


def test_cancelling_calls_back_what_is_not_out(approved: Stage) -> None:
    actions.cancel_publication(
        actor=approved.cast.sari, publication_id=approved.publication.pk, reason="Ditunda."
    )
    platform = FakePlatform()
    assert approved.send(platform).status == Publication.Status.CANCELLED
    assert platform.calls == 0
    assert approved.fresh().status == Post.Status.DRAFT
    assert approved.submit().approve().send(platform).status == Publication.Status.PUBLISHED


def test_an_edit_while_it_is_being_sent_is_refused(approved: Stage) -> None:
    approved.send(FakePlatform(failures=[UnknownOutcome("No answer.")]))
    with pytest.raises(ContentError):
        approved.edit("Lain.")
    assert approved.fresh().current_version.number == 1  # type: ignore[union-attr]  # it has one

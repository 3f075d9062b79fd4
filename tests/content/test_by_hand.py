"""A person posts what nothing sends: at the same gate, with the same record."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from accounts.actions import suspend_official_account
from accounts.capabilities import Role
from accounts.details import Upload
from accounts.models import OfficialAccount, User
from content import actions
from content.errors import ContentError, GateRefused
from content.models import Attempt, HandProof, NoticeKind, Notification, Post, Publication
from content.selectors.posts import publications_in_trouble, publications_to_post
from govsocial.audit.models import Entry
from kpi.actions.storing import match_publications
from kpi.models import PlatformPost
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, later, make_stage, picture
from tests.content.test_freezes import freeze, lift, release
from tests.content.test_time_and_races import expire

REFUSED = (IntegrityError, InternalError)
STATUS = Publication.Status


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """Approved, for an account that nothing connects: a person is to post it now."""
    return make_stage(cast, connected=False).submit().approve()


def claim(stage: Stage, by: User | None = None) -> Attempt:
    return actions.claim_by_hand(actor=by or stage.cast.sari, publication_id=stage.publication.pk)


def address(stage: Stage, post: str = "3k44dkfqrxs2a") -> str:
    return f"https://bsky.app/profile/{stage.account.handle}/post/{post}"


def prove(stage: Stage, **changes: Any) -> Publication:
    wanted: dict[str, Any] = {
        "actor": stage.cast.sari,
        "publication_id": stage.publication.pk,
        "number": stage.publication.attempts.count(),
        "permalink": address(stage),
        "went_out_at": timezone.now(),
    }
    return actions.record_by_hand(**(wanted | changes))


def back(stage: Stage, by: User | None = None, number: int = 1) -> Publication:
    return actions.hand_back(
        actor=by or stage.cast.sari, publication_id=stage.publication.pk, number=number
    )


def sql(statement: str, *params: str | int | datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def refusals() -> list[str]:
    rows = Entry.objects.filter(event="content.gate.refused").order_by("pk")
    return [row.data["why"] for row in rows]


def test_a_person_takes_it_posts_it_and_proves_it(stage: Stage) -> None:
    row = stage.publication
    assert (row.by_hand, row.status, row.display_status) == (True, STATUS.SCHEDULED, "to_post")
    taken = claim(stage)
    assert stage.publication.status == STATUS.SENDING
    proof = Upload(picture(), "layar.png")
    live = prove(stage, permalink=f"{address(stage)}?ref=1", screenshot=proof)
    assert live.status == STATUS.PUBLISHED
    assert live.permalink == address(stage), "in one spelling"
    assert live.platform_post_id == "", "a person cannot know it"
    assert stage.fresh().status == Post.Status.LIVE
    attempt = live.attempts.get()
    assert (attempt.by_hand, attempt.outcome) == (True, Attempt.Outcome.PUBLISHED)
    assert attempt.sent["text"] == "Vaksin rabies gratis."
    kept = HandProof.objects.get(attempt=taken)
    assert kept.went_out_at == live.published_at
    assert kept.screenshot is not None
    told = {row.event: row.data for row in Entry.objects.filter(event__contains="publication")}
    assert told["content.publication.claimed"]["attempt"] == 1
    assert told["content.publication.sent"]["permalink"] == address(stage)
    assert told["content.publication.proved"]["screenshot_sha256"] == kept.screenshot.sha256
    assert told["content.publication.proved"]["names_account"] is True


def test_no_worker_sends_it_or_looks_for_it(stage: Stage) -> None:
    platform = FakePlatform()
    assert actions.claim_due_publications() == []
    assert stage.send(platform).status == STATUS.SCHEDULED
    claim(stage)
    Attempt.objects.update(deadline_at=timezone.now())
    assert actions.find_lost_attempts(actor=User.objects.system()) == 1
    assert actions.claim_unconfirmed_publications() == []
    assert stage.confirm(platform).status == STATUS.UNCONFIRMED
    assert platform.calls == 0


def test_what_nobody_spoke_of_is_trouble_until_somebody_looked(stage: Stage) -> None:
    claim(stage)
    at = timezone.now()
    Attempt.objects.update(deadline_at=at)
    actions.find_lost_attempts(actor=User.objects.system())
    row = stage.publication
    assert (row.status, row.needs_person) == (STATUS.UNCONFIRMED, True)
    assert "never said what became of it" in row.problem
    assert list(publications_in_trouble(stage.cast.sari)) == [row]
    with pytest.raises(ContentError, match="posted by hand"):
        actions.settle_publication(
            actor=stage.cast.sari, publication_id=row.pk, is_live=True, reason="Ada",
            permalink=address(stage),
        )  # fmt: skip
    assert prove(stage, went_out_at=at).status == STATUS.PUBLISHED


def test_what_was_not_posted_waits_for_a_person_again(stage: Stage) -> None:
    claim(stage)
    assert back(stage).status == STATUS.SCHEDULED
    assert stage.publication.attempts.get().outcome == Attempt.Outcome.NOT_SENT
    assert Entry.objects.filter(event="content.publication.handed_back").count() == 1
    assert claim(stage).number == 2
    with pytest.raises(ContentError):
        back(stage, number=1)
    with pytest.raises(ContentError):
        prove(stage, number=1)


@pytest.mark.parametrize("who", ["dwi", "made", "bayu", "nur", "inactive"])
def test_only_who_may_publish_there_takes_proves_or_hands_back(stage: Stage, who: str) -> None:
    person = getattr(stage.cast, who)
    with pytest.raises(PermissionDenied):
        claim(stage, by=person)
    claim(stage)
    for attempt in (partial(prove, stage, actor=person), partial(back, stage, by=person)):
        with pytest.raises(PermissionDenied):
            attempt()
    assert refusals() == ["no_right"] * 3
    with pytest.raises(REFUSED), transaction.atomic():
        proof_row(stage, recorded_by=person)


def test_a_publisher_may_who_decides_nothing(stage: Stage) -> None:
    person = factories.user("Putu")
    factories.grant(person, Role.PUBLISHER, stage.cast.diskominfo)
    claim(stage, by=person)
    assert prove(stage, actor=person).status == STATUS.PUBLISHED


def test_two_people_do_not_post_the_same(stage: Stage) -> None:
    other = factories.user("Putu")
    factories.grant(other, Role.PUBLISHER, stage.cast.diskominfo)
    taken = claim(stage)
    assert claim(stage) == taken, "taking it twice is taking it once"
    with pytest.raises(GateRefused, match="Sari Wulandari"):
        claim(stage, by=other)
    assert refusals() == ["claimed"]


def test_nothing_is_taken_before_its_time(cast: Cast) -> None:
    stage = make_stage(cast, connected=False, planned_at=later(hours=2)).submit().approve()
    assert stage.publication.display_status == "scheduled_by_hand"
    with pytest.raises(GateRefused):
        claim(stage)
    assert refusals() == ["too_early"]
    sql("UPDATE content_publication SET status = 'sending', sent_at = now()")
    with pytest.raises(REFUSED), transaction.atomic():
        attempt_row(stage)


def test_nothing_is_taken_whose_approval_expired_or_account_changed(stage: Stage) -> None:
    sql("UPDATE accounts_officialaccount SET handle = 'lain' WHERE id = %s", stage.account.pk)
    with pytest.raises(GateRefused):
        claim(stage)
    expire(stage)
    with pytest.raises(GateRefused):
        claim(stage)
    assert refusals() == ["content_changed", "no_longer_counts"]
    assert not Attempt.objects.exists()


def test_nothing_is_taken_for_a_suspended_account(stage: Stage) -> None:
    suspend_official_account(
        actor=stage.cast.bayu, official_account_id=stage.account.pk, reason="Ditertibkan"
    )
    with pytest.raises(ContentError, match="suspended"):
        claim(stage)
    assert stage.publication.display_status == "scheduled_to_fail"


def test_a_freeze_that_begins_meanwhile_lets_only_what_was_out_be_recorded(stage: Stage) -> None:
    claim(stage)
    before = timezone.now()
    freeze(stage.cast)
    with pytest.raises(GateRefused, match="Delete the post"):
        prove(stage)
    assert refusals() == ["frozen"]
    with pytest.raises(REFUSED), transaction.atomic():
        proof_row(stage)
    assert prove(stage, went_out_at=before).status == STATUS.PUBLISHED


def test_what_is_handed_back_during_a_freeze_is_frozen(stage: Stage) -> None:
    claim(stage)
    freeze(stage.cast)
    assert back(stage).status == STATUS.FROZEN
    with pytest.raises(ContentError):
        claim(stage)
    lift(stage.cast)
    with pytest.raises(ContentError):
        claim(stage)


def test_after_the_freeze_it_goes_out_once_an_approver_let_it_go(stage: Stage) -> None:
    claim(stage)
    freeze(stage.cast)
    lift(stage.cast)
    with pytest.raises(GateRefused):
        prove(stage)
    back(stage)
    release(stage)
    claim(stage)
    assert prove(stage).status == STATUS.PUBLISHED


def test_the_time_lies_between_taking_it_and_now(stage: Stage) -> None:
    claim(stage)
    for at in (later(minutes=1), timezone.now() - timedelta(minutes=2)):
        with pytest.raises(ContentError) as told:
            prove(stage, went_out_at=at)
        assert told.value.field == "went_out_at"
        with pytest.raises(REFUSED), transaction.atomic():
            proof_row(stage, went_out_at=at)


def test_the_address_is_of_that_account_and_of_no_other_publication(stage: Stage) -> None:
    other = Stage(stage.cast, stage.account, post_again(stage)).justify().submit().approve()
    first, second = Publication.objects.order_by("pk")
    for row in (first, second):
        actions.claim_by_hand(actor=stage.cast.sari, publication_id=row.pk)
    wrong = "https://bsky.app/profile/orang.lain.example/post/3k44dkfqrxs2a"
    for typed in (wrong, "https://lain.example/1", "bukan alamat"):
        with pytest.raises(ContentError) as told:
            prove(other, permalink=typed)
        assert told.value.field == "permalink"
    prove(stage, publication_id=first.pk)
    with pytest.raises(ContentError, match="Another publication"):
        prove(other, publication_id=second.pk, permalink=f"{address(stage)}#1")
    second.refresh_from_db()
    assert second.status == STATUS.SENDING, "nothing of it was kept"
    assert HandProof.objects.count() == 1


def post_again(stage: Stage) -> Post:
    version = stage.fresh().current_version
    assert version is not None
    return actions.create_post(
        actor=stage.cast.dwi, unit_id=stage.cast.diskominfo.pk, document=version.content()
    )


@pytest.mark.parametrize("data", [b"", b"<svg onload='alert(1)'/>", b"%PD"])
def test_a_screenshot_is_what_it_says(stage: Stage, data: bytes) -> None:
    claim(stage)
    with pytest.raises(ContentError) as told:
        prove(stage, screenshot=Upload(data, "layar.png"))
    assert told.value.field == "screenshot"
    assert stage.publication.status == STATUS.SENDING


def attempt_row(stage: Stage, **fields: Any) -> Attempt:
    values: dict[str, Any] = {
        "publication": stage.publication,
        "number": stage.publication.attempts.count() + 1,
        "requested_by": stage.cast.sari,
        "deadline_at": later(hours=1),
        "by_hand": True,
    }
    return Attempt.objects.create(**(values | fields))


def proof_row(stage: Stage, **fields: Any) -> HandProof:
    values: dict[str, Any] = {
        "attempt": Attempt.objects.latest("pk"),
        "permalink": address(stage),
        "went_out_at": timezone.now(),
        "recorded_by": stage.cast.sari,
    }
    return HandProof.objects.create(**(values | fields))


def test_who_may_post_is_told_once_when_the_time_has_come(stage: Stage) -> None:
    system = User.objects.system()
    rows = Notification.objects.filter(kind=NoticeKind.TO_POST)
    assert actions.tell_due_by_hand(actor=system) == 1
    assert actions.tell_due_by_hand(actor=system) == 0
    assert [row.person for row in rows] == [stage.cast.sari]
    assert list(publications_to_post(stage.cast.sari)) == [stage.publication]
    assert not publications_to_post(stage.cast.nur).exists()
    claim(stage)
    back(stage)
    assert actions.tell_due_by_hand(actor=system) == 1, "it waits for somebody again"


def test_what_waited_longer_than_its_approval_counts_fails(stage: Stage) -> None:
    expire(stage)
    actions.tell_due_by_hand(actor=User.objects.system())
    assert stage.publication.status == STATUS.FAILED


def test_it_is_found_again_by_its_address_when_it_is_seen_there(stage: Stage) -> None:
    claim(stage)
    live = prove(stage)
    account = OfficialAccount.objects.get(pk=stage.account.pk)
    now = timezone.now()
    seen = PlatformPost.objects.create(
        official_account=account, platform_id="at://x", permalink=live.permalink, posted_at=now,
        posted_on=now.date(), first_seen_at=now,
    )  # fmt: skip
    assert match_publications(account) == 1
    seen.refresh_from_db()
    assert seen.publication == live


def test_its_withdrawal_asks_a_person_to_delete_it(stage: Stage) -> None:
    claim(stage)
    prove(stage)
    give_credential(stage.account, stage.cast.bayu)
    withdrawal = actions.withdraw_publication(
        actor=stage.cast.sari, publication_id=stage.publication.pk, reason="Salah"
    )
    assert withdrawal.needs_person
    assert actions.claim_withdrawals() == []


def test_a_datetime_is_what_the_trail_keeps(stage: Stage) -> None:
    claim(stage)
    prove(stage)
    entry = Entry.objects.get(event="content.publication.proved")
    assert datetime.fromisoformat(entry.data["went_out_at"]) == stage.publication.published_at

"""What is out is corrected by another post or taken back; the record of it stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction

from accounts.models import User
from content import actions
from content.errors import ContentError
from content.models import Post, Publication, Relation, Withdrawal
from content.surroundings import findings_of
from govsocial.audit.models import Entry
from govsocial.platforms.errors import (
    AuthRevoked,
    NotOffered,
    PlatformError,
    RateLimited,
    Unavailable,
    UnknownOutcome,
)
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, connected_account, make_stage
from tests.gathering import each

REFUSED = (IntegrityError, InternalError)


class Deleting(FakePlatform):
    """Deletes, or fails as it is told to."""

    def __init__(self, *faults: PlatformError) -> None:
        super().__init__()
        self.faults = list(faults)
        self.deleted: list[str] = []

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.deleted.append(platform_id)


@pytest.fixture
def live(cast: Cast) -> Stage:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    return stage


def withdraw(stage: Stage, by: User | None = None, reason: str = "Jadwal salah") -> Withdrawal:
    return actions.withdraw_publication(
        actor=by or stage.cast.sari, publication_id=stage.publication.pk, reason=reason
    )


def delete(client: FakePlatform) -> Withdrawal:
    return actions.delete_withdrawn(
        withdrawal_id=Withdrawal.objects.get().pk, actor=User.objects.system(), client=client
    )


def sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# Withdrawal


def test_what_is_withdrawn_is_deleted_on_the_platform_and_kept_here(live: Stage) -> None:
    withdraw(live)
    assert (live.publication.status, live.fresh().status) == ("withdrawn", "withdrawn")
    assert actions.claim_withdrawals() == [Withdrawal.objects.get().pk]
    assert actions.claim_withdrawals() == [], "one worker at a time"
    platform = Deleting()
    assert delete(platform).outcome == Withdrawal.Outcome.DELETED
    assert platform.deleted == [live.publication.platform_post_id]
    assert live.publication.permalink
    assert live.publication.attempts.get().sent == {"text": "Vaksin rabies gratis."}
    told = Entry.objects.get(event="content.publication.withdrawn")
    assert told.data == {"account": str(live.account), "reason": "Jadwal salah"}


def test_a_post_counts_as_withdrawn_when_nothing_of_it_is_live_any_more(cast: Cast) -> None:
    other = connected_account(cast.diskominfo)
    stage = make_stage(cast)
    texts = {stage.account.pk: "Satu.", other.pk: "Dua."}
    version = stage.fresh().current_version
    assert version is not None
    actions.edit_post(
        actor=cast.dwi, post_id=stage.post.pk, based_on=1,
        document=replace(version.content(), texts=texts),
    )  # fmt: skip
    stage.submit().approve()
    for row in Publication.objects.all():
        actions.send_publication(
            publication_id=row.pk, actor=User.objects.system(), client=FakePlatform()
        )
    first, second = Publication.objects.order_by("pk")
    actions.withdraw_publication(actor=cast.sari, publication_id=first.pk, reason="Salah")
    assert stage.fresh().status == Post.Status.LIVE
    actions.withdraw_publication(actor=cast.sari, publication_id=second.pk, reason="Salah")
    assert stage.fresh().status == Post.Status.WITHDRAWN


@each(
    ("fault", "needs_person"),
    [
        (Unavailable("503"), False),
        (RateLimited("429", retry_after=90), False),
        (UnknownOutcome("timeout"), False),
        (NotOffered("Instagram posts are deleted in Instagram's own application."), True),
    ],
)
def test_a_platform_that_does_not_delete_is_asked_again_or_a_person_is(
    cast: Cast, fault: PlatformError, needs_person: bool
) -> None:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    withdraw(stage)
    row = actions.delete_withdrawn(
        withdrawal_id=Withdrawal.objects.latest("pk").pk,
        actor=User.objects.system(),
        client=Deleting(fault),
    )
    assert (row.outcome, row.needs_person) == ("", needs_person)
    assert row.problem == str(fault)
    assert row.pk not in actions.claim_withdrawals()


def test_after_eight_tries_a_person_is_asked(live: Stage) -> None:
    withdraw(live)
    platform = Deleting(*[Unavailable("503") for _ in range(8)])
    for _ in range(7):
        assert delete(platform).needs_person is False
    assert delete(platform).needs_person is True
    assert delete(platform).tries == 8, "nothing is asked of it any more"
    told = Entry.objects.filter(event="content.publication.withdrawn_not_deleted").order_by("pk")
    assert [one.data for one in told] == [
        {"account": str(live.account), "error": "503", "then": then} for then in ("again", "person")
    ]


def test_a_revoked_token_is_told_and_a_person_deletes_by_hand(live: Stage) -> None:
    withdraw(live)
    assert delete(Deleting(AuthRevoked("Token revoked"))).needs_person is True
    row = actions.settle_withdrawal(
        actor=live.cast.sari, withdrawal_id=Withdrawal.objects.get().pk, outcome="by_hand"
    )
    assert (row.outcome, row.settled_by) == ("by_hand", live.cast.sari)
    with pytest.raises(ContentError, match="settled meanwhile"):
        actions.settle_withdrawal(
            actor=live.cast.sari, withdrawal_id=row.pk, outcome="stays", note="x"
        )


def test_what_stays_on_the_platform_is_said_with_the_reason(live: Stage) -> None:
    row = withdraw(live)
    for outcome, note in (("stays", " "), ("deleted", "x"), ("", "x")):
        with pytest.raises(ContentError):
            actions.settle_withdrawal(
                actor=live.cast.sari, withdrawal_id=row.pk, outcome=outcome, note=note
            )
    settled = actions.settle_withdrawal(
        actor=live.cast.sari, withdrawal_id=row.pk, outcome="stays", note="Akun dikunci"
    )
    assert (settled.outcome, settled.note) == ("stays", "Akun dikunci")


@each("who", ["dwi", "made", "ratna", "bayu", "laila", "nur", "fajar"])
def test_only_who_may_publish_there_withdraws(cast: Cast, who: str) -> None:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    person = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        withdraw(stage, by=person)
    with pytest.raises(REFUSED), transaction.atomic():
        Withdrawal.objects.create(publication=stage.publication, reason="x", requested_by=person)
    assert stage.publication.status == Publication.Status.PUBLISHED


def test_a_withdrawal_says_why_and_is_of_what_is_live(live: Stage) -> None:
    with pytest.raises(ContentError, match="Give a reason"):
        withdraw(live, reason=" ")
    withdraw(live)
    with pytest.raises(ContentError, match="Only what is live"):
        withdraw(live)


def test_raw_sql_withdraws_nothing_without_a_reason(live: Stage) -> None:
    for statement in (
        "UPDATE content_publication SET status = 'withdrawn'",
        "UPDATE content_post SET status = 'withdrawn'",
        "UPDATE content_post SET status = 'corrected'",
        "DELETE FROM content_publication",
    ):
        with pytest.raises(REFUSED):
            sql(statement)
    withdraw(live)
    for statement in (
        "UPDATE content_withdrawal SET reason = 'x'",
        "UPDATE content_withdrawal SET outcome = 'deleted'",
        "DELETE FROM content_withdrawal",
        "UPDATE content_publication SET status = 'published'",
        "UPDATE content_publication SET permalink = 'https://lain.example/1'",
    ):
        with pytest.raises(REFUSED):
            sql(statement)


# Correction


def follow(stage: Stage, by: User | None = None, relation: str = "correction") -> Stage:
    post = actions.follow_post(actor=by or stage.cast.dwi, post_id=stage.post.pk, relation=relation)
    return Stage(stage.cast, stage.account, post)


def justified(stage: Stage) -> Stage:
    """Saved with a reason for everything that is found in it."""
    version = stage.fresh().current_version
    assert version is not None
    said = version.content()
    found = findings_of(said, stage.post.unit, stage.post)
    actions.edit_post(
        actor=stage.cast.dwi, post_id=stage.post.pk, based_on=version.number,
        document=replace(said, justified={one.key: "Ditarik hari ini." for one in found}),
    )  # fmt: skip
    return stage


def test_a_correction_is_a_post_of_its_own_that_needs_its_own_approval(live: Stage) -> None:
    correction = follow(live)
    assert correction.post.status == Post.Status.DRAFT
    version = correction.post.current_version
    assert version is not None
    begun = version.content()
    assert begun.text == "Vaksin rabies gratis.", "it begins with what was said"
    assert begun.declared.confirmed == {}, "what was confirmed then is not confirmed now"
    correction.edit("Vaksin rabies gratis, hanya hari Selasa.").submit()
    assert live.fresh().status == Post.Status.LIVE
    correction.approve().send(FakePlatform())
    assert (correction.fresh().status, live.fresh().status) == ("live", "corrected")
    told = Entry.objects.get(event="content.post.followed")
    assert told.data["relation"] == "correction"


def test_an_update_leaves_the_first_post_as_it_is(live: Stage) -> None:
    update = follow(live, relation=Relation.UPDATE).edit("Kuota tinggal 20.").submit().approve()
    update.send(FakePlatform())
    assert live.fresh().status == Post.Status.LIVE
    assert follow(update, relation=Relation.UPDATE).post.follows == update.post


def test_only_what_is_out_is_corrected(cast: Cast) -> None:
    stage = make_stage(cast)
    with pytest.raises(ContentError, match="Only what is out"):
        follow(stage)
    with pytest.raises(REFUSED), transaction.atomic():
        Post.objects.create(
            unit=cast.diskominfo, author=cast.dwi, follows=stage.post, relation="correction"
        )


@each("who", ["made", "sari", "ratna", "bayu", "fajar"])
def test_only_who_may_write_there_begins_a_correction(cast: Cast, who: str) -> None:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    with pytest.raises(PermissionDenied):
        follow(stage, by=getattr(cast, who))


def test_what_a_post_follows_is_not_changed_afterwards(live: Stage) -> None:
    follow(live)
    for change in ("follows_id = NULL, relation = ''", "relation = 'update'"):
        with pytest.raises(REFUSED):
            sql(f"UPDATE content_post SET {change} WHERE follows_id IS NOT NULL")


def test_a_correction_leaves_out_accounts_that_were_closed_since(live: Stage) -> None:
    sql(f"UPDATE accounts_officialaccount SET status = 'suspended' WHERE id = {live.account.pk}")
    version = follow(live).post.current_version
    assert version is not None
    assert version.content().texts == {}


def test_a_live_post_is_not_edited(live: Stage) -> None:
    with pytest.raises(ContentError):
        live.edit("Diam-diam diganti.")


# What still waits on other accounts


@pytest.fixture
def half_out(cast: Cast) -> Stage:
    """Out on one account, still waiting on another."""
    other = connected_account(cast.diskominfo)
    stage = make_stage(cast)
    version = stage.fresh().current_version
    assert version is not None
    texts = {stage.account.pk: "Satu.", other.pk: "Dua."}
    actions.edit_post(
        actor=cast.dwi, post_id=stage.post.pk, based_on=1,
        document=replace(version.content(), texts=texts),
    )  # fmt: skip
    stage.submit().approve()
    first = Publication.objects.order_by("pk")[0]
    actions.send_publication(
        publication_id=first.pk, actor=User.objects.system(), client=FakePlatform()
    )
    return stage


def test_a_post_that_is_withdrawn_goes_out_nowhere_else(half_out: Stage) -> None:
    actions.withdraw_post(actor=half_out.cast.sari, post_id=half_out.post.pk, reason="Salah")
    assert half_out.fresh().status == Post.Status.WITHDRAWN
    assert half_out.publication.status == Publication.Status.CANCELLED
    with pytest.raises(REFUSED):
        sql("UPDATE content_publication SET status = 'scheduled' WHERE status = 'cancelled'")


def test_a_post_is_not_withdrawn_while_some_of_it_still_waits(half_out: Stage) -> None:
    first = Publication.objects.order_by("pk")[0]
    actions.withdraw_publication(actor=half_out.cast.sari, publication_id=first.pk, reason="Salah")
    assert half_out.fresh().status == Post.Status.LIVE
    with pytest.raises(REFUSED):
        sql(f"UPDATE content_post SET status = 'withdrawn' WHERE id = {half_out.post.pk}")


def test_what_waits_of_a_post_is_called_back_when_its_correction_is_out(half_out: Stage) -> None:
    correction = justified(follow(half_out).edit("Yang benar.")).submit().approve()
    correction.send(FakePlatform())
    assert half_out.fresh().status == Post.Status.CORRECTED
    waiting = Publication.objects.get(post=half_out.post, status="cancelled")
    assert waiting.problem == "Replaced by its correction."
    told = Entry.objects.filter(event="content.publication.cancelled").get()
    assert told.data["account"] == str(waiting.official_account)


def test_a_post_of_which_the_last_waiting_one_is_cancelled_is_withdrawn(half_out: Stage) -> None:
    live = Publication.objects.get(post=half_out.post, status="published")
    actor = half_out.cast.sari
    actions.withdraw_publication(actor=actor, publication_id=live.pk, reason="Salah")
    assert half_out.fresh().status == Post.Status.LIVE
    waiting = Publication.objects.get(post=half_out.post, status="scheduled")
    actions.cancel_publication(actor=actor, publication_id=waiting.pk, reason="Salah juga")
    assert half_out.fresh().status == Post.Status.WITHDRAWN

"""What people try at the gate while something it stands on moves: a unit, a freeze, a clock, words
that go from one post to the next."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from threading import Event
from time import sleep

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

import accounts.actions
from accounts.capabilities import Role
from accounts.models import Grant, Unit, User
from content import actions, gate
from content.errors import GateRefused
from content.models import ApprovalPolicy, Decision, Halt, Post, Publication, Review
from content.pages.freezes import after_retry
from content.people import deciders_of
from content.rights import rights_on
from content.selectors import posts as selectors
from govsocial.audit.models import Entry
from govsocial.platforms.errors import PlatformError, UnknownOutcome
from tests import factories
from tests.cast import Cast, the_cast
from tests.content.stage import FakePlatform, Stage, later, make_stage
from tests.content.test_freezes import freeze, lift, release
from tests.content.test_policies import TWO, asked, policy
from tests.content.test_time_and_races import at_once

REFUSED = (IntegrityError, InternalError)
STATUS = Publication.Status


class Refusal(PlatformError):
    permanent = True


def unit_below(cast: Cast) -> Unit:
    return factories.unit(parent=cast.diskominfo)


def move(cast: Cast, unit: Unit, to: Unit) -> None:
    accounts.actions.move_unit(actor=cast.bayu, unit_id=unit.pk, parent_id=to.pk)


def follow(stage: Stage, by: User) -> Stage:
    post = actions.follow_post(actor=by, post_id=stage.post.pk, relation="update")
    return Stage(stage.cast, stage.account, post)


# Words that go from one post to the next


@pytest.fixture
def continued(cast: Cast) -> Stage:
    """Dwi wrote what is out; Rina begins an update from it. Dwi approves here as well."""
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    factories.grant(cast.dwi, Role.APPROVER, cast.diskominfo)
    return follow(stage, cast.rina).edit("Vaksin habis hari ini.", by=cast.rina).submit()


def test_who_wrote_what_an_update_continues_does_not_approve_it(continued: Stage) -> None:
    with pytest.raises(GateRefused) as refused:
        continued.approve(continued.cast.dwi)
    assert refused.value.why == "own_post"
    review = Review.objects.get(post=continued.post)
    assert gate.wrote(continued.cast.dwi, review.version_id)
    assert review not in selectors.reviews_waiting_for(continued.cast.dwi)
    rights = rights_on(
        review,
        continued.cast.dwi,
        accounts=[continued.account],
        decisions=[],
    )
    assert (rights.may_approve, bool(rights.why_not)) == (False, True)
    assert continued.cast.dwi not in deciders_of(review)
    assert continued.cast.sari in deciders_of(review)
    with pytest.raises(REFUSED, match="Nobody decides on what they wrote"), transaction.atomic():
        Decision.objects.create(
            review=review, version_digest=review.digest, decider=continued.cast.dwi,
            verdict="approve", expires_at=later(days=1),
        )  # fmt: skip


def test_who_wrote_nothing_of_either_approves_the_update(continued: Stage) -> None:
    assert continued.approve().fresh().status == Post.Status.SCHEDULED


# A freeze and what is not waiting in line while it begins


@pytest.mark.parametrize("begun", ["failed", "unconfirmed", "sending"])
def test_what_a_freeze_found_elsewhere_does_not_come_back_by_itself(cast: Cast, begun: str) -> None:
    stage = make_stage(cast).submit().approve()
    failures: dict[str, PlatformError] = {
        "failed": Refusal("no"),
        "unconfirmed": UnknownOutcome("?"),
    }
    platform = FakePlatform(failures=[failures[begun]] if begun in failures else [])
    if begun == "sending":
        Publication.objects.update(status="sending")
    else:
        stage.send(platform)
    freeze(cast)
    lift(cast)
    assert Halt.objects.get().released_at is None
    for status in ("scheduled", "sending"):
        with pytest.raises(REFUSED), transaction.atomic():
            Publication.objects.update(status=status)
    if begun == "failed":
        retried = actions.retry_publication(actor=cast.sari, publication_id=stage.publication.pk)
        assert after_retry(retried).endswith("so an approver lets it go first.")
    elif begun == "unconfirmed":
        stage.confirm(platform)
    else:
        return
    assert stage.publication.status == STATUS.FROZEN
    assert release(stage).status == STATUS.SCHEDULED
    assert stage.send(FakePlatform()).status == STATUS.PUBLISHED


def test_what_is_found_to_be_out_after_a_freeze_is_out(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    platform = FakePlatform(lost_answers=[UnknownOutcome("?")])
    stage.send(platform)
    freeze(cast)
    assert stage.confirm(platform).status == STATUS.PUBLISHED
    lift(cast)
    assert Entry.objects.get(event="content.freeze.begun").data["stopped"] == 0


@pytest.mark.django_db(transaction=True)
def test_an_approval_beside_a_freeze_that_is_lifted_at_once_is_let_go_by_a_person() -> None:
    cast = the_cast()
    stage = make_stage(cast, planned_at=later(hours=2)).submit()
    is_approved = Event()

    def approve_slowly() -> None:
        with transaction.atomic():
            stage.approve()
            is_approved.set()
            sleep(0.3)

    def begin_and_lift() -> None:
        is_approved.wait(5)
        freeze(cast)
        lift(cast)

    assert at_once(approve_slowly, begin_and_lift) == [None, None]
    assert stage.publication.status == STATUS.FROZEN


@pytest.mark.django_db(transaction=True)
def test_sending_and_freezing_many_at_once_ends_without_a_deadlock() -> None:
    cast = the_cast()
    stages = [make_stage(cast).submit().approve() for _ in range(4)]
    sends = [
        partial(
            actions.send_publication, publication_id=row.pk, actor=cast.bayu, client=FakePlatform()
        )
        for row in Publication.objects.order_by("pk")
    ]
    results = at_once(*sends, lambda: freeze(cast))
    assert not [one for one in results if isinstance(one, Exception)]
    assert {one.fresh().status for one in stages} <= {Post.Status.SCHEDULED, Post.Status.LIVE}


# Units that are moved


def test_a_unit_that_is_moved_takes_its_freeze_along(cast: Cast) -> None:
    unit = unit_below(cast)
    stage = make_stage(cast)
    account = factories.official_account(unit)
    freeze(cast)
    move(cast, unit, cast.city)
    frozen = Publication(official_account=account, version=stage.fresh().current_version)
    assert gate.is_frozen(frozen)
    lift(cast)
    assert not gate.is_frozen(frozen)


def test_a_unit_that_is_moved_takes_the_policies_of_its_drafts_along(cast: Cast) -> None:
    stage = make_stage(cast)
    policy(cast, TWO, unit=cast.city)
    assert asked(stage) == TWO
    other = factories.unit(parent=None, name="Kabupaten lain")
    Unit.objects.filter(pk=cast.diskominfo.pk).update(parent=other)
    assert asked(stage) == TWO
    with pytest.raises(REFUSED), transaction.atomic():
        Post.objects.update(above=[])


# Clocks that are set


def test_a_policy_cannot_be_ended_in_the_past(cast: Cast) -> None:
    policy(cast, TWO)
    stage = make_stage(cast)
    ApprovalPolicy.objects.update(ends_at=timezone.now() - timedelta(days=400), ended_by=cast.bayu)
    assert asked(stage) == TWO


@pytest.mark.parametrize(
    ("planned", "decided", "expires", "words"),
    [
        (None, 0.002, 14, "a time to come"),
        (2, 0, 3.01, "counts no longer"),
        (2, 3, 4.01, "counts no longer"),
    ],
    ids=["dated_ahead", "beyond_the_planned_time", "decided_after_the_planned_time"],
)
def test_a_decision_cannot_be_dated_so_that_it_counts_for_longer(
    cast: Cast, planned: int | None, decided: float, expires: float, words: str
) -> None:
    stage = make_stage(cast, planned_at=planned and later(days=planned)).submit()
    with pytest.raises(REFUSED, match=words), transaction.atomic():
        Decision.objects.create(
            review=Review.objects.get(), version_digest=stage.digest, decider=cast.sari,
            verdict="approve", decided_at=later(days=decided), expires_at=later(days=expires),
        )  # fmt: skip


# What becomes of it


def test_nothing_is_called_live_that_nobody_tried_to_publish(cast: Cast) -> None:
    make_stage(cast).submit().approve()
    Publication.objects.update(status="sending")
    with pytest.raises(REFUSED, match="Nobody has tried"), transaction.atomic():
        Publication.objects.update(
            status="published", published_at=timezone.now(), permalink="https://bsky.app/x"
        )


def test_what_the_database_refuses_in_between_is_a_refusal_and_no_fault(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = make_stage(cast).submit()
    monkeypatch.setattr("content.actions.reviewing.require", lambda *asked: None)
    Grant.objects.filter(user=cast.sari).update(ends_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(GateRefused) as refused:
        stage.approve()
    assert refused.value.why == "changed_meanwhile"
    assert Entry.objects.get(event="content.gate.refused").data["why"] == "changed_meanwhile"
    monkeypatch.undo()
    with pytest.raises(PermissionDenied):
        stage.approve()

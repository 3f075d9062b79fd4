"""The fast path of an emergency: one approver, not the author, and a look at it afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import User
from content import actions
from content.documents import EMERGENCY
from content.errors import ContentError
from content.models import Post, Publication, Retrospective, Review
from tests import factories
from tests.cast import Cast
from tests.content.stage import (
    DECLARED,
    FACETS,
    FakePlatform,
    Stage,
    holding_until,
    later,
    make_stage,
)
from tests.content.test_policies import TWO, policy
from tests.gathering import each

REFUSED = (IntegrityError, InternalError)


def emergency(cast: Cast, **fields: Any) -> Stage:
    wanted: dict[str, Any] = {
        "facets": replace(FACETS, sensitivity=EMERGENCY),
        "valid_until": later(hours=6),
    } | fields
    told = holding_until("Warga Pesisir mohon mengungsi.", wanted["valid_until"])
    return make_stage(cast, **({"text": told} | wanted))


def answer(by: User, **changes: str) -> Retrospective:
    wanted = {"verdict": "justified", "findings": "Peringatan BMKG pukul 03.10."} | changes
    return actions.answer_retrospective(
        actor=by, retrospective_id=Retrospective.objects.get().pk, **wanted
    )


def test_one_approver_lets_an_emergency_out_whatever_the_policies_ask_for(cast: Cast) -> None:
    policy(cast, TWO)
    stage = emergency(cast).submit().approve()
    assert stage.send(FakePlatform()).status == Publication.Status.PUBLISHED
    review = Review.objects.get()
    assert (review.is_emergency, review.kinds, review.days) == (True, ["approve"], 1)
    assert Retrospective.objects.get().done_at is None


def test_who_wrote_an_emergency_does_not_approve_it(cast: Cast) -> None:
    factories.grant(cast.dwi, Role.APPROVER, cast.diskominfo)
    stage = emergency(cast).submit()
    with pytest.raises(ContentError):
        stage.approve(by=cast.dwi)
    assert stage.fresh().status == Post.Status.SUBMITTED


@each(
    "lacking",
    {
        "no end": {"valid_until": None},
        "an end that has passed": {"valid_until": timezone.now()},
        "a planned time": {"planned_at": later(hours=2)},
    },
)
def test_an_emergency_goes_out_at_once_and_says_until_when_it_holds(
    cast: Cast, lacking: dict[str, Any]
) -> None:
    stage = emergency(cast, **lacking)
    with pytest.raises(ContentError) as caught:
        stage.submit()
    assert caught.value.field in {"valid_until", "planned_at"}
    version = stage.fresh().current_version
    assert version is not None
    with pytest.raises(REFUSED), transaction.atomic():
        Review.objects.create(
            post=stage.post, version=version, digest=version.digest, kinds=["approve"], days=1,
            remind_after=1, escalate_after=1, is_emergency=True, submitted_by=cast.dwi,
        )  # fmt: skip


def test_an_ordinary_post_is_not_called_an_emergency_to_get_out_sooner(cast: Cast) -> None:
    policy(cast, TWO)
    stage = make_stage(cast)
    version = stage.fresh().current_version
    assert version is not None
    with pytest.raises(REFUSED), transaction.atomic():
        Review.objects.create(
            post=stage.post, version=version, digest=version.digest, kinds=["approve"], days=1,
            remind_after=1, escalate_after=1, is_emergency=True, submitted_by=cast.dwi,
        )  # fmt: skip


def test_an_emergency_that_does_not_hold_any_more_is_not_sent(cast: Cast) -> None:
    stage = emergency(cast).submit().approve()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE content_decision DISABLE TRIGGER USER")
        cursor.execute("UPDATE content_decision SET expires_at = now() - interval '1 second'")
        cursor.execute("ALTER TABLE content_decision ENABLE TRIGGER USER")
    platform = FakePlatform()
    assert stage.send(platform).status == Publication.Status.FAILED
    assert platform.calls == 0


def test_without_a_look_afterwards_an_emergency_is_not_approved(cast: Cast) -> None:
    emergency(cast).submit().approve()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE content_retrospective DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM content_retrospective")
        cursor.execute("ALTER TABLE content_retrospective ENABLE TRIGGER USER")
    with pytest.raises(REFUSED), transaction.atomic():
        Publication.objects.update(status="sending")


def test_somebody_else_looks_at_it_afterwards_and_that_ends_it(cast: Cast) -> None:
    emergency(cast).submit().approve().send(FakePlatform())
    row = answer(cast.made)
    assert (row.done_by, row.verdict) == (cast.made, "justified")
    with pytest.raises(ContentError, match="answered this meanwhile"):
        answer(cast.made)
    with pytest.raises(REFUSED), transaction.atomic():
        Retrospective.objects.update(findings="Lain")


@each("who", ["dwi", "sari"])
def test_who_wrote_or_approved_does_not_look_at_it_afterwards(cast: Cast, who: str) -> None:
    if not Retrospective.objects.exists():
        factories.grant(cast.dwi, Role.REVIEWER, cast.diskominfo)
        emergency(cast).submit().approve()
    person = getattr(cast, who)
    with pytest.raises(ContentError):
        answer(person)
    with pytest.raises(REFUSED), transaction.atomic():
        Retrospective.objects.update(
            done_by=person, done_at=timezone.now(), verdict="justified", findings="x"
        )


@each("who", ["rina", "ratna", "bayu", "laila", "nur"])
def test_only_who_may_review_there_looks_at_it_afterwards(cast: Cast, who: str) -> None:
    if not Retrospective.objects.exists():
        emergency(cast).submit().approve()
    person = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        answer(person)
    with pytest.raises(REFUSED), transaction.atomic():
        Retrospective.objects.update(
            done_by=person, done_at=timezone.now(), verdict="justified", findings="x"
        )


def test_a_look_afterwards_says_what_was_found(cast: Cast) -> None:
    emergency(cast).submit().approve().send(FakePlatform())
    with pytest.raises(ContentError, match="Write what you found"):
        answer(cast.made, findings=" ")
    with pytest.raises(REFUSED), transaction.atomic():
        Retrospective.objects.update(done_by=cast.made, done_at=timezone.now())


def test_only_emergencies_are_looked_at_afterwards(cast: Cast) -> None:
    make_stage(cast).submit()
    with pytest.raises(REFUSED), transaction.atomic():
        Retrospective.objects.create(review=Review.objects.get(), due_at=later(days=3))
    assert not Retrospective.objects.exists()


def test_an_emergency_that_ran_out_while_it_waited_is_not_approved(cast: Cast) -> None:
    stage = emergency(cast, valid_until=later(minutes=30)).submit()
    with (
        time_machine.travel(later(hours=1)),
        pytest.raises(ContentError, match="not hold any more"),
    ):
        stage.approve()
    assert stage.fresh().status == Post.Status.SUBMITTED


def test_an_emergency_of_any_class_tells_its_source(cast: Cast) -> None:
    symbolic = replace(FACETS, classes=("symbolic",), sensitivity=EMERGENCY)
    stage = emergency(cast, facets=symbolic, declared=replace(DECLARED, source=" "))
    with pytest.raises(ContentError, match="source") as caught:
        stage.submit()
    assert caught.value.field == "source"
    version = stage.fresh().current_version
    assert version is not None
    with pytest.raises(REFUSED, match="lacks nothing"), transaction.atomic():
        Review.objects.create(
            post=stage.post, version=version, digest=version.digest, kinds=["approve"], days=1,
            remind_after=1, escalate_after=1, is_emergency=True, submitted_by=cast.dwi,
        )  # fmt: skip
    sourced = emergency(cast, facets=symbolic, declared=replace(DECLARED, data_date=None))
    assert sourced.submit().fresh().status == Post.Status.SUBMITTED

"""Who must approve: policies of units, accounts, sensitivities, and what people try with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import OfficialAccount, Unit, User
from content import actions
from content.errors import ContentError, PolicyChanged
from content.models import ApprovalPolicy, Decision, Post, Publication, Review
from content.policies import asked_for
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import FACETS, Stage, document, later, make_stage
from tests.gathering import each

REFUSED = (IntegrityError, InternalError)
TWO = ["review", "approve"]


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def policy(
    cast: Cast,
    stages: list[str],
    *,
    unit: Unit | None = None,
    account: OfficialAccount | None = None,
    sensitivity: str = "",
    seen: int | None = None,
    **changes: Any,
) -> ApprovalPolicy:
    covered = actions.Covered(
        unit_id=(unit or cast.diskominfo).pk,
        official_account_id=account.pk if account else None,
        sensitivity=sensitivity,
    )
    wanted: dict[str, Any] = {
        "days": 14, "remind_after": 24, "escalate_after": 48, "reason": "SOP humas 2026",
    }  # fmt: skip
    return actions.set_policy(
        actor=cast.bayu, covered=covered, stages=stages, seen=seen, **(wanted | changes)
    )


def asked(stage: Stage) -> list[str]:
    version = stage.fresh().current_version
    assert version is not None
    return [str(kind) for kind in asked_for(version.pk).kinds]


def test_without_a_policy_one_approver_decides_and_it_counts_two_weeks(stage: Stage) -> None:
    stage.submit()
    review = Review.objects.get()
    assert (review.kinds, review.days) == (["approve"], 14)
    assert (review.remind_after, review.escalate_after) == (24, 48)


def test_two_stages_are_decided_one_after_the_other_by_two_people(stage: Stage) -> None:
    policy(stage.cast, TWO)
    stage.submit().approve(by=stage.cast.made)
    assert stage.fresh().status == Post.Status.SUBMITTED
    assert not Publication.objects.exists()
    stage.approve(by=stage.cast.sari)
    assert stage.fresh().status == Post.Status.SCHEDULED
    assert list(Decision.objects.values_list("stage", "decider")) == [
        (1, stage.cast.made.pk),
        (2, stage.cast.sari.pk),
    ]


def test_one_person_does_not_pass_both_stages(stage: Stage) -> None:
    policy(stage.cast, ["approve", "approve"])
    stage.submit().approve()
    with pytest.raises(ContentError, match="Each stage needs a different person"):
        stage.approve()
    with pytest.raises(REFUSED), transaction.atomic():
        decide(stage, stage.cast.sari, stage_number=2)
    assert stage.fresh().status == Post.Status.SUBMITTED


def decide(stage: Stage, person: User, *, stage_number: int, **changes: Any) -> Decision:
    wanted: dict[str, Any] = {
        "review": Review.objects.get(status="open"),
        "version_digest": stage.digest,
        "stage": stage_number,
        "decider": person,
        "verdict": "approve",
        "expires_at": later(days=1),
        "confirmed_list": "ethics",
        "confirmed_version": 1,
    }
    return Decision.objects.create(**(wanted | changes))


def test_a_reviewer_does_not_approve_the_last_stage(stage: Stage) -> None:
    policy(stage.cast, TWO)
    other = factories.user("Putu Ayu")
    factories.grant(other, Role.REVIEWER, stage.cast.diskominfo)
    stage.submit().approve(by=stage.cast.made)
    with pytest.raises(PermissionDenied):
        stage.approve(by=other)
    with pytest.raises(REFUSED), transaction.atomic():
        decide(stage, other, stage_number=2)


@each("number", [0, 2, 3])
def test_no_stage_is_skipped_even_by_raw_writing(stage: Stage, number: int) -> None:
    if not ApprovalPolicy.objects.exists():
        policy(stage.cast, TWO)
        stage.submit()
    with pytest.raises(REFUSED), transaction.atomic():
        decide(stage, stage.cast.sari, stage_number=number)


def test_an_approval_counts_no_longer_than_the_policy_says(stage: Stage) -> None:
    policy(stage.cast, ["approve"], days=3)
    stage.submit()
    with pytest.raises(REFUSED), transaction.atomic():
        decide(stage, stage.cast.sari, stage_number=1, expires_at=later(days=4))
    stage.approve()
    expires_at = Decision.objects.get().expires_at
    assert expires_at is not None
    assert expires_at <= later(days=3)


def test_a_review_with_fewer_stages_than_the_policies_ask_for_cannot_be_stored(
    stage: Stage,
) -> None:
    policy(stage.cast, TWO)
    version = stage.fresh().current_version
    assert version is not None
    rows: dict[str, Any] = {
        "post": stage.post, "version": version, "digest": version.digest, "days": 14,
        "remind_after": 24, "escalate_after": 48, "submitted_by": stage.cast.dwi,
    }  # fmt: skip
    for kinds in (["approve"], ["review"], ["approve", "review"], ["review", "review"], []):
        with pytest.raises(REFUSED), transaction.atomic():
            Review.objects.create(kinds=kinds, **rows)
    with pytest.raises(REFUSED), transaction.atomic():
        Review.objects.create(kinds=TWO, **(rows | {"days": 90}))
    Review.objects.create(kinds=TWO, **rows)


def test_the_strictest_of_all_that_cover_a_post_counts(stage: Stage) -> None:
    policy(stage.cast, TWO, unit=stage.cast.city, days=10)
    assert asked(stage) == TWO
    policy(stage.cast, ["approve"], days=7)
    assert asked(stage) == TWO, "a unit asks for no less than the unit above it"
    policy(stage.cast, ["approve", "approve"], account=stage.account)
    assert asked(stage) == ["approve", "approve"]
    stage.submit()
    assert Review.objects.get().days == 7


def test_a_policy_of_another_unit_or_account_covers_nothing_here(stage: Stage) -> None:
    elsewhere = factories.official_account(stage.cast.diskominfo)
    policy(stage.cast, TWO, account=elsewhere)
    policy(stage.cast, TWO, unit=stage.cast.dinkes)
    assert asked(stage) == ["approve"]


def test_the_policy_of_another_units_account_counts_where_the_post_goes_there(cast: Cast) -> None:
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    theirs = factories.official_account(cast.dinkes)
    policy(cast, ["review", "approve"], unit=cast.dinkes)
    ours = factories.official_account(cast.diskominfo)
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(ours, theirs)
    )
    assert asked(Stage(cast, ours, post)) == TWO


def test_sensitive_posts_may_need_more(cast: Cast) -> None:
    policy(cast, ["review", "approve", "approve"], sensitivity="sensitive")
    assert asked(make_stage(cast)) == ["approve"]
    sensitive = make_stage(cast, facets=replace(FACETS, sensitivity="sensitive"))
    assert asked(sensitive) == ["review", "approve", "approve"]


def test_a_later_policy_leaves_open_reviews_alone(stage: Stage) -> None:
    stage.submit()
    policy(stage.cast, TWO)
    stage.approve()
    assert stage.fresh().status == Post.Status.SCHEDULED


def test_loosening_a_policy_for_a_while_loosens_nothing_that_was_written(stage: Stage) -> None:
    strict = policy(stage.cast, TWO)
    actions.end_policy(actor=stage.cast.bayu, policy_id=strict.pk, reason="Sebentar saja")
    assert asked(stage) == TWO
    stage.submit().approve(by=stage.cast.made)
    assert stage.fresh().status == Post.Status.SUBMITTED
    assert asked(make_stage(stage.cast)) == ["approve"], "what is begun now is asked for less"


def test_a_change_is_kept_with_who_why_and_what_was_before(cast: Cast) -> None:
    first = policy(cast, ["approve"])
    second = policy(cast, TWO, seen=first.pk, reason="Temuan pemeriksaan")
    first.refresh_from_db()
    assert (first.ends_at is None, first.ended_by) == (False, cast.bayu)
    entry = Entry.objects.filter(event="content.policy.set").latest("pk")
    assert entry.data == {
        "covers": str(second), "stages": "review → approve", "days": 14, "before": "approve",
        "reason": "Temuan pemeriksaan",
    }  # fmt: skip


def test_nobody_overwrites_a_policy_that_they_have_not_read(cast: Cast) -> None:
    first = policy(cast, ["approve"])
    policy(cast, TWO, seen=first.pk)
    for seen in (None, first.pk):
        with pytest.raises(PolicyChanged):
            policy(cast, ["approve"], seen=seen)
    with pytest.raises(PolicyChanged):
        actions.end_policy(actor=cast.bayu, policy_id=first.pk, reason="x")


@each("who", ["dwi", "made", "sari", "ratna", "laila", "nur"])
def test_only_an_administrator_sets_policies(cast: Cast, who: str) -> None:
    covered = actions.Covered(unit_id=cast.diskominfo.pk)
    with pytest.raises(PermissionDenied):
        actions.set_policy(
            actor=getattr(cast, who), covered=covered, stages=["approve"], days=14,
            remind_after=1, escalate_after=2, reason="x", seen=None,
        )  # fmt: skip


@each(
    "field, wrong",
    [
        ("stages", {"stages": []}), ("stages", {"stages": ["review"]}),
        ("stages", {"stages": ["approve"] * 4}), ("stages", {"stages": ["approve", "review"]}),
        ("stages", {"stages": ["none", "approve"]}), ("days", {"days": 0}), ("days", {"days": 93}),
        ("reason", {"reason": " "}), ("remind_after", {"remind_after": 0}),
        ("escalate_after", {"escalate_after": 10**6}),
        ("escalate_after", {"remind_after": 5, "escalate_after": 4}),
    ],
)  # fmt: skip
def test_a_policy_that_makes_no_sense_is_refused_beside_its_field(
    cast: Cast, field: str, wrong: dict[str, Any]
) -> None:
    stages = wrong.pop("stages", ["approve"])
    with pytest.raises(ContentError) as caught, transaction.atomic():
        policy(cast, stages, **wrong)
    assert caught.value.field == field
    assert not ApprovalPolicy.objects.exists()


def test_an_account_of_another_unit_gets_no_policy_here(cast: Cast) -> None:
    theirs = factories.official_account(cast.dinkes)
    with pytest.raises(ContentError):
        policy(cast, TWO, account=theirs)
    with pytest.raises(REFUSED), transaction.atomic():
        ApprovalPolicy.objects.create(
            unit=cast.diskominfo, official_account=theirs, stages=TWO, days=14, remind_after=1,
            escalate_after=2, reason="x", set_by=cast.bayu,
        )  # fmt: skip


@each(
    "change",
    ["stages = '{approve}'", "days = 90", "unit_id = unit_id + 1", "starts_at = now()"],
)
def test_a_policy_is_never_rewritten_or_deleted(cast: Cast, change: str) -> None:
    row = ApprovalPolicy.objects.first() or policy(cast, TWO)
    with pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE content_approvalpolicy SET {change}")  # of the test
    with pytest.raises(REFUSED), transaction.atomic():
        row.delete()


@each("who", ["dwi", "sari", "nur", "ratna"])
def test_the_database_lets_nobody_set_or_end_a_policy_without_the_right(
    cast: Cast, who: str
) -> None:
    person, words = getattr(cast, who), "no right to set policies"
    row = ApprovalPolicy.objects.first() or policy(cast, TWO)
    for wrong in (person, None):
        with pytest.raises(REFUSED, match=words), transaction.atomic():
            ApprovalPolicy.objects.update(ends_at=timezone.now(), ended_by=wrong)
    with pytest.raises(REFUSED, match=words), transaction.atomic():
        ApprovalPolicy.objects.create(
            unit=cast.diskominfo, sensitivity="sensitive", stages=TWO, days=14, remind_after=1,
            escalate_after=2, reason="x", set_by=person,
        )  # fmt: skip
    row.refresh_from_db()
    assert row.ends_at is None


def test_an_ended_policy_does_not_begin_again(cast: Cast) -> None:
    row = policy(cast, TWO)
    actions.end_policy(actor=cast.bayu, policy_id=row.pk, reason="Ganti SOP")
    with pytest.raises(REFUSED), transaction.atomic():
        ApprovalPolicy.objects.update(ends_at=None)
    assert ApprovalPolicy.objects.filter(ends_at__lt=timezone.now()).exists()


def test_a_stage_that_expired_is_said_to_who_decides_the_next(stage: Stage) -> None:
    policy(stage.cast, TWO, days=1)
    stage.submit().approve(by=stage.cast.made)
    with time_machine.travel(later(days=2)), pytest.raises(ContentError, match="has expired"):
        stage.approve()
    assert stage.fresh().status == Post.Status.SUBMITTED

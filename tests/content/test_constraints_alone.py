"""Each constraint of the gate alone: no action and no trigger stands before it, and it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from content.models import (
    Attempt,
    Decision,
    Freeze,
    Halt,
    Post,
    PostVersion,
    Publication,
    Retrospective,
    Review,
    Withdrawal,
)
from tests.cast import Cast
from tests.content.stage import later
from tests.content.test_emergencies import emergency
from tests.content.test_layers import without_triggers

TABLES = (Post, PostVersion, Review, Decision, Retrospective, Publication, Attempt, Withdrawal,
          Freeze, Halt)  # fmt: skip
ELSEWHERE = {
    # Of a form that is sent twice, and of what platforms answered: tested where these are.
    "post_is_planned_by_a_version", "post_says_how_it_follows", "post_once_a_form",
    "publication_key_once", "publication_platform_post_once", "publication_address_once",
    "publication_live_has_an_address", "publication_settled_holds_no_handles",
    "publication_by_hand_asks_a_person", "freeze_kind_is_known", "retrospective_verdict_is_known",
    "attempt_finished_has_an_outcome", "withdrawal_is_settled_whole",
}  # fmt: skip


def refusals_of(tries: dict[str, Callable[[], object]]) -> dict[str, str]:
    """The constraint that refused each try; "" where none did."""
    found = {}
    for name, attempt in tries.items():
        found[name] = ""
        try:
            with transaction.atomic():
                attempt()
                connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
                transaction.set_rollback(True)
        except IntegrityError as exc:
            cause: Any = exc.__cause__
            found[name] = str(cause.diag.constraint_name)
    return found


def again(row: models.Model, **changes: Any) -> Callable[[], object]:
    """Write the same row once more, but for the changes: what goes wrong is theirs."""
    fields = {
        one.attname: getattr(row, one.attname)
        for one in row._meta.concrete_fields
        if not one.primary_key
    }
    return lambda: type(row)._default_manager.create(**(fields | changes))


def changed(row: models.Model, **changes: Any) -> Callable[[], object]:
    return lambda: type(row)._default_manager.filter(pk=row.pk).update(**changes)


def test_every_constraint_of_the_gate_refuses_without_action_and_trigger(cast: Cast) -> None:
    urgent = emergency(cast).submit().approve()
    look, row = Retrospective.objects.get(), urgent.publication
    decision, review = Decision.objects.get(), Review.objects.get()
    version, now = review.version, timezone.now()
    stands = {"review_id": review.pk, "stage": 2, "decider_id": cast.made.pk}
    against = {**stands, "verdict": "changes", "expires_at": None, "confirmed_list": "",
               "confirmed_version": None}  # fmt: skip
    attempt = Attempt(
        publication=row, number=1, deadline_at=later(minutes=5), requested_by=cast.sari
    )
    freeze = Freeze(unit=cast.diskominfo, kind="other", reason="Uji", begun_by=cast.sari)
    halt = Halt(publication=row, halted_at=now)
    withdrawal = Withdrawal(publication=row, requested_by=cast.sari, reason="")
    with without_triggers():
        for one in (attempt, freeze, halt):
            one.save()
        tries = {
            "version_digest_is_of_its_content": again(version, number=9, digest="0" * 64),
            "version_number_once": again(version),
            "review_has_at_least_one_stage": changed(review, kinds=[]),
            "review_closed_has_a_time": changed(review, closed_at=None),
            "one_open_review": two_open(review),
            "decision_once_per_person": again(decision, stage=2),
            "decision_once_per_stage": again(decision, decider_id=cast.made.pk),
            "decision_approval_expires": again(decision, **stands, expires_at=None),
            "decision_stage_counts_from_one": changed(decision, stage=0),
            "decision_does_not_last_for_ever": changed(
                decision, expires_at=decision.decided_at + timedelta(days=800)
            ),
            "decision_against_has_a_reason": again(decision, **against, note=""),
            "decision_in_bulk_only_approves": again(decision, **against, note="x", in_bulk=True),
            "decision_confirms_a_known_list": changed(decision, confirmed_version=99),
            "retrospective_is_answered_whole": changed(look, verdict="justified"),
            "retrospective_is_due_soon": changed(look, due_at=now + timedelta(days=400)),
            "publication_once_per_version": again(row, key="another"),
            "publication_at_most_once": twice_out(row),
            "attempt_number_once": again(attempt, outcome="failed", finished_at=now),
            "attempt_one_open": again(attempt, number=2),
            "freeze_once_for_what_it_covers": again(freeze),
            "freeze_is_lifted_with_a_reason": changed(
                freeze, lifted_at=now, lifted_by=cast.sari, lift_reason=""
            ),
            "freeze_has_a_reason": changed(freeze, reason=""),
            "halt_one_open": again(halt),
            "halt_is_released_by_somebody": changed(halt, released_at=now),
            "withdrawal_has_a_reason": withdrawal.save,
        }
        assert refusals_of(tries) == {name: name for name in tries}
    of_the_gate = {one.name for table in TABLES for one in table._meta.constraints}
    assert of_the_gate - ELSEWHERE == tries.keys(), "each constraint is tried here or elsewhere"


def next_version(version: PostVersion) -> PostVersion:
    again(version, number=version.number + 1)()
    return PostVersion.objects.latest("pk")


def two_open(review: Review) -> Callable[[], object]:
    def attempt() -> None:
        is_open = {"status": "open", "closed_at": None}
        changed(review, **is_open)()
        again(review, version_id=next_version(review.version).pk, **is_open)()

    return attempt


def twice_out(row: Publication) -> Callable[[], object]:
    """The same post on the same account, of another version."""

    def attempt() -> None:
        out = {"status": "sending"}
        changed(row, **out)()
        again(row, version_id=next_version(row.version).pk, key="another", **out)()

    return attempt

"""Whatever people do in whatever order, nothing is published without what its policy asked for.

The rules of the gate are written here once more, in Python over what the machine itself did, so
that they are checked against something else than themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.capabilities import Role
from accounts.models import Grant, User
from content import actions
from content.errors import ContentError
from content.models import ApprovalPolicy, Freeze, Post, PostVersion, Publication, Review
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, connected_account, document

PEOPLE = ("dwi", "rina", "made", "sari", "putu", "bayu", "ratna", "nur")
person = st.sampled_from(PEOPLE)
STAGES = st.sampled_from(
    [["approve"], ["review", "approve"], ["approve", "approve"], ["review", "review", "approve"]]
)


@dataclass
class Told:
    """What the machine saw happen with one version."""

    asked: list[str]
    writers: set[int]
    submitter: int
    approvals: list[tuple[int, str]] = field(default_factory=list)
    """Who, and the best capability that they held at that moment."""


class Office(RuleBasedStateMachine):
    cast: Cast
    seen: set[tuple[str, int]]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        cast = type(self).cast
        self.people: dict[str, User] = {
            name: User.objects.get(pk=getattr(cast, name).pk) for name in PEOPLE if name != "putu"
        }
        self.people["putu"] = factories.user("Putu Ayu")
        factories.grant(self.people["putu"], Role.APPROVER, cast.diskominfo)
        factories.grant(self.people["dwi"], Role.APPROVER, cast.diskominfo)
        self.account = connected_account(cast.diskominfo)
        self.told: dict[int, Told] = {}
        """By version."""
        self.strictest: dict[int, list[list[str]]] = {}
        """Every policy that covered a post since it was begun."""
        self.in_force: list[list[str]] = []
        self.number = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # What people do

    def tries(self, action: Any, who: str, **named: Any) -> Any:
        actor = self.people[who]
        actor.forget_reach()
        with suppress(PermissionDenied, ContentError):
            return action(actor=actor, **named)
        return None

    def posts(self) -> Iterator[Post]:
        return iter(Post.objects.select_related("current_version").order_by("pk"))

    def pick(self, number: int) -> Post | None:
        found = list(self.posts())
        return found[number % len(found)] if found else None

    @initialize(stages=STAGES | st.none())
    def begin(self, stages: list[str] | None) -> None:
        if stages:
            self.set_policy(stages)
        self.write("rina")

    @rule(who=person)
    def write(self, who: str) -> None:
        self.number += 1
        made = self.tries(
            actions.create_post, who, unit_id=type(self).cast.diskominfo.pk,
            document=document(self.account, text=f"Kabar {self.number}"),
        )  # fmt: skip
        if made:
            self.strictest[made.pk] = list(self.in_force)

    @rule(who=person, number=st.integers(0, 3))
    def edit(self, who: str, number: int) -> None:
        post = self.pick(number)
        if post is not None and post.current_version is not None:
            self.number += 1
            self.tries(
                actions.edit_post, who, post_id=post.pk, based_on=post.current_version.number,
                document=document(self.account, text=f"Kabar {self.number}"),
            )  # fmt: skip

    @rule(who=person, number=st.integers(0, 3))
    def submit(self, who: str, number: int) -> None:
        post = self.pick(number)
        if post is None or post.current_version is None:
            return
        review: Review | None = self.tries(
            actions.submit_post, who, post_id=post.pk, based_on=post.current_version.number
        )
        if review is not None:
            self.told[review.version_id] = Told(
                asked=strictest_of(self.strictest[post.pk]),
                writers=set(
                    PostVersion.objects.filter(
                        post=post, number__lte=review.version.number
                    ).values_list("editor_id", flat=True)
                ),
                submitter=self.people[who].pk,
            )

    @rule(who=person, number=st.integers(0, 3), verdict=st.sampled_from("aaacr"))
    def decide(self, who: str, number: int, verdict: str) -> None:
        post = self.pick(number)
        if post is None or post.current_version is None:
            return
        about = {"post_id": post.pk, "digest": post.current_version.digest}
        if verdict == "c":
            self.tries(actions.request_changes, who, note="Perbaiki", **about)
        elif verdict == "r":
            self.tries(actions.reject_post, who, note="Tidak", **about)
        elif self.tries(actions.approve_post, who, confirmed=1, **about):
            holds = "approve" if self.holds(who, "content.approve") else "review"
            self.told[post.current_version.pk].approvals.append((self.people[who].pk, holds))

    @rule(number=st.integers(0, 3), order=st.permutations(["made", "sari", "putu"]))
    def go_there_once_more(self, number: int, order: list[str]) -> None:
        self.go_all_the_way(number, order)

    @rule(number=st.integers(0, 3), order=st.permutations(["made", "sari", "putu"]))
    def go_all_the_way(self, number: int, order: list[str]) -> None:
        """What chance alone seldom does."""
        self.submit("rina", number)
        for who in order:
            self.decide(who, number, "a")
        self.work()

    @rule(who=person, number=st.integers(0, 3))
    def take_back(self, who: str, number: int) -> None:
        post = self.pick(number)
        if post is not None:
            self.tries(actions.take_back_post, who, post_id=post.pk)

    @rule(
        kind=st.sampled_from(["policy", "policy", "none", "freeze", "lift", "lift"]),
        stages=STAGES,
        who=person,
    )
    def rule_the_office(self, kind: str, stages: list[str], who: str) -> None:
        if kind == "policy":
            self.set_policy(stages)
        elif kind == "none":
            self.end_policy()
        elif kind == "freeze":
            self.tries(
                actions.begin_freeze, who, unit_id=type(self).cast.diskominfo.pk, kind="other",
                reason="Uji",
            )  # fmt: skip
        elif row := Freeze.objects.filter(lifted_at=None).first():
            self.tries(actions.lift_freeze, who, freeze_id=row.pk, reason="Uji")

    def set_policy(self, stages: list[str]) -> None:
        current = ApprovalPolicy.objects.filter(ends_at=None).first()
        made = self.tries(
            actions.set_policy, "bayu", stages=stages, days=14, remind_after=1, escalate_after=2,
            covered=actions.Covered(unit_id=type(self).cast.diskominfo.pk), reason="Uji",
            seen=current.pk if current else None,
        )  # fmt: skip
        assert made
        self.in_force = [stages]
        for known in self.strictest.values():
            known.append(stages)

    def end_policy(self) -> None:
        current = ApprovalPolicy.objects.filter(ends_at=None).first()
        if current is not None:
            self.tries(actions.end_policy, "bayu", policy_id=current.pk, reason="Uji")
            self.in_force = []

    @rule(who=st.sampled_from(["sari", "putu", "made"]), is_lost=st.booleans())
    def change_a_role(self, who: str, is_lost: bool) -> None:
        if is_lost:
            running = Grant.objects.filter(user=self.people[who], ends_at=None)
            running.update(ends_at=timezone.now())
        else:
            factories.grant(self.people[who], Role.APPROVER, type(self).cast.diskominfo)

    @rule(
        who=st.sampled_from(["sari", "sari", "putu", "dwi", "made"]),
        act=st.sampled_from(["release", "release", "retry", "cancel", "withdraw"]),
        number=st.integers(0, 3),
    )
    def run_publication(self, who: str, act: str, number: int) -> None:
        rows = list(Publication.objects.order_by("pk"))
        if not rows:
            return
        row = rows[number % len(rows)]
        action = getattr(actions, f"{act}_publication")
        reason = {"reason": "Uji"} if act in {"cancel", "withdraw"} else {}
        self.tries(action, who, publication_id=row.pk, **reason)

    @rule()
    def work(self) -> None:
        """What is due goes out, on a platform that takes it."""
        for pk in actions.claim_due_publications():
            actions.send_publication(
                publication_id=pk, actor=User.objects.system(), client=FakePlatform()
            )

    def holds(self, who: str, capability: str) -> bool:
        self.people[who].forget_reach()
        return self.people[who].may(capability, type(self).cast.diskominfo.pk)

    # What must always hold

    @invariant()
    def nothing_is_out_without_what_was_asked_for(self) -> None:
        let_go = ["scheduled", "sending", "published", "withdrawn"]
        for row in Publication.objects.filter(status__in=let_go):
            type(self).seen.add((row.status, len(self.told[row.version_id].asked)))
            told = self.told[row.version_id]
            people = [who for who, _held in told.approvals]
            assert len(people) == len(set(people)) == len(told.asked)
            assert not set(people) & (told.writers | {told.submitter})
            for kind, (_who, held) in zip(told.asked, told.approvals, strict=True):
                assert kind == "review" or held == "approve"

    @invariant()
    def nothing_waits_to_go_out_during_a_freeze(self) -> None:
        if Freeze.objects.filter(lifted_at=None).exists():
            assert not Publication.objects.filter(status__in=["scheduled", "sending"]).exists()

    @invariant()
    def a_post_is_never_out_twice_on_an_account(self) -> None:
        rows = Publication.objects.filter(status__in=["sending", "unconfirmed", "published"])
        pairs = list(rows.values_list("post", "official_account"))
        assert len(pairs) == len(set(pairs))


def strictest_of(policies: list[list[str]]) -> list[str]:
    longest = max((len(one) for one in policies), default=1)
    if not policies:
        return ["approve"]
    return [
        "approve"
        if any(len(one) >= back and one[-back] == "approve" for one in policies)
        else "review"
        for back in range(longest, 0, -1)
    ]


@pytest.mark.django_db
def test_nothing_is_published_without_the_decisions_that_its_policy_asked_for(cast: Cast) -> None:
    class Machine(Office):
        pass

    Machine.cast, Machine.seen = cast, set()
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    stages = {number for status, number in Machine.seen if status == "published"}
    assert min(stages) == 1 < max(stages), "what was tried came through, short and long"

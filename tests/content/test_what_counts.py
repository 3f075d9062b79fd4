"""What pages say of approval policies: what counts, why, and whether there are people for it."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.capabilities import Role
from accounts.models import Grant, OfficialAccount, Unit
from content import actions
from content.documents import EMERGENCY, Facets
from content.models import ApprovalPolicy, Sensitivity
from content.policies import asked_for, would_ask, would_ask_in
from content.policy_people import Deciders, deciders_in, lacking
from content.policy_words import asked_in_words
from content.selectors.policies import policies_behind
from tests import factories
from tests.cast import Cast
from tests.content.stage import document, later
from tests.content.test_policies import TWO, policy
from tests.gathering import each

THREE = ["review", "approve", "approve"]
stages = st.lists(st.sampled_from(["review", "approve"]), max_size=2).map(lambda s: [*s, "approve"])


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_pages_say_is_what_the_gate_asks_for(cast: Cast, data: st.DataObject) -> None:
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    ours, theirs = (factories.official_account(one) for one in (cast.diskominfo, cast.dinkes))
    places: list[tuple[Unit, OfficialAccount | None]] = [
        (one, None) for one in (cast.city, cast.diskominfo, cast.dinkes)
    ]
    places += [(cast.diskominfo, ours), (cast.dinkes, theirs)]
    for unit, account in places:
        for sensitivity in ("", *Sensitivity.values):
            if data.draw(st.booleans()):
                days = data.draw(st.integers(1, 20))
                hours = data.draw(st.integers(1, 40))
                covered = actions.Covered(
                    unit_id=unit.pk,
                    official_account_id=account.pk if account else None,
                    sensitivity=sensitivity,
                )
                now = ApprovalPolicy.objects.filter(
                    unit=unit, official_account=account, sensitivity=sensitivity, ends_at=None
                ).first()
                actions.set_policy(
                    actor=cast.bayu, covered=covered, stages=data.draw(stages), days=days,
                    remind_after=hours, escalate_after=hours + 2, reason="x",
                    seen=now.pk if now else None,
                )  # fmt: skip
    for sensitivity in (*Sensitivity.values, EMERGENCY):
        for accounts in ([ours], [theirs], [ours, theirs]):
            post = actions.create_post(
                actor=cast.dwi,
                unit_id=cast.diskominfo.pk,
                document=document(
                    *accounts, facets=Facets(sensitivity=sensitivity), valid_until=later(hours=2)
                ),
            )
            assert post.current_version is not None
            gate = asked_for(post.current_version.pk)
            told = would_ask(
                units=[cast.diskominfo.pk],
                accounts=[one.pk for one in accounts],
                sensitivity=sensitivity,
            )
            assert gate[:4] == told[:4]


def test_what_counts_is_said_with_the_policy_that_has_it_so(cast: Cast) -> None:
    policy(cast, TWO, unit=cast.city, days=7)
    policy(cast, ["approve"])
    asked = would_ask_in([cast.diskominfo.pk])[cast.diskominfo.pk, "ordinary"]
    assert asked_in_words(asked, policies_behind([asked])) == (
        "2 stages: a reviewer, then an approver; counts 7 days; because of the policy of "
        "Kota Samudra"
    )


def test_two_policies_that_count_together_are_both_named(cast: Cast) -> None:
    policy(cast, TWO, unit=cast.city, days=14)
    policy(cast, ["approve"], days=3)
    asked = would_ask_in([cast.diskominfo.pk])[cast.diskominfo.pk, "ordinary"]
    assert asked_in_words(asked, policies_behind([asked])) == (
        "2 stages: a reviewer, then an approver; counts 3 days; stages because of the policy of "
        "Kota Samudra; days because of the policy of Diskominfo"
    )


def test_a_shorter_policy_that_makes_a_reviewer_an_approver_is_named(cast: Cast) -> None:
    policy(cast, ["review", "review", "approve"], unit=cast.city)
    short = policy(cast, ["approve", "approve"])
    asked = would_ask_in([cast.diskominfo.pk])[cast.diskominfo.pk, "ordinary"]
    assert asked.kinds == ["review", "approve", "approve"]
    assert short.pk in asked.stages_by


@each(
    "kinds, any_stage, approvals, is_told",
    [
        (["approve"], 0, 0, True), (["approve"], 3, 0, True), (["approve"], 1, 1, False),
        (TWO, 1, 1, True), (TWO, 2, 1, False), (TWO, 2, 2, False),
        (["approve", "approve"], 5, 1, True), (THREE, 2, 2, True), (THREE, 3, 2, False),
    ],
)  # fmt: skip
def test_each_stage_needs_another_person(
    kinds: list[Any], any_stage: int, approvals: int, is_told: bool
) -> None:
    assert bool(lacking(kinds, Deciders(any_stage, approvals))) == is_told


def test_only_who_holds_a_role_now_and_is_active_is_counted(cast: Cast) -> None:
    gone, to_come = factories.user(), factories.user()
    grant = factories.grant(gone, Role.APPROVER, cast.diskominfo)
    Grant.objects.filter(pk=grant.pk).update(ends_at=later(seconds=0))
    factories.grant(to_come, Role.APPROVER, cast.diskominfo, starts_at=later(days=1))
    assert deciders_in([cast.diskominfo.pk]) == {cast.diskominfo.pk: Deciders(2, 1)}

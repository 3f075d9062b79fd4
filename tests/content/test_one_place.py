"""One stands in only for who holds the role themselves, and a decision has one place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Grant, User
from content import actions
from content.models import Decision
from content.policy_people import deciders_in
from content.stuck import stranded_by, stuck_among
from content.turns import turn_of
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, connected_account, document, later, make_stage
from tests.content.test_on_behalf import APPROVERS, acting, refused
from tests.content.test_policies import policy


def test_what_one_holds_for_another_is_not_handed_on(cast: Cast) -> None:
    """Not in any order, and with whatever other role of their own the one between holds."""
    policy(cast, APPROVERS)
    acting(cast, cast.made, cast.sari)
    acting(cast, cast.made, cast.ratna)
    acting(cast, cast.rina, cast.made)
    stage = make_stage(cast).submit()
    refused(stage, cast.rina, why="stands_in")
    stage.approve(by=cast.made)
    refused(stage, cast.rina, why="stands_in")
    # By a role of their own whom they stand in for decides, and so do they for them.
    other = make_stage(cast).submit()
    factories.grant(cast.made, Role.APPROVER, cast.diskominfo)
    other.approve(by=cast.rina)
    assert Decision.objects.latest("pk").on_behalf_of == cast.made
    cast.made.forget_reach()
    refused(other, cast.made, why="earlier_stage")


@pytest.mark.parametrize("change", ["over", "cancelled", "reviewer", "elsewhere", "deactivated"])
def test_one_stands_in_only_for_who_holds_the_role_themselves_now(cast: Cast, change: str) -> None:
    acting(cast, cast.rina, cast.sari)
    stage = make_stage(cast).submit()
    own = Grant.objects.filter(user=cast.sari)
    if change == "deactivated":
        User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    else:
        own.update(ends_at=timezone.now())
    if change == "cancelled":
        begins = later(days=1)
        Grant.objects.create(
            user=cast.sari, role=Role.APPROVER, unit=cast.diskominfo, starts_at=begins,
            ends_at=begins, granted_by=cast.bayu,
        )  # fmt: skip
    if change == "reviewer":
        factories.grant(cast.sari, Role.REVIEWER, cast.diskominfo)
    if change == "elsewhere":
        factories.grant(cast.sari, Role.APPROVER, cast.dinkes)
    refused(stage, cast.rina, why="stands_in")
    assert stuck_among([stage.fresh().reviews.get()])


def test_a_place_is_of_somebody_who_might_decide_in_every_unit_themselves(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    """Else two in one place were two, and the desk promised a stage that nobody may take."""
    policy(cast, APPROVERS)
    accounts = (connected_account(cast.diskominfo), connected_account(cast.dinkes))
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    cast.dwi.forget_reach()
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts)
    )
    for who in (cast.made, cast.rina):
        factories.grant(who, Role.APPROVER, cast.diskominfo)
        acting(cast, who, cast.nur, cast.dinkes)
    stage = Stage(cast, accounts[0], post).submit()
    refused(stage, cast.made, why="stands_in")
    review = stage.fresh().reviews.get()
    assert stuck_among([review])
    page = client_as(factories.reads_english(cast.made)).get(
        reverse("content:post_detail", args=[post.pk])
    )
    assert "does not hold this role themselves now in every unit" in page.content.decode()
    factories.grant(cast.nur, Role.APPROVER, cast.diskominfo)
    assert turn_of(review, cast.made).strands == 2
    assert stranded_by(cast.nur, [review]) == {review.pk: 2}
    stage.approve(by=cast.made)
    refused(stage, cast.rina, why="stands_in")


def test_who_stands_in_for_another_adds_nobody_to_the_stages(cast: Cast) -> None:
    """Two approvals ask for two who hold the role: told before the first of them."""
    policy(cast, APPROVERS)
    acting(cast, cast.rina, cast.sari)
    acting(cast, cast.laila, cast.sari)
    assert deciders_in([cast.diskominfo.pk])[cast.diskominfo.pk].approvals == 1
    review = make_stage(cast).submit().fresh().reviews.get()
    for who in (cast.sari, cast.rina):
        turn = turn_of(review, who)
        assert (turn.strands, turn.instead.names) == (2, [])
        assert stranded_by(who, [review]) == {review.pk: 2}
    factories.grant(cast.ratna, Role.APPROVER, cast.diskominfo)
    turn = turn_of(review, cast.rina)
    assert (turn.strands, len(turn.instead.names)) == (None, 3)
    assert stranded_by(cast.rina, [review]) == stranded_by(cast.ratna, [review]) == {}


def test_a_decision_has_one_place_however_many_units_it_concerns(cast: Cast) -> None:
    accounts = (connected_account(cast.diskominfo), connected_account(cast.dinkes))
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    cast.dwi.forget_reach()
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts)
    )
    stage = Stage(cast, accounts[0], post).submit()
    acting(cast, cast.rina, cast.sari)
    acting(cast, cast.rina, cast.nur, cast.dinkes)
    refused(stage, cast.rina, why="stands_in")
    acting(cast, cast.rina, cast.sari, cast.dinkes)
    refused(stage, cast.rina, why="stands_in")
    factories.grant(cast.sari, Role.APPROVER, cast.dinkes)
    stage.approve(by=cast.rina)
    assert Decision.objects.get().on_behalf_of == cast.sari

"""A decision by who stands in for another: it says for whom, in the trail and on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Grant, Unit, User
from content import actions, gate
from content.errors import GateRefused
from content.events.posts import GATE_REFUSED
from content.models import Decision, Retrospective
from content.pages.freezes import release_page
from content.people import deciders_of, lookers_at
from content.rights import rights_on
from content.selectors.freezes import frozen_visible_to, to_release_by
from content.selectors.posts import decisions_of, reviews_waiting_for
from content.selectors.retrospectives import retrospectives_waiting_for, why_not
from content.stuck import stuck_among
from content.turns import turn_of
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, make_stage
from tests.content.test_emergencies import answer, emergency
from tests.content.test_freezes import freeze, lift, release
from tests.content.test_policies import policy

REFUSED = (IntegrityError, InternalError)


def stands_in(cast: Cast) -> Grant:
    """Rina is acting approver in the place of Sari."""
    now = timezone.now()
    return Grant.objects.create(
        user=cast.rina, role=Role.APPROVER, unit=cast.diskominfo,
        starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=1),
        on_behalf_of=cast.sari, decree="SK Plh.", granted_by=cast.bayu,
    )  # fmt: skip


def trail(event: str) -> str:
    return Entry.objects.filter(event=event).latest("pk").on_behalf_of_name


def test_a_decision_by_delegation_says_in_whose_place(
    cast: Cast, client_as: Callable[[str], Client]
) -> None:
    stands_in(cast)
    stage = make_stage(cast).submit().approve(by=cast.rina)
    assert Decision.objects.get().on_behalf_of == cast.sari
    assert trail("content.post.approved") == cast.sari.full_name
    page = client_as("dwi").get(reverse("content:post_detail", args=[stage.post.pk]))
    said = f"{cast.rina.full_name} atas nama {cast.sari.full_name}"
    assert page.content.decode().count(said) >= 3, "the stage, the decision and the history"


def test_so_do_changes_and_a_rejection(cast: Cast) -> None:
    stands_in(cast)
    for decide, event in (
        (actions.request_changes, "content.post.changes_requested"),
        (actions.reject_post, "content.post.rejected"),
    ):
        stage = make_stage(cast).submit()
        decide(actor=cast.rina, post_id=stage.post.pk, digest=stage.digest, note="Sumber?")
        assert trail(event) == cast.sari.full_name


def test_who_has_the_right_themselves_decides_for_nobody(cast: Cast) -> None:
    stands_in(cast)
    factories.grant(cast.rina, Role.APPROVER, cast.diskominfo)
    make_stage(cast).submit().approve(by=cast.rina)
    assert Decision.objects.get().on_behalf_of is None
    assert trail("content.post.approved") == ""


def test_the_database_takes_no_decision_that_says_it_wrongly(cast: Cast) -> None:
    stands_in(cast)
    review = make_stage(cast).submit().fresh().reviews.get()
    for who, principal in ((cast.rina, None), (cast.rina, cast.ratna), (cast.sari, cast.ratna)):
        with pytest.raises(REFUSED, match="stands in"), transaction.atomic():
            Decision.objects.create(
                review=review, version_digest=review.digest, decider=who, on_behalf_of=principal,
                verdict="reject", note="Tidak.",
            )  # fmt: skip


def acting(cast: Cast, who: User, principal: User, unit: Unit | None = None) -> None:
    now = timezone.now()
    Grant.objects.create(
        user=who, role=Role.APPROVER, unit=unit or cast.diskominfo,
        starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=1),
        on_behalf_of=principal, decree="SK Plh.", granted_by=cast.bayu,
    )  # fmt: skip
    who.forget_reach()


def test_nobody_stands_in_for_themselves(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="grant_acting_for_another"), transaction.atomic():
        acting(cast, cast.rina, cast.rina)


APPROVERS = ["approve", "approve"]


def refused(stage: Stage, who: User, *, why: str) -> None:
    """By the action, with an event; by the database without it; and the page and the queue know."""
    with pytest.raises(GateRefused) as caught:
        stage.approve(by=who)
    assert caught.value.why == why
    assert Entry.objects.filter(event=GATE_REFUSED.name).latest("pk").data["why"] == why
    review = stage.fresh().reviews.get(status="open")
    for principal in (None, stage.cast.sari, stage.cast.made):
        with pytest.raises(REFUSED), transaction.atomic():
            Decision.objects.create(
                review=review, version_digest=review.digest, decider=who, verdict="approve",
                on_behalf_of=principal, stage=review.stage, confirmed_list="ethics",
                confirmed_version=1, decided_at=timezone.now(),
                expires_at=timezone.now() + timedelta(hours=1),
            )  # fmt: skip
    assert review not in reviews_waiting_for(who)
    assert who not in deciders_of(review)
    assert who.full_name not in turn_of(review, None).who.names
    decisions = list(decisions_of(stage.post))
    rights = rights_on(review, who, accounts=review.accounts, decisions=decisions)
    assert (rights.may_approve, rights.may_reject, bool(rights.why_not)) == (False, False, True)


def test_nobody_decides_in_the_place_of_who_wrote_it(cast: Cast) -> None:
    factories.grant(cast.dwi, Role.APPROVER, cast.diskominfo)
    acting(cast, cast.rina, cast.dwi)
    Grant.objects.filter(user=cast.sari).update(ends_at=timezone.now())
    stage = make_stage(cast).submit()
    assert stuck_among([stage.fresh().reviews.get()])
    refused(stage, cast.rina, why="stands_in")
    # In the place of somebody else they may.
    factories.grant(cast.made, Role.APPROVER, cast.diskominfo)
    acting(cast, cast.rina, cast.made)
    stage.approve(by=cast.rina)
    assert Decision.objects.get().on_behalf_of == cast.made


def test_each_stage_is_decided_in_a_place_of_its_own(cast: Cast) -> None:
    policy(cast, APPROVERS)
    acting(cast, cast.rina, cast.sari)
    stage = make_stage(cast).submit().approve()
    refused(stage, cast.rina, why="stands_in")
    other = make_stage(cast).submit().approve(by=cast.rina)
    refused(other, cast.sari, why="earlier_stage")
    acting(cast, cast.made, cast.sari)
    refused(other, cast.made, why="stands_in")
    for one in (stage, other):
        assert one.fresh().status == "submitted"
        assert not gate.is_approved(one.fresh().current_version_id or 0)


def test_who_acts_for_its_approver_lets_an_emergency_go_after_a_freeze(cast: Cast) -> None:
    stage = emergency(cast).submit().approve()
    freeze(cast, spares_emergencies=False)
    lift(cast)
    acting(cast, cast.rina, cast.sari)
    assert release(stage, cast.rina).status == "scheduled"


def test_a_role_of_ones_own_counts_beside_one_that_does_not(cast: Cast) -> None:
    policy(cast, APPROVERS)
    acting(cast, cast.made, cast.sari)
    stage = make_stage(cast).submit().approve()
    review = stage.fresh().reviews.get()
    rights = rights_on(review, cast.made, accounts=review.accounts, decisions=[])
    assert (rights.may_approve, rights.may_request_changes) == (False, True)
    assert rights.why_not
    actions.request_changes(
        actor=cast.made, post_id=stage.post.pk, digest=stage.digest, note="Sumber?"
    )
    assert Decision.objects.latest("pk").on_behalf_of is None


def test_who_acts_for_another_reads_it_before_deciding(
    cast: Cast, client_as: Callable[[object], Client], django_assert_max_num_queries: Any
) -> None:
    acting(cast, cast.made, cast.sari)
    stage = make_stage(cast).submit()
    detail = reverse("content:post_detail", args=[stage.post.pk])
    made, sari = (client_as(factories.reads_english(one)) for one in (cast.made, cast.sari))
    with django_assert_max_num_queries(15):
        told = made.get(detail).content.decode()
    # By the role of their own they may ask for changes.
    assert f"approve or reject it, you do so on behalf of {cast.sari.full_name}." in told
    assert "changes, you do so on behalf of" not in told
    assert "Everything else you decide in your own name." in told
    assert f"Approver on behalf of {cast.sari.full_name}" in told, "the foot of the navigation"
    queue = made.get(reverse("content:review_list")).content.decode()
    assert f"You decide on behalf of {cast.sari.full_name}" in queue
    assert f"You decide on behalf of {cast.sari.full_name} where" in queue
    for address in (detail, reverse("content:review_list")):
        assert "on behalf of" not in sari.get(address).content.decode()
    factories.grant(cast.made, Role.APPROVER, cast.diskominfo)
    assert "you do so on behalf" not in made.get(detail).content.decode()


def test_who_acts_for_another_reads_the_one_cause_why_they_may_not(
    cast: Cast, client_as: Callable[[object], Client], django_assert_max_num_queries: Any
) -> None:
    acting(cast, cast.made, cast.sari)
    policy(cast, APPROVERS)
    made = client_as(factories.reads_english(cast.made))
    stage = make_stage(cast).submit().approve()
    detail = reverse("content:post_detail", args=[stage.post.pk])
    with django_assert_max_num_queries(15):
        told = made.get(detail).content.decode()
    assert f"You stand in for {cast.sari.full_name}, who approved an earlier stage" in told
    # A writer in whose place they stand elsewhere is not the cause here.
    acting(cast, cast.made, cast.dwi, cast.dinkes)
    told = made.get(detail).content.decode()
    assert f"You stand in for {cast.sari.full_name}, who approved an earlier stage" in told
    acting(cast, cast.made, cast.dwi)
    assert (
        f"You stand in for {cast.sari.full_name}, who approved" in made.get(detail).content.decode()
    )
    factories.grant(cast.dwi, Role.APPROVER, cast.diskominfo)
    told = made.get(detail).content.decode()
    assert f"You stand in for {cast.dwi.full_name}, who wrote part of it" in told
    # Nobody did anything: it is the role that is missing.
    Grant.objects.filter(user__in=[cast.sari, cast.dwi], role=Role.APPROVER).update(
        ends_at=timezone.now()
    )
    told = made.get(detail).content.decode()
    assert "who does not hold this role themselves now" in told


def test_who_stands_in_for_the_writer_lets_nothing_go_after_a_freeze(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    freeze(cast)
    lift(cast)
    factories.grant(cast.dwi, Role.APPROVER, cast.diskominfo)
    acting(cast, cast.rina, cast.dwi)
    shown = frozen_visible_to(cast.rina).get()
    assert shown.wrote
    assert "stand in for" in release_page(shown, cast.rina)["why_not"]
    assert not to_release_by(cast.rina)
    with pytest.raises(GateRefused) as caught:
        release(stage, cast.rina)
    assert caught.value.why == "stands_in"
    assert to_release_by(cast.sari).get().pk == stage.publication.pk
    assert release(stage).status == "scheduled"


def test_two_decisions_in_one_place_do_not_count_whoever_wrote_them_down(cast: Cast) -> None:
    policy(cast, APPROVERS)
    acting(cast, cast.rina, cast.sari)
    stage = make_stage(cast).submit().approve()
    factories.grant(cast.rina, Role.APPROVER, cast.diskominfo)
    cast.rina.forget_reach()
    stage.approve(by=cast.rina)
    version = stage.fresh().current_version_id or 0
    assert gate.is_approved(version)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE content_decision DISABLE TRIGGER USER")
        Decision.objects.filter(decider=cast.rina).update(on_behalf_of=cast.sari)
        cursor.execute("ALTER TABLE content_decision ENABLE TRIGGER USER")
    assert not gate.is_approved(version)


def test_who_stands_in_for_its_approver_does_not_look_at_an_emergency(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    acting(cast, cast.rina, cast.sari)
    stage = emergency(cast).submit().approve()
    stage.send(FakePlatform())
    look = Retrospective.objects.get()
    for who, why in ((cast.rina, "stands_in"), (cast.sari, "decided")):
        with pytest.raises(GateRefused) as caught:
            answer(who)
        assert caught.value.why == why
        with pytest.raises(REFUSED), transaction.atomic():
            Retrospective.objects.update(
                done_by=who, done_at=timezone.now(), verdict="justified", findings="Benar."
            )
        assert look not in retrospectives_waiting_for(who)
        assert who not in lookers_at(look.review)
        assert why_not(look, who)
    # Where nobody is left, who gives roles is told.
    bayu = client_as(factories.reads_english(cast.bayu))
    nobody = "1 emergency that nobody may look at afterwards"
    assert nobody not in bayu.get(reverse("home")).content.decode()
    Grant.objects.filter(user=cast.made).update(ends_at=timezone.now())
    assert nobody in bayu.get(reverse("home")).content.decode()
    assert "Nobody may answer" in bayu.get(reverse("content:retrospective_list")).content.decode()
    page = bayu.get(reverse("content:retrospective_detail", args=[look.pk])).content.decode()
    assert "Give the role of a reviewer" in page
    factories.grant(cast.made, Role.REVIEWER, cast.diskominfo)
    cast.made.forget_reach()
    assert answer(cast.made).done_by == cast.made

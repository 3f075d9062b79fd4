"""The page of a post says who decided which stage, and whose turn it is; emergencies are marked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.capabilities import Role
from accounts.models import Grant, User
from content import actions
from content.models import Decision, Post, Review
from content.stages import stages_of
from content.stuck import Left, first_unfilled, stranded_by
from content.turns import who_may
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, later, make_stage
from tests.content.test_emergencies import emergency
from tests.content.test_policies import TWO, policy
from tests.gathering import each

SignIn = Callable[[object], Client]


@pytest.fixture
def stage(cast: Cast) -> Stage:
    policy(cast, TWO)
    return make_stage(cast).submit()


def told(client: Client, stage: Stage) -> str:
    answer = client.get(reverse("content:post_detail", args=[stage.post.pk]))
    return " ".join(answer.content.decode().split())


def names(stage: Stage) -> list[str]:
    review = Review.objects.get(post=stage.post, status=Review.Status.OPEN)
    return who_may(review, review.stage_kind.capability).names


def english(client_as: SignIn, person: User) -> Client:
    return client_as(factories.reads_english(person))


def test_the_page_says_whose_turn_it_is_and_who_decided(stage: Stage, client_as: SignIn) -> None:
    client = english(client_as, stage.cast.dwi)
    first = told(client, stage)
    assert "Stage 1 of 2: a reviewer" in first
    assert "It is the turn of: Made Wirawan, Sari Wulandari" in first
    assert "Review 1 of 2" in first
    stage.approve(by=stage.cast.made)
    second = told(client, stage)
    assert "Made Wirawan&nbsp;·" in second
    assert "It is the turn of: Sari Wulandari" in second
    assert "Approval 2 of 2" in second
    assert "stage 1 of 2" in second
    stage.approve(by=stage.cast.sari)
    last = told(client, stage)
    assert "It is the turn of" not in last
    assert "stage 2 of 2" in last


@pytest.mark.parametrize("action", [actions.request_changes, actions.reject_post])
def test_who_decides_against_at_a_later_stage_is_told_there(
    stage: Stage, action: Callable[..., Post]
) -> None:
    stage.approve(by=stage.cast.made)
    action(actor=stage.cast.sari, post_id=stage.post.pk, digest=stage.digest, note="Sumbernya?")
    assert Decision.objects.latest("pk").stage == 2
    review = Review.objects.get()
    rows = stages_of(review, Decision.objects.filter(review=review))
    assert [(one.state, one.decision is not None) for one in rows] == [
        ("done", True),
        ("failed", True),
    ]


def test_only_those_who_may_are_named(stage: Stage) -> None:
    cast = stage.cast
    assert names(stage) == ["Made Wirawan", "Sari Wulandari"]
    factories.grant(cast.dwi, Role.APPROVER, cast.diskominfo)
    assert "Dwi Hartono" not in names(stage), "wrote it"
    factories.grant(cast.rina, Role.REVIEWER, cast.dinkes)
    to_come = factories.user("Zaki Ramadan")
    factories.grant(to_come, Role.REVIEWER, cast.diskominfo, starts_at=later(days=1))
    assert names(stage) == ["Made Wirawan", "Sari Wulandari"]
    Grant.objects.filter(user=cast.made).update(ends_at=later(seconds=0))
    assert names(stage) == ["Sari Wulandari"]


def test_at_most_five_are_named(stage: Stage) -> None:
    for number in range(9):
        factories.grant(factories.user(f"A {number}"), Role.REVIEWER, stage.cast.city)
    review = Review.objects.get()
    who = who_may(review, "content.review")
    assert (len(who.names), who.more) == (5, 6)
    assert "6" in str(who)


def test_whose_approval_leaves_nobody_for_the_next_stage_is_told_before(
    stage: Stage, client_as: SignIn
) -> None:
    warned = "If you approve this stage, nobody is left who may approve stage 2."
    page = told(english(client_as, stage.cast.sari), stage)
    assert f"{warned} Let Made Wirawan review it." in page
    assert warned not in told(english(client_as, stage.cast.made), stage)
    factories.grant(factories.user("Zaki Ramadan"), Role.APPROVER, stage.cast.diskominfo)
    assert warned not in told(english(client_as, stage.cast.sari), stage)


def test_an_approval_that_leaves_nobody_for_a_stage_after_the_next_is_told_before(
    cast: Cast, client_as: SignIn
) -> None:
    """Each stage needs a person of its own."""
    policy(cast, ["review", "approve", "approve"])
    factories.grant(cast.rina, Role.APPROVER, cast.diskominfo)
    stage = make_stage(cast).submit()
    warned = "If you approve this stage, nobody is left who may approve stage 3."
    page = told(english(client_as, cast.sari), stage)
    assert f"{warned} Let Made Wirawan review it." in page
    assert warned not in told(english(client_as, cast.made), stage)
    reviews = list(Review.objects.all())
    people = (cast.sari, cast.rina, cast.made)
    assert [stranded_by(one, reviews).get(reviews[0].pk) for one in people] == [3, 3, None]
    stage.approve(by=cast.made)
    assert stranded_by(cast.sari, reviews) == {}
    assert "nobody is left" not in told(english(client_as, cast.sari), stage)
    assert stage.approve(by=cast.sari).approve(by=cast.rina).fresh().status == "scheduled"


@each(
    "kinds, left, stage",
    [
        ("RRA", Left(1, 1, 2), None),
        ("RRA", Left(1, 1, 1), 3),
        ("RRA", Left(2, 1, 1), 3),
        ("RAA", Left(5, 1, 5), 3),
        ("RRRA", Left(1, 9, 9), 3),
        ("R", Left(0, 0, 0), None),
    ],
)
def test_stages_are_filled_by_people_of_their_own(
    kinds: str, left: Left, stage: int | None
) -> None:
    """After the first one is taken."""
    named = [{"R": "review", "A": "approve"}[kind] for kind in kinds]
    assert first_unfilled(named, 1, left) == stage


def test_nobody_left_to_decide_is_told(stage: Stage, client_as: SignIn) -> None:
    made = english(client_as, stage.cast.made)
    queue = reverse("content:review_list")
    assert "Stuck" not in made.get(queue).content.decode()
    stage.approve(by=stage.cast.sari)
    page = told(english(client_as, stage.cast.dwi), stage)
    assert "Nobody may approve this stage now." in page
    head = page.partition("post-preview")[0]
    assert "Stuck: nobody may approve stage 2 of 2 now" in head
    assert "Take it back, submit it again" in head
    assert "Stuck: nobody may decide" in made.get(queue).content.decode()


def test_an_emergency_is_first_in_the_queue_and_marked(cast: Cast, client_as: SignIn) -> None:
    make_stage(cast).submit()
    urgent = emergency(cast, title="Peringatan banjir").submit()
    client = english(client_as, cast.sari)
    answer = client.get(reverse("content:review_list"))
    assert next(one.post_id for one in answer.context["waiting"]) == urgent.post.pk
    assert answer.content.decode().count("badge-bad") == 1
    for person in (cast.sari, cast.dwi):
        page = told(english(client_as, person), urgent)
        assert "Emergency path" in page
        assert "Emergency</span>" in page.split("</h1>")[1].split("<ol")[0], "beside its status"
        assert ("Rejecting closes this post for good" in page) == (person == cast.sari)
        assert "One approval, looked at after it went out. The notice holds until" in page
    urgent.approve()
    assert "emergency path" in told(client, urgent)


def test_the_stages_cost_few_queries_however_many_people_there_are(
    stage: Stage, client_as: SignIn
) -> None:
    client = client_as("dwi")

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            told(client, stage)
        return len(asked)

    few = cost()
    for _number in range(20):
        factories.grant(factories.user(), Role.REVIEWER, stage.cast.city)
    assert cost() == few <= 15


def test_a_queue_of_many_stages_takes_as_many_queries_as_one(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    policy(cast, ["review", "approve"])
    client = client_as(factories.reads_english(cast.sari))
    address, taken = reverse("content:review_list"), []
    for many in (1, 4):
        for _one in range(many):
            make_stage(cast).submit().approve(by=cast.made)
        with CaptureQueriesContext(connection) as asked:
            shown = client.get(address).content.decode()
        taken.append(len(asked))
    assert shown.count("stage 2 of 2") >= 5
    assert taken[0] == taken[1] <= 15

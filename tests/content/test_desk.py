"""The review desk: a post opened from the queue stays there and leads on along it; the queue says
how much time is left, and whose approval would leave nobody for the next stage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone, translation

from accounts.capabilities import Role
from content import actions
from content.checklist import ETHICS
from content.desk import is_at_desk, left_before, next_for
from content.models import Post, Review
from content.stuck import mends_what_is_stuck, stuck_reviews
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, later, make_stage
from tests.content.test_emergencies import emergency
from tests.content.test_policies import TWO, policy

SignIn = Callable[[object], Client]
DESK = "?from=reviews"


@pytest.fixture
def sari(cast: Cast, client_as: SignIn) -> Client:
    return client_as(factories.reads_english(cast.sari))


def address(name: str, stage: Stage) -> str:
    return reverse(f"content:{name}", args=[stage.post.pk])


def decide(client: Client, stage: Stage, name: str = "post_approve", **more: Any) -> Any:
    sent = {"digest": stage.digest, "confirmed": ETHICS.version, "note": "Sumbernya?"} | more
    return client.post(address(name, stage) + DESK, sent)


def present(answer: Any) -> list[str]:
    """The places of the navigation that are marked as the present one, and the first breadcrumb."""
    page = " ".join(answer.content.decode().split())
    crumb = page.split('class="breadcrumbs"')[1].split("</a>")[0].split(">")[-1]
    marked = page.split('aria-label="Main"')[1].split(' aria-current="page">')[1:]
    return [crumb, *(one.partition("<")[0].strip() for one in marked[:1])]


def test_a_post_opened_from_the_queue_reads_as_part_of_it(
    cast: Cast, sari: Client, django_assert_max_num_queries: Any
) -> None:
    stage = make_stage(cast).submit()
    opened = address("post_detail", stage) + DESK
    with django_assert_max_num_queries(15):
        page = sari.get(opened)
    assert present(page) == ["Review", "Review"]
    assert f"{address('post_approve', stage)}{DESK}" in page.content.decode()
    told = f"As soon as you approve it, it goes out on {stage.account.in_words}."
    assert told in page.content.decode()
    assert "5 of 5 answered" in page.content.decode()
    # By no other word, and on no other page.
    forged = address("post_detail", stage) + "?from=https://example.com/"
    assert present(sari.get(forged)) == ["Content", "Content"]
    other = RequestFactory().get(reverse("content:post_list") + DESK)
    other.resolver_match = resolve(other.path)
    assert not is_at_desk(other)


def test_what_is_refused_stays_at_the_desk(cast: Cast, sari: Client) -> None:
    stage = make_stage(cast).submit()
    refused = decide(sari, stage, "post_reject", note="")
    assert refused.status_code == 409
    assert present(refused) == ["Review", "Review"]
    assert f"{address('post_reject', stage)}{DESK}" in refused.content.decode()
    again = sari.get(address("post_reject", stage) + DESK)
    assert again["Location"] == address("post_detail", stage) + DESK
    elsewhere = sari.get(address("post_reject", stage) + "?from=//example.com")
    assert elsewhere["Location"] == address("post_detail", stage)


def test_a_decision_leads_on_to_what_waits_next(cast: Cast, sari: Client) -> None:
    first = make_stage(cast, title="Pasar & <b>murah</b>").submit()
    second = make_stage(cast, title="Kerja bakti").submit()
    done = decide(sari, second)
    assert done["Location"] == address("post_detail", second) + DESK
    page = sari.get(done["Location"])
    assert present(page) == ["Review", "Review"]
    onward = f'<a href="{address("post_detail", first)}{DESK}">Next: Pasar &amp; &lt;b&gt;murah'
    assert f"Approved. It goes out now. {onward}" in page.content.decode()
    last = sari.get(decide(sari, first, "post_request_changes")["Location"])
    told = "Sent back with your note. Nothing else waits for your decision."
    assert told in last.content.decode()


def test_the_filters_of_the_queue_and_the_desk_are_kept_on_the_way(
    cast: Cast, sari: Client
) -> None:
    first = make_stage(cast, title="U10 satu").submit()
    make_stage(cast, title="Jadwal lain").submit()
    second = make_stage(cast, title="U10 dua").submit()
    queue = reverse("content:review_list") + "?search=U10"
    kept = f"{DESK}&queue=search%3DU10"
    opened = address("post_detail", first) + kept
    assert f'href="{opened.replace("&", "&amp;")}"' in sari.get(queue + "&page=1").content.decode()
    page = sari.get(opened).content.decode()
    assert f'href="{queue}"' in page
    version = reverse("content:post_version", args=[first.post.pk, 1]) + kept
    assert f'href="{version.replace("&", "&amp;")}"' in page
    assert present(sari.get(version)) == ["Review", "Review"]
    sent = {"digest": first.digest, "confirmed": ETHICS.version}
    done = sari.post(address("post_approve", first) + kept, sent)
    assert done["Location"] == opened
    assert "Next: U10 dua" in sari.get(opened).content.decode()
    # A mark that is forged says no more than that one came from the queue.
    forged = address("post_approve", second) + f"{DESK}&queue=unit%3Dx%26next%3D%2F%2Fevil.invalid"
    told = sari.get(sari.post(forged, sent | {"digest": second.digest})["Location"])
    assert "evil.invalid" not in told.content.decode()
    assert "Nothing else that your filters find waits" in told.content.decode()


def test_next_is_an_emergency_then_what_stands_after_then_what_was_passed_over(cast: Cast) -> None:
    passed, decided, after = (make_stage(cast).submit() for _ in range(3))
    reviews = {one.post_id: one for one in Review.objects.all()}
    here = reviews[decided.post.pk]

    def following() -> int | None:
        found = next_for(cast.sari, here)
        return found.post_id if found else None

    assert following() == after.post.pk
    actions.take_back_post(actor=cast.dwi, post_id=after.post.pk)
    assert following() == passed.post.pk
    urgent = emergency(cast).submit()
    assert following() == urgent.post.pk
    for stage in (urgent, passed):
        actions.take_back_post(actor=cast.dwi, post_id=stage.post.pk)
    assert following() is None
    assert next_for(cast.nur, here) is None


def test_the_queue_goes_by_planned_time_and_emergencies_come_first(
    cast: Cast, sari: Client
) -> None:
    late = make_stage(cast, planned_at=later(days=3)).submit()
    at_once = make_stage(cast).submit()
    soon = make_stage(cast, planned_at=later(hours=2)).submit()
    urgent = emergency(cast).submit()
    order = [one.post.pk for one in (urgent, at_once, soon, late)]
    queue = sari.get(reverse("content:review_list")).context["waiting"]
    assert [one.post_id for one in queue.object_list] == order
    actions.take_back_post(actor=cast.dwi, post_id=order.pop(0))
    onward = [next_for(cast.sari, Review.objects.get(post=pk)) for pk in order]
    assert [one.post_id for one in onward if one] == [*order[1:], order[0]]


def test_the_queue_counts_the_time_that_earlier_versions_waited(
    cast: Cast, client_as: SignIn
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        stage = make_stage(cast).submit()
        clock.shift(timedelta(hours=5))
        actions.take_back_post(actor=cast.dwi, post_id=stage.post.pk)
        clock.shift(timedelta(hours=30))
        stage.submit()
        clock.shift(timedelta(hours=2))
        sari = client_as(factories.reads_english(cast.sari))
        page = sari.get(reverse("content:review_list")).content.decode()
    assert "Waiting 7 hours" in page


def test_the_time_that_is_left_is_never_more_than_there_is() -> None:
    now = timezone.now()
    told = {}
    with translation.override("id"):
        for seconds in (-7300, -10, 50, 35_999, 110_000, 259_000):
            left = left_before(now + timedelta(seconds=seconds))
            assert left is not None
            told[seconds] = (left.words, left.is_over, left.is_soon)
    assert told == {
        -7300: ("2 jam", True, True),
        -10: ("kurang dari 1 menit", True, True),
        50: ("kurang dari 1 menit", False, True),
        35_999: ("9 jam", False, True),
        110_000: ("30 jam", False, False),
        259_000: ("2 hari", False, False),
    }
    assert left_before(None) is None


def test_the_queue_and_the_post_say_how_much_time_is_left(cast: Cast, sari: Client) -> None:
    planned = later(hours=9, minutes=30)
    stage = make_stage(cast, planned_at=planned).submit()
    queue = sari.get(reverse("content:review_list")).content.decode()
    assert "9 hours left" in queue
    assert address("post_detail", stage) + DESK in queue
    page = sari.get(address("post_detail", stage)).content.decode()
    assert "9 hours left before the planned time" in page


def test_approving_several_warns_of_a_stage_that_nobody_is_left_for(
    cast: Cast, sari: Client, client_as: SignIn, django_assert_max_num_queries: Any
) -> None:
    policy(cast, TWO)
    stages = [make_stage(cast, title=title).submit() for title in ("Pertama", "Kedua")]
    warned = "If you approve this stage, nobody is left who may approve stage 2."
    queue = reverse("content:review_list")
    made = client_as(factories.reads_english(cast.made))
    assert warned not in made.get(queue).content.decode()
    for stage in stages:
        sari.get(address("post_detail", stage))
    with django_assert_max_num_queries(15):
        asked = sari.get(queue)
    assert asked.content.decode().count(warned) == 2
    assert asked.context["out_at_once"] == [], "approving a first stage lets nothing out"
    ticked = {
        "chosen": [f"{one.post.pk}:{one.digest}" for one in stages],
        "confirmed": ETHICS.version,
    }
    page = sari.post(reverse("content:review_approve"), ticked, follow=True).content.decode()
    assert "Approved (2), but nobody may approve the next stage now. Stuck: " in page
    assert "somebody else decides on the next stage" not in page
    assert {one.fresh().status for one in stages} == {Post.Status.SUBMITTED}


def test_home_tells_of_what_is_stuck_to_who_can_mend_it(cast: Cast, client_as: SignIn) -> None:
    policy(cast, TWO)
    stage = make_stage(cast).submit()
    told = "1 post that nobody may decide on"

    dwi = client_as(factories.reads_english(cast.dwi))

    def who() -> list[int]:
        people = (cast.dwi, cast.bayu, cast.fajar)
        return [stuck_reviews(one).count() for one in people if mends_what_is_stuck(one)]

    assert who() == [0, 0, 0]
    stage.approve()
    assert told in dwi.get(reverse("home")).content.decode()
    assert who() == [1, 1, 0]
    assert not mends_what_is_stuck(cast.made)
    factories.grant(factories.user("Zaki Ramadan"), Role.APPROVER, cast.diskominfo)
    assert who() == [0, 0, 0]
    assert told not in dwi.get(reverse("home")).content.decode()

"""Looking at an emergency afterwards: the list, the page, and the count that does not go away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.capabilities import Role
from accounts.models import User
from content.models import Retrospective
from content.selectors.retrospectives import retrospectives_waiting_for
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage
from tests.content.test_emergencies import answer, emergency
from tests.gathering import each

SignIn = Callable[[object], Client]
MOST_QUERIES = 15
FOUND = {"verdict": "justified", "findings": "Peringatan BMKG pukul 03.10."}


@pytest.fixture
def stage(cast: Cast) -> Stage:
    stage = emergency(cast, title="Peringatan banjir Pesisir").submit().approve()
    stage.send(FakePlatform())
    return stage


def listed() -> str:
    return reverse("content:retrospective_list")


def page() -> str:
    return reverse("content:retrospective_detail", args=[Retrospective.objects.get().pk])


def words_of(answered: Any) -> str:
    return " ".join(answered.content.decode().split())


def english(client_as: SignIn, person: User) -> Client:
    return client_as(factories.reads_english(person))


@each(
    "who, status",
    [
        ("anonymous", 302), ("inactive", 302), ("nur", 404), ("fajar", 404), ("ratna", 403),
        ("laila", 403), ("bayu", 403), ("rina", 403), ("dwi", 403), ("sari", 409), ("made", 302),
    ],
)  # fmt: skip
def test_who_can_answer(stage: Stage, client_as: SignIn, who: str, status: int) -> None:
    assert client_as(who).post(page(), FOUND).status_code == status
    done = Retrospective.objects.get().done_at is not None
    assert done == (who == "made")


@each("who, status", [("nur", 404), ("ratna", 200), ("laila", 200), ("dwi", 200), ("sari", 200)])
def test_who_sees_the_post_reads_what_was_found(
    stage: Stage, client_as: SignIn, who: str, status: int
) -> None:
    assert client_as(who).get(page()).status_code == status


@each(
    "who, told",
    [
        ("dwi", "Reviewers and approvers of every unit that it went out for look at it."),
        ("sari", "You approved it, so somebody else looks at it afterwards."),
        ("rina", "Reviewers and approvers of every unit that it went out for look at it."),
    ],
)
def test_who_may_not_reads_why_and_who_may(
    stage: Stage, client_as: SignIn, who: str, told: str
) -> None:
    text = words_of(english(client_as, getattr(stage.cast, who)).get(page()))
    assert told in text
    assert "Who may answer" in text
    assert "Made Wirawan" in text
    assert "Close with these findings" not in text


def test_who_wrote_it_reads_why_not(stage: Stage, client_as: SignIn) -> None:
    factories.grant(stage.cast.dwi, Role.REVIEWER, stage.cast.diskominfo)
    text = words_of(english(client_as, stage.cast.dwi).get(page()))
    assert "You wrote part of it, so somebody else looks at it afterwards." in text
    refused = client_as(stage.cast.dwi).post(page(), FOUND)
    assert refused.status_code == 409


def test_the_page_shows_what_went_out_and_how_fast(cast: Cast, client_as: SignIn) -> None:
    # The clock of the database does not travel along, and takes no decision of a time to come.
    began = timezone.now() - timedelta(minutes=8)
    with time_machine.travel(began, tick=False) as clock:
        stage = emergency(cast).submit()
        clock.shift(timedelta(minutes=7))
        stage.approve()
        clock.shift(timedelta(seconds=20))
        stage.send(FakePlatform())
    text = words_of(english(client_as, cast.made).get(page()))
    assert "Warga Pesisir mohon mengungsi." in text
    assert "Sari Wulandari approved it alone" in text
    assert "7 min later" in text
    assert "20 seconds later" in text
    assert f"It went out on {stage.account}" in text
    assert "holds until" in text


def test_what_is_found_closes_it_and_stays(stage: Stage, client_as: SignIn) -> None:
    client = english(client_as, stage.cast.made)
    assert "Close with these findings" in words_of(client.get(page()))
    assert client.post(page(), FOUND).status_code == 302
    text = words_of(client.get(page()))
    assert "Peringatan BMKG pukul 03.10." in text
    assert "The fast path was right" in text
    assert "Close with these findings" not in text
    replayed = client.post(page(), FOUND | {"findings": "Lain sekali."})
    assert replayed.status_code == 409
    assert "Somebody has answered this meanwhile." in words_of(replayed)
    assert Retrospective.objects.get().findings == FOUND["findings"]


@each(
    "wrong",
    [
        {"verdict": ""}, {"verdict": "x"}, {"findings": ""}, {"findings": " \n "},
        {"findings": "\x00"}, {"findings": "x" * 4001}, {"findings": "​​"},
    ],
)  # fmt: skip
def test_bad_input_is_answered_beside_its_field(
    stage: Stage, client_as: SignIn, wrong: dict[str, str]
) -> None:
    refused = client_as("made").post(page(), FOUND | wrong)
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == wrong.keys()
    assert Retrospective.objects.get().done_at is None


def test_hostile_findings_are_no_markup(stage: Stage, client_as: SignIn) -> None:
    client_as("made").post(page(), FOUND | {"findings": "<script>alert(1)</script>"})
    text = client_as("laila").get(page()).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_it_waits_on_every_page_until_somebody_has_answered(
    stage: Stage, client_as: SignIn
) -> None:
    client = english(client_as, stage.cast.made)
    for days in (0, 30):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            text = words_of(english(client_as, stage.cast.made).get(reverse("home")))
        assert "Emergency notices to review after they went out" in text
        assert "1 emergency notice waits for you to look at it afterwards" in text
        assert ("1 overdue" in text) == (days > 0)
    assert client.get(listed()).context["looks"] == 1
    answer(stage.cast.made)
    assert client.get(listed()).context["looks"] == 0
    assert "Emergency notices to review after they went out" not in words_of(
        client.get(reverse("home"))
    )


@each("who, waits", [("made", 1), ("sari", 0), ("dwi", 0), ("nur", 0), ("bayu", 0), ("laila", 0)])
def test_it_waits_for_those_who_may_answer(stage: Stage, who: str, waits: int) -> None:
    # What is not out yet waits for nobody: an answer would be refused.
    unsent = emergency(stage.cast, title="Belum tayang").submit().approve()
    assert Retrospective.objects.filter(review__post=unsent.post).exists()
    assert retrospectives_waiting_for(getattr(stage.cast, who)).count() == waits


def test_what_is_late_is_said_and_found(stage: Stage, client_as: SignIn) -> None:
    client = english(client_as, stage.cast.made)
    assert not client.get(listed(), {"state": "late"}).context["page"].object_list
    assert "Overdue" not in client.get(page()).content.decode()
    due_at = Retrospective.objects.get().due_at
    with time_machine.travel(due_at + timedelta(minutes=1), tick=False):
        # Sessions of tests last an hour.
        client = english(client_as, stage.cast.made)
        late = client.get(listed(), {"state": "late"})
        assert len(late.context["page"].object_list) == 1
        assert "It was due" in words_of(client.get(page()))


def test_the_list_is_open_first_searched_and_filtered(stage: Stage, client_as: SignIn) -> None:
    answer(stage.cast.made)
    emergency(stage.cast, title="Gelombang tinggi").submit().approve()
    client = client_as("laila")

    def titles(**asked: Any) -> list[str]:
        rows = client.get(listed(), asked).context["page"].object_list
        return [row.review.version.title for row in rows]

    assert titles() == ["Gelombang tinggi", "Peringatan banjir Pesisir"]
    assert titles(search="banjir") == titles(state="done") == ["Peringatan banjir Pesisir"]
    assert titles(verdict="justified") == ["Peringatan banjir Pesisir"]
    assert titles(state="open") == ["Gelombang tinggi"]
    assert titles(unit=stage.cast.diskominfo.pk, sort="-title")[0] == "Peringatan banjir Pesisir"
    assert titles(state="x") == titles(unit=987654321) == []


@pytest.mark.parametrize("many", [0, 60])
def test_pages_need_few_queries_at_any_size(
    cast: Cast,
    client_as: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    many: int,
) -> None:
    addresses = [listed(), reverse("home"), reverse("content:review_list")]
    if many:
        emergency(cast).submit().approve().times(many)
        assert Retrospective.objects.count() == many
        first = Retrospective.objects.earliest("pk")
        addresses.append(reverse("content:retrospective_detail", args=[first.pk]))
    for who in ("made", "sari", "laila"):
        client = client_as(who)
        for address in addresses:
            with django_assert_max_num_queries(MOST_QUERIES):
                answered = client.get(address)
            assert answered.status_code == 200
            assert len(answered.content) < 100_000

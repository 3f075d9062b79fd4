"""Moving a post to another time: by the action, on its page, and from the calendar."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from content import actions
from content.errors import ContentError, EditConflict, VoidsApproval
from content.models import Post, Publication, Review
from govsocial.audit.models import Entry
from govsocial.web.templatetags import formats
from tests import factories
from tests.cast import Cast
from tests.content.moments import NEXT_MORNING, TEN, day, month
from tests.content.stage import FakePlatform, Stage, make_stage
from tests.gathering import each

SignIn = Callable[[User | str], Client]
PLANNED, LATER = NEXT_MORNING, NEXT_MORNING + timedelta(days=3)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(TEN, tick=False):
        yield


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast, planned_at=PLANNED)


def move(stage: Stage, by: User | None = None, **more: Any) -> Post:
    values = {"planned_at": LATER, "based_on": 1, **more}
    return actions.reschedule_post(actor=by or stage.cast.dwi, post_id=stage.post.pk, **values)


def test_a_moved_draft_is_a_new_version_that_differs_in_its_time_alone(stage: Stage) -> None:
    before = stage.fresh().current_version
    assert before is not None
    move(stage)
    after = stage.fresh().current_version
    assert after is not None
    assert after.number == 2
    assert after.editor == stage.cast.dwi
    assert stage.post.planned_at == LATER
    assert stage.post.status == "draft"
    old, new = before.content(), after.content()
    assert new.planned_at == LATER
    assert (new.title, new.text, new.texts, new.facets) == (
        old.title, old.text, old.texts, old.facets
    )  # fmt: skip
    entry = Entry.objects.latest("pk")
    assert entry.event == "content.post.edited"
    assert entry.data == {"version": 2, "version_sha256": after.digest}


def test_a_move_to_where_it_is_makes_no_version(stage: Stage) -> None:
    before = Entry.objects.count()
    move(stage, planned_at=PLANNED)
    assert stage.post.versions.count() == 1
    assert Entry.objects.count() == before


def test_who_does_not_draft_there_moves_nothing(stage: Stage) -> None:
    for who in ("sari", "made", "laila", "bayu", "fajar", "inactive"):
        with pytest.raises(PermissionDenied):
            move(stage, by=getattr(stage.cast, who))
    assert stage.post.versions.count() == 1
    move(stage)


@each("at", [TEN, TEN - timedelta(minutes=1), datetime(2020, 1, 1, tzinfo=UTC)])
def test_no_post_is_moved_into_the_past(stage: Stage, at: datetime) -> None:
    with pytest.raises(ContentError, match="has passed") as caught:
        move(stage, planned_at=at)
    assert caught.value.field == "planned_at"
    assert stage.post.versions.count() == 1


def test_who_saw_an_older_version_is_told_so(stage: Stage) -> None:
    stage.edit("Lain.", by=stage.cast.rina)
    with pytest.raises(EditConflict):
        move(stage, based_on=1)
    move(stage, based_on=2)
    assert stage.fresh().planned_at == LATER


def test_a_submission_is_moved_by_who_knows_that_it_is_taken_back(stage: Stage) -> None:
    stage.submit()
    with pytest.raises(VoidsApproval):
        move(stage)
    assert stage.fresh().status == "submitted"
    move(stage, voids=True)
    assert stage.fresh().status == "draft"
    assert Review.objects.get().status == Review.Status.SUPERSEDED


def test_an_approval_does_not_count_for_another_time(stage: Stage) -> None:
    stage.submit().approve()
    with pytest.raises(VoidsApproval):
        move(stage)
    assert Publication.objects.get().status == "scheduled"
    move(stage, voids=True)
    assert stage.fresh().status == "draft"
    assert Publication.objects.get().status == "cancelled"
    assert Entry.objects.filter(event="content.post.approval_voided").count() == 1


def test_what_is_out_is_not_moved(stage: Stage) -> None:
    stage.submit().approve()
    with time_machine.travel(PLANNED + timedelta(minutes=1), tick=False):
        stage.send(FakePlatform())
        assert stage.fresh().status == "live"
        with pytest.raises(ContentError, match="is out"):
            move(stage, voids=True)
    assert stage.post.versions.count() == 1


def test_what_may_be_out_is_not_moved(stage: Stage) -> None:
    stage.submit().approve()
    with time_machine.travel(PLANNED + timedelta(minutes=1), tick=False):
        actions.claim_due_publications()
        Publication.objects.update(status="sending")
        with pytest.raises(ContentError, match="is out, or may be"):
            move(stage, voids=True)


def test_a_post_for_an_account_of_another_unit_is_moved_by_who_writes_for_both(
    cast: Cast,
) -> None:
    stage = make_stage(cast, planned_at=PLANNED)
    stage.account.unit = cast.dinkes
    stage.account.save(update_fields=["unit"])
    with pytest.raises(PermissionDenied):
        move(stage)


def send(client: Client, stage: Stage, *, htmx: bool = False, **data: Any) -> HttpResponse:
    values = {"planned_at": f"{day(LATER)}T08:30", "based_on": "1", **data}
    headers = {"HX-Request": "true"} if htmx else {}
    answer: Any = client.post(page(stage), values, headers=headers)
    return answer  # type: ignore[no-any-return]  # of the test client


def in_indonesian(words: Callable[[datetime], str], moment: datetime) -> str:
    with translation.override("id"):
        return words(moment)


def page(stage: Stage) -> str:
    return reverse("content:post_move", args=[stage.post.pk])


def test_the_page_shows_the_time_that_is_planned_and_leads_back(
    stage: Stage, client_as: SignIn
) -> None:
    client = client_as("dwi")
    shown = client.get(page(stage)).content.decode()
    assert f'value="{day(PLANNED)}T08:30"' in shown
    back = f"{month(PLANNED)}?status=draft"
    answer = send(client, stage, back=back)
    assert answer.status_code == 302
    assert answer["Location"] == f"{back}&moved={stage.post.pk}"
    assert stage.fresh().planned_at == LATER
    told = client.get(answer["Location"]).content.decode()
    assert f"sekarang direncanakan pada {in_indonesian(formats.moment, LATER)}" in told
    assert f"Kembalikan ke {in_indonesian(formats.moment_short, PLANNED)}" in told


def test_the_way_back_is_another_version(stage: Stage, client_as: SignIn) -> None:
    client = client_as("dwi")
    told = send(client, stage, htmx=True).content.decode()
    assert f'name="planned_at" value="{day(PLANNED)}T08:30"' in told
    assert 'name="based_on" value="2"' in told
    answer = send(client, stage, htmx=True, planned_at=f"{day(PLANNED)}T08:30", based_on="2")
    assert answer.status_code == 200
    assert stage.fresh().planned_at == PLANNED
    assert stage.post.versions.count() == 3


def test_there_is_no_way_back_into_the_past(stage: Stage, client_as: SignIn) -> None:
    with time_machine.travel(PLANNED + timedelta(hours=2), tick=False):
        told = send(client_as("dwi"), stage, htmx=True).content.decode()
    assert "sekarang direncanakan" in told
    assert "Kembalikan ke" not in told


def test_a_move_from_the_calendar_has_its_days_read_anew(stage: Stage, client_as: SignIn) -> None:
    answer = send(client_as("dwi"), stage, htmx=True)
    assert answer.status_code == 200
    assert answer["HX-Trigger"] == "calendar-changed"
    assert answer["HX-Retarget"] == "#calendar-moved"
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize(("decide", "words"), [
    (False, "tarik pengajuan"),
    (True, "gugurkan persetujuan"),
])  # fmt: skip
def test_what_a_move_does_to_a_review_is_asked_first(
    stage: Stage, client_as: SignIn, decide: bool, words: str
) -> None:
    stage.submit()
    if decide:
        stage.approve()
    client = client_as("dwi")
    asked = send(client, stage, htmx=True)
    assert asked.status_code == 409
    assert asked["HX-Retarget"] == "#calendar-dialog"
    told = asked.content.decode()
    assert words in told
    assert 'name="voids"' in told
    assert f'value="{day(LATER)}T08:30"' in told, "what was asked for is kept"
    assert stage.fresh().status != "draft"
    assert words in client.get(page(stage)).content.decode()
    done = send(client, stage, htmx=True, voids="1")
    assert done.status_code == 200
    assert "harus diajukan lagi" in done.content.decode()
    assert stage.fresh().status == "draft"


def test_a_conflict_shows_what_is_there_now(stage: Stage, client_as: SignIn) -> None:
    move(stage, by=stage.cast.rina)
    wanted = f"{day(LATER + timedelta(days=4))}T10:00"
    answer = send(client_as("dwi"), stage, planned_at=wanted)
    assert answer.status_code == 409
    told = answer.content.decode()
    assert "Rina Lestari" in told
    assert in_indonesian(formats.moment, LATER) in told, "where it was moved meanwhile"
    assert f'value="{wanted}"' in told
    assert 'name="based_on" value="2"' in told
    assert stage.fresh().planned_at == LATER


@pytest.mark.parametrize("bad", [
    {"planned_at": ""}, {"planned_at": "besok"}, {"planned_at": "2026-13-01T08:00"},
    {"planned_at": "9999-12-31T23:59"}, {"planned_at": "0001-01-01T00:00"}, {"based_on": "x"},
    {"based_on": ""}, {"based_on": "99999999999999999999"}, {"based_on": "-1"},
    {"back": "/" * 3000},
])  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(
    stage: Stage, client_as: SignIn, bad: dict[str, Any]
) -> None:
    assert send(client_as("dwi"), stage, **bad).status_code == 422
    assert stage.post.versions.count() == 1


@pytest.mark.parametrize("back", [
    "https://evil.example/content/calendar/", "//evil.example", "/content/calendar/\\evil",
    "javascript:alert(1)", "", "/content/posts/",
])  # fmt: skip
def test_it_leads_back_to_a_calendar_only(stage: Stage, client_as: SignIn, back: str) -> None:
    answer = send(client_as("dwi"), stage, back=back)
    assert answer["Location"] == f"{month(LATER)}?moved={stage.post.pk}"
    shown = client_as("dwi").get(page(stage), {"back": back}).content.decode()
    assert "evil" not in shown.split("<main")[1].replace(f'value="{back}"', "")


@pytest.mark.parametrize(("who", "status"), [
    ("dwi", 302), ("rina", 302), ("sari", 403), ("laila", 403), ("bayu", 403), ("fajar", 404),
])  # fmt: skip
def test_move_by_role(stage: Stage, client_as: SignIn, who: str, status: int) -> None:
    assert send(client_as(who), stage).status_code == status
    assert stage.post.versions.count() == (2 if status == 302 else 1)


def test_a_move_that_is_sent_twice_is_one(stage: Stage, client_as: SignIn) -> None:
    client = client_as("dwi")
    assert send(client, stage).status_code == 302
    assert send(client, stage).status_code == 302
    assert stage.post.versions.count() == 2


def test_what_was_moved_is_told_to_who_moved_it(stage: Stage, client_as: SignIn) -> None:
    move(stage)
    address = f"{month(LATER)}?moved={stage.post.pk}"
    assert "sekarang direncanakan" in client_as("dwi").get(address).content.decode()
    for who, forged in (
        ("rina", address), ("fajar", address),
        ("dwi", "/content/calendar/?moved=99999999999999999"),
        ("dwi", "/content/calendar/?moved=x"), ("dwi", "/content/calendar/?moved=٣"),
    ):  # fmt: skip
        answer = client_as(who).get(forged)
        assert answer.status_code == 200
        assert "sekarang direncanakan" not in answer.content.decode()


def test_a_post_that_is_out_has_no_form(stage: Stage, client_as: SignIn) -> None:
    stage.submit().approve()
    with time_machine.travel(PLANNED + timedelta(minutes=1), tick=False):
        stage.send(FakePlatform())
        shown = client_as("dwi").get(page(stage)).content.decode()
        assert "tidak dapat dipindahkan lagi" in shown
        assert 'name="planned_at"' not in shown
        assert send(client_as("dwi"), stage, voids="1").status_code == 409


def test_a_post_without_a_time_can_be_given_one(cast: Cast, client_as: SignIn) -> None:
    stage = make_stage(cast)
    assert "Waktu tayangnya belum ditentukan" in client_as("dwi").get(page(stage)).content.decode()
    assert send(client_as("dwi"), stage).status_code == 302
    assert stage.fresh().planned_at == LATER


def test_units_below_are_moved_by_who_drafts_above(cast: Cast, client_as: SignIn) -> None:
    from accounts.capabilities import Role

    stage = make_stage(cast, planned_at=PLANNED)
    person = factories.user("Atasan")
    factories.grant(person, Role.DRAFTER, cast.city)
    assert send(client_as(person), stage).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_at_once_one_is_told_so(cast: Cast) -> None:
    stage = make_stage(cast, planned_at=PLANNED)
    told: list[object] = []

    def try_to(who: User, at: datetime) -> None:
        try:
            told.append(move(stage, by=User.objects.get(pk=who.pk), planned_at=at))
        except EditConflict as exc:
            told.append(exc)
        finally:
            connection.close()

    both = [
        threading.Thread(target=try_to, args=(who, LATER + timedelta(hours=number)))
        for number, who in enumerate((cast.dwi, cast.rina))
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(type(one).__name__ for one in told) == ["EditConflict", "Post"]
    assert stage.post.versions.count() == 2


def test_every_version_that_a_move_makes_stands_in_the_trail(stage: Stage) -> None:
    stage.submit().approve()
    move(stage, voids=True)
    move(stage, planned_at=PLANNED, based_on=2)
    events = list(Entry.objects.order_by("pk").values_list("event", flat=True))
    assert events[-4:] == [
        "content.publication.cancelled",
        "content.post.approval_voided",
        "content.post.edited",
        "content.post.edited",
    ]

"""The calendar at a personal address: what it holds, for whom, and how it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import Grant, User
from accounts.public import throttle
from content import actions
from content.calendar.feed import _status
from content.models import CalendarFeed
from govsocial.audit.models import Entry
from govsocial.request_logs import without_secrets
from govsocial.web.templatetags.ui import STATUS
from tests.cast import Cast
from tests.content.moments import NEXT_MORNING, TEN
from tests.content.stage import FakePlatform, Stage, make_stage
from tests.content.test_freezes import freeze
from tests.gathering import each

SignIn = Callable[[User | str], Client]
NOW, PLANNED = TEN, NEXT_MORNING


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    throttle.forget()
    with time_machine.travel(NOW, tick=False):
        yield
    throttle.forget()


def address(token: str) -> str:
    return reverse("content:calendar_ics", args=[token])


def feed_of(user: User) -> str:
    return address(actions.make_calendar_feed(actor=user))


def events(at: str) -> list[Any]:
    answer = Client().get(at)
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def planned(cast: Cast, **fields: Any) -> Stage:
    return make_stage(cast, **{"planned_at": PLANNED, **fields})


def test_it_holds_titles_times_states_and_links_and_no_text(cast: Cast) -> None:
    stage = planned(cast, title="Jadwal vaksinasi", text="Rahasia sampai tayang.")
    at = feed_of(cast.dwi)
    (event,) = events(at)
    assert event["SUMMARY"] == "Jadwal vaksinasi (Draf)"
    assert event["DTSTART"].dt == PLANNED
    assert event["STATUS"] == "TENTATIVE"
    assert str(event["URL"]).endswith(f"/content/posts/{stage.post.pk}/")
    assert event["UID"].startswith(f"{stage.post.pk}-0@")
    body = Client().get(at).content.decode()
    assert "Rahasia" not in body
    assert "X-WR-CALNAME" in body


def test_it_follows_a_post_on_its_way(cast: Cast) -> None:
    stage = planned(cast).submit()
    at = feed_of(cast.dwi)
    assert events(at)[0]["SUMMARY"].endswith("(Ditelaah)")
    stage.approve()
    (event,) = events(at)
    assert event["SUMMARY"].endswith("(Terjadwal)")
    assert event["STATUS"] == "CONFIRMED"
    with time_machine.travel(PLANNED + timedelta(minutes=3), tick=False):
        stage.send(FakePlatform())
        (event,) = events(at)
    assert event["SUMMARY"].endswith("(Tayang)")
    assert event["DTSTART"].dt == PLANNED + timedelta(minutes=3)


def test_what_may_or_may_not_go_out_is_tentative_and_its_summary_says_why(cast: Cast) -> None:
    stage = planned(cast).submit().approve()
    at = feed_of(cast.dwi)

    def told() -> tuple[str, str]:
        (event,) = events(at)
        return event["STATUS"], event["SUMMARY"].rpartition(" ")[2]

    freeze(cast)
    assert told() == ("TENTATIVE", "(Dibekukan)")
    assert stage.publication.status == "frozen"
    actions.cancel_publication(
        actor=cast.sari, publication_id=stage.publication.pk, reason="Salah."
    )
    assert told() == ("TENTATIVE", "(Draf)")
    for key in ("failed", "unconfirmed", "scheduled_to_fail", "changes_requested", "withdrawing"):
        assert _status(key) == "TENTATIVE", key
    assert {_status(key) for key in ("withdrawn", "cancelled", "rejected")} == {"CANCELLED"}
    # What pages may say of a publication is one of the three.
    assert {_status(key) for key in STATUS} == {"CONFIRMED", "TENTATIVE", "CANCELLED"}


@pytest.mark.parametrize("title", [
    "Koma, titik koma; garis \\ miring", "Baris\nATTENDEE:mailto:x@evil.example",
    "Baris\r\nEND:VEVENT\r\nBEGIN:VALARM", "Panjang sekali " * 13, "é漢字🙂" * 30, "\u202eterbalik",
])  # fmt: skip
def test_titles_stay_titles(cast: Cast, title: str) -> None:
    planned(cast, title=title[:200])
    at = feed_of(cast.dwi)
    (event,) = events(at)
    assert set(event) == {
        "UID", "DTSTAMP", "DTSTART", "SUMMARY", "DESCRIPTION", "URL", "STATUS", "TRANSP"
    }  # fmt: skip
    assert event.subcomponents == []
    assert "\u202e" not in event["SUMMARY"]
    lines = Client().get(at).content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert lines[-1] == b""


def test_it_may_be_narrowed_to_one_unit_that_its_person_sees(cast: Cast, client_as: SignIn) -> None:
    planned(cast)
    at = feed_of(cast.laila)
    assert len(events(f"{at}?unit={cast.diskominfo.pk}")) == 1
    assert len(events(f"{at}?unit={cast.city.pk}")) == 1
    assert events(f"{at}?unit={cast.dinkes.pk}") == []
    elsewhere = feed_of(cast.dwi)
    for asked in (cast.dinkes.pk, "9" * 30, "x", "%00"):
        assert Client().get(f"{elsewhere}?unit={asked}").status_code == 404
    make, client = reverse("content:calendar_feed_make"), client_as("dwi")
    shown = client.post(make, {"unit": cast.diskominfo.pk}).content.decode()
    assert f"content.ics?unit={cast.diskominfo.pk}" in shown
    assert client.post(make, {"unit": cast.dinkes.pk}).status_code == 422


def test_it_is_what_its_person_may_see_now(cast: Cast) -> None:
    planned(cast)
    own, auditor, elsewhere = feed_of(cast.dwi), feed_of(cast.laila), feed_of(cast.fajar)
    assert len(events(own)) == len(events(auditor)) == 1
    assert events(elsewhere) == []


def test_without_a_role_it_leads_nowhere(cast: Cast) -> None:
    at = feed_of(cast.dwi)
    assert Client().get(at).status_code == 200
    Grant.objects.filter(user=cast.dwi).update(ends_at=NOW)
    assert Client().get(at).status_code == 404


def test_a_deactivated_person_has_none(cast: Cast) -> None:
    at = feed_of(cast.dwi)
    User.objects.filter(pk=cast.dwi.pk).update(is_active=False)
    answer = Client().get(at)
    assert answer.status_code == 404
    assert answer.content == b""


@each("token", ["nothing", "x" * 43, "0" * 64, "..", "%00", "é"])
def test_addresses_cannot_be_guessed(cast: Cast, token: str) -> None:
    feed_of(cast.dwi)
    answer = Client().get(f"/content/calendar/feeds/{token}/content.ics")
    assert answer.status_code == 404


def test_the_digest_that_is_kept_opens_nothing(cast: Cast) -> None:
    at = feed_of(cast.dwi)
    kept = CalendarFeed.objects.get().token_sha256
    assert kept not in at
    assert Client().get(address(kept)).status_code == 404
    assert len(at.split("/")[-2]) >= 43


def test_a_new_address_ends_the_old_one(cast: Cast, client_as: SignIn) -> None:
    old = feed_of(cast.dwi)
    shown = client_as("dwi").post(reverse("content:calendar_feed_make"))
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    html = shown.content.decode()
    new = html.split("<code>")[1].split("</code>")[0]
    assert Client().get(old).status_code == 404
    assert (
        Client().get(new.partition("://")[2].partition("/")[2].join(["/", ""])).status_code == 200
    )
    assert new not in client_as("dwi").get(reverse("content:calendar_feed")).content.decode()
    made = Entry.objects.filter(event="content.calendar_feed.made").order_by("pk")
    assert [entry.data for entry in made] == [{"renewed": False}, {"renewed": True}]
    assert not any(old.split("/")[-2] in str(entry.data) for entry in made)


def test_it_is_revoked_by_its_person_alone(cast: Cast, client_as: SignIn) -> None:
    at = feed_of(cast.dwi)
    revoke = reverse("content:calendar_feed_revoke")
    assert client_as("rina").post(revoke).status_code == 302
    assert client_as("dwi").get(revoke).status_code == 405
    assert Client().get(at).status_code == 200
    assert client_as("dwi").post(revoke).status_code == 302
    assert Client().get(at).status_code == 404
    assert Entry.objects.filter(event="content.calendar_feed.revoked").count() == 1


def test_who_sees_no_posts_gets_no_address(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        actions.make_calendar_feed(actor=cast.inactive)
    assert not CalendarFeed.objects.exists()


def test_no_cookie_is_set_or_asked_for(cast: Cast, client_as: SignIn) -> None:
    at = feed_of(cast.dwi)
    for where in (at, address("x" * 43)):
        answer = Client().get(where)
        assert answer.cookies == {}
    # Somebody else's session opens nothing more, and sees the same.
    assert client_as("fajar").get(at).content == Client().get(at).content


def test_it_is_not_sent_again_to_who_has_it(cast: Cast) -> None:
    stage = planned(cast)
    at = feed_of(cast.dwi)
    first = Client().get(at)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first["Cache-Control"] == "private, max-age=300"
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        again = Client().get(at, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304
        assert again.content == b""
        stage.edit("Lain.")
        actions.reschedule_post(
            actor=cast.dwi, post_id=stage.post.pk, planned_at=PLANNED + timedelta(hours=1),
            based_on=2,
        )  # fmt: skip
        changed = Client().get(at, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_an_address_that_asks_too_often_is_told_when(cast: Cast, settings: Any) -> None:
    settings.PUBLIC_LOOKUPS_PER_MINUTE = 3
    at = feed_of(cast.dwi)
    assert [Client().get(at).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = Client().get(address("x" * 43))
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


def test_it_takes_few_queries_at_any_size(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        planned(cast, title=f"Naskah {number}")
    at = feed_of(cast.dwi)
    with django_assert_max_num_queries(10):
        assert len(events(at)) == 30


def test_logs_do_not_hold_the_address() -> None:
    token = "k" * 43
    assert token not in without_secrets(f"GET {address(token)} HTTP/1.1")


def test_the_database_keeps_addresses_as_they_are(cast: Cast) -> None:
    feed_of(cast.dwi)
    feed = CalendarFeed.objects.get()

    def refused(change: Callable[[], object]) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    rows = CalendarFeed.objects.filter(pk=feed.pk)
    refused(lambda: rows.update(user=cast.fajar))
    refused(lambda: rows.update(token_sha256="0" * 64))
    refused(rows.delete)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarFeed.objects.create(user=cast.dwi, token_sha256="1" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarFeed.objects.create(user=cast.rina, token_sha256="a token in clear")
    actions.revoke_calendar_feed(actor=cast.dwi)
    refused(lambda: rows.update(revoked_at=None))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_address(cast: Cast) -> None:
    made: list[str] = []

    def make() -> None:
        try:
            made.append(actions.make_calendar_feed(actor=User.objects.get(pk=cast.dwi.pk)))
        finally:
            connection.close()

    both = [threading.Thread(target=make) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(made) == 2
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 1

"""Following up accounts that imitate official ones: who may, in which order, with what trace."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts import impersonation_selectors as selectors
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.models import (
    ImpersonationNote,
    ImpersonationReport,
    ImpersonationStatement,
    PublicListing,
    User,
)
from accounts.public.register import register
from tests import factories
from tests.accounts.conftest import trail
from tests.cast import Cast, the_cast

ClientAs = Callable[[object], Client]
MAY = ["bayu", "made", "sari"]
MAY_NOT = ["dwi", "ratna", "yohanes", "laila"]


@pytest.fixture(autouse=True)
def fresh_register() -> None:
    register.forget()


def report(cast: Cast, suspect: str = "instagram.com/samudra.palsu", **changes: Any) -> Any:
    wanted: dict[str, Any] = {
        "actor": User.objects.system(),
        "channel": "public",
        "suspect": suspect,
        "platform": "",
        "imitated": "",
        "happened": "Meminta uang",
        "reporter_name": "Budi Warga",
        "reporter_email": "budi@contoh.example",
        **changes,
    }
    return actions.report_impersonation(**wanted)


def imitating(cast: Cast, suspect: str = "instagram.com/samudra.palsu") -> ImpersonationReport:
    """A report about an account of Diskominfo."""
    account = factories.official_account(
        cast.diskominfo,
        platform="instagram",
        host="",
        handle=f"resmi{PublicListing.objects.count()}",
    )
    code = PublicListing.objects.get(pk=account.pk).code
    made: ImpersonationReport = report(cast, suspect, imitated=code).report
    return made


def move(cast: Cast, made: ImpersonationReport, *path: str) -> ImpersonationReport:
    for status in path:
        made = actions.move_report(
            actor=cast.bayu, report_id=made.pk, status=status, reason=f"Ke {status}", ticket="T-1"
        )
    return made


def test_a_report_goes_its_way_with_a_date_for_each_step(cast: Cast) -> None:
    made = move(cast, imitating(cast), "checking", "reported")
    assert made.assigned_to == cast.bayu
    assert made.ticket == "T-1"
    assert made.settled_at is None
    made = move(cast, made, "taken_down")
    assert made.opened_at <= made.checking_at <= made.reported_at <= made.settled_at  # type: ignore[operator]  # all are set
    assert [note.status for note in made.notes.order_by("pk")] == [
        "checking", "reported", "taken_down",
    ]  # fmt: skip
    entry = trail("accounts.impersonation.moved")[-1]
    assert entry.data == {
        "from_status": "Reported to the platform",
        "to_status": "Taken down",
        "ticket": "T-1",
    }
    assert entry.unit_id == cast.diskominfo.pk
    assert "Ke taken_down" not in str(entry.data)


@pytest.mark.parametrize(
    ("path", "then"),
    [
        ([], "reported"),
        ([], "taken_down"),
        (["checking"], "new"),
        (["checking", "not_imitation"], "reported"),
        (["checking", "reported", "taken_down"], "checking"),
        (["dismissed"], "taken_down"),
        ([], "nothing"),
    ],
)
def test_no_step_is_left_out(cast: Cast, path: list[str], then: str) -> None:
    made = move(cast, imitating(cast), *path)
    with pytest.raises(AccountError):
        move(cast, made, then)
    if then != "nothing":
        with pytest.raises(DatabaseError), transaction.atomic():
            ImpersonationReport.objects.filter(pk=made.pk).update(
                status=then, settled_at=timezone.now(), reported_at=timezone.now()
            )
    made.refresh_from_db()
    assert made.status == (path[-1] if path else "new")


@pytest.mark.parametrize("who", MAY_NOT)
def test_others_look_and_change_nothing(cast: Cast, client_as: ClientAs, who: str) -> None:
    made, actor = imitating(cast), getattr(cast, who)
    attempts: list[Callable[[], object]] = [
        lambda: actions.move_report(
            actor=actor, report_id=made.pk, status="checking", reason="Saya periksa"
        ),
        lambda: actions.note_on_report(actor=actor, report_id=made.pk, text="Catatan"),
        lambda: actions.assign_report(
            actor=actor, report_id=made.pk, assignee_id=actor.pk, official_account_id=None
        ),
        lambda: actions.read_statements(actor=actor, report_id=made.pk),
        lambda: actions.erase_reporter(
            actor=actor, statement_id=made.statements.get().pk, reason="Diminta"
        ),
    ]
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()
    page = client_as(who).get(reverse("impersonations:report_detail", args=[made.pk]))
    assert page.status_code == 200
    text = page.content.decode()
    assert "Budi" not in text
    assert "Meminta uang" not in text
    for name in ("statement_list", "report_move", "report_note"):
        arguments = [made.pk, "checking"] if name == "report_move" else [made.pk]
        url = reverse(f"impersonations:{name}", args=arguments)
        assert client_as(who).get(url).status_code == 403
    assert ImpersonationReport.objects.get(pk=made.pk).status == "new"


@pytest.mark.parametrize("who", MAY)
def test_those_who_follow_up_do(cast: Cast, client_as: ClientAs, who: str) -> None:
    made, client = imitating(cast), client_as(factories.reads_english(getattr(cast, who)))
    url = reverse("impersonations:report_move", args=[made.pk, "checking"])
    assert client.get(url).status_code == 200
    assert "(optional)" in client.get(url).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 302, "nothing has been seen yet"
    done = reverse("impersonations:report_move", args=[made.pk, "not_imitation"])
    assert "(optional)" not in client.get(done).content.decode()
    assert client.post(done, {"reason": " "}).status_code == 422
    assert client.post(done, {"reason": "Dibandingkan dengan register"}).status_code == 302
    assert client.post(url, {"reason": ""}).status_code == 422, "taken up again: why?"
    assert client.post(url, {"reason": "Dilihat lagi"}).status_code == 302
    again = client.post(url, {"reason": "Sekali lagi"})
    assert again.status_code == 422
    assert "Sekali lagi" in again.content.decode()
    note = reverse("impersonations:report_note", args=[made.pk])
    assert client.post(note, {"text": "Sudah ditelepon"}).status_code == 302
    page = client.get(reverse("impersonations:report_detail", args=[made.pk])).content.decode()
    assert "Sudah ditelepon" in page
    assert "Dibandingkan dengan register" in page
    assert page.count("to “Being checked”") == 2, "the first look stands there without words"
    assert page.count("<blockquote>") == 3


def test_another_units_report_does_not_exist_for_a_stranger(
    cast: Cast, client_as: ClientAs
) -> None:
    made = imitating(cast)
    factories.grant(cast.nur, Role.REVIEWER, cast.dinkes)
    for name in ("report_detail", "statement_list", "report_note", "report_assign"):
        url = reverse(f"impersonations:{name}", args=[made.pk])
        assert client_as("nur").get(url).status_code == 404
    assert "samudra.palsu" not in client_as("nur").get(
        reverse("impersonations:report_list")
    ).content.decode()  # fmt: skip


def test_each_look_at_a_reporter_is_in_the_trail(cast: Cast, client_as: ClientAs) -> None:
    made = imitating(cast)
    url = reverse("impersonations:statement_list", args=[made.pk])
    answer = client_as("sari").get(url)
    assert "Budi Warga" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    (entry,) = trail("accounts.impersonation.statements_read")
    assert (entry.actor_id, entry.data) == (cast.sari.pk, {"statements": 1})
    assert "Budi" not in str(entry.data)


def test_a_reporter_is_erased_on_request_and_the_statement_stays(
    cast: Cast, client_as: ClientAs
) -> None:
    made = imitating(cast)
    statement = made.statements.get()
    url = reverse("impersonations:statement_erase", args=[made.pk, statement.pk])
    assert client_as("bayu").post(url, {"reason": "Diminta pelapor"}).status_code == 302
    statement.refresh_from_db()
    assert (statement.reporter_name, statement.reporter_email) == ("", "")
    assert statement.happened == "Meminta uang"
    assert client_as("bayu").post(url, {"reason": "Lagi"}).status_code == 422
    with pytest.raises(DatabaseError), transaction.atomic():
        ImpersonationStatement.objects.update(happened="Lain")
    other = imitating(cast, "x.com/lain")
    foreign = reverse("impersonations:statement_erase", args=[other.pk, statement.pk])
    assert client_as("bayu").get(foreign).status_code == 404


def test_remarks_and_reports_stay_as_they_are(cast: Cast) -> None:
    made = move(cast, imitating(cast), "checking")
    for change in (
        lambda: ImpersonationNote.objects.update(text="Lain"),
        lambda: ImpersonationNote.objects.all().delete(),
        lambda: ImpersonationReport.objects.update(suspect="lain"),
        lambda: ImpersonationReport.objects.filter(pk=made.pk).delete(),
        lambda: ImpersonationReport.objects.update(status="reported", reported_at=None),
        lambda: ImpersonationReport.objects.update(settled_at=timezone.now()),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_assigning_moves_the_report_to_the_unit_of_the_imitated_account(
    cast: Cast, client_as: ClientAs
) -> None:
    made = report(cast).report
    assert made.unit == cast.city
    account = factories.official_account(cast.diskominfo, platform="x", host="", handle="kota")
    url = reverse("impersonations:report_assign", args=[made.pk])
    page = client_as("bayu").get(url)
    assert "Sari" not in page.content.decode()
    sent = {"official_account": account.pk, "assignee": cast.bayu.pk}
    done = client_as("bayu").post(url, sent | {"seen": page.context["form"]["seen"].value()})
    assert done.status_code == 302
    made.refresh_from_db()
    assert (made.unit, made.assigned_to) == (cast.diskominfo, cast.bayu)
    with pytest.raises(AccountError):
        actions.assign_report(
            actor=cast.bayu,
            report_id=made.pk,
            assignee_id=cast.nur.pk,
            official_account_id=account.pk,
        )


def test_reopening_waits_for_the_other_open_report(cast: Cast) -> None:
    first = move(cast, imitating(cast), "checking", "not_imitation")
    second = report(cast, "https://instagram.com/samudra.palsu/").report
    assert second.pk != first.pk
    with pytest.raises(AccountError, match="open already"):
        move(cast, first, "checking")


def test_a_step_is_confirmed_in_its_own_words_and_who_may_only_look_is_told_why(
    cast: Cast, client_as: ClientAs
) -> None:
    made = imitating(cast)
    url = reverse("impersonations:report_move", args=[made.pk, "checking"])
    client = client_as(factories.reads_english(cast.bayu))
    page = client.post(url, {"reason": "Dibandingkan."}, follow=True).content.decode()
    assert f"The report {made.reference} is being checked now." in page
    told = "Only those who follow up reports can read them."
    assert told not in page
    detail = reverse("impersonations:report_detail", args=[made.pk])
    assert told in client_as(factories.reads_english(cast.dwi)).get(detail).content.decode()


def test_staff_report_too_and_are_named(cast: Cast, client_as: ClientAs) -> None:
    url = reverse("impersonations:report_make")
    data = {"suspect": "https://t.me/kota_palsu", "happened": "Menyebar kabar bohong"}
    assert client_as("dwi").post(url, data | {"suspect": ""}).status_code == 422
    assert client_as("dwi").post(url, data).status_code == 302
    statement = ImpersonationStatement.objects.get()
    assert (statement.channel, statement.reported_by) == ("staff", cast.dwi)
    assert trail("accounts.impersonation.reported")[0].actor_id == cast.dwi.pk


def test_the_form_of_staff_that_is_sent_twice_is_one_statement(
    cast: Cast, client_as: ClientAs
) -> None:
    client, url = client_as("dwi"), reverse("impersonations:report_make")
    stamp = client.get(url).context["form"]["stamp"].value()
    data = {"suspect": "https://t.me/kota_palsu", "happened": "Kabar bohong", "stamp": stamp}
    said = [
        client.post(url, data | more, follow=True) for more in ({}, {}, {"happened": "Meminta OTP"})
    ]
    told = [str(next(iter(page.context["messages"]))) for page in said]
    assert told[0] == told[1] == told[2], "of one account there is one report"
    words = ImpersonationStatement.objects.order_by("pk").values_list("happened", flat=True)
    assert list(words) == ["Kabar bohong", "Meminta OTP"]


def test_the_list_is_filtered_sorted_exported_and_costs_the_same_for_many(
    cast: Cast, client_as: ClientAs
) -> None:
    client, url = client_as("bayu"), reverse("impersonations:report_list")
    assert "No imitation has been reported" in english(cast, client, url)
    move(cast, imitating(cast), "checking")
    report(cast, "https://x.com/=cmd")
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(55):
        report(cast, f"tiktok.com/@palsu{number}")
    with CaptureQueriesContext(connection) as many:
        page = client.get(url, {"status": "open", "sort": "-reports"}).content.decode()
    assert len(many) == len(few) <= 15
    assert "page=2" in page
    assert "Came in today" in page
    found = client.get(url, {"search": "palsu54", "platform": "tiktok"}).content.decode()
    assert found.count('<th scope="row">') == 1
    assert client.get(url, {"status": "nothing", "unit": "x"}).status_code == 200
    export = client.get(reverse("impersonations:report_export"), {"status": "checking"})
    lines = b"".join(export.streaming_content).decode().splitlines()  # type: ignore[attr-defined]  # streamed
    assert len(lines) == 2
    assert "Budi" not in "".join(lines)
    assert trail("accounts.impersonation.exported")[0].data["rows"] == 1


@pytest.mark.parametrize("name", ["report_detail", "statement_list"])
def test_a_report_with_many_statements_costs_the_same(
    cast: Cast, client_as: ClientAs, name: str
) -> None:
    made, client = imitating(cast), client_as("bayu")
    url = reverse(f"impersonations:{name}", args=[made.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _number in range(12):
        report(cast)
        actions.note_on_report(actor=cast.bayu, report_id=made.pk, text="Catatan")
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(few) <= len(many) <= 15


def english(cast: Cast, client: Client, url: str) -> str:
    factories.reads_english(cast.bayu)
    return client.get(url).content.decode()


def test_home_shows_what_waits_to_those_who_follow_up(cast: Cast, client_as: ClientAs) -> None:
    made = imitating(cast)
    assert made.reference in client_as("sari").get(reverse("home")).content.decode()
    assert made.reference not in client_as("dwi").get(reverse("home")).content.decode()
    move(cast, made, "checking", "not_imitation")
    assert made.reference not in client_as("sari").get(reverse("home")).content.decode()


def test_the_page_of_an_account_shows_its_imitations(cast: Cast, client_as: ClientAs) -> None:
    made = imitating(cast)
    url = reverse("accounts:official_account_detail", args=[made.official_account_id])
    page = client_as("dwi").get(url).content.decode()
    assert made.reference in page
    assert "/official/accounts/" in page


def test_the_risk_register_hears_how_many_are_open_and_for_how_long(cast: Cast) -> None:
    units = [cast.city.pk, cast.diskominfo.pk]
    assert selectors.open_reports(units) == selectors.OpenReports(0, None)
    imitating(cast)
    with time_machine.travel(timezone.now() - timedelta(days=12, hours=1)):
        report(cast, "x.com/lain")
    assert selectors.open_reports(units) == selectors.OpenReports(2, 12)


@pytest.mark.django_db(transaction=True)
def test_reports_at_the_same_moment_become_one(transactional_db: None) -> None:
    cast = the_cast()
    together = threading.Barrier(5, timeout=20)
    joined: list[bool] = []

    def send() -> None:
        try:
            together.wait()
            joined.append(report(cast).joined)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(joined) == [False, True, True, True, True]
    assert ImpersonationReport.objects.get().statements.count() == 5

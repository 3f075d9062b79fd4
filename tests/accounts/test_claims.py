"""A reporter's claim lets the unit that it names look, and gives nobody steps or names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts import impersonation_selectors as selectors
from accounts.models import ImpersonationReport, PublicListing, Unit, User
from accounts.public.register import register
from tests import factories
from tests.accounts.register_stage import PDF
from tests.accounts.test_impersonations import imitating, report
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.fixture(autouse=True)
def fresh_register() -> None:
    register.forget()


def claim(cast: Cast, channel: str) -> None:
    """Nur, of Dinkes, names an account of her own unit as the imitated one."""
    account = factories.official_account(
        cast.dinkes, platform="instagram", host="", handle="dinkes"
    )
    report(
        cast,
        actor=cast.nur if channel == "staff" else User.objects.system(),
        channel=channel,
        imitated=PublicListing.objects.get(pk=account.pk).code,
        reporter_name="",
        reporter_email="",
    )


def takes_no_step(cast: Cast, made: ImpersonationReport) -> None:
    statement = made.statements.order_by("pk")[0]
    for attempt in (
        lambda: actions.move_report(
            actor=cast.nur, report_id=made.pk, status="dismissed", reason="Tidak ada"
        ),
        lambda: actions.read_statements(actor=cast.nur, report_id=made.pk),
        lambda: actions.erase_reporter(actor=cast.nur, statement_id=statement.pk, reason="Diminta"),
        lambda: actions.assign_report(
            actor=cast.nur, report_id=made.pk, assignee_id=cast.nur.pk, official_account_id=None
        ),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert not selectors.statements_visible_to(cast.nur).exists()
    assert not selectors.evidence_visible_to(cast.nur).exists()


@pytest.mark.parametrize("channel", ["staff", "public"])
def test_who_names_an_account_of_ones_own_looks_and_takes_no_step(
    cast: Cast, client_as: ClientAs, channel: str
) -> None:
    made = imitating(cast)
    actions.move_report(
        actor=cast.sari, report_id=made.pk, status="checking", reason="Pelapor Budi menelepon"
    )
    client, detail = client_as("nur"), reverse("impersonations:report_detail", args=[made.pk])
    assert client.get(detail).status_code == 404
    claim(cast, channel)
    takes_no_step(cast, made)
    page = client.get(detail).content.decode()
    assert made.reference in page
    assert "Budi" not in page, "what was written about a reporter is not for who is only named"
    for name, more in (("statement_list", []), ("report_move", ["dismissed"])):
        url = reverse(f"impersonations:{name}", args=[made.pk, *more])
        assert client.get(url).status_code == 403
        assert url not in page
    note = reverse("impersonations:report_note", args=[made.pk])
    assert client.post(note, {"text": "Ini akun kami"}).status_code == 302
    assert "Ini akun kami" in client.get(detail).content.decode()
    # The unit in charge lets her in; what she then may do ends with the assignment.
    actions.assign_report(
        actor=cast.sari, report_id=made.pk, assignee_id=cast.nur.pk,
        official_account_id=made.official_account_id,
    )  # fmt: skip
    assert "Budi" in client.get(detail).content.decode()
    assert len(actions.read_statements(actor=cast.nur, report_id=made.pk)) == 2
    assert selectors.statements_visible_to(cast.nur).count() == 2
    actions.assign_report(
        actor=cast.sari, report_id=made.pk, assignee_id=cast.sari.pk,
        official_account_id=made.official_account_id,
    )  # fmt: skip
    takes_no_step(cast, made)


@pytest.mark.parametrize("channel", ["staff", "public"])
def test_a_report_that_a_claim_took_from_the_top_stays_with_it_until_it_agrees(
    cast: Cast, client_as: ClientAs, channel: str
) -> None:
    made = report(cast).report
    claim(cast, channel)
    made.refresh_from_db()
    assert (made.unit, made.in_charge) == (cast.dinkes, cast.city)
    takes_no_step(cast, made)
    client = client_as(factories.reads_english(cast.nur))
    detail = reverse("impersonations:report_detail", args=[made.pk])
    assert "agrees" in client.get(detail).content.decode()
    assert client.get(reverse("impersonations:report_assign", args=[made.pk])).status_code == 403
    actions.assign_report(
        actor=cast.bayu, report_id=made.pk, assignee_id=None,
        official_account_id=made.official_account_id,
    )  # fmt: skip
    assert len(actions.read_statements(actor=cast.nur, report_id=made.pk)) == 2
    assert "agrees" not in client.get(detail).content.decode()


def test_the_top_takes_back_what_a_claim_took(cast: Cast) -> None:
    made = report(cast).report
    claim(cast, "public")
    made = actions.assign_report(
        actor=cast.bayu, report_id=made.pk, assignee_id=None, official_account_id=None
    )
    assert (made.unit, made.claimed_from) == (cast.city, None)
    takes_no_step(cast, made)


def test_who_may_say_whose_it_is_says_so_by_a_further_report(cast: Cast) -> None:
    made = report(cast).report
    account = factories.official_account(cast.dinkes, platform="x", host="", handle="dinkes")
    code = PublicListing.objects.get(pk=account.pk).code
    report(cast, actor=cast.bayu, channel="staff", imitated=code)
    made.refresh_from_db()
    assert (made.unit, made.claimed_from) == (cast.dinkes, None)
    assert len(actions.read_statements(actor=cast.nur, report_id=made.pk)) == 2


def test_a_report_counts_for_the_unit_that_has_it_until_that_agrees_with_a_claim(
    cast: Cast, client_as: ClientAs
) -> None:
    made = report(cast).report
    claim(cast, "public")
    client, address = client_as(cast.bayu), reverse("impersonations:report_list")

    def counted(unit: Unit) -> tuple[int, bool]:
        below = {"unit": unit.pk, "status": "open"}
        shown = client.get(address, below).content.decode()
        return selectors.open_reports([unit.pk]).count, made.reference in shown

    def exported() -> str:
        answer = client.get(reverse("impersonations:report_export"), {"search": made.reference})
        return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # streamed

    assert (counted(cast.dinkes), selectors.open_reports([cast.city.pk]).count) == ((0, False), 1)
    assert (",Pemerintah Kota Samudra," in exported(), ",Dinas Kesehatan," in exported()) == (
        True,
        False,
    )
    # It is found by the name of the unit that has it, and the named one still sees it.
    assert made.reference in client.get(address, {"search": "Kota"}).content.decode()
    assert made.reference in client_as(cast.nur).get(address).content.decode()
    actions.assign_report(
        actor=cast.bayu, report_id=made.pk, assignee_id=None,
        official_account_id=ImpersonationReport.objects.get().official_account_id,
    )  # fmt: skip
    assert (counted(cast.dinkes), selectors.open_reports([cast.city.pk]).count) == ((1, True), 0)
    assert ",Dinas Kesehatan," in exported()


@pytest.mark.parametrize("in_charge", ["bayu", "sari"])
def test_only_who_can_take_a_step_has_a_report_waiting(
    cast: Cast, client_as: ClientAs, in_charge: str
) -> None:
    made = report(cast).report if in_charge == "bayu" else imitating(cast)
    claim(cast, "public")
    user, nur = getattr(cast, in_charge), factories.reads_english(cast.nur)

    def waiting_for_nur() -> int:
        assert list(selectors.waiting_reports(user)) == [made]
        assert not selectors.naming_reports(user).exists()
        page = client_as(nur).get(reverse("home"))
        waiting: int = page.context["waiting"]
        assert selectors.waiting_reports(nur).count() == waiting
        # The unit that is named is told, also where nothing waits for it.
        home = page.content.decode()
        assert made.reference in home
        assert ("An account of your unit was named" in home) is (not waiting)
        assert ("Fake accounts to follow up" in home) is bool(waiting)
        assert made.reference not in client_as(cast.fajar).get(reverse("home")).content.decode()
        return waiting

    assert waiting_for_nur() == 0
    # Assigned to, or made responsible, she has something to do, and it waits for her.
    actions.assign_report(
        actor=user, report_id=made.pk, assignee_id=nur.pk,
        official_account_id=made.official_account_id,
    )  # fmt: skip
    assert waiting_for_nur() == 1


def test_who_reported_while_signed_in_reads_that_report_and_nothing_else_of_it(
    cast: Cast, client_as: ClientAs
) -> None:
    made = imitating(cast)
    actions.note_on_report(actor=cast.sari, report_id=made.pk, text="Pelapor Budi menelepon")
    client, detail = client_as(cast.nur), reverse("impersonations:report_detail", args=[made.pk])
    assert client.get(detail).status_code == 404
    report(
        cast, actor=cast.nur, channel="staff", happened="Saya lihat sendiri",
        evidence=[("layar.pdf", PDF)], reporter_name="", reporter_email="",
    )  # fmt: skip
    page = client.get(detail).content.decode()
    assert ("Saya lihat sendiri" in page, "layar.pdf" in page) == (True, True)
    for words in ("Budi", "Meminta uang", "/note/", "/evidence/"):
        assert words not in page, words
    assert made.reference in client.get(reverse("impersonations:report_list")).content.decode()
    assert client.get(reverse("impersonations:statement_list", args=[made.pk])).status_code == 403
    note = reverse("impersonations:report_note", args=[made.pk])
    assert client.post(note, {"text": "Saya juga"}).status_code == 403
    takes_no_step(cast, made)
    assert selectors.open_reports([cast.dinkes.pk]).count == 0
    assert client_as(cast.fajar).get(detail).status_code == 404

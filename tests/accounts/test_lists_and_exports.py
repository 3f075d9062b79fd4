"""A list shows what was asked or nothing, its export too, with the times that the page has."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts import actions
from accounts.checklists import CHECKLISTS, NEWEST
from accounts.models import Finding, OfficialAccount, User
from accounts.public.register import register
from govsocial.audit.sentences import sentence
from tests import factories
from tests.accounts.care.conftest import account_of, attest, make_period, start
from tests.accounts.conftest import trail
from tests.cast import Cast

ClientAs = Callable[[object], Client]
LISTS = {
    "accounts:official_account_list": "accounts:official_account_export",
    "accounts:attestation_list": "accounts:attestation_export",
    "accounts:connection_health": "accounts:connection_health_export",
    "accounts:finding_list": "accounts:finding_export",
    "accounts:handover_list": "accounts:handover_export",
    "impersonations:report_list": "impersonations:report_export",
}


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    """An account that is confirmed, with a report about an imitation of it."""
    register.forget()
    made = account_of(cast, cast.sari, handle="kota.example", display_name="Kota Samudra")
    actions.report_impersonation(
        actor=User.objects.system(), channel="public", suspect="t.me/kota_palsu", platform="",
        imitated="", happened="Menipu",
    )  # fmt: skip
    return made


@pytest.fixture
def finding(cast: Cast, account: OfficialAccount) -> Finding:
    make_period(cast.bayu)
    attest(cast.sari, account, "=Ponsel hilang", two_step_on=False)
    start(cast, account, reason="=Pindah tugas")
    return Finding.objects.get()


def text_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("accounts:official_account_list", "unit=987654321"),
        ("accounts:attestation_list", "period=987654321"),
        ("accounts:attestation_list", "unit=x"),
        ("accounts:connection_health", "state=zzz"),
        ("accounts:handover_list", "state=zzz"),
        ("impersonations:report_list", "status=zzz"),
        ("content:post_list", "account=samudrakota"),
    ],
)
@pytest.mark.parametrize("is_empty", [True, False])
def test_a_filter_that_is_not_known_is_not_taken_for_an_empty_list(
    cast: Cast, client_as: ClientAs, name: str, query: str, is_empty: bool
) -> None:
    if not is_empty:
        make_period(cast.bayu)
        account_of(cast, cast.sari)
    client = client_as(factories.reads_english(cast.bayu))
    page = client.get(f"{reverse(name)}?{query}").content.decode()
    assert "A filter in this address is not known." in page
    assert re.search(rf'href="{reverse(name)}">Remove all filters', page)
    assert "has this number" not in page


@pytest.mark.parametrize("name", LISTS)
def test_a_filter_that_cannot_be_read_finds_nothing_and_takes_nothing_out(
    cast: Cast, finding: Finding, client_as: ClientAs, name: str
) -> None:
    client = client_as("bayu")
    query = {"unit": cast.city.pk}
    shown = client.get(reverse(name), query)
    taken = client.get(reverse(LISTS[name]), query)
    assert shown.context["page"].paginator.count == 1
    assert len(text_of(taken).splitlines()) == 2
    wrong = client.get(reverse(name), {"unit": "abc"})
    assert wrong.context["page"].paginator.count == 0
    assert "unit" in wrong.context["form"].errors
    refused = client.get(reverse(LISTS[name]), {"unit": "abc", "format": "xlsx"})
    assert refused.status_code == 302
    assert refused["Location"] == f"{reverse(name)}?unit=abc&format=xlsx"


@pytest.mark.parametrize("name", [name for name in LISTS.values() if "health" not in name])
def test_an_export_has_the_time_of_the_reader_with_its_offset(
    finding: Finding, client_as: ClientAs, name: str
) -> None:
    text = text_of(client_as("bayu").get(reverse(name)))
    times = re.findall(r"\d\d:\d\d:\d\d([^,\s]*)", text)
    assert times
    assert set(times) == {"+07:00"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("accounts:attestation_export", ("Confirmed, with findings", "Dikonfirmasi, ada temuan")),
        ("accounts:connection_health_export", ("Not connected", "Tidak terhubung")),
    ],
)
def test_an_export_has_the_words_of_the_language_of_the_reader(
    cast: Cast, finding: Finding, client_as: ClientAs, name: str, words: tuple[str, str]
) -> None:
    english, indonesian = words
    text = text_of(client_as("bayu").get(reverse(name)))
    assert (indonesian in text, english in text) == (True, False)
    text = text_of(client_as(factories.reads_english(cast.bayu)).get(reverse(name)))
    assert (indonesian in text, english in text) == (False, True)


@pytest.mark.parametrize("name", LISTS)
def test_each_list_leads_to_its_rows_as_a_workbook_that_says_where_it_is_from(
    cast: Cast, finding: Finding, client_as: ClientAs, name: str
) -> None:
    client, query = client_as("bayu"), {"unit": cast.city.pk, "search": "kota"}
    page = client.get(reverse(name), {**query, "page": "1"}).content.decode()
    kept = f"?unit={cast.city.pk}&amp;search=kota"
    for kind in ("xlsx", "csv"):
        assert f'href="{reverse(LISTS[name])}{kept}&amp;format={kind}"' in page
    taken = client.get(reverse(LISTS[name]), {**query, "format": "xlsx"})
    assert taken["Content-Disposition"].endswith('.xlsx"')
    rows, about = load_workbook(io.BytesIO(taken.content)).worksheets
    found = list(rows.values)
    assert len(found) == 2
    assert all(len(row) == len(found[0]) for row in found)
    facts = [cell for row in about.values for cell in row]
    assert "Bayu Pratama" in facts
    assert any("kota" in str(cell) and "Kota Samudra" in str(cell) for cell in facts)


def test_findings_are_found_by_words_unit_and_state(
    cast: Cast, finding: Finding, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    address = reverse("accounts:finding_list")

    def count(**query: Any) -> int:
        found: int = client.get(address, query).context["page"].paginator.count
        return found

    assert [count(search=words) for words in ("ponsel", "@kota.ex", "kota hilang", "lain")] == [
        1, 1, 1, 0,
    ]  # fmt: skip
    assert (count(unit=cast.dinkes.pk), count(state="closed"), count(state="all")) == (0, 0, 1)
    actions.close_finding(
        actor=cast.sari, finding_id=finding.pk, outcome="Dipasang", two_step_is_on=True
    )
    assert (count(), count(state="closed"), count(state="all", search="dipasang")) == (0, 1, 1)
    assert (
        "A filter in this address is not known."
        in client.get(address, {"state": "x"}).content.decode()
    )


def test_the_column_of_actions_is_there_for_who_can_act_and_for_what_is_closed(
    cast: Cast, finding: Finding, client_as: ClientAs
) -> None:
    address = reverse("accounts:finding_list")

    def heads(who: User, **query: str) -> list[str]:
        page = client_as(factories.reads_english(who)).get(address, query).content.decode()
        assert "Ponsel hilang" in page or query
        found = re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?\s*([^<]*\w)', page)
        return [head for head in found if head in {"What to do", "What was done", "Action"}]

    assert heads(cast.bayu) == heads(cast.sari) == ["What to do", "Action"]
    assert heads(cast.laila) == ["What to do"]
    actions.close_finding(
        actor=cast.sari, finding_id=finding.pk, outcome="Dipasang", two_step_is_on=True
    )
    assert heads(cast.laila, state="closed") == ["What was done", "Action"]


def test_an_export_of_findings_is_noted_and_runs_nothing(
    cast: Cast, finding: Finding, client_as: ClientAs
) -> None:
    text = text_of(client_as("bayu").get(reverse("accounts:finding_export"), {"search": "kota"}))
    assert "'=Ponsel hilang" in text
    (entry,) = trail("accounts.finding.exported")
    assert entry.data == {"rows": 1, "filters": "search=kota"}
    assert "Bayu" in sentence(entry)
    strangers = client_as("nur").get(reverse("accounts:finding_export"))
    assert len(text_of(strangers).splitlines()) == 1


def test_an_export_of_handovers_is_noted_and_runs_nothing(
    cast: Cast, finding: Finding, client_as: ClientAs
) -> None:
    address = reverse("accounts:handover_export")
    factories.reads_english(cast.bayu)
    head, row = csv.reader(text_of(client_as("bayu").get(address, {"search": "kota"})).splitlines())
    said = dict(zip(head, row, strict=True))
    assert (said["Hands over"], said["Takes over"]) == ("Sari Wulandari", "Rina Lestari")
    assert (said["State"], said["Late"]) == ("To be handed over", "no")
    assert said["Reason"] == "'=Pindah tugas"
    settled, items = "Items of the checklist that are settled", "Items of the checklist"
    assert (said[settled], int(said[items])) == ("0", len(CHECKLISTS[NEWEST]))
    (entry,) = trail("accounts.handover.exported")
    assert entry.data == {"rows": 1, "filters": "search=kota"}
    assert "Bayu" in sentence(entry)


def test_who_does_not_see_a_handover_takes_none_out_and_who_takes_part_does(
    cast: Cast, finding: Finding, client_as: ClientAs
) -> None:
    address = reverse("accounts:handover_export")
    assert len(text_of(client_as("nur").get(address)).splitlines()) == 1
    assert len(text_of(client_as("rina").get(address)).splitlines()) == 2
    for state, rows in (("completed", 0), ("late", 0), ("started", 1), ("all", 1)):
        text = text_of(client_as("bayu").get(address, {"state": state}))
        assert len(text.splitlines()) == 1 + rows, state
    assert client_as("anonymous").get(address).status_code == 302

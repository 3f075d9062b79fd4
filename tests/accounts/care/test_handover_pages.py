"""The pages of a handover, from its start to the signed minutes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import actions
from accounts.actions.handover_steps import Check
from accounts.checklists import Side
from accounts.models import Handover, OfficialAccount
from accounts.snapshots import digest_of
from tests import factories
from tests.accounts.care.conftest import (
    account_of,
    assign,
    marks,
    settle,
    shown,
    sign_both,
    start,
)
from tests.accounts.register_stage import PDF
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]


def test_a_handover_goes_its_whole_way_through_pages(
    cast: Cast,
    account: OfficialAccount,
    client_as: ClientAs,
    settings: Settings,
    tmp_path: Any,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    begin = reverse("accounts:handover_start", args=[account.pk])
    page = client_as("bayu").get(f"{begin}?outgoing={cast.sari.pk}").content.decode()
    assert "Rina Lestari" in page
    assert "Nur Aisyah" not in page, "no role in the unit"
    data = {
        "outgoing": cast.sari.pk,
        "incoming": cast.rina.pk,
        "moves_charge": "on",
        "due_on": (timezone.localdate() + timedelta(days=7)).isoformat(),
        "reason": "Pindah tugas",
        "decree": "SK 800/77/2026",
    }
    refused = client_as("bayu").post(begin, {**data, "reason": ""})
    assert refused.status_code == 422
    assert "Give a reason." in refused.content.decode()
    assert client_as("bayu").post(begin, {**data, "incoming": cast.nur.pk}).status_code == 422
    assert client_as("bayu").post(begin, data).status_code == 302
    made = Handover.objects.get()
    there = reverse("accounts:handover_detail", args=[made.pk])
    early = client_as("sari").post(reverse("accounts:handover_sign", args=[made.pk]), shown(made))
    assert early.status_code == 409
    assert "5 items are open" in early.content.decode()
    for who, side in (("sari", Side.OUTGOING), ("rina", Side.INCOMING)):
        keys = [item.key for item in made.items.all() if item.side == side]
        sent = marks(made) | {f"{key}-state": "done" for key in keys}
        sent |= {f"{keys[0]}-state": "not_needed", f"{keys[0]}-note": ""}
        if side == Side.OUTGOING:
            sent["recovery_phone-holder"] = "Sekretariat"
        check = reverse("accounts:handover_check", args=[made.pk])
        refused = client_as(who).post(check, sent)
        assert refused.status_code == 422
        assert "Say why it does not apply." in refused.content.decode()
        sent[f"{keys[0]}-note"] = "Tidak ada"
        assert client_as(who).post(check, sent).status_code == 302
        assert "Sign: I " in client_as(who).get(there).content.decode()
        client_as(who).post(reverse("accounts:handover_sign", args=[made.pk]), shown(made))
    scan = reverse("accounts:handover_scan_add", args=[made.pk])
    bad = client_as("rina").post(scan, {"file": io.BytesIO(b"")})
    assert bad.status_code == 422
    signed = io.BytesIO(PDF)
    signed.name = "berita-acara.pdf"
    assert client_as("rina").post(scan, {"file": signed}).status_code == 302
    done = client_as("bayu").post(
        reverse("accounts:handover_complete", args=[made.pk]), shown(made), follow=True
    )
    assert "is handed over to Rina Lestari" in done.content.decode()
    account.refresh_from_db()
    assert account.person_in_charge == cast.rina
    assert account.recovery_phone_holder == "Sekretariat"
    again = client_as("bayu").post(reverse("accounts:handover_complete", args=[made.pk]))
    assert again.status_code == 409
    file = reverse("accounts:handover_scan_download", args=[made.scans.get().pk])
    assert client_as("sari").get(file).content == PDF
    assert client_as("nur").get(file).status_code == 404
    minutes = client_as("sari").get(reverse("accounts:handover_minutes", args=[made.pk]))
    assert "SK 800/77/2026" in minutes.content.decode()
    assert "Not yet" not in minutes.content.decode()
    assert "New holder: Sekretariat" in minutes.content.decode()


def test_minutes_stay_as_they_were_when_the_register_goes_on(
    cast: Cast, account: OfficialAccount, handover: Handover, client_as: ClientAs
) -> None:
    decreed = {"decree_number": "SK 800/41/2026", "decree_date": date(2026, 3, 21)}
    OfficialAccount.objects.filter(pk=account.pk).update(**decreed)
    sign_both(cast, handover)
    actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
    OfficialAccount.objects.filter(pk=account.pk).update(purpose="Tujuan baru")
    page = client_as("sari").get(reverse("accounts:handover_minutes", args=[handover.pk]))
    minutes = page.content.decode()
    assert "Tujuan baru" not in minutes
    assert f"<dd>{account.at_handle}</dd>" in minutes
    assert "SK 800/41/2026, 21 March 2026" in minutes
    assert "2026-03-21" not in minutes
    assert "timeline" not in minutes
    handover.refresh_from_db()
    assert handover.snapshot is not None
    assert handover.snapshot["decree"] == "SK 800/41/2026 · 2026-03-21"
    assert handover.snapshot_sha256 == digest_of(handover.snapshot)


def test_a_signature_is_offered_once_the_list_is_settled(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    page = reverse("accounts:handover_detail", args=[handover.pk])
    button = re.compile(r"<button[^>]*>Sign: I hand over")
    before = button.search(client_as("sari").get(page).content.decode())
    settle(cast.sari, handover, Side.OUTGOING)
    after = button.search(client_as("sari").get(page).content.decode())
    assert before
    assert after
    assert " disabled" in before.group()
    assert " disabled" not in after.group()


def test_who_works_elsewhere_by_now_still_finds_and_signs_the_handover(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    from accounts.capabilities import Role

    cast.sari.grants.update(ends_at=timezone.now())
    factories.grant(cast.sari, Role.APPROVER, cast.dinkes)
    settle(cast.bayu, handover, Side.OUTGOING)
    client = client_as("sari")
    assert "kota.example" in client.get(reverse("accounts:handover_list")).content.decode()
    sign = reverse("accounts:handover_sign", args=[handover.pk])
    assert client.post(sign, shown(handover)).status_code == 302
    assert Handover.objects.get().outgoing_signed_by == cast.sari


def test_reasons_are_asked_for_and_kept(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    client = client_as("bayu")
    settle(cast.bayu, handover, Side.OUTGOING)
    for name in ("sign_in_place", "postpone", "cancel"):
        address = reverse(f"accounts:handover_{name}", args=[handover.pk])
        assert client.get(address).status_code == 200
        later = (timezone.localdate() + timedelta(days=30)).isoformat()
        sent = {"due_on": later, **shown(handover)}
        assert client.post(address, {"reason": "", **sent}).status_code == 422
        assert client.post(address, {"reason": "Sakit", **sent}).status_code == 302
    page = client.get(reverse("accounts:handover_detail", args=[handover.pk])).content.decode()
    assert "Signed in their place by Bayu Pratama" in page
    assert "Cancelled by Bayu Pratama." in page


def test_completing_says_only_what_it_changes(
    cast: Cast, account: OfficialAccount, handover: Handover, client_as: ClientAs
) -> None:
    holders = ("recovery_email_holder", "recovery_phone_holder")
    OfficialAccount.objects.update(**dict.fromkeys(holders, "Kepala Bidang Humas"))
    sign_both(cast, handover)
    there = reverse("accounts:handover_detail", args=[handover.pk])

    def told() -> list[str]:
        page = client_as("bayu").get(there)
        # The time of a line of the history is no part of its sentence.
        assert ".," not in page.content.decode()
        changes: list[str] = page.context["shown"].changes
        assert all(one in page.content.decode() for one in changes)
        return changes

    ends, begins, charge = told()
    assert ends == "The assignment of Sari Wulandari ends today."
    assert begins == "The assignment of Rina Lestari begins today."
    assert charge == "Rina Lestari becomes the person in charge."
    assign(account, cast.rina, cast.bayu)
    assert told() == [ends, charge]
    account.administrators.filter(user=cast.sari).update(
        ends_on=timezone.localdate() - timedelta(days=1)
    )
    assert told() == [charge]
    OfficialAccount.objects.filter(pk=account.pk).update(person_in_charge=cast.rina)
    assert told() == []


@pytest.mark.parametrize(("platform", "host"), [("tiktok", ""), ("mastodon", "mastodon.social")])
def test_minutes_name_a_server_only_where_the_platform_has_several(
    cast: Cast, client_as: ClientAs, platform: str, host: str
) -> None:
    made = account_of(cast, cast.sari, platform=platform, handle="kota", host=host)
    page = client_as("sari").get(reverse("accounts:handover_minutes", args=[start(cast, made).pk]))
    assert ("<dt>Server</dt>" in page.content.decode()) == bool(host)


def test_the_field_of_a_note_stands_open_only_where_it_holds_something_or_is_asked_for(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    checks = {"devices": Check(state="done", note="Ponsel dinas"), "documents": Check(state="done")}
    actions.check_items(actor=cast.sari, handover_id=handover.pk, checks=checks)
    client = client_as("sari")

    def open_notes(page: str) -> list[str]:
        return re.findall(r'<details class="attest-note" open>.*?name="(\w+)-note"', page, re.S)

    page = client.get(reverse("accounts:handover_detail", args=[handover.pk])).content.decode()
    assert page.count('<details class="attest-note"') == 5
    assert open_notes(page) == ["devices"]
    sent = marks(handover) | {"open_work-state": "not_needed"}
    check = reverse("accounts:handover_check", args=[handover.pk])
    refused = client.post(check, sent).content.decode()
    assert open_notes(refused) == ["open_work", "devices"]


def test_minutes_call_a_badge_that_nobody_looked_at_as_the_form_does(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    page = client_as("sari").get(reverse("accounts:handover_minutes", args=[handover.pk]))
    assert "<dt>Verified badge</dt><dd>Nobody has looked</dd>" in page.content.decode()


def test_an_account_of_nobody_is_handed_over_by_nobody_and_says_what_comes_first(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    client = client_as("bayu")
    begin = reverse("accounts:handover_start", args=[account.pk])
    detail = reverse("accounts:official_account_detail", args=[account.pk])
    assert begin in client.get(detail).content.decode()
    nobodys = account_of(cast, None, handle="bapenda.example")
    begin = reverse("accounts:handover_start", args=[nobodys.pk])
    detail = reverse("accounts:official_account_detail", args=[nobodys.pk])
    assert begin not in client.get(detail).content.decode()
    page = client.get(begin).content.decode()
    assert "Nobody can hand this account over yet" in page
    assert f'href="{detail}#people"' in page
    assert "outgoing" not in page, "no form to fill in for nothing"
    assign(nobodys, cast.rina, cast.bayu, starts_on=timezone.localdate() + timedelta(days=1))
    assert begin not in client.get(detail).content.decode(), "not before their first day"
    assign(nobodys, cast.sari, cast.bayu)
    assert begin in client.get(detail).content.decode()
    assert "Nobody can hand" not in client.get(begin).content.decode()


@pytest.mark.parametrize("position", ["", "Pranata Humas"])
def test_minutes_have_no_brackets_with_nothing_in_them(
    cast: Cast, account: OfficialAccount, client_as: ClientAs, position: str
) -> None:
    type(cast.sari).objects.filter(pk=cast.sari.pk).update(position=position)
    made = start(cast, account)
    page = client_as("bayu").get(reverse("accounts:handover_minutes", args=[made.pk]))
    said = f" ({position})" if position else ""
    assert f"<strong>Sari Wulandari</strong>{said}, the first party" in page.content.decode()

"""What the register keeps of an account: details, moves of its status, evidence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import actions
from accounts.capabilities import Role
from accounts.details import LABELS, NAMES, Upload
from accounts.errors import AccountError
from accounts.models import Credential, Document, OfficialAccount
from accounts.register_forms import OfficialAccountForm
from govsocial.audit.models import Entry
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.secrets import give_credential
from tests.conftest import Cast

ClientAs = Callable[[object], Client]
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
BY_HAND = ["whatsapp", "telegram", "linkedin", "wiki", "other"]


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def register(cast: Cast, **changes: Any) -> OfficialAccount:
    wanted: dict[str, Any] = {
        "unit_id": cast.diskominfo.pk,
        "platform": "instagram",
        "handle": "@samudrakota",
        "display_name": "Kota Samudra",
        **changes,
    }
    return actions.register_official_account(actor=cast.bayu, **wanted)


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "unit": cast.diskominfo.pk,
        "platform": "instagram",
        "handle": "@samudrakota",
        "display_name": "Kota Samudra",
        "language": "id",
        "two_step": "unknown",
        **changes,
    }


def test_a_new_account_gets_the_usual_kinds_of_its_platform(cast: Cast) -> None:
    account = register(cast)
    assert (account.handle, account.host) == ("samudrakota", "")
    assert account.media_kinds == ["social_network", "media_sharing"]
    assert account.channel_kind == "networking"
    said = register(cast, handle="lain", media_kinds=["blog"], channel_kind="blog")
    assert (said.media_kinds, said.channel_kind) == (["blog"], "blog")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decree_date": date(2999, 1, 1)}, "decree_date"),
        ({"opened_on": date(1970, 1, 1)}, "opened_on"),
        ({"two_step": "on"}, "two_step_checked_on"),
        ({"two_step": "on", "two_step_checked_on": date(2999, 1, 1)}, "two_step_checked_on"),
        ({"two_step": "perhaps"}, "two_step"),
        ({"recovery_email_holder": "humas@samudrakota.example"}, "recovery_email_holder"),
        ({"recovery_phone_holder": "Sari, 0812 3456 7890"}, "recovery_phone_holder"),
        ({"recovery_phone_holder": "+62-812-34567"}, "recovery_phone_holder"),
        ({"recovery_email_holder": "NIP 19790101 200501 1 001"}, "recovery_email_holder"),
        ({"audiences": ["g2x"]}, "audiences"),
        ({"media_kinds": ["blog", "blog"]}, "media_kinds"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "samudrakota.example"}, "url"),
        ({"purpose": "satu\nbaris"}, "purpose"),
        ({"decree_number": "9" * 121}, "decree_number"),
        ({"language": "xx"}, "language"),
    ],
    ids=str,
)
def test_what_the_register_does_not_take_is_refused_beside_its_field(
    cast: Cast, client_as: ClientAs, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(AccountError) as refused:
        register(cast, **changes)
    assert refused.value.field == field
    if "\n" not in str(changes.get("purpose", "")):
        answer = client_as("bayu").post(
            reverse("accounts:official_account_register"),
            typed(cast, display_name="Yang diketik", **changes),
        )
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
        assert "Yang diketik" in answer.content.decode()
    assert not OfficialAccount.objects.exists()


def test_everything_that_is_wrong_is_told_in_one_go(cast: Cast, client_as: ClientAs) -> None:
    wrong = typed(
        cast, handle="dua kata", decree_date="2999-01-01", recovery_email_holder="a@b.example",
        two_step="off", url="bukan alamat",
    )  # fmt: skip
    answer = client_as("bayu").post(reverse("accounts:official_account_register"), wrong)
    assert set(answer.context["form"].errors) == {
        "handle", "decree_date", "recovery_email_holder", "two_step_checked_on", "url",
    }  # fmt: skip


def test_who_holds_something_may_have_a_number_in_the_name_of_an_office(cast: Cast) -> None:
    account = register(cast, recovery_phone_holder="Kasi Humas, Gedung 2 lantai 14")
    assert account.recovery_phone_holder == "Kasi Humas, Gedung 2 lantai 14"


def test_a_check_of_the_second_step_that_found_nothing_out_has_no_day(cast: Cast) -> None:
    account = register(cast, two_step="unknown", two_step_checked_on=date(2026, 1, 1))
    assert account.two_step_checked_on is None


@pytest.mark.parametrize("who", ["fajar", "inactive"])
def test_the_person_in_charge_has_a_role_where_the_account_is(cast: Cast, who: str) -> None:
    with pytest.raises(AccountError) as refused:
        register(cast, person_in_charge_id=getattr(cast, who).pk)
    assert refused.value.field == "person_in_charge"
    account = register(cast, person_in_charge_id=cast.sari.pk)
    with pytest.raises(AccountError):
        change(cast, account, unit_id=cast.dinkes.pk)


def change(cast: Cast, account: OfficialAccount, **changes: Any) -> OfficialAccount:
    names = ("unit_id", "handle", "host", "display_name")
    wanted = {name: getattr(account, name) for name in names} | changes
    return actions.change_official_account(
        actor=cast.bayu, official_account_id=account.pk, **wanted
    )


def test_what_is_left_out_of_a_change_stays_as_it_is(cast: Cast) -> None:
    account = register(cast, purpose="Layanan", two_step="on", two_step_checked_on=date(2026, 3, 1))
    change(cast, account, decree_number="800/41/2026")
    account.refresh_from_db()
    assert (account.purpose, account.two_step) == ("Layanan", "on")
    assert trail("accounts.official_account.changed")[0].data == {"changed": ["decree_number"]}
    change(cast, account, two_step="unknown")
    assert OfficialAccount.objects.get(pk=account.pk).two_step_checked_on is None


def test_the_page_shows_what_was_typed_and_saves_all_of_it(cast: Cast, client_as: ClientAs) -> None:
    client, account = client_as("bayu"), register(cast)
    address = reverse("accounts:official_account_edit", args=[account.pk])
    data = typed(
        cast, purpose="Layanan", audiences=["g2c", "g2b"], verified="false", decree_number="1/2026",
        decree_date="2026-02-03", person_in_charge=cast.sari.pk, two_step="on",
        two_step_checked_on="2026-04-05", opened_on="2019-01-02", media_kinds=["blog"],
        channel_kind="blog", url="https://www.instagram.com/samudrakota/",
        recovery_email_holder="Kabid Humas", recovery_phone_holder="Sekretariat",
    )  # fmt: skip
    assert client.post(address, data).status_code == 302
    account.refresh_from_db()
    assert (account.verified, account.audiences) == (False, ["g2c", "g2b"])
    assert (account.person_in_charge, account.decree_date) == (cast.sari, date(2026, 2, 3))
    again = client.get(address).context["form"]
    shown = {name: again[name].value() for name in again.fields if name != "decree_file"}
    shown = {
        name: value.isoformat() if isinstance(value, date) else getattr(value, "pk", value)
        for name, value in shown.items()
    }
    assert client.post(address, shown).status_code == 302
    assert len(trail("accounts.official_account.changed")) == 1, "nothing changed the second time"


def test_somebody_in_charge_who_left_stays_on_the_form_and_need_not_be_replaced_at_once(
    cast: Cast, client_as: ClientAs
) -> None:
    account = register(cast, person_in_charge_id=cast.sari.pk)
    cast.sari.is_active = False
    cast.sari.save()
    address = reverse("accounts:official_account_edit", args=[account.pk])
    answer = client_as("bayu").post(
        address, typed(cast, person_in_charge=cast.sari.pk, purpose="Baru")
    )
    assert answer.status_code == 302


MOVES: dict[str, Callable[..., OfficialAccount]] = {
    "activate": actions.activate_official_account,
    "suspend": actions.suspend_official_account,
    "close": actions.close_official_account,
    "reopen": actions.reopen_official_account,
    "release": actions.release_official_account,
}
ALLOWED = {
    ("proposed", "activate"): "active",
    ("proposed", "close"): "closed",
    ("active", "suspend"): "suspended",
    ("active", "close"): "closed",
    ("suspended", "activate"): "active",
    ("suspended", "close"): "closed",
    ("closed", "reopen"): "active",
    ("closed", "release"): "released",
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("status", ["proposed", "active", "suspended", "closed", "released"])
def test_a_status_moves_only_where_the_register_allows_it(
    cast: Cast, client_as: ClientAs, status: str, move: str
) -> None:
    ended: dict[str, Any] = {"closed_on": timezone.localdate(), "closed_reason": "x"}
    account = factories.official_account(
        cast.diskominfo, status=status, **(ended if status in {"closed", "released"} else {})
    )
    expected = ALLOWED.get((status, move))
    page = reverse(f"accounts:official_account_{move}", args=[account.pk])
    gone = status == "released"
    assert client_as("bayu").get(page).status_code == (404 if gone else 200)
    with pytest.raises(PermissionDenied):
        MOVES[move](actor=cast.dwi, official_account_id=account.pk, reason="x")
    answer = client_as("bayu").post(page, {"reason": "Menurut nota dinas"})
    account.refresh_from_db()
    if expected is None:
        assert (answer.status_code, account.status) == (404 if gone else 422, status)
        with pytest.raises(AccountError):
            MOVES[move](actor=cast.bayu, official_account_id=account.pk, reason="x")
        return
    assert (answer.status_code, account.status) == (302, expected)
    past = {"activate": "activated", "suspend": "suspended", "close": "closed"}
    name = past.get(move, {"reopen": "reopened", "release": "released"}.get(move, ""))
    assert trail(f"accounts.official_account.{name}")[0].data["reason"] == "Menurut nota dinas"
    assert account.is_closed == (account.closed_on is not None)


@pytest.mark.parametrize("status", ["active", "closed", "released"])
def test_a_page_offers_each_move_once_and_none_for_a_released_handle(
    cast: Cast, client_as: ClientAs, status: str
) -> None:
    ended: dict[str, Any] = {"closed_on": timezone.localdate(), "closed_reason": "x"}
    account = factories.official_account(
        cast.diskominfo, status=status, **({} if status == "active" else ended)
    )
    detail = reverse("accounts:official_account_detail", args=[account.pk])
    page = client_as("bayu").get(detail).content.decode()
    offered = [
        move
        for move in ("close", "reopen", "release")
        for _ in range(page.count(reverse(f"accounts:official_account_{move}", args=[account.pk])))
    ]
    assert offered == {"active": ["close"], "closed": ["reopen", "release"]}.get(status, [])


def test_the_register_leads_to_all_that_is_about_it(cast: Cast, client_as: ClientAs) -> None:
    ways = ("attestation_list", "finding_list", "handover_list", "compliance_overview")
    health = reverse("accounts:connection_health")
    for who, keeps in (("bayu", True), ("dwi", False)):
        client = client_as(who)
        for name in ("official_account_list", *ways):
            page = client.get(reverse(f"accounts:{name}")).content.decode()
            assert all(f'href="{reverse(f"accounts:{way}")}"' in page for way in ways)
            assert (f'href="{health}"' in page) == keeps


def test_the_database_refuses_a_move_that_the_register_does_not_know(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    with pytest.raises(InternalError), transaction.atomic():
        OfficialAccount.objects.filter(pk=account.pk).update(status="proposed")


def test_a_released_handle_may_be_registered_anew(cast: Cast) -> None:
    account = register(cast)
    for move in ("close", "release"):
        MOVES[move](actor=cast.bayu, official_account_id=account.pk, reason="x")
    again = register(cast)
    assert again.pk != account.pk
    with pytest.raises(AccountError, match="already"):
        register(cast)


def test_an_account_is_closed_on_a_day_that_was(cast: Cast, client_as: ClientAs) -> None:
    account = register(cast, opened_on=date(2020, 5, 1))
    page = reverse("accounts:official_account_close", args=[account.pk])
    for day in ("2999-01-01", "2019-01-01"):
        answer = client_as("bayu").post(page, {"reason": "x", "closed_on": day})
        assert answer.status_code == 422
        assert "closed_on" in answer.context["form"].errors
    client_as("bayu").post(page, {"reason": "x", "closed_on": "2024-12-31"})
    assert OfficialAccount.objects.get(pk=account.pk).closed_on == date(2024, 12, 31)


def test_suspending_keeps_the_connection_and_closing_forgets_it(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    give_credential(account, cast.bayu)
    MOVES["suspend"](actor=cast.bayu, official_account_id=account.pk, reason="x")
    assert OfficialAccount.objects.get(pk=account.pk).is_connected
    MOVES["close"](actor=cast.bayu, official_account_id=account.pk, reason="x")
    assert not OfficialAccount.objects.get(pk=account.pk).is_connected


@pytest.mark.parametrize("platform", BY_HAND)
def test_accounts_without_a_client_are_kept_by_hand_on_every_page(
    cast: Cast, client_as: ClientAs, platform: str
) -> None:
    handles = {
        "telegram": "samudrakota",
        "linkedin": "samudrakota",
        "whatsapp": "https://whatsapp.com/channel/0029VaSamudraKota12345",
    }
    handle = handles.get(platform, "samudrakota.example/kanal")
    account = register(cast, platform=platform, handle=handle)
    assert not account.can_connect
    client = client_as(factories.reads_english(cast.bayu))
    for name in ("detail", "edit", "close"):
        page = reverse(f"accounts:official_account_{name}", args=[account.pk])
        answer = client.get(page)
        assert answer.status_code == 200
        assert "/connect/" not in answer.content.decode()
        assert 'name="host"' not in answer.content.decode()
    connect = reverse("accounts:official_account_connect", args=[account.pk])
    assert "There is nothing to connect" in client.get(connect).content.decode()
    assert client.post(connect, {"host": "x", "secret": "y"}).status_code == 422
    assert not Credential.objects.exists()
    for name in ("kpi:account_list", "content:post_list", "home", "accounts:official_account_list"):
        assert client.get(reverse(name)).status_code == 200
    for name in ("kpi:account_detail", "kpi:account_collection"):
        assert client.get(reverse(name, args=[account.pk])).status_code == 200
    writer = client_as("dwi").get(reverse("content:post_create")).content.decode()
    assert str(account) not in writer


def test_a_decree_is_kept_and_given_only_to_those_who_see_the_account(
    cast: Cast, client_as: ClientAs
) -> None:
    account = register(cast, decree=Upload(PDF, "SK.pdf"))
    document = Document.objects.get()
    assert trail("accounts.official_account.decree_kept")[0].data["file_sha256"] == document.sha256
    page = reverse("accounts:document_download", args=[account.pk, document.pk])
    answer = client_as("dwi").get(page)
    assert answer.content == PDF
    assert "attachment" in answer["Content-Disposition"]
    (entry,) = trail("accounts.document.exported")
    assert (entry.actor, entry.unit_id) == (cast.dwi, cast.diskominfo.pk)
    assert client_as("fajar").get(page).status_code == 404
    other = factories.official_account(cast.dinkes)
    elsewhere = reverse("accounts:document_download", args=[other.pk, document.pk])
    assert client_as("fajar").get(elsewhere).status_code == 404, "not a document of that account"
    document.path.unlink()
    assert client_as("dwi").get(page).status_code == 404
    assert len(trail("accounts.document.exported")) == 1


@pytest.mark.parametrize("data", [b"<html>", b"", b"MZ\x90", b"%PDF-1.7 cut off"])
def test_a_file_that_is_no_decree_is_refused_and_nothing_is_saved(
    cast: Cast, client_as: ClientAs, data: bytes
) -> None:
    with pytest.raises(AccountError) as refused:
        register(cast, decree=Upload(data, "SK.pdf"))
    assert refused.value.field == "decree_file"
    assert not OfficialAccount.objects.exists()


def assign(cast: Cast, account: OfficialAccount, **changes: Any) -> Any:
    wanted: dict[str, Any] = {
        "user_id": cast.dwi.pk,
        "starts_on": timezone.localdate() - timedelta(days=10),
        **changes,
    }
    return actions.assign_administrator(actor=cast.bayu, official_account_id=account.pk, **wanted)


def test_an_administrator_is_assigned_and_ended_with_dates_and_minutes(
    cast: Cast, client_as: ClientAs
) -> None:
    account, today = register(cast), timezone.localdate()
    made = assign(cast, account, decree="SK 1/2026", minutes=Upload(PDF, "BA.pdf"))
    (entry,) = trail("accounts.administrator.assigned")
    assert (entry.data["person"], entry.target_id) == ("Dwi Hartono", str(account.pk))
    page = reverse("accounts:administrator_end", args=[made.pk])
    early = {"ends_on": (today - timedelta(days=30)).isoformat(), "reason": "x"}
    assert client_as("bayu").post(page, early).status_code == 422
    answer = client_as("bayu").post(page, {"ends_on": today.isoformat(), "reason": "Mutasi"})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.ends_on == today
    assert made.minutes is not None, "the minutes of the beginning stay"
    assert trail("accounts.administrator.ended")[0].data["reason"] == "Mutasi"
    shown = client_as("dwi").get(reverse("accounts:official_account_detail", args=[account.pk]))
    assert "Dwi Hartono" in shown.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"who": "fajar"}, "user"),
        ({"who": "inactive"}, "user"),
        ({"ends": -20}, "ends_on"),
        ({"starts": 9999}, "starts_on"),
        ({"ends": 9999}, "ends_on"),
        ({"again": True}, "user"),
    ],
    ids=str,
)
def test_an_assignment_that_cannot_be_is_refused(
    cast: Cast, changes: dict[str, Any], field: str
) -> None:
    account, today = register(cast), timezone.localdate()
    if changes.get("again"):
        assign(cast, account)
    wanted: dict[str, Any] = {"user_id": getattr(cast, changes.get("who", "dwi")).pk}
    if "ends" in changes:
        wanted["ends_on"] = today + timedelta(days=changes["ends"])
    if "starts" in changes:
        wanted["starts_on"] = today + timedelta(days=changes["starts"])
    with pytest.raises(AccountError) as refused:
        assign(cast, account, **wanted)
    assert refused.value.field == field


def test_the_same_person_may_return_after_an_assignment_is_over(cast: Cast) -> None:
    account, today = register(cast), timezone.localdate()
    first = assign(cast, account, ends_on=today - timedelta(days=5))
    with pytest.raises(AccountError, match="over"):
        actions.end_administrator(
            actor=cast.bayu, administrator_id=first.pk, ends_on=today, reason="x"
        )
    assert assign(cast, account, starts_on=today).pk != first.pk


def test_only_who_keeps_the_account_assigns_and_ends(cast: Cast, client_as: ClientAs) -> None:
    account = register(cast)
    made = assign(cast, account)
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    end = reverse("accounts:administrator_end", args=[made.pk])
    add = reverse("accounts:administrator_add", args=[account.pk])
    assert client_as("nur").get(end).status_code == 404
    assert client_as("nur").get(add).status_code == 404
    factories.grant(cast.dwi, Role.ADMINISTRATOR, cast.dinkes)
    assert client_as("dwi").post(end, {}).status_code == 403
    assert client_as("dwi").post(add, {}).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.end_administrator(
            actor=cast.nur, administrator_id=made.pk, ends_on=timezone.localdate(), reason="x"
        )


def folded(answer: Any) -> dict[str, bool]:
    """Which sections of the form are folded, by their title."""
    parts = re.findall(
        r'<details class="card fold" (open)?>\s*<summary[^>]*>\s*<h2>(.*?)</h2>',
        answer.content.decode(),
    )
    return {title: not is_open for is_open, title in parts}


def test_what_is_seldom_needed_is_folded_until_it_says_something_or_is_wrong(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    address = reverse("accounts:official_account_register")
    purpose, decree, people, custody = (
        "What it is for", "Decree", "Who answers for it", "Custody and sign-in on the platform",
    )  # fmt: skip
    empty = client.get(address)
    assert folded(empty) == {purpose: True, decree: True, people: True, custody: True}
    # Folded or not, all fields are there: without scripts the form is the same.
    assert empty.content.decode().count('name="decree_number"') == 1
    wrong = client.post(
        address,
        typed(cast, handle="", purpose="Kabar", decree_date="2999-01-01"),
    )
    assert wrong.status_code == 422
    assert folded(wrong) == {purpose: False, decree: False, people: True, custody: True}
    account = register(cast, person_in_charge_id=cast.sari.pk)
    edit = client.get(reverse("accounts:official_account_edit", args=[account.pk]))
    assert folded(edit)[people] is False


def test_the_history_names_the_fields_that_were_changed_and_never_what_they_hold(
    cast: Cast, client_as: ClientAs
) -> None:
    account = register(cast)
    actions.change_official_account(
        actor=cast.bayu,
        official_account_id=account.pk,
        unit_id=account.unit_id,
        handle=account.handle,
        host=account.host,
        display_name="Kota Samudra Raya",
        recovery_email_holder="Kepala Bidang Humas",
        person_in_charge_id=cast.sari.pk,
    )
    page = client_as(factories.reads_english(cast.bayu)).get(
        reverse("accounts:official_account_detail", args=[account.pk])
    )
    told = (
        "Bayu Pratama changed the details of @samudrakota (Instagram): Display name, "
        "Holder of the recovery e-mail, Person in charge."
    )
    assert told in page.content.decode()
    kept = Entry.objects.get(event="accounts.official_account.changed").data
    assert kept == {"changed": ["display_name", "recovery_email_holder", "person_in_charge_id"]}


def test_every_field_that_can_be_changed_has_its_name_in_the_history(cast: Cast) -> None:
    form = OfficialAccountForm(user=cast.bayu)
    for name in NAMES:
        shown = form.fields[name.removesuffix("_id")].label
        assert str(LABELS[name]) == (
            "Two-step sign-in checked on" if name == "two_step_checked_on" else str(shown)
        )

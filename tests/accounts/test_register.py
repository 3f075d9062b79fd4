"""What the register keeps of an account: details and evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import actions
from accounts.details import Upload
from accounts.errors import AccountError
from accounts.models import Credential, Document, OfficialAccount
from content.selectors.posts import ONLY_BY_HAND, accounts_to_write_for
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.register_stage import PDF, register, save_details, typed
from tests.cast import Cast

ClientAs = Callable[[object], Client]
BY_HAND = ["whatsapp", "telegram", "linkedin", "wiki", "other"]


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


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
    assert trail("accounts.official_account.changed")[0].data == {
        "changed": ["decree_number"], "before": [""], "after": ["800/41/2026"]
    }  # fmt: skip
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
    assert save_details(client, address, data).status_code == 302
    account.refresh_from_db()
    assert (account.verified, account.audiences) == (False, ["g2c", "g2b"])
    assert (account.person_in_charge, account.decree_date) == (cast.sari, date(2026, 2, 3))
    again = client.get(address).context["form"]
    shown = {name: again[name].value() for name in again.fields if name != "decree_file"}
    shown = {
        name: value.isoformat() if isinstance(value, date) else getattr(value, "pk", value)
        for name, value in shown.items()
    }
    assert save_details(client, address, shown).status_code == 302
    assert len(trail("accounts.official_account.changed")) == 1, "nothing changed the second time"


def test_somebody_in_charge_who_left_stays_on_the_form_and_need_not_be_replaced_at_once(
    cast: Cast, client_as: ClientAs
) -> None:
    account = register(cast, person_in_charge_id=cast.sari.pk)
    cast.sari.is_active = False
    cast.sari.save()
    address = reverse("accounts:official_account_edit", args=[account.pk])
    answer = save_details(
        client_as("bayu"), address, typed(cast, person_in_charge=cast.sari.pk, purpose="Baru")
    )
    assert answer.status_code == 302


def test_the_register_leads_to_all_that_is_about_it(cast: Cast, client_as: ClientAs) -> None:
    ways = ("attestation_list", "finding_list", "handover_list", "compliance_overview")
    health = reverse("accounts:connection_health")
    for who, keeps in (("bayu", True), ("dwi", False)):
        client = client_as(who)
        for name in ("official_account_list", *ways):
            page = client.get(reverse(f"accounts:{name}")).content.decode()
            assert all(f'href="{reverse(f"accounts:{way}")}"' in page for way in ways)
            assert (f'href="{health}"' in page) == keeps


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
    # What nothing sends is written all the same, and a person posts it; a website is not.
    assert (account in accounts_to_write_for(cast.dwi)) == (platform in ONLY_BY_HAND)


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

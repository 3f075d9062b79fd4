from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from accounts import actions
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.models import Credential, OfficialAccount, User
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.gathering import each

ClientAs = Callable[[object], Client]
NOBODIES = ["dwi", "sari", "ratna", "laila", "nur", "inactive"]


def register(cast: Cast, actor: User, **changes: object) -> OfficialAccount:
    wanted: dict[str, object] = {
        "unit_id": cast.diskominfo.pk,
        "platform": "mastodon",
        "handle": "samudrakota",
        "host": "mastodon.social",
        "display_name": "Kota Samudra",
        **changes,
    }
    return actions.register_official_account(actor=actor, **wanted)  # type: ignore[arg-type]  # test keywords


def test_an_account_stays_on_its_platform_and_with_who_registered_it(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    row = OfficialAccount.objects.filter(pk=account.pk)
    for changes in ({"platform": "threads"}, {"registered_by": cast.made}):
        with pytest.raises(InternalError), transaction.atomic():
            row.update(**changes)
    row.update(handle="baru.example", unit=cast.dinkes)


def test_a_registered_account_belongs_to_its_unit_and_is_not_connected(cast: Cast) -> None:
    account = register(cast, cast.bayu)
    assert (account.unit, account.registered_by) == (cast.diskominfo, cast.bayu)
    assert not account.is_connected
    (entry,) = trail("accounts.official_account.registered")
    assert entry.unit_id == cast.diskominfo.pk
    assert entry.data == {
        "platform": "mastodon",
        "host": "mastodon.social",
        "handle": "samudrakota",
    }


@pytest.mark.parametrize("who", NOBODIES)
def test_others_register_nothing(cast: Cast, who: str) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    with pytest.raises(PermissionDenied):
        register(cast, getattr(cast, who))
    assert not OfficialAccount.objects.exists()


@pytest.mark.parametrize(
    ("platform", "typed", "host", "stored"),
    [
        (
            "mastodon",
            "@samudrakota",
            "https://mastodon.social/",
            ("samudrakota", "mastodon.social"),
        ),
        ("mastodon", "@samudrakota@mas.to", "", ("samudrakota", "mas.to")),
        ("mastodon", "https://mas.to/@samudrakota", "MAS.to", ("samudrakota", "mas.to")),
        ("bluesky", "@Samudrakota.bsky.social", "", ("samudrakota.bsky.social", "bsky.social")),
        (
            "bluesky",
            "https://bsky.app/profile/samudrakota.bsky.social",
            "pds.example.org",
            ("samudrakota.bsky.social", "pds.example.org"),
        ),
    ],
)
def test_what_people_type_becomes_one_spelling(
    cast: Cast, platform: str, typed: str, host: str, stored: tuple[str, str]
) -> None:
    account = register(cast, cast.bayu, platform=platform, handle=typed, host=host)
    assert (account.handle, account.host) == stored


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"platform": "myspace"}, "platform"),
        ({"handle": "dua kata"}, "handle"),
        ({"handle": "@"}, "handle"),
        ({"platform": "bluesky", "handle": "tanpatitik"}, "handle"),
        ({"host": ""}, "host"),
        ({"host": "http://mastodon.social"}, "host"),
        ({"host": "127.0.0.1"}, "host"),
        ({"host": "169.254.169.254"}, "host"),
        ({"host": "0x7f.1"}, "host"),
        ({"host": "localhost"}, "host"),
        ({"host": "[::1]"}, "host"),
        ({"host": "https://user:pass@mastodon.social"}, "host"),
        ({"host": "mastodon.social:8080"}, "host"),
        ({"host": "a\0b.example"}, "host"),
    ],
    ids=str,
)
def test_what_cannot_be_an_account_is_refused_beside_its_field(
    cast: Cast, client_as: ClientAs, changes: dict[str, str], field: str
) -> None:
    if "\0" not in str(changes):
        with pytest.raises(AccountError) as refused:
            register(cast, cast.bayu, **changes)
        assert refused.value.field == field
    data = {
        "unit": cast.diskominfo.pk,
        "platform": "mastodon",
        "handle": "samudrakota",
        "host": "mastodon.social",
        "display_name": "Kanal yang diketik",
        "language": "id",
        **changes,
    }
    response = client_as("bayu").post(reverse("accounts:official_account_register"), data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "Kanal yang diketik" in response.content.decode()


def test_handle_and_server_are_both_told_in_one_go(cast: Cast, client_as: ClientAs) -> None:
    data = {
        "unit": cast.diskominfo.pk,
        "platform": "mastodon",
        "handle": "dua kata",
        "host": "127.0.0.1",
        "display_name": "Kanal",
        "language": "id",
    }
    response = client_as("bayu").post(reverse("accounts:official_account_register"), data)
    assert set(response.context["form"].errors) == {"handle", "host"}


def test_a_private_server_is_taken_only_when_the_operator_listed_it(
    cast: Cast, settings: Settings
) -> None:
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({"127.0.0.1:9100"})
    assert register(cast, cast.bayu, host="127.0.0.1:9100").host == "127.0.0.1:9100"
    with pytest.raises(AccountError):
        register(cast, cast.bayu, host="127.0.0.1:9101")


def test_an_account_is_registered_once_whatever_the_case(cast: Cast) -> None:
    register(cast, cast.bayu)
    with pytest.raises(AccountError, match="already"):
        register(cast, cast.bayu, handle="SamudraKota", unit_id=cast.dinkes.pk)
    assert register(cast, cast.bayu, host="mas.to")


def change(actor: User, account: OfficialAccount, **changes: object) -> OfficialAccount:
    names = ("unit_id", "handle", "host", "display_name", "purpose", "language")
    wanted = {name: getattr(account, name) for name in names} | changes
    return actions.change_official_account(actor=actor, official_account_id=account.pk, **wanted)


def test_details_change_and_the_trail_names_them(cast: Cast) -> None:
    account = register(cast, cast.bayu)
    change(cast.bayu, account, purpose="Layanan warga", unit_id=cast.dinkes.pk)
    account.refresh_from_db()
    assert (account.purpose, account.unit) == ("Layanan warga", cast.dinkes)
    (entry,) = trail("accounts.official_account.changed")
    assert entry.data["changed"] == ["unit_id", "purpose"]
    assert entry.data["after"] == [f"{cast.dinkes.pk}:{cast.dinkes.name}", "Layanan warga"]


def test_an_account_is_not_handed_to_a_unit_out_of_reach(cast: Cast) -> None:
    account = register(cast, cast.bayu, unit_id=cast.dinkes.pk)
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    with pytest.raises(PermissionDenied):
        change(cast.nur, account, unit_id=cast.diskominfo.pk)


@pytest.mark.parametrize("changes", [{"handle": "lain"}, {"host": "mas.to"}], ids=str)
def test_another_handle_or_server_must_prove_anew_who_it_is(
    cast: Cast, changes: dict[str, str]
) -> None:
    account = register(cast, cast.bayu)
    give_credential(account, cast.bayu)
    proven = {"platform_id": "42", "url": "https://mastodon.social/@samudrakota"}
    OfficialAccount.objects.filter(pk=account.pk).update(**proven)
    change(cast.bayu, account, display_name="Nama baru")
    kept = OfficialAccount.objects.get(pk=account.pk)
    assert (kept.is_connected, kept.platform_id) == (True, "42")
    assert trail("accounts.official_account.identity_changed") == []
    change(cast.bayu, kept, **changes)
    moved = OfficialAccount.objects.get(pk=account.pk)
    assert (moved.is_connected, moved.platform_id, moved.url) == (False, "", "")
    assert moved.credential.sealed == ""
    (entry,) = trail("accounts.official_account.identity_changed")
    assert entry.data == {
        "handle_before": "samudrakota",
        "host_before": "mastodon.social",
        "was_connected": True,
    }


@each(
    "typed",
    [
        "Kata sandi: Rahasia#12",
        "Kata sandi Rahasia#12",
        "sandi adalah Rahasia12",
        "PIN: 2024",
        "password Samudra-2024",
        "kode pemulihan 2019 2045",
    ],
)
def test_a_password_is_no_name_and_a_campaign_is(cast: Cast, typed: str) -> None:
    account = factories.official_account(cast.diskominfo)
    with pytest.raises(AccountError, match="Leave out passwords and codes") as caught:
        change(cast.bayu, account, display_name=typed)
    assert caught.value.field == "display_name"
    change(cast.bayu, account, display_name="PIN 2024 Samudra")


def test_the_trail_tells_the_handle_before_also_where_there_is_no_server(cast: Cast) -> None:
    account = factories.official_account(
        cast.diskominfo, platform="x", handle="samudrakota", host=""
    )
    change(cast.bayu, account, handle="kotasamudra")
    (entry,) = trail("accounts.official_account.identity_changed")
    with translation.override("en"):
        assert "(before: samudrakota, server: that of the platform)" in entry.sentence
    with translation.override("id"):
        assert "(sebelumnya: samudrakota, server: milik platform)" in entry.sentence


def test_the_page_says_that_another_handle_disconnects_before_it_is_saved(
    cast: Cast, client_as: ClientAs
) -> None:
    account, client = register(cast, cast.bayu), client_as("bayu")
    address = reverse("accounts:official_account_edit", args=[account.pk])
    warning = "must be connected again"
    factories.reads_english(cast.bayu)
    assert warning not in client.get(address).content.decode(), "nothing can be lost yet"
    give_credential(account, cast.bayu)
    assert warning in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("sees", "told"),
    [(True, "@samudrakota (Mastodon) of Dinas Kesehatan"), (False, "a unit that you do not see")],
)
def test_who_has_an_account_already_is_told_to_those_who_may_see_it(
    cast: Cast, sees: bool, told: str
) -> None:
    register(cast, cast.bayu, unit_id=cast.dinkes.pk)
    gede = factories.user("Gede Putra")
    factories.grant(gede, Role.ADMINISTRATOR, cast.city if sees else cast.diskominfo)
    with pytest.raises(AccountError, match="already") as refused:
        register(cast, gede)
    assert told in str(refused.value)
    assert refused.value.field == "handle"


def test_a_bluesky_handle_is_registered_once_whatever_server_it_goes_through(cast: Cast) -> None:
    there: dict[str, str] = {"platform": "bluesky", "handle": "kota.example"}
    register(cast, cast.bayu, **there)
    other = register(cast, cast.bayu, platform="bluesky", handle="dinas.example")
    with pytest.raises(AccountError, match="already"):
        register(cast, cast.bayu, **there, host="pds.example.org")
    with pytest.raises(AccountError, match="already"):
        change(cast.bayu, other, handle="kota.example", host="pds.example.org")


@pytest.mark.parametrize(
    ("one", "other", "held_apart"),
    [
        ({"platform": "bluesky"}, {"platform": "bluesky", "host": "pds.example.org"}, False),
        ({"platform": "mastodon"}, {"platform": "mastodon"}, False),
        ({"platform": "mastodon"}, {"platform": "mastodon", "host": "mas.to"}, True),
        ({"platform": "mastodon"}, {"platform": "bluesky"}, True),
    ],
)
def test_the_table_itself_holds_one_row_for_each_identity(
    cast: Cast, one: dict[str, Any], other: dict[str, Any], held_apart: bool
) -> None:
    factories.official_account(cast.diskominfo, handle="a.example", platform_id="42", **one)
    with nullcontext() if held_apart else pytest.raises(IntegrityError), transaction.atomic():
        factories.official_account(cast.dinkes, handle="b.example", platform_id="42", **other)
    factories.official_account(cast.dinkes, handle="c.example", **other)
    factories.official_account(cast.dinkes, handle="d.example", **other)


def test_a_closed_account_forgets_its_secret_and_keeps_its_record(cast: Cast) -> None:
    account = register(cast, cast.bayu)
    give_credential(account, cast.bayu)
    actions.close_official_account(
        actor=cast.bayu, official_account_id=account.pk, reason="Digabung"
    )
    credential = Credential.objects.get(official_account=account)
    assert (credential.sealed, credential.status) == ("", Credential.Status.REMOVED)
    assert trail("accounts.official_account.closed")[0].data["reason"] == "Digabung"
    with pytest.raises(AccountError, match="closed already"):
        actions.close_official_account(
            actor=cast.bayu, official_account_id=account.pk, reason="Lagi"
        )
    opened = actions.reopen_official_account(
        actor=cast.bayu, official_account_id=account.pk, reason="Dipakai lagi"
    )
    assert opened.status == OfficialAccount.Status.ACTIVE
    assert not OfficialAccount.objects.get(pk=account.pk).is_connected


@pytest.mark.parametrize("who", NOBODIES)
def test_others_change_close_reopen_and_disconnect_nothing(cast: Cast, who: str) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    account, actor = register(cast, cast.bayu), getattr(cast, who)
    give_credential(account, cast.bayu)
    with pytest.raises(PermissionDenied):
        change(actor, account, purpose="x")
    for action in (
        actions.close_official_account,
        actions.reopen_official_account,
        actions.disconnect_account,
    ):
        with pytest.raises(PermissionDenied):
            action(actor=actor, official_account_id=account.pk, reason="x")
    assert OfficialAccount.objects.get(pk=account.pk).is_connected


def test_no_account_and_no_credential_row_is_ever_deleted(cast: Cast) -> None:
    account = register(cast, cast.bayu)
    credential = give_credential(account, cast.bayu)
    for rows in (
        Credential.objects.filter(pk=credential.pk),
        OfficialAccount.objects.filter(pk=account.pk),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            rows._raw_delete("default")  # past the ORM's own guard


def test_the_export_holds_what_is_filtered_and_no_formula(cast: Cast, client_as: ClientAs) -> None:
    factories.official_account(cast.dinkes, display_name="=HYPERLINK(1)", handle="a.example")
    factories.official_account(cast.diskominfo, display_name="Lain", handle="b.example")
    address = reverse("accounts:official_account_export")
    response = client_as("laila").get(address, {"unit": cast.dinkes.pk})
    text = response.getvalue().decode()
    assert "'=HYPERLINK(1)" in text
    assert "b.example" not in text
    assert "Lain" not in text
    (entry,) = trail("accounts.official_account.exported")
    assert entry.data == {"rows": 1, "filters": f"unit={cast.dinkes.pk}"}

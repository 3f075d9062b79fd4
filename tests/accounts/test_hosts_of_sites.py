"""What is registered by its address is on the server of that address, whoever says otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import actions, importing
from accounts.addresses import clean_handle
from accounts.errors import AccountError
from accounts.models import OfficialAccount
from accounts.own_urls import refuse_foreign_url
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.register_stage import register, save_details, typed
from tests.cast import Cast

ClientAs = Callable[[object], Client]
SITE = "https://www.samudrakota.go.id"
BY_ADDRESS = pytest.mark.parametrize("platform", ["feed", "wiki", "other"])


@BY_ADDRESS
@pytest.mark.parametrize("forged", ["penipu.example", "https://penipu.example", "go.id"])
def test_a_forged_server_is_refused_beside_its_field_through_every_door(
    cast: Cast, client_as: ClientAs, platform: str, forged: str
) -> None:
    with pytest.raises(AccountError) as refused:
        register(cast, platform=platform, handle=SITE, host=forged)
    assert refused.value.field == "host"
    assert "samudrakota.go.id" in str(refused.value)
    page = client_as("bayu").post(
        reverse("accounts:official_account_register"),
        typed(cast, platform=platform, handle=SITE, host=forged),
    )
    assert page.status_code == 422
    assert "host" in page.context["form"].errors
    row = {
        "unit": "Diskominfo", "platform": platform, "handle": SITE, "display_name": "Kota",
        "host": forged,
    }  # fmt: skip
    (checked,) = importing.check(cast.bayu, [(2, row)])
    assert set(checked.errors) == {"host"}
    assert not OfficialAccount.objects.exists()


@BY_ADDRESS
@pytest.mark.parametrize("host", ["", "samudrakota.go.id", "https://WWW.samudrakota.go.id/"])
def test_its_own_server_may_be_said_or_left_out(cast: Cast, platform: str, host: str) -> None:
    account = register(cast, platform=platform, handle=SITE, host=host)
    assert account.handle == "samudrakota.go.id"
    assert account.host.removeprefix("www.") == "samudrakota.go.id"


def test_a_change_cannot_bring_a_foreign_server_either(cast: Cast) -> None:
    account = register(cast, platform="feed", handle=SITE)
    with pytest.raises(AccountError) as refused:
        actions.change_official_account(
            actor=cast.bayu,
            official_account_id=account.pk,
            unit_id=account.unit_id,
            handle=account.handle,
            host="penipu.example",
            display_name="Kota",
        )
    assert refused.value.field == "host"


def test_saving_the_form_of_a_site_as_it_is_changes_neither_server_nor_address(
    cast: Cast, client_as: ClientAs
) -> None:
    account = register(cast, platform="feed", handle=SITE, url=f"{SITE}/berita")
    OfficialAccount.objects.update(platform_id="tag:kota")
    edit = reverse("accounts:official_account_edit", args=[account.pk])
    client = client_as("bayu")
    fields = typed(cast, platform="", handle=account.handle, display_name="Nama baru")
    assert save_details(client, edit, fields | {"url": account.url}).status_code == 302
    account.refresh_from_db()
    assert (account.display_name, account.host) == ("Nama baru", "www.samudrakota.go.id")
    assert (account.url, account.platform_id) == (f"{SITE}/berita", "tag:kota")
    assert not trail("accounts.official_account.identity_changed")
    # Another address is another site, with its own server.
    fields["handle"] = "https://baru.go.id"
    assert save_details(client, edit, fields).status_code == 302
    account.refresh_from_db()
    assert (account.handle, account.host) == ("baru.go.id", "baru.go.id")


def test_a_foreign_server_from_before_is_refused_and_not_silently_replaced(
    cast: Cast, client_as: ClientAs
) -> None:
    account = factories.official_account(
        cast.diskominfo, platform="feed", handle="samudrakota.go.id", host="penipu.example"
    )
    edit = reverse("accounts:official_account_edit", args=[account.pk])
    fields = typed(cast, platform="", handle=account.handle)
    page = client_as("bayu").post(edit, fields)
    assert page.status_code == 422
    assert page.context["form"].errors
    account.refresh_from_db()
    assert account.host == "penipu.example"
    # Its address does not become an official one of that server meanwhile.
    with pytest.raises(AccountError):
        refuse_foreign_url("feed", account.host, account.handle, "https://penipu.example/")
    assert save_details(client_as("bayu"), edit, fields | {"handle": SITE}).status_code == 302
    account.refresh_from_db()
    assert account.host == "www.samudrakota.go.id"


@pytest.mark.parametrize("other", ["https://samudrakota.go.id", "HTTPS://WWW.SAMUDRAKOTA.GO.ID/"])
def test_the_same_site_is_registered_once(cast: Cast, other: str) -> None:
    register(cast, platform="feed", handle=SITE)
    with pytest.raises(AccountError, match="registered already"):
        register(cast, platform="feed", handle=other)


def test_the_training_platforms_stand_in_for_made_up_sites(settings: Settings) -> None:
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({"127.0.0.1:8100", "127.0.0.1:9"})
    settings.TRAINING_URL = "http://127.0.0.1:8100"
    site = ("samudrakota.example", "http://127.0.0.1:8100")
    assert clean_handle("feed", site[0], site[1])[0] == site[0]
    with pytest.raises(AccountError):
        clean_handle("feed", site[0], "http://127.0.0.1:9")
    settings.TRAINING_URL = ""
    with pytest.raises(AccountError):
        clean_handle("feed", *site)


@BY_ADDRESS
def test_a_wrong_address_is_one_mistake_and_not_a_server_too(
    cast: Cast, client_as: ClientAs, platform: str
) -> None:
    for handle, wrong in (("bukan alamat", {"handle"}), (SITE, set[str]())):
        page = client_as("bayu").post(
            reverse("accounts:official_account_register"),
            typed(cast, platform=platform, handle=handle, host=""),
        )
        assert page.status_code == (422 if wrong else 302)
        assert set(page.context["form"].errors if wrong else ()) == wrong

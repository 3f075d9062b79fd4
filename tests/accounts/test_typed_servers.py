"""The server that somebody types is kept, or refused beside its field; it is never dropped."""

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
from tests.accounts.register_stage import register, save_details, typed
from tests.cast import Cast

ClientAs = Callable[[object], Client]
LONG = ".".join(["a" * 60] * 4) + ".id"
# Shorter as typed than as it is kept.
CYRILLIC = ".".join(["жк" * 22] * 4) + ".id"
ROW = {"unit": "Diskominfo", "platform": "mastodon", "handle": "humas", "display_name": "Humas"}


@pytest.mark.parametrize(
    ("handle", "host"),
    [
        ("@walikota@masto.example", "other.example"),
        ("https://masto.example/@walikota", "other.example"),
        ("https://other.example/@walikota@masto.example", "other.example"),
        ("humas", LONG),
        ("humas", CYRILLIC),
    ],
)
def test_a_server_that_cannot_be_meant_is_refused_through_every_door(
    cast: Cast, client_as: ClientAs, handle: str, host: str
) -> None:
    with pytest.raises(AccountError) as refused:
        register(cast, platform="mastodon", handle=handle, host=host)
    assert refused.value.field == "host"
    page = client_as("bayu").post(
        reverse("accounts:official_account_register"),
        typed(cast, platform="mastodon", handle=handle, host=host),
    )
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["host"]
    good = ROW | {"handle": "lain", "host": "masto.example"}
    rows = importing.check(cast.bayu, [(2, ROW | {"handle": handle, "host": host}), (3, good)])
    assert [set(row.errors) for row in rows] == [{"host"}, set()]
    assert not OfficialAccount.objects.exists()


def test_a_long_server_within_the_handle_is_refused_too(cast: Cast) -> None:
    with pytest.raises(AccountError) as refused:
        register(cast, platform="mastodon", handle=f"@humas@{LONG}")
    assert refused.value.field == "host"
    (checked,) = importing.check(cast.bayu, [(2, ROW | {"handle": f"@humas@{LONG}"})])
    assert set(checked.errors) == {"host"}


@pytest.mark.parametrize("host", ["", "masto.example", "https://MASTO.example/", " masto.example"])
@pytest.mark.parametrize("handle", ["@walikota@masto.example", "https://masto.example/@walikota"])
def test_the_same_server_may_be_said_twice(cast: Cast, handle: str, host: str) -> None:
    account = register(cast, platform="mastodon", handle=handle, host=host)
    assert (account.handle, account.host) == ("walikota", "masto.example")


def test_a_change_says_which_of_two_servers_is_meant(cast: Cast, client_as: ClientAs) -> None:
    account = register(cast, platform="mastodon", handle="@walikota@masto.example")
    edit = reverse("accounts:official_account_edit", args=[account.pk])
    fields = typed(cast, platform="", handle="@walikota@other.example", host="masto.example")
    page = client_as("bayu").post(edit, fields)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["host"]
    assert save_details(client_as("bayu"), edit, fields | {"host": ""}).status_code == 302
    account.refresh_from_db()
    assert account.host == "other.example"
    with pytest.raises(AccountError) as refused:
        actions.change_official_account(
            actor=cast.bayu,
            official_account_id=account.pk,
            unit_id=account.unit_id,
            handle="@walikota@third.example",
            host=account.host,
            display_name="Wali Kota",
        )
    assert refused.value.field == "host"


def test_the_training_platforms_stand_in_for_made_up_servers(settings: Settings) -> None:
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({"127.0.0.1:8100"})
    settings.TRAINING_URL = "http://127.0.0.1:8100"
    stored = clean_handle("mastodon", "@humas@masto.example", "127.0.0.1:8100")
    assert stored == ("humas", "127.0.0.1:8100")


@pytest.mark.parametrize("typed_handle", ["https://www.linkedin.com/in/Wali-Kota/", "in/wali-kota"])
def test_a_persons_page_on_linkedin_can_be_saved_again(
    cast: Cast, client_as: ClientAs, typed_handle: str
) -> None:
    account = register(cast, platform="linkedin", handle=typed_handle)
    assert account.handle == "in/wali-kota"
    edit = reverse("accounts:official_account_edit", args=[account.pk])
    fields = typed(cast, platform="", handle=account.handle, display_name="Nama baru")
    assert save_details(client_as("bayu"), edit, fields).status_code == 302


def test_an_imported_blog_with_a_sign_in_its_address_can_be_saved_again(
    cast: Cast, client_as: ClientAs
) -> None:
    row = ROW | {"platform": "other", "handle": "https://medium.com/@humas-samudra"}
    (checked,) = importing.check(cast.bayu, [(2, row)])
    account = register(cast, platform="other", handle=checked.wanted["handle"])
    edit = reverse("accounts:official_account_edit", args=[account.pk])
    fields = typed(cast, platform="", handle=account.handle, display_name="Nama baru")
    assert save_details(client_as("bayu"), edit, fields).status_code == 302
    account.refresh_from_db()
    assert (account.display_name, account.handle) == ("Nama baru", "medium.com/@humas-samudra")

"""What is said beside a field helps to mend it, and says it once."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts import documents, spending
from accounts.actions import set_platform_app
from accounts.addresses import clean_handle
from accounts.errors import AccountError
from tests import factories
from tests.accounts.register_stage import typed
from tests.cast import Cast

ClientAs = Callable[[object], Client]


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (lambda: b"PK a letter", "no PDF and no picture"),
        (lambda: b"%PDF-1.4 cut off", "no PDF and no picture"),
        (lambda: picture(8, 8, "BMP"), "no PDF and no picture"),
        (lambda: picture(400, 400)[:50], "no PDF and no picture"),
        (lambda: picture(6_000, 5_000), "at most 25 megapixels"),
        (lambda: picture(12_000, 12_000), "at most 25 megapixels"),
    ],
    ids=["foreign", "half a PDF", "BMP", "half a PNG", "large", "a bomb"],
)
def test_a_file_is_refused_for_what_is_wrong_with_it(
    db: None, data: Callable[[], bytes], said: str
) -> None:
    with pytest.raises(AccountError) as refused:
        documents.keep_document(data(), "sk.pdf", by=None, field="decree")
    assert said in str(refused.value)
    assert ("megapixels" in str(refused.value)) is ("megapixels" in said)


def test_an_address_on_another_platform_is_one_mistake(cast: Cast, client_as: ClientAs) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    address = reverse("accounts:official_account_register")
    elsewhere = "https://www.instagram.com/samudrakota"
    fields = typed(cast, platform="mastodon", handle=elsewhere, host="")
    errors = client.post(address, fields).context["form"].errors
    assert dict(errors) == {
        "handle": [
            "This is an address of Instagram. Choose the platform Instagram, or write the name of "
            "the account on Mastodon."
        ]
    }
    plain = client.post(address, fields | {"handle": "humas"}).context["form"].errors
    assert set(plain) == {"host"}, "a name says nothing of its server"
    both = client.post(address, fields | {"host": "10.0.0.1", "handle": "a b"})
    assert set(both.context["form"].errors) == {"handle", "host"}, "two mistakes are told at once"


def test_the_name_of_a_facebook_page_is_explained() -> None:
    with pytest.raises(AccountError, match="Copy it from the address of the page"):
        clean_handle("facebook", "kota", "")
    assert clean_handle("facebook", "100064123456789", "")[0] == "100064123456789"


def test_the_price_list_of_x_names_its_source_and_day(cast: Cast, client_as: ClientAs) -> None:
    (x,) = [one for one in spending.spending_visible_to(cast.bayu) if one.platform == "x"]
    assert x.prices_read_on is not None
    page = client_as(factories.reads_english(cast.bayu)).get(reverse("people:spending_list"))
    assert "Source: documentation of the X API, pricing, as of 22 August 2026" in " ".join(
        page.content.decode().split()
    )


def test_the_buttons_of_a_platform_are_short_and_named(cast: Cast, client_as: ClientAs) -> None:
    set_platform_app(actor=cast.bayu, platform="facebook", client_id="1", client_secret="rahasia")
    page = client_as(factories.reads_english(cast.bayu)).get(reverse("people:platform_app_list"))
    text = page.content.decode()
    assert 'Remove<span class="visually-hidden"> Facebook</span>' in text
    assert 'Change<span class="visually-hidden"> Facebook</span>' in text
    assert "Remove the application" not in text

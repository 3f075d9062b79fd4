"""Accounts that stand together on a page are told apart, in words that people know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models.naming import told_apart
from content import comparing, pages, preflight
from tests import factories
from tests.cast import Cast
from tests.content.stage import answers, document, make_stage

ADDRESS = "https://whatsapp.com/channel/0029VaSamudraKotaResmi01"


def channel(cast: Cast, number: int = 1, name: str = "Kabar Samudra") -> Any:
    address = f"{ADDRESS}{number}"
    return factories.official_account(
        cast.diskominfo, platform="whatsapp", handle=address, display_name=name
    )


def test_what_two_accounts_share_is_followed_by_what_they_do_not(cast: Cast) -> None:
    first, second = (
        factories.official_account(cast.diskominfo, platform="instagram", handle=name)
        for name in ("samudrakota", "dinkes")
    )
    other, twin, alone = channel(cast), channel(cast, 2), channel(cast, 3, "Dinkes")
    assert told_apart([first, other], shortly=True) == {
        first.pk: "Instagram", other.pk: "WhatsApp channel",
    }  # fmt: skip
    assert told_apart([first, second, alone], shortly=True) == {
        first.pk: "@samudrakota (Instagram)",
        second.pk: "@dinkes (Instagram)",
        alone.pk: "WhatsApp channel",
    }
    named = told_apart([other, twin, alone])
    assert named[alone.pk] == "Dinkes (WhatsApp channel)"
    assert named[other.pk] == str(other)
    assert len(set(named.values())) == 3
    assert (first.beside_its_name, other.beside_its_name) == (
        "@samudrakota (Instagram)", "WhatsApp channel",
    )  # fmt: skip


def test_the_pages_of_a_post_tell_two_accounts_of_one_platform_apart(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    stage = make_stage(cast)
    twin = factories.official_account(
        cast.diskominfo, platform=stage.account.platform, handle="dinkes.samudrakota"
    )
    said = document(stage.account, twin)
    shown = pages.previews(stage.post, said, [stage.account, twin])
    choice = render_to_string(
        "content/_account_choice.html", {"previews": shown, "shown": twin.pk}
    ).replace("<wbr>", "")
    assert f">{stage.account.in_words}</a>" in choice
    assert f'aria-current="true">{twin.in_words}</a>' in choice
    client = client_as(factories.reads_english(cast.dwi))
    typed = {"unit": cast.diskominfo.pk, "accounts": [stage.account.pk, twin.pk], "text": "Halo"}
    told = client.post(reverse("content:post_preview"), {**typed, **answers()}).content.decode()
    for account in (stage.account, twin):
        assert f"<h2>{account.in_words}</h2>" in told.replace("<wbr>", "")


def test_a_channel_goes_by_its_name_where_its_address_says_nothing(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    made = channel(cast)
    old, new = document(made), document(made, text="Vaksin rabies gratis, besok.")
    (row,) = comparing.changed_fields(old, new, post=make_stage(cast).post)
    assert row["label"] == "Text · Kabar Samudra (WhatsApp channel)"
    assert ADDRESS not in "".join(preflight.unconnected([made]))
    empty = preflight.problems(made, "", [])
    assert ADDRESS not in "".join(one.message for one in empty)
    client = client_as(factories.reads_english(cast.dwi))
    assert ADDRESS not in client.get(reverse("content:post_create")).content.decode()

"""Accounts that stand together on a page are told apart, in words that people know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import OfficialAccount
from accounts.models.naming import told_apart
from content import actions, comparing, preflight
from content.forms.freezes import FreezeForm
from content.forms.policies import PolicyForm
from content.forms.slots import SlotsForm
from content.models import Post
from content.pages import posts as pages
from content.preparing import expected, prepare
from tests import factories
from tests.cast import Cast
from tests.content.stage import answers, document, make_stage, media_item, picture

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
    # A name that says the platform itself says it once.
    assert channel(cast, 4, "WhatsApp channel of Dinkes").in_words == "WhatsApp channel of Dinkes"
    assert named[other.pk] == str(other)
    assert len(set(named.values())) == 3
    assert (first.beside_its_name, other.beside_its_name) == (
        "@samudrakota (Instagram)", "WhatsApp channel",
    )  # fmt: skip


def test_a_preview_says_that_an_alternative_text_does_not_go_out_where_none_is_taken(
    cast: Cast,
) -> None:
    media = actions.store_image(actor=cast.dwi, unit_id=cast.diskominfo.pk, data=picture())
    item, bluesky = media_item(media, "Poster biru"), make_stage(cast).account
    for account, stays in ((channel(cast), True), (bluesky, False)):
        said = document(account, media=[item])
        said = replace(said, prepared={account.pk: prepare(said, account, expected)})
        (shown,) = pages.previews(Post(unit=cast.diskominfo), said, [account])
        with override("en"):
            page = render_to_string("components/post_preview.html", shown | {"platform": "It"})
        assert ("does not go out on It" in page) == stays


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
        "content/_account_choice.html",
        {"previews": shown, "shown": twin.pk},
        request=RequestFactory().get("/"),
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
    assert ADDRESS not in client.get(reverse("content:post_create"), follow=True).content.decode()


def test_choices_name_accounts_as_pages_do_and_offer_only_what_publishes(cast: Cast) -> None:
    made = channel(cast)
    twins = [channel(cast, number, "Kembar") for number in (2, 3)]
    closed = factories.official_account(
        cast.diskominfo,
        platform="facebook",
        handle="lama",
        status=OfficialAccount.Status.CLOSED,
        closed_on=timezone.localdate(),
        closed_reason="Tidak dipakai lagi.",
    )
    site = factories.official_account(
        cast.diskominfo, platform="feed", handle="samudra.example", display_name="Situs Samudra"
    )
    with override("en"):
        freeze = str(FreezeForm(user=cast.sari)["official_account"])
        slots = str(SlotsForm(user=cast.bayu)["official_account"])
    for choice in (freeze, slots):
        assert ">Kabar Samudra (WhatsApp channel)</option>" in choice
        assert f'value="{made.pk}"' in choice
        # What is the same is followed by what is not.
        assert all(f">{one}</option>" in choice for one in twins)
        assert f'value="{closed.pk}"' not in choice
        assert f'value="{site.pk}"' not in choice
    assert '<option value="" selected>Choose an account</option>' in slots
    assert "optgroup" not in slots, "one unit needs no heading"


def test_a_policy_is_set_for_all_accounts_or_for_one_that_stands_below_its_unit(cast: Cast) -> None:
    here = factories.official_account(cast.diskominfo, platform="x", handle="kominfo")
    there = factories.official_account(cast.dinkes, platform="x", handle="dinkes")
    with override("en"):
        choice = str(PolicyForm(user=cast.bayu)["official_account"])
    assert '<option value="" selected>All accounts</option>' in choice
    for account in (here, there):
        _before, _heading, below = choice.partition(f'<optgroup label="{account.unit}">')
        assert f">{account.in_words}</option>" in below.partition("</optgroup>")[0]


def test_a_dangerous_button_says_on_which_platform(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    stage = make_stage(cast).submit().approve()
    address = reverse("content:publication_cancel", args=[stage.publication.pk])
    shown = client_as(factories.reads_english(cast.sari)).get(address).content.decode()
    assert f"Cancel for {stage.account.in_words}" in " ".join(shown.split())


def test_a_page_about_one_channel_calls_it_by_its_name_unless_another_has_it_too(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    made = channel(cast)
    client = client_as(factories.reads_english(cast.bayu))
    page = client.get(reverse("accounts:official_account_suspend", args=[made.pk])).content.decode()
    assert "Suspend Kabar Samudra (WhatsApp channel)" in page
    assert ADDRESS not in page
    twin = channel(cast, 2)
    assert OfficialAccount.objects.get(pk=made.pk).called == str(made)
    assert twin.called == str(twin)

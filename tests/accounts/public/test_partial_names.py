"""A name without the server that belongs to it: the check finds it, a report asks for the rest."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts import impersonation_selectors as selectors
from accounts.errors import AccountError
from accounts.models import ImpersonationReport
from accounts.public import checking
from accounts.public.answers import Answer
from accounts.public.register import register
from accounts.suspects import read_suspect
from tests.accounts.public.conftest import official
from tests.accounts.public.test_reports import _stamp_of
from tests.cast import Cast

CHECK = "/official/check/"
CHANNEL = "0029VaSamudraKota"
pytestmark = pytest.mark.usefixtures("published")


@pytest.fixture(autouse=True)
def further(cast: Cast) -> None:
    official(cast, "mastodon", "samudrakota", host="sosial.go.id")
    official(cast, "mastodon", "bpbd_samudra", host="sosial.go.id:8443")
    official(cast, "bluesky", "samudrakota.bsky.social")
    official(cast, "whatsapp", f"whatsapp.com/channel/{CHANNEL}")


def answer(text: str, platform: str) -> Answer:
    snapshot = register.now().snapshot
    (found,) = checking.answer(snapshot, checking.read(text, platform)).answers
    return found


@pytest.mark.parametrize(
    ("text", "platform", "shown"),
    [
        ("samudrakota", "mastodon", ["@samudrakota@mas.to", "@samudrakota@sosial.go.id"]),
        ("@SAMUDRAKOTA", "mastodon", ["@samudrakota@mas.to", "@samudrakota@sosial.go.id"]),
        ("bpbd_samudra", "mastodon", ["@bpbd_samudra@sosial.go.id:8443"]),
        ("@samudrakota", "bluesky", ["@samudrakota.bsky.social"]),
        ("samudrakota", "feed", ["samudrakota.go.id"]),
    ],
)
def test_every_account_of_that_name_on_the_platform_is_official(
    text: str, platform: str, shown: list[str]
) -> None:
    found = answer(text, platform)
    assert found.verdict == "official"
    assert sorted(one.shown for one in found.accounts) == shown
    assert not found.is_one_account


def test_the_server_is_asked_to_be_compared_and_the_typed_text_stays() -> None:
    query = {"q": "bpbd_samudra", "platform": "mastodon", "lang": "en"}
    page = html.unescape(Client().get(CHECK, query).content.decode())
    assert "@bpbd_samudra is the name of an official account on Mastodon" in page
    assert "compare the server behind the second @ too" in page
    assert 'value="@bpbd_samudra"' in page
    assert "@bpbd_samudra@<" not in page
    assert "Do not send it money" not in page


@pytest.mark.parametrize("suspect", ["bpbd-samudra", "samudrak0ta", "samudrakota_resmi"])
def test_a_name_that_only_resembles_is_still_told(suspect: str) -> None:
    found = answer(suspect, "mastodon")
    assert found.verdict == "similar"
    assert found.shown.replace('<mark class="verdict-mark">', "").replace("</mark>", "") == (
        f"@{suspect}"
    )


@pytest.mark.parametrize(
    ("text", "platform", "verdict"),
    [
        # On another server it is somebody else's, and a whole domain leaves nothing open.
        ("@samudrakota@mastodon.social", "mastodon", "similar"),
        ("samudrakota.penipu.example", "bluesky", "similar"),
        ("bsky", "bluesky", "unknown"),
        ("go.id", "feed", "unknown"),
        ("dapurbunda", "wiki", "unknown"),
        ("\0@", "mastodon", None),
    ],
)
def test_nothing_else_becomes_official(text: str, platform: str, verdict: str | None) -> None:
    snapshot = register.now().snapshot
    found = checking.answer(snapshot, checking.read(text, platform)).answers
    assert [one.verdict for one in found] == ([verdict] if verdict else [])


@pytest.mark.parametrize("typed", [CHANNEL, f"@{CHANNEL}", f"whatsapp.com/channel/{CHANNEL}"])
def test_the_code_of_a_channel_is_the_channel(typed: str) -> None:
    found = answer(typed, "whatsapp")
    assert found.verdict == "official"
    assert found.is_one_account
    assert found.reference.shown == f"whatsapp.com/channel/{CHANNEL}"
    with pytest.raises(AccountError, match="account is official"):
        report(typed, "whatsapp")


@pytest.mark.parametrize("typed", [CHANNEL.lower(), f"{CHANNEL}x", "0029", f"{CHANNEL}<b>"])
def test_another_code_is_not(typed: str) -> None:
    assert answer(typed, "whatsapp").verdict != "official"


def report(suspect: str, platform: str) -> actions.Received:
    return actions.report_impersonation(
        actor=selectors.the_public(), channel="public", suspect=suspect, platform=platform,
        imitated="", happened="Meminta uang",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("suspect", "platform", "words"),
    [
        ("@bpbd_samudra", "mastodon", "@name@server"),
        ("akunpenipu", "mastodon", "@name@server"),
        ("@samudrakota", "bluesky", "name.bsky.social"),
        ("samudrakota", "whatsapp", "link of the channel"),
        ("samudrakota", "feed", "whole address of the website"),
        ("@satu @dua", "instagram", "one account or number at a time"),
        ("https://instagram.com/satu https://t.me/dua", "", "one account or number at a time"),
        ("@satu\n@dua", "mastodon", "one account or number at a time"),
    ],
)
def test_a_report_names_one_whole_account(suspect: str, platform: str, words: str) -> None:
    with pytest.raises(AccountError, match=words) as refused:
        report(suspect, platform)
    assert refused.value.field == "suspect"
    assert not ImpersonationReport.objects.exists()


@pytest.mark.parametrize(
    ("suspect", "platform", "shown"),
    [
        ("@bpbd_samudra@penipu.example", "mastodon", "@bpbd_samudra@penipu.example"),
        ("bpbd.bsky.social", "bluesky", "bsky.app/profile/bpbd.bsky.social"),
        ("0812-3456-7890", "whatsapp", "0812-3456-7890"),
        # As apps share it: the name, and its address.
        ("Lihat @penipu di https://instagram.com/Penipu?igsh=1", "", "instagram.com/penipu"),
    ],
)
def test_what_names_one_is_taken(suspect: str, platform: str, shown: str) -> None:
    assert read_suspect(suspect, platform).shown == shown


@pytest.mark.parametrize("form", ["official:report_make", "impersonations:report_make"])
def test_the_forms_keep_what_was_typed(cast: Cast, client_as: Any, form: str) -> None:
    client = client_as("bayu") if form.startswith("impersonations") else Client()
    data = {"happened": "Minta uang", "platform": "mastodon", "stamp": _stamp_of(60)}
    for typed in ("@satu @dua", "@bpbd_samudra"):
        answer = client.post(reverse(form), {**data, "suspect": typed})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert 'id="id_suspect_error"' in page
        assert f'value="{typed}"' in page
    assert not ImpersonationReport.objects.exists()

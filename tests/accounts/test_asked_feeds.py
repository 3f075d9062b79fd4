"""A feed that differs from the known one only behind the "?" is kept once a person says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.feed_questions import FeedQuestion, FeedUnconfirmed
from accounts.models import Credential, OfficialAccount
from accounts.vault import unseal
from govsocial.audit.models import Entry
from govsocial.platforms.feed.client import identity_of
from tests import factories
from tests.accounts import feed_site
from tests.accounts.conftest import trail
from tests.cast import Cast
from tests.platforms.fakes import Reply, Server
from tests.platforms.feed_stage import FEED

ClientAs = Callable[[object], Client]
Connect = Callable[..., OfficialAccount]
site, account = feed_site.site, feed_site.account
SAID = "accounts.connection.feed_said_same"


@pytest.fixture
def connect(cast: Cast, account: OfficialAccount, site: Server) -> Connect:
    """Connects the feed with a query; as anybody, and with any answer."""

    def act(query: str, answer: str = "", **others: Any) -> OfficialAccount:
        told: dict[str, Any] = {
            "actor": cast.bayu,
            "official_account_id": account.pk,
            "host": account.host,
        }
        typed = f"{site.base}/feed.json{query}"
        return actions.connect_account(
            **told | {"typed_secret": typed, "same_feed": answer} | others
        )

    return act


def asked(connect: Connect, query: str, answer: str = "", **others: Any) -> FeedQuestion:
    kept = Credential.objects.values_list("sealed", "official_account__platform_id").get()
    with pytest.raises(FeedUnconfirmed) as refused:
        connect(query, answer, **others)
    assert Credential.objects.values_list("sealed", "official_account__platform_id").get() == kept
    assert refused.value.field == "same_feed"
    return refused.value.question


def read_now() -> str:
    return unseal(Credential.objects.get())["feed_url"].partition("?")[2]


def test_a_yes_counts_for_the_feed_that_was_asked_about_and_once(
    cast: Cast, account: OfficialAccount, site: Server, connect: Connect
) -> None:
    before = connect("?unit=a&key=LAMA").platform_id
    question = asked(connect, "?unit=b&key=LAMA")
    place = f"{site.host}/feed.json?unit="
    assert (question.before, question.now) == (f"{place}a&key=…", f"{place}b&key=…")
    assert question.differing == ["unit"]
    assert not question.looks_same
    yes = question.signed()
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.city)
    for others in ({"query": "?unit=c&key=LAMA"}, {"query": "?unit=b&key=LAMA", "actor": cast.nur}):
        asked(connect, answer=yes, **others)
    for forged in ("on", yes[:-1], question.about, "\0"):
        asked(connect, "?unit=b&key=LAMA", forged)
    assert not trail(SAID)

    after = connect("?unit=b&key=LAMA", yes).platform_id
    assert read_now() == "unit=b&key=LAMA"
    (entry,) = trail(SAID)
    assert entry.data == {"platform_id": after, "platform_id_before": before}
    assert entry.actor_id == cast.bayu.pk
    assert not Entry.objects.filter(data__icontains="LAMA").exists()
    # Nobody is led back and forth by the same yes.
    connect("?unit=a&key=LAMA", asked(connect, "?unit=a&key=LAMA").signed())
    asked(connect, "?unit=b&key=LAMA", yes)


def test_an_unchanged_address_is_asked_about_by_nobody(
    cast: Cast, account: OfficialAccount, site: Server, connect: Connect
) -> None:
    for query in ("?key=A", "?key=A", "?key=A#atas"):
        connect(query)
    # The site itself leads on for good, as whoever reads it will follow.
    feed = site.answer_of(FEED)
    site.on(FEED, Reply(301, None, {"Location": "/feed.json?key=B"}), feed)
    connect("?key=A")
    assert read_now() == "key=B"
    site.on(FEED, feed)
    connect("?key=B")
    actions.disconnect_account(actor=cast.bayu, official_account_id=account.pk, reason="Bocor")
    connect("?key=B")
    assert not trail(SAID)


def test_what_is_found_on_the_home_page_and_what_was_disconnected_is_asked_about_too(
    cast: Cast, account: OfficialAccount, site: Server, connect: Connect
) -> None:
    connect("?key=RAHASIA")
    question = asked(connect, "", typed_secret="")
    assert (question.before, question.now) == (
        f"{site.host}/feed.json?key=…", f"{site.host}/feed.json",
    )  # fmt: skip
    assert connect("", question.signed(), typed_secret="").platform_id == question.now
    actions.disconnect_account(actor=cast.bayu, official_account_id=account.pk, reason="Bocor")
    question = asked(connect, "?unit=b")
    assert (question.before, question.differing) == (f"{site.host}/feed.json", ["unit"])
    connect("?unit=b", question.signed())
    actions.disconnect_account(actor=cast.bayu, official_account_id=account.pk, reason="Bocor")
    # What was forgotten is not told, nor guessed.
    question = asked(connect, "?unit=c")
    assert (question.before, question.differing) == (f"{site.host}/feed.json?…", ())
    assert question.is_forgotten


def test_nobody_is_asked_whether_the_feed_of_another_account_is_the_same(
    cast: Cast, site: Server, connect: Connect
) -> None:
    connect("?unit=a")
    factories.official_account(
        cast.dinkes, platform="feed", handle="dinkes.example", host=site.base,
        platform_id=identity_of(f"{site.host}/feed.json?unit=b"),
    )  # fmt: skip
    with pytest.raises(AccountError, match="registered already") as refused:
        connect("?unit=b")
    assert not isinstance(refused.value, FeedUnconfirmed)


@pytest.mark.parametrize(
    ("registered", "query", "is_asked"),
    [
        ("/feed.json?unit=a", "?unit=b", True),
        ("/feed.json", "?unit=b", True),
        ("/feed.json?unit=a", "?unit=a", False),
        ("/feed.json", "", False),
        # The address of a website, which has its feed somewhere.
        ("", "?unit=b", False),
    ],
)
def test_at_first_the_address_by_which_it_is_registered_is_the_known_one(
    account: OfficialAccount, site: Server, connect: Connect,
    registered: str, query: str, is_asked: bool,
) -> None:  # fmt: skip
    OfficialAccount.objects.update(handle=f"{site.host}{registered}")
    if not is_asked:
        connect(query)
        return
    with pytest.raises(FeedUnconfirmed) as refused:
        connect(query)
    assert not Credential.objects.exists()
    assert refused.value.question.differing == ["unit"]
    connect(query, refused.value.question.signed())
    assert len(trail(SAID)) == 1


def test_the_page_asks_keeps_what_was_typed_and_takes_a_yes(
    cast: Cast, account: OfficialAccount, site: Server, connect: Connect, client_as: ClientAs
) -> None:
    connect("?unit=a&key=LAMA")
    factories.reads_english(cast.bayu)
    client = client_as("bayu")
    address = reverse("accounts:official_account_connect", args=[account.pk])

    def send_typed(typed: str, **more: str) -> Any:
        return client.post(address, {"host": account.host, "secret": typed, **more})

    def send(query: str, **more: str) -> Any:
        return send_typed(f"{site.base}/feed.json{query}", **more)

    def form_of(page: Any, query: str) -> Any:
        assert page.status_code == 422
        form = page.context["form"]
        assert form["secret"].value() == f"{site.base}/feed.json{query}"
        shown = page.content.decode()
        assert "LAMA" not in shown
        assert 'type="checkbox" name="same_feed"' in shown
        return form

    assert "same_feed" not in client.get(address).content.decode()
    page = send("?unit=b&key=BARU")
    form = form_of(page, "?unit=b&key=BARU")
    assert list(form.errors) == ["same_feed"]
    shown = page.content.decode()
    assert shown.count("may be the feed of another unit") == 1
    assert 'href="#id_same_feed"' in shown
    assert "correct this first" not in shown
    for field, is_wrong in (("secret", False), ("same_feed", True)):
        assert ('aria-invalid="true"' in str(form[field])) is is_wrong
    assert "same-feed-question" in form["same_feed"].as_widget()
    assert "The address you entered" in shown
    assert "The address that the website gives" in send_typed("").content.decode()
    assert form.question.differing == ["unit", "key"]
    hidden = "differ in values that stay hidden here. Ask whoever keeps the website"
    for query, is_hidden in (("?unit=b&key=BARU", False), ("?unit=a&key=BARU", True)):
        assert (hidden in send(query).content.decode()) is is_hidden
    # A yes without the question that it answers, and one to another address.
    for query, more in (("?unit=b&key=BARU", {}), ("?unit=c", {"asked": form["asked"].value()})):
        again = form_of(send(query, same_feed="on", **more), query)
        assert not again["same_feed"].value()
        assert list(again.errors) == ["same_feed"]
    # Something else is wrong, and the question stands with its answer.
    feed = site.answer_of(FEED)
    site.on(FEED, Reply(503))
    yes = {"same_feed": "on", "asked": form["asked"].value()}
    page = send("?unit=b&key=BARU", **yes)
    assert form_of(page, "?unit=b&key=BARU")["same_feed"].value()
    assert "correct this first" in page.content.decode()
    site.on(FEED, feed)
    assert send("?unit=b&key=BARU", **yes).status_code == 302
    assert read_now() == "unit=b&key=BARU"

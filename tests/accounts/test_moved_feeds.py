"""A feed at another path of the registered website is kept once a person says that it moved."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import Settings

from accounts import actions
from accounts.errors import AccountError
from accounts.feed_questions import FeedQuestion, FeedUnconfirmed
from accounts.models import Credential, OfficialAccount
from accounts.vault import unseal
from tests import factories
from tests.accounts import feed_site
from tests.accounts.conftest import trail
from tests.cast import Cast
from tests.platforms.fakes import Reply, Server
from tests.platforms.feed_stage import JSON_FEED

Connect = Callable[..., OfficialAccount]
site, account = feed_site.site, feed_site.account
FEED_REPLY = Reply(200, JSON_FEED, {"Content-Type": "application/feed+json"})
SAME, MOVED = "accounts.connection.feed_said_same", "accounts.connection.feed_said_moved"


@pytest.fixture
def connect(cast: Cast, account: OfficialAccount, site: Server) -> Connect:
    """Connects what is typed of the site, once the feed has been connected at /feed.json."""
    for path in ("/atom.json", "/dinkes/feed.json"):
        site.on(f"GET {path}", FEED_REPLY)

    def act(path: str, answer: str = "") -> OfficialAccount:
        return actions.connect_account(
            actor=cast.bayu, official_account_id=account.pk, host=account.host,
            typed_secret=f"{site.base}{path}" if path else "", same_feed=answer,
        )  # fmt: skip

    act("/feed.json")
    return act


def asked(connect: Connect, path: str, answer: str = "") -> FeedQuestion:
    kept = Credential.objects.values_list("sealed", "official_account__platform_id").get()
    with pytest.raises(FeedUnconfirmed) as refused:
        connect(path, answer)
    assert Credential.objects.values_list("sealed", "official_account__platform_id").get() == kept
    return refused.value.question


@pytest.mark.parametrize("is_connected", [True, False])
def test_a_feed_that_moved_on_its_site_is_connected_after_a_yes_to_just_that(
    cast: Cast, account: OfficialAccount, site: Server, connect: Connect, is_connected: bool
) -> None:
    if not is_connected:
        actions.disconnect_account(actor=cast.bayu, official_account_id=account.pk, reason="Rusak")
    question = asked(connect, "/atom.json?key=RAHASIA")
    assert question.moved
    assert question.before == f"{site.host}/feed.json"
    assert question.now == f"{site.host}/atom.json?key=…"
    assert question.differing == ()
    # A yes to one address counts for no other, nor does one to another question.
    for answer in (question.signed(), asked(connect, "/feed.json?key=RAHASIA").signed(), "on"):
        asked(connect, "/atom.json", answer)
    assert not trail(MOVED)

    after = connect("/atom.json?key=RAHASIA", question.signed()).platform_id
    assert after.startswith(f"{site.host}/atom.json#")
    assert unseal(Credential.objects.get())["feed_url"] == f"{site.base}/atom.json?key=RAHASIA"
    (entry,) = trail(MOVED)
    told = {"platform_id": after, "platform_id_before": f"{site.host}/feed.json"}
    assert (entry.data, entry.actor_id) == (told, cast.bayu.pk)
    assert not trail(SAME)
    (entry,) = trail("accounts.connection.id_told")
    assert entry.data == told


def test_what_the_site_moved_itself_is_asked_about_by_nobody(
    site: Server, connect: Connect
) -> None:
    site.on("GET /feed.json", Reply(301, None, {"Location": "/atom.json"}), FEED_REPLY)
    assert connect("/feed.json").platform_id == f"{site.host}/atom.json"
    assert not trail(MOVED)


def test_a_feed_elsewhere_is_no_question_even_where_the_site_names_it(
    site: Server, connect: Connect, settings: Settings
) -> None:
    other = Server()
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({site.host, other.host})
    other.on("GET /feed.json", FEED_REPLY)
    try:
        named = f"{other.base}/feed.json?key=RAHASIA".encode()
        page = feed_site.HOME.body.replace(b"/feed.json", named)
        site.on("GET /", Reply(200, page, {"Content-Type": "text/html"}))
        said = rf"another feed of samudrakota.example: {other.host}/feed.json#\w+. Connected before"
        with pytest.raises(AccountError, match=said) as refused:
            connect("")
        assert not isinstance(refused.value, FeedUnconfirmed)
        assert "RAHASIA" not in str(refused.value)
    finally:
        other.close()


@pytest.mark.parametrize(
    ("handle", "platform_id", "may_be"),
    [
        ("dinkes.example", "{host}/dinkes/feed.json", False),
        ("{host}/Dinkes/feed.json", "", False),
        ("www.{host}/dinkes", "", False),
        ("{host}/din", "", True),
        ("{host}", "", True),
    ],
)
def test_nobody_is_asked_whether_another_account_is_where_it_moved(
    cast: Cast, site: Server, connect: Connect, handle: str, platform_id: str, may_be: bool
) -> None:
    factories.official_account(
        cast.dinkes, platform="feed", handle=handle.format(host=site.host), host=site.base,
        platform_id=platform_id.format(host=site.host),
    )  # fmt: skip
    with pytest.raises(AccountError) as refused:
        connect("/dinkes/feed.json")
    assert isinstance(refused.value, FeedUnconfirmed) is may_be
    assert ("registered already" in str(refused.value)) is not may_be


@pytest.mark.parametrize("now", ["?feed=rss2&cat=5", "/?feed=rss2&cat=5"])
def test_the_feed_by_which_another_is_registered_is_nobody_elses(
    cast: Cast, account: OfficialAccount, site: Server, connect: Connect, now: str
) -> None:
    """Neither as a question nor at a first connection, which asks nothing of another path."""
    site.on("GET /", FEED_REPLY)
    factories.official_account(
        cast.dinkes, platform="feed", handle=f"{site.host}{now}", host=site.base
    )
    for known in (account.platform_id, ""):
        OfficialAccount.objects.filter(pk=account.pk).update(platform_id=known)
        with pytest.raises(AccountError, match="registered already"):
            connect("/?feed=rss2&cat=5")


def test_what_is_below_the_page_of_this_account_is_not_that_of_a_page_above(
    cast: Cast, account: OfficialAccount, site: Server, connect: Connect
) -> None:
    OfficialAccount.objects.update(handle=f"{site.host}/dinkes/feed.json")
    factories.official_account(
        cast.dinkes, platform="feed", handle=f"{site.host}/dinkes", host=site.base
    )
    assert asked(connect, "/dinkes/feed.json").moved


def test_a_new_key_is_no_reason_to_take_a_feed_for_that_of_a_page_above(
    cast: Cast, account: OfficialAccount, site: Server, connect: Connect
) -> None:
    connect("/dinkes/feed.json", asked(connect, "/dinkes/feed.json").signed())
    for handle in ("dinkes", "dinkes/feed.json?key=LAIN"):
        factories.official_account(
            cast.dinkes, platform="feed", handle=f"{site.host}/{handle}", host=site.base
        )
    assert not asked(connect, "/dinkes/feed.json?key=BARU").moved
    with pytest.raises(AccountError, match="registered already"):
        connect("/dinkes/feed.json?key=LAIN")

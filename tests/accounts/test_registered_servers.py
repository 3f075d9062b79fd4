"""A connection proves the registered account and never turns it into another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import actions, demo
from accounts.actions.matching import (
    is_registered_one,
    public_address,
    refuse_other_identity,
)
from accounts.errors import AccountError
from accounts.models import Credential, OfficialAccount
from govsocial.training.agency import ACCOUNTS
from govsocial.training.app import TrainingPlatforms
from tests import factories
from tests.accounts.conftest import trail
from tests.cast import Cast
from tests.gathering import each
from tests.platforms.fakes import Reply, Server

ClientAs = Callable[[object], Client]


@pytest.fixture
def website(settings: Settings) -> Iterator[Server]:
    """A website with a feed, and leave to read it on loopback."""
    server = Server()
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({server.host})
    yield server
    server.close()


def says(server: Server, home: str, path: str = "/feed") -> None:
    feed = (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Kabar</title>'
        f"<link>{home}</link><item><guid>1</guid><title>a</title></item></channel></rss>"
    )
    reply = Reply(200, feed.encode(), {"Content-Type": "application/rss+xml"})
    server.on(f"GET {path}", reply)


def registered_site(cast: Cast, server: Server) -> OfficialAccount:
    return factories.official_account(
        cast.diskominfo,
        platform="feed",
        handle="samudrakota.example",
        host=server.host,
        url="https://samudrakota.example",
    )


def connect_site(cast: Cast, account: OfficialAccount, server: Server) -> OfficialAccount:
    return actions.connect_account(
        actor=cast.bayu,
        official_account_id=account.pk,
        host=server.base,
        typed_secret=f"{server.base}/feed",
    )


def test_the_same_name_on_another_server_is_refused_beside_the_server(
    cast: Cast, platforms: TrainingPlatforms, platform_host: str, client_as: ClientAs
) -> None:
    told = platforms.story.account("mastodon:samudrakota")
    account = factories.official_account(
        cast.diskominfo, platform="mastodon", handle=told.handle, host="mastodon.social"
    )
    factories.reads_english(cast.bayu)
    page = client_as("bayu").post(
        reverse("accounts:official_account_connect", args=[account.pk]),
        {"host": platform_host, "secret": told.secret},
    )
    assert page.status_code == 422
    assert "mastodon.social" in str(page.context["form"].errors["host"])
    account.refresh_from_db()
    assert (account.host, account.url) == ("mastodon.social", "")
    assert not Credential.objects.exists()


def test_a_feed_of_another_website_is_refused(cast: Cast, website: Server) -> None:
    says(website, "http://phish.example/login")
    account = registered_site(cast, website)
    OfficialAccount.objects.filter(pk=account.pk).update(host="samudrakota.example")
    with pytest.raises(AccountError) as refused:
        connect_site(cast, account, website)
    assert refused.value.field == "host"
    assert not website.received, "nothing is asked of a stranger"


@pytest.mark.parametrize(
    "home",
    [
        "http://phish.example/login",
        "http://samudrakota.example/",
        "https://samudrakota.example/" + "h" * 450,
        "https://samudrakota.example/\u200bkabar",
        "https://samudrakota.example/\u202ekabar",
        "https://samudrakota.example/kabar\u3000terkini",
    ],
)
def test_a_feed_does_not_decide_where_people_are_sent(
    cast: Cast, website: Server, home: str
) -> None:
    says(website, home)
    account = connect_site(cast, registered_site(cast, website), website)
    assert account.url == "https://samudrakota.example"


def test_the_trail_tells_which_address_a_platform_gave(cast: Cast, website: Server) -> None:
    says(website, "https://www.samudrakota.example/kabar")
    account = connect_site(cast, registered_site(cast, website), website)
    assert account.url == "https://www.samudrakota.example/kabar"
    (entry,) = trail("accounts.connection.address_told")
    assert entry.data == {"url": account.url, "url_before": "https://samudrakota.example"}


@pytest.mark.parametrize("query", ["y" * 250, "y=%00" + "z" * 300])
def test_an_address_of_a_feed_that_cannot_be_kept_is_told(
    cast: Cast, website: Server, client_as: ClientAs, query: str
) -> None:
    says(website, "https://samudrakota.example/")
    account = registered_site(cast, website)
    page = client_as("bayu").post(
        reverse("accounts:official_account_connect", args=[account.pk]),
        {"host": website.base, "secret": f"{website.base}/feed?{query}"},
    )
    assert page.status_code == 422
    assert "host" in page.context["form"].errors
    assert not Credential.objects.exists()


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://mas.to/@humas", "https://mas.to/@humas"),
        ("https://phish.example/@humas", "https://mas.to/@humas"),
        ("https://mas.to@phish.example/", "https://mas.to/@humas"),
        ("https://mas.to/\0", "https://mas.to/@humas"),
        ("https://mas.to/\u202e@humas", "https://mas.to/@humas"),
        ("javascript:alert(1)//mas.to", "https://mas.to/@humas"),
    ],
)
def test_an_address_elsewhere_is_not_taken_from_a_server(told: str, kept: str) -> None:
    account = OfficialAccount(platform="mastodon", handle="humas", host="mas.to")
    assert public_address(account, told) == kept


@pytest.mark.parametrize("path", ["\u200b", "a b", "a\u00a0b"])
def test_an_address_that_nobody_can_read_is_taken_from_no_platform(path: str) -> None:
    kept = "https://www.facebook.com/samudrakota"
    account = OfficialAccount(platform="facebook", handle="samudrakota", url=kept)
    assert public_address(account, f"https://www.facebook.com/{path}") == kept
    told = "https://www.facebook.com/samudrakota.resmi"
    assert public_address(account, told) == told


@pytest.mark.parametrize(
    ("seen", "same"), [("@humas@mas.to", True), ("humas", True), ("humas@MAS.to", True),
    ("humas@phish.example", False)],
)  # fmt: skip
def test_the_server_is_part_of_a_mastodon_address(seen: str, same: bool) -> None:
    account = OfficialAccount(platform="mastodon", handle="humas", host="mas.to")
    assert is_registered_one(account, "1", seen) is same


CHANNEL = "UC" + "a" * 22


@each(
    ("platform", "registered", "known", "seen", "same"),
    [
        ("youtube", CHANNEL, "", (CHANNEL, "@dinkessamudra"), True),
        ("youtube", CHANNEL, CHANNEL, (CHANNEL, "@dinkessamudra"), True),
        ("youtube", CHANNEL, "", (CHANNEL, CHANNEL), True),
        ("youtube", CHANNEL, "", (CHANNEL, ""), True),
        ("youtube", CHANNEL, "", ("UC" + "b" * 22, "@dinkessamudra"), False),
        # The name of a stranger's channel is nothing against its number.
        ("youtube", CHANNEL, "", ("UC" + "b" * 22, CHANNEL), False),
        ("youtube", CHANNEL, "", (CHANNEL.swapcase(), "@dinkessamudra"), False),
        ("youtube", CHANNEL, "", ("", "@dinkessamudra"), False),
        ("youtube", "dinkessamudra", CHANNEL, ("UC" + "b" * 22, "@dinkessamudra"), False),
        ("facebook", "104958162837465", "", ("104958162837465", "dinkes.samudra"), True),
        ("facebook", "104958162837465", "", ("104958162837466", "dinkes.samudra"), False),
        ("facebook", "104958162837465", "", ("104958162837466", "104958162837465"), False),
    ],
)
def test_an_account_registered_by_its_number_is_known_by_its_number(
    platform: str, registered: str, known: str, seen: tuple[str, str], same: bool
) -> None:
    account = OfficialAccount(platform=platform, handle=registered, platform_id=known)
    assert is_registered_one(account, *seen) is same


def test_another_account_of_the_same_name_is_told_apart_by_its_id() -> None:
    account = OfficialAccount(platform="mastodon", handle="humas", host="mas.to", platform_id="17")
    for seen in ("humas", "@humas@mas.to"):
        with pytest.raises(AccountError, match="belongs to another account now: its id on the"):
            refuse_other_identity(account, "18", seen)
        refuse_other_identity(account, "17", seen)
    with pytest.raises(AccountError, match=r"This belongs to @humas@phish.example, not to"):
        refuse_other_identity(account, "18", "humas@phish.example")


@pytest.mark.parametrize("platform", ["mastodon", "feed", "bluesky"])
def test_the_accounts_of_a_training_instance_follow_it_to_another_port(
    cast: Cast, platforms: TrainingPlatforms, platform_host: str, settings: Settings, platform: str
) -> None:
    told = next(one for one in ACCOUNTS if one.platform == platform)
    account = factories.official_account(
        cast.diskominfo, platform=told.platform, handle=told.handle, host="127.0.0.1:9"
    )
    settings.TRAINING_URL = f"http://{platform_host}"
    demo._connect(cast.bayu, told, cast.diskominfo)
    account = OfficialAccount.objects.select_related("credential").get(pk=account.pk)
    assert account.is_connected
    assert account.host == platform_host

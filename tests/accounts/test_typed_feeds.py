"""The address of a feed that a person types is read, or refused beside its field."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import actions
from accounts.actions.matching import refuse_foreign_feed
from accounts.errors import AccountError
from accounts.feed_questions import FeedUnconfirmed
from accounts.models import Credential, OfficialAccount
from accounts.vault import unseal
from govsocial.audit.models import Entry
from govsocial.platforms.errors import HostRefused
from govsocial.platforms.feed.client import identity_of
from tests import factories
from tests.accounts import feed_site
from tests.accounts.conftest import trail
from tests.cast import Cast
from tests.platforms.fakes import MemoryStore, Reply, Server
from tests.platforms.feed_stage import JSON_FEED, client_of
from tests.triggers import migrating

ClientAs = Callable[[object], Client]
site, account = feed_site.site, feed_site.account


@pytest.mark.parametrize("typed", ["", "  ", "{base}/feed.json"])
def test_the_feed_of_the_site_is_kept_typed_or_found(
    cast: Cast, account: OfficialAccount, site: Server, typed: str
) -> None:
    actions.connect_account(
        actor=cast.bayu,
        official_account_id=account.pk,
        host=account.host,
        typed_secret=typed.format(base=site.base),
    )
    assert unseal(Credential.objects.get())["feed_url"] == f"{site.base}/feed.json"


@pytest.mark.parametrize(
    "typed",
    [
        "http://orang-lain.example/tidak",
        "http://169.254.169.254/x",
        "https://orang-lain.example/feed.xml",
        "https://{host}@orang-lain.example/feed.json",
        "https://user:sandi@{host}/feed.json",
        "{host}/feed.json",
        "bukan alamat",
        "file:///etc/passwd",
    ],
)
def test_an_address_elsewhere_is_refused_beside_its_field_and_nothing_is_asked(
    account: OfficialAccount, client_as: ClientAs, site: Server, typed: str
) -> None:
    page = client_as("bayu").post(
        reverse("accounts:official_account_connect", args=[account.pk]),
        {"host": account.host, "secret": typed.format(host=site.host)},
    )
    assert page.status_code == 422
    (said,) = page.context["form"].errors["secret"]
    assert site.host in said
    assert "https://" in said
    assert set(page.context["form"].errors) == {"secret"}
    assert page.context["form"]["secret"].value() == typed.format(host=site.host)
    assert site.received == []
    assert not Credential.objects.exists()


@pytest.mark.parametrize("path", ["/tidak-ada.xml", "/tentang"])
def test_a_page_without_a_feed_is_refused_and_the_site_itself_is_not_read_for_it(
    cast: Cast, account: OfficialAccount, site: Server, path: str
) -> None:
    site.on("GET /tidak-ada.xml", Reply(404))
    with pytest.raises(AccountError) as refused:
        actions.connect_account(
            actor=cast.bayu,
            official_account_id=account.pk,
            host=account.host,
            typed_secret=site.base + path,
        )
    assert refused.value.field == "secret"
    assert [one.path for one in site.received] == [path]


@pytest.mark.parametrize("status", [401, 403])
def test_a_website_that_does_not_let_us_read_is_said_to_be_the_reason(
    cast: Cast, account: OfficialAccount, site: Server, status: int
) -> None:
    site.on("GET /feed.xml", Reply(status, b"<html>"))
    with pytest.raises(AccountError, match="does not let this server read the feed") as refused:
        actions.connect_account(
            actor=cast.bayu,
            official_account_id=account.pk,
            host=account.host,
            typed_secret=f"{site.base}/feed.xml",
        )
    assert refused.value.field == "secret"


def rewrite_ids() -> None:
    with migrating():
        import_module("accounts.migrations.0048_feeds_without_their_query").without_query(
            apps, None
        )


def test_an_id_that_no_column_would_take_with_a_digest_is_cut(cast: Cast) -> None:
    feed = factories.official_account(
        cast.diskominfo, platform="feed", handle="kota.example", host="kota.example"
    )
    for query in ("?cat=3", "?key=RAHASIA", ""):
        place = f"kota.example/{'a' * 200}"[: 200 - len(query)]
        OfficialAccount.objects.filter(pk=feed.pk).update(platform_id=f"{place}{query}")
        rewrite_ids()
        feed.refresh_from_db()
        assert feed.platform_id == identity_of(f"{place}{query}") == identity_of(feed.platform_id)
        assert len(feed.platform_id) == 200


def test_a_released_account_keeps_no_key_either(cast: Cast) -> None:
    released = factories.official_account(
        cast.diskominfo, platform="feed", handle="lama.example", host="lama.example",
        platform_id="lama.example/feed?key=RAHASIA", status="released", closed_on="2026-03-31",
        closed_reason="Digabung",
    )  # fmt: skip
    rewrite_ids()
    released.refresh_from_db()
    assert released.platform_id.startswith("lama.example/feed#")
    assert "RAHASIA" not in released.platform_id


def test_a_key_in_the_address_stands_nowhere_in_the_clear(
    cast: Cast, account: OfficialAccount, site: Server
) -> None:
    """Also where an earlier release had kept it, and connecting again then."""
    typed = f"{site.base}/feed.json?key=RAHASIA"
    for _ in range(2):
        actions.connect_account(
            actor=cast.bayu, official_account_id=account.pk, host=account.host, typed_secret=typed
        )
        account.refresh_from_db()
        assert account.platform_id.startswith(f"{site.host}/feed.json#")
        OfficialAccount.objects.update(platform_id=typed.partition("://")[2])
        rewrite_ids()
    account.refresh_from_db()
    (identity,) = {entry.data["platform_id"] for entry in trail("accounts.connection.made")}
    assert account.platform_id == identity
    assert unseal(Credential.objects.get())["feed_url"] == typed
    assert not Entry.objects.filter(data__icontains="RAHASIA").exists()


def test_the_key_of_a_feed_can_be_replaced_and_another_path_is_not_taken_for_it(
    cast: Cast, account: OfficialAccount, site: Server
) -> None:
    site.on("GET /lain.json", Reply(200, JSON_FEED, {"Content-Type": "application/feed+json"}))

    def connect(path: str, same_feed: str = "") -> OfficialAccount:
        return actions.connect_account(
            actor=cast.bayu, official_account_id=account.pk, host=account.host,
            typed_secret=f"{site.base}{path}", same_feed=same_feed,
        )  # fmt: skip

    def connect_once_confirmed(path: str) -> OfficialAccount:
        with pytest.raises(FeedUnconfirmed) as asked:
            connect(path)
        return connect(path, asked.value.question.signed())

    before = connect("/feed.json?key=RAHASIA").platform_id
    after = connect_once_confirmed("/feed.json?key=BARU").platform_id
    (told,) = trail("accounts.connection.id_told")
    assert (told.data["platform_id_before"], told.data["platform_id"]) == (before, after)
    actions.disconnect_account(actor=cast.bayu, official_account_id=account.pk, reason="Bocor")
    assert connect_once_confirmed("/feed.json").platform_id == f"{site.host}/feed.json"
    with pytest.raises(FeedUnconfirmed, match="another address of the website") as refused:
        connect("/lain.json?key=RAHASIA")
    assert "RAHASIA" not in str(refused.value)
    assert unseal(Credential.objects.get())["feed_url"] == f"{site.base}/feed.json"


def test_www_is_the_same_site(cast: Cast, settings: Settings) -> None:
    account = factories.official_account(
        cast.diskominfo, platform="feed", handle="situs.example", host="www.situs.example"
    )
    refuse_foreign_feed(account, "https://situs.example/feed.xml")
    refuse_foreign_feed(account, "https://WWW.situs.example/feed.xml")
    with pytest.raises(AccountError, match=r"www\.situs\.example"):
        refuse_foreign_feed(account, "https://lain.situs.example/feed.xml")


def test_a_kept_address_that_may_not_be_read_is_never_replaced_by_another(site: Server) -> None:
    client = client_of(site, MemoryStore(feed_url="http://orang-lain.example/feed.xml"))
    with pytest.raises(HostRefused):
        client.posts()
    assert site.received == []

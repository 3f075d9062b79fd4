"""What TikTok says about an account and its posts, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from govsocial.platforms.base import PlatformClient
from govsocial.platforms.budget import Unlimited
from govsocial.platforms.errors import (
    AccountBlocked,
    AppMissing,
    AppRefused,
    AuthRevoked,
    BadAnswer,
    NotFound,
    NotFromPlatform,
    NotOffered,
    OperatorNeeded,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
)
from govsocial.platforms.oauth import moment_after
from govsocial.platforms.registry import authorisation, connect, spec
from tests.gathering import each
from tests.platforms import tiktok_stage as stage
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Received, Reply, Server

DAY = 86_400.0


@pytest.fixture
def client(server: Server) -> PlatformClient:
    stage.good(server)
    return stage.client(server)


def test_the_profile_has_its_counters(server: Server, client: PlatformClient) -> None:
    profile = client.profile()
    assert (profile.platform_id, profile.handle) == ("open-id-of-kota", "samudrakota")
    assert (profile.followers, profile.following, profile.posts) == (38_200, 19, 431)
    assert (profile.verified, profile.definition) == (True, "tiktok/1")
    assert profile.url == f"{server.base}/@samudrakota"
    (asked,) = server.calls(stage.PROFILE)
    assert "follower_count" in asked.query["fields"][0].split(",")
    assert asked.headers["Authorization"] == f"Bearer {stage.ACCESS}"


@pytest.mark.parametrize("value", [None, "38200", -1, True, 2.5])
def test_a_counter_that_is_not_told_is_not_given(
    server: Server, client: PlatformClient, value: object
) -> None:
    server.on(stage.PROFILE, stage.ok({"user": {**stage.USER, "follower_count": value}}))
    assert client.profile().followers is None
    server.on(stage.PROFILE, stage.ok({"user": {**stage.USER, "follower_count": 0}}))
    assert client.profile().followers == 0


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("https://www.tiktok.com/@samudrakota", "https://www.tiktok.com/@samudrakota"),
        ("javascript:alert('/@samudrakota')", None),
        ("javascript://x/@samudrakota", None),
        ("https://vm.tiktok.com/ZM8K/", None),
        (None, None),
    ],
)
def test_a_profile_is_shown_where_it_can_be_recognised(
    server: Server, client: PlatformClient, told: str | None, shown: str | None
) -> None:
    server.on(stage.PROFILE, stage.ok({"user": {**stage.USER, "profile_deep_link": told}}))
    assert client.profile().url == (shown or f"{server.base}/@samudrakota")


def test_posts_have_their_words_numbers_and_a_link_that_follows_nobody(
    server: Server, client: PlatformClient
) -> None:
    bare = stage.video(2, id=7663542984343883022, title="Judul", video_description="")
    del bare["share_count"], bare["share_url"]
    server.on(stage.POSTS, stage.ok({"videos": [stage.video(1), bare], "has_more": False}))
    first, second = client.posts().posts
    assert (first.views, first.video_views, first.likes, first.comments, first.shares) == (
        345,
        345,
        12,
        0,
        3,
    )
    assert (first.saves, first.reach, first.watch_seconds) == (None, None, None)
    assert first.permalink == ("https://www.tiktok.com/@samudrakota/video/7663542984343883021")
    assert first.posted_at == datetime(2026, 11, 23, 1, 0, 5, tzinfo=UTC)
    assert (second.platform_id, second.text, second.shares) == (
        "7663542984343883022",
        "Judul",
        None,
    )
    assert second.permalink == f"{server.base}/@samudrakota/video/7663542984343883022"


def test_pages_are_followed_by_their_place_in_milliseconds(
    server: Server, client: PlatformClient
) -> None:
    page = client.posts()
    assert page.next_cursor == "1654658105000"
    client.posts(cursor=page.next_cursor)
    assert [one.json() for one in server.calls(stage.POSTS)] == [
        {"max_count": 20},
        {"max_count": 20, "cursor": 1_654_658_105_000},
    ]
    with pytest.raises(Refused):
        client.posts(cursor="https://evil.example/")


def test_numbers_are_asked_for_twenty_posts_at_a_time(
    server: Server, client: PlatformClient
) -> None:
    gone = stage.video(7)["id"]

    def answer(received: Received) -> Reply:
        ids = received.json()["filters"]["video_ids"]
        return stage.ok({"videos": [stage.video(1, id=one) for one in ids if one != gone]})

    server.on(stage.METRICS, answer)
    wanted = [stage.video(number)["id"] for number in range(1, 46)]
    found = client.metrics([*wanted, wanted[0]])
    assert [one.platform_id for one in found] == [one for one in wanted if one != gone]
    counts = [len(one.json()["filters"]["video_ids"]) for one in server.calls(stage.METRICS)]
    assert counts == [20, 20, 5]


def test_there_are_no_days_and_nothing_is_deleted(server: Server, client: PlatformClient) -> None:
    assert client.days(date(2026, 11, 1), date(2026, 11, 22)) == []
    with pytest.raises(NotOffered):
        client.delete("7663542984343883021")
    assert server.received == []


@pytest.mark.parametrize(
    ("answer", "kind", "wait"),
    [
        (stage.error("scope_not_authorized", 401), PermissionMissing, None),
        (stage.error("scope_permission_missed", 400), PermissionMissing, None),
        (stage.error("rate_limit_exceeded", 429), RateLimited, None),
        (stage.error("rate_limit_exceeded", 200), RateLimited, None),
        (stage.error("spam_risk_too_many_posts", 403), RateLimited, DAY),
        (stage.error("spam_risk_too_many_pending_share", 403), RateLimited, DAY),
        (stage.error("reached_active_user_cap", 403), RateLimited, DAY),
        (stage.error("spam_risk_user_banned_from_posting", 403), AccountBlocked, None),
        (stage.error("spam_risk_text", 403), Refused, None),
        (
            stage.error("unaudited_client_can_only_post_to_private_accounts", 403),
            OperatorNeeded,
            None,
        ),
        (stage.error("url_ownership_unverified", 403), AppRefused, None),
        (stage.error("privacy_level_option_mismatch", 400), Refused, None),
        (stage.error("invalid_params", 400), Refused, None),
        (stage.error("invalid_params", 200), Refused, None),
        (stage.error("internal_error", 200), Unavailable, None),
        (stage.error("internal_error", 500), Unavailable, None),
        (stage.error("invalid_publish_id", 400), NotFound, None),
        (stage.error("not_found", 404), NotFound, None),
        (stage.error("forbidden", 403), PermissionMissing, None),
        (Reply(400, [1]), NotFromPlatform, None),
        (Reply(200, {"data": {}}), BadAnswer, None),
    ],
)
def test_each_refusal_has_its_meaning(
    server: Server,
    client: PlatformClient,
    answer: Reply,
    kind: type[PlatformError],
    wait: float | None,
) -> None:
    server.on(stage.PROFILE, answer)
    with pytest.raises(PlatformError) as caught:
        client.profile()
    assert type(caught.value) is kind
    assert caught.value.retry_after == wait
    assert server.calls(stage.REFRESH) == []


class Counting(Unlimited):
    def __init__(self) -> None:
        self.taken: dict[str, int] = {}

    def take(self, costs: Mapping[str, int], *, publishing: bool, server: str) -> None:
        for quota, cost in costs.items():
            self.taken[quota] = self.taken.get(quota, 0) + cost


def test_every_call_is_counted_against_a_quota_that_there_is(server: Server) -> None:
    stage.good(server)
    budget = Counting()
    client = connect(
        "tiktok",
        host="",
        handle="@samudrakota",
        secrets=stage.store(),
        allowed_private={server.host},
        base=server.base,
        timing=QUICK,
        app=stage.APP,
        budget=budget,
    )
    client.profile()
    client.posts()
    client.metrics(stage.IDS)
    client.publish(stage.outgoing())
    assert budget.taken == {
        "user info": 1,
        "video list": 1,
        "video query": 1,
        "creator info": 1,
        "publish": 1,
        "posts": 1,
        "publish status": 1,
    }
    quotas = spec("tiktok").quotas
    assert {one.name for one in quotas} == set(budget.taken)
    assert all(one.source for one in quotas)


# Tokens


def test_refreshing_keeps_both_new_tokens(server: Server) -> None:
    stage.good(server)
    store = stage.store(expires_at=moment_after(60) or "")
    stage.client_of(server, store).profile()
    (asked,) = server.calls(stage.REFRESH)
    assert parse_qs(asked.body.decode()) == {
        "client_key": [stage.APP.client_id],
        "client_secret": [stage.APP.client_secret],
        "grant_type": ["refresh_token"],
        "refresh_token": [stage.REFRESH_TOKEN],
    }
    kept = store.load()
    assert (kept["access_token"], kept["refresh_token"]) == (stage.NEW_ACCESS, stage.NEW_REFRESH)
    assert kept["scope"] == stage.SCOPES
    assert kept["refresh_expires_at"] > kept["expires_at"]


@each(
    ("answer", "kind"),
    [
        (stage.REFUSED, AuthRevoked),
        # The token endpoint, too, refuses with a good status.
        (Reply(200, {"error": "invalid_grant", "error_description": "x"}), AuthRevoked),
        (Reply(401, {"error": "invalid_client"}), AppRefused),
        (Reply(200, {"error": "invalid_request"}), Refused),
        (Reply(500), Unavailable),
        (Reply(200, {"access_token": ""}), BadAnswer),
        (Reply(200, stage.token(open_id="another-account")), BadAnswer),
        (Reply(200, b"<html>"), BadAnswer),
    ],
)
def test_each_refusal_of_a_refresh_has_its_meaning(
    server: Server, answer: Reply, kind: type[PlatformError]
) -> None:
    stage.good(server)
    server.on(stage.REFRESH, answer)
    store = stage.store(expires_at=moment_after(-5) or "", account_id="open-id-of-kota")
    with pytest.raises(PlatformError) as caught:
        stage.client_of(server, store).profile()
    assert type(caught.value) is kind
    assert store.load()["refresh_token"] == stage.REFRESH_TOKEN


def test_renewing_refreshes_only_near_the_end(server: Server) -> None:
    stage.good(server)
    stage.client_of(server, stage.store(expires_at=moment_after(5 * 3600) or "")).renew()
    assert server.received == []
    stage.client_of(server, stage.store(expires_at=moment_after(2 * 3600) or "")).renew()
    assert len(server.calls(stage.REFRESH)) == 1
    alone = stage.client_of(server, stage.store(expires_at=moment_after(60) or ""), app=None)
    with pytest.raises(AppMissing, match="id and secret are not entered"):
        alone.renew()


def test_without_any_token_a_person_must_connect(server: Server) -> None:
    with pytest.raises(AuthRevoked):
        stage.client_of(server, MemoryStore()).profile()


def test_a_consent_without_posting_is_found_out_before(server: Server) -> None:
    stage.good(server)
    with pytest.raises(PermissionMissing):
        stage.client(server, scope="user.info.basic video.list").check_can_publish()
    stage.client(server).check_can_publish()
    assert [f"{one.method} {one.path}" for one in server.received] == [stage.CREATOR]


# Consent


def test_consent_is_asked_for_as_web_applications_do() -> None:
    way = authorisation("tiktok", app=stage.APP)
    address = way.address(redirect_uri="https://kota.example/k", state="s", verifier="v" * 64)
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == (
        "https://www.tiktok.com/v2/auth/authorize/"
    )
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert asked == {
        "client_key": stage.APP.client_id,
        "response_type": "code",
        "scope": ",".join(way.scopes),
        "redirect_uri": "https://kota.example/k",
        "state": "s",
    }
    assert not way.pkce


def test_a_code_becomes_a_secret_of_one_account_and_is_taken_back(server: Server) -> None:
    stage.good(server)
    revoke = "POST /v2/oauth/revoke/"
    gone = stage.error("access_token_invalid", 401)
    server.on(revoke, Reply(200, {}), gone, Reply(400, {"error": "invalid_request"}))
    way = authorisation("tiktok", app=stage.APP, allowed_private={server.host}, base=server.base)
    secret = way.exchange(code="kode", redirect_uri="https://k.example/", verifier="")
    (choice,) = way.choices(secret)
    assert (choice.platform_id, choice.handle) == ("open-id-of-kota", "samudrakota")
    assert choice.secret["account_id"] == "open-id-of-kota"
    way.revoke(choice.secret)
    way.revoke(choice.secret)
    with pytest.raises(Refused):
        way.revoke(choice.secret)
    sent = parse_qs(server.calls(revoke)[0].body.decode())
    assert sent["token"] == [stage.NEW_ACCESS]
    server.on(stage.REFRESH, Reply(200, stage.token(refresh_token=None)))
    with pytest.raises(AuthRevoked):
        way.exchange(code="kode", redirect_uri="https://k.example/", verifier="")

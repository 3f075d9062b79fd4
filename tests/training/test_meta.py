"""Facebook and Instagram on the training server: our clients' whole line, and Meta's own library
reading the same accounts and the same posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from govsocial.platforms.errors import (
    AppRefused,
    AuthRevoked,
    PermissionMissing,
    RateLimited,
    Refused,
    Unavailable,
)
from govsocial.platforms.meta.graph import MOST_A_PAGE, VERSION
from govsocial.platforms.oauth import missing_scopes
from govsocial.training.agency import APPS
from govsocial.training.app import TrainingPlatforms
from tests.platforms.fakes import MemoryStore
from tests.training import meta_line as line
from tests.training.conftest import ANCHOR, CONTROL, Caller, Make
from tests.training.line import BACK, app_of, misbehave
from tests.training.meta_line import ACCOUNT, BOTH, PAGE

NAMES = {"facebook": PAGE, "instagram": ACCOUNT}


@pytest.fixture
def app(make_app: Make) -> TrainingPlatforms:
    """Media are ready at once."""
    return make_app(media_seconds=0.0)


@pytest.fixture
def library() -> Iterator[Any]:
    """Makes Meta's own client for a token, at the training server."""

    def make(served: Caller, token: str, platform: str = "facebook") -> FacebookAdsApi:
        session = FacebookSession(*APPS[platform], token)
        session.GRAPH = served.base
        session.requests.trust_env = False
        return FacebookAdsApi(session, api_version=VERSION)

    yield make
    FacebookAdsApi.set_default_api(None)


@BOTH
def test_consent_leads_to_the_account_and_its_own_token(served: Caller, platform: str) -> None:
    held = line.person(served, platform)
    consent = line.asking(served, platform)
    assert missing_scopes(consent.scopes, held) == []
    (choice,) = consent.choices(held)
    assert choice.platform_id == NAMES[platform]
    assert choice.handle == "samudrakota"
    assert choice.secret["page_id"] == PAGE
    assert choice.secret["access_token"] != held["access_token"]
    ends = datetime.fromisoformat(choice.secret["expires_at"])
    assert ends == ANCHOR.replace(microsecond=0) + timedelta(days=90)
    profile = line.client(served, platform, MemoryStore(**choice.secret)).profile()
    assert (profile.platform_id, profile.handle) == (choice.platform_id, choice.handle)
    assert (profile.url, profile.display_name) == (choice.url, choice.display_name)
    assert served.get(profile.url.removeprefix(served.base)).status_code == 200


@BOTH
def test_a_refused_consent_gives_no_code_and_a_code_is_good_once(
    served: Caller, platform: str
) -> None:
    assert line.decided(served, platform, "deny") == {
        "state": "st",
        "error": "access_denied",
        "error_description": "The user denied the request.",
    }
    code = line.decided(served, platform, "allow")["code"]
    consent = line.asking(served, platform)
    with pytest.raises(Refused):
        consent.exchange(code=code, redirect_uri=f"{BACK}/other", verifier="")
    with pytest.raises(Refused):
        consent.exchange(code=code, redirect_uri=BACK, verifier="")


@pytest.mark.parametrize(
    ("platform", "right"),
    [("facebook", "pages_manage_posts"), ("instagram", "instagram_content_publish")],
)
def test_without_the_right_to_publish_an_account_is_only_read(
    served: Caller, platform: str, right: str
) -> None:
    held = line.secret(served, platform, without=right)
    client = line.client(served, platform, MemoryStore(**held))
    assert client.posts().posts
    with pytest.raises(PermissionMissing):
        client.check_can_publish()
    media = {"1.jpg": (line.jpeg(), "image/jpeg")}
    with line.media_at(media) as address, pytest.raises(PermissionMissing):
        client.publish(line.post(images=[line.image(address("1.jpg"))]))
    line.client(served, platform, MemoryStore(**line.secret(served, platform))).check_can_publish()


@BOTH
@pytest.mark.parametrize("whose", ["person", "page"])
def test_consent_taken_back_ends_every_token_that_came_from_it(
    served: Caller, platform: str, whose: str
) -> None:
    held = line.person(served, platform)
    consent = line.asking(served, platform)
    (choice,) = consent.choices(held)
    client = line.client(served, platform, MemoryStore(**choice.secret))
    client.profile()
    taken_back = held if whose == "person" else choice.secret
    consent.revoke(taken_back)
    for read in (client.profile, client.posts, client.check_can_publish):
        with pytest.raises(AuthRevoked):
            read()
    consent.revoke(taken_back)
    again = line.secret(served, platform)
    assert line.client(served, platform, MemoryStore(**again)).profile()


@BOTH
def test_metas_own_library_reads_the_same_account_and_the_same_posts(
    served: Caller, library: Any, platform: str
) -> None:
    held = line.secret(served, platform)
    client = line.client(served, platform, MemoryStore(**held))
    ours = [*client.posts().posts]
    ours += client.posts(cursor=client.posts().next_cursor).posts
    api = library(served, held["access_token"], platform)
    profile = client.profile()
    if platform == "facebook":
        theirs = Page(PAGE, api=api)
        read = theirs.api_get(fields=["name", "followers_count", "username"])
        assert (read["name"], read["followers_count"]) == (profile.display_name, profile.followers)
        fields = ["id", "message", "created_time"]
        cursor = theirs.get_published_posts(fields=fields, params={"limit": 30})
        shown = [(one["id"], one.get("message", ""), one["created_time"]) for one in cursor]
    else:
        account = IGUser(ACCOUNT, api=api)
        read = account.api_get(fields=["username", "followers_count", "media_count"])
        assert (read["username"], read["media_count"]) == (profile.handle, profile.posts)
        fields = ["id", "caption", "timestamp", "like_count"]
        media = account.get_media(fields=fields, params={"limit": 30})
        shown = [(one["id"], one.get("caption", ""), one["timestamp"]) for one in media]
    assert len(ours) == 2 * MOST_A_PAGE
    assert shown[: len(ours)] == [
        (one.platform_id, one.text, one.posted_at.strftime("%Y-%m-%dT%H:%M:%S+0000"))
        for one in ours
    ]
    assert len({one[0] for one in shown}) == len(shown) > 300


def test_metas_own_library_reads_the_same_insights(served: Caller, library: Any) -> None:
    held = line.secret(served, "instagram")
    client = line.client(served, "instagram", MemoryStore(**held))
    api = library(served, held["access_token"], "instagram")
    newest = {one.platform_id: one for one in client.posts().posts[:5]}
    for one in list(IGUser(ACCOUNT, api=api).get_media(params={"limit": 5}))[:5]:
        told = {
            metric["name"]: metric["values"][0]["value"]
            for metric in one.get_insights(params={"metric": ["views", "reach", "saved"]})
        }
        ours = newest[one["id"]]
        assert told == {"views": ours.views, "reach": ours.reach, "saved": ours.saves}
    with pytest.raises(FacebookRequestError) as caught:
        one.get_insights(params={"metric": ["impressions"]})
    assert caught.value.api_error_code() == 100


def test_metas_own_library_publishes_what_our_client_finds_and_deletes(
    served: Caller, library: Any
) -> None:
    held = line.secret(served, "facebook")
    client = line.client(served, "facebook", MemoryStore(**held))
    made = Page(PAGE, api=library(served, held["access_token"])).create_feed(
        params={"message": "Dari pustaka resmi"}
    )
    found = client.find(line.post("Dari pustaka resmi"))
    assert found is not None
    assert found.platform_id == made["id"]
    client.delete(made["id"])
    client.delete(made["id"])
    assert client.metrics([made["id"]]) == []


def test_metas_own_library_finds_the_same_pages(served: Caller, library: Any) -> None:
    held = line.person(served, "facebook")
    (page,) = User("me", api=library(served, held["access_token"])).get_accounts(
        fields=["id", "name", "access_token"]
    )
    (choice,) = line.asking(served, "facebook").choices(held)
    assert (page["id"], page["access_token"]) == (
        choice.platform_id,
        choice.secret["access_token"],
    )


@BOTH
def test_posts_have_their_figures_and_older_ones_follow(served: Caller, platform: str) -> None:
    client = line.client(served, platform, MemoryStore(**line.secret(served, platform)))
    page = client.posts()
    assert len(page.posts) == MOST_A_PAGE
    old = client.posts(cursor=page.next_cursor).posts[-1]
    assert old.views is not None
    assert old.reach is not None
    assert old.views > old.reach > (old.likes or 0) > 0
    (again,) = client.metrics([old.platform_id])
    assert (again.views, again.likes) == (old.views, old.likes)
    assert served.get(old.permalink.removeprefix(served.base)).status_code == 200


@BOTH
def test_days_have_figures_that_stay(served: Caller, platform: str) -> None:
    client = line.client(served, platform, MemoryStore(**line.secret(served, platform)))
    last = ANCHOR.date() - timedelta(days=2)
    days = client.days(last - timedelta(days=4), last)
    assert [day.day for day in days] == [last - timedelta(days=4 - n) for n in range(5)]
    for day in days:
        assert day.views is not None
        assert day.reach is not None
        assert day.views > day.reach > 0
        assert day.followers_gained is not None
    assert list(client.days(last, last)) == [days[-1]]


@BOTH
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("expired_token", AuthRevoked),
        ("revoked_token", AuthRevoked),
        ("rate_limited", RateLimited),
        ("server_error", Unavailable),
    ],
)
def test_ordered_misbehaviour_comes_in_metas_envelope(
    served: Caller, platform: str, kind: str, expected: type[Exception]
) -> None:
    client = line.client(served, platform, MemoryStore(**line.secret(served, platform)))
    misbehave(served.base, kind=kind, account=f"{platform}:samudrakota", times=None, retry_after=90)
    with pytest.raises(expected) as caught:
        client.profile()
    if expected is RateLimited:
        assert getattr(caught.value, "retry_after", None) == 120.0, "Meta says whole minutes"


def test_a_proof_that_is_wrong_and_a_token_of_somebody_else_are_refused(served: Caller) -> None:
    token = line.secret(served, "facebook")["access_token"]
    path = f"/{VERSION}/{PAGE}"
    served.token = token
    assert served.get(path).status_code == 200
    assert served.get(path, params={"appsecret_proof": "0" * 64}).json()["error"]["code"] == 100
    made = line.client(served, "facebook", MemoryStore(**line.secret(served, "facebook")))
    rotated = replace(app_of("facebook"), client_secret="x" * 32)
    made._graph._app = rotated  # type: ignore[attr-defined]
    with pytest.raises(AppRefused):
        made.profile()
    served.token = "unknown"
    assert served.get(path).json()["error"]["code"] == 190
    served.token = None
    assert served.get(path).json()["error"]["code"] == 104


@pytest.mark.parametrize(
    "path",
    [
        f"/{VERSION}/?ids={','.join(str(n) for n in range(51))}",
        f"/{VERSION}/",
        f"/{VERSION}/{PAGE}?fields=id,unknown",
        f"/{VERSION}/{PAGE}?fields=a{{b",
        f"/{VERSION}/{PAGE}?fields=}}",
        f"/{VERSION}/{PAGE}?fields=a.b(c",
        f"/{VERSION}/{PAGE}/unknown",
        f"/{VERSION}/999",
        f"/{VERSION}/{PAGE}_999",
        f"/{VERSION}/{PAGE}/published_posts?after=%FF",
        f"/{VERSION}/{PAGE}/published_posts?after=bm90aGluZw==",
        f"/{VERSION}/{PAGE}/insights?metric=page_fans&since=1&until=2",
        f"/{VERSION}/{PAGE}/insights?metric=page_media_view&since=x&until=2",
        f"/{VERSION}/{ACCOUNT}/insights?metric=views&since=1&until=99999999",
        f"/{VERSION}/{ACCOUNT}/insights?metric=views&since=1&until=86401",
        f"/{VERSION}/{ACCOUNT}/insights?metric=[&since=1&until=86401",
    ],
)
def test_any_bad_call_is_refused_in_the_envelope(served: Caller, path: str) -> None:
    served.token = line.secret(served, "instagram" if ACCOUNT in path else "facebook")[
        "access_token"
    ]
    answer = served.get(path)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] in {100, 2500}


def test_no_token_and_no_code_is_kept(served: Caller, tmp_path: Path) -> None:
    code = line.decided(served, "facebook", "allow")["code"]
    tokens = [line.person(served, "facebook"), line.secret(served, "facebook")]
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*sqlite3*"))
    assert b"facebook:code" in kept
    assert code.encode() not in kept
    assert not [one for one in tokens if one["access_token"].encode() in kept]


def test_no_address_of_a_next_page_holds_a_token(served: Caller) -> None:
    token = line.secret(served, "facebook")["access_token"]
    answer = served.get(f"/{VERSION}/{PAGE}/published_posts?limit=2&access_token={token}")
    assert token not in answer.text
    assert answer.json()["paging"]["next"].startswith(served.base)


def test_figures_never_fall(served: Caller) -> None:
    client = line.client(served, "facebook", MemoryStore(**line.secret(served, "facebook")))
    some = [one.platform_id for one in client.posts().posts[:5]]
    now = [one.views or 0 for one in client.metrics(some)]
    headers = {"X-Training-Control": CONTROL}
    later = (ANCHOR + timedelta(days=3)).astimezone(UTC).isoformat()
    assert served.call("PUT", "/training/clock", json={"now": later}, headers=headers).ok
    then = [one.views or 0 for one in client.metrics(some)]
    assert all(after >= before for before, after in zip(now, then, strict=True))
    assert sum(then) > sum(now)

"""YouTube on the training server: our client's whole line, and Google's own library beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httplib2
import pytest
import requests
from googleapiclient import discovery, discovery_cache
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseUpload

from govsocial.platforms.errors import (
    AuthRevoked,
    NotReached,
    PermissionMissing,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.oauth import new_verifier
from govsocial.platforms.registry import new_key
from govsocial.platforms.youtube.failures import until_midnight
from govsocial.training.app import TrainingPlatforms
from govsocial.training.server import running
from tests.training.conftest import ANCHOR, Clock, Make
from tests.training.line import (
    BACK,
    authorise,
    client_of,
    code_for,
    consented,
    film,
    kept,
    misbehave,
    store_of,
)

PART = "PUT /upload/youtube/v3/videos"
POST: dict[str, Any] = {
    "key": new_key("youtube", ANCHOR),
    "title": "Rapat anggaran terbuka",
    "text": "Ikuti rapatnya: https://samudrakota.example/rapat #Transparansi",
    "language": "id",
    "created_at": ANCHOR,
}


@pytest.fixture
def training(make_app: Make) -> TrainingPlatforms:
    return make_app(media_seconds=0.0)


@pytest.fixture
def base(training: TrainingPlatforms) -> Iterator[str]:
    with running(training) as address:
        yield address


class Authorised(httplib2.Http):  # type: ignore[misc] # the library has no types
    def __init__(self, token: str) -> None:
        super().__init__(proxy_info=None, timeout=5)
        self.token = token
        # As the library does itself: a 308 without an address tells how far an upload is.
        self.redirect_codes = frozenset({300, 301, 302, 303, 307})

    def request(self, uri: str, *arguments: Any, **named: Any) -> Any:
        # The library puts its own headers among the named arguments.
        named["headers"] = {
            **(named.get("headers") or {}),
            "authorization": f"Bearer {self.token}",
        }
        return super().request(uri, *arguments, **named)


def official(name: str, base: str, token: str) -> Any:
    """Google's own library, built from its bundled description of the API."""
    path = Path(discovery_cache.DISCOVERY_DOC_DIR) / f"{name}.json"
    document = json.loads(path.read_text("utf-8"))
    document = {**document, "rootUrl": f"{base}/", "baseUrl": f"{base}/", "mtlsRootUrl": ""}
    return discovery.build_from_document(document, http=Authorised(token))


def all_posts(client: Any) -> list[Any]:
    found, cursor = [], None
    while True:
        page = client.posts(cursor=cursor)
        found += page.posts
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_the_whole_line_from_consent_to_deletion(base: str) -> None:
    way, choice = consented("youtube", base)
    assert (choice.handle, choice.display_name) == ("@samudrakota", "Samudra TV")
    client = client_of("youtube", base, store_of(choice.secret))
    client.check_can_publish()
    before = client.profile()
    assert before.platform_id == choice.platform_id
    handles: dict[str, str] = {}
    post = kept({**POST, "video": film(300_000)}, handles)
    published = client.publish(post)
    assert published.permalink == f"{base}/watch?v={published.platform_id}"
    newest = client.posts().posts[0]
    assert newest.platform_id == published.platform_id
    assert newest.text == f"{POST['title']}\n\n{POST['text']}"
    assert (newest.likes, newest.views, newest.comments, newest.shares) == (0, 0, 0, None)
    assert client.metrics([published.platform_id])[0].text == newest.text
    for known in ({}, handles):
        found = client.find(kept({**POST, "video": film(300_000)}, dict(known)))
        assert found is not None
        assert (found.platform_id, found.permalink) == (published.platform_id, published.permalink)
    assert client.profile().posts == (before.posts or 0) + 1
    client.delete(published.platform_id)
    client.delete(published.platform_id)
    assert client.metrics([published.platform_id]) == []
    assert client.profile().posts == before.posts
    way.revoke(choice.secret)
    way.revoke(choice.secret)
    with pytest.raises(AuthRevoked):
        client.profile()


def test_googles_library_reads_what_our_client_reads(base: str) -> None:
    _, choice = consented("youtube", base)
    client, token = client_of("youtube", base, store_of(choice.secret)), choice.secret
    with official("youtube.v3", base, token["access_token"]) as youtube:
        mine = youtube.channels().list(part="snippet,statistics,contentDetails", mine=True)
        (channel,) = mine.execute()["items"]
        profile = client.profile()
        assert profile.platform_id == channel["id"]
        assert profile.followers == int(channel["statistics"]["subscriberCount"])
        assert profile.posts == int(channel["statistics"]["videoCount"])
        page = client.posts()
        uploads = channel["contentDetails"]["relatedPlaylists"]["uploads"]
        listing = youtube.playlistItems().list(
            part="contentDetails", playlistId=uploads, maxResults=50
        )
        listed = listing.execute()
        ids = [one["contentDetails"]["videoId"] for one in listed["items"]]
        assert [one.platform_id for one in page.posts] == ids
        assert page.next_cursor == listed["nextPageToken"]
        films = youtube.videos().list(part="snippet,statistics", id=",".join(ids)).execute()
        for seen, told in zip(page.posts, films["items"], strict=True):
            numbers = told["statistics"]
            assert (seen.views, seen.likes) == (
                int(numbers["viewCount"]),
                int(numbers["likeCount"]),
            )
            comments = numbers.get("commentCount")
            assert seen.comments == (None if comments is None else int(comments))
            assert seen.text.startswith(told["snippet"]["title"])
        assert any(one.comments is None for one in page.posts)


def test_googles_library_reads_the_same_days(base: str, clock: Clock) -> None:
    _, choice = consented("youtube", base)
    client = client_of("youtube", base, store_of(choice.secret))
    until = clock.now.date()
    since = until - timedelta(days=20)
    days = client.days(since, until)
    with official("youtubeAnalytics.v2", base, choice.secret["access_token"]) as analytics:
        query = analytics.reports().query(
            ids="channel==MINE",
            startDate=since.isoformat(),
            endDate=until.isoformat(),
            dimensions="day",
            metrics="subscribersGained,views",
        )
        rows = query.execute()["rows"]
    assert [(one.day.isoformat(), one.followers_gained, one.views) for one in days] == [
        tuple(row) for row in rows
    ]
    assert sum(one.views or 0 for one in days) > 0
    assert days[-1].day <= until - timedelta(days=2)
    assert client.days(until, until) == []


def test_what_googles_library_uploads_is_read_by_our_client(base: str) -> None:
    _, choice = consented("youtube", base)
    client = client_of("youtube", base, store_of(choice.secret))
    with official("youtube.v3", base, choice.secret["access_token"]) as youtube:
        body = {"snippet": {"title": "Dari pustaka Google", "description": "Uji"}}
        media = MediaIoBaseUpload(
            BytesIO(b"\0" * 700_000), mimetype="video/mp4", chunksize=262_144, resumable=True
        )
        insert = youtube.videos().insert(part="snippet,status", body=body, media_body=media)
        answer, steps = None, 0
        while answer is None:
            _, answer = insert.next_chunk()
            steps += 1
        assert steps == 3
        newest = client.posts().posts[0]
        assert (newest.platform_id, newest.text) == (answer["id"], "Dari pustaka Google\n\nUji")
        youtube.videos().delete(id=answer["id"]).execute()
        assert client.metrics([answer["id"]]) == []
        with pytest.raises(HttpError) as refused:
            youtube.videos().delete(id=answer["id"]).execute()
        assert refused.value.status_code == 404


@pytest.mark.parametrize("kind", ["drop_after_accept", "drop_before_accept", "server_error"])
def test_an_upload_interrupted_at_its_last_part_ends_as_one_film(base: str, kind: str) -> None:
    _, choice = consented("youtube", base)
    client = client_of("youtube", base, store_of(choice.secret))
    before = client.profile().posts or 0
    handles: dict[str, str] = {}
    misbehave(base, kind=kind, endpoint=PART)
    with pytest.raises(UnknownOutcome):
        client.publish(kept({**POST, "video": film(5000)}, handles))
    found = client.find(kept({**POST, "video": film(5000)}, handles))
    assert (found is not None) == (kind == "drop_after_accept")
    again = client.publish(kept({**POST, "video": film(5000)}, handles))
    assert found is None or again.platform_id == found.platform_id
    assert client.profile().posts == before + 1


def test_the_same_last_part_sent_by_many_at_once_makes_one_film(base: str) -> None:
    _, choice = consented("youtube", base)
    client = client_of("youtube", base, store_of(choice.secret))
    before = client.profile().posts or 0
    handles: dict[str, str] = {}
    misbehave(base, kind="drop_before_accept", endpoint=PART)
    with pytest.raises(UnknownOutcome):
        client.publish(kept({**POST, "video": film(5000)}, handles))
    post = kept({**POST, "video": film(5000)}, handles)
    with ThreadPoolExecutor(6) as pool:
        films = list(pool.map(lambda _: client.publish(post).platform_id, range(6)))
    assert len(set(films)) == 1
    assert client.profile().posts == before + 1


def test_an_upload_goes_on_where_it_broke_off(base: str) -> None:
    _, choice = consented("youtube", base)
    client = client_of("youtube", base, store_of(choice.secret))
    before = client.profile().posts or 0
    handles: dict[str, str] = {}
    asked: list[int] = []
    size, part = 20_000_000, 8 * 1024 * 1024

    def stop_after_one_part() -> None:
        if asked:
            raise NotReached("This sender has been given up.")

    post = {**POST, "video": film(size, asked=asked)}
    with pytest.raises(NotReached):
        client.publish(kept({**post, "before_step": stop_after_one_part}, handles))
    assert client.find(kept(post, handles)) is None
    assert client.profile().posts == before
    published = client.publish(kept(post, handles))
    assert asked == [0, part, 2 * part]
    assert client.posts().posts[0].platform_id == published.platform_id
    assert client.profile().posts == before + 1


def test_an_expired_token_is_refreshed_and_the_refresh_token_stays(base: str) -> None:
    _, choice = consented("youtube", base)
    store = store_of(choice.secret)
    misbehave(base, kind="expired_token", account="youtube:samudrakota")
    client_of("youtube", base, store).profile()
    assert store.rotations == 1
    assert store.secret["access_token"] != choice.secret["access_token"]
    assert store.secret["refresh_token"] == choice.secret["refresh_token"]
    misbehave(base, kind="revoked_token", account="youtube:samudrakota")
    with pytest.raises(AuthRevoked):
        client_of("youtube", base, store).profile()


def test_a_token_runs_out_after_an_hour(base: str, clock: Clock) -> None:
    _, choice = consented("youtube", base)
    store = store_of(choice.secret)
    clock.forward(hours=1)
    client_of("youtube", base, store).profile()
    assert store.rotations == 1


def test_the_faults_of_the_platform_come_in_its_own_envelope(base: str) -> None:
    _, choice = consented("youtube", base)
    client = client_of("youtube", base, store_of(choice.secret))
    misbehave(base, kind="rate_limited", endpoint="GET /youtube/v3/channels")
    with pytest.raises(RateLimited) as limited:
        client.profile()
    assert limited.value.retry_after is None
    misbehave(base, kind="server_error", endpoint="GET /youtube/v3/channels", times=3)
    with pytest.raises(Unavailable):
        client.profile()


def test_the_quota_of_the_day_ends_where_limits_are_enforced(make_app: Make) -> None:
    with running(make_app(enforce_limits=True)) as base:
        _, choice = consented("youtube", base)
        client = client_of("youtube", base, store_of(choice.secret))
        with requests.Session() as session:
            session.trust_env = False
            session.headers["Authorization"] = f"Bearer {choice.secret['access_token']}"
            for _ in range(200):
                url = f"{base}/youtube/v3/videos?id=tidak-ada"
                assert session.delete(url, timeout=5).status_code in {403, 404}
        with pytest.raises(RateLimited) as spent:
            client.profile()
        assert spent.value.retry_after == pytest.approx(until_midnight(), abs=5)


def test_pages_meet_every_film_once(base: str) -> None:
    _, choice = consented("youtube", base)
    client = client_of("youtube", base, store_of(choice.secret))
    posts = all_posts(client)
    names = [one.platform_id for one in posts]
    assert len(names) == len(set(names)) == client.profile().posts
    assert [one.posted_at for one in posts] == sorted((p.posted_at for p in posts), reverse=True)
    assert all(len(one.platform_id) == 11 for one in posts)
    assert sum(1 for one in posts if one.shares is not None) > len(posts) // 2


def test_consent_is_a_page_that_can_be_declined(base: str) -> None:
    way, verifier = authorise("youtube", base), new_verifier()
    address = way.address(redirect_uri=BACK, state="tanda", verifier=verifier)
    page = requests.get(address, timeout=5)
    assert page.status_code == 200
    assert "Izinkan" in page.text
    assert "Tolak" in page.text
    declined = code_for(address, "deny")
    assert declined["error"] == "access_denied"
    assert "code" not in declined
    told = code_for(address)
    with pytest.raises(AuthRevoked):
        way.exchange(code=told["code"], redirect_uri=BACK, verifier=new_verifier())
    with pytest.raises(AuthRevoked):
        way.exchange(code=told["code"], redirect_uri=BACK, verifier=verifier)


def test_a_consent_with_fewer_rights_may_only_do_those(base: str) -> None:
    way, verifier = authorise("youtube", base), new_verifier()
    way.scopes = [one for one in way.scopes if one.endswith("readonly")]
    told = code_for(way.address(redirect_uri=BACK, state="t", verifier=verifier))
    secret = way.exchange(code=told["code"], redirect_uri=BACK, verifier=verifier)
    client = client_of("youtube", base, store_of(secret))
    client.profile()
    with pytest.raises(PermissionMissing):
        client.check_can_publish()
    with pytest.raises(PermissionMissing):
        client.publish(kept({**POST, "video": film(5000)}, {}))
    with pytest.raises(Refused):
        client.publish(kept({**POST, "video": None}, {}))

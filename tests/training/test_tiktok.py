"""TikTok on the training server: our client's whole line, and the API's own rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from govsocial.platforms.base import Image, PlatformClient
from govsocial.platforms.errors import (
    AuthRevoked,
    NotOffered,
    NotReached,
    PermissionMissing,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.registry import new_key
from govsocial.training.app import TrainingPlatforms
from govsocial.training.server import running
from tests.platforms.fakes import MemoryStore, Reply, Server
from tests.training.conftest import ANCHOR, Caller, Clock, Make, missing, png, sample
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

TOKEN = "latihan-tt-2045-5Wk"
PHOTOS = "POST /v2/post/publish/content/init/"
FILM: dict[str, Any] = {
    "key": new_key("tiktok", ANCHOR),
    "text": "Loket buka hari Sabtu. #Samudra",
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


@pytest.fixture
def media() -> Iterator[Server]:
    """The agency's own server, from which the platform fetches photos."""
    server = Server()
    server.on("GET /foto.jpg", Reply(200, png(), {"Content-Type": "image/png"}))
    yield server
    server.close()


def photo(url: str) -> Image:
    return Image(data=b"x", media_type="image/jpeg", alt="Loket", width=64, height=36, url=url)


def connected(base: str) -> tuple[PlatformClient, MemoryStore]:
    _, choice = consented("tiktok", base)
    store = store_of(choice.secret)
    return client_of("tiktok", base, store), store


def test_the_whole_line_from_consent_to_the_end_of_it(base: str) -> None:
    way, choice = consented("tiktok", base)
    assert (choice.handle, choice.url) == ("samudrakota", f"{base}/tiktok/@samudrakota")
    client = client_of("tiktok", base, store_of(choice.secret))
    client.check_can_publish()
    before = client.profile()
    assert (before.platform_id, before.verified) == (choice.platform_id, True)
    handles: dict[str, str] = {}
    published = client.publish(kept({**FILM, "video": film(300_000)}, handles))
    assert published.permalink == f"{base}/@samudrakota/video/{published.platform_id}"
    assert int(published.platform_id) > 2**53
    newest = client.posts().posts[0]
    assert (newest.platform_id, newest.permalink) == (published.platform_id, published.permalink)
    assert (newest.text, newest.likes, newest.saves) == (FILM["text"], 0, None)
    assert client.metrics([published.platform_id])[0].views == 0
    for known in ({}, handles):
        found = client.find(kept({**FILM, "video": film(300_000)}, dict(known)))
        assert found is not None
        assert found.platform_id == published.platform_id
    assert client.profile().posts == (before.posts or 0) + 1
    assert client.days(ANCHOR.date(), ANCHOR.date()) == []
    with pytest.raises(NotOffered):
        client.delete(published.platform_id)
    page = requests.get(published.permalink, timeout=5)
    assert "Loket buka hari Sabtu." in page.text
    way.revoke(choice.secret)
    way.revoke(choice.secret)
    with pytest.raises(AuthRevoked):
        client.profile()


def test_photos_are_fetched_from_where_the_agency_keeps_them(base: str, media: Server) -> None:
    client, _ = connected(base)
    images = [photo(f"{media.base}/foto.jpg?tanda=1"), photo(f"{media.base}/foto.jpg?tanda=2")]
    published = client.publish(kept({**FILM, "title": "Loket", "images": images}, {}))
    assert len(media.calls("GET /foto.jpg")) == 2
    assert client.posts().posts[0].text == f"Loket\n\n{FILM['text']}"
    page = requests.get(published.permalink, timeout=5)
    assert page.text.count("<img ") == 2


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/foto.jpg", "https://media.example/foto.jpg", "ftp://127.0.0.1/x", "x"]
)
def test_photos_from_elsewhere_than_this_machine_are_not_fetched(base: str, url: str) -> None:
    client, _ = connected(base)
    before = client.profile().posts
    with pytest.raises(Unavailable):
        client.publish(kept({**FILM, "images": [photo(url)]}, {}))
    assert client.profile().posts == before


@pytest.mark.parametrize(
    "answer",
    [
        Reply(404),
        Reply(302, None, {"Location": "http://10.0.0.1/"}),
        Reply(200, b"<html>", {"Content-Type": "text/html"}),
        Reply(200, b"no picture", {"Content-Type": "image/png"}),
    ],
    ids=["404", "redirect", "html", "broken"],
)
def test_what_is_no_photo_is_not_published(base: str, media: Server, answer: Reply) -> None:
    client, _ = connected(base)
    media.on("GET /foto.jpg", answer)
    with pytest.raises(Unavailable):
        client.publish(kept({**FILM, "images": [photo(f"{media.base}/foto.jpg")]}, {}))


@pytest.mark.parametrize("kind", ["drop_after_accept", "drop_before_accept", "server_error"])
@pytest.mark.parametrize("what", ["film", "photo"])
def test_a_post_interrupted_at_its_last_step_is_made_once(
    base: str, media: Server, kind: str, what: str
) -> None:
    client, _ = connected(base)
    before = client.profile().posts or 0
    handles: dict[str, str] = {}
    post = {**FILM, "video": film(5000)}
    if what == "photo":
        post = {**FILM, "images": [photo(f"{media.base}/foto.jpg")]}
    misbehave(base, kind=kind, endpoint="PUT /video/" if what == "film" else PHOTOS)
    with pytest.raises(UnknownOutcome):
        client.publish(kept(post, handles))
    if what == "photo" and kind != "drop_after_accept":
        # TikTok may show it minutes later, so that its absence means nothing yet.
        with pytest.raises(Unavailable):
            client.find(kept(post, handles))
        asked = ANCHOR - timedelta(days=1)
        handles["tiktok_asked_at"] = asked.isoformat()
    found = client.find(kept(post, handles))
    assert (found is not None) == (kind == "drop_after_accept")
    if found is None:
        again = client.publish(kept(post, handles))
        assert client.posts().posts[0].platform_id == again.platform_id
    assert client.profile().posts == before + 1


def test_a_lost_answer_to_opening_an_upload_puts_nothing_out(base: str) -> None:
    client, _ = connected(base)
    before = client.profile().posts or 0
    handles: dict[str, str] = {}
    post = {**FILM, "video": film(5000)}
    misbehave(base, kind="drop_after_accept", endpoint="POST /v2/post/publish/video/init/")
    with pytest.raises(Unavailable):
        client.publish(kept(post, handles))
    assert handles == {}
    client.publish(kept(post, handles))
    assert client.profile().posts == before + 1


def test_a_film_in_parts_goes_on_where_it_broke_off(base: str) -> None:
    client, _ = connected(base)
    before = client.profile().posts or 0
    handles: dict[str, str] = {}
    asked: list[int] = []

    def stop_after_one_part() -> None:
        if len(asked) == 2:
            raise NotReached("This sender has been given up.")

    post = {**FILM, "video": film(35_000_000, asked=asked)}
    with pytest.raises(NotReached):
        client.publish(kept({**post, "before_step": stop_after_one_part}, handles))
    assert client.find(kept(post, handles)) is None
    client.publish(kept(post, handles))
    assert asked == [0, 10_000_000, 10_000_000, 20_000_000]
    assert client.profile().posts == before + 1


def test_an_upload_is_good_for_an_hour_and_begun_anew_afterwards(base: str, clock: Clock) -> None:
    client, _ = connected(base)
    before = client.profile().posts or 0
    handles: dict[str, str] = {}
    post = {**FILM, "video": film(5000)}
    misbehave(base, kind="drop_before_accept", endpoint="PUT /video/")
    with pytest.raises(UnknownOutcome):
        client.publish(kept(post, handles))
    first = handles["tiktok_publish_id"]
    clock.forward(hours=2)
    with pytest.raises(Unavailable):
        client.publish(kept(post, handles))
    handles["tiktok_asked_at"] = (ANCHOR - timedelta(hours=2)).isoformat()
    client.publish(kept(post, handles))
    assert handles["tiktok_publish_id"] != first
    assert client.profile().posts == before + 1


def test_a_post_that_is_still_processed_is_unknown_and_found_later(
    make_app: Make, clock: Clock
) -> None:
    with running(make_app(media_seconds=60.0)) as base:
        _, choice = consented("tiktok", base)
        client = client_of("tiktok", base, store_of(choice.secret))
        handles: dict[str, str] = {}
        post = {**FILM, "video": film(5000)}
        # The client's patience is not what is looked at here.
        client._publishing._sleep = lambda seconds: None  # type: ignore[attr-defined]
        with pytest.raises(UnknownOutcome):
            client.publish(kept(post, handles))
        with pytest.raises(Unavailable):
            client.find(kept(post, handles))
        clock.forward(minutes=2)
        found = client.find(kept(post, handles))
        assert found is not None
        assert client.publish(kept(post, handles)).platform_id == found.platform_id


def test_refresh_tokens_rotate_and_the_old_one_ends(base: str) -> None:
    client, store = connected(base)
    old = store.load()
    misbehave(base, kind="expired_token", account="tiktok:samudrakota")
    client.profile()
    assert store.rotations == 1
    new = store.load()
    assert new["refresh_token"] != old["refresh_token"]
    assert new["refresh_expires_at"]
    store.secret = {**old, "access_token": "act.gone"}
    with pytest.raises(AuthRevoked):
        client.profile()


def test_a_token_lasts_a_day_and_is_renewed_before_its_end(base: str, clock: Clock) -> None:
    client, store = connected(base)
    client.renew()
    assert store.rotations == 0
    clock.forward(hours=24)
    client.profile()
    assert store.rotations == 1
    misbehave(base, kind="revoked_token", account="tiktok:samudrakota")
    with pytest.raises(AuthRevoked):
        client.profile()


def test_the_faults_of_the_platform_come_in_its_own_envelope(base: str) -> None:
    client, _ = connected(base)
    misbehave(base, kind="rate_limited", endpoint="GET /v2/user/info/")
    with pytest.raises(RateLimited):
        client.profile()
    misbehave(base, kind="server_error", endpoint="GET /v2/user/info/", times=3)
    with pytest.raises(Unavailable):
        client.profile()


def test_the_seventh_post_of_a_minute_is_refused_where_limits_are_enforced(make_app: Make) -> None:
    with running(make_app(enforce_limits=True)) as base:
        client, _ = connected(base)
        with requests.Session() as session:
            session.trust_env = False
            session.headers["Authorization"] = f"Bearer {TOKEN}"
            url = f"{base}/v2/post/publish/video/init/"
            for _ in range(6):
                assert session.post(url, json={}, timeout=5).status_code == 400
        with pytest.raises(RateLimited):
            client.publish(kept({**FILM, "video": film(5000)}, {}))


def test_pages_meet_every_post_once(base: str) -> None:
    client, _ = connected(base)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = client.posts(cursor=cursor)
        seen += [one.platform_id for one in page.posts]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == client.profile().posts
    assert [one.platform_id for one in client.metrics(seen[:45])] == seen[:45]


def test_answers_and_refusals_have_the_recorded_shapes(caller: Caller) -> None:
    refused = caller.get("/v2/user/info/?fields=open_id")
    assert refused.status_code == 401
    assert missing(sample("tiktok/error_access_token_invalid.json"), refused.json()) == []
    assert refused.json()["error"]["code"] == "access_token_invalid"
    caller.token = TOKEN
    refused = caller.get("/v2/user/info/")
    assert refused.status_code == 400
    assert missing(sample("tiktok/error_invalid_params.json"), refused.json()) == []
    creator = caller.post("/v2/post/publish/creator_info/query/", json={})
    assert missing(sample("tiktok/creator_info.json"), creator.json()) == []


@pytest.mark.parametrize(
    ("size", "chunk", "count", "status"),
    [
        (4_000_000, 4_000_000, 1, 200),
        (64_000_000, 64_000_000, 1, 200),
        (70_000_000, 70_000_000, 1, 400),
        (70_000_000, 10_000_000, 7, 200),
        (75_000_000, 10_000_000, 7, 200),
        (75_000_000, 10_000_000, 8, 400),
        (20_000_000, 4_000_000, 5, 400),
        (10_000_000, 5_000_000, 1, 400),
        (0, 1, 1, 400),
    ],
)
def test_the_parts_of_a_film_follow_tiktoks_rule(
    caller: Caller, size: int, chunk: int, count: int, status: int
) -> None:
    caller.token = TOKEN
    source = {
        "source": "FILE_UPLOAD",
        "video_size": size,
        "chunk_size": chunk,
        "total_chunk_count": count,
    }
    info = {"title": "Uji", "privacy_level": "PUBLIC_TO_EVERYONE"}
    body = {"post_info": info, "source_info": source}
    assert caller.post("/v2/post/publish/video/init/", json=body).status_code == status


def test_a_post_that_only_the_account_sees_has_no_public_id(caller: Caller) -> None:
    caller.token = TOKEN
    source = {
        "source": "FILE_UPLOAD",
        "video_size": 9,
        "chunk_size": 9,
        "total_chunk_count": 1,
    }
    info = {"title": "Uji", "privacy_level": "SELF_ONLY"}
    begun = caller.post(
        "/v2/post/publish/video/init/", json={"post_info": info, "source_info": source}
    ).json()["data"]
    where = begun["upload_url"].removeprefix(caller.base)
    range_ = {"Content-Range": "bytes 0-8/9", "Content-Type": "video/mp4"}
    assert caller.call("PUT", where, data=b"x" * 9, headers=range_).status_code == 201
    assert caller.call("PUT", where, data=b"x" * 9, headers=range_).status_code == 416
    progress = caller.post(
        "/v2/post/publish/status/fetch/", json={"publish_id": begun["publish_id"]}
    ).json()["data"]
    assert progress["status"] == "PROCESSING_UPLOAD"
    listed = caller.post("/v2/video/list/?fields=id,title", json={"max_count": 1}).json()
    assert listed["data"]["videos"][0]["title"] != "Uji"


def test_consent_can_be_declined_and_a_code_is_good_once(base: str) -> None:
    way = authorise("tiktok", base)
    address = way.address(redirect_uri=BACK, state="tanda", verifier="v" * 64)
    page = requests.get(address, timeout=5)
    assert "Izinkan" in page.text
    assert code_for(address, "deny")["error"] == "access_denied"
    code = code_for(address)["code"]
    way.exchange(code=code, redirect_uri=BACK, verifier="")
    with pytest.raises(AuthRevoked):
        way.exchange(code=code, redirect_uri=BACK, verifier="")


def test_a_consent_without_the_right_to_post_is_found_out(base: str) -> None:
    way = authorise("tiktok", base)
    way.scopes = [one for one in way.scopes if not one.startswith("video.publish")]
    code = code_for(way.address(redirect_uri=BACK, state="t", verifier=""))["code"]
    secret = way.exchange(code=code, redirect_uri=BACK, verifier="")
    client = client_of("tiktok", base, store_of(secret))
    client.profile()
    with pytest.raises(PermissionMissing):
        client.check_can_publish()
    with pytest.raises(PermissionMissing):
        client.publish(kept({**FILM, "video": film(5000)}, {}))
    with pytest.raises(Refused):
        client.publish(kept(FILM, {}))

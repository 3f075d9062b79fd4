"""Threads on the training server: our client's whole line, and the shapes that were recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image as Picture

from govsocial.platforms.base import Image, OutgoingPost, SeenPost, Video
from govsocial.platforms.errors import (
    AuthRevoked,
    NotOffered,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.finding import ASKED_AT
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Timing
from govsocial.platforms.oauth import AppCredentials, Choice
from govsocial.platforms.registry import authorisation
from govsocial.platforms.spec import Addresses, Connection
from govsocial.platforms.threads.client import ThreadsClient
from govsocial.training.agency import APPS, BY_KEY
from govsocial.training.app import TrainingPlatforms
from tests.platforms.fakes import MemoryStore, Reply, Server
from tests.training.conftest import ANCHOR, CONTROL, Caller, Clock, missing, sample

ACCOUNT = BY_KEY["threads:samudrakota"]
APP = AppCredentials(client_id=APPS["threads"][0], client_secret=APPS["threads"][1])
BACK = "http://127.0.0.1:8000/accounts/connections/callback"


def host(served: Caller) -> str:
    return urlsplit(served.base).netloc


def client_of(served: Caller, store: MemoryStore, **more: Any) -> ThreadsClient:
    connection = Connection(
        addresses=Addresses(api="https://graph.threads.net").all_at(served.base),
        guard=Guard({host(served)}),
        handle=ACCOUNT.handle,
        secrets=store,
        app=APP,
        timing=Timing(backoff=0.01, longest_wait=0.1),
    )
    return ThreadsClient(connection, **{"sleep": lambda seconds: None, **more})


def consented(served: Caller, scope: str | None = None) -> Choice:
    consent = authorisation("threads", app=APP, base=served.base, allowed_private={host(served)})
    address = consent.address(redirect_uri=BACK, state="s-1", verifier="")
    asked = {name: one[0] for name, one in parse_qs(urlsplit(address).query).items()}
    assert "Izinkan" in served.session.get(address, timeout=5).text
    answer = served.session.post(
        f"{served.base}/oauth/authorize",
        data={**asked, **({"scope": scope} if scope else {}), "decision": "allow"},
        allow_redirects=False,
        timeout=5,
    )
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert back["state"] == ["s-1"]
    secret = consent.exchange(code=f"{back['code'][0]}#_", redirect_uri=BACK, verifier="")
    (choice,) = consent.choices(secret)
    return choice


@pytest.fixture
def store(served: Caller) -> MemoryStore:
    return MemoryStore(**consented(served).secret)


@pytest.fixture
def media() -> Iterator[Server]:
    """Our own address of media, which the platform fetches from."""
    server = Server()
    out = BytesIO()
    Picture.new("RGB", (640, 480), (20, 90, 160)).save(out, "JPEG")
    server.on("GET /media/1", Reply(200, out.getvalue(), {"Content-Type": "image/jpeg"}))
    server.on("GET /media/2", Reply(200, b"film" * 99, {"Content-Type": "video/mp4"}))
    yield server
    server.close()


def image(media: Server, **changes: Any) -> Image:
    values: dict[str, Any] = {
        "data": b"jpeg",
        "media_type": "image/jpeg",
        "alt": "Loket baru",
        "width": 640,
        "height": 480,
        "url": f"{media.base}/media/1",
        **changes,
    }
    return Image(**values)


def film(media: Server) -> Video:
    return Video(
        size=396,
        media_type="video/mp4",
        seconds=20,
        width=720,
        height=1280,
        read=lambda offset, length: b"",
        url=f"{media.base}/media/2",
    )


def post(text: str, **changes: Any) -> OutgoingPost:
    values: dict[str, Any] = {
        "key": text,
        "text": text,
        "language": "id",
        "created_at": ANCHOR,
        **changes,
    }
    return OutgoingPost(**values)


def misbehave(served: Caller, kind: str, **more: Any) -> None:
    order = {"kind": kind, **more}
    headers = {"X-Training-Control": CONTROL}
    assert served.post("/training/behave", json=order, headers=headers).status_code == 201


def test_our_client_goes_the_whole_line(
    served: Caller, store: MemoryStore, app: TrainingPlatforms
) -> None:
    client = client_of(served, store)
    profile = client.profile()
    assert (profile.platform_id, profile.handle) == (ACCOUNT.platform_id, ACCOUNT.handle)
    at = ANCHOR.timestamp()
    assert profile.followers == app.world.followers(ACCOUNT, at)
    assert (profile.following, profile.posts, profile.verified) == (None, None, True)
    client.check_can_publish()
    outgoing = post("Halo, Kota Samudra!", link="https://samudrakota.example/mpp")
    kept: dict[str, str] = {}
    published = client.publish(post(outgoing.text, link=outgoing.link, keep=kept.update))
    assert served.get(urlsplit(published.permalink).path).status_code == 200
    (seen,) = client.metrics([published.platform_id])
    assert (seen.text, seen.likes, seen.views) == (outgoing.text, 0, 0)
    assert seen.raw["link_attachment_url"] == outgoing.link
    found = client.find(post(outgoing.text, handles=kept))
    assert found is not None
    assert (found.platform_id, found.permalink) == (published.platform_id, published.permalink)
    assert client.posts().posts[0].platform_id == published.platform_id
    client.delete(published.platform_id)
    client.delete(published.platform_id)
    assert client.metrics([published.platform_id]) == []


def test_every_post_is_listed_once_with_its_numbers(served: Caller, store: MemoryStore) -> None:
    client = client_of(served, store)
    cursor, seen = None, list[SeenPost]()
    for _ in range(30):
        page = client.posts(cursor=cursor)
        seen += page.posts
        cursor = page.next_cursor
        if cursor is None:
            break
    moments = [one.posted_at for one in seen]
    assert moments == sorted(moments, reverse=True)
    assert len({one.platform_id for one in seen}) == len(seen) > 300
    assert seen[-1].posted_at < ANCHOR - timedelta(days=700)
    assert all((one.views or 0) >= (one.likes or 0) for one in seen)
    assert client.metrics([seen[3].platform_id]) == [seen[3]]


def test_days_are_those_that_are_over(served: Caller, store: MemoryStore) -> None:
    client = client_of(served, store)
    last = ANCHOR.date()
    days = client.days(last - timedelta(days=120), last)
    assert [one.day for one in days] == [last - timedelta(days=back) for back in range(120, 0, -1)]
    assert all(one.views for one in days)
    assert client.days(datetime(2023, 1, 1).date(), datetime(2023, 2, 1).date()) == []  # noqa: DTZ001


@pytest.mark.parametrize("kind", ["image", "film", "carousel"])
def test_media_are_fetched_by_the_platform_and_shown(
    served: Caller, store: MemoryStore, media: Server, clock: Clock, kind: str
) -> None:
    client = client_of(served, store, sleep=lambda seconds: clock.forward(seconds=seconds))
    made: dict[str, dict[str, Any]] = {
        "image": {"images": [image(media)]},
        "film": {"video": film(media)},
        "carousel": {"images": [image(media), image(media, alt="Kedua")], "video": film(media)},
    }
    kept: dict[str, str] = {}
    published = client.publish(post("Dengan media", **made[kind], keep=kept.update))
    assert len(media.received) == {"image": 1, "film": 1, "carousel": 3}[kind]
    page = served.get(urlsplit(published.permalink).path).text
    assert ("Loket baru" in page) == (kind != "film")
    found = client.find(post("Dengan media", **made[kind], handles=kept))
    assert found is not None
    assert found.platform_id == published.platform_id


def test_media_that_cannot_be_fetched_are_refused(
    served: Caller, store: MemoryStore, media: Server
) -> None:
    client = client_of(served, store)
    for address in (f"{media.base}/missing", "http://192.0.2.7/a.jpg", "file:///etc/passwd"):
        with pytest.raises(Refused):
            client.publish(post("Gagal", images=[image(media, url=address)]))
    assert "Gagal" not in [one.text for one in client.posts().posts]


@pytest.mark.parametrize("endpoint", ["POST */threads", "POST */threads_publish"])
def test_a_post_that_breaks_off_is_out_once(
    served: Caller, store: MemoryStore, endpoint: str
) -> None:
    kept: dict[str, str] = {}
    client = client_of(served, store)
    misbehave(served, "drop_after_accept", endpoint=endpoint)
    with pytest.raises(PlatformError) as caught:
        client.publish(post("Siaga banjir", keep=kept.update))
    published = endpoint.endswith("publish")
    assert isinstance(caught.value, UnknownOutcome if published else Unavailable)
    again = post("Siaga banjir", handles=kept)
    assert (client.find(again) is not None) == published
    # Also without looking first, the container keeps it from being doubled.
    client.publish(again)
    assert [one.text for one in client.posts().posts].count("Siaga banjir") == 1


def test_a_finished_container_is_published_by_a_later_attempt(
    served: Caller, store: MemoryStore, media: Server, clock: Clock
) -> None:
    kept: dict[str, str] = {}
    client = client_of(served, store, sleep=lambda seconds: clock.forward(seconds=seconds))
    misbehave(served, "drop_before_accept", endpoint="POST */threads_publish")
    with pytest.raises(UnknownOutcome):
        client.publish(post("Peta", images=[image(media)], keep=kept.update))
    kept[ASKED_AT] = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    again = post("Peta", images=[image(media)], handles=kept)
    assert client.find(again) is None
    client.publish(again)
    assert len(media.received) == 1
    kept.clear()
    misbehave(served, "drop_before_accept", endpoint="POST */threads_publish")
    with pytest.raises(UnknownOutcome):
        client.publish(post("Kedaluwarsa", keep=kept.update))
    clock.forward(hours=25)
    client.publish(post("Kedaluwarsa", handles=kept))


def test_a_token_is_renewed_once_a_week_and_not_after_its_end(
    served: Caller, store: MemoryStore, clock: Clock
) -> None:
    # What a token says of its end is by our clock; the server's is moved along with it.
    first = store.load()["access_token"]
    client = client_of(served, store)
    client.renew()
    assert store.load()["access_token"] == first
    clock.forward(days=8)
    ends = datetime.now(UTC) + timedelta(days=52)
    store.secret = {**store.load(), "expires_at": ends.isoformat()}
    client.renew()
    assert store.load()["access_token"] != first
    assert client.profile().handle == ACCOUNT.handle
    clock.forward(days=61)
    with pytest.raises(AuthRevoked):
        client.profile()
    store.secret = {**store.load(), "expires_at": ends.isoformat()}
    with pytest.raises(AuthRevoked):
        client.renew()


def test_a_token_taken_back_asks_for_a_person(served: Caller, store: MemoryStore) -> None:
    misbehave(served, "revoked_token", endpoint="*/me")
    client = client_of(served, store)
    for _ in range(2):
        with pytest.raises(AuthRevoked):
            client.profile()
    with pytest.raises(AuthRevoked):
        client.check_can_publish()


def test_rights_that_were_not_granted_are_missing(served: Caller) -> None:
    choice = consented(served, "threads_basic")
    assert choice.secret["scope"] == "threads_basic"
    client = client_of(served, MemoryStore(**choice.secret))
    assert client.profile().followers is None
    page = client.posts()
    assert {one.likes for one in page.posts} == {None}
    with pytest.raises(PermissionMissing):
        client.check_can_publish()
    with pytest.raises(PermissionMissing):
        client.publish(post("Tanpa hak"))
    with pytest.raises(PermissionMissing):
        client.delete(page.posts[0].platform_id)


def test_a_wait_and_an_outage_are_told_apart(served: Caller, store: MemoryStore) -> None:
    client = client_of(served, store)
    misbehave(served, "rate_limited", retry_after=600.0)
    with pytest.raises(RateLimited) as caught:
        client.profile()
    assert caught.value.retry_after == 600
    misbehave(served, "server_error", times=3)
    with pytest.raises(Unavailable):
        client.profile()
    misbehave(served, "server_error", times=1)
    assert client.profile().handle == ACCOUNT.handle


def test_consent_cannot_be_taken_back_through_the_interface(
    served: Caller, store: MemoryStore
) -> None:
    consent = authorisation("threads", app=APP, base=served.base, allowed_private={host(served)})
    with pytest.raises(NotOffered):
        consent.revoke(store.load())
    with pytest.raises(Refused):
        consent.exchange(code="tidak ada", redirect_uri=BACK, verifier="")


def test_answers_have_the_recorded_shapes(served: Caller) -> None:
    served.token = ACCOUNT.secret
    fields = (
        "id,media_product_type,media_type,permalink,owner,username,text,timestamp,shortcode,"
        "is_quote_post"
    )
    listed = served.get("/v1.0/me/threads", params={"fields": fields}).json()
    assert missing(sample("threads/user_threads.json"), listed) == []
    post_id = listed["data"][0]["id"]
    one = served.get(f"/v1.0/{post_id}", params={"fields": fields}).json()
    assert missing(sample("threads/media_single.json"), one) == []
    told = served.get(f"/v1.0/{post_id}/insights", params={"metric": "likes,replies"}).json()
    assert missing(sample("threads/media_insights_likes_replies.json"), told) == []
    limit = served.get("/v1.0/me/threads_publishing_limit").json()
    assert missing(sample("threads/publishing_limit.json"), limit) == []
    made = served.post("/v1.0/me/threads", data={"media_type": "TEXT", "text": "Halo"}).json()
    assert missing(sample("threads/container_create.json"), made) == []
    form = {"creation_id": made["id"]}
    out = served.post("/v1.0/me/threads_publish", data=form).json()
    assert missing(sample("threads/threads_publish.json"), out) == []
    who = "id,username,name,threads_biography"
    profile = served.get("/v1.0/me", params={"fields": who}).json()
    recorded = sample("threads/user_profile.json")
    assert missing({k: recorded[k] for k in who.split(",")}, profile) == []

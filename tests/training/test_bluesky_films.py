"""Films on the training platform: as Bluesky's video service and as a plain server take them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from govsocial.platforms.base import OutgoingPost, Video
from govsocial.platforms.bluesky.client import BlueskyClient
from govsocial.platforms.errors import RateLimited, Refused, Unavailable
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Session
from govsocial.platforms.registry import new_key
from govsocial.training.agency import TrainingAccount
from govsocial.training.bluesky_films import FILMS_A_DAY
from tests.platforms import films
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore
from tests.training.conftest import ANCHOR, Caller, Clock
from tests.training.line import film, kept, misbehave

SIZE = 300_000
LIMITS = "app.bsky.video.getUploadLimits"


@pytest.fixture(autouse=True)
def at_the_anchor() -> Iterator[None]:
    """Our own clock as well, which says until when a token is asked for."""
    with time_machine.travel(ANCHOR):
        yield


@pytest.fixture
def client(served: Caller, kominfo: TrainingAccount, clock: Clock) -> BlueskyClient:
    host = served.base.removeprefix("http://")
    return BlueskyClient(
        handle=kominfo.handle,
        session=Session(served.base, guard=Guard({host}), timing=QUICK),
        secrets=MemoryStore(app_password=kominfo.secret),
        sleep=lambda seconds: clock.forward(seconds=seconds),
    )


def post(**changes: Any) -> dict[str, Any]:
    return {
        "key": new_key("bluesky", ANCHOR),
        "text": "Liputan rapat banjir.",
        "language": "id",
        "created_at": ANCHOR,
        "video": film(SIZE),
        **changes,
    }


def film_of(byte: bytes, media_type: str = "video/mp4") -> Video:
    return films.film(byte * SIZE, media_type=media_type, alt="Petugas di pintu air")


def test_a_film_is_worked_through_and_seen_by_everybody(
    client: BlueskyClient, served: Caller, clock: Clock
) -> None:
    published = client.publish(OutgoingPost(**post(video=film_of(b"a"))))
    assert clock.now > ANCHOR + timedelta(seconds=2)
    (seen,) = client.metrics([published.platform_id])
    embed = seen.raw["embed"]
    assert embed["$type"] == "app.bsky.embed.video#view"
    assert embed["alt"] == "Petugas di pintu air"
    assert embed["aspectRatio"] == {"width": 1280, "height": 720}
    assert embed["playlist"].endswith(f"/{embed['cid']}/playlist.m3u8")
    feed = served.xrpc(
        "app.bsky.feed.getAuthorFeed", actor="samudrakota.latihan.test", filter="posts_with_video"
    )
    assert [one["post"]["uri"] for one in feed.json()["feed"]] == [published.platform_id]
    page = served.get(published.permalink.removeprefix(served.base))
    assert "Petugas di pintu air" in page.text


def test_an_attempt_that_broke_off_does_not_send_the_film_again(
    client: BlueskyClient, served: Caller
) -> None:
    values, handles = post(), dict[str, str]()
    misbehave(served.base, kind="server_error", endpoint="*getJobStatus", times=3)
    with pytest.raises(Unavailable):
        client.publish(kept(values, handles))
    assert handles["film"]
    asked: list[int] = []
    again = kept({**values, "video": film(SIZE, asked=asked)}, handles)
    published = client.publish(again)
    assert asked == []
    found = client.find(again)
    assert found is not None
    assert found.platform_id == published.platform_id


def test_the_same_film_is_taken_for_a_second_post(client: BlueskyClient) -> None:
    first, second = (client.publish(OutgoingPost(**post())) for _ in range(2))
    assert first.platform_id != second.platform_id


def test_what_is_no_film_is_refused_by_the_service(
    served: Caller, kominfo: TrainingAccount, clock: Clock
) -> None:
    sign_for(served, kominfo, "com.atproto.repo.uploadBlob")
    sent = served.post(
        "/xrpc/app.bsky.video.uploadVideo",
        params={"did": kominfo.platform_id, "name": "a.txt"},
        data=b"text",
        headers={"Content-Type": "text/plain"},
    )
    assert sent.json()["state"] == "JOB_STATE_ENCODING"
    clock.forward(seconds=3)
    told = served.xrpc("app.bsky.video.getJobStatus", jobId=sent.json()["jobId"]).json()
    assert told["jobStatus"]["state"] == "JOB_STATE_FAILED"
    assert served.xrpc("app.bsky.video.getJobStatus", jobId="x").status_code == 404


def test_a_day_has_room_for_so_many_films(
    client: BlueskyClient, served: Caller, kominfo: TrainingAccount, clock: Clock
) -> None:
    sign_for(served, kominfo, "com.atproto.repo.uploadBlob", seconds=3600)
    for number in range(FILMS_A_DAY):
        sent = served.post(
            "/xrpc/app.bsky.video.uploadVideo",
            params={"did": kominfo.platform_id},
            data=f"film {number}",
            headers={"Content-Type": "video/mp4"},
        )
        assert sent.status_code == 200
    with pytest.raises(RateLimited) as caught:
        client.publish(OutgoingPost(**post()))
    assert caught.value.retry_after == 86_400
    clock.forward(days=1)
    with time_machine.travel(clock.now):
        client.publish(OutgoingPost(**post()))


def test_a_token_is_good_for_what_it_was_given_for(
    served: Caller, kominfo: TrainingAccount, clock: Clock
) -> None:
    sign_for(served, kominfo, LIMITS)
    assert served.xrpc(LIMITS).json()["canUpload"] is True
    refused = served.post(
        "/xrpc/app.bsky.video.uploadVideo", params={"did": kominfo.platform_id}, data=b"film"
    )
    assert refused.status_code == 401
    clock.forward(minutes=2)
    assert served.xrpc(LIMITS).status_code == 401


def test_a_film_that_is_not_a_film_of_the_account_cannot_be_posted(
    served: Caller, kominfo: TrainingAccount, client: BlueskyClient
) -> None:
    served.sign_in(kominfo)
    upload = "/xrpc/com.atproto.repo.uploadBlob"
    image = served.post(upload, data=b"x", headers={"Content-Type": "image/png"}).json()["blob"]
    lost = {**image, "ref": {"$link": "bafkreinone"}}
    for blob, error in ((image, "InvalidMimeType"), (lost, "BlobNotFound")):
        embed = {"$type": "app.bsky.embed.video", "video": blob}
        body = served.record(kominfo, "Film", record={"embed": embed})
        answer = served.post("/xrpc/com.atproto.repo.createRecord", json=body)
        assert (answer.status_code, answer.json()["error"]) == (400, error)
    with pytest.raises(Refused):
        client.publish(OutgoingPost(**post(video=film_of(b"a", "video/webm"))))


def sign_for(
    caller: Caller, account: TrainingAccount, nsid: str, *, seconds: int | None = None
) -> None:
    """Call from here on with a token that the account's server gave out for ``nsid``."""
    caller.sign_in(account)
    until = {} if seconds is None else {"exp": int(ANCHOR.timestamp()) + seconds}
    answer = caller.xrpc(
        "com.atproto.server.getServiceAuth", aud="did:web:latihan.test", lxm=nsid, **until
    )
    assert answer.status_code == 200, answer.text
    caller.token = answer.json()["token"]

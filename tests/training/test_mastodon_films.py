"""Films on the training Mastodon: our client, and the official library beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from mastodon import Mastodon

from govsocial.platforms.errors import Refused, Unavailable
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Session
from govsocial.platforms.mastodon.client import MastodonClient
from govsocial.platforms.registry import new_key
from govsocial.platforms.streamed import PART
from govsocial.training.agency import TrainingAccount
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore
from tests.training import line
from tests.training.conftest import ANCHOR, Caller, Clock, png

SIZE = 5 * 1024 * 1024
POST = {
    "key": new_key("mastodon", ANCHOR),
    "text": "Liputan rapat",
    "language": "id",
    "created_at": ANCHOR,
    "video": line.film(SIZE),
}


@pytest.fixture
def client(served: Caller, mastodon: TrainingAccount) -> MastodonClient:
    session = Session(served.base, guard=Guard({served.base.removeprefix("http://")}), timing=QUICK)
    return MastodonClient(session=session, secrets=MemoryStore(access_token=mastodon.secret))


@pytest.fixture
def library(served: Caller, mastodon: TrainingAccount) -> Iterator[Mastodon]:
    with requests.Session() as session:
        yield Mastodon(api_base_url=served.base, access_token=mastodon.secret, session=session)


def test_a_film_of_ours_is_waited_for_and_the_official_library_sees_it(
    client: MastodonClient, library: Mastodon, clock: Clock
) -> None:
    client._sleep = lambda seconds: clock.forward(seconds=seconds)
    handles: dict[str, str] = {}
    post = line.kept(POST, handles)
    published = client.publish(post)
    (shown,) = library.status(published.platform_id).media_attachments
    assert (shown.type, str(shown.id)) == ("video", handles["film"])
    assert shown.meta.original.width > shown.meta.original.height
    found = client.find(post)
    assert found is not None
    assert found.platform_id == published.platform_id


def test_a_later_attempt_goes_on_waiting_for_the_film_of_an_earlier_one(
    client: MastodonClient, clock: Clock
) -> None:
    asked: list[int] = []
    handles: dict[str, str] = {}
    post = {**POST, "video": line.film(SIZE, asked=asked)}
    client._sleep = lambda seconds: None
    with pytest.raises(Unavailable, match="still working on the film"):
        client.publish(line.kept(post, handles))
    assert asked == list(range(0, SIZE, PART))
    assert client.find(line.kept(post, handles)) is None
    clock.forward(seconds=3)
    client.publish(line.kept(post, handles))
    assert len(asked) == len(range(0, SIZE, PART))


def test_a_film_that_the_server_gave_to_another_status_is_sent_anew(
    client: MastodonClient, library: Mastodon, clock: Clock
) -> None:
    client._sleep = lambda seconds: clock.forward(seconds=seconds)
    handles: dict[str, str] = {}
    first = client.publish(line.kept(POST, handles))
    before = handles["film"]
    others = {"film": before}
    again: dict[str, Any] = {**POST, "key": new_key("mastodon", clock())}
    second = client.publish(line.kept(again, others))
    assert second.platform_id != first.platform_id
    assert others["film"] != before


def test_a_film_and_a_picture_of_the_official_library(library: Mastodon, clock: Clock) -> None:
    media = library.media_post(b"film", mime_type="video/mp4", description="Pintu air")
    assert (media.type, media.url) == ("video", None)
    clock.forward(seconds=3)
    assert library.media(media).url
    picture = library.media_post(png(), mime_type="image/png")
    status = library.status_post("Liputan", media_ids=[media])
    assert status.media_attachments[0].description == "Pintu air"
    assert library.status_post("Foto", media_ids=[picture]).media_attachments[0].type == "image"


def test_what_the_training_server_does_not_take_is_refused_beforehand(
    client: MastodonClient,
) -> None:
    post = {**POST, "video": line.film(99 * 1024 * 1024 + 1)}
    with pytest.raises(Refused, match="103809024 at most"):
        client.publish(line.kept(post, {}))

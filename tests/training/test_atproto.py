"""The official library of the AT Protocol, which we did not write, beside our Bluesky client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from govsocial.platforms.base import Image, OutgoingPost, PlatformClient, SeenPost
from govsocial.platforms.registry import connect, new_key
from govsocial.training.agency import TrainingAccount
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore
from tests.training.conftest import ANCHOR, Caller, png

if TYPE_CHECKING:
    from atproto import Client


@pytest.fixture
def client(served: Caller, kominfo: TrainingAccount) -> PlatformClient:
    return connect(
        "bluesky",
        host=served.base,
        handle=kominfo.handle,
        secrets=MemoryStore(app_password=kominfo.secret),
        allowed_private={served.base.removeprefix("http://")},
        timing=QUICK,
    )


@pytest.fixture
def library(served: Caller, kominfo: TrainingAccount) -> Iterator[Client]:
    # Takes most of a second, which only the worker that runs these tests is to spend.
    from atproto import Client, Request

    request = Request(trust_env=False)
    made = Client(base_url=served.base, request=request)
    made.login(kominfo.handle, kominfo.secret)
    yield made
    request.close()


def test_the_official_library_reads_the_same_account_and_posts(
    client: PlatformClient, library: Client, kominfo: TrainingAccount
) -> None:
    profile = client.profile()
    me: Any = library.get_profile(kominfo.handle)
    assert (profile.platform_id, profile.handle, profile.display_name) == (
        me.did,
        me.handle,
        me.display_name,
    )
    assert (profile.followers, profile.following, profile.posts) == (
        me.followers_count,
        me.follows_count,
        me.posts_count,
    )
    ours: list[SeenPost] = []
    theirs: list[Any] = []
    cursor: str | None = None
    library_cursor: str | None = None
    for _ in range(2):
        page = client.posts(cursor=cursor)
        ours += page.posts
        cursor = page.next_cursor
        feed: Any = library.get_author_feed(
            kominfo.handle, cursor=library_cursor, filter="posts_with_replies", limit=100
        )
        theirs += [item.post for item in feed.feed]
        library_cursor = feed.cursor
    assert len(ours) == 200
    assert [(one.platform_id, one.text, one.likes, one.comments, one.shares) for one in ours] == [
        (one.uri, one.record.text, one.like_count, one.reply_count, one.repost_count)
        for one in theirs
    ]
    named: Any = library.get_posts([one.platform_id for one in ours[:25]])
    again = client.metrics([one.platform_id for one in ours[:25]])
    assert [one.likes for one in again] == [one.like_count for one in named.posts]


def test_what_our_client_publishes_the_official_library_sees_and_deletes(
    client: PlatformClient, library: Client
) -> None:
    post = OutgoingPost(
        key=new_key("bluesky", ANCHOR),
        text="Pasar murah besok. #Samudra https://kota.example/pasar",
        language="id",
        created_at=ANCHOR,
    )
    published = client.publish(post)
    seen: Any = library.get_posts([published.platform_id])
    (record,) = (one.record for one in seen.posts)
    assert record.text == post.text
    assert [facet.features[0].py_type for facet in record.facets] == [
        "app.bsky.richtext.facet#tag",
        "app.bsky.richtext.facet#link",
    ]
    assert library.delete_post(published.platform_id)
    assert client.find(post) is None
    from atproto.exceptions import AtProtocolError

    with pytest.raises(AtProtocolError):
        library.get_post(post.key, library.me.did if library.me else None)


def test_the_official_library_sees_a_gallery_of_ours(
    client: PlatformClient, library: Client
) -> None:
    pictures = [
        Image(
            data=png(8 + number), media_type="image/png", alt=f"Foto {number}", width=8, height=36
        )
        for number in range(5)
    ]
    post = OutgoingPost(
        key=new_key("bluesky", ANCHOR),
        text="Lima foto.",
        language="id",
        created_at=ANCHOR,
        images=pictures,
    )
    published = client.publish(post)
    named: Any = library.get_posts([published.platform_id])
    (seen,) = named.posts
    assert seen.record.embed.py_type == "app.bsky.embed.gallery"
    assert [one.alt for one in seen.embed.items] == [one.alt for one in pictures]
    assert len({one.fullsize for one in seen.embed.items}) == 5


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
def test_the_official_library_publishes_a_film_that_our_client_sees(
    client: PlatformClient, library: Client
) -> None:
    sent = library.send_video(
        "Liputan rapat", video=b"\0\0\0\x18ftypmp42" * 1000, video_alt="Ruang rapat"
    )
    (seen,) = client.metrics([sent.uri])
    assert seen.text == "Liputan rapat"
    assert seen.raw["embed"]["alt"] == "Ruang rapat"
    named: Any = library.get_posts([sent.uri])
    assert named.posts[0].embed.py_type == "app.bsky.embed.video#view"

"""X on the training server: read by tweepy and by our client, and our client's whole line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import tweepy

from govsocial.platforms.base import Image, Video
from govsocial.platforms.errors import Refused, UnknownOutcome
from govsocial.platforms.finding import ASKED_AT
from tests.platforms.fakes import MemoryStore
from tests.platforms.x_stage import Purse
from tests.training.conftest import ANCHOR, Caller, Clock
from tests.training.x_line import (
    ACCOUNT,
    APP,
    BACK,
    client_of,
    consented,
    jpeg,
    misbehave,
    pointed,
    post,
)


@pytest.fixture
def library(served: Caller) -> Iterator[tweepy.Client]:
    client = tweepy.Client(bearer_token=ACCOUNT.secret)
    pointed(client.session, served.base)
    with client.session:
        yield client


@pytest.fixture
def store(served: Caller) -> MemoryStore:
    return MemoryStore(**consented(served).secret)


def test_tweepy_reads_the_account_and_the_posts_that_our_client_reads(
    served: Caller, library: tweepy.Client
) -> None:
    client = client_of(served, MemoryStore(access_token=ACCOUNT.secret))
    theirs = library.get_me(user_auth=False, user_fields=["public_metrics", "verified"]).data
    ours = client.profile()
    assert (ours.platform_id, ours.handle) == (str(theirs.id), theirs.username)
    assert ours.followers == theirs.public_metrics["followers_count"]
    assert ours.posts == theirs.public_metrics["tweet_count"]
    assert ours.verified is theirs.verified is True

    listed = tweepy.Paginator(
        library.get_users_tweets,
        theirs.id,
        max_results=100,
        tweet_fields=["public_metrics", "created_at", "entities"],
    ).flatten(limit=250)
    page = client.posts()
    mine = [*page.posts]
    while len(mine) < 250 and page.next_cursor:
        page = client.posts(cursor=page.next_cursor)
        mine += page.posts
    for seen, told in zip(mine[:250], listed, strict=True):
        public = told.public_metrics
        assert seen.platform_id == str(told.id)
        assert seen.posted_at == told.created_at
        assert (seen.likes, seen.comments, seen.shares, seen.quotes, seen.saves, seen.views) == (
            public["like_count"],
            public["reply_count"],
            public["retweet_count"],
            public["quote_count"],
            public["bookmark_count"],
            public["impression_count"],
        )
        for link in (told.entities or {}).get("urls", []):
            assert link["expanded_url"] in seen.text or "media_key" in link
    assert client.metrics([mine[0].platform_id]) == [mine[0]]


def test_tweepy_consents_posts_and_deletes_as_our_client_does(served: Caller) -> None:
    handler = tweepy.OAuth2UserHandler(
        client_id=APP.client_id,
        client_secret=APP.client_secret,
        redirect_uri=BACK.replace("http:", "https:"),
        scope=["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"],
    )
    pointed(handler, served.base)
    query = parse_qs(urlsplit(handler.get_authorization_url()).query)
    answer = served.session.post(
        f"{served.base}/i/oauth2/authorize",
        data={**{name: values[0] for name, values in query.items()}, "decision": "allow"},
        allow_redirects=False,
        timeout=5,
    )
    token = handler.fetch_token(answer.headers["location"])
    library = tweepy.Client(bearer_token=token["access_token"])
    pointed(library.session, served.base)
    made = library.create_tweet(text="Halo dari pustaka lain", user_auth=False).data
    client = client_of(served, MemoryStore(access_token=token["access_token"]))
    (seen,) = client.metrics([made["id"]])
    assert seen.text == "Halo dari pustaka lain"
    assert library.get_tweet(made["id"], user_auth=False).data.text == seen.text
    assert library.delete_tweet(made["id"], user_auth=False).data["deleted"] is True
    assert client.metrics([made["id"]]) == []


def test_our_client_goes_the_whole_line(served: Caller, store: MemoryStore) -> None:
    purse = Purse()
    client = client_of(served, store, meter=purse)
    assert client.profile().platform_id == ACCOUNT.platform_id
    client.check_can_publish()
    text = "Layanan & antrean: samudrakota.example/mpp dan https://samudrakota.example/a?b=1&c=2"
    outgoing = post(
        text,
        images=[Image(data=jpeg(), media_type="image/jpeg", alt="Loket baru", width=64, height=48)],
    )
    published = client.publish(outgoing)
    (seen,) = client.metrics([published.platform_id])
    assert "http://samudrakota.example/mpp" in seen.text
    assert "https://samudrakota.example/a?b=1&c=2" in seen.text
    assert "t.co" not in seen.text
    assert seen.permalink == published.permalink
    page = served.get(urlsplit(published.permalink).path)
    assert "Loket baru" in page.text
    found = client.find(outgoing)
    assert found is not None
    assert found.platform_id == published.platform_id
    assert client.find(replace(outgoing, taken={published.platform_id})) is None
    client.delete(published.platform_id)
    client.delete(published.platform_id)
    assert client.metrics([published.platform_id]) == []
    assert client.find(outgoing) is None
    assert ("create post with URL", 1) in purse.items
    assert purse.open == 0


def test_clicks_are_given_for_posts_of_the_last_month_only(
    served: Caller, store: MemoryStore, clock: Clock
) -> None:
    client = client_of(served, store)
    page = client.posts()
    assert page.next_cursor is not None
    older = client.posts(cursor=page.next_cursor)
    assert older.posts
    for seen in older.posts:
        assert (seen.link_clicks, seen.profile_clicks, seen.engagements) == (None, None, None)
        assert seen.views is not None
    fresh = client.publish(post("Dengan tautan: https://samudrakota.example"))
    clock.forward(days=1)
    (seen,) = client.metrics([fresh.platform_id])
    assert None not in (seen.link_clicks, seen.profile_clicks, seen.engagements)
    mixed = [fresh.platform_id, older.posts[-1].platform_id]
    assert [one.platform_id for one in client.metrics(mixed)] == mixed


def test_a_post_that_breaks_off_after_it_was_taken_is_out_once(
    served: Caller, store: MemoryStore
) -> None:
    kept: dict[str, str] = {}
    outgoing = post("Siaga banjir", keep=kept.update)
    client = client_of(served, store)
    misbehave(served, "drop_after_accept", endpoint="POST /2/tweets")
    with pytest.raises(UnknownOutcome):
        client.publish(outgoing)
    again = post("Siaga banjir", handles=kept)
    found = client.find(again)
    assert found is not None
    # Sent again without looking, the platform's own rule keeps it from being doubled.
    with pytest.raises(UnknownOutcome, match="earlier attempt"):
        client.publish(again)
    with pytest.raises(Refused) as caught:
        client.publish(post("Siaga banjir"))
    assert "duplicate content" in caught.value.words
    texts = [seen.text for seen in client.posts().posts]
    assert texts.count("Siaga banjir") == 1


def test_an_upload_that_is_there_is_not_sent_again(served: Caller, store: MemoryStore) -> None:
    kept: dict[str, str] = {}
    image = Image(data=jpeg(), media_type="image/jpeg", alt="Peta", width=64, height=48)
    client = client_of(served, store)
    misbehave(served, "server_error", endpoint="POST /2/tweets")
    with pytest.raises(UnknownOutcome):
        client.publish(post("Peta", images=[image], keep=kept.update))
    kept[ASKED_AT] = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    again = post("Peta", images=[image], handles=kept)
    assert client.find(again) is None
    misbehave(served, "server_error", endpoint="*initialize")
    published = client.publish(again)
    found = client.find(again)
    assert found is not None
    assert found.platform_id == published.platform_id


def test_a_film_is_waited_for(served: Caller, store: MemoryStore, clock: Clock) -> None:
    film = bytes(range(256)) * 20_000
    video = Video(
        size=len(film),
        media_type="video/mp4",
        seconds=12,
        width=1280,
        height=720,
        read=lambda offset, length: film[offset : offset + length],
        alt="Liputan",
    )
    client = client_of(served, store)
    client._sleep = lambda seconds: clock.forward(seconds=seconds)
    published = client.publish(post("Liputan rapat", video=video))
    (seen,) = client.metrics([published.platform_id])
    assert seen.video_views == 0
    assert seen.raw["attachments"]["media_keys"][0].startswith("7_")


def test_old_posts_lie_behind_the_month_that_has_clicks(served: Caller, store: MemoryStore) -> None:
    """Every post once, newest first, over both parts of the list."""
    client, cursor, seen = client_of(served, store), None, []
    for _ in range(50):
        page = client.posts(cursor=cursor)
        seen += [one.posted_at for one in page.posts]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == client.profile().posts
    assert seen[-1] < ANCHOR - timedelta(days=700)

"""Every recorded answer is read by its platform's models, or stands here with a reason why not.

What the clients make of them stands in the tests of the platforms' samples.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from govsocial.platforms.bluesky import answers as bluesky
from govsocial.platforms.facebook import answers as facebook
from govsocial.platforms.feed import reading as feed
from govsocial.platforms.feed.fetching import Document
from govsocial.platforms.http import Answer, Effect, parse
from govsocial.platforms.instagram import answers as instagram
from govsocial.platforms.mastodon import answers as mastodon
from govsocial.platforms.mastodon import failures as mastodon_failures
from govsocial.platforms.meta import errors as meta_errors
from govsocial.platforms.meta.consent import _Token as MetaToken
from govsocial.platforms.meta.graph import Created, Listing, _Debugged
from govsocial.platforms.meta.insights import Insights
from govsocial.platforms.threads import answers as threads
from govsocial.platforms.tiktok import answers as tiktok
from govsocial.platforms.x import answers as x
from govsocial.platforms.x import errors as x_errors
from govsocial.platforms.youtube import answers as youtube
from govsocial.platforms.youtube import failures as youtube_failures
from tests import gathering
from tests.platforms.test_samples import SAMPLES, needs_samples

pytestmark = needs_samples
Read = Callable[[Answer], object]

NOT_READ: Mapping[str, str] = {
    "comments of others and mentions are not collected": (
        "facebook/post_comments_p1 facebook/post_comments_p2 instagram/comment_replies "
        "instagram/mentioned_comment mastodon/notifications_mentions mastodon/status_context "
        "bluesky/list_notifications bluesky/post_thread"
    ),
    "there is no client for LinkedIn": (
        "linkedin/follower_statistics linkedin/network_size linkedin/organization "
        "linkedin/share_statistics"
    ),
    "TikTok's API for Business is another product; the client speaks that for developers": (
        "tiktok/business_account tiktok/business_comments tiktok/business_oauth_refresh "
        "tiktok/business_photo_publish tiktok/business_video_publish tiktok/business_videos"
    ),
    "an empty or free answer: that it is good is all that is asked": (
        "bluesky/delete_post bluesky/delete_post_again mastodon/status_delete x/post_delete"
    ),
    "headers, read by the tests of budgets": "facebook/headers_rate_limit",
}


def model(kind: type[BaseModel]) -> Read:
    return lambda answer: parse(kind, answer.json(), answer)


def under(key: str, kind: type[BaseModel]) -> Read:
    return lambda answer: parse(kind, answer.json()[key], answer)


def each(kind: type[BaseModel], key: str = "data") -> Read:
    """Each element of the list ``key``, or of the answer itself where that is a list."""

    def read(answer: Answer) -> object:
        body = answer.json()
        found = [parse(kind, raw, answer) for raw in (body[key] if key else body)]
        assert found
        return found

    return read


def listing(kind: type[BaseModel]) -> Read:
    def read(answer: Answer) -> object:
        page = parse(Listing, answer.json(), answer)
        assert page.data
        return [parse(kind, raw, answer) for raw in page.data]

    return read


def bluesky_feed(answer: Answer) -> object:
    feed = parse(bluesky.Feed, answer.json(), answer)
    return [parse(bluesky.Post, item.post, answer) for item in feed.feed]


def meta_error(answer: Answer) -> object:
    assert meta_errors.told(answer) is not None
    return meta_errors.failure(answer, secrets=(), effect=Effect.READ)


def named_error(answer: Answer) -> object:
    assert answer.json()["error"]
    return True


READ: Mapping[str, Read] = {
    "bluesky/author_feed_p1": bluesky_feed,
    "bluesky/create_post_same_rkey_again": named_error,
    "bluesky/create_post_text": model(bluesky.Written),
    "bluesky/create_post_with_rkey": model(bluesky.Written),
    "bluesky/put_post_same_rkey": model(bluesky.Written),
    "bluesky/create_session": model(bluesky.SessionAnswer),
    "bluesky/error_*": named_error,
    "bluesky/get_posts": each(bluesky.Post, "posts"),
    "bluesky/get_profile": model(bluesky.ProfileAnswer),
    "bluesky/get_record": model(bluesky.Found),
    "bluesky/upload_blob": model(bluesky.Blob),
    "mastodon/account_statuses_p1": each(mastodon.Status, ""),
    "mastodon/error_*": lambda answer: mastodon_failures.failure(answer, "token"),
    "mastodon/instance_v2": model(mastodon.Instance),
    "mastodon/media_upload": model(mastodon.Media),
    "mastodon/status_create": model(mastodon.Status),
    "mastodon/status_create_media": model(mastodon.Status),
    "mastodon/verify_credentials": model(mastodon.Account),
    "facebook/comment_create": model(facebook.Comment),
    "facebook/debug_token": model(_Debugged),
    "facebook/error_*": meta_error,
    "facebook/long_lived_token": model(MetaToken),
    "facebook/page_feed_*": listing(facebook.Post),
    "facebook/page_profile": model(facebook.Page),
    "facebook/page_videos_p1": listing(facebook.Film),
    "facebook/user_accounts_*": listing(Created),
    "instagram/container_create_*": model(Created),
    "instagram/container_status_finished": model(instagram.Container),
    "instagram/content_publishing_limit": each(instagram.PublishingLimit),
    "instagram/error_*": meta_error,
    "instagram/media_comments_*": listing(instagram.Comment),
    "instagram/media_insights_*": model(Insights),
    "instagram/media_publish": model(Created),
    "instagram/media_single_carousel": model(instagram.Media),
    "instagram/story_insights_legacy": model(Insights),
    "instagram/user_insights_*": model(Insights),
    "instagram/user_media_*": listing(instagram.Media),
    "instagram/user_profile": model(instagram.Account),
    "threads/account_insights_followers": model(threads.Insights),
    "threads/container_create": model(threads.Container),
    "threads/debug_token": model(threads.DebugToken),
    "threads/error_*": meta_error,
    "threads/media_insights_likes_replies": model(threads.Insights),
    "threads/media_single": model(threads.Thread),
    "threads/publishing_limit": model(threads.Quotas),
    "threads/replies": each(threads.Thread),
    "threads/threads_publish": model(threads.Container),
    "threads/token_*": model(threads.Token),
    "threads/user_profile": model(threads.User),
    "threads/user_threads": model(threads.Threads),
    "x/error_*": lambda answer: x_errors.failure(answer),
    "x/me": under("data", x.User),
    "x/media_upload_*": under("data", x.Media),
    "x/mentions": model(x.Tweets),
    "x/post_create": under("data", x.Created),
    "x/post_with_video": under("data", x.Tweet),
    "x/user_posts_*": each(x.Tweet),
    "x/users_with_public_metrics": each(x.User),
    "tiktok/creator_info": under("data", tiktok.Creator),
    "tiktok/error_*": named_error,
    "tiktok/oauth_token": model(tiktok.Token),
    "youtube/channel_full": each(youtube.Channel, "items"),
    "youtube/comment_reply_insert": model(youtube.Comment),
    "youtube/comment_threads_*": each(youtube.CommentThread, "items"),
    "youtube/error_*": lambda answer: youtube_failures.failure(answer, ()),
    "youtube/oauth_token": model(youtube.Token),
    "youtube/uploads_playlist_*": each(youtube.PlaylistItem, "items"),
    "youtube/video_insert": model(youtube.Video),
}


def index() -> list[dict[str, Any]]:
    path = SAMPLES / "index.json"
    return json.loads(path.read_bytes()) if path.is_file() else []


def stem(name: str) -> str:
    return name.rpartition(".")[0]


def reader_of(name: str) -> Read | None:
    exact = READ.get(name)
    stars = [key for key in READ if key.endswith("*") and name.startswith(key[:-1])]
    return exact or (READ[stars[0]] if stars else None)


ADDRESS = "https://kota.example/feed"
SET_ASIDE = {name for names in NOT_READ.values() for name in names.split()}
ENTRIES = [one for one in index() if not one["file"].startswith("feeds/")]
IN_SCOPE = [one for one in ENTRIES if stem(one["file"]) not in SET_ASIDE]


def test_what_is_set_aside_is_there_and_read_by_nothing_here() -> None:
    assert {stem(one["file"]) for one in ENTRIES} >= SET_ASIDE
    assert not [name for name in SET_ASIDE if reader_of(name) is not None and name in READ]


@gathering.each("entry", lambda: {one["file"]: one for one in IN_SCOPE})
def test_every_recorded_answer_is_read(entry: dict[str, Any]) -> None:
    read = reader_of(stem(entry["file"]))
    assert read is not None, "a sample that nobody reads belongs into NOT_READ, with its reason"
    body = (SAMPLES / entry["file"]).read_bytes()
    assert read(Answer(entry["status"], entry["headers"], body, "GET x")) is not None


@gathering.each("path", lambda: sorted((SAMPLES / "feeds").glob("*")))
def test_every_recorded_feed_is_read(path: Any) -> None:
    document = Document(ADDRESS, ADDRESS, path.read_bytes())
    assert feed.read(document, now=datetime.now(UTC)).entries

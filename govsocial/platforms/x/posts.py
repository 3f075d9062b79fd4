"""Posts of X as facts: text with its links written out, kind, metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from govsocial.platforms import markup, text, weighted
from govsocial.platforms.base import OutgoingPost, PostKind, SeenPost
from govsocial.platforms.x.answers import Entities, IncludedMedia, Tweet
from govsocial.platforms.x.media import ids_in

DEFINITION = "x/1"
_EPOCH_MS = 1_288_834_974_657
"""What X counts its ids from; the bits above the lowest 22 are milliseconds."""


def made_at(post_id: str) -> datetime:
    """When the post with this id was made, as the id itself says."""
    return datetime.fromtimestamp(((int(post_id) >> 22) + _EPOCH_MS) / 1000, UTC)


def full_text(tweet: Tweet) -> str:
    """The text as its author wrote it: X shortens links and adds one for pictures."""
    written, entities = tweet.text, tweet.entities
    if tweet.note_tweet is not None and tweet.note_tweet.text:
        written, entities = tweet.note_tweet.text, tweet.note_tweet.entities
    return markup.unescaped(_expanded(written, entities)).strip()


def _expanded(written: str, entities: Entities) -> str:
    for url in entities.urls:
        shown = "" if url.media_key or _is_of_media(url.expanded_url) else url.expanded_url
        written = written.replace(url.url, url.url if shown is None else shown)
    return written


def _is_of_media(address: str | None) -> bool:
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return False
    return parts.hostname in {"x.com", "twitter.com"} and parts.path.rsplit("/", 2)[-2:-1] in (
        ["photo"],
        ["video"],
    )


def canonical(written: str) -> str:
    """The form in which a sent text and the same text read back are equal.

    X gives a bare ``example.com`` back as ``http://example.com``.
    """
    position, pieces = 0, []
    for start, end, link in weighted.links(written):
        pieces += [written[position:start], _bare(link)]
        position = end
    return text.canonical("".join([*pieces, written[position:]]))


def _bare(link: str) -> str:
    scheme, found, rest = link.partition("://")
    rest = rest if found and scheme.lower() in {"http", "https"} else link
    host, slash, path = rest.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")


def has_link(written: str) -> bool:
    """Whether X charges a post with this text as one with a link."""
    return next(weighted.links(written), None) is not None


def text_of(post: OutgoingPost) -> str:
    """What is sent: X makes a card of a link in the text, so that ``post.link`` belongs there."""
    if not post.link or post.link in post.text:
        return post.text
    return f"{post.text}\n{post.link}".strip()


def is_of(tweet: Tweet, post: OutgoingPost, handle: str) -> bool:
    """Whether ``tweet`` is ``post``: by what it answers, and by its media or else its words."""
    answered = [one.id for one in tweet.referenced_tweets if one.type == "replied_to"]
    if answered != ([post.follows] if post.follows else []):
        return False
    # A media key is a kind and the id of the upload: "3_1912103767639719936".
    attached = {key.rpartition("_")[2] for key in tweet.attachments.media_keys}
    uploaded = ids_in(post)
    if uploaded and attached:
        return bool(uploaded & attached)
    wanted = len(post.images) + (post.video is not None)
    words = full_text(tweet)
    if post.follows:
        # X may put the name of whom a reply answers in front of it.
        words = words.removeprefix(f"@{handle} ")
    return len(attached) == wanted and canonical(words) == canonical(text_of(post))


def kind_of(tweet: Tweet) -> PostKind:
    kinds = {one.type for one in tweet.referenced_tweets}
    if "retweeted" in kinds:
        return PostKind.REPOST
    return PostKind.REPLY if "replied_to" in kinds else PostKind.POST


def seen(
    tweet: Tweet, raw: Mapping[str, Any], media: Sequence[IncludedMedia], permalink: str
) -> SeenPost:
    public, private = tweet.public_metrics, tweet.non_public_metrics
    watched = [
        one.public_metrics.view_count
        for one in media
        if one.media_key in tweet.attachments.media_keys
        and one.public_metrics.view_count is not None
    ]
    return SeenPost(
        platform_id=tweet.id,
        permalink=permalink,
        posted_at=tweet.created_at or made_at(tweet.id),
        text=full_text(tweet),
        kind=kind_of(tweet),
        likes=public.like_count,
        comments=public.reply_count,
        shares=public.retweet_count,
        quotes=public.quote_count,
        saves=public.bookmark_count,
        views=public.impression_count,
        link_clicks=private.url_link_clicks,
        profile_clicks=private.user_profile_clicks,
        engagements=private.engagements,
        video_views=sum(watched) if watched else None,
        definition=DEFINITION,
        raw=raw,
    )

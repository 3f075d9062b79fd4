"""How posts, profiles and threads look in the AT Protocol's JSON.

Only counters change from moment to moment, so the rest of a post is serialised once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from govsocial.training.agency import TrainingAccount
from govsocial.training.bluesky_records import GALLERY, POST, facets_of
from govsocial.training.curves import Reactions
from govsocial.training.history import Post
from govsocial.training.ids import chance, did, iso, record_cid, tid
from govsocial.training.pictures import Picture, is_film
from govsocial.training.story import Story
from govsocial.training.texts import REPLIES

_BASES_KEPT = 4
_THREAD = "app.bsky.feed.defs#threadViewPost"


def uri(post: Post) -> str:
    return f"at://{post.account.platform_id}/{POST}/{post.key}"


def record(post: Post) -> dict[str, Any]:
    """The record: as received, or that of a post of the history."""
    if post.record is not None:
        return dict(post.record)
    value: dict[str, Any] = {
        "text": post.text,
        "$type": POST,
        "langs": [post.language or "id"],
        "createdAt": iso(post.at),
    }
    facets = facets_of(post.text)
    if facets:
        value["facets"] = facets
    if post.pictures:
        value["embed"] = {
            "$type": "app.bsky.embed.images",
            "images": [
                {
                    "alt": picture.alt,
                    "image": {
                        "$type": "blob",
                        "ref": {"$link": picture.cid},
                        "mimeType": picture.media_type,
                        "size": picture.size,
                    },
                    "aspectRatio": {"width": picture.width, "height": picture.height},
                }
                for picture in post.pictures
            ],
        }
    return value


def cid(post: Post) -> str:
    return post.revision or record_cid(record(post))


def _actor(actor_did: str, handle: str, display_name: str | None) -> dict[str, Any]:
    named = {"displayName": display_name} if display_name is not None else {}
    return {
        "did": actor_did,
        "handle": handle,
        **named,
        "associated": {"activitySubscription": {"allowSubscriptions": "followers"}},
        "viewer": _viewer(),
        "labels": [],
    }


def _viewer() -> dict[str, bool]:
    return {
        "muted": False,
        "mutedOnlyReposts": False,
        "mutedOnlyQuoteposts": False,
        "blockedBy": False,
    }


def author(account: TrainingAccount) -> dict[str, Any]:
    return _actor(account.platform_id, account.handle, account.display_name)


def profile(
    account: TrainingAccount, story: Story, *, followers: int, following: int, posts: int
) -> dict[str, Any]:
    value = author(account)
    value["associated"] = {
        "lists": 0,
        "feedgens": 0,
        "starterPacks": 0,
        "labeler": False,
        **value["associated"],
    }
    return {
        **value,
        "description": account.description,
        "indexedAt": iso(story.starts.timestamp()),
        "followersCount": followers,
        "followsCount": following,
        "postsCount": posts,
    }


def _embed(post: Post, base: str) -> dict[str, Any]:
    if not post.pictures:
        return {}
    owner = post.account.platform_id
    if is_film(post.pictures[0].media_type):
        return {"embed": _film(post.pictures[0], f"{base}/watch/{quote(owner)}")}
    gallery = _is_gallery(post)
    pictures = [
        {
            "thumbnail" if gallery else "thumb": _address(base, "thumbnail", owner, picture),
            "fullsize": _address(base, "fullsize", owner, picture),
            "alt": picture.alt,
            **_ratio(picture),
        }
        for picture in post.pictures
    ]
    if gallery:
        items = [{"$type": f"{GALLERY}#viewImage", **picture} for picture in pictures]
        return {"embed": {"items": items, "$type": f"{GALLERY}#view"}}
    return {"embed": {"images": pictures, "$type": "app.bsky.embed.images#view"}}


def _is_gallery(post: Post) -> bool:
    embed = (post.record or {}).get("embed")
    return isinstance(embed, Mapping) and embed.get("$type") == GALLERY


def _address(base: str, size: str, owner: str, picture: Picture) -> str:
    return f"{base}/img/feed_{size}/plain/{owner}/{picture.cid}"


def _film(film: Picture, watched: str) -> dict[str, Any]:
    return {
        "$type": "app.bsky.embed.video#view",
        "cid": film.cid,
        "playlist": f"{watched}/{film.cid}/playlist.m3u8",
        "thumbnail": f"{watched}/{film.cid}/thumbnail.jpg",
        **({"alt": film.alt} if film.alt else {}),
        **_ratio(film),
    }


def _ratio(picture: Picture) -> dict[str, Any]:
    if not picture.width or not picture.height:
        return {}
    return {"aspectRatio": {"width": picture.width, "height": picture.height}}


def _rest(indexed: float) -> dict[str, Any]:
    return {
        "indexedAt": iso(indexed),
        "viewer": {"bookmarked": False, "threadMuted": False, "embeddingDisabled": False},
        "labels": [],
    }


def _unchanging(post: Post, base: str) -> str:
    kept = post.rendered.get(base)
    if kept is None:
        value = {
            "uri": uri(post),
            "cid": cid(post),
            "author": author(post.account),
            "record": record(post),
            **_embed(post, base),
            **_rest(post.at),
        }
        kept = (json.dumps(value, ensure_ascii=False)[:-1], "")
        if len(post.rendered) >= _BASES_KEPT:
            post.rendered.clear()
        post.rendered[base] = kept
    return kept[0]


def post_view(post: Post, counted: Reactions, base: str) -> str:
    """``app.bsky.feed.defs#postView`` as JSON text."""
    return (
        f'{_unchanging(post, base)},"bookmarkCount":{counted.bookmarks},'
        f'"replyCount":{counted.replies},"repostCount":{counted.reposts},'
        f'"likeCount":{counted.likes},"quoteCount":{counted.quotes}}}'
    )


def feed(views: Iterable[str], cursor: str | None) -> str:
    """The answer of ``getAuthorFeed``; a last page has no cursor."""
    items = ",".join(f'{{"post":{view}}}' for view in views)
    end = f',"cursor":{json.dumps(cursor)}' if cursor is not None else ""
    return f'{{"feed":[{items}]{end}}}'


def thread(post: Post, view: str, replies: int, own: Iterable[str]) -> str:
    """A post of ``getPostThread`` with what is below it: ``own`` threads of the agency's accounts,
    and what citizens replied so far."""
    parent = {"cid": cid(post), "uri": uri(post)}
    answers = [
        json.dumps(_reply(post, parent, n), ensure_ascii=False) for n in range(min(replies, 50))
    ]
    below = ",".join([*own, *answers])
    return f'{{"post":{view},"replies":[{below}],"threadContext":{{}},"$type":"{_THREAD}"}}'


def _reply(post: Post, parent: dict[str, str], number: int) -> dict[str, Any]:
    handle = f"warga-{int(chance(post.key, number, 'who') * 9000) + 1000}.latihan.test"
    at = post.appeal.replied_at(number)
    value = {
        "text": REPLIES[int(chance(post.key, number, "what") * len(REPLIES))],
        "$type": POST,
        "langs": ["id"],
        "reply": {"root": parent, "parent": parent},
        "createdAt": iso(at),
    }
    citizen = _actor(did(handle), handle, None)
    follow = f"at://{did(handle)}/app.bsky.graph.follow/{tid(post.at - 86400, number)}"
    citizen["viewer"]["followedBy"] = follow
    return {
        "post": {
            "uri": f"at://{did(handle)}/{POST}/{tid(at, number)}",
            "cid": record_cid(value),
            "author": citizen,
            "record": value,
            "bookmarkCount": 0,
            "replyCount": 0,
            "repostCount": 0,
            "likeCount": 0,
            "quoteCount": 0,
            **_rest(at),
        },
        "replies": [],
        "threadContext": {},
        "$type": _THREAD,
    }

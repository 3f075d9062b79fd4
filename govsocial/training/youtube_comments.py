"""Comments below films, as YouTube lists, takes and deletes them."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from typing import Any

from govsocial.training import youtube_views as views
from govsocial.training.agency import BY_KEY, TrainingAccount
from govsocial.training.comments import Comment
from govsocial.training.history import Post
from govsocial.training.http import Request, Response
from govsocial.training.ids import iso
from govsocial.training.world import World, reactions_at
from govsocial.training.youtube_uploads import Refused

LONGEST = 10_000
MAX_PAGE = 100


class Comments:
    def __init__(self, world: World) -> None:
        self._world = world

    def list(self, request: Request, account: TrainingAccount) -> Response:
        """Threads below one film, newest first."""
        post = self._film(request.one("videoId") or "", account, request)
        text = request.one("maxResults") or "20"
        if not text.isdecimal() or not 1 <= int(text) <= MAX_PAGE:
            raise Refused(400, "invalidParameter", "Invalid value for maxResults.")
        start, limit = _place(request.one("pageToken")), int(text)
        citizens = reactions_at(request.now)(post)
        found = self._world.comments.below(post, citizens, request.now)
        items = [_thread(one, post) for one in found[start : start + limit]]
        answer = views.listed("commentThread", items, len(found))
        if len(found) > start + limit:
            answer["nextPageToken"] = base64.urlsafe_b64encode(f"{start + limit}".encode()).decode()
        return Response.json(answer)

    def insert(self, request: Request, account: TrainingAccount) -> Response:
        snippet = _part(request.json, "snippet")
        top = _part(_part(snippet, "topLevelComment"), "snippet")
        post = self._film(str(snippet.get("videoId") or ""), account, request)
        text = top.get("textOriginal")
        if not isinstance(text, str) or not text.strip():
            raise Refused(400, "commentTextRequired", "The comment has no text.")
        if len(text) > LONGEST:
            raise Refused(400, "commentTextTooLong", "The comment is too long.")
        name = f"Ug{secrets.token_urlsafe(15)}4AaABAg"
        made = self._world.comments.add(name, post, text, request.now)
        return Response.json(_thread(made, post))

    def delete(self, request: Request, account: TrainingAccount) -> Response:
        name = request.one("id") or ""
        found = self._world.comments.find(name, request.now)
        if found is None or found.account != account.key:
            raise Refused(404, "commentNotFound", "The comment cannot be found.")
        self._world.comments.remove(name)
        return Response(204, b"")

    def _film(self, name: str, account: TrainingAccount, request: Request) -> Post:
        key = views.key_of(name)
        post = self._world.find(account, key, request.now) if key is not None else None
        if post is None:
            raise Refused(404, "videoNotFound", "The video cannot be found.")
        if not views.takes_comments(post):
            raise Refused(403, "commentsDisabled", "The video has disabled comments.")
        return post


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = value.get(name)
    if not isinstance(part, dict):
        raise Refused(400, "invalidCommentThreadMetadata", f"The request has no {name}.")
    return part


def _thread(comment: Comment, post: Post) -> dict[str, Any]:
    film = views.video_id(post.key)
    top = {
        "kind": "youtube#comment",
        "etag": views.etag(comment.id),
        "id": comment.id,
        "snippet": _snippet(comment, film),
    }
    snippet = {
        "channelId": post.account.platform_id,
        "videoId": film,
        "topLevelComment": top,
        "canReply": True,
        "totalReplyCount": 0,
        "isPublic": True,
    }
    return {
        "kind": "youtube#commentThread",
        "etag": views.etag(comment.id, "thread"),
        "id": comment.id,
        "snippet": snippet,
    }


def _snippet(comment: Comment, film: str) -> dict[str, Any]:
    account = BY_KEY[comment.account]
    moment = iso(comment.at).partition(".")[0] + "Z"
    own = comment.author is None
    value = {
        "videoId": film,
        "textDisplay": comment.text,
        "authorDisplayName": account.handle if own else f"@warga-{comment.author}",
        "authorProfileImageUrl": "",
        "authorChannelUrl": "",
        "authorChannelId": {
            "value": account.platform_id if own else f"UCwarga{comment.author:017}"
        },
        "canRate": True,
        "viewerRating": "none",
        "likeCount": 0,
        "publishedAt": moment,
        "updatedAt": moment,
    }
    # As it was written is told to whoever wrote it.
    return {**value, "textOriginal": comment.text} if own else value


def _place(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode())
    except (binascii.Error, ValueError) as exc:
        raise Refused(400, "processingFailure", "The page token is not valid.") from exc

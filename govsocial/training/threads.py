"""The Threads API: ``/v1.0/...``, and the addresses of its tokens.

Insights are asked for one post at a time, as Threads documents it; it says nothing of expansions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from govsocial.training.agency import ACCOUNTS, TrainingAccount
from govsocial.training.behaviour import Kind, Rule
from govsocial.training.curves import Reactions
from govsocial.training.history import Post
from govsocial.training.http import BadBody, Request, Response
from govsocial.training.ids import chance
from govsocial.training.meta_graph import (
    Field,
    GraphError,
    cursor_of,
    insights,
    limit_of,
    listing,
    moment,
    param,
    picked,
    place_of,
    unknown_object,
    usage,
    wanted,
)
from govsocial.training.meta_media import address
from govsocial.training.pictures import is_film
from govsocial.training.threads_containers import Containers
from govsocial.training.threads_tokens import Holder, Tokens, token_of
from govsocial.training.world import World, page

Edge: TypeAlias = Callable[[Request, TrainingAccount], Response]

_MINE = [account for account in ACCOUNTS if account.platform == "threads"]
_BY_ID = {account.platform_id: account for account in _MINE}
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TOKENS = {"/oauth/access_token", "/access_token", "/refresh_access_token"}
BASIC, PUBLISH, INSIGHTS, DELETE, REPLY, READ_REPLIES = (
    "threads_basic",
    "threads_content_publish",
    "threads_manage_insights",
    "threads_delete",
    "threads_manage_replies",
    "threads_read_replies",
)


class Threads:
    def __init__(self, world: World, *, media_seconds: float) -> None:
        self._world = world
        self._tokens = Tokens(world.state)
        self._containers = Containers(world, media_seconds=media_seconds)
        self._edges: dict[tuple[str, str], tuple[str, Edge]] = {
            ("GET", ""): (BASIC, self._profile),
            ("GET", "threads"): (BASIC, self._list),
            ("GET", "replies"): (READ_REPLIES, self._replies),
            ("GET", "threads_insights"): (INSIGHTS, self._account_insights),
            ("GET", "threads_publishing_limit"): (PUBLISH, self._containers.limit),
            ("POST", "threads"): (PUBLISH, self._containers.make),
            ("POST", "threads_publish"): (PUBLISH, self._containers.publish),
        }

    def owns(self, request: Request) -> bool:
        path = request.path
        return path.startswith("/v1.0/") or path in _TOKENS or path == self._tokens.consents.path

    def account_of(self, request: Request) -> TrainingAccount | None:
        first = request.path.removeprefix("/v1.0/").partition("/")[0]
        return self._tokens.account_of(token_of(request)) or _BY_ID.get(first)

    def handle(self, request: Request) -> Response:
        if request.path == self._tokens.consents.path:
            return self._tokens.consents.handle(request)
        try:
            return self._answer(request)
        except GraphError as error:
            return error.response()
        except BadBody as bad:
            return GraphError(100, str(bad)).response()

    def misbehave(self, rule: Rule, request: Request) -> Response | None:
        """What ``rule`` makes of a call; Meta answers limits with 400 and says minutes."""
        if rule.kind is Kind.RATE_LIMITED:
            minutes = math.ceil(rule.retry_after / 60)
            return GraphError(4, "Application request limit reached", minutes=minutes).response()
        if rule.kind is Kind.SERVER_ERROR:
            message = "An unexpected error has occurred. Please retry your request later."
            return GraphError(2, message, status=500, transient=True).response()
        if rule.kind in {Kind.EXPIRED_TOKEN, Kind.REVOKED_TOKEN}:
            revoked = rule.kind is Kind.REVOKED_TOKEN
            self._tokens.end(token_of(request), revoked=revoked)
            subcode = 458 if revoked else 463
            return GraphError(190, "Error validating access token", subcode=subcode).response()
        return None

    def _answer(self, request: Request) -> Response:
        path = request.path
        if path == "/oauth/access_token":
            return self._tokens.exchange(request)
        if path == "/access_token":
            return self._tokens.lengthen(request)
        if path == "/refresh_access_token":
            return self._tokens.renew(request)
        holder = self._tokens.holder(request)
        if path == "/v1.0/debug_token":
            return self._tokens.debug(request)
        node, _, edge = path.removeprefix("/v1.0/").partition("/")
        account = holder.account
        if node in {"me", account.platform_id}:
            scope, handler = self._edges.get((request.method, edge), ("", None))
            if handler is None:
                raise unknown_object(node)
            holder.may(scope)
            if request.method == "POST" and param(request, "reply_to_id"):
                holder.may(REPLY)
            return handler(request, account)
        return self._node(request, holder, node, edge)

    def _node(self, request: Request, holder: Holder, node: str, edge: str) -> Response:
        holder.may(BASIC)
        container = self._containers.find(node, holder.account)
        if container is not None and request.method == "GET" and not edge:
            return self._containers.status(container, request)
        post = self._world.find(holder.account, node, request.now)
        if post is None:
            raise unknown_object(node)
        if request.method == "DELETE" and not edge:
            holder.may(DELETE)
            self._world.delete(holder.account, node, request.now)
            return Response.json({"success": True, "deleted_id": node}, headers=usage())
        if request.method == "GET" and edge in {"replies", "conversation"}:
            holder.may(READ_REPLIES)
            return self._below(post, request, deep=edge == "conversation")
        if request.method == "GET" and edge == "insights":
            holder.may(INSIGHTS)
            figures = _figures(post, self._world.counted(request.now)(post))
            told = insights(figures, param(request, "metric"), node)
            return Response.json(told, headers=usage())
        if request.method == "GET" and not edge:
            shown = picked(self._values(post, request), wanted(request, "id"))
            return Response.json(shown, headers=usage())
        raise unknown_object(node)

    # The account

    def _profile(self, request: Request, account: TrainingAccount) -> Response:
        values: dict[str, Callable[[Field], Any]] = {
            "id": lambda _: account.platform_id,
            "username": lambda _: account.handle,
            "name": lambda _: account.display_name,
            "is_verified": lambda _: True,
            "threads_profile_picture_url": lambda _: None,
            "threads_biography": lambda _: account.description,
        }
        return Response.json(picked(values, wanted(request, "id,username")), headers=usage())

    def _account_insights(self, request: Request, account: TrainingAccount) -> Response:
        data = []
        for name in param(request, "metric").split(","):
            if name == "followers_count":
                followers = self._world.followers(account, request.now)
                data.append(_total(name, followers, account))
            elif name == "views":
                data.append(self._views(request, account))
            else:
                raise GraphError(100, "The value must be a valid insights metric")
        return Response.json({"data": data}, headers=usage())

    def _views(self, request: Request, account: TrainingAccount) -> dict[str, Any]:
        since, until = _seconds(request, "since"), _seconds(request, "until")
        values = []
        day = datetime.fromtimestamp(since, UTC).date()
        while True:
            ends = datetime(day.year, day.month, day.day, 7, tzinfo=UTC) + timedelta(days=1)
            if ends.timestamp() > min(request.now, until + 86_399):
                break
            followers = self._world.followers(account, ends.timestamp())
            views = int(followers * (0.18 + 0.4 * chance(account.key, "views", day)))
            values.append({"value": views, "end_time": moment(ends.timestamp())})
            day += timedelta(days=1)
        return {"name": "views", "period": "day", "values": values, "title": "views"}

    # Posts

    def _list(self, request: Request, account: TrainingAccount) -> Response:
        return self._page(request, account, replies=False)

    def _replies(self, request: Request, account: TrainingAccount) -> Response:
        """What the account itself replied, which stands in no other list of its own."""
        return self._page(request, account, replies=True)

    def _page(self, request: Request, account: TrainingAccount, *, replies: bool) -> Response:
        place = place_of(request)
        posts = self._world.newest_first(account, request.now, place)
        found, more = page(posts, limit_of(request), lambda post: bool(post.reply_to) == replies)
        return self._listed(request, found, more=more)

    def _below(self, post: Post, request: Request, *, deep: bool) -> Response:
        """Replies to a post, newest first; ``deep`` with those to replies."""
        found = self._world.answers_to(post, request.now)
        for one in found if deep else ():
            found += self._world.answers_to(one, request.now)
        newest = sorted(found, key=lambda one: (one.at, one.key), reverse=True)
        place, limit = place_of(request), limit_of(request)
        left = [one for one in newest if place is None or (one.at, one.key) < place]
        return self._listed(request, left[:limit], more=len(left) > limit)

    def _listed(self, request: Request, found: list[Post], *, more: bool) -> Response:
        fields = wanted(request, "id")
        data = [picked(self._values(post, request), fields) for post in found]
        return listing(request, data, [cursor_of(post.at, post.key) for post in found], more=more)

    def _values(self, post: Post, request: Request) -> dict[str, Callable[[Field], Any]]:
        replies = post.reply_to is not None
        return {
            **_values(post, request),
            "is_reply": lambda _: replies,
            "is_reply_owned_by_me": lambda _: replies,
            "root_post": lambda _: {"id": post.root} if replies else None,
            "replied_to": lambda _: {"id": post.reply_to} if replies else None,
            "has_replies": lambda _: bool(self._world.answers_to(post, request.now)),
        }


def shortcode(key: str) -> str:
    """The name of a post in its address."""
    number, letters = int(key), ""
    while number:
        number, rest = divmod(number, 64)
        letters = _DIGITS[rest] + letters
    return letters


def key_of(code: str) -> str:
    """The key behind a shortcode; that of no post for one that was never given."""
    number = 0
    for letter in code:
        number = number * 64 + _DIGITS.index(letter)
    return str(number)


def permalink(post: Post) -> str:
    return f"/threads/@{post.account.handle}/post/{shortcode(post.key)}"


def _values(post: Post, request: Request) -> dict[str, Callable[[Field], Any]]:
    pictures = post.pictures
    carousel = len(pictures) > 1
    first = pictures[0] if pictures and not carousel else None
    return {
        "id": lambda _: post.key,
        "media_product_type": lambda _: "THREADS",
        "media_type": lambda _: _media_type(post),
        "media_url": lambda _: address(request, post.account, first) if first else None,
        "permalink": lambda _: f"{request.base}{permalink(post)}",
        "username": lambda _: post.account.handle,
        "owner": lambda _: {"id": post.account.platform_id},
        "text": lambda _: post.text or None,
        "timestamp": lambda _: moment(post.at),
        "shortcode": lambda _: shortcode(post.key),
        "is_quote_post": lambda _: False,
        "alt_text": lambda _: (first.alt or None) if first else None,
        "link_attachment_url": lambda _: (post.record or {}).get("link_attachment") or None,
        "topic_tag": lambda _: None,
        "children": lambda _: (
            {"data": [{"id": str(int(post.key) + 1 + n)} for n in range(len(pictures))]}
            if carousel
            else None
        ),
    }


def _media_type(post: Post) -> str:
    if not post.pictures:
        return "TEXT_POST"
    if len(post.pictures) > 1:
        return "CAROUSEL_ALBUM"
    return "VIDEO" if is_film(post.pictures[0].media_type) else "IMAGE"


def _figures(post: Post, counted: Reactions) -> dict[str, int]:
    """Views grow with every reaction and never fall."""
    seen_for_each = 35 + int(chance(post.key, "seen") * 45)
    return {
        "views": counted.likes * seen_for_each + counted.reposts * 90 + counted.replies * 20,
        "likes": counted.likes,
        "replies": counted.replies,
        "reposts": counted.reposts,
        "quotes": counted.quotes,
        "shares": counted.bookmarks // 2,
    }


def _total(name: str, value: int, account: TrainingAccount) -> dict[str, Any]:
    return {
        "name": name,
        "period": "day",
        "title": name,
        "total_value": {"value": value},
        "id": f"{account.platform_id}/insights/{name}/day",
    }


def _seconds(request: Request, name: str) -> float:
    text = param(request, name)
    if not text.isdecimal() or len(text) > 11:
        raise GraphError(100, f"Param {name} must be a Unix timestamp")
    return float(text)

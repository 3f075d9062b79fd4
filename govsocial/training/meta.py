"""The Graph API as Facebook Pages and Instagram are reached through it: ``/vNN.N/...``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, TypeAlias

from govsocial.training.agency import TrainingAccount
from govsocial.training.behaviour import Kind, Rule
from govsocial.training.facebook import Facebook
from govsocial.training.facebook_writes import FacebookWrites
from govsocial.training.history import Post
from govsocial.training.http import BadBody, Request, Response
from govsocial.training.instagram import Instagram
from govsocial.training.instagram_writes import InstagramWrites
from govsocial.training.meta_access import (
    INSTAGRAMS,
    PAGES,
    PERSON,
    Access,
    Holder,
    page_of,
    token_of,
)
from govsocial.training.meta_comments import MetaComments
from govsocial.training.meta_graph import GraphError, param, unknown_object, usage
from govsocial.training.world import World

#: Versions with two digits; ``/v1.0/`` is Threads'.
_PATH = re.compile(r"/v[1-9]\d\.\d(/.*)?")
MOST_IDS = 50

Edge: TypeAlias = Callable[[TrainingAccount, Request], Response]
Own: TypeAlias = Callable[[Request, Holder], Response]


class Meta:
    """Routes calls to nodes and their edges, and holds tokens to their rights."""

    def __init__(self, world: World, *, media_seconds: float) -> None:
        self._world = world
        self._access = Access(world.state)
        self._facebook = Facebook(world)
        self._instagram = Instagram(world)
        self._pages = FacebookWrites(world, media_seconds=media_seconds)
        self._containers = InstagramWrites(world, media_seconds=media_seconds)
        self._comments = MetaComments(world)
        reads, reads_ig = "pages_read_engagement", "instagram_basic"
        self._page_edges: dict[tuple[str, str], tuple[str, Edge]] = {
            **{
                ("GET", name): (reads, self._facebook.posts)
                for name in ("published_posts", "posts", "feed")
            },
            ("GET", "insights"): ("read_insights", self._facebook.page_insights),
            ("POST", "feed"): ("pages_manage_posts", self._pages.feed),
            ("POST", "photos"): ("pages_manage_posts", self._pages.photo),
            ("POST", "videos"): ("pages_manage_posts", self._pages.film),
        }
        publishes = "instagram_content_publish"
        self._instagram_edges: dict[tuple[str, str], tuple[str, Edge]] = {
            ("GET", "media"): (reads_ig, self._instagram.media),
            ("GET", "insights"): ("instagram_manage_insights", self._instagram.account_insights),
            ("GET", "content_publishing_limit"): (publishes, self._containers.limit),
            ("POST", "media"): (publishes, self._containers.container),
            ("POST", "media_publish"): (publishes, self._containers.publish),
        }
        self._own: dict[tuple[str, str], Own] = {
            ("GET", "/me/accounts"): self._access.accounts,
            ("GET", "/me/permissions"): self._access.permissions,
            ("DELETE", "/me/permissions"): self._access.revoke,
        }

    def owns(self, request: Request) -> bool:
        return _PATH.fullmatch(request.path) is not None

    def account_of(self, request: Request) -> TrainingAccount | None:
        """Whom a call is about: the account that it names, else that of the token."""
        first = _below(request).strip("/").partition("/")[0].partition("_")[0]
        named = next((one for one in (*PAGES, *INSTAGRAMS) if one.platform_id == first), None)
        return named or self._access.account_of(token_of(request))

    def handle(self, request: Request) -> Response:
        try:
            return self._answer(request, _below(request))
        except GraphError as error:
            return error.response()
        except BadBody as bad:
            return GraphError(100, str(bad)).response()

    def misbehave(self, rule: Rule, request: Request) -> Response | None:
        """What ``rule`` makes of a call; Meta answers limits with 400 and says minutes."""
        if rule.kind is Kind.RATE_LIMITED:
            minutes = math.ceil(rule.retry_after / 60)
            message = "Page request limit reached"
            return GraphError(32, message, minutes=minutes).response()
        if rule.kind is Kind.SERVER_ERROR:
            message = "An unexpected error has occurred. Please retry your request later."
            return GraphError(2, message, status=500, transient=True).response()
        if rule.kind is Kind.EXPIRED_TOKEN:
            return GraphError(190, "Session has expired", subcode=463).response()
        if rule.kind is Kind.REVOKED_TOKEN:
            message = "The user has not authorized application"
            return GraphError(190, message, subcode=458).response()
        return None

    def _answer(self, request: Request, path: str) -> Response:
        if path == "/dialog/oauth":
            return self._access.ask(request)
        if path == "/oauth/access_token":
            return self._access.token(request)
        if path == "/debug_token":
            return self._access.debugged(request)
        if request.method == "DELETE" and path == f"/{PERSON[0]}/permissions":
            return self._access.revoke_person(request)
        holder = self._access.holder(request)
        own = self._own.get((request.method, path.rstrip("/")))
        if own is not None:
            return own(request, holder)
        if path.strip("/") == "":
            return self._several(request, holder)
        name, _, edge = path.strip("/").partition("/")
        if name == "me":
            if holder.page is None:
                return self._access.person(request, holder)
            name = holder.page.platform_id
        if edge:
            return self._edge(name, edge, request, holder)
        return self._node(name, request, holder)

    def _edge(self, name: str, edge: str, request: Request, holder: Holder) -> Response:
        account = _reached(name, holder)
        if account is not None:
            edges = self._page_edges if account.platform == "facebook" else self._instagram_edges
            scope, handler = edges.get((request.method, edge)) or ("", None)
            if handler is None:
                raise GraphError(100, f"Unknown path components: /{edge}", subcode=None)
            holder.may(scope)
            return handler(account, request)
        post = self._post(name, request, holder)
        if post is not None and edge == "comments" and request.method in {"GET", "POST"}:
            act = self._comments.list if request.method == "GET" else self._comments.make
            return act(post, request, holder)
        if post is None or edge != "insights" or request.method != "GET":
            raise unknown_object(name)
        if post.account.platform == "facebook":
            holder.may("read_insights")
            return _json(self._facebook.post_insights(post, request))
        holder.may("instagram_manage_insights")
        return _json(self._instagram.medium_insights(post, request))

    def _node(self, name: str, request: Request, holder: Holder) -> Response:
        if request.method == "DELETE":
            return self._delete(name, request, holder)
        if request.method != "GET":
            raise GraphError(100, "Unsupported post request.", subcode=33)
        return _json(self._read(name, request, holder))

    def _several(self, request: Request, holder: Holder) -> Response:
        """``?ids=``: every one of them, or none."""
        names = [name for name in param(request, "ids").split(",") if name]
        if not names:
            raise GraphError(2500, "An object or ids must be named.")
        if len(names) > MOST_IDS:
            raise GraphError(100, f"Too many IDs. Maximum: {MOST_IDS}. Provided: {len(names)}.")
        return _json({name: self._read(name, request, holder) for name in names})

    def _read(self, name: str, request: Request, holder: Holder) -> dict[str, Any]:
        account = _reached(name, holder)
        if account is not None:
            if account.platform == "facebook":
                return self._facebook.page(account, request)
            holder.may("instagram_basic")
            return self._instagram.account(account, request)
        post = self._post(name, request, holder)
        if post is not None:
            if "insights" in param(request, "fields"):
                facebook = post.account.platform == "facebook"
                holder.may("read_insights" if facebook else "instagram_manage_insights")
            if post.account.platform == "facebook":
                return self._facebook.post(post, request)
            return self._instagram.medium(post, request)
        comment = self._comments.find(name, request, holder)
        if comment is not None:
            return self._comments.read(comment, request, holder)
        film = self._pages.found_film(name)
        if film is not None:
            return self._facebook.film(film, name, request)
        kept = self._containers.found(name)
        if kept is not None:
            return self._containers.status(name, kept, request)
        raise unknown_object(name)

    def _delete(self, name: str, request: Request, holder: Holder) -> Response:
        comment = self._comments.find(name, request, holder)
        if comment is not None:
            return self._comments.delete(comment, holder)
        holder.may("pages_manage_posts")
        post = self._post(name, request, holder)
        if post is not None and post.account.platform == "facebook":
            return self._pages.delete(post, request)
        photo = self._pages.found_photo(name)
        if photo is not None and holder.page is not None and photo[0] == holder.page.key:
            return self._pages.delete_photo(name)
        raise unknown_object(name)

    def _post(self, name: str, request: Request, holder: Holder) -> Post | None:
        """A post of the token's Page (``page_post``) or a medium of its Instagram account."""
        page, _, key = name.rpartition("_")
        if page:
            account = _reached(page, holder)
            return self._world.find(account, key, request.now) if account is not None else None
        for account in INSTAGRAMS:
            if page_of(account) == holder.page:
                return self._world.find(account, key, request.now)
        return None


def _below(request: Request) -> str:
    """The path below the version."""
    match = _PATH.fullmatch(request.path)
    return (match.group(1) if match else None) or "/"


def _reached(name: str, holder: Holder) -> TrainingAccount | None:
    """The account called ``name``, if the token is that of its Page."""
    for account in (*PAGES, *INSTAGRAMS):
        if account.platform_id == name:
            page = account if account.platform == "facebook" else page_of(account)
            if page != holder.page:
                raise GraphError(10, "Requires pages_read_engagement permission", status=403)
            return account
    return None


def _json(value: Any) -> Response:
    return Response.json(value, headers=usage())

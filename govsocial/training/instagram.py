"""Instagram accounts, their media and containers, as the Graph API has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from govsocial.training import meta_figures as figures
from govsocial.training.agency import TrainingAccount
from govsocial.training.curves import Reactions
from govsocial.training.history import Post
from govsocial.training.http import Request, Response
from govsocial.training.ids import chance
from govsocial.training.meta_graph import (
    Field,
    GraphError,
    cursor_of,
    insights,
    limit_of,
    listing,
    moment,
    names_of,
    param,
    picked,
    place_of,
    usage,
    wanted,
)
from govsocial.training.meta_media import address
from govsocial.training.pictures import picture
from govsocial.training.world import World, page

_COMMON = {
    "views": "views",
    "reach": "reach",
    "likes": "likes",
    "comments": "comments",
    "saved": "saved",
    "shares": "shares",
    "total_interactions": "interactions",
}
#: Which insights each kind of media has: one that it has not fails the whole call.
_METRICS = {
    "FEED": {**_COMMON, "profile_visits": "profile_visits"},
    "REELS": {**_COMMON, "ig_reels_video_view_total_time": "watched"},
}
_TOTALS = {
    "views": "views",
    "reach": "reach",
    "total_interactions": "interactions",
    "profile_links_taps": "links",
}
LONGEST_SPAN = 30


class Instagram:
    def __init__(self, world: World) -> None:
        self.world = world

    def account(self, account: TrainingAccount, request: Request) -> dict[str, Any]:
        world, now = self.world, request.now
        values: dict[str, Callable[[Field], Any]] = {
            "id": lambda _: account.platform_id,
            "username": lambda _: account.handle,
            "name": lambda _: account.display_name,
            "biography": lambda _: account.description,
            "followers_count": lambda _: world.followers(account, now),
            "follows_count": lambda _: world.following(account, now),
            "media_count": lambda _: world.count(account, now),
        }
        return picked(values, wanted(request, "id"))

    def media(self, account: TrainingAccount, request: Request) -> Response:
        place, limit = place_of(request), limit_of(request)
        posts = self.world.newest_first(account, request.now, place)
        found, more = page(posts, limit, lambda post: True)
        fields = wanted(request, "id")
        counted = self.world.counted(request.now)
        data = [picked(self._medium(post, counted(post), request), fields) for post in found]
        places = [cursor_of(post.at, post.key) for post in found]
        return listing(request, data, places, more=more)

    def medium(self, post: Post, request: Request) -> dict[str, Any]:
        counted = self.world.counted(request.now)(post)
        return picked(self._medium(post, counted, request), wanted(request, "id"))

    def medium_insights(self, post: Post, request: Request) -> dict[str, Any]:
        counted = self.world.counted(request.now)(post)
        return insights(_figures(post, counted), param(request, "metric"), post.key)

    def account_insights(self, account: TrainingAccount, request: Request) -> Response:
        since, until = param(request, "since"), param(request, "until")
        days = figures.days(since, until, request.now, longest=LONGEST_SPAN)
        told = {day: figures.day_figures(self.world, account, day) for day in days}
        data = []
        for name in names_of(param(request, "metric")):
            if name == "follower_count" and param(request, "metric_type") != "total_value":
                gained = {day: of["gained"] for day, of in told.items()}
                data.append(figures.series(account, name, gained))
            elif name in _TOTALS and param(request, "metric_type") == "total_value":
                total = sum(of[_TOTALS[name]] for of in told.values())
                data.append(_total(account, name, total))
            else:
                raise GraphError(100, "metric is not valid for this account or metric_type")
        return Response.json({"data": data}, headers=usage())

    def _medium(
        self, post: Post, counted: Reactions, request: Request
    ) -> dict[str, Callable[[Field], Any]]:
        kind = kind_of(post)
        children = _children(post) if kind == "CAROUSEL_ALBUM" else None
        return {
            "id": lambda _: post.key,
            "caption": lambda _: post.text or None,
            "media_type": lambda _: kind,
            "media_product_type": lambda _: product_of(post),
            "permalink": lambda _: f"{request.base}/p/{post.key}/",
            "shortcode": lambda _: post.key,
            "timestamp": lambda _: moment(post.at),
            "like_count": lambda _: counted.likes,
            "comments_count": lambda _: counted.replies,
            "children": lambda _: children,
            "media_url": lambda _: _media_url(post, request),
            "alt_text": lambda _: post.pictures[0].alt or None if post.pictures else None,
            "insights": lambda asked: insights(
                _figures(post, counted), asked.calls.get("metric", ""), post.key
            ),
        }


def kind_of(post: Post) -> str:
    record: Mapping[str, Any] = post.record or {}
    if record.get("kind"):
        return str(record["kind"])
    if chance(post.account.key, post.key, "reel") < 0.22 and not post.pictures:
        return "VIDEO"
    return "IMAGE"


def product_of(post: Post) -> str:
    return "REELS" if kind_of(post) == "VIDEO" else "FEED"


def _figures(post: Post, counted: Reactions) -> dict[str, int]:
    told = figures.post_figures(post, counted)
    return {name: told[ours] for name, ours in _METRICS[product_of(post)].items()}


def _children(post: Post) -> dict[str, Any]:
    record: Mapping[str, Any] = post.record or {}
    return {"data": [{"id": str(child)} for child in record.get("children", ())]}


def _media_url(post: Post, request: Request) -> str:
    """Every medium has a picture at Instagram; a post of the history without one gets a card."""
    shown = post.pictures[0] if post.pictures else picture("layanan-0", "")
    return address(request, post.account, shown)


def _total(account: TrainingAccount, name: str, total: int) -> dict[str, Any]:
    return {
        "name": name,
        "period": "day",
        "title": name.replace("_", " ").capitalize(),
        "description": "Angka latihan.",
        "total_value": {"value": total},
        "id": f"{account.platform_id}/insights/{name}/day",
    }

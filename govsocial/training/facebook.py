"""Pages, their posts, photos and films, as the Graph API has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from govsocial.training import meta_figures as figures
from govsocial.training.agency import TrainingAccount
from govsocial.training.curves import Reactions
from govsocial.training.history import Post
from govsocial.training.http import Request, Response
from govsocial.training.meta_graph import (
    Field,
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
from govsocial.training.world import World, page

_METRICS = {
    "page_media_view": "views",
    "page_total_media_view_unique": "reach",
    "page_daily_follows_unique": "gained",
    "page_post_engagements": "interactions",
}


class Facebook:
    """Reading. ``Page`` and ``Post`` values are functions, worked out only when asked for."""

    def __init__(self, world: World) -> None:
        self.world = world

    def page(self, account: TrainingAccount, request: Request) -> dict[str, Any]:
        followers = self.world.followers(account, request.now)
        values: dict[str, Callable[[Field], Any]] = {
            "id": lambda _: account.platform_id,
            "name": lambda _: account.display_name,
            "username": lambda _: account.handle,
            "about": lambda _: account.description,
            "link": lambda _: f"{request.base}/facebook/{account.handle}",
            "fan_count": lambda _: followers,
            "followers_count": lambda _: followers,
            "verification_status": lambda _: "blue_verified",
            "category": lambda _: "Government Organization",
        }
        return picked(values, wanted(request, "id,name"))

    def posts(self, account: TrainingAccount, request: Request) -> Response:
        place, limit = place_of(request), limit_of(request)
        posts = self.world.newest_first(account, request.now, place)
        found, more = page(posts, limit, lambda post: True)
        fields = wanted(request, "id,created_time,message")
        counted = self.world.counted(request.now)
        data = [picked(self._post(post, counted(post), request), fields) for post in found]
        places = [cursor_of(post.at, post.key) for post in found]
        return listing(request, data, places, more=more)

    def post(self, post: Post, request: Request) -> dict[str, Any]:
        counted = self.world.counted(request.now)(post)
        fields = wanted(request, "id,created_time,message")
        return picked(self._post(post, counted, request), fields)

    def post_insights(self, post: Post, request: Request) -> dict[str, Any]:
        counted = self.world.counted(request.now)(post)
        names = param(request, "metric")
        return insights(_insight_values(post, counted), names, post_id(post))

    def page_insights(self, account: TrainingAccount, request: Request) -> Response:
        names = names_of(param(request, "metric"))
        if not names or any(name not in _METRICS for name in names):
            insights({}, "", account.platform_id)
        asked = figures.days(param(request, "since"), param(request, "until"), request.now)
        told = {day: figures.day_figures(self.world, account, day) for day in asked}
        data = [
            figures.series(
                account, name, {day: _shaped(name, of[_METRICS[name]]) for day, of in told.items()}
            )
            for name in names
        ]
        return Response.json({"data": data}, headers=usage())

    def film(self, film: Mapping[str, Any], film_id: str, request: Request) -> dict[str, Any]:
        done = film["post"] is not None and film["ready"] <= request.wall
        status = "ready" if done else "processing" if film["post"] else "uploading"
        values: dict[str, Callable[[Field], Any]] = {
            "id": lambda _: film_id,
            "post_id": lambda _: film["post"] if done else None,
            "permalink_url": lambda _: (
                f"/facebook/{film['handle']}/posts/{film['post']}" if done else None
            ),
            "status": lambda _: {"video_status": status},
            "description": lambda _: film["text"] or None,
        }
        return picked(values, wanted(request, "id"))

    def _post(
        self, post: Post, counted: Reactions, request: Request
    ) -> dict[str, Callable[[Field], Any]]:
        told = figures.post_figures(post, counted)
        return {
            "id": lambda _: post_id(post),
            "created_time": lambda _: moment(post.at),
            "message": lambda _: post.text or None,
            "permalink_url": lambda _: (
                f"{request.base}/facebook/{post.account.handle}/posts/{post.key}"
            ),
            "status_type": lambda _: "added_photos" if post.pictures else "mobile_status_update",
            # Facebook leaves shares out where there are none.
            "shares": lambda _: {"count": told["shares"]} if told["shares"] else None,
            "comments": lambda asked: _summed(asked, told["comments"]),
            "reactions": lambda asked: _summed(asked, told["likes"]),
            "attachments": lambda _: _attachments(post, request),
            "insights": lambda asked: insights(
                _insight_values(post, counted), asked.calls.get("metric", ""), post_id(post)
            ),
        }


def post_id(post: Post) -> str:
    return f"{post.account.platform_id}_{post.key}"


def _insight_values(post: Post, counted: Reactions) -> dict[str, Any]:
    told = figures.post_figures(post, counted)
    return {
        "post_media_view": _shaped("post_media_view", told["views"]),
        "post_total_media_view_unique": told["reach"],
        "post_clicks": told["clicks"],
        "post_reactions_by_type_total": figures.reactions(told["likes"]),
    }


def _shaped(name: str, value: int) -> Any:
    """Views come as an object of breakdowns, the others as a number."""
    if not name.endswith("_media_view"):
        return value
    paid = value // 9
    return {"is_from_ads": paid, "is_not_from_ads": value - paid}


def _summed(asked: Field, count: int) -> dict[str, Any]:
    value: dict[str, Any] = {"data": []}
    if asked.calls.get("summary") == "true":
        value["summary"] = {"total_count": count}
    return value


def _attachments(post: Post, request: Request) -> dict[str, Any] | None:
    record: Mapping[str, Any] = post.record or {}
    if record.get("film"):
        return {"data": [{"media_type": "video", "target": {"id": record["film"]}}]}
    if not post.pictures:
        return None
    ids = record.get("photos") or [f"{post.key}{number}" for number in range(len(post.pictures))]
    parts = [
        {
            "media_type": "photo",
            "target": {"id": photo},
            "media": {"image": {"src": address(request, post.account, picture)}},
            "description": picture.alt,
        }
        for photo, picture in zip(ids, post.pictures, strict=True)
    ]
    if len(parts) == 1:
        return {"data": parts}
    target = {"id": f"{post.key}9"}
    return {"data": [{"media_type": "album", "target": target, "subattachments": {"data": parts}}]}

"""Comments below posts of Pages and media of Instagram, as the Graph API has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from govsocial.training.agency import BY_KEY
from govsocial.training.comments import Comment
from govsocial.training.history import Post
from govsocial.training.http import Request, Response
from govsocial.training.meta_access import Holder, page_of
from govsocial.training.meta_graph import (
    Field,
    GraphError,
    cursor_of,
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
from govsocial.training.meta_media import new_id
from govsocial.training.world import World, reactions_at

LONGEST: Mapping[str, int] = {"facebook": 8_000, "instagram": 2_200}
_WRITE = {"facebook": "pages_manage_engagement", "instagram": "instagram_manage_comments"}
_READ = {"facebook": "pages_read_engagement", "instagram": "instagram_manage_comments"}


class MetaComments:
    def __init__(self, world: World) -> None:
        self._world = world

    def make(self, post: Post, request: Request, holder: Holder) -> Response:
        platform = post.account.platform
        holder.may(_WRITE[platform])
        text = param(request, "message")
        if not text.strip():
            raise GraphError(100, "The parameter message is required")
        if len(text) > LONGEST[platform]:
            raise GraphError(100, "The comment is too long", shown="Komentar terlalu panjang.")
        name = f"{post.key}_{new_id()}" if platform == "facebook" else new_id()
        self._world.comments.add(name, post, text, request.now)
        if platform == "instagram" and param(request, "fields"):
            # The comment is out all the same.
            raise GraphError(20, "Cannot read the fields of this comment", subcode=1772107)
        return Response.json({"id": name}, headers=usage())

    def list(self, post: Post, request: Request, holder: Holder) -> Response:
        """Instagram lists the newest first, Facebook where it is asked to."""
        platform = post.account.platform
        holder.may(_READ[platform])
        citizens = reactions_at(request.now)(post)
        found = self._world.comments.below(post, citizens, request.now)
        newest = platform == "instagram" or param(request, "order") == "reverse_chronological"
        if not newest:
            found.reverse()
        place, limit = place_of(request), limit_of(request)
        if place is not None:
            left = [one for one in found if (one.at, one.id) != place]
            found = [one for one in left if ((one.at, one.id) < place) == newest]
        fields = wanted(request, "id,created_time,message" if platform == "facebook" else "id,text")
        data = [picked(_values(one, request), fields) for one in found[:limit]]
        places = [cursor_of(one.at, one.id) for one in found[:limit]]
        return listing(request, data, places, more=len(found) > limit)

    def find(self, name: str, request: Request, holder: Holder) -> Comment | None:
        """A comment of the token's Page or its Instagram account."""
        found = self._world.comments.find(name, request.now)
        if found is None:
            return None
        account = BY_KEY[found.account]
        page = account if account.platform == "facebook" else page_of(account)
        return found if page == holder.page else None

    def read(self, comment: Comment, request: Request, holder: Holder) -> dict[str, Any]:
        holder.may(_READ[BY_KEY[comment.account].platform])
        return picked(_values(comment, request), wanted(request, "id"))

    def delete(self, comment: Comment, holder: Holder) -> Response:
        holder.may(_WRITE[BY_KEY[comment.account].platform])
        if not self._world.comments.remove(comment.id):
            raise unknown_object(comment.id)
        return Response.json({"success": True}, headers=usage())


def _values(comment: Comment, request: Request) -> dict[str, Callable[[Field], Any]]:
    account = BY_KEY[comment.account]
    own = comment.author is None
    if account.platform == "instagram":
        name = account.handle if own else f"warga_{comment.author}"
        return {
            "id": lambda _: comment.id,
            "text": lambda _: comment.text,
            "timestamp": lambda _: moment(comment.at),
            "username": lambda _: name,
            "like_count": lambda _: 0,
        }
    number = comment.id.rpartition("_")[2]
    address = f"{request.base}/facebook/{account.handle}/posts/{comment.post}?comment_id={number}"
    return {
        "id": lambda _: comment.id,
        "message": lambda _: comment.text,
        "created_time": lambda _: moment(comment.at),
        # Whose the comments of others are, is not told.
        "from": lambda _: (
            {"id": account.platform_id, "name": account.display_name} if own else None
        ),
        "permalink_url": lambda _: address,
        "like_count": lambda _: 0,
        "comment_count": lambda _: 0,
    }

"""Comments of the Page below its own posts, and finding them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from govsocial.platforms import checks, finding, limits, text
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import PlatformError
from govsocial.platforms.facebook.answers import Comment, Permalink
from govsocial.platforms.facebook.publishing import asked_once
from govsocial.platforms.http import Effect, parse
from govsocial.platforms.meta.graph import Created, Graph, segment
from govsocial.platforms.oauth import require_scopes

LIMITS = limits.LIMITS["facebook"]
MAY_COMMENT = "pages_manage_engagement"
_FIELDS = "id,message,created_time,from,permalink_url"


class Comments:
    def __init__(
        self, graph: Graph, *, page: Callable[[], str], link: Callable[[str | None, str], str]
    ) -> None:
        self._graph = graph
        self._page = page
        self._link = link

    def publish(self, post: OutgoingPost) -> PublishedPost:
        post.before_step()
        checks.check(post, LIMITS, length=text.measure(post.text, LIMITS), platform="Facebook")
        path = f"/{segment(post.follows)}/comments"
        require_scopes([MAY_COMMENT], self._graph.secret())
        sent = {"message": post.text}
        post.before_step()
        with asked_once(post):
            answer = self._graph.call("POST", path, effect=Effect.PUBLISH, data=sent)
        response = answer.json()
        made = parse(Created, response, answer, Effect.PUBLISH).id
        return PublishedPost(
            platform_id=made,
            permalink=self._address(self._told(made), made, post),
            sent=sent,
            response=response,
        )

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """The oldest comment of the Page itself with these words below the post."""
        own, wanted = self._own_id(), text.canonical(post.text)

        def is_like(comment: Comment) -> bool:
            same = text.canonical(comment.message or "") == wanted
            return same and finding.is_told(comment.author.id if comment.author else None, own)

        found = finding.oldest_match(self._latest(post), post, is_like)
        if found is None:
            finding.check_settled(post)
            return None
        comment = found.model
        return PublishedPost(
            platform_id=comment.id,
            permalink=self._address(comment.permalink_url, comment.id, post),
            response=found.raw,
        )

    def _own_id(self) -> str:
        page = self._page()
        return page if page != "me" else self._graph.get("/me", Created, publishing=True)[0].id

    def _latest(self, post: OutgoingPost) -> Iterator[finding.Page[Comment]]:
        cursor: str | None = None
        while True:
            listing, answer = self._graph.page(
                f"/{segment(post.follows)}/comments",
                _FIELDS,
                cursor,
                publishing=True,
                order="reverse_chronological",
                filter="toplevel",
            )
            read = [(parse(Comment, raw, answer), raw) for raw in listing.data]
            cursor = listing.cursor_after(cursor)
            yield finding.Page(
                [finding.Listed(one.id, one.created_time, one, raw) for one, raw in read],
                answer.headers,
                cursor is not None,
            )

    def _told(self, comment: str) -> str | None:
        """As the platform tells it; the comment is out, so nothing that goes wrong here matters."""
        with suppress(PlatformError):
            path = f"/{segment(comment)}"
            found, _ = self._graph.get(path, Permalink, publishing=True, fields="permalink_url")
            return found.permalink_url
        return None

    def _address(self, told: str | None, comment: str, post: OutgoingPost) -> str:
        """Where people read the comment: never the address of the post alone."""
        number = comment.rpartition("_")[2]
        if told and number in told:
            return self._link(told, comment)
        return f"{self._link(None, post.follows)}?comment_id={number}"

"""Comments of the account below its own media, and finding them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from govsocial.platforms import checks, finding, limits, text
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import PlatformError
from govsocial.platforms.http import Effect, parse
from govsocial.platforms.instagram.answers import Account, Comment, Permalink
from govsocial.platforms.keeping import in_link
from govsocial.platforms.meta.graph import Created, Graph, segment
from govsocial.platforms.oauth import require_scopes

LIMITS = limits.LIMITS["instagram"]
MAY_COMMENT = "instagram_manage_comments"
PAGE = "50"
"""Comments that Instagram gives in a call at most."""
_FIELDS = "id,text,timestamp,username"


class Comments:
    def __init__(
        self, graph: Graph, *, account: Callable[[], str], link: Callable[[str | None], str]
    ) -> None:
        self._graph = graph
        self._account = account
        self._link = link

    def publish(self, post: OutgoingPost) -> PublishedPost:
        post.before_step()
        checks.check(post, LIMITS, length=text.measure(post.text, LIMITS), platform="Instagram")
        path = f"/{segment(post.follows)}/comments"
        require_scopes([MAY_COMMENT], self._graph.secret())
        # Before the comment is out: after that nothing may fail any more.
        medium = self._medium(post)
        sent = {"message": post.text}
        post.before_step()
        with finding.asking(post):
            # Without ``fields``: with them Instagram makes the comment, and then answers an error.
            answer = self._graph.call("POST", path, effect=Effect.PUBLISH, data=sent)
        response = answer.json()
        made = parse(Created, response, answer, Effect.PUBLISH).id
        return PublishedPost(
            platform_id=made, permalink=_address(medium, made), sent=sent, response=response
        )

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """The oldest comment of the account itself with these words below the medium."""
        account, _ = self._graph.get(
            f"/{self._account()}", Account, publishing=True, fields="id,username"
        )
        own, wanted = account.username or "", text.canonical(post.text)

        def is_like(comment: Comment) -> bool:
            same = text.canonical(comment.text or "") == wanted
            return same and finding.is_told(comment.username if own else None, own)

        found = finding.oldest_match(self._latest(post), post, is_like)
        if found is None:
            finding.check_settled(post)
            return None
        medium = self._link(None)
        with suppress(PlatformError):
            medium = self._medium(post)
        return PublishedPost(
            platform_id=found.platform_id,
            permalink=_address(medium, found.platform_id),
            response=found.raw,
        )

    def _latest(self, post: OutgoingPost) -> Iterator[finding.Page[Comment]]:
        """Newest first, as Instagram gives them."""
        cursor: str | None = None
        while True:
            path = f"/{segment(post.follows)}/comments"
            listing, answer = self._graph.page(path, _FIELDS, cursor, publishing=True, limit=PAGE)
            read = [(parse(Comment, raw, answer), raw) for raw in listing.data]
            cursor = listing.cursor_after(cursor)
            yield finding.Page(
                [finding.Listed(one.id, one.timestamp, one, raw) for one, raw in read],
                answer.headers,
                cursor is not None,
            )

    def _medium(self, post: OutgoingPost) -> str:
        """The address of the medium that is commented."""
        path = f"/{segment(post.follows)}"
        found, _ = self._graph.get(path, Permalink, publishing=True, fields="permalink")
        return self._link(found.permalink)


def _address(medium: str, comment: str) -> str:
    return f"{medium.rstrip('/')}/c/{in_link(comment)}/"

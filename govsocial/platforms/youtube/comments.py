"""Comments of the channel below its own films, and finding them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from govsocial.platforms import checks, finding, limits, text
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import NotFound, PermissionMissing, Refused
from govsocial.platforms.http import Effect, parse
from govsocial.platforms.keeping import in_link
from govsocial.platforms.oauth import missing_scopes
from govsocial.platforms.youtube.account import Account
from govsocial.platforms.youtube.answers import Comment, CommentThread, Inserted, is_id, listed
from govsocial.platforms.youtube.consent import CHANGE

LIMITS = limits.LIMITS["youtube"]
PAGE = 100
WRITE_UNITS = 50
THREADS, COMMENTS = "/youtube/v3/commentThreads", "/youtube/v3/comments"


class Comments:
    def __init__(
        self, account: Account, *, own: Callable[[], str], link: Callable[[str], str]
    ) -> None:
        self._account = account
        self._own = own
        self._link = link

    def publish(self, post: OutgoingPost) -> PublishedPost:
        post.before_step()
        checks.check(post, LIMITS, length=text.measure(post.text, LIMITS), platform="YouTube")
        film = _film(post)
        if missing_scopes([CHANGE], self._account.bearer.load()):
            raise PermissionMissing("The consent does not include commenting on YouTube.")
        written = {"snippet": {"textOriginal": post.text}}
        sent = {"snippet": {"videoId": film, "topLevelComment": written}}
        post.before_step()
        with finding.asking(post):
            answer = self._account.call(
                "POST",
                THREADS,
                Effect.PUBLISH,
                units=WRITE_UNITS,
                params={"part": "snippet"},
                json=sent,
            )
        response = answer.json()
        made = parse(Inserted, response, answer, Effect.PUBLISH).id
        return PublishedPost(
            platform_id=made, permalink=self._address(post, made), sent=sent, response=response
        )

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        """The oldest comment of the channel itself with these words below the film."""
        own, wanted = self._own(), text.canonical(post.text)

        def is_like(comment: Comment) -> bool:
            said = comment.snippet
            written = said.text_display if said.text_original is None else said.text_original
            return text.canonical(written) == wanted and finding.is_told(
                said.author_channel_id.value, own
            )

        found = finding.oldest_match(self._latest(post), post, is_like)
        if found is None:
            finding.check_settled(post)
            return None
        return PublishedPost(
            platform_id=found.platform_id,
            permalink=self._address(post, found.platform_id),
            response=found.raw,
        )

    def delete(self, comment: str) -> None:
        # Ids of replies have a full stop in them.
        if not is_id(comment.replace(".", "")):
            raise Refused("This is not an identifier of YouTube.")
        with suppress(NotFound):
            self._account.call(
                "DELETE", COMMENTS, Effect.STAGE, units=WRITE_UNITS, params={"id": comment}
            )

    def _latest(self, post: OutgoingPost) -> Iterator[finding.Page[Comment]]:
        asked = {
            "part": "snippet",
            "videoId": _film(post),
            "order": "time",
            "textFormat": "plainText",
            "maxResults": str(PAGE),
        }
        token: str | None = None
        while True:
            paging = {"pageToken": token} if token else {}
            answer = self._account.call("GET", THREADS, params={**asked, **paging}, publishing=True)
            page = listed(answer, "commentThread")
            read = [
                (parse(CommentThread, raw, answer).snippet.top_level_comment, raw)
                for raw in page.items
            ]
            before, token = token, page.next_page_token or None
            yield finding.Page(
                [finding.Listed(one.id, one.snippet.published_at, one, raw) for one, raw in read],
                answer.headers,
                token is not None and token != before,
            )

    def _address(self, post: OutgoingPost, comment: str) -> str:
        return f"{self._link(post.follows)}&lc={in_link(comment)}"


def _film(post: OutgoingPost) -> str:
    if not is_id(post.follows):
        raise Refused("This is not an identifier of YouTube.")
    return post.follows

"""Comments below posts of Facebook, Instagram and YouTube: the account's own, kept, and those of
citizens, which are told from the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from govsocial.training.curves import Reactions
from govsocial.training.history import Post
from govsocial.training.ids import chance, snowflake
from govsocial.training.state import State, Thing
from govsocial.training.texts import REPLIES

_KIND = "comment"
_SHOWN = 50
"""Comments of citizens that are told of one post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """``author`` is a number of a citizen; None for the account itself. ``post`` is a key."""

    id: str
    account: str
    post: str
    at: float
    text: str
    author: int | None = None


class Comments:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, name: str, post: Post, text: str, at: float) -> Comment:
        """Keep a comment of the account itself below its post."""
        value = {"post": post.key, "text": text}
        self._state.put_thing(_KIND, name, account=post.account.key, at=at, value=value)
        return Comment(id=name, account=post.account.key, post=post.key, at=at, text=text)

    def find(self, name: str, now: float) -> Comment | None:
        """A comment of an account itself."""
        kept = self._state.thing(_KIND, name)
        return _comment(kept) if kept is not None and kept.at <= now else None

    def remove(self, name: str) -> bool:
        """Whether there was one."""
        return self._state.take_thing(_KIND, name) is not None

    def own(self, post: Post, now: float) -> list[Comment]:
        """Those of the account itself, oldest first."""
        found = [
            _comment(kept)
            for kept in self._state.things(_KIND)
            if (kept.account, kept.value["post"]) == (post.account.key, post.key) and kept.at <= now
        ]
        return sorted(found, key=lambda comment: (comment.at, comment.id))

    def below(self, post: Post, citizens: Reactions, now: float) -> list[Comment]:
        """All of them, newest first; ``citizens`` are the reactions of others."""
        found = [*self.own(post, now), *_of_citizens(post, citizens.replies)]
        return sorted(found, key=lambda comment: (comment.at, comment.id), reverse=True)

    def counted(self, now: float) -> Counter[str]:
        """How many there are of the accounts themselves, by platform and key of the post."""
        return Counter(
            f"{kept.account.partition(':')[0]}:{kept.value['post']}"
            for kept in self._state.things(_KIND)
            if kept.at <= now
        )


def _comment(kept: Thing) -> Comment:
    value = kept.value
    return Comment(
        id=kept.key, account=kept.account, post=value["post"], at=kept.at, text=value["text"]
    )


def _of_citizens(post: Post, count: int) -> Iterator[Comment]:
    for number in range(min(count, _SHOWN)):
        at = post.appeal.replied_at(number)
        yield Comment(
            id=f"{post.key}_{snowflake(at, number)}",
            account=post.account.key,
            post=post.key,
            at=at,
            text=REPLIES[int(chance(post.key, number, "what") * len(REPLIES))],
            author=int(chance(post.key, number, "who") * 9000) + 1000,
        )

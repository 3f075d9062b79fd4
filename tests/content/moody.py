"""A platform that takes, refuses or leaves in doubt what it is given, and remembers all of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.models import OfficialAccount
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import Refused, Unavailable, UnknownOutcome
from tests.content.stage import FakePlatform


class WorkerDied(BaseException):
    """The process ended in the middle of its call: nothing that stands behind it runs."""


Mood = tuple[type[BaseException] | None, bool]
"""What comes of a call, and whether the post is there all the same."""

MOODS: list[Mood] = [
    (None, True),
    (Refused, False),
    (Unavailable, False),
    (UnknownOutcome, True),
    (UnknownOutcome, False),
    (WorkerDied, True),
    (WorkerDied, False),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A post or comment that the platform has shown to everybody, if only for a while."""

    key: str
    """Of the publication that it is."""
    text: str
    follows: str
    root: str
    platform_id: str
    permalink: str
    answered_what_was_there: bool


@dataclass(kw_only=True)
class Moody(FakePlatform):
    """One account's. Known by words and by what is answered, as on platforms without keys."""

    account: OfficialAccount
    taken: list[Taken] = field(default_factory=list)
    looked_at: int = 0
    """How many of them a test has looked at."""
    deleted: set[str] = field(default_factory=set)
    moods: list[Mood] = field(default_factory=list)
    """Of the next calls; without one it takes what it is given."""
    is_mute: bool = False
    """Whether it tells nothing of what is there."""

    def publish(self, post: OutgoingPost) -> PublishedPost:
        fault, is_there = self.moods.pop() if self.moods else (None, True)
        made = self.put(post.key, post.text, post.follows, post.root) if is_there else None
        if made is None or fault is not None:
            raise (fault or UnknownOutcome)("said by the test")
        return _told(made)

    def put(self, key: str, text: str, follows: str = "", root: str = "") -> Taken:
        """Show what a worker sent, or what a person posts."""
        there = {one.platform_id for one in self.there()}
        number = str(10_000 + len(self.taken))
        made = Taken(
            key=key,
            text=text,
            follows=follows,
            root=root,
            platform_id=f"id-{number}",
            permalink=self._address(number, root),
            answered_what_was_there={follows, root} <= {*there, ""},
        )
        self.taken.append(made)
        return made

    def _address(self, number: str, root: str) -> str:
        if self.account.platform == OfficialAccount.Platform.BLUESKY:
            return f"https://bsky.app/profile/{self.account.handle}/post/{number}"
        page = f"https://www.facebook.com/{self.account.handle}/posts"
        if root:
            return f"{page}/{root.removeprefix('id-')}?comment_id={number}"
        return f"{page}/{number}"

    def there(self) -> list[Taken]:
        return [one for one in self.taken if one.platform_id not in self.deleted]

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        if self.is_mute:
            raise Refused("said by the test")
        for one in self.there():
            is_meant = (one.text, one.follows) == (post.text, post.follows)
            if is_meant and one.platform_id not in post.taken:
                return _told(one)
        return None

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        (one,) = [one for one in self.taken if one.platform_id == platform_id]
        is_comment = self.account.platform == OfficialAccount.Platform.FACEBOOK and one.root != ""
        assert comment == is_comment
        self.deleted.add(platform_id)


def _told(one: Taken) -> PublishedPost:
    return PublishedPost(
        platform_id=one.platform_id,
        permalink=one.permalink,
        sent={"text": one.text},
        response={"cid": "baf"},
    )

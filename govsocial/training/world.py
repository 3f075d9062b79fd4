"""The platforms as they are at a moment: the history and what was published through the API."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from threading import Lock
from typing import Any

from govsocial.training.agency import BY_KEY, TrainingAccount
from govsocial.training.comments import Comments
from govsocial.training.curves import Reactions, appeal, awake_hours
from govsocial.training.history import Post, timelines
from govsocial.training.pictures import Picture
from govsocial.training.state import State, StoredPost
from govsocial.training.story import Story

_CACHED = 5000
_RECORDS = "app.bsky.feed.post"


class World:
    """Everything visible. ``now`` is a timestamp; posts after it do not exist yet."""

    def __init__(self, story: Story, state: State) -> None:
        self.story = story
        self.state = state
        self.timelines = timelines(story)
        self.comments = Comments(state)
        self._published: dict[tuple[str, str, str], Post] = {}
        self._lock = Lock()

    def followers(self, account: TrainingAccount, now: float) -> int:
        return self.timelines[account.key].followers.at(now)

    def following(self, account: TrainingAccount, now: float) -> int:
        """Slowly more: about one a month."""
        months = (now - self.story.starts.timestamp()) / (30.4 * 86400)
        return account.following + max(int(months), 0)

    def count(self, account: TrainingAccount, now: float) -> int:
        timeline = self.timelines[account.key]
        timeline.reach(now)
        return timeline.count(now) + self.state.count_posts(account.key, now)

    def newest_first(
        self, account: TrainingAccount, now: float, before: tuple[float, str] | None = None
    ) -> Iterator[Post]:
        """Visible posts, newest first; with ``before``, only those that sort before (at, key)."""
        timeline = self.timelines[account.key]
        timeline.reach(now)
        removed = self.state.removed(account.key, now)
        at, key = before if before is not None else (now, None)
        history = (
            post
            for post in timeline.older(min(at, now), key if at <= now else None)
            if post.key not in removed
        )
        published = self._pages(account, now, (at, key if key is not None else "~"))
        return heapq.merge(history, published, key=lambda post: (post.at, post.key), reverse=True)

    def newer_than(
        self, account: TrainingAccount, now: float, after: tuple[float, str]
    ) -> list[Post]:
        """Visible posts that sort after (at, key), newest first."""
        found = []
        for post in self.newest_first(account, now):
            if (post.at, post.key) <= after:
                break
            found.append(post)
        return found

    def _pages(
        self, account: TrainingAccount, now: float, before: tuple[float, str]
    ) -> Iterator[Post]:
        while True:
            rows = self.state.posts_before(account.key, now=now, before=before, limit=100)
            yield from (self.published(row) for row in rows)
            if len(rows) < 100:
                return
            before = (rows[-1].at, rows[-1].key)

    def find(self, account: TrainingAccount, key: str, now: float) -> Post | None:
        """The post with this key, if it is visible at ``now``."""
        timeline = self.timelines[account.key]
        timeline.reach(now)
        post = timeline.by_key.get(key)
        if post is not None:
            gone = post.at > now or key in self.state.removed(account.key, now)
            return None if gone else post
        row = self.state.post(account.key, key)
        if row is None or row.at > now or (row.deleted is not None and row.deleted <= now):
            return None
        return self.published(row)

    def delete(self, account: TrainingAccount, key: str, now: float) -> bool:
        """Take a post down; whether there was one."""
        if self.find(account, key, now) is None:
            return False
        if not self.state.delete_post(account.key, key, now):
            self.state.remove_from_history(account.key, key, now)
        return True

    def answers_to(self, post: Post, now: float) -> list[Post]:
        """What the agency's accounts answered to ``post``, oldest first, without comments."""
        name = _name(post.account.platform, post.account.platform_id, post.key)
        rows = (row for row in self.state.answers(now) if _answered(row) == name)
        return [self.published(row) for row in rows]

    def counted(self, now: float) -> Callable[[Post], Reactions]:
        """Counters of posts at ``now``: reactions of citizens, and among the replies what the
        agency's accounts answered or commented themselves."""
        reactions = reactions_at(now)
        own = Counter(_answered(row) for row in self.state.answers(now))
        own.update(self.comments.counted(now))

        def counted(post: Post) -> Reactions:
            found = reactions(post)
            more = own[_name(post.account.platform, post.account.platform_id, post.key)]
            return replace(found, replies=found.replies + more) if more else found

        return counted

    def published(self, row: StoredPost) -> Post:
        """A stored row as a post; kept, because its reactions are worked out once."""
        name = (row.account, row.key, row.revision)
        post = self._published.get(name)
        if post is None:
            post = self._as_post(row)
            with self._lock:
                if len(self._published) >= _CACHED:
                    self._published.clear()
                self._published[name] = post
        return post

    def _as_post(self, row: StoredPost) -> Post:
        account = BY_KEY[row.account]
        value: Mapping[str, Any] = row.value
        images = tuple(Picture(**image) for image in value.get("images", ()))
        reach = appeal(
            posted=row.at,
            audience=self.timelines[account.key].followers.real(row.at),
            engagement=account.engagement * (1.25 if images else 1.0),
            topic="",
            pull=1.0,
            name=f"{self.story.seed}|{row.account}|{row.key}",
        )
        return Post(
            account=account,
            key=row.key,
            at=row.at,
            text=value["text"],
            appeal=reach,
            language=value.get("language"),
            created_at=value.get("created_at"),
            record=value.get("record"),
            revision=row.revision,
            application=value.get("application", "govsocial"),
            visibility=value.get("visibility", "public"),
            sensitive=value.get("sensitive", False),
            spoiler=value.get("spoiler", ""),
            reply_to=value.get("reply_to"),
            root=value.get("root"),
            uploaded=images,
        )


def _name(platform: str, owner: str, key: str) -> str:
    """What an answer calls the post that it answers, with its platform."""
    return (
        f"{platform}:at://{owner}/{_RECORDS}/{key}"
        if platform == "bluesky"
        else f"{platform}:{key}"
    )


def _answered(row: StoredPost) -> str:
    return f"{row.account.partition(':')[0]}:{row.value['reply_to']}"


def reactions_at(now: float) -> Callable[[Post], Reactions]:
    """Counters of posts at ``now``, with the work that does not depend on the post done once."""
    awake = awake_hours(now)
    return lambda post: post.appeal.at(now, awake)


def page(
    posts: Iterator[Post], limit: int, wanted: Callable[[Post], bool]
) -> tuple[list[Post], bool]:
    """Up to ``limit`` wanted posts, and whether there are more."""
    found = list(islice((post for post in posts if wanted(post)), limit + 1))
    return found[:limit], len(found) > limit

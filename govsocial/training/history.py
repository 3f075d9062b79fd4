"""The posts that the agency made before (and a few after) the training database was created.

Built once at start, a day at a time and in order, so that the same seed and anchor always give the
same posts; looked up by position afterwards.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from threading import Lock

from govsocial.training import texts
from govsocial.training.agency import TrainingAccount
from govsocial.training.curves import Appeal, Followers, appeal, day_starts, local_day
from govsocial.training.ids import chance, number, snowflake, tid
from govsocial.training.pictures import VARIANTS, Picture, name_of, picture
from govsocial.training.story import WIB, Story

#: When public relations staff post, by local hour from 6 to 20.
_HOURS = range(6, 21)
_HOUR_WEIGHTS = (2, 5, 11, 12, 11, 8, 4, 6, 8, 9, 10, 6, 3, 4, 2)
_URGENT_HOUR_WEIGHTS = (6, 7, 7, 6, 5, 5, 5, 6, 8, 9, 9, 7, 6, 5, 4)

# The part of its texts that an account does not say again for a while.
_REMEMBERED = 0.7


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post on a platform, from the history or published through the API.

    ``key`` is the record key on Bluesky and the status id on Mastodon; ``at`` is when the platform
    took it.
    """

    account: TrainingAccount
    key: str
    at: float
    text: str
    appeal: Appeal
    language: str | None = "id"
    created_at: str | None = None
    """The author's own time, where it differs from ``at`` (Bluesky lets the author choose)."""
    record: dict[str, object] | None = None
    """The record or the parameters exactly as received, for posts published through the API."""
    revision: str = ""
    application: str = "Web"
    visibility: str = "public"
    sensitive: bool = False
    spoiler: str = ""
    reply_to: str | None = None
    """The post that it answers: its key, on Bluesky its address."""
    root: str | None = None
    """The key of the first post of its thread, where the platform tells that."""
    picture_name: str | None = None
    picture_alt: str = ""
    uploaded: tuple[Picture, ...] = ()
    rendered: dict[str, tuple[str, str]] = field(default_factory=dict, compare=False)
    """Serialised parts that never change, kept by whoever renders them (by base URL)."""

    @cached_property
    def pictures(self) -> tuple[Picture, ...]:
        if self.picture_name is None:
            return self.uploaded
        return (picture(self.picture_name, self.picture_alt),)


@dataclass(frozen=True, slots=True)
class _Day:
    number: int
    date: date
    rng: random.Random


class Timeline:
    """One account's history: ascending posts, found by moment or by key.

    Days beyond the anchor are added as the world reaches them.
    """

    def __init__(self, story: Story, account: TrainingAccount) -> None:
        self.story = story
        self.account = account
        self.followers = Followers(story, account)
        self.posts: list[Post] = []
        self.moments: list[float] = []
        self.by_key: dict[str, Post] = {}
        said = sum(template.topic in account.topics for template in texts.TEMPLATES)
        self._recent: deque[str] = deque(maxlen=round(said * _REMEMBERED))
        self._anchor = story.anchor.timestamp()
        self._next_day = local_day(story.starts.timestamp())
        self._last_day = local_day(story.last_moment.timestamp())
        self._lock = Lock()
        self.reach(self._anchor)

    def reach(self, timestamp: float) -> None:
        """Make sure that every post up to ``timestamp`` exists."""
        until = min(local_day(timestamp), self._last_day)
        if until < self._next_day:
            return
        with self._lock:
            while self._next_day <= until:
                self._add_day(self._next_day)
                self._next_day += 1

    def count(self, timestamp: float) -> int:
        """How many posts there are at ``timestamp``."""
        return bisect_right(self.moments, timestamp)

    def older(self, timestamp: float, key: str | None) -> Iterator[Post]:
        """Posts not after ``timestamp``, newest first; with ``key``, only those before that one."""
        index = bisect_right(self.moments, timestamp)
        for position in range(index - 1, -1, -1):
            post = self.posts[position]
            if key is None or post.at < timestamp or post.key < key:
                yield post

    def newer(self, timestamp: float) -> Iterator[Post]:
        """Posts after ``timestamp``, oldest first."""
        for position in range(bisect_left(self.moments, timestamp), len(self.posts)):
            yield self.posts[position]

    def _add_day(self, day: int) -> None:
        rng = random.Random(f"{self.story.seed}|{self.account.key}|{day}")  # same day, same posts
        local = _Day(day, datetime.fromtimestamp(day_starts(day), tz=WIB).date(), rng)
        found = sorted(self._posts_of(local), key=lambda post: post.at)
        for post in found:
            if self._kept(post):
                self.posts.append(post)
                self.moments.append(post.at)
                self.by_key[post.key] = post

    def _kept(self, post: Post) -> bool:
        """From the anchor on, only one account goes on outside the workflow, and less often."""
        if post.at <= self._anchor or post.at == self.story.first_outside_post_at.timestamp():
            return True
        outside = self.account.key == self.story.outside_account
        return outside and chance(self.story.seed, post.key, "outside") < 0.6

    def _posts_of(self, day: _Day) -> Iterator[Post]:
        special = self._special(day)
        if special is not None:
            yield special
        quiet = (day.date.month, day.date.day) in texts.GREETINGS or day.date in texts.EID
        weekday = (1.02, 1.08, 1.06, 1.0, 0.9, 0.36, 0.2)[day.date.weekday()]
        expected = self.account.posts_per_weekday * weekday * (0.3 if quiet else 1.0)
        wanted = self._poisson(day.rng, expected)
        for _ in range(wanted):
            yield self._ordinary(day)
        if quiet:
            yield self._greeting(day)
        if (
            self.account.key == self.story.outside_account
            and local_day(self.story.first_outside_post_at.timestamp()) == day.number
        ):
            yield self._at(self.story.first_outside_post_at.timestamp(), day)

    @staticmethod
    def _poisson(rng: random.Random, expected: float) -> int:
        count, left = 0, rng.expovariate(1.0)
        while left < expected:
            count += 1
            left += rng.expovariate(1.0)
        return count

    def _ordinary(self, day: _Day) -> Post:
        urgent = "cuaca" in self.account.topics
        weights = _URGENT_HOUR_WEIGHTS if urgent else _HOUR_WEIGHTS
        hour = day.rng.choices(_HOURS, weights)[0]
        # Prepared posts go out on the hour or half hour, the others at any minute.
        minute = day.rng.choice((0, 0, 30)) if day.rng.random() < 0.4 else day.rng.randrange(60)
        seconds = day.rng.randrange(60_000) / 1000
        return self._at(day_starts(day.number) + hour * 3600 + minute * 60 + seconds, day)

    def _at(self, moment: float, day: _Day) -> Post:
        local = datetime.fromtimestamp(moment, tz=WIB)
        template = self._template(day.rng, local.month)
        text = texts.fill(template, day.rng, local)
        return self._post(
            moment,
            text,
            topic=template.topic,
            pull=template.pull,
            alt=template.photo,
            variant=day.rng.randrange(VARIANTS),
        )

    def _template(self, rng: random.Random, month: int) -> texts.Template:
        topics = self.account.topics
        for _ in range(8):
            topic = rng.choices(list(topics), list(topics.values()))[0]
            fitting = [
                t
                for t in texts.TEMPLATES
                if t.topic == topic
                and (t.months is None or month in t.months)
                and t.text not in self._recent
            ]
            if fitting:
                break
        else:
            fitting = [t for t in texts.TEMPLATES if t.topic in topics and t.months is None]
        template = rng.choice(fitting)
        self._recent.append(template.text)
        return template

    def _greeting(self, day: _Day) -> Post:
        eid = day.date in texts.EID
        text = texts.EID_TEXT if eid else texts.GREETINGS[day.date.month, day.date.day]
        minutes = day.rng.randrange(25)
        moment = day_starts(day.number) + 6 * 3600 + minutes * 60 + day.rng.randrange(60)
        return self._post(moment, text, topic="ucapan", pull=1.5)

    def _special(self, day: _Day) -> Post | None:
        story = self.story
        if self.account.key != story.viral_account or day.date != story.viral_day:
            return None
        return self._post(story.viral_at.timestamp(), texts.VIRAL_TEXT, topic="hoaks", pull=72)

    def _post(
        self,
        moment: float,
        text: str,
        *,
        topic: str,
        pull: float,
        alt: str | None = None,
        variant: int = 0,
    ) -> Post:
        account, seed = self.account, self.story.seed
        low = number(16, seed, account.key, moment)
        key = tid(moment, low) if account.platform == "bluesky" else snowflake(moment, low)
        reach = appeal(
            posted=moment,
            audience=self.followers.real(moment),
            engagement=account.engagement * (1.25 if alt else 1.0),
            topic=topic,
            pull=pull,
            name=f"{seed}|{account.key}|{key}",
        )
        return Post(
            account=account,
            key=key,
            at=moment,
            text=text,
            appeal=reach,
            picture_name=name_of(topic, variant) if alt else None,
            picture_alt=alt or "",
        )


class Timelines(dict[str, Timeline]):
    """The history of each account by its key, told when it is first asked for: two years of posts
    take a while, and few ask for all accounts."""

    def __init__(self, story: Story) -> None:
        super().__init__()
        self._story = story
        self._accounts = {account.key: account for account in story.accounts}
        self._lock = Lock()

    def __missing__(self, key: str) -> Timeline:
        account = self._accounts[key]
        with self._lock:
            # Another thread may have told it meanwhile.
            if key not in self:
                self[key] = Timeline(self._story, account)
        return self[key]


@lru_cache(maxsize=4)
def timelines(story: Story) -> Timelines:
    """Shared by all who tell the same story in this process."""
    return Timelines(story)

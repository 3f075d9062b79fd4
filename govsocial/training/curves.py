"""How reactions and followers grow with time, in closed form.

Nothing here loops over time: a counter at any moment costs a few multiplications.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import datetime

from govsocial.training.agency import TrainingAccount
from govsocial.training.ids import chance
from govsocial.training.story import WIB, Story

DAY = 86400.0
_OFFSET = 7 * 3600.0  # WIB; days are cut at local midnight

#: How awake the city is in each local hour; one day adds up to 24.
_AWAKE = (
    0.32, 0.22, 0.18, 0.18, 0.30, 0.62, 0.95, 1.15, 1.20, 1.18, 1.15, 1.22,
    1.38, 1.20, 1.05, 1.05, 1.15, 1.25, 1.45, 1.75, 1.70, 1.38, 0.95, 0.57,
)  # fmt: skip
_SCALE = 24 / sum(_AWAKE)
_UNTIL: list[float] = [0.0]
for _share in _AWAKE:
    _UNTIL.append(_UNTIL[-1] + _share * _SCALE)


def local_day(timestamp: float) -> int:
    """Number of the local day, counted from 1970-01-01."""
    return int((timestamp + _OFFSET) // DAY)


def day_starts(day: int) -> float:
    """The timestamp of that local day's midnight."""
    return day * DAY - _OFFSET


def awake_hours(timestamp: float) -> float:
    """Hours in which people were awake to react, since 1970; grows slowly at night."""
    days, seconds = divmod(timestamp + _OFFSET, DAY)
    hour, rest = divmod(seconds, 3600.0)
    index = int(hour)
    part = _UNTIL[index] + (_UNTIL[index + 1] - _UNTIL[index]) * rest / 3600.0
    return days * 24.0 + part


def share_reached(age: float, awake: float) -> float:
    """Which share of its final reactions a post has at ``age`` seconds and ``awake`` hours.

    A first handful comes within a minute, about five sixths within two days, the rest over weeks.
    """
    if age <= 0:
        return 0.0
    return (
        0.07 * -math.expm1(-age / 40.0)
        + 0.43 * -math.expm1(-awake / 2.5)
        + 0.34 * -math.expm1(-awake / 14.0)
        + 0.16 * -math.expm1(-awake / 216.0)
    )


@dataclass(frozen=True, slots=True)
class Reactions:
    """One post's counters: at a moment, or in the end."""

    likes: int
    reposts: int
    replies: int
    quotes: int
    bookmarks: int


@dataclass(frozen=True, slots=True)
class Appeal:
    """What a post gets in the end, and a phase that keeps posts from moving in step."""

    final: Reactions
    phase: float
    posted_awake: float
    posted: float

    def at(self, now: float, awake_now: float) -> Reactions:
        """The counters at ``now``; ``awake_now`` is ``awake_hours(now)``, once per request."""
        reached = share_reached(now - self.posted, awake_now - self.posted_awake)
        final, phase = self.final, self.phase
        return Reactions(
            int(final.likes * reached + phase),
            int(final.reposts * reached + phase * 0.7),
            int(final.replies * reached + phase * 0.5),
            int(final.quotes * reached + phase * 0.3),
            int(final.bookmarks * reached + phase * 0.6),
        )

    def replied_at(self, number: int) -> float:
        """When the reply with this number (from 0) came, for one that has come."""
        early, late = self.posted, self.posted + 800 * DAY
        for _ in range(36):
            middle = (early + late) / 2
            if self.at(middle, awake_hours(middle)).replies > number:
                late = middle
            else:
                early = middle
        return late


#: Reposts, replies, quotes and bookmarks for each like.
_MIX = {
    "hoaks": (0.52, 0.14, 0.09, 0.10),
    "hoaks_kesehatan": (0.45, 0.13, 0.07, 0.10),
    "cuaca": (0.48, 0.12, 0.05, 0.06),
    "layanan": (0.22, 0.19, 0.03, 0.12),
    "pendidikan": (0.26, 0.15, 0.03, 0.20),
}
_USUAL_MIX = (0.20, 0.11, 0.03, 0.07)


def appeal(
    *, posted: float, audience: float, engagement: float, topic: str, pull: float, name: str
) -> Appeal:
    """The reactions that the post called ``name`` will get from ``audience`` real followers."""
    rng = random.Random(name)
    luck = rng.lognormvariate(0, 0.42)
    weekend = 0.8 if datetime.fromtimestamp(posted, tz=WIB).weekday() > 4 else 1.0
    likes = audience * engagement * pull * luck * weekend
    mix = _MIX.get(topic, _USUAL_MIX)
    reposts, replies, quotes, bookmarks = (likes * m * rng.lognormvariate(0, 0.3) for m in mix)
    final = Reactions(round(likes), round(reposts), round(replies), round(quotes), round(bookmarks))
    return Appeal(final, rng.random(), awake_hours(posted), posted)


class Followers:
    """The follower count of one account at any moment between start and horizon of the story."""

    def __init__(self, story: Story, account: TrainingAccount) -> None:
        self._first = local_day(story.starts.timestamp())
        self._events = [
            (event.starts.timestamp(), event.lasts.total_seconds(), event.amount, event.what)
            for event in story.follower_events
            if event.account == account.key
        ]
        viral = sum(amount for *_, amount, what in self._events if what == "viral")
        gain = account.followers_at_anchor - account.followers_at_start - viral
        mean = gain / (local_day(story.anchor.timestamp()) - self._first)
        self._daily: list[int] = []
        self._total = [account.followers_at_start]
        owed = 0.0
        for index in range(local_day(story.last_moment.timestamp()) - self._first + 2):
            weekday = (self._first + index + 3) % 7  # 1970-01-01 was a Thursday
            rhythm = 1.09 if weekday < 5 else 0.78
            noise = 0.45 + 1.1 * chance(story.seed, account.key, "followers", index)
            owed += mean * rhythm * noise
            gained = int(owed)
            owed -= gained
            self._daily.append(gained)
            self._total.append(self._total[-1] + gained)

    def _organic(self, timestamp: float) -> int:
        day = local_day(timestamp)
        index = day - self._first
        if index < 0:
            return self._total[0]
        index = min(index, len(self._daily) - 1)
        part = (awake_hours(timestamp) - awake_hours(day_starts(day))) / 24.0
        return self._total[index] + int(self._daily[index] * min(part, 1.0))

    def _from_events(self, timestamp: float, *, bought: bool) -> int:
        total = 0
        for starts, lasts, amount, what in self._events:
            if what != "viral" and not bought:
                continue
            part = (timestamp - starts) / lasts
            if part <= 0:
                continue
            total += int(amount * (1.0 if part >= 1 else 1 - (1 - part) ** 2))
        return total

    def at(self, timestamp: float) -> int:
        """What the platform shows."""
        return self._organic(timestamp) + self._from_events(timestamp, bought=True)

    def real(self, timestamp: float) -> int:
        """Those who are people: bought followers follow and do nothing else."""
        return self._organic(timestamp) + self._from_events(timestamp, bought=False)

"""What happens in the training world, and when: the one source for seeding, help texts and tests.

The city "Kota Samudra" does not exist. Every date is relative to ``anchor``, the moment at which
the training database was created, so that the demo never gets stale: two years of history lie
before it, and the world goes on after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from govsocial.training.agency import ACCOUNTS, BY_KEY, TrainingAccount

#: Western Indonesian time; without daylight saving, so a fixed offset is exact.
WIB = timezone(timedelta(hours=7), "WIB")

HISTORY = timedelta(days=730)
HORIZON = timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerEvent:
    """Followers that come (or, with a negative ``amount``, go) all at once."""

    account: str
    starts: datetime
    lasts: timedelta
    amount: int
    what: str


def _previous(day: date, weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The plot. ``anchor`` is when the training database was created; days are local (WIB)."""

    anchor: datetime
    seed: int = 2045

    viral_account: str = "bluesky:samudrakota"
    viral_followers: int = 1640
    jump_account: str = "bluesky:dinkes-samudra"
    jump_followers: int = 2350
    """Bought: they follow within one night and never like anything."""
    purge_followers: int = 870
    """How many of the bought followers the platform removes later: the one fall in the story."""
    outside_account: str = "bluesky:dinkes-samudra"
    """Goes on posting outside the workflow after ``anchor``; the others post only through the
    application from then on."""

    def __post_init__(self) -> None:
        if self.anchor.tzinfo is None:
            raise ValueError("The anchor of the story needs a time zone.")

    @property
    def accounts(self) -> tuple[TrainingAccount, ...]:
        return ACCOUNTS

    def account(self, key: str) -> TrainingAccount:
        return BY_KEY[key]

    @property
    def starts(self) -> datetime:
        """The first moment of the history: local midnight two years before the anchor."""
        return self._midnight(self.anchor_day - HISTORY)

    @property
    def anchor_day(self) -> date:
        return self.anchor.astimezone(WIB).date()

    @property
    def viral_day(self) -> date:
        """A Tuesday about seven months before the anchor."""
        return _previous(self.anchor_day - timedelta(days=203), 1)

    @property
    def viral_at(self) -> datetime:
        """When the post of the viral day goes out."""
        return datetime.combine(self.viral_day, time(9, 17, 42), WIB).astimezone(UTC)

    @property
    def jump_day(self) -> date:
        """A Thursday about three months before the anchor."""
        return _previous(self.anchor_day - timedelta(days=97), 3)

    @property
    def purge_day(self) -> date:
        return self.jump_day + timedelta(days=41)

    @property
    def gap(self) -> tuple[datetime, datetime]:
        """Suggested window in which nothing was collected, from inclusive to exclusive.

        The platforms know nothing of it: whoever seeds leaves it out.
        """
        first = self._midnight(self.anchor_day - timedelta(days=38))
        return first, first + timedelta(days=5)

    @property
    def first_outside_post_at(self) -> datetime:
        """Soon after the start, so that a demo user meets a post made outside the workflow."""
        return self.anchor + timedelta(minutes=25)

    @property
    def follower_events(self) -> tuple[FollowerEvent, ...]:
        night = timedelta(hours=1, minutes=30)
        return (
            FollowerEvent(
                account=self.viral_account,
                starts=self.viral_at + timedelta(minutes=20),
                lasts=timedelta(hours=52),
                amount=self.viral_followers,
                what="viral",
            ),
            FollowerEvent(
                account=self.jump_account,
                starts=self._midnight(self.jump_day) + night,
                lasts=timedelta(hours=3),
                amount=self.jump_followers,
                what="jump",
            ),
            FollowerEvent(
                account=self.jump_account,
                starts=self._midnight(self.purge_day) + night,
                lasts=timedelta(hours=1),
                amount=-self.purge_followers,
                what="purge",
            ),
        )

    @property
    def last_moment(self) -> datetime:
        """How far ahead the world can be asked for."""
        return self.anchor + HORIZON

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), WIB).astimezone(UTC)

"""What happens in the training world, and when: the one source for seeding, help texts and tests.

The city "Kota Samudra" does not exist. Every date is relative to ``anchor``, the moment at which
the training database was created, so that the demo never gets stale: two years of history lie
before it, and the world goes on after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Literal, TypeAlias

from govsocial.training.ids import did, snowflake

Platform: TypeAlias = Literal["bluesky", "mastodon"]

#: Western Indonesian time; without daylight saving, so a fixed offset is exact.
WIB = timezone(timedelta(hours=7), "WIB")

HISTORY = timedelta(days=730)
HORIZON = timedelta(days=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingAccount:
    """One account of the agency, with the secrets that connect it.

    ``key`` names it in seeding and in ``POST /training/behave``. ``secret`` is the Bluesky app
    password or the Mastodon access token with the scopes read, write:statuses and write:media;
    ``read_only_secret`` is a Mastodon token without the write scopes.
    """

    key: str
    platform: Platform
    handle: str
    platform_id: str
    display_name: str
    unit: str
    description: str
    secret: str
    read_only_secret: str | None = None
    email: str = "humas@samudrakota.example"
    followers_at_start: int
    followers_at_anchor: int
    following: int
    posts_per_weekday: float
    engagement: float
    """Share of the real followers who like an ordinary post in the end."""
    topics: Mapping[str, float] = field(default_factory=dict)


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


_BLUESKY_DOMAIN = "latihan.test"
_FOUNDED = datetime(2022, 3, 14, 3, 0, tzinfo=UTC).timestamp()


def _bluesky(name: str) -> tuple[str, str]:
    handle = f"{name}.{_BLUESKY_DOMAIN}"
    return handle, did(handle)


_KOMINFO, _KOMINFO_DID = _bluesky("samudrakota")
_DINKES, _DINKES_DID = _bluesky("dinkes-samudra")

ACCOUNTS: tuple[TrainingAccount, ...] = (
    TrainingAccount(
        key="bluesky:samudrakota",
        platform="bluesky",
        handle=_KOMINFO,
        platform_id=_KOMINFO_DID,
        display_name="Pemerintah Kota Samudra",
        unit="Diskominfo",
        description=(
            "Akun resmi Pemerintah Kota Samudra, dikelola Dinas Komunikasi dan Informatika. "
            "Layanan darurat: 112. (Platform latihan)"
        ),
        secret="lath-smdr-kota-2045",  # noqa: S106 - fixed secret of a made-up account
        followers_at_start=4180,
        followers_at_anchor=11250,
        following=86,
        posts_per_weekday=2.7,
        engagement=0.0075,
        topics={
            "layanan": 5,
            "hoaks": 1.2,
            "pendidikan": 2,
            "lalu_lintas": 2,
            "lingkungan": 2,
            "ekonomi": 2,
            "budaya": 1.6,
            "transparansi": 1.3,
            "cuaca": 1,
            "kesehatan": 0.7,
        },
    ),
    TrainingAccount(
        key="bluesky:dinkes-samudra",
        platform="bluesky",
        handle=_DINKES,
        platform_id=_DINKES_DID,
        display_name="Dinas Kesehatan Kota Samudra",
        unit="Dinas Kesehatan",
        description=(
            "Kabar kesehatan dari Dinas Kesehatan Kota Samudra. Gawat darurat: 119. "
            "(Platform latihan)"
        ),
        secret="lath-dnks-smdr-2045",  # noqa: S106 - fixed secret of a made-up account
        followers_at_start=1920,
        followers_at_anchor=4310,
        following=41,
        posts_per_weekday=1.2,
        engagement=0.009,
        topics={"kesehatan": 9, "hoaks_kesehatan": 1.2},
    ),
    TrainingAccount(
        key="mastodon:samudrakota",
        platform="mastodon",
        handle="samudrakota",
        platform_id=snowflake(_FOUNDED, 4101),
        display_name="Pemerintah Kota Samudra",
        unit="Diskominfo",
        description=(
            "Akun resmi Pemerintah Kota Samudra di jejaring terbuka, dikelola Diskominfo. "
            "(Platform latihan)"
        ),
        secret="latihan-4Xq0samudrakota7Zt1yWc9mJrK2eVb5",  # noqa: S106 - fixed, made-up account
        read_only_secret="latihan-baca-8Kd2samudrakota5Lp7QnT",  # noqa: S106 - fixed, made-up
        followers_at_start=1260,
        followers_at_anchor=3840,
        following=57,
        posts_per_weekday=1.9,
        engagement=0.011,
        topics={
            "layanan": 4,
            "hoaks": 1,
            "pendidikan": 2,
            "lalu_lintas": 1,
            "lingkungan": 2,
            "ekonomi": 1.5,
            "budaya": 1.6,
            "transparansi": 2.4,
        },
    ),
    TrainingAccount(
        key="mastodon:bpbd_samudra",
        platform="mastodon",
        handle="bpbd_samudra",
        platform_id=snowflake(_FOUNDED + 86400 * 31, 7203),
        display_name="BPBD Kota Samudra",
        unit="BPBD",
        description=(
            "Badan Penanggulangan Bencana Daerah Kota Samudra. Lapor kejadian: 112. "
            "(Platform latihan)"
        ),
        secret="latihan-9Rv3bpbdsamudra6Hs8uNd4gTfL1xPa0",  # noqa: S106 - fixed, made-up account
        read_only_secret="latihan-baca-1Wm6bpbdsamudra3Yc9JzE",  # noqa: S106 - fixed, made-up
        followers_at_start=640,
        followers_at_anchor=2890,
        following=33,
        posts_per_weekday=1.0,
        engagement=0.013,
        topics={"cuaca": 5, "siaga": 4},
    ),
)

BY_KEY: Mapping[str, TrainingAccount] = {account.key: account for account in ACCOUNTS}

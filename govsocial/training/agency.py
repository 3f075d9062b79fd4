"""The made-up agency's accounts on the training platforms, with the secrets that connect them.

The city "Kota Samudra" does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from govsocial.training.ids import did, snowflake

Platform: TypeAlias = Literal[
    "bluesky", "mastodon", "instagram", "facebook", "threads", "x", "youtube", "tiktok", "feed"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingAccount:
    """One account of the agency, with the secrets that connect it.

    ``key`` names it in seeding and in ``POST /training/behave``. ``secret`` is the Bluesky app
    password or the Mastodon access token with the scopes read, write:statuses and write:media;
    ``read_only_secret`` is a Mastodon token without the write scopes. Elsewhere ``secret`` is what
    the platform's code and tokens are made from; there one connects by consent.
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


_BLUESKY_DOMAIN = "latihan.test"
_FOUNDED = datetime(2022, 3, 14, 3, 0, tzinfo=UTC).timestamp()


def _bluesky(name: str) -> tuple[str, str]:
    handle = f"{name}.{_BLUESKY_DOMAIN}"
    return handle, did(handle)


_KOMINFO, _KOMINFO_DID = _bluesky("samudrakota")
_DINKES, _DINKES_DID = _bluesky("dinkes-samudra")

_OPEN: tuple[TrainingAccount, ...] = (
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

_INSTAGRAM: tuple[TrainingAccount, ...] = (
    TrainingAccount(
        key="instagram:samudrakota",
        platform="instagram",
        handle="samudrakota",
        platform_id="17841405793187218",
        display_name="Pemerintah Kota Samudra",
        unit="Diskominfo",
        description="Kabar dan layanan Pemerintah Kota Samudra. (Platform latihan)",
        secret="latihan-ig-2045-7Hq",  # noqa: S106 - fixed secret of a made-up account
        followers_at_start=28400,
        followers_at_anchor=61250,
        following=212,
        posts_per_weekday=1.6,
        engagement=0.021,
        topics={"layanan": 4, "budaya": 3, "pendidikan": 2, "lingkungan": 2, "ekonomi": 1.5},
    ),
)

_FACEBOOK: tuple[TrainingAccount, ...] = (
    TrainingAccount(
        key="facebook:samudrakota",
        platform="facebook",
        handle="samudrakota",
        platform_id="104958162837465",
        display_name="Pemerintah Kota Samudra",
        unit="Diskominfo",
        description="Kabar dan layanan Pemerintah Kota Samudra. (Platform latihan)",
        secret="latihan-fb-2045-2Vd",  # noqa: S106 - fixed secret of a made-up account
        followers_at_start=35100,
        followers_at_anchor=48900,
        following=64,
        posts_per_weekday=1.4,
        engagement=0.008,
        topics={"layanan": 5, "hoaks": 1.2, "transparansi": 1.4, "lalu_lintas": 2, "kesehatan": 1},
    ),
)

_THREADS: tuple[TrainingAccount, ...] = (
    TrainingAccount(
        key="threads:samudrakota",
        platform="threads",
        handle="samudrakota",
        platform_id="7815462093481265",
        display_name="Pemerintah Kota Samudra",
        unit="Diskominfo",
        description="Kabar dan layanan Pemerintah Kota Samudra. (Platform latihan)",
        secret="latihan-th-2045-9Lc",  # noqa: S106 - fixed secret of a made-up account
        followers_at_start=1900,
        followers_at_anchor=14700,
        following=73,
        posts_per_weekday=1.1,
        engagement=0.012,
        topics={"layanan": 4, "hoaks": 1.5, "lalu_lintas": 2, "budaya": 1},
    ),
)

_X: tuple[TrainingAccount, ...] = (
    TrainingAccount(
        key="x:samudrakota",
        platform="x",
        handle="samudrakota",
        platform_id="1582046937150283776",
        display_name="Pemkot Samudra",
        unit="Diskominfo",
        description="Kabar dan layanan Pemerintah Kota Samudra. (Platform latihan)",
        secret="latihan-x-2045-4Rb",  # noqa: S106 - fixed secret of a made-up account
        followers_at_start=22300,
        followers_at_anchor=27650,
        following=141,
        posts_per_weekday=2.2,
        engagement=0.004,
        topics={"lalu_lintas": 5, "layanan": 4, "cuaca": 2, "hoaks": 1.5},
    ),
)

_YOUTUBE: tuple[TrainingAccount, ...] = (
    TrainingAccount(
        key="youtube:samudrakota",
        platform="youtube",
        handle="@samudrakota",
        platform_id="UCsK7mQd2Lw0Vb9RtXyP4hNa",
        display_name="Samudra TV",
        unit="Diskominfo",
        description="Liputan, layanan dan rapat terbuka Kota Samudra. (Platform latihan)",
        secret="latihan-yt-2045-8Tn",  # noqa: S106 - fixed secret of a made-up account
        followers_at_start=3200,
        followers_at_anchor=7480,
        following=11,
        posts_per_weekday=0.4,
        engagement=0.03,
        topics={"transparansi": 3, "budaya": 3, "pendidikan": 2, "layanan": 2},
    ),
)

_TIKTOK: tuple[TrainingAccount, ...] = (
    TrainingAccount(
        key="tiktok:samudrakota",
        platform="tiktok",
        handle="samudrakota",
        platform_id="-000kQx7Zt1yWc9mJrK2eVb5Lp7QnT3Sd",
        display_name="Halo Samudra",
        unit="Diskominfo",
        description="Layanan kota dalam satu menit. (Platform latihan)",
        secret="latihan-tt-2045-5Wk",  # noqa: S106 - fixed secret of a made-up account
        followers_at_start=5100,
        followers_at_anchor=38200,
        following=19,
        posts_per_weekday=0.8,
        engagement=0.035,
        topics={"layanan": 4, "budaya": 3, "lingkungan": 2},
    ),
)

_FEED: tuple[TrainingAccount, ...] = (
    TrainingAccount(
        key="feed:samudrakota",
        platform="feed",
        handle="samudrakota.example",
        platform_id="tag:samudrakota.example,2024:situs",
        display_name="Portal Berita Kota Samudra",
        unit="Diskominfo",
        description="Berita dan pengumuman Pemerintah Kota Samudra. (Platform latihan)",
        secret="",
        followers_at_start=400,
        followers_at_anchor=900,
        following=0,
        posts_per_weekday=1.3,
        engagement=0.004,
        topics={"layanan": 4, "transparansi": 3, "pendidikan": 2, "lingkungan": 2, "ekonomi": 2},
    ),
)

#: Every account of a platform that the training server speaks.
ACCOUNTS: tuple[TrainingAccount, ...] = (
    *_OPEN,
    *_INSTAGRAM,
    *_FACEBOOK,
    *_THREADS,
    *_X,
    *_YOUTUBE,
    *_TIKTOK,
    *_FEED,
)

#: The agency's application at each platform with consent: id and secret, fixed and made up.
APPS: Mapping[str, tuple[str, str]] = {
    name: (f"latihan-{name}", f"rahasia-latihan-{name}")
    for name in ("instagram", "facebook", "threads", "x", "youtube", "tiktok")
}

#: Applications that a developer has besides, as for trying out and for use, by platform.
MORE_APPS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "tiktok": (("latihan-tiktok-kedua", "rahasia-latihan-tiktok-kedua"),),
}

BY_KEY: Mapping[str, TrainingAccount] = {account.key: account for account in ACCOUNTS}

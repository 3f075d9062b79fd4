"""What each platform takes in one post, as data. Checked by the composer and before sending.

A server may say otherwise (Mastodon does, and its client asks). State of November 2026; where a
number comes from stands beside it. Platforms without an API are here too: their posts are written
and approved in the application and put out by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from govsocial.platforms.base import LengthUnit, Limits, VideoLimits

_MB = 1_000_000
_MIB = 1024 * 1024
_JPEG = frozenset({"image/jpeg"})
_JPEG_PNG = frozenset({"image/jpeg", "image/png"})
_WEB = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_MP4_MOV = frozenset({"video/mp4", "video/quicktime"})
FILMS = frozenset({*_MP4_MOV, "video/webm"})

OF_A_SERVER = ("text", "url_length", "images", "image_bytes", "alt_text", "image_types")
"""What a server may say otherwise than its platform does, beside the films that it takes."""
_MOST = 2**40
LONGEST_THREAD = 24
"""A bound of ours: no platform names one, and what is longer belongs on a page of its own."""

LIMITS: Mapping[str, Limits] = {
    # Lexicons app.bsky.feed.post and app.bsky.embed.*, August 2026: that of galleries asks
    # applications to keep to ten. Ten minutes are what Bluesky's own takes (September 2026).
    "bluesky": Limits(
        text=300,
        unit=LengthUnit.GRAPHEMES,
        images=10,
        image_bytes=2 * _MB,
        alt_text=2_000,
        image_types=frozenset({"image/jpeg", "image/png", "image/webp"}),
        text_bytes=3_000,
        video=VideoLimits(size=300 * _MB, longest=600, alt_text=1_000),
        link_card=True,
        card_title=True,
        thread=LONGEST_THREAD,
    ),
    # Defaults of /api/v2/instance; the client reads those of the account's own server.
    "mastodon": Limits(
        text=500,
        unit=LengthUnit.CHARACTERS,
        images=4,
        image_bytes=16 * _MIB,
        alt_text=1_500,
        image_types=_WEB,
        url_length=23,
        video=VideoLimits(size=99 * _MIB, types=FILMS),
        thread=LONGEST_THREAD,
    ),
    # Instagram Platform, content publishing; sizes of pictures and films as of 2026.
    "instagram": Limits(
        text=2_200,
        unit=LengthUnit.CHARACTERS,
        images=10,
        image_bytes=8 * _MB,
        alt_text=1_000,
        image_types=_JPEG,
        needs_media=True,
        hashtags=30,
        mentions=20,
        image_width=(320, 1_440),
        image_ratio=(4 / 5, 1.91),
        # Reels have no field for a description (content publishing: alt_text is of images).
        video=VideoLimits(size=300 * _MB, types=_MP4_MOV, shortest=3, longest=900, alt_text=0),
        fetches_media=True,
        fetches_videos=True,
        links=False,
        first_comment=2_200,
    ),
    # Pages API. The limit of text is far above what anybody writes; that of comments is 8,000.
    "facebook": Limits(
        text=63_206,
        unit=LengthUnit.CHARACTERS,
        images=10,
        image_bytes=10 * _MB,
        alt_text=1_000,
        image_types=_JPEG_PNG,
        # Only photos have one: alt_text_custom.
        video=VideoLimits(size=1_000 * _MB, types=_MP4_MOV, shortest=1, longest=1_200, alt_text=0),
        link_card=True,
        first_comment=8_000,
    ),
    # Threads API, overview: text counts UTF-8 bytes of emoji; a carousel holds up to 20,
    # THREADS_API__LINK_LIMIT_EXCEEDED beyond five different links.
    "threads": Limits(
        text=500,
        unit=LengthUnit.EMOJI_BYTES,
        images=20,
        image_bytes=8 * _MB,
        alt_text=1_000,
        image_types=_JPEG_PNG,
        image_width=(320, 1_440),
        image_ratio=(0.1, 10.0),
        video=VideoLimits(size=1_000 * _MB, types=_MP4_MOV, longest=300),
        link_card=True,
        links_most=5,
        mixes_film=True,
        fetches_media=True,
        fetches_videos=True,
        thread=LONGEST_THREAD,
    ),
    # X API documentation, counting characters and media best practices, August 2026.
    "x": Limits(
        text=280,
        unit=LengthUnit.WEIGHTED,
        images=4,
        image_bytes=5 * _MB,
        alt_text=1_000,
        image_types=_WEB,
        url_length=23,
        stand_alone=frozenset({"image/gif"}),
        video=VideoLimits(
            size=512 * _MB, types=_MP4_MOV, shortest=0.5, longest=140, ratio=(1 / 3, 3.0)
        ),
        thread=LONGEST_THREAD,
    ),
    # YouTube Data API: a post is a film; the text is its description, counted in bytes. A comment
    # has at most 10,000 characters: counted in bytes too, that is on the safe side.
    "youtube": Limits(
        text=5_000,
        unit=LengthUnit.BYTES,
        images=0,
        image_bytes=0,
        alt_text=0,
        image_types=frozenset(),
        title=100,
        needs_title=True,
        forbidden="<>",
        needs_media=True,
        video=VideoLimits(size=274_877_906_944, types=_MP4_MOV, longest=12 * 3_600),
        first_comment=10_000,
    ),
    # TikTok Content Posting API: a film, or up to 35 photos that TikTok fetches itself. How long a
    # film an account may post is asked before each one; an hour is the most that TikTok tells.
    "tiktok": Limits(
        text=2_200,
        unit=LengthUnit.UTF16,
        images=35,
        image_bytes=20 * _MB,
        alt_text=0,
        image_types=frozenset({"image/jpeg", "image/webp"}),
        title=90,
        film_title=False,
        needs_media=True,
        video=VideoLimits(size=4_000 * _MB, types=_MP4_MOV, shortest=3, longest=3_600),
        fetches_media=True,
        links=False,
    ),
    # Bot API 10.3: a message, or a caption of 1,024 below pictures.
    "telegram": Limits(
        text=4_096,
        unit=LengthUnit.CHARACTERS,
        images=10,
        image_bytes=10 * _MB,
        alt_text=0,
        image_types=_WEB,
        mixes_film=True,
        video=VideoLimits(size=50 * _MB),
    ),
    # No API for channels (Meta lists them as not supported).
    "whatsapp": Limits(
        text=4_096,
        unit=LengthUnit.CHARACTERS,
        images=1,
        image_bytes=16 * _MB,
        alt_text=0,
        image_types=_JPEG_PNG,
        video=VideoLimits(size=16 * _MB),
    ),
    # Posts API, commentary.
    "linkedin": Limits(
        text=3_000,
        unit=LengthUnit.CHARACTERS,
        images=20,
        image_bytes=8 * _MB,
        alt_text=4_086,
        image_types=_JPEG_PNG,
        video=VideoLimits(size=5_000 * _MB, longest=1_800),
    ),
}

# The agency's own pages, and whatever else is kept by hand: nobody cuts the text there.
ANYTHING = Limits(
    text=100_000,
    unit=LengthUnit.CHARACTERS,
    images=20,
    image_bytes=20 * _MB,
    alt_text=2_000,
    image_types=_WEB,
    title=300,
    mixes_film=True,
    video=VideoLimits(size=5_000 * _MB),
)


def told(limits: Limits) -> dict[str, Any]:
    """What one server said, as it can be kept in JSON: only ``with_told`` reads it.

    ``video`` is empty where the server takes no films, and missing in what was kept before films
    were asked for.
    """
    kept: dict[str, Any] = {}
    for name in OF_A_SERVER:
        value = getattr(limits, name)
        if isinstance(value, frozenset):
            kept[name] = sorted(kind for kind in value if kind in _WEB)
        elif value is not None:
            kept[name] = min(value, _MOST)
    film = limits.video
    types = sorted(film.types & FILMS) if film is not None else []
    kept["video"] = {"size": min(film.size, _MOST), "types": types} if film and types else {}
    return kept


def with_told(usual: Limits, kept: Mapping[str, Any]) -> Limits:
    """``usual``, and where ``told`` kept something else for the account's own server, that."""
    changes = {name: kept[name] for name in OF_A_SERVER if kept.get(name)}
    if "image_types" in changes:
        changes["image_types"] = frozenset(changes["image_types"])
    film = kept.get("video")
    if film:
        changes["video"] = replace(
            usual.video or VideoLimits(size=0), size=film["size"], types=frozenset(film["types"])
        )
    elif film is not None:
        changes["video"] = None
    return replace(usual, **changes)

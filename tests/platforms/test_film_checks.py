"""What is known to be refused before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from govsocial.platforms.base import VideoLimits
from govsocial.platforms.checks import check
from govsocial.platforms.errors import Refused
from govsocial.platforms.limits import ANYTHING
from tests.gathering import each
from tests.platforms.tiktok_stage import film, outgoing, photo

FILMS = VideoLimits(size=100, shortest=3, longest=60, ratio=(0.5, 1.0))
LIMITS = replace(ANYTHING, alt_text=0, title=10, needs_media=True, video=FILMS)
FITS: dict[str, Any] = {"images": (), "video": film(width=1080, height=1920)}


def test_a_film_within_every_limit_is_sent() -> None:
    post = outgoing(**FITS)
    check(post, LIMITS, length=1, platform="P")
    check(outgoing(**FITS | {"text": ""}), LIMITS, length=0, platform="P")
    for longest in (0, 6):
        told = outgoing(**FITS | {"video": film(width=1080, height=1920, alt="x" * 6)})
        check(told, replace(LIMITS, alt_text=longest), length=1, platform="P")
    # A description that a platform does not take is no reason to refuse its image.
    check(outgoing(images=(photo(),)), LIMITS, length=1, platform="P")


@each(
    ("changes", "limits"),
    [
        ({"video": None}, {}),
        ({"title": "x" * 11}, {}),
        ({}, {"video": None}),
        ({"video": film(b"x" * 101)}, {}),
        ({"video": film(b"")}, {}),
        ({"video": film(seconds=2.9)}, {}),
        ({"video": film(seconds=60.1)}, {}),
        ({"video": film(media_type="video/webm")}, {}),
        ({"video": film(width=1921, height=1920)}, {}),
        ({"video": film(width=959, height=1920)}, {}),
        ({"video": film(alt="x" * 6)}, {"alt_text": 5}),
        ({"video": film(alt="x" * 5)}, {"video": replace(FILMS, alt_text=4)}),
    ],
)
def test_a_film_beyond_a_limit_is_refused(changes: dict[str, Any], limits: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        check(outgoing(**FITS | changes), replace(LIMITS, **limits), length=1, platform="P")

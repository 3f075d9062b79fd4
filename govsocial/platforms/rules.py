"""What ``Limits`` say about a whole post, judged once: before it is approved and before it is sent.

How each broken rule is put into words is the business of whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from govsocial.platforms import text as texts
from govsocial.platforms.base import Limits


class Rule(StrEnum):
    HASHTAGS = "hashtags"
    MENTIONS = "mentions"
    LINKS = "links"
    SIGNS = "forbidden signs"
    TITLE = "a title"
    MEDIA = "pictures and films together"
    ALONE = "a moving picture by itself"
    EITHER = "pictures or a film"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that a post breaks. ``most`` and ``number`` are 0 where nothing is counted."""

    rule: Rule
    most: int = 0
    number: int = 0


def broken(
    limits: Limits,
    *,
    text: str,
    title: str = "",
    link: str = "",
    images: Sequence[str] = (),
    film: bool = False,
) -> Iterator[Broken]:
    """The rules of ``limits`` that a post breaks; ``images`` are the media types of its pictures,
    ``link`` an address that it is about."""
    addresses = {one.value for one in texts.links(text)} | ({link} - {""})
    counted = (
        (Rule.HASHTAGS, sum(1 for _ in texts.hashtags(text)), limits.hashtags),
        (Rule.MENTIONS, texts.mentions(text), limits.mentions),
        (Rule.LINKS, len(addresses), limits.links_most),
    )
    for rule, number, most in counted:
        if most is not None and number > most:
            yield Broken(rule=rule, most=most, number=number)
    if set(limits.forbidden) & {*title, *text}:
        yield Broken(rule=Rule.SIGNS)
    if limits.needs_title and not title.strip():
        yield Broken(rule=Rule.TITLE)
    yield from _of_mixture(limits, images, film)


def _of_mixture(limits: Limits, images: Sequence[str], film: bool) -> Iterator[Broken]:
    if film and images and not limits.mixes_film:
        yield Broken(rule=Rule.EITHER)
    elif film and len(images) + 1 > limits.images > 0:
        yield Broken(rule=Rule.MEDIA, most=limits.images)
    if len(images) > 1 and limits.stand_alone & set(images):
        yield Broken(rule=Rule.ALONE)

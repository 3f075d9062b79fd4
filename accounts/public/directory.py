"""The list of the public register: what was asked, and the part of the register that answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext

from accounts.models.kinds import OfficialPlatform
from accounts.public.snapshot import PublicAccount, Snapshot, searchable
from accounts.references import tidy

PAGE_SIZE = 50
MOST_WORDS = 6
LONGEST_SEARCH = 60
_PLATFORMS = frozenset(OfficialPlatform.values)


@dataclass(frozen=True)
class Wanted:
    """A query, read: only what is known, cut to what is useful. Equal queries are equal.

    ``doubted``: the filters that were asked for with a value that is not known here; then nothing
    is found and there is one page, as in ``govsocial.web.filters``. ``page``: 0 for what is no
    number, and for every page beyond the last of the whole list the first of these: random numbers
    make no more answers than there are pages.
    """

    words: tuple[str, ...] = ()
    unit: str = ""
    platform: str = ""
    page: int = 1
    doubted: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: Mapping[str, str], snapshot: Snapshot) -> Wanted:
        text = searchable(tidy(query.get("search", ""))[0][:LONGEST_SEARCH])
        asked_unit, asked_platform = query.get("unit", ""), query.get("platform", "")
        unit = asked_unit if snapshot.unit(asked_unit) else ""
        platform = asked_platform if asked_platform in _PLATFORMS else ""
        read = {"unit": (unit, asked_unit), "platform": (platform, asked_platform)}
        doubted = tuple(name for name, (known, asked) in read.items() if known != asked)
        beyond = _pages(len(snapshot.accounts)) + 1
        return cls(
            words=tuple(word.lstrip("@") for word in text.split()[:MOST_WORDS] if word != "@"),
            unit=unit,
            platform=platform,
            page=1 if doubted else _page(query.get("page") or "1", beyond=beyond),
            doubted=doubted,
        )

    @property
    def query(self) -> dict[str, str]:
        """The same again, for an address; without the page."""
        return {"search": " ".join(self.words), "unit": self.unit, "platform": self.platform}


def _page(typed: str, *, beyond: int) -> int:
    if not (typed.isascii() and typed.isdigit()):
        return 0
    # Cut before it is read: Python refuses to read very long numbers.
    digits = typed.lstrip("0")[: len(str(beyond)) + 1]
    return min(int(digits or "0"), beyond)


def _pages(rows: int) -> int:
    return max(-(-rows // PAGE_SIZE), 1)


class Listing:
    """The accounts that match, in pages."""

    def __init__(self, snapshot: Snapshot, wanted: Wanted) -> None:
        self.snapshot, self.wanted = snapshot, wanted

    @cached_property
    def matching(self) -> Sequence[PublicAccount]:
        wanted = self.wanted
        if wanted.doubted:
            return []
        return [
            one
            for one in self.snapshot.accounts
            if all(word in one.words for word in wanted.words)
            and (not wanted.unit or wanted.unit in (one.unit.slug, *one.unit.above))
            and (not wanted.platform or one.platform == wanted.platform)
        ]

    @cached_property
    def pages(self) -> int:
        return _pages(len(self.matching))

    @cached_property
    def number(self) -> int:
        return min(max(self.wanted.page, 1), self.pages)

    @property
    def is_elsewhere(self) -> bool:
        """Whether there is no such page as was asked for, so that another one is shown."""
        return self.number != self.wanted.page

    @cached_property
    def rows(self) -> Sequence[PublicAccount]:
        start = (self.number - 1) * PAGE_SIZE
        return self.matching[start : start + PAGE_SIZE]

    @property
    def start(self) -> int:
        return (self.number - 1) * PAGE_SIZE + 1 if self.matching else 0

    @property
    def end(self) -> int:
        return min(self.number * PAGE_SIZE, len(self.matching))

    @property
    def doubted_in_words(self) -> str:
        names = {"unit": gettext("Unit"), "platform": gettext("Platform")}
        return ", ".join(names[name] for name in self.wanted.doubted)

    @cached_property
    def platforms(self) -> list[tuple[str, str]]:
        """The platforms that the agency is on, by name."""
        there = {one.platform for one in self.snapshot.accounts}
        return [(value, str(label)) for value, label in OfficialPlatform.choices if value in there]

"""The list of the public register: what was asked, and the part of the register that answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import cached_property

from accounts.models.kinds import OfficialPlatform
from accounts.public.snapshot import PublicAccount, Snapshot, searchable
from accounts.references import tidy

PAGE_SIZE = 50
MOST_WORDS = 6
LONGEST_SEARCH = 60
_PLATFORMS = frozenset(OfficialPlatform.values)


@dataclass(frozen=True)
class Wanted:
    """A query, read: only what is known, cut to what is useful. Equal queries are equal."""

    words: tuple[str, ...] = ()
    unit: str = ""
    platform: str = ""
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str], snapshot: Snapshot) -> Wanted:
        text = searchable(tidy(query.get("search", ""))[0][:LONGEST_SEARCH])
        unit, platform, page = query.get("unit", ""), query.get("platform", ""), query.get("page")
        return cls(
            words=tuple(word.lstrip("@") for word in text.split()[:MOST_WORDS] if word != "@"),
            unit=unit if snapshot.unit(unit) else "",
            platform=platform if platform in _PLATFORMS else "",
            page=int(page) if page and page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    @property
    def query(self) -> dict[str, str]:
        """The same again, for an address; without the page."""
        return {"search": " ".join(self.words), "unit": self.unit, "platform": self.platform}


class Listing:
    """The accounts that match, in pages."""

    def __init__(self, snapshot: Snapshot, wanted: Wanted) -> None:
        self.snapshot, self.wanted = snapshot, wanted

    @cached_property
    def matching(self) -> Sequence[PublicAccount]:
        wanted = self.wanted
        return [
            one
            for one in self.snapshot.accounts
            if all(word in one.words for word in wanted.words)
            and (not wanted.unit or wanted.unit in (one.unit.slug, *one.unit.above))
            and (not wanted.platform or one.platform == wanted.platform)
        ]

    @cached_property
    def pages(self) -> int:
        return max(-(-len(self.matching) // PAGE_SIZE), 1)

    @cached_property
    def number(self) -> int:
        return min(max(self.wanted.page, 1), self.pages)

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

    @cached_property
    def platforms(self) -> list[tuple[str, str]]:
        """The platforms that the agency is on, by name."""
        there = {one.platform for one in self.snapshot.accounts}
        return [(value, str(label)) for value, label in OfficialPlatform.choices if value in there]

"""What goes out on one account, a post and all that follows it there, told as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import pgettext

from accounts.models import OfficialAccount
from accounts.models.naming import told_apart
from content import states
from content.models import Publication

# What needs a person is said first; what is out only where nothing else is still to come.
_FIRST = (
    "unconfirmed", "failed", "scheduled_to_fail", "to_post", "being_posted", "to_release",
    "frozen", "publishing", "scheduled", "scheduled_by_hand", "withdrawing", "live", "withdrawn",
    "cancelled",
)  # fmt: skip
_TROUBLES = _FIRST[:3]


def urgency(one: Publication) -> int:
    """The lower, the more it needs somebody."""
    return _FIRST.index(one.display_status)


@dataclass(frozen=True, slots=True)
class Outlet:
    """The publications of one version on one account, in order: at least one. ``name`` tells the
    account from the others of the post."""

    parts: tuple[Publication, ...]
    name: str

    @property
    def official_account(self) -> OfficialAccount:
        return self.parts[0].official_account

    @property
    def is_alone(self) -> bool:
        return len(self.parts) == 1

    @property
    def said(self) -> Publication:
        """The one that stands for them all: the first of those that most need somebody."""
        return min(self.parts, key=urgency)

    @property
    def trouble(self) -> Publication | None:
        """The first that failed, may be out, or will fail; None where all is well."""
        return self.said if self.said.display_status in _TROUBLES else None

    @property
    def out(self) -> int:
        return sum(one.status == Publication.Status.PUBLISHED for one in self.parts)

    def by_status(self) -> list[tuple[str, list[tuple[Publication, str]]]]:
        """Each status in its word, with those that have it and how a short link calls them."""
        rows = sorted(self.parts, key=lambda one: (urgency(one), one.part))
        return [
            (states.word(key), self._named(found))
            for key, found in groupby(rows, key=lambda one: one.display_status)
        ]

    def ways(self) -> list[tuple[bool, list[tuple[Publication, str]]]]:
        """Whether a person deletes them, with those of which it is so: what
        ``pages_freezes.withdraw_page`` found."""
        both = [
            (by_hand, self._named(one for one in self.parts if one.deleted_by_hand == by_hand))  # type: ignore[attr-defined]  # found there
            for by_hand in (True, False)
        ]
        return [(by_hand, named) for by_hand, named in both if named]

    def named(self) -> list[tuple[Publication, str]]:
        return self._named(self.parts)

    def _named(self, parts: Iterable[Publication]) -> list[tuple[Publication, str]]:
        return [(one, self._short(one)) for one in parts]

    def _short(self, one: Publication) -> str:
        """A part by its number: its account stands beside it. Post and comment by their names."""
        if not self.parts[-1].is_comment:
            return str(one.part + 1)
        return one.part_label or pgettext("platform", "Post")


def outlets(publications: Iterable[Publication]) -> list[Outlet]:
    """Publications of a post, one outlet for each account and version, in their order."""
    found: dict[tuple[int, int], list[Publication]] = {}
    for one in publications:
        found.setdefault((one.version_id, one.official_account_id), []).append(one)
    names = told_apart({parts[0].official_account for parts in found.values()})
    return [
        Outlet(tuple(sorted(parts, key=lambda one: one.part)), names[account])
        for (_version, account), parts in found.items()
    ]

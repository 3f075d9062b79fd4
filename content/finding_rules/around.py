"""What the findings need to know besides the document, as plain values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from content.documents import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time before an election, with the words to look for."""

    name: str
    starts_on: date
    ends_on: date
    citation: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A time in which nothing goes out. ``accounts`` None is all of them; ``until`` None: open."""

    reason: str
    since: datetime
    until: datetime | None = None
    accounts: Collection[int] | None = None

    def is_for(self, accounts: Collection[int]) -> bool:
        """Whether it is on one of these at least."""
        return self.accounts is None or not set(accounts).isdisjoint(self.accounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """A narrative of the message bank that the texts may hold. ``is_over``: it was withdrawn, or
    another one took its place."""

    title: str
    text: str
    valid_from: date
    valid_until: date | None = None
    is_over: bool = False

    def counts_on(self, day: date) -> bool:
        ended = self.valid_until is not None and self.valid_until < day
        return not (self.is_over or ended or day < self.valid_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Another post that says the same on accounts of this one, which are told in words. ``title``
    is empty where it is of another unit: who reads this may not see it. ``at`` None: it goes out
    as soon as it is approved. ``is_in_review``: it was submitted, and nobody let it go yet."""

    post_id: int
    title: str
    at: datetime | None
    accounts: Sequence[str]
    is_out: bool = False
    is_in_review: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What one person took back together of a version, for one reason: ``document`` is what it
    said, ``accounts`` in words, by id, those it was taken back from."""

    key: int
    who: str
    at: datetime
    reason: str
    accounts: Mapping[int, str]
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another correction of the same post for an account of this one. ``at`` None: it is not out.
    ``is_in_review``: it was submitted, and nobody let it go yet."""

    post_id: int
    title: str
    at: datetime | None
    is_in_review: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the findings need to know besides the document; ``content.surroundings`` gathers it.

    ``known`` holds what may be said: "email:…", "domain:…", "phone:…" and "account:…". ``links``
    says of addresses that were looked at what is wrong: "dead" or "slow". ``at`` is when it would
    go out, in the unit's zone. ``labels`` are what readers must be told, because the post was paid
    for. ``stems`` are those of its words and of the words of the windows, as the search has them.
    """

    at: datetime
    known: Collection[str] = frozenset()
    windows: Sequence[Window] = ()
    silences: Sequence[Silence] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    labels: Sequence[str] = ()
    narratives: Sequence[Narrative] = ()
    stems: Mapping[str, str] = field(default_factory=dict)
    uncorrected: Mapping[int, str] = field(default_factory=dict)
    """Accounts by id, in words, on which the post that is corrected stands uncorrected."""
    accounts: Mapping[int, str] = field(default_factory=dict)
    """Those of an emergency notice, by id, in words: its texts may differ in what they say."""
    twins: Sequence[Twin] = ()
    """Posts near in time that wait or are out on one of its accounts with the same text."""
    withdrawn: Sequence[Withdrawn] = ()
    """What was taken back of the post, and of those that it took its words from."""
    never_out: Mapping[int, str] = field(default_factory=dict)
    """Accounts of a correction by id, in words, on which what it corrects never was."""
    rivals: Sequence[Rival] = ()

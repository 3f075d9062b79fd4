"""What can be written to the trail. An event is declared once, with its exact keys.

Apps declare their events in their own ``events.py``::

    POST_APPROVED = event(
        "content.post.approved",
        "version_sha256",
        label=_("Post approved"),
        sentence=_("%(actor)s approved %(target)s."),
    )

A name is ``<group>.<thing>.<what happened>``. The sentence may use ``%(actor)s``, ``%(target)s``
and the keys of the event.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Scalar = str | int | float | bool | None
Value = Scalar | list[str] | list[int] | tuple[str, ...] | tuple[int, ...]
Text = str | Promise

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
# A trail is read by many and kept for years: nothing that opens a door, nothing that was said.
_REFUSED = re.compile(
    r"passw|passphrase|secret|token|body|api_?key|private_?key|cookie|authorization|otp"
)
# These are arguments of ``record`` or placeholders of every sentence.
_TAKEN = frozenset({"event", "actor", "target", "on_behalf_of", "unit_id"})

PLAIN_SENTENCE = _("%(actor)s: %(label)s (%(target)s)")


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    keys: frozenset[str]
    label: Text
    sentence: Text
    words: Mapping[str, Mapping[str, Text]] = field(default_factory=dict, compare=False)
    """What the codes that a key may hold, alone or in a list, are called in the sentence; "" is
    for nothing, where that says more than "not given"."""
    kept_words: Callable[[str, str], str] | None = field(default=None, compare=False)
    """A kept value of a changed field in words; only of events with ``CHANGES`` among the keys."""
    amounts: frozenset[str] = frozenset()
    """Keys that hold an amount of money, as "50000.00": the sentence writes it as people do."""
    cents: bool = True
    """Whether its amounts are written with cents; those in whole rupiah are not."""
    fuller: Mapping[str, Text] = field(default_factory=dict, compare=False)
    """Sentences that say more where a key holds something; the first such key decides."""

    @property
    def group(self) -> str:
        return group_of(self.name)


CHANGES = ("changed", "before", "after")
"""Three lists of the same length: the fields that changed, what stood there, what stands now."""

_registry: dict[str, Event] = {}


def event(
    name: str,
    *keys: str,
    label: Text | None = None,
    sentence: Text | None = None,
    words: Mapping[str, Mapping[str, Text]] | None = None,
    kept_words: Callable[[str, str], str] | None = None,
    amounts: Collection[str] = (),
    cents: bool = True,
    fuller: Mapping[str, Text] | None = None,
) -> Event:
    """Declare an event. Raises ``ValueError`` for a bad or taken name and for refused keys."""
    if not _NAME.fullmatch(name) or len(name) > 100:
        raise ValueError(f"{name!r} is not a name like 'content.post.approved'.")
    if name in _registry:
        raise ValueError(f"The event {name!r} is declared twice.")
    if len(set(keys)) != len(keys):
        raise ValueError(f"{name} names a key twice.")
    for key in keys:
        if not _KEY.fullmatch(key) or key in _TAKEN:
            raise ValueError(f"{name} cannot have a key {key!r}.")
        if _REFUSED.search(key):
            raise ValueError(f"{name} cannot have a key {key!r}: the trail keeps no such thing.")
    for key in (*(words or {}), *amounts, *(fuller or {})):
        if key not in keys:
            raise ValueError(f"{name} has words for {key!r}, which is no key of it.")
    if kept_words and not set(CHANGES) <= set(keys):
        raise ValueError(f"{name} has words for values, but not all keys of {CHANGES}.")
    declared = Event(
        name,
        frozenset(keys),
        label or name,
        sentence or PLAIN_SENTENCE,
        dict(words or {}),
        kept_words,
        frozenset(amounts),
        cents,
        dict(fuller or {}),
    )
    _registry[name] = declared
    return declared


_phrases: set[str] = set()


def phrases(*messages: str) -> None:
    """Declare message ids that the data of events may hold: each reader gets them translated.

    For words of the application itself, with ``gettext_noop``; never for what a person wrote.
    """
    _phrases.update(messages)


_speakers: dict[str, Callable[[str], str]] = {}


def speaks(key: str, in_words: Callable[[str], str]) -> None:
    """Declare how the texts that events keep under ``key`` are said to a reader."""
    _speakers[key] = in_words


def speaker(key: str) -> Callable[[str], str] | None:
    return _speakers.get(key)


def is_phrase(text: str) -> bool:
    return text in _phrases


def find(name: str) -> Event | None:
    """Return the event of that name, or None: code that declared it may be gone, rows stay."""
    return _registry.get(name)


def declared() -> Mapping[str, Event]:
    """Every declared event by name, in order of name."""
    return dict(sorted(_registry.items()))


def group_of(name: str) -> str:
    return name.partition(".")[0]


VERIFICATION_REQUESTED = event(
    "audit.verification.requested",
    label=_("Verification asked for"),
    sentence=_("%(actor)s asked for the audit trail to be verified."),
)
VERIFIED = event(
    "audit.verification.finished",
    "result",
    "sealed",
    "broken_seal_id",
    "broken_entry_id",
    label=_("Audit trail verified"),
    sentence=_("The audit trail was verified: %(result)s, %(sealed)s sealed entries read."),
)
ACCESS_REFUSED = event(
    "audit.access.refused",
    "page",
    label=_("Access refused"),
    sentence=_("%(actor)s tried to change something without the right to: %(page)s."),
)
EXPORTED = event(
    "audit.trail.exported",
    "filters",
    "entries",
    label=_("Audit trail exported"),
    sentence=_("%(actor)s exported %(entries)s entries of the audit trail. Filters: %(filters)s."),
)

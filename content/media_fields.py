"""What is said about a medium: its fields in order, their names, and how the trail keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.models.media_record import Answer, Licence, MediaRecord
from govsocial.audit.selectors import Line
from govsocial.web.templatetags.formats import date_long

LABELS: Mapping[str, Any] = {
    "title": gettext_lazy("Title"),
    "description": gettext_lazy("Description"),
    "alt": gettext_lazy("Alternative text"),
    "licence": gettext_lazy("Right to publish"),
    "licence_note": gettext_lazy("Terms"),
    "licence_until": gettext_lazy("Right ends on"),
    "source": gettext_lazy("Source"),
    "owner": gettext_lazy("Owner"),
    "proof_url": gettext_lazy("Address of the proof"),
    "proof_file": gettext_lazy("File of the proof"),
    "people": gettext_lazy("People can be recognised"),
    "minors": gettext_lazy("Minors among them"),
    "consent_place": gettext_lazy("Where the consent is kept"),
    "consent_file": gettext_lazy("File of the consent"),
    "consent_until": gettext_lazy("Consent ends on"),
    "consent_by_guardians": gettext_lazy("Consent by the guardians"),
    "made_with_ai": gettext_lazy("Made with AI"),
}
FILES = ("proof_file", "consent_file")
# Of what may be long, and is published, the trail keeps a mark only: that it changed.
_WRITTEN = frozenset({"description", "alt"})
LONGEST_TOLD = 200
_DAYS = frozenset({"licence_until", "consent_until"})
_ANSWERS: Mapping[str, Any] = dict(Answer.choices)
_CHOICES: Mapping[str, Mapping[str, Any]] = {
    "licence": dict(Licence.choices),
    "people": _ANSWERS,
    "minors": _ANSWERS,
    "made_with_ai": _ANSWERS,
    "consent_by_guardians": {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")},
}


def kept_of(record: MediaRecord) -> dict[str, str]:
    """Every field of ``record`` as the trail keeps it."""
    return {name: _kept(name, getattr(record, name)) for name in LABELS}


def _kept(name: str, value: Any) -> str:
    if not value and not isinstance(value, bool):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in FILES:
        return f"{value.sha256}:{value.name}"
    if name in _WRITTEN:
        return _mark(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def in_words(name: str, kept: str) -> str:
    """A kept value as people read it; "" where there was none."""
    if not kept:
        return str(_CHOICES[name].get("", "")) if name in _CHOICES else ""
    if name in _CHOICES:
        return str(_CHOICES[name].get(kept, kept))
    if name in FILES:
        digest, __, called = kept.partition(":")
        return f"{called} ({digest[:12]})"
    if name in _WRITTEN:
        return _("another text (fingerprint %(mark)s)") % {"mark": kept}
    if name in _DAYS:
        return str(date_long(date.fromisoformat(kept)))
    return kept


def shown(record: MediaRecord, name: str) -> str:
    """What a field says now, in words for a page."""
    if name in _WRITTEN:
        return str(getattr(record, name))
    if name in FILES:
        return str(getattr(record, name) or "")
    return in_words(name, _kept(name, getattr(record, name)))


def with_present_words(record: MediaRecord, lines: Iterable[Line]) -> Iterator[Line]:
    """The history of ``record`` with the texts that stand now in place of their marks: who reads
    the page sees them anyway. Earlier texts are nowhere; they stay marks."""
    marks = {
        in_words(name, _mark(text)): f"“{Truncator(text).chars(LONGEST_TOLD)}”"
        for name in _WRITTEN
        if (text := str(getattr(record, name)))
    }
    for line in lines:
        told = [
            replace(
                one, before=marks.get(one.before, one.before), after=marks.get(one.after, one.after)
            )
            for one in line.changes
        ]
        yield replace(line, changes=told)

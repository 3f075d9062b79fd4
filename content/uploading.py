"""Several files at once: each is kept or refused by itself, and the page says what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from content.actions import Stored, store_upload
from content.errors import ContentError
from content.pages.media import removed_words
from govsocial.web.hidden_signs import readable

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One file: ``name`` as the browser called it, for people to know which it was."""

    name: str
    stored: Stored | None = None
    refusal: str = ""

    @property
    def removed(self) -> str:
        return removed_words(tuple(self.stored.removed)) if self.stored else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    lines: Sequence[Line]

    @property
    def kept(self) -> int:
        return sum(line.stored is not None for line in self.lines)

    @property
    def refused(self) -> int:
        return len(self.lines) - self.kept


def store_all(*, actor: User, unit_id: int, files: Sequence[UploadedFile[Any]]) -> Outcome:
    """Keep what can be kept. What is wrong with one file loses none of the others."""
    return Outcome([_stored(actor, unit_id, file) for file in files])


def _stored(actor: User, unit_id: int, file: UploadedFile[Any]) -> Line:
    name = readable(str(file.name or ""))[:LONGEST_NAME]
    try:
        return Line(name=name, stored=store_upload(actor=actor, unit_id=unit_id, file=file))
    except ContentError as exc:
        return Line(name=name, refusal=str(exc))

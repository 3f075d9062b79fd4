"""Rows of an upload between its preview and its confirmation, as JSON.

What is wrong with a row is kept in every language of the application: who reads the preview may
read it in another one than the upload was sent in, and checking it anew might say something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation

from accounts.import_columns import words_of
from accounts.importing import Row, check
from accounts.models import OfficialAccount, User

Told = Mapping[str, Sequence[str]]


def kept_rows(actor: User, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """``rows`` as they were checked in the language of this moment, told in the others as well."""
    kept: list[dict[str, Any]] = [
        {
            "n": row.number,
            "cells": dict(row.cells),
            "meant": row.meant,
            "errors": row.errors,
            "warnings": row.warnings,
            "language": translation.get_language(),
            "others": {},
        }
        for row in rows
    ]
    if not any(row.errors or row.warnings for row in rows):
        return kept
    for code in {code for code, _name in settings.LANGUAGES} - {translation.get_language()}:
        with translation.override(code):
            again = check(actor, numbered(kept))
        for one, other in zip(kept, again, strict=True):
            # Somebody may have changed the register in between: then what was found first counts.
            if (one["errors"].keys(), one["warnings"].keys()) == (
                other.errors.keys(), other.warnings.keys(),
            ):  # fmt: skip
                told = {"errors": other.errors, "warnings": other.warnings}
                one["others"] |= {code: told} if any(told.values()) else {}
    return kept


def numbered(kept: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, dict[str, str]]]:
    """The other way round, to check them anew."""
    for row in kept:
        yield row["n"], row["cells"]


def errors_of(kept: Mapping[str, Any]) -> Told:
    """What is wrong with a kept row by column, in the language of the reader."""
    return _told(kept, "errors")


def warnings_of(kept: Mapping[str, Any]) -> Told:
    """What somebody should look at in a kept row by column, in the language of the reader."""
    return _told(kept, "warnings")


def _told(kept: Mapping[str, Any], kind: str) -> Told:
    # An upload from before an update of the application has neither.
    others = kept.get("others") or {}
    told: Told = others.get(translation.get_language(), kept).get(kind) or {}
    return told


def becomes_public(kept: Mapping[str, Any]) -> bool:
    """Whether citizens see the account as soon as the row is registered."""
    status = words_of("status").get(kept["cells"].get("status", "").casefold())
    return status != OfficialAccount.Status.PROPOSED

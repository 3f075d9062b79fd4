"""Head and cells of an uploaded list of accounts: which column is which, and how a cell is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.custody import MASKED, refuse_holder, refuse_remark
from accounts.details import CUSTODY
from accounts.errors import AccountError
from accounts.import_columns import (
    CHOICES,
    COLUMNS,
    REQUIRED,
    exported_heads,
    heads,
    ignored_heads,
    label_of,
    words_of,
)
from govsocial.web.sheets import cut

BEYOND = ""
"""The key of what a row holds beyond its head: a column without a name has no other cells."""
DAYS = frozenset({"decree_date", "two_step_checked_on", "opened_on", "administrators_from"})
"""The columns of dates."""
_NEVER_NUMBERS = DAYS | CHOICES.keys() | set(CUSTODY)
"""Columns in which no number of a telephone and no address can stand."""
_DIGITS = re.compile(r"[\d\s.()+-]*\d[\d\s.()+-]*")
_SHORTEST_NUMBER = 8
_PATTERNS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")


def day_of(typed: str) -> date | None:
    """The day that a cell names, days before months as in Indonesia; None for what is no date."""
    for pattern in _PATTERNS:
        try:
            return datetime.strptime(typed, pattern).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None


def values_of(key: str, cell: str) -> list[tuple[str, str]]:
    """Each word of a cell of choices with its value, "" for a word that nobody knows."""
    known = words_of(key)
    # A name of a choice may have a comma in it.
    commas = [word for word in known if "," in word]
    names = "|".join(re.escape(word) for word in sorted(commas, key=len, reverse=True))
    found = re.findall(rf"\s*({names})|([^,;]+)" if names else "()([^,;]+)", cell, re.IGNORECASE)
    words = [(name or other).strip() for name, other in found]
    return [(word, known.get(word.casefold(), "")) for word in words if word]


def columns_of(head: Sequence[str]) -> list[str]:
    """The keys of the columns, "" for one without a name. Raises ``AccountError``."""
    known = heads()
    keys = [known.get(words.casefold(), "") for words in head]
    unknown = [
        words
        for words, key in zip(head, keys, strict=True)
        if words and not key and words.casefold() not in ignored_heads() | exported_heads()
    ]
    if unknown:
        raise AccountError(
            _("The file has columns that nobody knows: %(columns)s. Compare it with the template.")
            % {"columns": ", ".join(words[:40] for words in unknown[:5])},
            field="file",
        )
    named = [key for key in keys if key]
    twice = {key for key in named if named.count(key) > 1}
    if twice:
        raise AccountError(
            _("The file has a column twice: %(columns)s.")
            % {"columns": ", ".join(label_of(key) for key in sorted(twice))},
            field="file",
        )
    missing = [str(column.label) for column in COLUMNS if column.key in REQUIRED - set(named)]
    if missing:
        raise AccountError(
            _("The file lacks columns: %(columns)s.") % {"columns": ", ".join(missing)},
            field="file",
        )
    return keys


def unused_columns(head: Sequence[str]) -> list[str]:
    """Heads that come from an export of the register, which nothing is read from here."""
    return [words for words in head if words.casefold() in exported_heads()]


def cells_of(
    keys: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[tuple[int, dict[str, str]]]:
    """Number and cells of each row that is not empty; the head is row 1. Numbers and addresses
    where a holder belongs are not among them: see ``_without_secrets``."""
    found = []
    for number, row in enumerate(rows, start=2):
        cells = {key: cell for key, cell in zip(keys, row, strict=False) if key}
        if beyond := [cell for cell in row[len(keys) :] if cell]:
            cells[BEYOND] = cut(", ".join(beyond))
        if any(cells.values()):
            found.append((number, _without_secrets(cells)))
    return found


def _without_secrets(cells: Mapping[str, str]) -> dict[str, str]:
    """Where a holder belongs, no number or address is kept even for a day, nor told; what stands
    there instead is refused in the same words. A comma without quotes moves it, or pieces of it,
    into the columns behind."""
    keys = list(cells)
    behind = keys[min((keys.index(key) for key in CUSTODY if key in cells), default=len(keys)) :]
    asked = behind if cells.get(BEYOND) else [key for key in behind if key in _NEVER_NUMBERS]
    refused = {key for key in asked if _is_no_holder(cells[key]) and not _is_day(key, cells[key])}
    return {**cells, **dict.fromkeys(refused | _in_pieces(behind, cells), MASKED)}


def _is_no_holder(cell: str) -> bool:
    """Also with a line break within it."""
    if refuse_holder(cell):
        return True
    lines = cell.splitlines()
    if len(lines) < 2:
        return False
    glued = "".join(lines) if all(map(_DIGITS.fullmatch, lines)) else ""
    return bool(refuse_holder(glued) or refuse_remark(" ".join(lines)))


def _is_day(key: str, cell: str) -> bool:
    return key in DAYS and day_of(cell) is not None


def _in_pieces(keys: Sequence[str], cells: Mapping[str, str]) -> set[str]:
    """The columns, one behind the other, over which a number is spread; the first may begin with
    words."""
    found, run = set[str](), list[str]()
    for key in [*keys, None]:
        cell = "" if key is None else cells[key]
        if key and run and _DIGITS.fullmatch(cell) and not _is_day(key, cell):
            run.append(key)
            continue
        digits = "".join(sign for one in run for sign in cells[one] if sign.isdigit())
        if len(run) > 1 and len(digits) >= _SHORTEST_NUMBER:
            found.update(run)
        run = [key] if key in CUSTODY and cell[-1:].isdigit() else []
    return found

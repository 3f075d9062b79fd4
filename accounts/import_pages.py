"""What the pages of the import show, and the files that they give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import Workbook

from accounts import actions
from accounts.errors import AccountError
from accounts.import_cells import BEYOND, DAYS, day_of, values_of
from accounts.import_columns import CHOICES, COLUMNS, ORIGINAL, PROBLEMS, label_of
from accounts.import_meanings import mean_other
from accounts.import_rows import becomes_public, errors_of, warnings_of
from accounts.importing import MOST_ROWS
from accounts.models import ImportBatch, User
from govsocial.web.sheets import SheetError, add_sheet, book_response, read_rows
from govsocial.web.templatetags.formats import date_long, number

# Rows have up to twenty cells, each with a name and perhaps with what is wrong with it.
PREVIEW_ROWS = 12
LONGEST_SHOWN = 80


def keep(actor: User, file: UploadedFile[Any]) -> ImportBatch:
    """Read an upload and keep its rows. Raises ``AccountError`` beside ``file``."""
    try:
        rows = read_rows(file, most_rows=MOST_ROWS)
    except SheetError as exc:
        raise AccountError(str(exc), field="file") from exc
    return actions.keep_import(actor=actor, file_name=str(file.name or ""), rows=rows)


def heads(keys: Sequence[str]) -> list[str]:
    return [label_of(key) for key in keys]


def shown(batch: ImportBatch, show: str) -> list[dict[str, Any]]:
    """The rows in the order of the preview: what needs somebody first. ``show``: bad, warned or
    good, which has those with a warning as well."""
    bad = [row for row in batch.rows if row["errors"]]
    good = _good(batch)
    warned = [row for row in good if row.get("warnings")]
    good = warned + [row for row in good if not row.get("warnings")]
    return {"bad": bad, "good": good, "warned": warned}.get(show, bad + good)


def _good(batch: ImportBatch) -> list[dict[str, Any]]:
    return [row for row in batch.rows if not row["errors"]]


def outlook(batch: ImportBatch) -> dict[str, int]:
    """What becomes of the good rows: how many citizens see at once, and how many need a look."""
    good = _good(batch)
    public = sum(becomes_public(row) for row in good)
    return {
        "public": public,
        "proposed": len(good) - public,
        "warned": sum(bool(row.get("warnings")) for row in good),
    }


def not_imported(batch: ImportBatch) -> str:
    """Why a confirmed list was not registered, and is to be looked at again."""
    others = mean_other(batch.rows)
    if not others:
        return _("The register changed since you looked. Look again: nothing was imported.")
    return ngettext(
        "In %(number)s row a name stands for another unit or person than when you looked. "
        "Look at its warning: nothing was imported.",
        "In %(number)s rows a name stands for another unit or person than when you looked. "
        "Look at their warnings: nothing was imported.",
        others,
    ) % {"number": number(others)}


def tabs(batch: ImportBatch, show: str) -> list[dict[str, Any]]:
    """None where all rows are of one kind."""
    warned = 0 if batch.is_done else outlook(batch)["warned"]
    kinds = [
        ("bad", batch.bad, _("With something wrong (%(number)s)")),
        ("warned", warned, _("With a warning (%(number)s)")),
        ("good", batch.good, _("Good (%(number)s)")),
    ]
    some = [(key, label % {"number": number(count)}) for key, count, label in kinds if count]
    if batch.is_done or len(some) < 2 or warned == batch.good + batch.bad:
        return []
    return [
        {"label": label, "url": f"?show={key}" if key else "?", "active": key == show}
        for key, label in [("", _("All rows")), *some]
    ]


def lines(keys: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows for the preview: cells that say something or are wrong, the wrong ones first."""
    return [_line(keys, row) for row in rows]


def _line(keys: Sequence[str], row: Mapping[str, Any]) -> dict[str, Any]:
    cells, errors, warnings = row["cells"], errors_of(row), warnings_of(row)
    told = dict.fromkeys(key for key in [*errors, *warnings] if key != BEYOND)
    return {
        "number": row["n"],
        "is_good": not row["errors"],
        "is_warned": bool(warnings),
        "errors": errors.get(BEYOND, []),
        "title": cells.get("display_name") or cells.get("handle", ""),
        "cells": [
            {
                "label": label_of(key),
                "value": _short(cells.get(key, "")),
                "meaning": "" if errors.get(key) else meaning(key, cells[key]),
                "errors": errors.get(key, []),
                "warnings": warnings.get(key, []),
            }
            for key in dict.fromkeys([*told, *keys])
            if cells.get(key) or key in told
        ],
    }


def meaning(key: str, cell: str) -> str:
    """How a cell of choices or a date is read, in the reader's words; empty where it says that."""
    if key in DAYS:
        return date_long(day_of(cell))
    if key not in CHOICES:
        return ""
    labels = {str(value): str(label) for value, label in CHOICES[key]()}
    read = [labels[value] for _word, value in values_of(key, cell) if value]
    told = ", ".join(read)
    return "" if told.casefold() == cell.strip().casefold() else told


def _short(cell: str) -> str:
    """Enough to know a cell by: whole pages of the longest cells would be too heavy to open."""
    return Truncator(cell).chars(LONGEST_SHOWN)


def rejected(batch: ImportBatch) -> tuple[list[object], list[list[object]]]:
    """Head and rows of what is left out. Its row in the upload, in the first column, and what is
    wrong with it, in the last one, are ignored when the list is uploaded again."""
    header: list[object] = [ORIGINAL, *heads(batch.columns), PROBLEMS]
    rows: list[list[object]] = [
        [
            row["n"],
            *(row["cells"].get(key, "") for key in batch.columns),
            _told(errors_of(row)),
            # Beyond the head again: what was in no column must not be lost when it comes back.
            *([row["cells"][BEYOND]] if BEYOND in row["cells"] else []),
        ]
        for row in batch.rows
        if row["errors"]
    ]
    return header, rows


def _told(errors: Mapping[str, Sequence[str]]) -> str:
    return " | ".join(
        f"{label_of(key)}: {message}" if key != BEYOND else message
        for key, found in errors.items()
        for message in found
    )


def template() -> HttpResponse:
    """A workbook with the columns, what each one wants, and the words of each choice."""
    book = Workbook(write_only=True)
    add_sheet(book, _("Accounts"), [column.label for column in COLUMNS], [])
    add_sheet(
        book,
        _("Help"),
        [_("Column"), _("Needed"), _("What to write"), _("Example")],
        [
            (column.label, _("yes") if column.required else _("no"), column.help, column.example)
            for column in COLUMNS
        ],
    )
    add_sheet(
        book,
        _("Choices"),
        [_("Column"), _("Write this"), _("or this")],
        [
            (label_of(key), str(value), str(label))
            for key, choices in CHOICES.items()
            for value, label in choices()
        ],
    )
    return book_response(_("official-accounts-template"), book)

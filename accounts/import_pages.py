"""What the pages of the import show, and the files that they give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from openpyxl import Workbook

from accounts import actions
from accounts.errors import AccountError
from accounts.import_columns import CHOICES, COLUMNS, PROBLEMS, label_of, words_of
from accounts.importing import BEYOND, MOST_ROWS
from accounts.models import ImportBatch, User
from govsocial.web.sheets import SheetError, add_sheet, book_response, read_rows
from govsocial.web.templatetags.formats import number

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
    """The rows in the order of the preview: what needs somebody first. ``show``: bad or good."""
    bad = [row for row in batch.rows if row["errors"]]
    good = [row for row in batch.rows if not row["errors"]]
    return {"bad": bad, "good": good}.get(show, bad + good)


def tabs(batch: ImportBatch, show: str) -> list[dict[str, Any]]:
    """None where all rows are of one kind."""
    if batch.is_done or not (batch.good and batch.bad):
        return []
    return [
        {"label": label, "url": f"?show={key}" if key else "?", "active": key == show}
        for key, label in (
            ("", _("All rows")),
            ("bad", _("With something wrong (%(number)s)") % {"number": number(batch.bad)}),
            ("good", _("Good (%(number)s)") % {"number": number(batch.good)}),
        )
    ]


def lines(keys: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows for the preview: cells that say something or are wrong, the wrong ones first."""
    return [
        {
            "number": row["n"],
            "is_good": not row["errors"],
            "title": row["cells"].get("display_name") or row["cells"].get("handle", ""),
            "cells": [
                {
                    "label": label_of(key),
                    "value": _short(row["cells"].get(key, "")),
                    "meaning": "" if row["errors"].get(key) else meaning(key, row["cells"][key]),
                    "errors": row["errors"].get(key, []),
                }
                for key in sorted(
                    dict.fromkeys([*keys, *row["errors"]]), key=lambda key: key not in row["errors"]
                )
                if row["cells"].get(key) or row["errors"].get(key)
            ],
        }
        for row in rows
    ]


def meaning(key: str, cell: str) -> str:
    """How a cell of choices is read, in the reader's words; empty where it says the same."""
    if key not in CHOICES:
        return ""
    labels = {str(value): str(label) for value, label in CHOICES[key]()}
    words = [word.strip().casefold() for word in cell.replace(";", ",").split(",")]
    read = [labels[value] for word in words if (value := words_of(key).get(word))]
    told = ", ".join(read)
    return "" if told.casefold() == cell.strip().casefold() else told


def _short(cell: str) -> str:
    """Enough to know a cell by: whole pages of the longest cells would be too heavy to open."""
    return Truncator(cell).chars(LONGEST_SHOWN)


def rejected(batch: ImportBatch) -> tuple[list[object], list[list[object]]]:
    """Head and rows of what is left out. The last column is ignored when it is uploaded again."""
    bad = [row for row in batch.rows if row["errors"]]
    header: list[object] = [*heads(batch.columns), PROBLEMS]
    rows = [
        [
            *(row["cells"].get(key, "") for key in batch.columns),
            _told(row["errors"]),
            # Beyond the head again: what was in no column must not be lost when it comes back.
            *([row["cells"][BEYOND]] if BEYOND in row["cells"] else []),
        ]
        for row in bad
    ]
    return header, rows


def _told(errors: Mapping[str, Sequence[str]]) -> str:
    return " | ".join(
        f"{label_of(key)}: {message}" for key, found in errors.items() for message in found
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

"""What the pages of the import show, and the files that they give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook

from accounts import actions
from accounts.errors import AccountError
from accounts.import_columns import CHOICES, COLUMNS, PROBLEMS, label_of
from accounts.importing import MOST_ROWS
from accounts.models import ImportBatch, User
from govsocial.web.sheets import SheetError, add_sheet, book_response, read_rows


def keep(actor: User, file: UploadedFile[Any]) -> ImportBatch:
    """Read an upload and keep its rows. Raises ``AccountError`` beside ``file``."""
    try:
        rows = read_rows(file, most_rows=MOST_ROWS)
    except SheetError as exc:
        raise AccountError(str(exc), field="file") from exc
    return actions.keep_import(actor=actor, file_name=str(file.name or ""), rows=rows)


def heads(keys: Sequence[str]) -> list[str]:
    return [label_of(key) for key in keys]


def lines(keys: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows for the preview: cells that say something or are wrong, each with its errors."""
    return [
        {
            "number": row["n"],
            "is_good": not row["errors"],
            "title": row["cells"].get("display_name") or row["cells"].get("handle", ""),
            "cells": [
                {
                    "label": label_of(key),
                    "value": row["cells"].get(key, ""),
                    "errors": row["errors"].get(key, []),
                }
                for key in [*keys, *(key for key in row["errors"] if key not in keys)]
                if row["cells"].get(key) or row["errors"].get(key)
            ],
        }
        for row in rows
    ]


def rejected(batch: ImportBatch) -> tuple[list[object], list[list[object]]]:
    """Head and rows of what is left out. The last column is ignored when it is uploaded again."""
    bad = [row for row in batch.rows if row["errors"]]
    header: list[object] = [*heads(batch.columns), PROBLEMS]
    rows = [
        [*(row["cells"].get(key, "") for key in batch.columns), _told(row["errors"])] for row in bad
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

"""What the pages of the import of drafts show, and the template that they give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from openpyxl import Workbook

from accounts.models import User
from content import actions
from content.actions.importing import checked_rows, mark_of
from content.errors import ContentError
from content.forms.posts import LONGEST_TEXT
from content.import_columns import CHOICES, COLUMNS, label_of
from content.importing import BEYOND, MOST_ROWS, Row
from content.models import DraftImport
from govsocial.web.sheets import SheetError, add_sheet, book_response, read_rows

LONGEST_SHOWN = 160


def keep(actor: User, unit_id: int, file: UploadedFile[Any]) -> DraftImport:
    """Read an upload and keep its rows. Raises ``ContentError`` beside ``file``."""
    try:
        rows = read_rows(file, most_rows=MOST_ROWS, longest=LONGEST_TEXT, keep_times=True)
    except SheetError as exc:
        raise ContentError(str(exc), field="file") from exc
    name = str(file.name or "")
    return actions.keep_draft_import(actor=actor, unit_id=unit_id, file_name=name, rows=rows)


def preview(actor: User, kept: DraftImport) -> dict[str, Any]:
    """What would happen, and every row, those with something wrong first."""
    rows = checked_rows(actor, kept)
    bad = [row for row in rows if not row.is_good]
    return {
        "kept": kept,
        "bad": len(bad),
        "good": len(rows) - len(bad),
        "shown": mark_of(rows),
        "rows": [*bad, *(row for row in rows if row.is_good)],
        "has_ended": not rows and not kept.is_done,
    }


def lines(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows for the preview: in words what each makes, or what is wrong and where."""
    return [
        {
            "row": row,
            "title": _short(row.cells.get("title", "")),
            "text": _short(row.cells.get("text", "")),
            "errors": [
                {"label": label_of(key) if key != BEYOND else "", "message": message}
                for key, told in row.errors.items()
                for message in told
            ],
        }
        for row in rows
    ]


def _short(cell: str) -> str:
    return Truncator(cell).chars(LONGEST_SHOWN)


def template() -> HttpResponse:
    """A workbook with the columns, what each one wants, and the words of each choice."""
    book = Workbook(write_only=True)
    add_sheet(book, _("Drafts"), [column.label for column in COLUMNS], [])
    add_sheet(
        book,
        _("Help"),
        [_("Column"), _("Needed"), _("What to write"), _("Example")],
        [
            (column.label, _("yes") if column.required else _("no"), column.help, column.example)
            for column in COLUMNS
        ],
    )
    choices = [
        (label_of(key), str(value), str(label))
        for key, pairs in CHOICES.items()
        for value, label in pairs
    ]
    add_sheet(book, _("Choices"), [_("Column"), _("Write this"), _("or this")], choices)
    return book_response(_("drafts-template"), book)

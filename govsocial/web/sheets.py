"""Spreadsheets: lists as XLSX beside ``lists.csv_response``, and lists that people upload.

What is uploaded is hostile until read: CSV or XLSX by content, with limits on bytes, rows, columns
and unpacked size; openpyxl reads XML through defusedxml, which is installed with this application.
"""

from __future__ import annotations

import codecs
import csv
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, Protocol

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.functions import fromstring

from govsocial.web.templatetags import formats

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 24 * 1024 * 1024
# Styles, names and relations are read as trees, at some 4 s and 130 MB of memory per megabyte; what
# programs write stays below a tenth of this. Rows and their texts are read as they come.
MOST_FURNITURE = 256 * 1024
_ROWS_AND_TEXTS = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml", re.IGNORECASE)
_TREES = ("[Content_Types].xml", "xl/_rels/workbook.xml.rels")
# openpyxl never reads what is in these.
_UNREAD = re.compile(r"xl/(media|theme|drawings|printerSettings)/", re.IGNORECASE)
MOST_PARTS = 300
MOST_COLUMNS = 60
LONGEST_CELL = 1_000
_MORE = "…"
# Excel keeps 15 digits of a number; an id of a platform that was typed as a number is lost.
LARGEST_NUMBER = 10**15
# How Excel is told in the first line of a CSV what is between its cells.
_SAID = re.compile(r'"?sep=(?P<delimiter>[,;|\t])"?[ \t,;]*(\r\n|\r|\n)', re.IGNORECASE)
# What a spreadsheet shows where it could not work a value out; a CSV holds that as text.
_ERRORS = frozenset({
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!",
    "#CALC!", "#FIELD!", "#BLOCKED!", "#UNKNOWN!", "#CONNECT!", "#BUSY!", "#ERROR!",
})  # fmt: skip
# What no XML may hold, and no name should.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# With these a cell begins that a spreadsheet would take for a formula or an error.
_MARKS = frozenset("=+-@#'")
_HEAD = PatternFill("solid", fgColor="E6EEFB")
# What openpyxl, zipfile, zlib and defusedxml raise for files that are not what they say, are cut
# off, or need a password (RuntimeError, of which NotImplementedError is one).
_DAMAGED = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, LookupError,
    ValueError, TypeError, AttributeError, SyntaxError, OSError, EOFError, RuntimeError,
    OverflowError, AssertionError,
)  # fmt: skip
# Excel writes CSV in these too.
_OTHER_TEXT = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# With these begin PDF, RTF, pages, pictures and archives; a file may be called anything.
_NO_LIST = (
    b"%PDF-", b"{\\rtf", b"<", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!",
    b"7z\xbc\xaf",
)  # fmt: skip
_ENCODING = gettext_lazy(
    "The encoding of this CSV file cannot be read. Save it as “CSV UTF-8”, or as XLSX."
)
_NO_XLSX = gettext_lazy("This XLSX file cannot be read. Save it again as XLSX or CSV.")
_NEITHER = gettext_lazy(
    "This file is neither CSV nor XLSX. Choose a list in one of these; save an older XLS as XLSX."
)
_TOO_LARGE = gettext_lazy("This XLSX file is too large when unpacked. Split it.")


class SheetError(Exception):
    """The upload cannot be read; the message says what a person can do."""


class Upload(Protocol):
    @property
    def size(self) -> Any: ...

    def read(self) -> bytes: ...


def xlsx_response(
    name: str,
    header: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    title: str,
    about: Sequence[tuple[object, object]] = (),
) -> HttpResponse:
    """Rows as a workbook: text is never a formula, dates are dates, None is empty.

    ``about`` becomes a second sheet that says what this list is: filters, time, who.
    """
    book = Workbook(write_only=True)
    add_sheet(book, title, header, rows)
    if about:
        add_sheet(book, _("About this list"), [_("What"), _("Value")], about)
    return book_response(name, book)


def book_response(name: str, book: Workbook) -> HttpResponse:
    file = io.BytesIO()
    book.save(file)
    return HttpResponse(
        file.getvalue(),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )


def add_sheet(
    book: Workbook, title: str, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> None:
    """Append a sheet with a head that stays in sight. The book must be write-only."""
    sheet: Any = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    sheet.freeze_panes = "A2"
    for number, words in enumerate(header, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = min(max(len(str(words)) + 4, 14), 48)
    sheet.append([_head_cell(sheet, words) for words in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _head_cell(sheet: Any, words: object) -> Any:
    cell = _text(sheet, str(words))
    cell.font, cell.fill = Font(bold=True), _HEAD
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _cell(sheet: Any, value: object) -> object:
    if isinstance(value, datetime):
        local = timezone.make_naive(value) if timezone.is_aware(value) else value
        return _formatted(sheet, local, "yyyy-mm-dd hh:mm")
    if isinstance(value, date):
        return _formatted(sheet, value, "yyyy-mm-dd")
    if isinstance(value, bool | int | float) or value is None:
        return value
    text = _CONTROLS.sub(" ", str(value))
    return _text(sheet, text) if text[:1] in _MARKS else text


def _text(sheet: Any, text: str) -> Any:
    """A cell that is text whatever it begins with, and stays so when somebody edits it."""
    cell = WriteOnlyCell(sheet, value=_CONTROLS.sub(" ", text))
    if text[:1] in _MARKS:
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell


def _formatted(sheet: Any, value: Any, pattern: str) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = pattern
    return cell


def read_rows(
    upload: Upload, *, most_rows: int, longest: int = LONGEST_CELL, keep_times: bool = False
) -> list[list[str]]:
    """Every row of a CSV or XLSX file as texts, the head first; empty rows at the end left out.

    Dates become year-month-day, with ``keep_times`` those of a moment have its hours and minutes.
    Of a cell of more than ``longest`` characters only its beginning is there (``is_cut``). Raises
    ``SheetError``.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise SheetError(_("The file is larger than 5 MB. Split it."))
    data = upload.read()
    name = str(getattr(upload, "name", "")).lower()
    rows = _rows_of(data, name, most_rows, keep_times=keep_times)
    found: list[list[str]] = []
    size = 0
    for row in rows:
        # Many cells of a workbook may share one long text, which unpacks only once.
        size += sum(map(len, row))
        if size > MOST_BYTES:
            raise SheetError(str(_TOO_LARGE))
        if len(found) > most_rows:
            raise SheetError(
                _("The file has more than %(most)s rows below its head. Split it.")
                % {"most": formats.number(most_rows)}
            )
        found.append([_text_of(cell, longest) for cell in row])
    while found and not any(found[-1]):
        found.pop()
    if len(found) < 2:
        raise SheetError(_("The file has no rows below its head."))
    return found


def _rows_of(
    data: bytes, name: str, most_rows: int, *, keep_times: bool
) -> Iterable[Sequence[str]]:
    if data[:4] == b"PK\x03\x04":
        return _xlsx(data, most_rows, keep_times=keep_times)
    if data.removeprefix(codecs.BOM_UTF8).lstrip().startswith(_NO_LIST):
        raise SheetError(str(_NEITHER))
    if name.endswith(".xlsx"):
        raise SheetError(str(_NO_XLSX))
    return _csv(data)


def _text_of(cell: str, longest: int) -> str:
    text = cell.strip(" \u00a0\ufeff")
    # The mark that our own exports put before what a spreadsheet would run.
    is_marked = text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"}
    return cut(text[1:] if is_marked else text, longest)


def cut(text: str, longest: int = LONGEST_CELL) -> str:
    """The text, or the beginning of one that is too long, and a sign that there is more."""
    return text if len(text) <= longest else text[:longest] + _MORE


def is_cut(cell: str) -> bool:
    """Whether ``cell`` is only the beginning of what the file has there."""
    return len(cell) > LONGEST_CELL


def _csv(data: bytes) -> Iterator[Sequence[str]]:
    if b"\0" in data and not _is_utf_16(data):
        raise SheetError(str(_NEITHER))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise SheetError(str(_ENCODING)) from exc
    if "\0" in text:
        raise SheetError(str(_ENCODING))
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    if said := _SAID.match(text):
        # Excel shows no such line: the rows are counted from the next one.
        delimiter, text = said["delimiter"], text[said.end() :]
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1):
            _refuse_width(row, number)
            _refuse_errors(row, number)
            yield row
    except csv.Error as exc:
        raise SheetError(_("The file is not readable CSV. Save it again as “CSV UTF-8”.")) from exc


def _is_utf_16(data: bytes) -> bool:
    """Whether this is text of two bytes a sign, of which one is mostly zero."""
    head = data[:400]
    uneven = abs(head[::2].count(0) - head[1::2].count(0))
    return data.startswith(_OTHER_TEXT) or uneven * 10 > len(head) * 4


def _refuse_errors(row: Sequence[str], number: int) -> None:
    for column, cell in enumerate(row, start=1):
        if _is_error(cell):
            raise _has_error(f"{get_column_letter(column)}{number}", cell)


def _is_error(text: str) -> bool:
    return len(text) <= LONGEST_CELL and text.strip().upper() in _ERRORS


def _has_error(place: str, value: str) -> SheetError:
    return SheetError(
        _("Cell %(cell)s has the error %(error)s of a spreadsheet. Put its value there instead.")
        % {"cell": place, "error": value.strip()[:40]}
    )


def _refuse_width(row: Sequence[str], number: int) -> None:
    if len(row) > MOST_COLUMNS:
        raise SheetError(_("Row %(row)s has too many columns.") % {"row": number})


def _xlsx(data: bytes, most_rows: int, *, keep_times: bool) -> Iterator[Sequence[str]]:
    unreadable = SheetError(str(_NO_XLSX))
    _refuse_bomb(data, unreadable)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = _first_seen(book)
        # A file may claim any size; only what is there is read.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_row=most_rows + 2, max_col=MOST_COLUMNS + 1):
            texts = [_value(cell, keep_times=keep_times) for cell in row]
            while texts and not texts[-1]:
                texts.pop()
            _refuse_width(texts, row[0].row if row and hasattr(row[0], "row") else 0)
            yield texts
        book.close()
    except SheetError:
        raise
    except _DAMAGED as exc:
        raise unreadable from exc


def _first_seen(book: Any) -> Any:
    """The sheet that people see when they open the file; of hidden ones they know nothing."""
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            return sheet
    raise SheetError(_("Every sheet of the file is hidden. Show the one with the rows."))


def _refuse_bomb(data: bytes, unreadable: SheetError) -> None:
    too_large = SheetError(str(_TOO_LARGE))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            # zipfile never unpacks more of a part than this claims, so the claim may be trusted.
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise too_large
            read = [part for part in parts if not _UNREAD.match(part.filename)]
            trees = [part for part in read if not _ROWS_AND_TEXTS.fullmatch(part.filename)]
            if sum(part.file_size for part in trees) > MOST_FURNITURE:
                raise too_large
            types, relations = (fromstring(archive.read(part)) for part in _TREES)
    except _DAMAGED as exc:
        raise unreadable from exc
    # Either may name any part, also one of rows, to be read as a tree.
    books = [part for part in types if part.get("ContentType", "").endswith("main+xml")]
    if any(part.get("PartName") != "/xl/workbook.xml" for part in books) or any(
        "chartsheet" in part.get("Type", "") for part in relations
    ):
        raise unreadable


def _value(cell: Any, *, keep_times: bool) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise SheetError(
            _("Cell %(cell)s has a formula. Put its value there instead.")
            % {"cell": cell.coordinate}
        )
    if cell.data_type == "e" or _is_error(str(value)):
        raise _has_error(cell.coordinate, str(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes") if keep_times else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value, cell)
    return str(value)


def _number(value: float, cell: Any) -> str:
    if abs(value) >= LARGEST_NUMBER:
        raise SheetError(
            _(
                "Cell %(cell)s has a number with more digits than a spreadsheet keeps. "
                "Format the cell as text and type it again."
            )
            % {"cell": cell.coordinate}
        )
    return str(int(value)) if value == int(value) else str(value)

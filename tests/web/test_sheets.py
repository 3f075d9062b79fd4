"""Spreadsheets that people upload are hostile until read; those we write never run anything."""

from __future__ import annotations

import codecs
import io
import struct
import zipfile
from datetime import UTC, date, datetime
from typing import Any, Literal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import Workbook, load_workbook

from govsocial.web import sheets
from govsocial.web.sheets import SheetError, read_rows, xlsx_response
from tests.gathering import each

HEAD = ["nama", "alamat"]


def read(data: bytes, most_rows: int = 10) -> list[list[str]]:
    return read_rows(SimpleUploadedFile("daftar", data), most_rows=most_rows)


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(data: bytes, part: str, text: bytes) -> bytes:
    """The workbook with one part of it replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for item in old.infolist():
            new.writestr(item, text if item.filename == part else old.read(item))
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
# As Excel writes the result of a formula that was pasted as a value.
ERROR = (
    b"<worksheet "
    + MAIN
    + b'><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>nama</t></is></c>'
    b'</row><row r="2"><c r="A2" t="e"><v>#N/A</v></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_is_read_whatever_divides_it(delimiter: str, mark: str) -> None:
    text = (
        mark
        + delimiter.join(HEAD)
        + "\r\n"
        + delimiter.join(["Ä, b" if delimiter != "," else "Ä", "x"])
    )
    assert read(text.encode()) == [HEAD, ["Ä, b" if delimiter != "," else "Ä", "x"]]


@pytest.mark.parametrize("said", ["sep=;\r\n", '"sep=;"\n', "\ufeffSEP=;;;\r\n"])
def test_the_line_by_which_excel_is_told_what_divides_a_csv_is_no_row(said: str) -> None:
    rows = 'unit;handle, display_name\r\nDinkes;"a;b"\r\n'
    assert read((said + rows).encode()) == [["unit", "handle, display_name"], ["Dinkes", "a;b"]]
    with pytest.raises(SheetError, match="A2"):
        read((said + "unit;handle\n#N/A;a").encode())


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_the_first_sheet_that_people_see_is_read(state: Literal["hidden", "veryHidden"]) -> None:
    book, file = Workbook(), io.BytesIO()
    first, second = book.active, book.create_sheet("Akun")
    assert first is not None
    for sheet, word in ((first, "lama"), (second, "baru")):
        sheet.append(["unit"])
        sheet.append([word])
    first.sheet_state = state
    book.active = second
    book.save(file)
    assert read(file.getvalue()) == [["unit"], ["baru"]]
    part = "xl/workbook.xml"
    with zipfile.ZipFile(file) as archive:
        hidden = archive.read(part).replace(b'state="visible"', f'state="{state}"'.encode())
    with translation.override("en"), pytest.raises(SheetError, match="Every sheet"):
        read(changed(file.getvalue(), part, hidden))


def test_quotes_and_line_breaks_in_cells_stay_in_their_cell() -> None:
    assert read(b'nama,alamat\n"a ""b"", c\nd",x\n\n\n')[1:] == [['a "b", c\nd', "x"]]


def test_a_workbook_is_read_as_texts() -> None:
    rows = read(workbook(HEAD, [12, date(2026, 3, 17)], [True, 1.5], [None, " x "]))
    assert rows == [HEAD, ["12", "2026-03-17"], ["true", "1.5"], ["", "x"]]


OLD_XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
ENCODING, NO_SHEET = (
    "encoding of this CSV file .* “CSV UTF-8”",
    "neither CSV nor XLSX. .* older XLS",
)


@each(
    ("name", "data", "told"),
    [
        ("daftar.csv", "nama\nKota\n".encode("utf-16"), ENCODING),
        ("daftar.txt", "nama\nKota\n".encode("utf-16"), ENCODING),
        ("daftar.csv", codecs.BOM_UTF16_BE + "nama\nKota\n".encode("utf-16-be"), ENCODING),
        ("daftar.CSV", "nama\nKota\n".encode("utf-16-le"), ENCODING),
        ("daftar.csv", "nama\nSão\n".encode("latin-1"), ENCODING),
        ("daftar.csv", b"nama\n\0\n", NO_SHEET),
        ("bukan.csv", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF", NO_SHEET),
        ("bukan.pdf", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF", NO_SHEET),
        ("bukan.xlsx", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF", NO_SHEET),
        ("halaman.csv", b"\r\n<!doctype html>\n<table><tr><td>nama</table>", NO_SHEET),
        ("foto.csv", b"\xff\xd8\xff\xe0 JFIF", NO_SHEET),
        ("daftar.csv", OLD_XLS, NO_SHEET),
        ("daftar.xls", OLD_XLS, NO_SHEET),
        ("daftar.png", b"\x89PNG\r\n\x1a\n\0\0", NO_SHEET),
    ],
)
def test_a_csv_in_another_encoding_is_told_apart_from_what_is_none(
    name: str, data: bytes, told: str
) -> None:
    with pytest.raises(SheetError, match=told):
        read_rows(SimpleUploadedFile(name, data), most_rows=10)


def test_the_mark_before_what_would_run_is_taken_off_again() -> None:
    assert read(workbook(HEAD, ["'=1+1", "'kutip"]))[1] == ["=1+1", "'kutip"]


@each(
    ("data", "told"),
    [
        (b"", "no rows"),
        (b"nama,alamat\n", "no rows"),
        (b"nama\n\xff\xfe\xfa", "UTF-8"),
        (b"nama\n\0", "neither CSV nor XLSX"),
        (b"\xef\xbb\xbf<html><table>", "neither CSV nor XLSX"),
        (b'nama\n"' + b"x" * 200_000 + b'"\n', "not readable CSV"),
        (b"nama\n" + b"x," * 61, "too many columns"),
        (b"nama\n" + b"x\n" * 11, "more than 10 rows"),
        (b"PK\x03\x04 not a zip", "cannot be read"),
        (workbook(HEAD, ["=SUM(1,2)", "x"]), "A2 has a formula"),
        (workbook(HEAD, ["x", "#REF!"]), "B2 has the error #REF!"),
        (changed(workbook(HEAD, ["x", 1]), SHEET, ERROR), "A2 has the error #N/A"),
        (b"nama,alamat\nx,#NAME?", "B2 has the error #NAME\\?"),
        (b"nama,alamat\nx,y\n #div/0! ,x", "A3 has the error #div/0!"),
        (b"nama;alamat\n#VALUE!;x", "A2 has"),
        (b"nama;alamat\nx;#NULL!", "B2 has"),
        (b"nama;alamat\nx;#NUM!", "B2 has"),
        (workbook(HEAD, [17841405793187218, "x"]), "A2 has a number"),
        (workbook(HEAD, *[["x", "y"]] * 11), "more than 10 rows"),
        (workbook(HEAD, ["x"] * 61), "too many columns"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(data: bytes, told: str) -> None:
    with pytest.raises(SheetError, match=told):
        read(data)


CUT = "x" * 1_000 + "…"


def test_of_a_cell_that_is_too_long_the_beginning_is_read_and_marked() -> None:
    for long in ("x" * 1_001, "  " + "x" * 30_000, "x" * 1_000 + " y"):
        assert read(workbook(HEAD, [long, "y"]))[1] == [CUT, "y"]
        assert read(f"nama;alamat\n{long};y".encode())[1] == [CUT, "y"]
        assert sheets.is_cut(CUT)
    whole = "x" * 1_000
    assert read(workbook(HEAD, [f" {whole}  ", "y"]))[1] == [whole, "y"]
    assert read(f"nama;alamat\n  {whole} ;y".encode())[1] == [whole, "y"]
    assert not sheets.is_cut(whole)


def test_the_texts_of_a_workbook_are_together_no_longer_than_a_file_may_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sheets, "MOST_BYTES", 10_000)
    data = workbook(HEAD, *[["x" * 900, "x" * 900]] * 6)
    assert len(data) < 10_000, "small as long as it is packed"
    with translation.override("en"), pytest.raises(SheetError, match="too large when unpacked"):
        read(data)
    assert len(read(workbook(HEAD, *[["x" * 900, "x" * 900]] * 5))) == 6


def test_a_word_that_only_begins_like_an_error_is_text() -> None:
    rows = [["#REF! tidak ada", "#samudra"], ["N/A", "#N/A dan lain-lain"]]
    assert read(workbook(HEAD, *rows))[1:] == rows
    assert read("\n".join(";".join(row) for row in [HEAD, *rows]).encode())[1:] == rows


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    file = SimpleUploadedFile("besar.csv", b"x")
    file.size = sheets.MOST_BYTES + 1
    with pytest.raises(SheetError, match="5 MB"):
        read_rows(file, most_rows=10)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SHEET, b"0" * (sheets.MOST_UNPACKED + 1))
    monkeypatch.setattr(sheets, "load_workbook", lambda *a, **k: pytest.fail("unpacked"))
    assert len(file.getvalue()) < 200_000
    with pytest.raises(SheetError, match="too large when unpacked"):
        read(file.getvalue())


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/styles.xml", b"</cellXfs>", b"<xf/>" * 60_000 + b"</cellXfs>"),
        ("[Content_Types].xml", b"/xl/workbook.xml", b"/xl/worksheets/book.xml"),
        ("xl/_rels/workbook.xml.rels", b"relationships/worksheet", b"relationships/chartsheet"),
    ],
)
def test_what_would_be_read_as_a_large_tree_is_refused_before_it_is_opened(
    part: str, old: bytes, new: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = workbook(HEAD, ["x"])
    assert read(good)[1] == ["x"]
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        content = archive.read(part)
    assert old in content
    monkeypatch.setattr(sheets, "load_workbook", lambda *a, **k: pytest.fail("opened"))
    with pytest.raises(SheetError):
        read(changed(good, part, content.replace(old, new)))


def test_a_zip_that_lies_about_its_size_unpacks_no_more_than_it_claims() -> None:
    data = bytearray(changed(workbook(HEAD, ["x"]), SHEET, b"<worksheet>" + b" " * 100_000))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        start = archive.getinfo(SHEET).header_offset
    central = bytes(data).index(SHEET.encode(), start + 60) - 46
    struct.pack_into("<I", data, central + 24, 10)
    with pytest.raises(SheetError):
        read(bytes(data))


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>',
        b"<worksheet><sheetData><row",
        b"not xml at all",
        b"<worksheet " + MAIN + b'><sheetData><row r="x"/></sheetData></worksheet>',
        b"<worksheet " + MAIN + b'><sheetData><row r="1"><c r="A1" t="s"><v>99</v></c></row>'
        b"</sheetData></worksheet>",
    ],
)  # fmt: skip
def test_hostile_xml_in_a_workbook_is_refused(xml: bytes) -> None:
    assert openpyxl.DEFUSEDXML, "openpyxl must read through defusedxml"
    with pytest.raises(SheetError):
        read(changed(workbook(HEAD, ["x"]), SHEET, xml))


@pytest.mark.parametrize("row", [b'<row r="1048576">', b'<row r="99999999">'])
def test_a_row_far_down_and_a_cell_far_out_cost_nothing(row: bytes) -> None:
    far = (
        b"<worksheet " + MAIN + b'><dimension ref="A1:XFD1048576"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>nama</t></is></c></row>' + row +
        b'<c r="XFD2" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    )  # fmt: skip
    with pytest.raises(SheetError):
        read(changed(workbook(HEAD), SHEET, far), most_rows=5_000)


def test_what_we_write_is_text_dates_and_numbers_and_never_runs() -> None:
    moment = datetime(2026, 11, 25, 3, 4, tzinfo=UTC)
    answer = xlsx_response(
        "daftar",
        HEAD,
        [["=cmd()", moment], ["+1", date(2026, 1, 2)], ["\x01-x", None], ["@a", 7]],
        title="Daftar: [1]",
        about=[("Apa", "=1+1")],
    )
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in cells] == ["=cmd()", "+1", " -x", "@a"]
    assert [row[1] for row in cells] == [
        datetime(2026, 11, 25, 10, 4), datetime(2026, 1, 2), None, 7,  # noqa: DTZ001  # as cells are
    ]  # fmt: skip
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert [row[0].quotePrefix for row in sheet.iter_rows(min_row=2)] == [True, True, False, True]
    assert book.worksheets[1]["B2"].value == "=1+1"
    assert sheet.freeze_panes == "A2"

"""A workbook that was cut off, changed on its way or locked is refused in words, never an error."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from govsocial.web.sheets import SheetError, read_rows
from tests.web.test_sheets import HEAD, SHEET, read, workbook

GOOD = workbook(HEAD, ["Dinas Kesehatan", "Jalan Samudra 1"], ["Diskominfo", "Jalan Teluk 2"])


def refused(data: bytes) -> str:
    with pytest.raises(SheetError) as told:
        read(data)
    return str(told.value)


def with_flag(data: bytes) -> bytes:
    """The workbook as one whose parts need a password: bit 0 of the flags of each part."""
    locked = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(mark)
        while at >= 0:
            locked[at + place] |= 1
            at = locked.find(mark, at + 4)
    return bytes(locked)


def with_method(data: bytes, method: int) -> bytes:
    """The workbook whose parts claim to be packed in another way than they are."""
    other = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = other.find(mark)
        while at >= 0:
            struct.pack_into("<H", other, at + place, method)
            at = other.find(mark, at + 4)
    return bytes(other)


def packed_wrongly(data: bytes, part: str) -> bytes:
    """The workbook with noise where a part of it was packed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.getinfo(part).header_offset + 30 + len(part)
        length = archive.getinfo(part).compress_size
    return data[:start] + b"\xff" * length + data[start + length :]


@pytest.mark.parametrize("part", [SHEET, "[Content_Types].xml", "xl/styles.xml"])
def test_a_damaged_part_is_refused_in_words(part: str) -> None:
    assert len(read(GOOD)) == 3
    assert "cannot be read" in refused(packed_wrongly(GOOD, part))


@pytest.mark.parametrize("data", [b"", b"rusak", GOOD[4:]])
def test_what_only_calls_itself_a_workbook_is_refused_as_one(data: bytes) -> None:
    with pytest.raises(SheetError, match="cannot be read"):
        read_rows(SimpleUploadedFile("daftar.XLSX", data), most_rows=10)


def test_a_workbook_that_needs_a_password_is_refused_in_words() -> None:
    assert "cannot be read" in refused(with_flag(GOOD))


@pytest.mark.parametrize("method", [9, 12, 14, 99])
def test_a_workbook_packed_in_a_way_that_nobody_reads_is_refused(method: int) -> None:
    assert "cannot be read" in refused(with_method(GOOD, method))


def mutated(chance: random.Random) -> bytes:
    data = bytearray(GOOD)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(4, len(data))
        match chance.randrange(4):
            case 0:
                del data[at:]
            case 1:
                del data[at : at + chance.randint(1, 40)]
            case 2:
                data[at:at] = chance.randbytes(chance.randint(1, 40))
            case _:
                data[at] = chance.randrange(256)
        if len(data) < 8:
            break
    return bytes(data)


def repacked(chance: random.Random) -> bytes:
    """A sound archive with one part of it changed: what reads XML gets it, and not only unzip."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(file, "w") as new:
        chosen = chance.choice(old.namelist())
        for name in old.namelist():
            content = bytearray(old.read(name))
            if name == chosen:
                for _ in range(chance.randint(1, 3)):
                    at = chance.randrange(len(content))
                    match chance.randrange(3):
                        case 0:
                            content[at] = chance.choice(b'<>/"=&0A ')
                        case 1:
                            del content[at : at + chance.randint(1, 30)]
                        case _:
                            content[at:at] = content[: chance.randint(1, 60)]
                    if not content:
                        break
            new.writestr(name, bytes(content))
    return file.getvalue()


# openpyxl only warns of some of what it finds.
@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@pytest.mark.parametrize("seed", range(4))
def test_no_change_of_a_workbook_is_more_than_a_refusal(seed: int) -> None:
    chance = random.Random(seed)
    refusals = 0
    for _ in range(60):
        for data in (mutated(chance), repacked(chance)):
            with suppress(SheetError):
                rows = read(data)
                assert all(isinstance(cell, str) for row in rows for cell in row)
                continue
            refusals += 1
    assert refusals > 30

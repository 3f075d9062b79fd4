"""Where commas and line breaks cut what says how to recover an account, no piece of it is kept or
shown; what is ordinary beside it stays as it was typed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.custody import MASKED
from accounts.details import CUSTODY
from accounts.errors import AccountError
from accounts.import_cells import BEYOND, cells_of
from accounts.models import ImportBatch, OfficialAccount
from tests import factories
from tests.accounts.test_import import upload
from tests.cast import Cast
from tests.gathering import each

ClientAs = Callable[[object], Client]
FIRST = {
    "unit": "Dinkes", "platform": "Facebook", "handle": "puskesmas1",
    "display_name": "Puskesmas 1",
}  # fmt: skip
STRICT = "recovery_phone_holder,two_step,two_step_checked_on,opened_on"
ALONE = "recovery_phone_holder"
TEXTS = "recovery_phone_holder,purpose,decree_number"
OWN_ERROR = "looks like a telephone number, an e-mail or a password"


@pytest.fixture
def bayu(cast: Cast, client_as: ClientAs) -> Client:
    factories.reads_english(cast.bayu)
    return client_as("bayu")


def sent(client: Client, head: str, row: str | Sequence[str]) -> ImportBatch:
    """``row``: as people type it, without quotes, or its cells."""
    last = row.split(",") if isinstance(row, str) else row
    others = {key: cell for key, cell in FIRST.items() if key not in head.split(",")}
    file = io.StringIO()
    csv.writer(file).writerows([[*others, *head.split(",")], [*others.values(), *last]])
    upload(client, file.getvalue())
    return ImportBatch.objects.latest("pk")


def everything(client: Client, batch: ImportBatch) -> str:
    """All that is kept of an upload, shown of it and given back."""
    page = client.get(reverse("accounts:import_detail", args=[batch.pk])).content.decode()
    name = reverse("accounts:import_rejected", args=[batch.pk])
    file = client.get(name, {"format": "csv"}).getvalue().decode()
    return json.dumps(batch.rows, ensure_ascii=False) + page + file


def is_refused(cast: Cast, batch: ImportBatch) -> bool:
    with pytest.raises(AccountError, match="No row of this list is good"):
        actions.import_accounts(actor=cast.bayu, batch_id=batch.pk)
    return (batch.good, batch.bad) == (0, 1) and not OfficialAccount.objects.exists()


@each(
    "head, row",
    [
        (STRICT, "Sari,0812,3456,7890"),
        (STRICT, "(0812),3456,7890,"),
        (STRICT, "0812-,3456-,7890,"),
        (STRICT, "0812/,3456/,7890,"),
        (STRICT, "0812–,3456–,7890,"),
        (STRICT, "0812\u200b,3456\u200b,7890\u200b,"),
        (STRICT, "Sari 0812,3456,7890 WA,"),
        (STRICT, "Sari 0812,3456,7890,2019-05-20"),
        (STRICT, "Sari, 0812 3456 7890,,"),
        (STRICT, "Sari 3456,7890,,"),
        (STRICT, "Sari,٠٨١٢,٣٤٥٦,٧٨٩٠"),
        (ALONE, "0812,3456,7890"),
        (ALONE, "Sari 0812,3456,7890"),
        (ALONE, "Sari, WA 0812 3456 7890"),
        (TEXTS, "Sari 0812,3456,7890"),
        (TEXTS, "Sari,0812,3456 7890 Budi"),
        (TEXTS, "0812,3456,7890 WA"),
        (f"{ALONE},handle", "Sari +62,81234567890"),
        (TEXTS, "Sari +62,812 3456 7890 WA saja,"),
        (f"{ALONE},decree_number", "Sari (+62),812-3456-7890"),
        (f"{ALONE},administrators", "Sari +62,812 3456 7890"),
        (f"{ALONE},handle", "Sari 08,1234567890"),
        (f"{ALONE},handle", "Sari HP: 62,81234567890"),
        (STRICT, "Sari 08,12,3456,7890"),
    ],
)
def test_no_piece_of_a_number_that_commas_cut_is_kept_or_shown(
    cast: Cast, bayu: Client, head: str, row: str
) -> None:
    batch = sent(bayu, head, row)
    found = everything(bayu, batch)
    for piece in ("0812", "3456", "7890", "٠٨١٢", "٣٤٥٦", "٧٨٩٠"):
        assert piece not in found, piece
    assert is_refused(cast, batch)
    if row.startswith("Sari,"):
        assert batch.rows[0]["cells"]["recovery_phone_holder"] == "Sari"
    if row.endswith("2019-05-20"):
        assert batch.rows[0]["cells"]["opened_on"] == "2019-05-20", "a good day survives"


def test_a_part_that_could_be_a_year_is_no_day_between_parts_of_a_number(bayu: Client) -> None:
    found = everything(bayu, sent(bayu, STRICT, "Sari,0812,1990,7890"))
    assert not any(piece in found for piece in ("0812", "1990", "7890"))


@each(
    "head, row, secret",
    [
        (f"{ALONE},purpose", "Sari, 0812 3456 7890,", "3456"),
        (f"{ALONE},purpose", "Sari, 5551 2345,", "5551"),
        (f"{ALONE},purpose", "Sari, WA 0812 3456 7890,", "3456"),
        (f"{ALONE},purpose", "Sari,humas@samudra.example,", "humas@samudra"),
        (f"{ALONE},purpose", "Sari,humas (at) samudra.go.id,", "samudra.go.id"),
        (f"recovery_email_holder,{TEXTS}", "Sari,Budi,humas@samudra.example,", "humas@samudra"),
        (TEXTS, "Sari,Kabid, 0812 3456 7890", "3456"),
        (f"{ALONE},two_step,purpose", "Sari,,0812 3456 7890", "3456"),
        (f"{ALONE},handle", "Sari,081234567890", "081234567890"),
        (f"{ALONE},handle", "Sari,humas@samudra.example", "humas@samudra"),
        (f"{ALONE},display_name", "Sari,081234567890", "081234567890"),
        (f"{ALONE},url", "Sari,humas@samudra.example", "humas@samudra"),
        (f"{ALONE},display_name", "Sari,Budi 0812 3456 7890", "3456"),
        (f"{ALONE},person_in_charge", "Sari,Sari 0812 3456 7890", "3456"),
        (f"{ALONE},unit", "Sari,HP 0812 3456 7890 Sari", "3456"),
        (f"{ALONE},purpose", "humas (at),samudra.go.id,", "samudra.go.id"),
        (f"{ALONE},purpose", "Sari humas,@gmail.com,", "gmail"),
    ],
)
def test_nothing_of_recovery_becomes_a_text_behind_the_holder_that_citizens_read(
    cast: Cast, bayu: Client, head: str, row: str, secret: str
) -> None:
    batch = sent(bayu, head, row)
    found = everything(bayu, batch)
    assert secret not in found
    (one,) = batch.rows
    masked = [key for key, cell in one["cells"].items() if cell == MASKED and key not in CUSTODY]
    assert [OWN_ERROR in " ".join(one["errors"][key]) for key in masked] == [True]
    assert OWN_ERROR in found
    assert is_refused(cast, batch)


def test_a_mark_that_stands_for_what_was_refused_is_refused_when_it_comes_back(
    cast: Cast, bayu: Client
) -> None:
    batch = sent(bayu, f"{ALONE},purpose", ["Sari", MASKED])
    assert OWN_ERROR in batch.rows[0]["errors"]["purpose"][0]
    assert is_refused(cast, batch)


@each(
    "head, row",
    [
        (STRICT, "Sari sandi:,Rahasia#12,,"),
        (STRICT, "Sari, kata sandi:,Rahasia#12,"),
        (STRICT, "Sari, kata sandi,Rahasia#12,"),
        (STRICT, "Sari sandi: xyz,Rahasia#12,,"),
        (STRICT, "Sari sandi:,,Rahasia#12,"),
        (TEXTS, "Sari sandi:,Rahasia#12,"),
        (TEXTS, "Sari,kata sandi:,Rahasia#12"),
        (ALONE, "Sari sandi:,Rahasia#12"),
        (ALONE, "Sari,kata sandi:,Rahasia#12"),
        (TEXTS, "Sari kata sandi,Rahasia#12,"),
        (TEXTS, "Sari,kata sandi: Rahasia#12,"),
        (TEXTS, "Sari,,kata sandi: Rahasia#12"),
        (TEXTS, "Sari sandi: Ab,Rahasia#12,"),
        (f"{ALONE},display_name", "Sari,sandi: Rahasia#12"),
        (f"{ALONE},display_name", "Sari kata sandi,Rahasia#12"),
        (f"{ALONE},person_in_charge", "Sari,kata sandi: Rahasia#12"),
        (f"{ALONE},purpose", "Sari,password Rahasia12"),
        (f"{ALONE},purpose", "Sari,kata sandi Rahasia#12"),
        (f"{ALONE},decree_number", "Sari,sandi adalah Rahasia12"),
        (f"{ALONE},display_name", "Sari,password Rahasia12"),
        (f"{ALONE},handle", "Sari,OTP Rahasia12"),
        (f"{ALONE},handle", "Sari passwordnya,Rahasia12"),
        (f"{ALONE},purpose", "Sari passwordnya,Rahasia12"),
        (f"{ALONE},purpose", "kode pemulihan,Rahasia-1234"),
        (f"{ALONE},display_name", "Sari pass,Rahasia12"),
        (f"{ALONE},display_name", "Sari kata sandi adalah,Rahasia12"),
        (f"{ALONE},display_name,purpose", "Sari passwordnya,Rahasia77,Kabar"),
        ("display_name,purpose", "kata sandi: Rahasia#12,"),
        ("display_name,purpose", "password Rahasia12,"),
        ("purpose,recovery_phone_holder", "Kata sandi Rahasia-2024,Sari"),
        (f"{ALONE},purpose", "Kata sandi: Dinkes-2024,Rahasia!"),
        (f"{ALONE},purpose", "Kata sandi: 2024,Rahasia12"),
        (f"{ALONE},opened_on", "kode pemulihan 2019-ABCD,Rahasia"),
        ("purpose,recovery_phone_holder", "Kata sandi: Rahasia#12,Sari"),
        ("decree_number,recovery_phone_holder", "PIN Rahasia12,Sari"),
    ],
)
def test_no_password_beside_the_words_for_it_is_kept_or_shown(
    cast: Cast, bayu: Client, head: str, row: str
) -> None:
    batch = sent(bayu, head, row)
    assert "Rahasia" not in everything(bayu, batch)
    assert is_refused(cast, batch)


WORDS = (
    "password", "passwordnya", "kata sandi", "kata sandinya", "sandi adalah", "pass", "pw",
    "passwd", "passphrase", "passcode", "PIN", "pinnya", "OTP", "2FA", "token", "kode pemulihan",
    "kode akses", "backup codes", "recovery code", "password is", "kata sandi:", "password =",
    "pin ->",
)  # fmt: skip


@each("column", ["handle", "purpose", "display_name", "decree_number", "url", "opened_on"])
@each("word", WORDS)
def test_whatever_the_word_for_it_a_secret_is_kept_in_no_column(word: str, column: str) -> None:
    for secret in ("Rahasia12", "R4has!a", "ABCD-1234", "Samudra-2024", "2019-ABCD", "123456"):
        rows = [f"Sari {word}", secret], [word, secret], ["Sari", f"{word} {secret}"]
        for row in rows:
            ((_number, cells),) = cells_of([ALONE, column], [row])
            assert MASKED in cells.values()
            assert secret not in " ".join(cells.values())


@each(
    "typed",
    [
        "Telp 5551\n2345", "HP 8123\n4567\n890", "NIP 19800\n10120\n0501\n1001",
        "0812\n3456\n7890", "Sari 0812\n34\n56\n78", "5551\n23\n45", "humas (at)\nsamudra.go.id",
        "Sari sandi:\nRahasia#12", "٠٨١٢\n٣٤٥٦\n٧٨٩٠",
    ],
)  # fmt: skip
def test_lines_of_a_holder_are_read_together(cast: Cast, bayu: Client, typed: str) -> None:
    batch = sent(bayu, ALONE, [typed])
    assert batch.rows[0]["cells"]["recovery_phone_holder"] == MASKED
    found = everything(bayu, batch)
    assert not any(line in found for line in typed.splitlines() if len(line) > 3)
    assert is_refused(cast, batch)


@each("holder", ["Kepala Seksi 2", "Admin 02", "RT 05/RW 03", "Loket 062", "0812 3456 7890"])
@each(
    "typed",
    [
        "2019/05/20", "20/05/19", "20190520", "20-05-19", "2019.05.20", "20 - 05 - 2019",
        "20052019", "20 05 2019", "20 Mei 2019", "20-Mei-19", "Mei 2019", "2019", "31-02-2019",
        "2019-05-20 00:00:00", "20.05.19 10:30", "2019-05-20", "20-05-2019", "05/2019",
        "2199-01-01", "2205-05-20", "1026-05-20",
    ],
)  # fmt: skip
def test_a_day_is_shown_as_it_was_typed_beside_whatever_holder(typed: str, holder: str) -> None:
    for keys in (["recovery_phone_holder", "opened_on"], STRICT.split(",")):
        row = [holder, *["on", "2026-01-01"][: len(keys) - 2], typed]
        ((_number, cells),) = cells_of(keys, [row])
        assert cells["opened_on"] == typed
        assert (cells["recovery_phone_holder"] == MASKED) == holder.startswith("0")


def test_a_day_that_is_none_is_told_with_the_usual_error(bayu: Client) -> None:
    batch = sent(bayu, STRICT, "Sari,,,2019/05/20")
    assert batch.rows[0]["errors"] == {
        "opened_on": ["Write a date such as 2026-03-17 or 17-03-2026."]
    }
    assert "2019/05/20" in everything(bayu, batch)


@each(
    "head, row",
    [
        (f"{ALONE},decree_number", ["Kepala Seksi 2", "800.41.2026"]),
        (f"{ALONE},decree_number", ["Ruang 301", "027.123.2026"]),
        (f"{ALONE},decree_number", ["Tim 112", "027/123/2026"]),
        (f"{ALONE},decree_number", ["Budi", "08/123/2026"]),
        (f"{ALONE},decree_number", ["Budi", "No. 08/123/2026"]),
        (f"{ALONE},decree_number", ["Budi", "Nomor: 065/1234/2026"]),
        (f"{ALONE},decree_number", ["Budi", "065 / 1234 / 2026"]),
        (f"{ALONE},decree_number", ["Loket 02", "188.45-123"]),
        (f"{ALONE},handle", ["Loket 02", "61550123456"]),
        (f"{ALONE},display_name", ["Kepala Seksi Sandi", "Persandian"]),
        (f"{ALONE},handle", ["Agus Sandi", "dinkes_samudra"]),
        (f"{ALONE},url", ["Agus Sandi", "https://facebook.com/dinkes2"]),
        (f"{ALONE},person_in_charge", ["Agus Sandi", "dwi@samudrakota.example"]),
        (f"{ALONE},display_name,url", ["Sari", "PIN 2024 Samudra", "https://t.me/dinkes62"]),
        (f"{ALONE},display_name,decree_number", ["Sari", "PIN 2024 Samudra", "440/1234"]),
        (f"{ALONE},decree_number", ["Loket 08", "188.45-123"]),
        (f"{ALONE},decree_number", ["SDN 08", "440/1234"]),
        (f"{ALONE},decree_number", ["SMPN 62", "821.2-1234567"]),
        (f"{ALONE},purpose", ["Sari", "Pin 2024 pekan imunisasi"]),
        (f"{ALONE},purpose,person_in_charge", ["Sari", "PIN 2024 imunisasi", "sari@x.example"]),
        (f"{ALONE},handle", ["Budi", "@samudrakota.bsky.social"]),
        (f"{ALONE},handle", ["Kepala Seksi 2", "100064812345678"]),
        (f"{ALONE},purpose", ["Sari", "Hubungi 0812 3456 7890"]),
        (f"{ALONE},purpose", ["Kepala Seksi Sandi", "Layanan 112 untuk warga"]),
        (f"{ALONE},person_in_charge", ["Sari", "sari@samudrakota.example"]),
        (f"{ALONE},url", ["Sari", "https://www.youtube.com/@samudrakota"]),
        (f"{ALONE},platform,handle", ["Sari", "Mastodon", "humas@sosial.example"]),
        (f"{ALONE},audiences", ["Sari", "g2c, g2b, g2x"]),
        (f"{ALONE},verified", ["Kepala Seksi 2", "1"]),
        (STRICT, ["Kepala Seksi Sandi", "on", "2026-01-01", "2019-05-20"]),
        (STRICT, ["Sekretaris", "SK Nomor 188.45/123/KOMINFO/2026", "", ""]),
        (STRICT, ["Kepala Seksi 2\n2024-2026", "on", "2026-01-01", "2019-05-20"]),
        (ALONE, ["Jl. Merdeka 10\n40115 Bandung"]),
        (ALONE, ["Kepala Bidang Humas 2024–2029"]),
    ],
)
def test_what_is_ordinary_behind_a_holder_is_kept_as_typed(head: str, row: list[str]) -> None:
    ((_number, cells),) = cells_of(head.split(","), [row])
    assert list(cells.values()) == row


@each("row", ["Sari,Diskominfo lantai 2", "Sari,2019-05-20", "Sari,tahun 2019"])
def test_ordinary_words_and_days_beyond_the_head_are_told(row: str) -> None:
    ((_number, cells),) = cells_of([ALONE], [row.split(",")])
    assert cells == {ALONE: "Sari", BEYOND: row.partition(",")[2]}


def test_a_number_over_a_column_without_a_name_leaves_nothing_of_it() -> None:
    ((_number, cells),) = cells_of([ALONE, "", "opened_on"], [["Sari 0812", "3456", "7890"]])
    assert cells == {ALONE: MASKED, "opened_on": MASKED}

"""Who reports an account says where money was to go: that is neither a telephone nor a suspect."""

from __future__ import annotations

import time

import pytest

from accounts import bank_numbers
from accounts.errors import AccountError
from accounts.references import PHONE, parse
from accounts.suspects import read_suspect
from tests.gathering import each


@each(
    "words",
    [
        "minta transfer ke BCA 1234567890", "(BCA: 5271234567)", "rek BCA 0812345678 a.n. Budi",
        "BNI 0812345678", "no.rek BRI 0123-01-012345-50-1", "rek.Mandiri 137-00-1234567-8",
        "rekening Bank Kalteng a.n. Siti Aminah 7001234567", "transfer ke 1234567890 (BCA)",
        "BCA 1234567890, BRI 012301012345501 dan bank jago 9012345678",
        "0561732121 (BNI)", "rekening BCA 081234567890", "rek BNI 0811234567",
        "rekening BCA dengan nomor 1234567890",
    ],
)  # fmt: skip
def test_a_bank_account_beside_a_suspect_is_no_further_one(words: str) -> None:
    for suspect, key in (
        ("@bpbd_palsu", "x||bpbd_palsu"),
        ("0857-0012-3456", "phone|6285700123456"),
    ):
        assert read_suspect(f"{suspect} {words}", "x").key == key
        assert [one.note for one in parse(f"{suspect} {words}")] == [
            PHONE if "-" in suspect else ""
        ]


@each(
    "words",
    [
        "BCA 1234567890 dan 5271234567", "BCA 1234567890 WA 081298765432", "admin BCA 81234567890",
        "BCA hubungi 5271234567", "instagram.com/bca 5271234567", "@bca 5271234567",
        "Halo BCA 1500888", "BCA 021-2358000", "Admin BCA 081234567890", "DANA 081234567890",
        "transfer ke 1234567890", "BCA 0811234567", "Bank Sampah 0812345678", "bri 08123456789012",
    ],
)  # fmt: skip
def test_what_no_bank_is_named_for_is_still_asked_about(words: str) -> None:
    with pytest.raises(AccountError):
        read_suspect(f"@bpbd_palsu {words}", "x")


@each(
    ("text", "notes"),
    [
        ("rekening 081234567890", []),
        ("BNI 0812345678", []),
        # Banks have telephones, and who writes as one is reported by the number.
        ("Admin BCA 081234567890", [PHONE]),
        ("hubungi 081234567890, rekening BCA 0812345678", [PHONE]),
        # Telephones that begin with 0811 have ten digits, as accounts have.
        ("bjb 0811234567", [PHONE]),
        ("Kepala Bank Sampah 0812345678", [PHONE]),
        ("Bank BRI 0811234567 dan 081298765432", [PHONE, PHONE]),
        ("bri 08123456789012", [PHONE]),
        ("rekening BRI 0811234567", []),
        ("transfer ke 0561732121", []),
        ("0274512345 BCA 1234567890", [PHONE]),
        ("transfer ke 081234567890", [PHONE]),
    ],
)
def test_a_number_is_no_telephone_where_it_is_called_an_account(
    text: str, notes: list[str]
) -> None:
    assert [one.note for one in parse(text)] == notes


@pytest.mark.parametrize("name", ["no.rekening1", "@no.rek.2", "rek.bca.com/1", "no.rek1@mas.to"])
def test_a_name_with_such_a_label_in_it_stays_one(name: str) -> None:
    assert [one.shown.strip("@") for one in parse(name)] == [name.strip("@")]


@pytest.mark.parametrize(
    "text", ["bca " * 500, "a.n a a " * 250, "no " * 660, "bank a 1234567 " * 130]
)
def test_no_text_takes_long_to_search_for_banks(text: str) -> None:
    before = time.process_time()
    bank_numbers.beside_banks(f"{text}1234567890")
    assert time.process_time() - before < 0.3

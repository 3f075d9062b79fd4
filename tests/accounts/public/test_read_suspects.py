"""What people type as a suspect, in one table: which it is, and what they are asked about."""

from __future__ import annotations

import pytest

from accounts.errors import AccountError
from accounts.references import parse
from accounts.suspects import read_suspect
from tests.gathering import each

MOBILE, LINK = "phone|6281234567890", "whatsapp|phone|6281234567890"
WHATSAPPS = "phone|6281234568901"
PENIPU, HALO = "instagram||penipu", "phone|62811234567"
CHANNEL = "youtube.com/channel/UC" + "a" * 22


@each(
    ("text", "key"),
    [
        # A number is read to its end.
        ("+6281234567 890", MOBILE),
        ("0812-345-678-90", MOBILE),
        ("0812 3456 78 90", MOBILE),
        ("+62.812.34.56.78.90", MOBILE),
        ("0812 3456 78 90 orang itu menipu", MOBILE),
        ("081234567 890 jam 10", MOBILE),
        ("0812 345 678 901 siang tadi", "phone|62812345678901"),
        ("0811 1234 56", "phone|62811123456"),
        ("+62 21 1234 5678", "phone|622112345678"),
        # What surely is no part of it stands behind.
        ("0812-3456-7890 2 kali", MOBILE),
        ("0812-3456-7890 - 3 korban", MOBILE),
        ("081234567890 26 November 2026", MOBILE),
        ("0812-3456-7890 25/11/2026 jam 10.00", MOBILE),
        ("0811-234-567 24 jam", HALO),
        ("0811-2345-678 24 jam", "phone|628112345678"),
        ("wa.me/62812-3456-7890 24 jam", LINK),
        ("wa.me/62812-3456-789 24 jam", "whatsapp|phone|628123456789"),
        ("https://wa.me/6281234567890 24 jam", LINK),
        ("https://wa.me/6281234567890 2", LINK),
        ("wa.me/628123456789 12/11/2026", "whatsapp|phone|628123456789"),
        ("021-3456789 24 jam", "phone|62213456789"),
        ("(021) 3456789 08.00-16.00", "phone|62213456789"),
        ("021-3456789 12/11/2026", "phone|62213456789"),
        ("+62 21 3456789 24 jam", "phone|62213456789"),
        ("+65 9123 4567 24 jam", "phone|6591234567"),
        # Also where a group of it begins as numbers do.
        ("+62 812-3456-8901 25-11-2026", WHATSAPPS),
        ("+62 812-3456-8901 500.000", WHATSAPPS),
        ("+62 812-3456-8901 2500000", WHATSAPPS),
        ("+62 812-3456-8901 1234567890 BCA", WHATSAPPS),
        ("+62 812-3456-8901\n08.00-16.00", WHATSAPPS),
        ("62812 3456 8901 500.000", WHATSAPPS),
        ("+62 812-3456-0901 500.000", "phone|6281234560901"),
        ("0812-34567-8901 500.000", "phone|62812345678901"),
        ("0812 3456 7890 1.500.000", MOBILE),
        ("0812-3456-789 26 November 2026", "phone|628123456789"),
        ("+65 9123 4567 500.000", "phone|6591234567"),
        ("0812-345-609-01 1.500.000", "phone|6281234560901"),
        ("0812.345.6789.0 25-11-2026", MOBILE),
        ("0811 234 567 2500000", HALO),
        ("081234567890 3 hari lalu", MOBILE),
        ("0812 - 345 - 6789 - 01", "phone|62812345678901"),
        # What stands before it is none either.
        ("25/11/2026 0812-3456-7890", MOBILE),
        ("Jam 10.30 WA: 0812-3456-7890", MOBILE),
        ("08.00 081234567890", MOBILE),
        ("1. 0812-3456-7890", MOBILE),
        ("RT 5 WA: 0812-3456-7890", MOBILE),
        ("RT 005 WA: 0812-3456-7890", MOBILE),
        ("500.000 0812-3456-7890", MOBILE),
        ("RT 005 RW 012 +62 812-3456-7890", MOBILE),
        # Beside words it is written as alone.
        ("(+62) 812-3456-7890 mengaku dari Dinsos", MOBILE),
        ("(0812) 3456-7890 mengaku dari Dinsos", MOBILE),
        ("0812 - 3456 - 7890 mengaku dari Dinsos", MOBILE),
        ("mengaku dari Dinsos (0812 3456 7890)", MOBILE),
        ("Telp 0561732121 mengaku dari Dinsos", "phone|62561732121"),
        ("(+62 21) 3456789 mengaku", "phone|62213456789"),
        # Numbers of other countries have other lengths.
        ("+880 1712 345 678", "phone|8801712345678"),
        ("wa.me/880 1712 345 678", "whatsapp|phone|8801712345678"),
        ("+856 20 55 555 555", "phone|8562055555555"),
        ("+86 1380 0138 000", "phone|8613800138000"),
        ("+7 912 345-67-89", "phone|79123456789"),
        ("+1 (202) 555-0100", "phone|12025550100"),
        # As 00 calls another country, also with a space in it.
        ("00 62 812 3456 7890", MOBILE),
        ("(00 62) 812 3456 7890", MOBILE),
        ("hubungi 00 62 812 3456 7890 ya", MOBILE),
        ("wa.me/006281234567890", LINK),
        ("wa.me/00 62 812 3456 7890", LINK),
        ("001-202-555-0100", "phone|12025550100"),
    ],
)
def test_a_number_is_read_to_its_end_and_no_further(text: str, key: str) -> None:
    assert read_suspect(text, "").key == key
    assert read_suspect(read_suspect(text, "").shown, "").key == key


@each(
    "text",
    [
        "0812345678 90", "0812345678-90", "+62812345678 90", "085212345678 9", "+628123456789 0",
        "0812 345 678 90", "0812 345 678 90 jam 10", "0812345678 90 orang", "0812-3456-7890 2",
        "0812 3456 7890 2 hari ini", "0812 345 678 9012", "0812345678 5000", "021-3456789 24",
        "wa.me/62812-3456-789 24", "hubungi 085212345678 9 ya", "+62 811234567 500",
        "wa.me/62812345678 90", "0812345678/90",
        "081234567890/91", "081234567890-91", "0811 234 567 500.000", "0811 234 567 500 ribu",
        "0811 234 567 119", "0811 2345 67 24 jam", "0811 2345 67 12 November 2026",
        "0811 234 567 8901 500.000", "0812 345 678 500 ribu", "5221 0812 3456 7890",
        "5221 1234 9012 0812 3456 7890", "minta 100 0812-3456-7890", "RT 002 0812-3456-7890",
        "5221 8412 3456 7890 +62 857-1111-2222", "812 345 678 90 ya",
        "0812 3456 78 119", "08123 45678 500", "+62 21 3456789 12",
    ],
)  # fmt: skip
def test_who_wrote_digits_that_may_belong_to_a_number_is_asked(text: str) -> None:
    with pytest.raises(AccountError, match="Which digits of") as refused:
        read_suspect(text, "")
    assert refused.value.field == "suspect"


@each(
    ("text", "key"),
    [
        ("Follow humas_samudra on Instagram: https://www.instagram.com/humas_samudra",
         "instagram||humas_samudra"),
        ("penipu_2026 https://x.com/penipu_2026", "x||penipu_2026"),
        ("Nama akun: Penipu_2026, link: https://instagram.com/penipu_2026",
         "instagram||penipu_2026"),
        ("instagram.com/penipu.2026 penipu2026", "instagram||penipu.2026"),
        ("instagram.com/bansos.cpns2026 tawaran CPNS2026", "instagram||bansos.cpns2026"),
        ("instagram.com/cp CPNS2026", "instagram||cp"),
        ("x.com/bri BRI_mo", "x||bri"),
        ("081234567890 minta idr1500000 atau 1500000rupiah", MOBILE),
        ("081234567890 kirim undangan.apk", MOBILE),
        ("081234567890 kirim Surat_Tilang.APK, foto_paket.jpg", MOBILE),
        ("instagram.com/penipu kirim penipu_2.apk", PENIPU),
        ("081234567890 minta kode otp6digit", MOBILE),
        ("081234567890 menipu orang2, loker cpns2026 dan BUDI_S", MOBILE),
    ],
)  # fmt: skip
def test_a_word_that_says_no_other_account_is_welcome(text: str, key: str) -> None:
    assert read_suspect(text, "").key == key


@each(
    "text",
    [
        "IG: penipu_123, WA 081234567890", "facebook.com/profile.php?id=615123456789 penipu_1",
        f"{CHANNEL} penipu_1", "whatsapp.com/channel/0029VaAbCdEf penipu_1",
        "bit.ly/abc penipu_1", "x.com/i/user/77 penipu_1", "instagram.com/p/Cabc/ penipu_1",
        "instagram.com/penipu PENIPU_2", "instagram.com/penipu 5551234",
        "instagram.com/penipu 5271234567", "instagram.com/penipu 5551234 malam ini",
        "instagram.com/penipu 123456789012000",
        # Also where it has the digits of an amount.
        "instagram.com/dinkes.palsu dan dinkes_palsu1 minta 1 juta", "bit.ly/abc penipu_1 1 juta",
        "081234567890 penipu_123 BCA 123, 123 followers",
    ],
)  # fmt: skip
def test_a_word_that_may_be_another_account_or_number_is_asked_about(text: str) -> None:
    with pytest.raises(AccountError, match="may be another account"):
        read_suspect(text, "")


@each(
    "words",
    [
        "2024/2025", "SK 800/41/2026", "SK Nomor 800/41/2026", "Rp 1500000", "1500000",
        "Rp1.500.000,-", "Rp 1.500.000,00", "2.500.000 rupiah", "1.500.000,-",
        "No. 800/123/BKD/2026", "20261126", "26112026",
        "26/11/2026,10:00", "26/11/2026-28/11/2026", "08.00-16.00", "1234567 followers",
        "NIP 198501012010011001", "NIK: 6201010101010001", "NPWP 0212345678",
        "rek BRI 0012-01-001234-50-5", "BRI 0012 01 001234 50 5", "0012-01-001234-50-5 (BRI)",
    ],
)  # fmt: skip
def test_what_says_itself_what_it_is_is_no_further_suspect(words: str) -> None:
    assert read_suspect(f"instagram.com/penipu {words}", "").key == PENIPU


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("https://samudrakota.go.id\u3002", "other||samudrakota.go.id"),
        ("cek samudrakota\u3002go\u3002id ya", "other||samudrakota.go.id"),
        ("https://samudrakota\uff61go.id\u3002/a", "other||samudrakota.go.id/a"),
        ("https://samudrakota.go.id/a\u3002b", "other||samudrakota.go.id/a\u3002b"),
        ("https://samudrakota\u3002go\u3002id@evil.example/", "other||evil.example"),
        ("https://wa\u3002me/6281234567890", LINK),
    ],
)
def test_a_wide_point_is_one_in_the_name_of_a_site_only(text: str, key: str) -> None:
    assert read_suspect(text, "").key == key


def test_the_check_reads_of_an_unclear_link_what_a_browser_opens() -> None:
    assert [one.typed for one in parse("wa.me/62812345678 90")] == ["wa.me/62812345678"]
    assert [one.shown for one in parse("0812345678 90")] == ["0812345678 90"]
    whole = "+62 812-3456-8901"
    assert [one.shown for one in parse(f"{whole} 0274 512345")] == [whole, "0274 512345"]

"""What is found in a document, and what is not: false alarms cost as much as misses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from content import findings
from content.documents import EMERGENCY, Document, Facets, MediaItem
from content.facets import Function, Stage
from content.finding_rules.around import Silence, Surroundings, Window
from content.findings import find, still_justified, unjustified
from tests.content.stage import WIB
from tests.gathering import each

NOON = datetime(2026, 11, 27, 5, tzinfo=UTC)
NOTHING = Surroundings(at=NOON)


def written(text: str, *, title: str = "Judul", alt: str | None = None) -> Document:
    media = () if alt is None else (picture(alt),)
    return Document(title=title, text=text, texts={7: text}, media=media)


def picture(alt: str) -> MediaItem:
    return MediaItem(sha256="0" * 64, media_type="image/png", alt=alt, width=9, height=9, size=99)


def rules(document: Document, around: Surroundings = NOTHING) -> list[str]:
    return [one.rule for one in find(document, around)]


@each(
    "text, rule, shown",
    [
        ("Pemohon dengan NIK 3275011205900003 silakan datang.", "nik", "32••••••••••••03"),
        ("NIK: 3275 0152 0590 0003 a.n. Siti", "nik", "32••••••••••••03"),
        ("NIK \uff13275011205900003", "nik", "32••••••••••••03"),
        ("NIK 3174012345678901 salah ketik", "nik", "31••••••••••••01"),
        ("No. KTP: 9912345678901234", "nik", "99••••••••••••34"),
        ("Nomor KK 32.75.01.120590.0003", "nik", "32••••••••••••03"),
        ("Nama: Joko, 9471016802850001, lulus.", "nik", "94••••••••••••01"),
        ("Hubungi Ibu Ani 0812-3456-7890", "phone", "081••••••890"),
        ("WA ke +62 812 3456 7890 ya", "phone", "081••••••890"),
        ("Tulis ke https://wa.me/6281234567890", "phone", "081••••••890"),
        ("Telp. (021) 3456789 pada jam kerja", "phone", "021••••789"),
        ("Donasi ke BRI 0123-01-012345-50-1 a.n. Ani", "account", "012•••••••••501"),
        ("Transfer ke BCA 1234567890", "account", "123••••890"),
        ("No. rekening 7112345678 atas nama panitia", "account", "711••••678"),
        ("Kirim berkas ke ani.lestari@gmail.com.", "email", "a•••@gmail.com"),
        ("Tulis ke ani [at] gmail.com ya", "email", "a•••@gmail.com"),
        ("Tulis ke ani(at)gmail [titik] com ya", "email", "a•••@gmail.com"),
        ("Rumah korban di Jl. Melati No. 12 RT 03/RW 05", "address", "RT 03 RW 05"),
        ("Bapak Joko tinggal di Kampung Baru RT 02 RW 01", "address", "RT 02 RW 01"),
    ],
)
def test_data_of_people_is_found_and_shown_masked(text: str, rule: str, shown: str) -> None:
    (found,) = find(written(text), NOTHING)
    assert (found.rule, found.excerpt, found.severity) == (rule, shown, "bad")
    assert found.field == "text"


@each(
    "text",
    [
        "Keputusan Wali Kota Nomor 800/1234/2026 tanggal 12-12-2026.",
        "06-12-2026 08.00-12.00",
        "Senin 01/12/2026 s.d. Jumat 05/12/2026 pukul 08.00-15.30 WIB.",
        "Anggaran Rp 3.275.011.205.900.003 dan Rp1.250.000.000,00.",
        "Penduduk 1.234.567 jiwa, naik 12,5% dari 2024/2025.",
        "Gempa M5,2 pada 12-Des-26 08:12:45 WIB, 7.12 LS, 106.34 BT.",
        "Koordinat -6.200000, 106.816666, kedalaman 10 km.",
        "NIP 198012122005011002 dan NPWP 01.234.567.8-901.000.",
        "ISBN 978-602-8519-93-9, nomor antrean 00123456.",
        "Darurat: 112. Pusat panggilan 1500-567 dan 14022.",
        "Nomor 1234567890123456 bukan tanggal siapa pun.",
        "Bayar lewat kode 4111111111111111.",
        "Kerja bakti untuk warga RT 03/RW 05 Kelurahan Pesisir.",
        "Jalan Pahlawan ditutup, warga RT 01/RW 02 lewat Jalan Melati.",
        "Kantor kami di Jl. Merdeka No. 1, kode pos 40123.",
        "Ikuti @humas@mastodon.social dan @samudrakota.",
        "Rekening air naik 12% untuk 1.234.567 pelanggan.",
        "Bank sampah menerima 12.000 kg pada 2026.",
        "UU 14/2008, PP 28/2012, Perpres 95/2018, SE 137/2018.",
        "Loket DUKCAPIL dan BPJS buka. BMKG, BNPB, BPBD, TNI, POLRI siaga.",
        "Selamat! 🎉 Terima kasih 🙏 #LayananSamudra #KotaSamudra #kesehatan #HUTRI",
        "#keanekaragaman dan #pertanggungjawaban",
        "Rapat at Gmail.com (at) 10, loket [at] kantor.",
        "KTP SIM STNK BPKB",
        "#matahari #olahraga #kotabaru #kesehatan #kerjasama #hari2",
    ],
)
def test_what_offices_write_every_day_is_left_alone(text: str) -> None:
    assert [(one.rule, one.excerpt) for one in find(written(text), NOTHING)] == []


@each(
    "text, rule",
    [
        ("PENGUMUMAN PENTING PELAYANAN DITUTUP SEMENTARA HARI INI", "capitals"),
        ("Awas 🔥🔥🔥🔥", "emoji"),
        ("😀 a 😃 b 😄 c 😁 d 😆 e 😅 f 😂", "emoji"),
        ("Ayo #banggamelayanibangsa", "hashtag"),
        ("Ayo #BANGGAMELAYANIBANGSA", "hashtag"),
        ("Selamat #haripahlawan", "hashtag"),
        ("Kabar #infocovid19", "hashtag"),
        ("Pasar malam buka besok #pasarmalam", "hashtag"),
        ("LIBUR NASIONAL BESOK #LiburNasional", "capitals"),
    ],
)
def test_what_is_hard_to_read_is_found(text: str, rule: str) -> None:
    (found,) = find(written(text), NOTHING)
    assert (found.rule, found.severity) == (rule, "watch")


def test_a_picture_that_has_the_words_alone_is_found() -> None:
    long = "Layanan kependudukan tutup pada tanggal 24 Desember dan buka lagi pada 27 Desember " * 2
    assert rules(written("#Info", alt="Poster.")) == ["picture"]
    assert rules(written(long, alt=long)) == ["picture"]
    assert rules(written(long, alt="Poster jadwal layanan.")) == []
    assert rules(written("#Info")) == []


def test_a_number_in_a_title_an_alternative_text_or_one_account_is_found_where_it_stands() -> None:
    number = "0812-3456-7890"
    assert [one.field for one in find(written("Teks.", title=number), NOTHING)] == ["title"]
    shown = find(written("Poster kami hari ini.", alt=f"Poster, {number}"), NOTHING)
    assert [one.field for one in shown] == ["alt_0"]
    own = Document(title="J", text="Umum.", texts={7: "Umum.", 8: f"Telepon {number}"})
    assert [one.field for one in find(own, NOTHING)] == ["text_8"]


def test_one_number_is_one_finding_with_one_key_wherever_it_stands() -> None:
    (first,) = find(written("Telepon 0812-3456-7890."), NOTHING)
    (again,) = find(written("Atau +62 812 3456 7890, sama dengan 081234567890."), NOTHING)
    (other,) = find(written("Telepon 0812-3456-7891."), NOTHING)
    assert first.key == again.key != other.key
    assert "7890" not in first.key


def test_what_is_known_as_the_agencys_is_not_asked_about() -> None:
    text = "0812-3456-7890, humas@dinkes.samudrakota.go.id, Bank BRI 012301012345501"
    assert sorted(rules(written(text))) == ["account", "email", "phone"]
    known = {"phone:081234567890", "domain:samudrakota.go.id", "account:012301012345501"}
    assert rules(written(text), Surroundings(at=NOON, known=known)) == []
    other = written("humas@palsusamudrakota.go.id")
    assert rules(other, Surroundings(at=NOON, known=known)) == ["email"]


def test_a_known_number_is_never_that_of_a_person() -> None:
    text = "NIK 3275011205900003"
    known = {"phone:3275011205900003", "account:3275011205900003"}
    assert rules(written(text), Surroundings(at=NOON, known=known)) == ["nik"]


@pytest.mark.parametrize(
    ("day", "text", "found"),
    [
        (date(2026, 11, 27), "Ayo coblos nomor  urut 2", ["political", "political"]),
        (date(2026, 11, 27), "Mencoblos diatur KPU", ["political"]),
        (date(2026, 11, 27), "#CoblosNomorUrut2", ["political", "political"]),
        (date(2026, 11, 27), "#ayocoblos2 #nomorurut2", ["political", "political"]),
        (date(2026, 11, 27), "#KemenPANRB Menpan RB pelayanan", []),
        (date(2026, 11, 28), "Ayo coblos", []),
    ],
)
def test_political_words_are_found_on_the_days_of_the_window(
    day: date, text: str, found: list[str]
) -> None:
    window = Window(
        name="Pilkada",
        starts_on=date(2026, 11, 1),
        ends_on=date(2026, 11, 27),
        citation="PKPU",
        words=["coblos", "nomor urut", "PAN"],
    )
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    around = Surroundings(at=at, windows=[window], stems={"mencoblos": "coblos"})
    assert rules(written(text), around) == found


def test_what_is_planned_while_nothing_goes_out_is_found() -> None:
    frozen = Silence(reason="Berkabung", since=NOON, until=NOON + timedelta(hours=2), accounts={7})
    around = [Surroundings(at=NOON + timedelta(hours=h), silences=[frozen]) for h in (-1, 0, 2)]
    assert [rules(written("Teks biasa."), one) for one in around] == [[], ["frozen"], []]
    elsewhere = Document(title="J", text="Teks.", texts={8: "Teks."})
    assert rules(elsewhere, around[1]) == []


def test_a_dead_link_is_found_without_what_it_asks_for() -> None:
    text = "Baca https://samudrakota.go.id/jadwal?kunci=RAHASIA#a"
    address = "https://samudrakota.go.id/jadwal?kunci=RAHASIA#a"
    assert findings.links_of(written(text)) == [address]
    (found,) = find(written(text), Surroundings(at=NOON, links={address: "dead"}))
    assert found.rule == "link"
    assert "RAHASIA" not in found.excerpt + found.message


def test_a_transaction_needs_its_service_and_what_entertains_a_second_look() -> None:
    chosen = Facets(stage=Stage.TRANSACTION, function=Function.ENTERTAIN)
    without = replace(written("Ambil nomor antrean paspor."), facets=chosen)
    assert [(one.rule, one.field) for one in find(without, NOTHING)] == [
        ("service", "stage"), ("propriety", "function")
    ]  # fmt: skip
    linked = replace(written("Ambil nomor di https://antre.example/paspor"), facets=chosen)
    (asked,) = find(linked, NOTHING)
    assert asked.rule == "propriety"
    # A reason is for these words.
    reasoned = replace(linked, justified={asked.key: "Tidak menyinggung siapa pun."})
    assert unjustified(reasoned, find(reasoned, NOTHING)) == []
    other = replace(reasoned, texts={7: "Pantun lain: https://antre.example/paspor"})
    assert [one.rule for one in unjustified(other, find(other, NOTHING))] == ["propriety"]


def test_a_reason_counts_for_its_own_finding_and_ends_with_it() -> None:
    document = written("Telepon 0812-3456-7890.")
    (found,) = find(document, NOTHING)
    for why in ("", "   "):
        blank = Document(title="J", text="x", texts={}, justified={found.key: why})
        assert unjustified(blank, [found]) == [found]
    reasoned = Document(
        title="J", text="x", texts={}, justified={found.key: " Posko. ", "f" * 16: "Lain."}
    )
    assert unjustified(reasoned, [found]) == []
    assert still_justified(reasoned, [found]) == {found.key: "Posko."}
    assert still_justified(reasoned, []) == {}


def test_a_hostile_text_takes_no_long_time() -> None:
    hostile = ["1 ", "0812-", "Jl. ", "rekening bank ", "A ", "a@", "🔥", "#a", "RT 1 ", "no. rek "]
    for piece in hostile:
        text = piece * (20_000 // len(piece))
        started = datetime.now(UTC)
        find(written(text), NOTHING)
        assert datetime.now(UTC) - started < timedelta(seconds=3), piece


@each(
    "words, hours, is_told",
    [
        ("Mengungsilah sekarang.", 6, False),
        ("Mengungsilah. Berlaku sampai pukul 18.00 WIB.", 6, True),
        ("Berlaku sampai 27 November 2026 18:00 WIB", 6, True),
        ("Jangan melaut sampai jam 18 nanti", 6, True),
        ("Jangan melaut sampai pukul 18.30", 6, False),
        ("Data 27.11.2026, 118.00 rumah", 6, False),
        ("Berlaku sampai pukul 06.00 WIB", 18, False),
        ("Berlaku sampai besok pukul 06.00 WIB", 18, True),
        ("Berlaku sampai Sabtu, 28/11, pukul 6.00 WIB", 18, True),
        ("Berlaku sampai hari ini pukul 24.00 WIB", 12, True),
        ("Berlaku sampai 28 November 00.00 WIB", 12, True),
        ("Berlaku sampai besok pukul 12.00 WIB", 48, False),
        ("Berlaku sampai Minggu pukul 12.00 WIB", 48, True),
    ],
)
def test_an_emergency_notice_tells_its_readers_until_when_it_holds(
    words: str, hours: int, is_told: bool
) -> None:
    end = NOON + timedelta(hours=hours)
    notice = replace(written(words), facets=Facets(sensitivity=EMERGENCY), valid_until=end)
    around = Surroundings(at=NOON.astimezone(WIB))
    assert (rules(notice, around) == []) is is_told
    for found in find(notice, around):
        if not found.adding:
            continue
        # The sentence that is offered is enough, also where the post is in English.
        assert rules(replace(notice, texts={7: f"{words} {found.adding}"}), around) == []
        (english,) = find(replace(notice, language="en"), around)
        assert english.adding.startswith("Holds until")
        assert rules(replace(notice, texts={7: english.adding}), around) == []
    # In a part that follows it, and of no other post than an emergency notice.
    more = replace(notice, text="Mengungsilah.", texts={7: "Mengungsilah."}, thread=(words,))
    assert (rules(more, around) == []) is is_told
    assert rules(replace(notice, facets=Facets()), around) == []
    # Stored in UTC, typed in the zone of the unit: a reason counts for both.
    stored, typed = (replace(notice, valid_until=end.astimezone(zone)) for zone in (UTC, WIB))
    assert [one.key for one in find(stored, around)] == [one.key for one in find(typed, around)]


def ending(words: str, *, hours: int = 18, **changes: object) -> Document:
    """An emergency notice of Friday noon; it ends on Saturday at 6.00."""
    end = NOON + timedelta(hours=hours)
    notice = replace(written(words), facets=Facets(sensitivity=EMERGENCY), valid_until=end)
    return replace(notice, **changes)  # type: ignore[arg-type]  # fields of the test


@each(
    "words, other",
    [
        ("Tutup hingga 29 November 2026 pukul 06.00.", "hingga 29 November 2026 pukul 06.00"),
        ("Ditutup sampai hari Minggu, 29/11.", "sampai hari Minggu, 29/11"),
        ("Ditutup sampai besok pukul 6 sore.", "sampai besok pukul 6 sore"),
        ("Ditutup s.d. pukul 18.00.", "s.d. pukul 18.00"),
        ("Closed until 2 Dec 06:00 WIB.", "until 2 Dec 06:00 WIB"),
        # The sentence with the right end takes no other one back.
        ("Hingga 29 November 06.00. Berlaku sampai 28 November 06.00.", "Hingga 29 November 06.00"),
        ("Berlaku sampai Sabtu, 28 November 2026, pukul 6 pagi.", ""),
        ("Besok pukul 06.00 dibuka; sampai pukul 15.00 air masih naik.", ""),
        ("Hingga 27 November pukul 11.00 tercatat 30 rumah. Sampai besok pukul 06.00.", ""),
        ("Air naik hingga 1.50 meter, sehingga 29 November dibuka besok 06.00.", ""),
        ("Sampai 31 Desember 9999 pukul 24.00, 99/99, pukul 99. Besok 06.00.", ""),
    ],
)  # fmt: skip
def test_an_emergency_notice_names_no_other_end_than_its_field(words: str, other: str) -> None:
    found = find(ending(words), Surroundings(at=NOON.astimezone(WIB)))
    assert [one.adding for one in found] == ([""] if other else []), "no second end is offered"
    for one in found:
        assert f"says “{other}”, the field “Valid until” says 28 November 2026 06:00" in one.message


def test_texts_without_an_end_are_one_finding_that_names_their_accounts() -> None:
    told = "Berlaku sampai besok pukul 06.00."
    names = {7: "Mastodon @a", 8: "X @b", 9: "Bluesky @c"}
    around = Surroundings(at=NOON.astimezone(WIB), accounts=names)
    (found,) = find(ending("Awas.", texts={7: "Awas.", 8: "Mengungsi!", 9: told}), around)
    assert (found.field, found.also_in, found.excerpt) == ("text", ("text_8",), "Mastodon @a, X @b")
    (alone,) = find(ending("Awas.", texts={7: "Awas.", 8: "Awas."}), around)
    assert alone.excerpt == ""

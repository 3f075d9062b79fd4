"""The Indonesian of the interface: complete, compiled, and in the words that we agreed on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation import gettext, ngettext

from govsocial.web import messages

# Names and words that are the same in both languages.
SAME = {
    "%(actor)s: %(label)s (%(target)s)",
    "%(channel)s: %(target)s.",
    "%(kind)s: %(title)s",
    "%(field)s: %(before)s → %(after)s",
    "%(field)s: %(before)s → %(after)s.",
    "“%(item)s”: %(now)s",
    "Administrator",
    "Agenda",
    "Auditor",
    "Blog",
    "Data",
    "Emoji",
    "KPI",
    "IPv4",
    "IPv6",
    "Menu",
    "Nasrullah (2015), Media Sosial",
    "Platform",
    "Server",
    "Status",
    "Video",
    "Unit",
    "Wiki",
    "data",
    "platform",
    "server",
    "status",
    "target %(value)s",
    "unit",
}

# What is wrong, and what to write instead. Matched as whole words, whatever their case.
BANNED = {
    "aktifitas": "aktivitas",
    "analisa": "analisis",
    "apotik": "apotek",
    "caption": "takarir",
    "dashboard": "dasbor",
    "deaktivasi": "nonaktifkan",
    "download": "unduh",
    "e-mail": "surel",
    "email": "surel",
    "error": "galat",
    "file": "berkas",
    "follower": "pengikut",
    "followers": "pengikut",
    "ijin": "izin",
    "jadual": "jadwal",
    "link": "tautan",
    "login": "masuk",
    "logout": "keluar",
    "obyek": "objek",
    "online": "daring",
    "offline": "luring",
    "password": "kata sandi",
    "post": "naskah, or unggahan on a platform",
    "posting": "unggahan",
    "postingan": "unggahan",
    "rejek": "tolak",
    "resiko": "risiko",
    "screenshot": "tangkapan layar",
    "sign in": "masuk",
    "silahkan": "silakan",
    "subyek": "subjek",
    "timeline": "lini masa",
    "upload": "unggah",
    "user": "pengguna",
    "username": "nama pengguna",
}

# Words that begin with a capital wherever they stand.
_NAMES = (
    "AAC AI API APIP AS ASN AVIF Analytics Anda App Armenia Atom Barat Bertot Bidang Bluesky "
    "Bonsón Business CSV Cherokee Cloud Content Ctrl Data DePaula Desember Developers "
    "Development Digital Dincelli Diskominfo Facebook Februari Feed G2B G2C G2E G2G Google "
    "Government Grimes HEIC HTTP Harrison Humas ID IKU IP Indonesia Information Inggris Instagram "
    "JPEG JSON Jaeger KPI Khan Kiril Kit Kompas LinkedIn Login MB MOV MP3 MP4 Mastodon Media "
    "Meta Minggu NIK Nasrullah Nomor OAuth OTP Online PDF PNG PPID Pasal Pengaturan Pilkada "
    "Plh Plt Posting Preferences Privacy QR Quarterly R01 R08 R19 R20 RB Ratkai Registry Rp "
    "Review SK STOC SVG Salin Senin Settings Silvianto Sosial Tahun Telegram Tengah Threads "
    "TikTok Timur UC URL US UTC UTF UU UUID Undang WIB WIT WITA WebP WhatsApp X XLS XLSX "
    "YouTube Yth Yunani"
)
NAMES = frozenset(_NAMES.split())

# Not our words: places, the name of a journal, products of platforms.
_QUOTED = re.compile(
    r"%\(\w+\)s|Online Information Review"
    r"|Facebook Login for Business|Login Kit|Content Posting API"
)
_PLACE = re.compile(r"%\((\w+)\)[sd]|(?<!%)%([sd])|\{(\w+)\}")
# A word after this begins a sentence: after a stop, on a new line, inside quotes or a tag.
_BEGINS = re.compile(r"(?:^|[.?!:…]\s+|\n(?:- )?|[“(>]|· )$")
_CAPITALISED = re.compile(r"(?<![\w%(@/.#])[A-Z]\w*")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return messages.load()


@pytest.fixture(scope="module")
def said_in_all_files() -> dict[messages.Key, messages.Said]:
    return messages.own_messages()


@pytest.fixture
def read_once(
    said_in_all_files: dict[messages.Key, messages.Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files of the project are read for their messages once, not by every test here."""
    monkeypatch.setattr(messages, "own_messages", lambda: deepcopy(said_in_all_files))


def sentences(catalogue: Catalog) -> Iterator[tuple[Message, str]]:
    """Every message with its Indonesian text; there is one form, for counts too."""
    for message in messages.translations(catalogue):
        for text in messages.texts_of(message):
            yield message, text


def places(text: str) -> set[str]:
    return {named or short or braced for named, short, braced in _PLACE.findall(text)}


@pytest.mark.usefixtures("read_once")
def test_everything_that_is_said_is_said_in_indonesian(catalogue: Catalog) -> None:
    """No id is missing, empty, fuzzy or left over, and the compiled catalogue is this one."""
    assert messages.problems(catalogue) == []


def test_a_new_message_is_noticed(
    catalogue: Catalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "page.html").write_text(
        "{% load i18n %}\n"
        '    <p title="{% translate "Nobody said this" context "test" %}">\n'
        "  {% blocktranslate trimmed count n=n %}\n"
        "     {{ n }} thing\n  nobody said{% plural %}{{ n }} things nobody said"
        "{% endblocktranslate %}</p>",
        encoding="utf-8",
    )
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "words.py").write_text(
        'A = gettext_lazy("Nobody " "wrote this")\n', encoding="utf-8"
    )
    compiled = messages.COMPILED.read_bytes()
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "COMPILED", tmp_path / "django.mo")
    messages.COMPILED.write_bytes(compiled)
    missing = [line for line in messages.problems(catalogue) if line.startswith("missing")]
    assert missing == [
        "missing: %(n)s thing nobody said",
        "missing: Nobody wrote this",
        "missing: test | Nobody said this",
    ]


@pytest.mark.usefixtures("read_once")
def test_an_update_keeps_translations_and_changes_nothing_else(catalogue: Catalog) -> None:
    assert messages.as_source(messages.updated(catalogue)) == messages.SOURCE.read_bytes()


@pytest.mark.usefixtures("read_once")
def test_the_check_fails_when_the_compiled_catalogue_is_stale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stale = messages.ROOT / "stale.mo"
    monkeypatch.setattr(messages, "COMPILED", stale)
    with pytest.raises(CommandError, match=r"stale: stale\.mo$") as failure:
        call_command("messages", "--check")
    assert failure.value.returncode == 1


def test_indonesian_counts_with_one_form(catalogue: Catalog) -> None:
    assert catalogue.num_plurals == 1
    with translation.override("id"):
        assert [
            ngettext("%(count)s account", "%(count)s accounts", n) % {"count": n} for n in (1, 2)
        ] == ["1 akun", "2 akun"]


def test_our_words_win_over_those_of_libraries() -> None:
    with translation.override("id"):
        assert gettext("This field is required.") == "Wajib diisi."
        assert gettext("Two-Factor Authentication") == "Verifikasi dua langkah"
    with translation.override("en"):
        assert gettext("This field is required.") == "This field is required."


def test_translations_fill_in_the_same_places(catalogue: Catalog) -> None:
    odd = {}
    for message, text in sentences(catalogue):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = set().union(*(places(id) for id in ids))
        if places(text) != wanted:
            odd[ids[0]] = text
    assert odd == {}


def test_nothing_is_left_in_english(catalogue: Catalog) -> None:
    left = {
        text
        for message, text in sentences(catalogue)
        if text == message.id and text not in SAME and re.search(r"[A-Za-z]", text)
    }
    assert left == set()


def test_no_word_is_wrong_or_foreign_where_staff_have_their_own(catalogue: Catalog) -> None:
    words = re.compile(rf"(?<![\w.@/-])({'|'.join(map(re.escape, BANNED))})(?![\w@/-])", re.I)
    found = {}
    for _message, text in sentences(catalogue):
        match = words.search(_QUOTED.sub("", text))
        if match:
            found[text] = f"{match[0]}: write {BANNED[match[0].lower()]}"
    assert found == {}


def test_people_are_addressed_as_anda(catalogue: Catalog) -> None:
    rude = [
        text for _message, text in sentences(catalogue) if re.search(r"\b(anda|kamu|kau)\b", text)
    ]
    assert rude == []


def test_sentences_are_in_sentence_case(catalogue: Catalog) -> None:
    """A capital stands at the start of a sentence or of a name, nowhere else."""
    odd = {}
    for _message, text in sentences(catalogue):
        for match in _CAPITALISED.finditer(text):
            word = match[0]
            is_code = re.fullmatch(r"[A-Z]\d?", word)
            if not (_BEGINS.search(text[: match.start()]) or word in NAMES or is_code):
                odd[text] = word
    assert odd == {}


def test_typing_is_clean(catalogue: Catalog) -> None:
    """No space at the ends or doubled, no space before a sign, a true ellipsis, same last sign."""
    odd = set()
    for message, text in sentences(catalogue):
        id = message.id if isinstance(message.id, str) else message.id[0]
        if not re.search(r"[^\W\d_]", text):
            continue
        if text != text.strip() or "  " in text or re.search(r" [,.;?!]", text) or "..." in text:
            odd.add(text)
        if id[-1] in "?:…" and text[-1] != id[-1]:
            odd.add(text)
        if re.search(r"[a-z)]\.$", id) and not text.endswith((".", "?")):
            odd.add(text)
    assert odd == set()

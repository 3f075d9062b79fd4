"""Handles that are written like the display name of an official account."""

from __future__ import annotations

import random
import time

import pytest
from django.test import Client

from accounts.lookalikes import Spoken, spoken
from accounts.models import OfficialAccount
from accounts.public import checking
from accounts.public.answers import Answer
from accounts.public.namesakes import Namesakes
from accounts.public.register import register
from accounts.references import parse
from tests.accounts.public.conftest import official
from tests.accounts.public.test_check import CHECK
from tests.cast import Cast
from tests.gathering import each

HANDLE = "smd.resmi-1"


@pytest.fixture
def kota(cast: Cast) -> OfficialAccount:
    """Its handle says nothing of its name."""
    return official(cast, "telegram", "smd_gov", display_name="Kota Samudra")


def answer(text: str, platform: str = "") -> Answer:
    (one,) = checking.answer(register.now().snapshot, checking.read(text, platform)).answers
    return one


def page_of(text: str) -> str:
    return Client().get(CHECK, {"q": text, "lang": "en"}).content.decode().partition("<main")[2]


@each(
    "text",
    [
        "kotasamudra",
        "samudrakota",
        "@humas.kotasamudra",
        "@Kota_Samudra",
        "kotasamudra2026",
        "kotasamudera",
        "@kotasamudra.hadiah",
        "https://instagram.com/samudra.kota",
        "https://t.me/kotasamudra",
        "@kotasamudra@mas.to",
        # Cyrillic, mathematical, with marks and with signs that nobody sees.
        "@kоtаsаmudrа",
        "@𝐤𝐨𝐭𝐚samudra",
        "@ko\u0301ta\u200bsamudra",
        "@k0tasamudr4",
        # On a site that is written like a platform's, its path names the account.
        "https://lnstagram.com/kotasamudra",
    ],
)
def test_a_handle_like_the_name_is_like_the_account(kota: OfficialAccount, text: str) -> None:
    one = answer(text)
    assert one.verdict == "similar"
    assert [each.handle for each in (*one.alike, *one.named)] == ["smd_gov"]
    assert one.more == 0


@each(
    "text",
    [
        "kota",
        "samudra",
        "@samudraraya",
        "kotabahari",
        "kotasaja",
        "budi_santoso",
        # What writes about the agency, and what nobody reads as a handle.
        "https://kotasamudra.example/berita",
        "https://beritakotasamudra.com/",
        "kotasamudra@surat.example",
        "https://x.com/i/user/1234567",
        "kota" * 50,
        "@" + "\u202e" * 300 + "x",
        "@samudra" + "\u0301" * 400,
    ],
)
def test_what_is_only_near_the_name_is_not(kota: OfficialAccount, text: str) -> None:
    assert answer(text).verdict in {"unknown", "unreadable"}


def test_the_page_says_why_and_shows_the_account_and_blames_nobody(kota: OfficialAccount) -> None:
    page = page_of("@kotasamudra")
    assert "It is written like the name of an official account whose handle is another" in page
    assert "@smd_gov" in page
    assert "How it differs" not in page
    assert "fake" not in page.lower()
    assert "It is written like the name" not in page_of("@smd_gov_")


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_only_accounts_in_use_lend_their_name(kota: OfficialAccount, status: str) -> None:
    closed = {"closed_on": "2026-03-31", "closed_reason": "Digabung"}
    OfficialAccount.objects.filter(pk=kota.pk).update(
        status=status, **(closed if status == "closed" else {})
    )
    assert answer("@kotasamudra").verdict == "unknown"


def test_a_handle_comes_before_a_name(cast: Cast, kota: OfficialAccount) -> None:
    official(cast, "instagram", "kota.samudra", display_name="Humas")
    one = answer("@kotasamudra_")
    assert [each.handle for each in one.alike] == ["kota.samudra"]
    assert [each.handle for each in one.named] == ["smd_gov"]
    # A report goes to the unit of the account whose handle was imitated.
    resembled = checking.resembled(register.now().snapshot, parse("@kotasamudra_")[0])
    assert [each.handle for each in resembled] == ["kota.samudra"]


def test_a_report_about_a_name_goes_to_its_unit(kota: OfficialAccount) -> None:
    resembled = checking.resembled(register.now().snapshot, parse("t.me/kotasamudra")[0])
    assert [each.handle for each in resembled] == ["smd_gov"]


@pytest.mark.parametrize("text", ["kota samudera", "samudra kota", "apakah kota samudra asli"])
def test_words_that_are_no_handle_lead_to_the_account_too(kota: OfficialAccount, text: str) -> None:
    page = page_of(text)
    assert "This is neither a handle nor an address" in page
    assert "Official accounts that may be meant:" in page
    assert "smd_gov" in page


@pytest.mark.parametrize(
    ("name", "is_like"),
    [
        # Names that everybody has are nobody's.
        ("Humas", []),
        ("Info", []),
        ("Info Resmi", []),
        ("Admin CS 24", []),
        (" | — !!", []),
        ("12 345 678", []),
        ("A B", []),
        # One word that says something is looked for as it is written, and not in other words.
        ("Kesehatan", ["kesehatan"]),
        ("Info Kesehatan", ["infokesehatan", "kesehatan_info"]),
        # Offices of one kind have the same name everywhere.
        ("Dinas Kesehatan", ["dinaskesehatan", "dinaskesehatan.resmi", "dinaskesehatn"]),
        # Two letters of its own are in the names of many others.
        ("Kota Ku", ["kotaku"]),
        ("Kota | Samudra!", ["kotasamudra", "samudra.kota", "hadiah_kotasamudra"]),
        ("Pemerintah Kota Samudra", ["kotasamudra", "samudra.kota", "hadiah_kotasamudra"]),
        ("Pemerintah Kota", []),
        # Letters that look like one another across the words.
        ("Kantor Nagari", ["kantornagari"]),
        # A number tells schools apart.
        ("SMP Negeri 1", ["smpnegeri1"]),
    ],
)
def test_common_names_match_little(cast: Cast, name: str, is_like: list[str]) -> None:
    official(cast, "x", HANDLE, display_name=name)
    tried = [
        "kesehatan", "infokesehatan", "kesehatan_info", "kesehatanjiwa", "kesehatan.id",
        "dinaskesehatan", "dinaskesehatan.resmi", "dinaskesehatn", "dinaskesehatanbahari",
        "kotaku", "kotaku_hadiah", "kotasamudra", "samudra.kota", "hadiah_kotasamudra",
        "humas", "info", "humasbahari", "inforesmi", "info_loker", "admincs24", "12345678",
        "pemerintahkotabahari", "kantornagari",
        "smpnegeri1", "smpnegeri2", "smpnegeri12", "smpnegeri1bahari",
    ]  # fmt: skip
    assert [each for each in tried if answer(f"@{each}").named] == is_like


def test_long_and_hostile_names_are_read(cast: Cast) -> None:
    names = ["\u202e" * 200, "a\u0301" * 100, "𒀀 " * 100, "ﷺ" * 200, "Kota " * 40, "ß" * 200]
    assert all(isinstance(spoken(name), Spoken) for name in names)
    assert spoken("") == Spoken()
    # The database takes no name of signs that nobody sees.
    for number, name in enumerate(names[1:]):
        official(cast, "x", f"akun_{number}", display_name=name)
    assert answer("@" + "kota" * 40).named
    assert answer("@kotakota").verdict == "unknown"


def _unrelated() -> list[str]:
    chance = random.Random(3)
    topics = ["kuliner", "wisata", "batik", "motor", "resep", "loker", "kesehatan", "info", "humas",
              "dinaskesehatan", "disdik", "kota", "layanan", "smpnegeri"]  # fmt: skip
    places = ["bandung", "bogor", "medan", "bali", "padang", "malang", "raya", "sehat", "kita"]
    return [
        f"{chance.choice(topics)}{chance.choice('_.')}{chance.choice(places)}{number}"
        for number in range(200)
    ]


def test_handles_of_other_people_are_not_warned_of(cast: Cast) -> None:
    names = [
        "Pemerintah Kota Samudra", "Dinas Kesehatan Kota Samudra", "Dinas Kesehatan", "Humas",
        "Info", "Samudra TV", "Halo Samudra", "BPBD Kota Samudra", "Layanan Publik", "Pos 7",
        "SMP Negeri 1",
    ]  # fmt: skip
    for number, name in enumerate(names):
        official(cast, "x", f"smd_{number}", display_name=name)
    register.now()
    assert [handle for handle in _unrelated() if answer(f"@{handle}").verdict != "unknown"] == []


def test_thousands_of_one_name_cost_little() -> None:
    many: Namesakes[int] = Namesakes((spoken("Kota Samudra"), number) for number in range(5_000))
    before = time.process_time()
    assert len(many.of("kotasamudra")) == 5_000
    assert many.of("kotabahari") == []
    assert many.of("samudra" * 30) == []
    assert time.process_time() - before < 0.5


def test_of_many_accounts_of_one_name_a_few_are_shown_and_the_list_has_the_rest(cast: Cast) -> None:
    for number in range(30):
        official(cast, "x", f"pos{number}smd", display_name="Kota Samudra", unit=cast.dinkes)
    official(cast, "threads", "smdthreads", display_name="Kota Samudra")
    one = answer("kotasamudra", "threads")
    assert [each.platform for each in one.named] == ["threads", "x", "x"]
    assert one.more == 28
    assert "and 28 more official accounts" in page_of("@kotasamudra")
    assert "search=Kota%20Samudra" in page_of("@kotasamudra")

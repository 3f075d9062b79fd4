"""The commonest fraud is the whole name of an agency with a word beside it, such as resmi."""

from __future__ import annotations

import pytest

from tests.accounts.public.conftest import official
from tests.accounts.public.test_display_names import HANDLE, answer
from tests.cast import Cast

BPS = "badanpusatstatistikkotasamudra"


@pytest.mark.parametrize(
    ("name", "handles"),
    [
        (
            "Badan Pusat Statistik Kota Samudra",
            [
                BPS, f"{BPS}.resmi", f"{BPS}_2026", f"hadiah.{BPS}", BPS.replace("pusat", "pust"),
                f"official_{BPS}.id", "badanstatistikkotasamudra",
            ],
        ),
        (
            "Palang Merah Indonesia Samudra",
            [
                "palangmerahindonesiasamudra", "palangmerahindonesiasamudra_official",
                "donasi.palangmerahindonesiasamudra", "palangmerahindonesisamudra",
            ],
        ),
        ("Bank Indonesia", ["bankindonesia", "bankindonesia_official", "hadiah.bankindonesia"]),
        (
            "SMA Negeri 1 Samudra",
            [
                "smanegeri1samudra", "smanegeri1samudra_official", "ppdb.smanegeri1samudra",
                "resmi.smanegeri1samudra2026",
            ],
        ),
        ("SMP Negeri 1", ["smpnegeri1_resmi", "official.smpnegeri1", "smpnegeri1_2026"]),
        (
            "Layanan Darurat 112 Kota Samudra",
            [
                "layanandarurat112kotasamudra", "layanandarurat112kotasamudra_resmi",
                "darurat112kotasamudra",
            ],
        ),
        ("Info Kesehatan", ["infokesehatan_official", "infokesehatan.id"]),
        ("Pemerintah Kota Baru", ["pemerintahkotabaru_hadiah", "kotabaru", "kotabaru.resmi"]),
        ("Pemerintah Desa Makmur", ["pemerintahdesamakmur1", "desamakmur", "desamakmr"]),
        ("Kota Bogor", ["kotabogor", "kotabogor_hadiah"]),
    ],
)  # fmt: skip
def test_a_whole_name_is_known_whatever_is_added(cast: Cast, name: str, handles: list[str]) -> None:
    official(cast, "x", HANDLE, display_name=name)
    assert [each for each in handles if answer(f"@{each}").verdict != "similar"] == []


@pytest.mark.parametrize(
    ("name", "handles"),
    [
        (
            "Pemerintah Kota Baru",
            [
                "kotabaruparahyangan",
                "wisatakotabaru",
                "jajanankotabaru",
                "kotabatu",
                "pemerintahkotabatu",
            ],
        ),
        ("Pemerintah Desa Makmur", ["desamakmurcoffee", "kopidesamakmur", "desamalmar"]),
        (
            "SMA Negeri 1 Samudra",
            ["smanegeri2samudra", "smanegeri11samudra", "smanegeri12samudra", "smanegeri1bahari"],
        ),
        ("SMP Negeri 1", ["smpnegeri12", "smpnegeri12_resmi", "smpnegeri1bahari", "smpnegeri11"]),
        ("Layanan Darurat 112 Kota Samudra", ["layanandarurat119kotasamudra", "darurat112"]),
        ("Info Kesehatan", ["infokesehatanmental", "kesehatan_id", "infokesehatn"]),
        ("Bank Indonesia", ["banksampah", "indonesia", "bank_official"]),
        ("Badan Pusat Statistik", ["badanpusat", "statistik_official"]),
        ("Dinas Kesehatan RI", ["dinaskesehatanriau"]),
    ],
)
def test_a_part_that_is_in_the_names_of_many_warns_of_nobody(
    cast: Cast, name: str, handles: list[str]
) -> None:
    official(cast, "x", HANDLE, display_name=name)
    assert [each for each in handles if answer(f"@{each}").verdict != "unknown"] == []

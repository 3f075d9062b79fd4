"""Dates, times and numbers read the way an Indonesian office writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone, translation

from govsocial.web.templatetags import formats
from tests.gathering import each

MORNING = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def indonesian_in_jakarta() -> Iterator[None]:
    with translation.override("id"), timezone.override("Asia/Jakarta"):
        yield


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (formats.date_long(MORNING), "22 November 2026"),
        (formats.date_full(MORNING), "Minggu, 22 November 2026"),
        (formats.date_long(date(2026, 8, 17)), "17 Agustus 2026"),
        (formats.clock(MORNING), "07.30 WIB"),
        (formats.hours(MORNING), "07.30"),
        (formats.moment(MORNING), "22 November 2026 07.30 WIB"),
    ],
)
def test_a_time_reads_as_in_an_indonesian_letter(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize(
    ("now", "day", "moment"),
    [
        (MORNING, "22 Nov", "22 Nov 07.30 WIB"),
        (MORNING + timedelta(days=39, hours=17), "22 Nov 2026", "22 Nov 2026 07.30 WIB"),
        (MORNING - timedelta(days=365), "22 Nov 2026", "22 Nov 2026 07.30 WIB"),
    ],
    ids=["the same year", "a new year in Jakarta, not yet in Greenwich", "a year ahead"],
)
def test_a_short_date_names_its_year_unless_it_is_the_present_one(
    now: datetime, day: str, moment: str
) -> None:
    with time_machine.travel(now, tick=False):
        assert formats.date_short(MORNING) == day
        assert formats.moment_short(MORNING) == moment
        assert day in formats.when(MORNING, short=True)
        assert formats.date_short(date(2026, 11, 22)) == day


def test_english_writes_the_hour_with_a_colon() -> None:
    with translation.override("en"):
        assert formats.moment(MORNING) == "22 November 2026 07:30 WIB"
        assert formats.number(1234567.891) == "1,234,567.89"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Jakarta", "07.30 WIB"),
        ("Asia/Pontianak", "07.30 WIB"),
        ("Asia/Makassar", "08.30 WITA"),
        ("Asia/Jayapura", "09.30 WIT"),
        ("UTC", "00.30 UTC"),
        ("Asia/Kolkata", "06.00 UTC+0530"),
    ],
)
def test_each_zone_is_named_as_people_there_name_it(zone: str, expected: str) -> None:
    assert formats.clock(MORNING, zone) == expected
    with timezone.override(zone):
        assert formats.clock(MORNING) == expected


def test_the_day_is_the_day_of_the_zone() -> None:
    late = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
    with time_machine.travel(late, tick=False):
        assert formats.date_short(late, "Asia/Jakarta") == "22 Nov"
        assert formats.date_short(late, "Asia/Jayapura") == "23 Nov"


@each(
    ("written", "expected"),
    [
        (formats.number(1234567.891), "1.234.567,89"),
        (formats.number(0), "0"),
        (formats.number(3, 2), "3,00"),
        (formats.number(Decimal("12.5")), "12,5"),
        (formats.percent(0.125), "12,5%"),
        (formats.percent(1, 0), "100%"),
        (formats.share(1), "100%"),
        (formats.share(0), "0%"),
        (formats.share(0.126), "13%"),
        (formats.share(0.125, 1), "12,5%"),
        (formats.share(0.996), "99,6%"),
        (formats.share(0.9996), "99,9%"),
        (formats.share(0.9996, 1), "99,9%"),
        (formats.share(0.004), "<1%"),
        (formats.share(0.0004, 1), "<0,1%"),
        (formats.signed(1234), "+1.234"),
        (formats.signed(-56), "−56"),
        (formats.signed(0), "0"),
        (formats.compact(6_800_000), "6,8 juta"),
        (formats.compact(9_999), "9.999"),
    ],
)
def test_numbers_have_dots_for_thousands_and_a_decimal_comma(written: str, expected: str) -> None:
    assert written == expected


@each(
    ("amount", "written", "as_a_price"),
    [
        ("50", "US$50,00", "US$50,00"),
        ("1234.500000", "US$1.234,50", "US$1.234,50"),
        ("49.985", "US$49,99", "US$49,985"),
        ("0.200", "US$0,20", "US$0,20"),
        ("0.015", "US$0,02", "US$0,015"),
        ("0.010000", "US$0,01", "US$0,01"),
        ("0.005", "US$0,005", "US$0,005"),
        ("-0.005", "US$-0,005", "US$-0,005"),
        ("0.000001", "US$0,000001", "US$0,000001"),
        ("0", "US$0,00", "US$0,00"),
    ],
)
def test_money_is_written_in_cents_and_what_is_less_than_one_is_not_lost(
    amount: str, written: str, as_a_price: str
) -> None:
    value = Decimal(amount)
    assert (formats.dollars(value), formats.dollars_each(value)) == (written, as_a_price)
    assert formats.dollars(None) == formats.dollars_each(None) == ""


@each(
    ("written", "expected"),
    [
        (formats.percent(1 / 16), "6,3%"),
        (formats.percent(-1 / 16), "-6,3%"),
        (formats.share(1 / 16, 1), "6,3%"),
        (formats.share(0.005), "1%"),
        (formats.share(0.125), "13%"),
        (formats.given_percent(0.0005), "0,1%"),
        (formats.number(2.5, 0), "3"),
        (formats.number(0.125), "0,13"),
        (formats.signed(-0.125), "−0,13"),
        (formats.dollars(Decimal("0.125")), "US$0,13"),
        (formats.compact(12_250), "12,3 ribu"),
        (formats.duration(150), "3 menit"),
        (formats.duration(90), "2 menit"),
        (formats.duration(29), "0 menit"),
    ],
)
def test_a_half_is_rounded_up_as_in_a_spreadsheet(written: str, expected: str) -> None:
    assert written == expected


def test_a_duration_names_its_two_largest_parts() -> None:
    with translation.override("en"):
        assert formats.duration(timedelta(hours=9, minutes=40)) == "9 h 40 min"
        assert formats.duration(90) == "2 min"
        assert formats.duration(timedelta(days=2, hours=3, minutes=5)) == "2 d 3 h"


def test_what_a_platform_did_not_give_is_said_in_words_and_zero_stays_zero() -> None:
    with translation.override("en"):
        assert "not given by the platform" in formats.given(None)
        assert "not given by the platform" in formats.given_percent(None)
    assert formats.given(0) == "0"
    assert formats.given(1284310) == "1.284.310"
    assert formats.given_percent(0) == "0,0%"
    assert formats.given("Diskominfo") == "Diskominfo"


@each(
    "write",
    [formats.date_long, formats.clock, formats.moment, formats.number, formats.percent,
     formats.compact, formats.duration, formats.ago, formats.signed, formats.share],
)  # fmt: skip
def test_nothing_is_written_for_nothing(write: object) -> None:
    assert write(None) == ""  # type: ignore[operator]  # each takes None


def test_relative_time_stands_beside_the_absolute_one() -> None:
    template = Template("{% load formats %}{% when at relative=True %}")
    with time_machine.travel(MORNING + timedelta(hours=2), tick=False):
        html = template.render(Context({"at": MORNING}))
    assert '<time datetime="2026-11-22T00:30:00+00:00">22 November 2026 07.30 WIB</time>' in html
    assert "2 jam yang lalu" in html


def test_what_was_given_until_a_last_day_ends_on_that_day() -> None:
    midnight = datetime(2026, 12, 1, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert formats.until_day(midnight) == "30 November 2026"
    assert formats.until_day_short(midnight).startswith("30 Nov")
    in_makassar = formats.until_day(midnight, "Asia/Makassar")
    assert in_makassar == "1 Desember 2026 01.00 WITA", "no last day there"

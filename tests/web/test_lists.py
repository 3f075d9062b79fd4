"""Pages of long lists: the same rows and numbers as Django's own pages, for less."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts.models import OfficialAccount, Unit
from govsocial.web.counting import count_all
from govsocial.web.lists import csv_response, page_of, page_of_many
from govsocial.web.sheets import xlsx_response
from tests import factories
from tests.cast import Cast

SIZE = 2


@pytest.fixture
def rows(cast: Cast) -> QuerySet[OfficialAccount]:
    for name in ("Lima", "Satu", "Dua", "Empat", "Tiga"):
        factories.official_account(cast.dinkes, display_name=name)
    return OfficialAccount.objects.select_related("unit").order_by("display_name", "pk")


def read(keys: Sequence[int]) -> QuerySet[OfficialAccount]:
    return OfficialAccount.objects.select_related("unit").filter(pk__in=keys).order_by("-pk")


def told(page: Any) -> tuple[object, ...]:
    """What templates ask of a page."""
    count, pages = page.paginator.count, page.paginator.num_pages
    around = (page.has_previous(), page.has_next(), page.has_other_pages())
    names = [account.display_name for account in page]
    return names, page.number, count, pages, page.start_index(), page.end_index(), around


NUMBERS = ["", "1", "2", "3", "4", "0", "-1", "x", "1.5", "9" * 30, "9" * 5000]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:6] or "none")
def test_a_page_read_by_its_keys_is_the_page_that_django_makes(
    rows: QuerySet[OfficialAccount], number: str
) -> None:
    request = RequestFactory().get("/", {"page": number} if number else {})
    for wanted in (rows, rows.filter(handle="nobody")):
        page = page_of_many(wanted, request, read, size=SIZE)
        assert told(page) == told(page_of(wanted, request, size=SIZE))


def test_a_page_costs_two_queries_and_one_that_finds_nothing_costs_one(
    rows: QuerySet[OfficialAccount], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = RequestFactory().get("/", {"page": "3"})
    with django_assert_num_queries(2):
        page = page_of_many(rows, request, read, size=SIZE)
        assert [account.unit.short_name for account in page] == ["Dinkes"]
        assert page.paginator.count == 5
    with django_assert_num_queries(0):
        assert list(page_of_many(rows.none(), RequestFactory().get("/"), read)) == []
    with django_assert_num_queries(1):
        found = page_of_many(rows.filter(handle="nobody"), RequestFactory().get("/"), read)
        assert (list(found), found.paginator.count) == ([], 0)


def test_a_row_that_went_out_of_sight_meanwhile_is_left_out(
    rows: QuerySet[OfficialAccount],
) -> None:
    def fewer(keys: Sequence[int]) -> QuerySet[OfficialAccount]:
        return read(keys).exclude(display_name="Dua")

    page = page_of_many(rows, RequestFactory().get("/"), fewer, size=SIZE)
    assert [account.display_name for account in page] == ["Empat"]


def test_several_numbers_are_one_query_and_what_nobody_is_asked_about_is_nothing(
    rows: QuerySet[OfficialAccount], cast: Cast
) -> None:
    asked = {
        "all": rows,
        "some": rows.filter(display_name__in=["Satu", "Dua"], unit_id__any=[cast.dinkes.pk]),
        "percent": rows.filter(display_name__contains="%"),
        "units": Unit.objects.filter(pk=cast.city.pk),
        "impossible": rows.filter(pk__in=[]),
        "not_asked": None,
    }
    with CaptureQueriesContext(connection) as caught:
        counted = count_all(asked)
    assert counted == {
        "all": 5, "some": 2, "percent": 0, "units": 1, "impossible": 0, "not_asked": 0,
    }  # fmt: skip
    assert len(caught) == 1
    assert count_all({"all": rows, "some": asked["some"]}, most=2) == {"all": 3, "some": 2}
    with CaptureQueriesContext(connection) as caught:
        assert count_all({"impossible": rows.none(), "not_asked": None}) == {
            "impossible": 0,
            "not_asked": 0,
        }
    assert len(caught) == 0


def cells() -> Iterator[list[object]]:
    yield [_("Person in charge"), lazystr("=1+1"), datetime(2026, 11, 25, 3, 4, tzinfo=UTC), None]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Person in charge"), ("id", "Penanggung jawab")]
)
def test_words_of_an_export_are_in_the_language_of_its_reader_though_sent_later(
    language: str, words: str
) -> None:
    with translation.override(language):
        sent = csv_response("daftar", [_("Person in charge")], cells())
        book = xlsx_response("daftar", [_("Person in charge")], cells(), title="Daftar")
    text = sent.getvalue().decode("utf-8-sig")
    assert text == f"{words}\r\n{words},'=1+1,2026-11-25T10:04:00+07:00,\r\n"
    head, row = load_workbook(io.BytesIO(book.content)).worksheets[0].values
    assert (head[0], row[:2]) == (words, (words, "=1+1"))

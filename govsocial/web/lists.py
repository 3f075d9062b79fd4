"""What every list shares: chips of the filters that are set, pages of 50, sorting, CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, tzinfo
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Model, QuerySet, Window
from django.http import HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise

from govsocial.web.ordering import Sorts
from govsocial.web.templatetags.formats import date_long

PAGE_SIZE = 50
# Beyond it a number is too large for any list, and may be so for PostgreSQL.
_LAST_PAGE = 1_000_000
# So many rows are sorted sooner than an index of a long list is walked along.
_FEW = 1_000


class FilterSet(Protocol):
    form: Any


def chips(filters: FilterSet) -> list[tuple[str, str, str]]:
    """Filters that are set, as (key, value, words) for components/filters.html."""
    found: list[tuple[str, str, str]] = []
    form = filters.form
    if not form.is_valid():
        return found
    for name, value in form.cleaned_data.items():
        if value in (None, "", []):
            continue
        field = form.fields[name]
        raw = str(getattr(value, "pk", value))
        words = dict(getattr(field, "choices", [])).get(raw, value) if raw == value else value
        if isinstance(words, date):
            words = date_long(words)
        found.append((name, raw, f"{field.label}: {words}"))
    return found


def page_of(
    rows: QuerySet[Any] | Sequence[Any], request: HttpRequest, *, size: int = PAGE_SIZE
) -> Page[Any]:
    """The page that the address asks for; a bad or too large number is the nearest page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def page_of_many(
    rows: QuerySet[Any],
    request: HttpRequest,
    read: Callable[[Sequence[Any]], QuerySet[Any]],
    *,
    size: int = PAGE_SIZE,
) -> Page[Any]:
    """``page_of`` for thousands of wide rows that are searched, judged and sorted: two queries too.

    The first sorts keys alone and counts in passing, so that nothing is worked out twice; the
    second is ``read``, which takes the keys of the page and gives their rows in any order.
    """
    number = _asked(request)
    counted = rows.annotate(all_of_them=Window(Count("*"))).values_list("pk", "all_of_them")
    found = list(counted[(number - 1) * size : number * size]) if number else []
    if not found and number != 1:
        # No such page, or nothing at all: which one is the nearest takes counting.
        return page_of(rows, request, size=size)
    keys = [key for key, _total in found]
    by_key = {row.pk: row for row in read(keys)} if keys else {}
    paginator = Paginator(rows, size)
    paginator.count = found[0][1] if found else 0
    # A row may have gone out of sight between the two.
    return Page([by_key[key] for key in keys if key in by_key], number, paginator)


class _Paginator(Paginator):  # type: ignore[type-arg]  # not generic when run
    is_cut = False
    """Whether there are more rows than ``count``."""


def page_of_keys(
    rows: QuerySet[Any],
    request: HttpRequest,
    read: Callable[[Sequence[Any]], QuerySet[Any]],
    *,
    size: int = PAGE_SIZE,
    most: int | None = None,
) -> Page[Any]:
    """``page_of`` for a hundred thousand sorted rows of which each has an index for its order:
    three queries, one to count, one for the keys of the page, and ``read``.

    Behind the middle an index is read from its end. Few rows are found first and sorted then: the
    database would rather walk along the order and look at every row on its way.

    Beyond ``most`` rows nothing is counted, nor shown on further pages: ``paginator.is_cut`` then.
    """
    total = (rows if most is None else rows.order_by()[: most + 1]).count()
    is_cut = most is not None and total > most
    total = min(total, most or total)
    number = min(max(_asked(request) or _LAST_PAGE, 1), max(-(-total // size), 1))
    start, end = (number - 1) * size, min(number * size, total)
    if total <= _FEW and not is_cut:
        found = rows.order_by().values("pk")[: total or 1]
        ordered = rows.model._default_manager.filter(pk__in=found).order_by(*rows.query.order_by)
    else:
        ordered = rows
    # Of what is cut nobody knows where the end is.
    keys = _keys(ordered, start, end, start + end if is_cut else total) if total else []
    by_key = {row.pk: row for row in read(keys)} if keys else {}
    paginator = _Paginator(rows, size)
    paginator.count, paginator.is_cut = total, is_cut
    return Page([by_key[key] for key in keys if key in by_key], number, paginator)


def _keys(rows: QuerySet[Any], start: int, end: int, total: int) -> list[Any]:
    keys = rows.values_list("pk", flat=True)
    if start + end <= total:
        return list(keys[start:end])
    return list(keys.reverse()[total - end : total - start])[::-1]


def _asked(request: HttpRequest) -> int:
    """The number of the page in the address; 0 for one that cannot be."""
    try:
        number = int(request.GET.get("page") or 1)
    except ValueError:
        return 1
    return number if 0 < number <= _LAST_PAGE else 0


def sorted_by(
    rows: QuerySet[Any], request: HttpRequest, columns: Sorts, default: str
) -> QuerySet[Any]:
    """Sort by the address's ``sort`` ("name" or "-name") when ``columns`` knows it.

    A column that holds codes is named with an order of ``govsocial.web.ordering``. What is missing
    comes last in both directions: it is neither the least nor the most.
    """
    wanted = request.GET.get("sort") or default
    column = columns.get(wanted.lstrip("-"))
    if column is None:
        wanted, column = default, columns[default.lstrip("-")]
    if not isinstance(column, str):
        place = column()
        down = wanted.startswith("-")
        first = place.desc(nulls_last=True) if down else place.asc()
        return rows.order_by(first, "-pk" if down else "pk")
    if not wanted.startswith("-"):
        return rows.order_by(column, "pk")
    # An index is of use only for an order without words about what cannot be missing.
    last = True if _may_be_missing(rows.model, column) else None
    return rows.order_by(F(column).desc(nulls_last=last), "-pk")


def _may_be_missing(model: type[Model], column: str) -> bool:
    """Whether a row may have nothing there; what is no field was worked out and may."""
    for name in column.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return True
        if field.null:
            return True
        model = field.related_model or model
    return False


def back_to_list(request: HttpRequest, name: str, *args: object) -> HttpResponseRedirect:
    """From an export whose filters cannot be read to its list, which says what is wrong."""
    return HttpResponseRedirect(f"{reverse(name, args=args)}?{request.GET.urlencode()}")


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_response(
    name: str, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """Stream rows as CSV that a spreadsheet opens as text, never as a formula. None is empty.

    Header and rows are in the reader's language and moments in the reader's time with its offset,
    although they are read and written when the request is over.
    """
    writer = csv.writer(_Echo())
    language = translation.get_language() or settings.LANGUAGE_CODE
    zone = timezone.get_current_timezone()
    # The mark tells Excel that this is UTF-8.
    first = "\ufeff" + str(writer.writerow([str(cell) for cell in header]))

    def lines() -> Iterable[str]:
        yield first
        waiting = iter(rows)
        while True:
            with translation.override(language):
                row = next(waiting, None)
                if row is None:
                    return
                # Words that are translated late become text here.
                line = str(writer.writerow([safe_cell(_written(value, zone)) for value in row]))
            yield line

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _written(value: object, zone: tzinfo) -> object:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    return str(value) if isinstance(value, Promise) else value


def safe_cell(value: object) -> object:
    """``value`` as a spreadsheet shows it, and never runs it. None is empty."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return "" if value is None else value

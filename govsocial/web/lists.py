"""What every list shares: chips of the filters that are set, pages of 50, sorting, CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Page, Paginator
from django.db.models import F, Model, QuerySet
from django.http import HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone, translation

PAGE_SIZE = 50


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
        found.append((name, raw, f"{field.label}: {words}"))
    return found


def page_of(
    rows: QuerySet[Any] | Sequence[Any], request: HttpRequest, *, size: int = PAGE_SIZE
) -> Page[Any]:
    """The page that the address asks for; a bad or too large number is the nearest page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def sorted_by(
    rows: QuerySet[Any], request: HttpRequest, columns: Mapping[str, str], default: str
) -> QuerySet[Any]:
    """Sort by the address's ``sort`` ("name" or "-name") when ``columns`` knows it.

    What is missing comes last in both directions: it is neither the least nor the most.
    """
    wanted = request.GET.get("sort") or default
    column = columns.get(wanted.lstrip("-"))
    if column is None:
        wanted, column = default, columns[default.lstrip("-")]
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


def back_to_list(request: HttpRequest, name: str) -> HttpResponseRedirect:
    """From an export whose filters cannot be read to its list, which says what is wrong."""
    return HttpResponseRedirect(f"{reverse(name)}?{request.GET.urlencode()}")


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_response(
    name: str, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """Stream rows as CSV that a spreadsheet opens as text, never as a formula. None is empty.

    Header and rows are in the reader's language and moments in the reader's time with its offset,
    although they are read when the request is over.
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
            yield str(writer.writerow([safe_cell(_written(value, zone)) for value in row]))

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _written(value: object, zone: tzinfo) -> object:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    return value


def safe_cell(value: object) -> object:
    """``value`` as a spreadsheet shows it, and never runs it. None is empty."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return "" if value is None else value

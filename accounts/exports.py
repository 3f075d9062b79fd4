"""The lists around the register as files: CSV, or XLSX that says where it is from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import person
from govsocial.web.lists import FilterSet, chips, csv_response
from govsocial.web.sheets import xlsx_response


def list_response(
    request: HttpRequest,
    filters: FilterSet | str,
    *,
    name: str,
    title: str,
    count: int,
    header: Sequence[object],
    rows: Iterable[Sequence[object]],
) -> HttpResponseBase:
    """The ``count`` rows of the list ``title`` as CSV, or as XLSX with ``?format=xlsx``.

    A workbook has a second sheet: which list, how it was filtered, when and by whom it was taken
    out. ``filters`` may be words. Noting that in the trail is the caller's part, who knows the
    event.
    """
    if request.GET.get("format") != "xlsx":
        return csv_response(name, header, rows)
    shown = filters if isinstance(filters, str) else _words(filters)
    about: list[tuple[object, object]] = [
        (_("List"), title),
        (_("Filters"), shown or _("None: everything that this person sees")),
        (_("Rows"), count),
        (_("Taken out on"), timezone.now()),
        (_("Taken out by"), person(request).full_name),
    ]
    return xlsx_response(name, header, rows, title=title, about=about)


def _words(filters: FilterSet) -> str:
    return "; ".join(words for _key, _value, words in chips(filters))

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import actions, selectors
from accounts.exports import list_response
from accounts.filters_health import HealthFilter
from accounts.health import State, health_of
from accounts.models import OfficialAccount
from accounts.quotas_left import quotas_left
from accounts.requests import person
from accounts.selectors_revocations import access_out_of_use
from accounts.spending import spending_visible_to
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import back_to_list, chips, page_of_many, sorted_by
from govsocial.web.ordering import Sorts, by_label
from govsocial.web.permissions import requires

# A row says in sentences what is wrong and what to do.
WIDE_ROWS = 30
MOST_OUT_OF_USE = 10
SORTS: Sorts = {
    "state": "rank",
    "name": "display_name",
    "platform": by_label("platform", OfficialAccount.Platform),
    "unit": "unit__name",
    "success": "credential__last_success_at",
    "ends": "credential__expires_at",
}


def _filters(request: HttpRequest) -> HealthFilter:
    user = person(request)
    return HealthFilter(request.GET, queryset=selectors.accounts_with_health(user), user=user)


@require_safe
@requires("accounts.manage")
@vary_on_headers("HX-Request")
def connection_health(request: HttpRequest) -> HttpResponse:
    """Which accounts are unhealthy, and what to do about each."""
    filters = _filters(request)
    rows = filters.qs
    wanted = sorted_by(rows, request, SORTS, "state")
    page = page_of_many(wanted, request, lambda keys: rows.filter(pk__any=keys), size=WIDE_ROWS)
    accounts = list(page.object_list)
    left = quotas_left(accounts)
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": page,
        "rows": [health_of(account, left.get(account.pk)) for account in accounts],
        "tiles": selectors.health_tiles(person(request)),
        "billed": spending_visible_to(person(request)),
        **access_out_of_use(person(request), MOST_OUT_OF_USE),
    }
    template = page_or_fragment(request, "accounts/connection_health.html")
    return render(request, template, context)


@require_safe
@requires("accounts.manage")
def connection_health_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV, or as XLSX with ``?format=xlsx``."""
    filters = _filters(request)
    if not filters.is_valid():
        return back_to_list(request, "accounts:connection_health")
    rows = sorted_by(filters.qs, request, SORTS, "state")
    count = rows.count()
    asked = {key: str(value) for key, value in request.GET.items() if key in filters.filters}
    actions.record_export(actor=person(request), rows=count, filters=asked)
    return list_response(
        request, filters, name=_("connections"), title=_("Health of connections"), count=count,
        header=_header(), rows=_rows(rows.iterator(chunk_size=500)),
    )  # fmt: skip


def _header() -> list[object]:
    return [
        _("Display name"), _("Handle"), _("Platform"), _("Unit"), _("Connection"), _("What to do"),
        _("Last success"), _("Last error"), _("Kind of error"), _("Expires"), _("Rights missing"),
    ]  # fmt: skip


def _rows(accounts: Iterator[OfficialAccount]) -> Iterator[list[object]]:
    for account in accounts:
        health = health_of(account)
        credential = health.credential
        yield [
            account.display_name,
            account.handle,
            account.get_platform_display(),
            account.unit.name,
            State(health.state).label,
            str(health.sentence),
            credential.last_success_at if credential else None,
            credential.last_error_at if credential else None,
            credential.last_error if credential else "",
            health.ends_at,
            " ".join(health.missing_scopes),
        ]

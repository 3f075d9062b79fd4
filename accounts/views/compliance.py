from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import actions, compliance_pages, selectors
from accounts.exports import list_response
from accounts.models import Unit
from accounts.requests import person
from govsocial.web.lists import back_to_list, page_of
from govsocial.web.permissions import requires

# A row has a link for every rule.
WIDE_ROWS = 30


def _chosen(request: HttpRequest) -> tuple[Unit | None, bool]:
    """The unit that the address asks for, None for all, and whether it asks for one that the
    person does not see or that does not exist."""
    asked = request.GET.get("unit", "")
    if not asked:
        return None, False
    units = selectors.units_visible_to(person(request), "accounts.view")
    found = units.filter(pk=asked if asked.isdecimal() and len(asked) < 18 else 0).first()
    return found, found is None


@require_safe
@requires("accounts.view")
def compliance_overview(request: HttpRequest) -> HttpResponse:
    """Units by rules, as things stand today; ``?unit=`` looks at one unit and all below it."""
    chosen, is_unknown = _chosen(request)
    if is_unknown:
        return render(request, "accounts/compliance_overview.html", {"is_unknown": True})
    found = compliance_pages.overview(person(request), chosen)
    context = {
        "chosen": found.chosen,
        "closed": found.closed,
        "page": page_of(found.units, request, size=WIDE_ROWS),
        "now": timezone.now(),
    }
    return render(request, "accounts/compliance_overview.html", context)


@require_safe
@requires("accounts.view")
def compliance_export(request: HttpRequest) -> HttpResponseBase:
    """The units by rules as CSV, or as XLSX with ``?format=xlsx``."""
    chosen, is_unknown = _chosen(request)
    if is_unknown:
        return back_to_list(request, "accounts:compliance_overview")
    units = compliance_pages.overview(person(request), chosen).units
    asked = {"unit": str(chosen.pk)} if chosen else {}
    actions.record_export(actor=person(request), rows=len(units), filters=asked)
    return list_response(
        request, str(chosen or ""), name=_("completeness"), title=_("Completeness of the register"),
        count=len(units), header=compliance_pages.export_header(),
        rows=compliance_pages.export_rows(units),
    )  # fmt: skip

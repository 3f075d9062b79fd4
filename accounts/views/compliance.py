from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import actions, compliance_pages, selectors
from accounts.exports import list_response
from accounts.models import Unit
from accounts.requests import person
from govsocial.web.lists import page_of
from govsocial.web.permissions import requires

# A row has a link for every rule.
WIDE_ROWS = 30


def _chosen(request: HttpRequest) -> Unit | None:
    """The unit that the address asks for, or 404 for strangers; None for all."""
    asked = request.GET.get("unit", "")
    if not asked:
        return None
    units = selectors.units_visible_to(person(request), "accounts.view")
    return get_object_or_404(units, pk=asked if asked.isdecimal() and len(asked) < 18 else 0)


@require_safe
@requires("accounts.view")
def compliance_overview(request: HttpRequest) -> HttpResponse:
    """Units by rules, as things stand today; ``?unit=`` looks at one unit and all below it."""
    found = compliance_pages.overview(person(request), _chosen(request))
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
    chosen = _chosen(request)
    units = compliance_pages.overview(person(request), chosen).units
    asked = {"unit": str(chosen.pk)} if chosen else {}
    actions.record_export(actor=person(request), rows=len(units), filters=asked)
    return list_response(
        request, str(chosen or ""), name=_("completeness"), title=_("Completeness of the register"),
        count=len(units), header=compliance_pages.export_header(),
        rows=compliance_pages.export_rows(units),
    )  # fmt: skip

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import compliance_pages, selectors
from accounts.requests import person
from govsocial.web.lists import page_of
from govsocial.web.permissions import requires

# A row has a link for every rule.
WIDE_ROWS = 30


@require_safe
@requires("accounts.view")
def compliance_overview(request: HttpRequest) -> HttpResponse:
    """Units by rules, as things stand today; ``?unit=`` looks at one unit and all below it."""
    user, asked = person(request), request.GET.get("unit", "")
    chosen = None
    if asked:
        units = selectors.units_visible_to(user, "accounts.view")
        chosen = get_object_or_404(units, pk=asked if asked.isdecimal() and len(asked) < 18 else 0)
    found = compliance_pages.overview(user, chosen)
    context = {
        "chosen": found.chosen,
        "page": page_of(found.units, request, size=WIDE_ROWS),
        "now": timezone.now(),
    }
    return render(request, "accounts/compliance_overview.html", context)

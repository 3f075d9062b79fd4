from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.requests import person
from accounts.selectors import units_visible_to
from content import checklist, codebook
from content.forms.pictures import is_key
from content.selectors.facets import class_ratio_of
from govsocial.web.permissions import requires


@require_safe
@requires("content.view")
def codebook_page(request: HttpRequest) -> HttpResponse:
    """What each facet means, with the lists that are confirmed before a submission."""
    context = {
        "chapters": codebook.CHAPTERS,
        "version": codebook.VERSION,
        "effective_from": codebook.EFFECTIVE_FROM,
        "lists": checklist.LISTS,
    }
    return render(request, "content/codebook.html", context)


@require_safe
@requires("content.draft")
def class_ratio(request: HttpRequest) -> HttpResponse:
    """Normative to performative posts of a unit in this quarter, while a class is chosen."""
    asked = request.GET.get("unit", "")
    if not is_key(asked):
        return HttpResponse()
    units = units_visible_to(person(request), "content.draft")
    unit = get_object_or_404(units, pk=int(asked))
    return render(request, "content/_class_ratio.html", {"ratio": class_ratio_of(unit)})

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content.forms.lists import SearchForm
from content.pages import search as search_pages
from govsocial.web.htmx import page_or_fragment
from govsocial.web.permissions import requires


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    """Everything that somebody may see and that has the words. Without words there is only the
    field for them."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    context: dict[str, object] = {"form": form}
    if form.is_valid() and form.cleaned_data["q"]:
        asked, kind = form.cleaned_data["q"], form.cleaned_data["kind"]
        context |= search_pages.results(request, person(request), asked, kind)
        context |= {"asked": asked, "chosen": kind}
    return render(request, page_or_fragment(request, "content/search.html"), context)

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import actions
from content.filters.freezes import FrozenFilter
from content.pages import freezes as pages_freezes
from content.pages import release as release_pages
from content.selectors import freezes as selectors_freezes
from content.selectors import posts as selectors
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import chips, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts
from govsocial.web.permissions import requires

SORTS: Sorts = {
    "time": "scheduled_for",
    "title": "version__title",
    "account": "official_account__display_name",
}


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def frozen_list(request: HttpRequest) -> HttpResponse:
    """What is frozen, and what each of it needs to go again."""
    user = person(request)
    rows = selectors_freezes.frozen_visible_to(user)
    filters = FrozenFilter(request.GET, queryset=rows, user=user)
    page = page_of(sorted_by(filters.qs, request, SORTS, "time"), request)
    page.object_list = pages_freezes.frozen_rows(list(page.object_list), user)
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": page,
        "may_tick": any(one.can_tick for one in page.object_list),
        "late": [one for one in page.object_list if one.can_tick and one.is_late],
    }
    return render(request, page_or_fragment(request, "content/frozen_list.html"), context)


@require_POST
@requires("content.approve")
def frozen_release(request: HttpRequest) -> HttpResponse:
    """Let several go at once: each that this person opened since it was frozen."""
    user = person(request)
    chosen = release_pages.ticked(request.POST.getlist("publication"), user)
    gone, refused = release_pages.release_each(user, chosen)
    if gone:
        messages.success(request, gone)
    for told in refused:
        messages.warning(request, told)
    if not chosen:
        messages.warning(request, _("Choose at least one publication that you have opened."))
    return redirect("content:frozen_list")


@require_form
@requires("content.approve")
def publication_release(request: HttpRequest, publication_id: int) -> HttpResponse:
    """Exactly what would go out. Opening it is noted: nobody lets go what they did not see."""
    user = person(request)
    publication = _frozen(request, publication_id)
    if publication is None:
        messages.warning(request, _("This publication has moved on meanwhile."))
        return redirect("content:publication_detail", publication_id)
    if request.method == "POST":
        why = release_pages.why_not_released(user, publication)
        if not why:
            messages.success(request, pages_freezes.after_release(publication))
            return redirect("content:frozen_list")
        messages.error(request, why)
        return redirect("content:publication_release", publication.pk)
    if request.method == "GET":
        actions.open_frozen(actor=user, publication_id=publication.pk)
    context = pages_freezes.release_page(publication, user)
    return render(request, "content/publication_release.html", context)


def _frozen(request: HttpRequest, publication_id: int) -> Any:
    """The frozen publication, None for one that is not: 404 to strangers, 403 without the right."""
    user = person(request)
    frozen = selectors_freezes.frozen_visible_to(user).filter(pk=publication_id).first()
    visible = frozen or get_object_or_404(
        selectors.publications_visible_to(user), pk=publication_id
    )
    if not selectors_freezes.may_release(visible, user):
        raise PermissionDenied
    return frozen

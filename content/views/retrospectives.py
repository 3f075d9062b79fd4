from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.filters.policies import RetrospectiveFilter
from content.forms.policies import RetrospectiveForm
from content.models import Retrospective
from content.pages import retrospective as retrospective_pages
from content.selectors import retrospectives as selectors_retrospectives
from content.stuck import looks_by_nobody
from content.waiting import waiting_for
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import chips, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts
from govsocial.web.permissions import requires

SORTS: Sorts = {
    "title": "review__version__title",
    "unit": "review__post__unit__name",
    "opened": "opened_at",
    "due": "due_at",
}


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def retrospective_list(request: HttpRequest) -> HttpResponse:
    """Emergencies that were looked at, or are to be: open ones first."""
    user = person(request)
    rows = selectors_retrospectives.retrospectives_visible_to(user)
    filters = RetrospectiveFilter(request.GET, queryset=rows, user=user)
    found = filters.qs
    if request.GET.get("sort"):
        found = sorted_by(found, request, SORTS, "due")
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": page_of(found, request),
        "now": timezone.now(),
        "looks": waiting_for(request).retrospectives,
        "unlooked": {one.pk for one in looks_by_nobody(user)},
    }
    return render(request, page_or_fragment(request, "content/retrospective_list.html"), context)


@require_form
@requires("content.view")
def retrospective_detail(request: HttpRequest, retrospective_id: int) -> HttpResponse:
    """The notice as it went out, and the form of who may answer."""
    user = person(request)
    rows = selectors_retrospectives.retrospectives_visible_to(user)
    row = get_object_or_404(rows, pk=retrospective_id)
    if request.method != "POST":
        return _page(request, row, RetrospectiveForm())
    if not user.holds("content.review", row.review.post.unit_id):
        raise PermissionDenied
    form = RetrospectiveForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    try:
        actions.answer_retrospective(actor=user, retrospective_id=row.pk, **form.cleaned_data)
    except ContentError as exc:
        form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        return _page(request, rows.get(pk=row.pk), form, status=409)
    messages.success(request, _("Your findings are kept with the post."))
    return redirect("content:retrospective_detail", row.pk)


def _page(
    request: HttpRequest, row: Retrospective, form: RetrospectiveForm, status: int = 200
) -> HttpResponse:
    chosen = request.GET.get("account")
    context = retrospective_pages.retrospective_page(row, person(request), chosen)
    page = "content/retrospective_detail.html"
    return render(request, page, context | {"form": form}, status=status)

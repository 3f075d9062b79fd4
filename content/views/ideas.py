"""Ideas: a list to add to in one line, a page for each, drafts that are written from them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.filters.plan import IdeaFilter
from content.forms.plan import IdeaForm, QuickIdeaForm
from content.models import Idea
from content.pages import plan as pages_plan
from content.selectors import plan as selectors_plan
from content.views.acting import acted, form_page
from govsocial.web.forms import KeyForm, ReasonForm
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import back_to_list, chips, csv_response, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts, in_course
from govsocial.web.permissions import requires
from govsocial.web.sheets import xlsx_response

SORTS: Sorts = {
    "idea": "title",
    "wanted": "wanted_on",
    "useful": "useful",
    "state": in_course("state", Idea.State),
    "added": "pk",
}


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def idea_list(request: HttpRequest) -> HttpResponse:
    context = _list(request)
    return render(request, page_or_fragment(request, "content/idea_list.html"), context)


def _list(request: HttpRequest) -> dict[str, Any]:
    user, filters = person(request), _filters(request)
    may_plan = user.holds("content.plan")
    return {
        "form": filters.form,
        "chips": chips(filters),
        "page": page_of(sorted_by(filters.qs, request, SORTS, "-added"), request),
        "may_plan": may_plan,
        "quick": QuickIdeaForm(user=user) if may_plan else None,
        "plans_for": user.units_with("content.plan"),
    }


@require_safe
@requires("content.view")
def idea_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV, or as XLSX with ``?format=xlsx``."""
    filters = _filters(request)
    if not filters.is_valid():
        return back_to_list(request, "content:idea_list")
    rows = sorted_by(filters.qs, request, SORTS, "-added")
    asked = {key: value for key, value in request.GET.dict().items() if key in filters.filters}
    actions.record_plan_export(
        actor=person(request), what="ideas", rows=rows.count(), filters=asked
    )
    name, header = _("ideas"), pages_plan.idea_header()
    cells = pages_plan.idea_rows(rows.iterator(chunk_size=500))
    if request.GET.get("format") == "xlsx":
        return xlsx_response(name, header, cells, title=_("Ideas"))
    return csv_response(name, header, cells)


def _filters(request: HttpRequest) -> IdeaFilter:
    user = person(request)
    rows = selectors_plan.ideas_visible_to(user)
    return IdeaFilter(request.GET, queryset=rows, user=user)


@require_POST
@requires("content.plan")
def idea_add(request: HttpRequest) -> HttpResponse:
    """One line of the list; what is wrong with it is said there."""
    user = person(request)
    form = QuickIdeaForm(request.POST, user=user)
    if acted(
        form,
        lambda: actions.add_idea(
            actor=user,
            unit_id=form.cleaned_data["unit"].pk,
            values={"title": form.cleaned_data["title"]},
        ),
    ):
        messages.success(request, _("The idea is kept."))
        return redirect("content:idea_list")
    return render(request, "content/idea_list.html", {**_list(request), "quick": form}, status=422)


@require_safe
@requires("content.view")
def idea_detail(request: HttpRequest, idea_id: int) -> HttpResponse:
    idea = _visible(request, idea_id)
    context = pages_plan.idea_page(idea, person(request))
    return render(request, "content/idea_detail.html", context)


@require_form
@requires("content.plan")
def idea_edit(request: HttpRequest, idea_id: int) -> HttpResponse:
    idea = _to_plan(request, idea_id)
    form = IdeaForm(request.POST or None, idea=idea)
    if not acted(
        form,
        lambda: actions.change_idea(
            actor=person(request),
            idea_id=idea.pk,
            edition=form.cleaned_data["edition"] or 0,
            values=form.values(),
        ),
    ):
        return form_page(request, "content/idea_form.html", form, idea=idea)
    messages.success(request, _("The idea is saved."))
    return redirect("content:idea_detail", idea.pk)


@require_POST
@requires("content.plan")
def idea_vote(request: HttpRequest, idea_id: int) -> HttpResponse:
    """Useful or not: what the button said, so that a second click changes nothing."""
    idea = _to_plan(request, idea_id)
    useful = request.POST.get("useful") == "1"
    try:
        actions.vote_for_idea(actor=person(request), idea_id=idea.pk, useful=useful)
    except ContentError as exc:
        messages.error(request, str(exc))
    return redirect(_back(request, idea))


def _back(request: HttpRequest, idea: Idea) -> str:
    """To the list or to the idea, wherever the button was; never to an address that was sent."""
    if request.POST.get("from") == "list":
        return f"{redirect('content:idea_list').url}#idea-{idea.pk}"
    return redirect("content:idea_detail", idea.pk).url


@require_POST
@requires("content.draft")
def idea_write(request: HttpRequest, idea_id: int) -> HttpResponse:
    """A draft with what the idea says; then the composer."""
    idea, form = _visible(request, idea_id), KeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Open the idea again, then write from it."))
        return redirect("content:idea_detail", idea.pk)
    key = form.cleaned_data["key"]
    try:
        post = actions.write_from_idea(actor=person(request), idea_id=idea.pk, key=key)
    except ContentError as exc:
        messages.error(request, str(exc))
        return redirect("content:idea_detail", idea.pk)
    return redirect("content:post_edit", post.pk)


@require_form
@requires("content.plan")
def idea_drop(request: HttpRequest, idea_id: int) -> HttpResponse:
    idea = _to_plan(request, idea_id)
    form = ReasonForm(request.POST or None)
    if not acted(
        form,
        lambda: actions.drop_idea(actor=person(request), idea_id=idea.pk, **form.cleaned_data),
    ):
        return form_page(request, "content/idea_drop.html", form, idea=idea)
    messages.success(request, _("The idea is dropped. It can be picked up again."))
    return redirect("content:idea_list")


@require_POST
@requires("content.plan")
def idea_reopen(request: HttpRequest, idea_id: int) -> HttpResponse:
    idea = _to_plan(request, idea_id)
    try:
        actions.reopen_idea(actor=person(request), idea_id=idea.pk)
    except ContentError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("The idea is open again."))
    return redirect("content:idea_detail", idea.pk)


def _visible(request: HttpRequest, idea_id: int) -> Any:
    return get_object_or_404(selectors_plan.ideas_visible_to(person(request)), pk=idea_id)


def _to_plan(request: HttpRequest, idea_id: int) -> Any:
    """The idea, 404 to strangers and 403 to those who only see it."""
    idea = _visible(request, idea_id)
    if not person(request).holds("content.plan", idea.unit_id):
        raise PermissionDenied
    return idea

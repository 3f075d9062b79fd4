from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.filters.freezes import FreezeFilter
from content.forms.freezes import FreezeForm
from content.models import Freeze
from content.pages import freezes as pages_freezes
from content.pages import freezing as pages_freezing
from content.selectors import freezes as selectors_freezes
from govsocial.web.forms import ReasonForm
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import PAGE_SIZE, chips, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts, in_course
from govsocial.web.permissions import requires

SORTS: Sorts = {
    "begun": "begun_at",
    "lifted": "lifted_at",
    "kind": in_course("kind", Freeze.Kind),
}


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def freeze_list(request: HttpRequest) -> HttpResponse:
    """Freezes that run, with what waits because of them; below, those that ended."""
    user = person(request)
    rows = selectors_freezes.with_what_they_stopped(selectors_freezes.freezes_visible_to(user))
    filters = FreezeFilter(request.GET, queryset=rows, user=user)
    ended = filters.qs.filter(lifted_at__isnull=False)
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "running": filters.qs.filter(lifted_at=None)[:PAGE_SIZE],
        "page": page_of(sorted_by(ended, request, SORTS, "-lifted"), request),
        "may_begin": user.holds("content.freeze"),
        "begun_by": pages_freezes.who_freezes(user),
    }
    return render(request, page_or_fragment(request, "content/freeze_list.html"), context)


@require_safe
@requires("content.view")
def freeze_detail(request: HttpRequest, freeze_id: int) -> HttpResponse:
    freeze = _visible(request, freeze_id)
    context = pages_freezes.freeze_page(freeze, person(request))
    return render(request, "content/freeze_detail.html", context)


@require_form
@requires("content.freeze")
def freeze_begin(request: HttpRequest) -> HttpResponse:
    """Ask, then show what will stop, then stop it."""
    user = person(request)
    form = FreezeForm(request.POST or None, user=user)
    if "change" in request.POST or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "content/freeze_form.html", {"form": form}, status=status)
    if "confirm" not in request.POST:
        context = pages_freezes.freeze_preview(form, user)
        return render(request, "content/freeze_preview.html", context)
    try:
        freeze = actions.begin_freeze(actor=user, **form.wanted())
    except ContentError as exc:
        form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        return render(request, "content/freeze_form.html", {"form": form}, status=409)
    messages.success(request, pages_freezing.after_begin(freeze))
    return redirect("content:freeze_detail", freeze.pk)


@require_form
@requires("content.freeze")
def freeze_lift(request: HttpRequest, freeze_id: int) -> HttpResponse:
    freeze = _visible(request, freeze_id)
    if not person(request).holds("content.freeze", freeze.unit_id):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.lift_freeze(actor=person(request), freeze_id=freeze.pk, **form.cleaned_data)
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        else:
            messages.success(request, pages_freezing.after_lift(freeze))
            return redirect("content:frozen_list")
    status = 422 if form.errors else 200
    context = pages_freezing.lift_page(freeze) | {"form": form}
    return render(request, "content/freeze_lift.html", context, status=status)


def _visible(request: HttpRequest, freeze_id: int) -> Freeze:
    rows = selectors_freezes.freezes_visible_to(person(request))
    freeze: Freeze = get_object_or_404(selectors_freezes.with_what_they_stopped(rows), pk=freeze_id)
    return freeze

"""What was planned, beside what went out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import actions
from content.forms.plan_done import PlanDoneForm
from content.pages import plan_done as pages_plan_done
from content.plan_done import GROUPS, Outcome, Rows
from govsocial.web import charts
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import back_to_list, csv_response, page_of
from govsocial.web.permissions import requires
from govsocial.web.sheets import xlsx_response


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def plan_done(request: HttpRequest) -> HttpResponse:
    form, by = _form(request), pages_plan_done.group_of(request.GET)
    context = {"form": form, "chips": pages_plan_done.chips_of(form), "by": by}
    if form.is_valid():
        shown = pages_plan_done.comparison(form, by)
        before, after = form.around()
        context |= {
            **shown,
            "page": page_of(shown["groups"], request),
            "period": pages_plan_done.title_of(form),
            "before": before,
            "after": after,
        }
    return render(request, page_or_fragment(request, "content/plan_done.html"), context)


@require_safe
@requires("content.view")
def plan_done_chart(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    if not form.is_valid():
        return back_to_list(request, "content:plan_done")
    return charts.respond(request, pages_plan_done.chart(form))


@require_safe
@requires("content.view")
def plan_done_list(request: HttpRequest) -> HttpResponse:
    """The posts behind one number."""
    form = _form(request)
    if not form.is_valid():
        return back_to_list(request, "content:plan_done")
    page = page_of(_rows(request, form), request)  # type: ignore[arg-type]  # counted and sliced like a list
    context = {
        "page": page,
        "rows": pages_plan_done.with_names(list(page.object_list)),
        "period": pages_plan_done.title_of(form),
        "chips": pages_plan_done.chips_of(form),
    }
    return render(request, "content/plan_done_list.html", context)


@require_safe
@requires("content.view")
def plan_done_export(request: HttpRequest) -> HttpResponseBase:
    """The posts behind one number, or all of the period, as CSV or with ``?format=xlsx``."""
    form = _form(request)
    if not form.is_valid():
        return back_to_list(request, "content:plan_done")
    rows = _rows(request, form)[:]
    asked = {key: value for key, value in request.GET.dict().items() if key != "format"}
    actions.record_plan_export(actor=person(request), what="done", rows=len(rows), filters=asked)
    name, header, cells = (
        _("plan-and-outcome"),
        pages_plan_done.header(),
        pages_plan_done.cells(rows),
    )
    if request.GET.get("format") == "xlsx":
        return xlsx_response(name, header, cells, title=_("Plan and outcome"))
    return csv_response(name, header, cells)


def _form(request: HttpRequest) -> PlanDoneForm:
    return PlanDoneForm(request.GET, user=person(request))


def _rows(request: HttpRequest, form: PlanDoneForm) -> Rows:
    outcomes = pages_plan_done.LISTED.get(request.GET.get("outcome", ""), tuple(Outcome))
    by, key = request.GET.get("by", ""), request.GET.get("key", "")
    is_group = by in GROUPS and bool(key) and "\0" not in key
    return Rows(form.asked(), outcomes=outcomes, by=by if is_group else "", key=key)

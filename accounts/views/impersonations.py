from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import actions
from accounts import impersonation_selectors as selectors
from accounts.documents import document_response
from accounts.errors import AccountChanged
from accounts.exports import list_response
from accounts.impersonation_filters import ImpersonationFilter
from accounts.impersonation_forms import (
    AssignForm,
    NoteForm,
    ReportForm,
    StepForm,
    assigned_over,
    imitated_asked,
)
from accounts.impersonation_pages import (
    accounts_beside,
    move_problem,
    rights_in,
    step_of,
    steps_of,
    timeline_of,
)
from accounts.models import ImpersonationReport, ImpersonationStatement
from accounts.public import form_guard
from accounts.requests import attempt, person
from accounts.suspect_words import kind_of, words_for
from govsocial.web.forms import ReasonForm
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import back_to_list, chips, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts, in_course
from govsocial.web.permissions import require, requires

SORTS: Sorts = {
    "opened": "opened_at",
    "suspect": "suspect",
    "status": in_course("status", ImpersonationReport.Status),
    "reports": "statement_count",
}


def visible_report(request: HttpRequest, report_id: int) -> ImpersonationReport:
    """The report, or 404 for strangers."""
    return get_object_or_404(selectors.reports_visible_to(person(request)), pk=report_id)


def handled_report(request: HttpRequest, report_id: int) -> ImpersonationReport:
    """Like ``visible_report``, and 403 for those who may only look."""
    report = visible_report(request, report_id)
    actions.require_follow_up(person(request), report)
    return report


def _filters(request: HttpRequest) -> ImpersonationFilter:
    user = person(request)
    rows = selectors.reports_visible_to(user)
    return ImpersonationFilter(request.GET, queryset=rows, user=user)


@require_safe
@requires("accounts.view")
@vary_on_headers("HX-Request")
def report_list(request: HttpRequest) -> HttpResponse:
    filters = _filters(request)
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": page_of(sorted_by(filters.qs, request, SORTS, "-opened"), request),
    }
    return render(request, page_or_fragment(request, "accounts/impersonation_list.html"), context)


@require_safe
@requires("accounts.view")
def report_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV or XLSX. Nothing of the statements is in it."""
    filters = _filters(request)
    if not filters.is_valid():
        return back_to_list(request, "impersonations:report_list")
    rows = sorted_by(filters.qs, request, SORTS, "-opened")
    count = rows.count()
    asked = {key: str(value) for key, value in request.GET.items() if key in filters.filters}
    actions.record_report_export(actor=person(request), rows=count, filters=asked)
    return list_response(
        request, filters, name=_("impersonations"), title=_("Fake accounts"), count=count,
        header=_header(), rows=_rows(rows.iterator(chunk_size=500)),
    )  # fmt: skip


def _header() -> list[object]:
    return [
        _("Reference number"), _("Suspect"), _("Platform or kind"), _("Imitated account"),
        _("Unit"), _("Status"), _("Reports"), _("Reported"), _("Settled"), _("Days"),
        _("Ticket number"),
    ]  # fmt: skip


def _rows(reports: Iterator[ImpersonationReport]) -> Iterator[list[object]]:
    for report in reports:
        yield [
            report.reference,
            report.suspect,
            kind_of(report),
            str(report.official_account or ""),
            report.in_charge.name,
            words_for(report).status(report.status),
            report.statement_count,  # type: ignore[attr-defined]  # annotated
            report.opened_at,
            report.settled_at,
            report.days,
            report.ticket,
        ]


@require_form
@requires("accounts.view")
def report_make(request: HttpRequest) -> HttpResponse:
    """Staff report what they saw; those who follow it up get it."""
    initial = {"imitated": imitated_asked(request.GET.get("imitated", ""))}
    form = ReportForm(request.POST or None, request.FILES or None, initial=initial)
    reference = attempt(form, lambda: _take_in(request, form))
    if reference is None:
        status = 422 if form.errors else 200
        return render(request, "accounts/impersonation_form.html", {"form": form}, status=status)
    words = _("The report %(reference)s is on its way.")
    messages.success(request, words % {"reference": reference})
    return redirect("impersonations:report_list")


def _take_in(request: HttpRequest, form: ReportForm) -> str:
    """The reference of the report. A form that is sent twice is taken in once."""
    code = form_guard.code_of(request) if form.cleaned_data["stamp"] else ""
    try:
        received = actions.report_impersonation(
            actor=person(request),
            channel=ImpersonationStatement.Channel.STAFF,
            code=code,
            **form.wanted(),
        )
    except actions.AlreadyReceived:
        return selectors.reference_of(code)
    return received.report.reference


@require_safe
@requires("accounts.view")
def report_detail(request: HttpRequest, report_id: int) -> HttpResponse:
    report, user = visible_report(request, report_id), person(request)
    context = {
        "report": report,
        "words": words_for(report),
        "named": accounts_beside(report),
        "own": selectors.own_statements(report, user),
        "seen_units": user.units_with("accounts.view"),
        **rights_in(report, user),
        "steps": steps_of(report),
        "timeline": timeline_of(report, user),
        "note_form": NoteForm(),
    }
    return render(request, "accounts/impersonation_detail.html", context)


def _stands(request: HttpRequest, report: ImpersonationReport, problem: str) -> HttpResponse:
    context = {"report": report, "problem": problem}
    return render(request, "accounts/impersonation_stands.html", context)


@require_form
@requires("impersonation.handle")
def report_move(request: HttpRequest, report_id: int, status: str) -> HttpResponse:
    report = handled_report(request, report_id)
    step = step_of(report, status)
    if step is None:
        raise Http404
    if request.method != "POST" and (problem := move_problem(report, status)):
        return _stands(request, report, problem)
    form = StepForm(request.POST or None, report=report, status=status)
    moved = attempt(
        form,
        lambda: actions.move_report(
            actor=person(request), report_id=report.pk, status=status, **form.cleaned_data
        ),
    )
    if moved is None:
        context = {"form": form, "report": report, "step": step, "status": status}
        code = 422 if form.errors else 200
        return render(request, "accounts/impersonation_step.html", context, status=code)
    messages.success(request, step.done)
    return redirect("impersonations:report_detail", report.pk)


@require_form
@requires("impersonation.handle")
def report_note(request: HttpRequest, report_id: int) -> HttpResponse:
    report, form = visible_report(request, report_id), NoteForm(request.POST or None)
    actions.require_remark(person(request), report)
    noted = attempt(
        form,
        lambda: actions.note_on_report(
            actor=person(request), report_id=report.pk, **form.cleaned_data
        ),
    )
    if noted is None:
        context = {"form": form, "report": report, "step": None}
        code = 422 if form.errors else 200
        return render(request, "accounts/impersonation_step.html", context, status=code)
    return redirect("impersonations:report_detail", report.pk)


@require_form
@requires("impersonation.handle")
def report_assign(request: HttpRequest, report_id: int) -> HttpResponse:
    report, user = visible_report(request, report_id), person(request)
    require(user, "impersonation.handle", report.charge_id)
    form = AssignForm(request.POST or None, user=user, report=report)
    try:
        done = attempt(
            form,
            lambda: actions.assign_report(actor=user, report_id=report_id, **form.wanted()),
        )
    except AccountChanged as exc:
        report, done = visible_report(request, report_id), None
        form = assigned_over(request.POST, exc, report, user)
    if done is None:
        code = 422 if form.errors else 200
        context = {"form": form, "report": report}
        return render(request, "accounts/impersonation_assign.html", context, status=code)
    return redirect("impersonations:report_detail", report.pk)


@require_safe
@requires("impersonation.handle")
def statement_list(request: HttpRequest, report_id: int) -> HttpResponse:
    """What was reported and by whom. Each look is in the trail."""
    report = handled_report(request, report_id)
    statements = actions.read_statements(actor=person(request), report_id=report.pk)
    context = {"report": report, "statements": statements}
    response = render(request, "accounts/impersonation_statements.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_form
@requires("impersonation.handle")
def statement_erase(request: HttpRequest, report_id: int, statement_id: int) -> HttpResponse:
    report, form = handled_report(request, report_id), ReasonForm(request.POST or None)
    statements = selectors.statements_visible_to(person(request))
    statement = get_object_or_404(statements, pk=statement_id, report=report)
    erased = attempt(
        form,
        lambda: actions.erase_reporter(
            actor=person(request), statement_id=statement.pk, **form.cleaned_data
        ),
    )
    if erased is None:
        context = {"form": form, "report": report}
        code = 422 if form.errors else 200
        return render(request, "accounts/impersonation_erase.html", context, status=code)
    return redirect("impersonations:report_detail", report.pk)


@require_safe
@requires("impersonation.handle")
def evidence_download(request: HttpRequest, report_id: int, evidence_id: int) -> HttpResponse:
    """A file as a download only: nobody here runs what a stranger sent."""
    report = handled_report(request, report_id)
    found = selectors.evidence_visible_to(person(request))
    evidence = get_object_or_404(found, pk=evidence_id, statement__report=report)
    actions.take_evidence(actor=person(request), evidence=evidence)
    response = document_response(evidence.document)
    if response is None:
        raise Http404
    return response

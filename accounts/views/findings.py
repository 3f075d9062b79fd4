from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import actions, selectors_findings
from accounts.exports import list_response
from accounts.filters_care import FindingFilter
from accounts.forms_care import FindingForm
from accounts.models import Finding, User
from accounts.models.attestation import Question
from accounts.requests import attempt, person
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import back_to_list, chips, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts, in_course
from govsocial.web.permissions import require, requires

SORTS: Sorts = {
    "name": "official_account__display_name",
    "question": in_course("question", Question),
    "since": "opened_at",
}


def _filters(request: HttpRequest) -> FindingFilter:
    user = person(request)
    rows = selectors_findings.findings_visible_to(user)
    return FindingFilter(request.GET, queryset=rows, user=user)


@require_safe
@requires("accounts.view")
@vary_on_headers("HX-Request")
def finding_list(request: HttpRequest) -> HttpResponse:
    """What is still to be done about the answers "no"; on request what was done."""
    filters = _filters(request)
    page = page_of(sorted_by(filters.qs, request, SORTS, "-since"), request)
    managed = set(person(request).units_with("accounts.manage"))
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": page,
        "managed": managed,
        "some_actions": any(_has_action(one, person(request), managed) for one in page),
    }
    return render(request, page_or_fragment(request, "accounts/finding_list.html"), context)


def _has_action(finding: Finding, user: User, managed: set[int]) -> bool:
    """Whether its row says something in the column of actions: closed, or to be closed."""
    account = finding.official_account
    is_theirs = account.unit_id in managed or account.person_in_charge_id == user.pk
    return finding.closed_at is not None or is_theirs


@require_safe
@requires("accounts.view")
def finding_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV, or as XLSX with ``?format=xlsx``."""
    filters = _filters(request)
    if not filters.is_valid():
        return back_to_list(request, "accounts:finding_list")
    rows = sorted_by(filters.qs, request, SORTS, "-since")
    count = rows.count()
    asked = {key: str(value) for key, value in request.GET.items() if key in filters.filters}
    actions.record_finding_export(actor=person(request), rows=count, filters=asked)
    return list_response(
        request, filters, name=_("findings"), title=_("Findings"), count=count, header=_header(),
        rows=_lines(rows.iterator(chunk_size=500)),
    )  # fmt: skip


def _header() -> list[object]:
    return [
        _("Display name"), _("Handle"), _("Platform"), _("Unit"), _("Question"),
        _("What is wrong"), _("What to do"), _("Since"), _("Closed on"), _("Closed by"),
        _("What was done"),
    ]  # fmt: skip


def _lines(findings: Iterator[Finding]) -> Iterator[list[object]]:
    for finding in findings:
        account = finding.official_account
        yield [
            account.display_name,
            account.handle,
            account.get_platform_display(),
            account.unit.name,
            finding.get_question_display(),
            finding.attestation.problem,
            str(finding.what_to_do),
            finding.opened_at,
            finding.closed_at,
            str(finding.closed_by or ""),
            finding.outcome,
        ]


@require_form
@requires("accounts.view")
def finding_close(request: HttpRequest, finding_id: int) -> HttpResponse:
    findings = selectors_findings.findings_visible_to(person(request))
    finding = get_object_or_404(findings, pk=finding_id)
    account = finding.official_account
    if account.person_in_charge_id != person(request).pk:
        require(person(request), "accounts.manage", account.unit_id)
    form = FindingForm(request.POST or None, finding=finding)
    closed = attempt(
        form,
        lambda: actions.close_finding(
            actor=person(request), finding_id=finding.pk, **form.cleaned_data
        ),
    )
    if closed is None:
        context = {"form": form, "finding": finding, "official_account": account}
        status = 422 if form.errors else 200
        return render(request, "accounts/finding_close.html", context, status=status)
    told = _("The finding about %(account)s is closed.") % {"account": account.called}
    messages.success(request, told)
    return redirect("accounts:finding_list")

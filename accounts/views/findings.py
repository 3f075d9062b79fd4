from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import actions, selectors_attestation
from accounts.forms_care import FindingForm
from accounts.requests import attempt, person
from govsocial.web.lists import page_of
from govsocial.web.methods import require_form
from govsocial.web.permissions import require, requires


@require_safe
@requires("accounts.view")
def finding_list(request: HttpRequest) -> HttpResponse:
    """What is still to be done about the answers "no"; with ?closed=yes what was done."""
    user, closed = person(request), request.GET.get("closed") == "yes"
    findings = selectors_attestation.findings_visible_to(user)
    context = {
        "page": page_of(findings.filter(closed_at__isnull=not closed), request),
        "closed": closed,
        "managed": set(user.units_with("accounts.manage")),
    }
    return render(request, "accounts/finding_list.html", context)


@require_form
@requires("accounts.view")
def finding_close(request: HttpRequest, finding_id: int) -> HttpResponse:
    findings = selectors_attestation.findings_visible_to(person(request))
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
    messages.success(request, _("The finding about %(account)s is closed.") % {"account": account})
    return redirect("accounts:finding_list")

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import actions, selectors_attestation
from accounts.actions.attestation_periods import withdrawal_problem
from accounts.errors import AccountChanged
from accounts.models import AttestationPeriod, User
from accounts.period_form import PeriodForm, form_over
from accounts.requests import attempt, person
from govsocial.web.forms import ReasonForm
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires


@require_form
@requires("accounts.manage")
def attestation_period_add(request: HttpRequest) -> HttpResponse:
    _require_top(request)
    form = PeriodForm(request.POST or None)
    made = attempt(
        form,
        lambda: actions.open_attestation_period(actor=person(request), **form.cleaned_data),
    )
    if made is None:
        return _page(request, form)
    messages.success(request, _("The period %(period)s is made.") % {"period": made})
    return redirect("accounts:attestation_list")


@require_form
@requires("accounts.manage")
def attestation_period_edit(request: HttpRequest, period_id: int) -> HttpResponse:
    periods = selectors_attestation.periods_visible_to(person(request))
    period = get_object_or_404(periods, pk=period_id)
    _require_top(request)
    form, actor = PeriodForm(request.POST or None, period=period), person(request)
    try:
        saved = attempt(form, lambda: _change(actor, period, form))
    except AccountChanged as exc:
        saved, form = None, form_over(request.POST, exc, periods.get(pk=period.pk))
    if saved is None:
        return _page(request, form, period)
    messages.success(request, _("The period %(period)s is changed.") % {"period": saved})
    return redirect("accounts:attestation_list")


@require_form
@requires("accounts.manage")
def attestation_period_withdraw(request: HttpRequest, period_id: int) -> HttpResponse:
    periods = selectors_attestation.periods_visible_to(person(request))
    period = get_object_or_404(periods, pk=period_id)
    _require_top(request)
    form = ReasonForm(request.POST or None)
    done = attempt(
        form,
        lambda: actions.withdraw_attestation_period(
            actor=person(request), period_id=period.pk, **form.cleaned_data
        ),
    )
    if done is None:
        return _withdraw_page(request, form, period)
    messages.success(request, _("The period %(period)s is withdrawn.") % {"period": done})
    return redirect("accounts:attestation_list")


def _withdraw_page(
    request: HttpRequest, form: ReasonForm, period: AttestationPeriod
) -> HttpResponse:
    """What cannot be withdrawn is not asked about: the page says why, before a reason is typed."""
    context = {"form": form, "period": period, "problem": withdrawal_problem(period)}
    name = "stands" if context["problem"] else "withdraw"
    status = 422 if form.is_bound else 200
    return render(request, f"accounts/attestation_period_{name}.html", context, status=status)


def _change(actor: User, period: AttestationPeriod, form: PeriodForm) -> AttestationPeriod:
    wanted = form.cleaned_data
    return actions.change_attestation_period(actor=actor, period_id=period.pk, **wanted)


def _require_top(request: HttpRequest) -> None:
    """A period is asked of every unit: only the top of the agency makes one."""
    if not selectors_attestation.may_keep_periods(person(request)):
        raise PermissionDenied


def _page(
    request: HttpRequest, form: PeriodForm, period: AttestationPeriod | None = None
) -> HttpResponse:
    may_withdraw = period is not None and not withdrawal_problem(period)
    context = {"form": form, "period": period, "may_withdraw": may_withdraw}
    status = 422 if form.errors else 200
    return render(request, "accounts/attestation_period_form.html", context, status=status)

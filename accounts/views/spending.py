"""What billed calls to platforms cost, for administrators of the whole agency."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import actions, spending
from accounts.errors import AccountChanged
from accounts.forms_spending import SpendingCapForm, form_over
from accounts.requests import attempt, person
from govsocial.web.lists import csv_response
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires


def _refuse_parts_of_the_agency(request: HttpRequest) -> None:
    if not person(request).sees_spending:
        raise PermissionDenied


@require_safe
@requires("accounts.manage")
def spending_list(request: HttpRequest) -> HttpResponse:
    _refuse_parts_of_the_agency(request)
    user = person(request)
    context = {
        "platforms": spending.spending_visible_to(user),
        "may_manage_people": user.holds("people.manage"),
    }
    return render(request, "accounts/spending_list.html", context)


@require_safe
@requires("accounts.manage")
def spending_export(request: HttpRequest) -> HttpResponseBase:
    _refuse_parts_of_the_agency(request)
    rows = spending.export_rows(person(request))
    actions.record_spending_export(actor=person(request), rows=len(rows))
    header = [_("Platform"), _("Month"), _("Item"), _("How many"), _("US dollars")]
    return csv_response(_("spending"), header, rows)


@require_form
@requires("accounts.manage")
def spending_cap_edit(request: HttpRequest, platform: str) -> HttpResponse:
    shown = _billed(request, platform)
    form = SpendingCapForm(request.POST or None, cap=shown.cap)
    actor = person(request)
    try:
        saved = attempt(
            form,
            lambda: actions.set_spending_cap(actor=actor, platform=platform, **form.cleaned_data),
        )
    except AccountChanged as exc:
        shown, saved = _billed(request, platform), None
        form = form_over(request.POST, exc, shown.cap)
    if saved is None:
        context = {"form": form, "shown": shown}
        status = 422 if form.errors else 200
        return render(request, "accounts/spending_cap_edit.html", context, status=status)
    messages.success(request, _("The cap of %(platform)s is set.") % {"platform": shown.label})
    return redirect("people:spending_list")


def _billed(request: HttpRequest, platform: str) -> spending.BilledPlatform:
    """A platform that charges for calls, for administrators of the whole agency; or 404."""
    _refuse_parts_of_the_agency(request)
    shown = {one.platform: one for one in spending.spending_visible_to(person(request))}
    if platform not in shown:
        raise Http404
    return shown[platform]

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import actions, selectors
from accounts.evidence_forms import AdministratorEndForm, AdministratorForm
from accounts.models import Administrator
from accounts.requests import attempt, person
from accounts.views.official_accounts import managed_account
from govsocial.web.methods import require_form
from govsocial.web.permissions import require, requires


@require_form
@requires("accounts.manage")
def administrator_add(request: HttpRequest, official_account_id: int) -> HttpResponse:
    user, account = person(request), managed_account(request, official_account_id)
    files = request.FILES or None
    form = AdministratorForm(request.POST or None, files, user=user, official_account=account)
    made = attempt(
        form,
        lambda: actions.assign_administrator(
            actor=user, official_account_id=account.pk, **form.wanted()
        ),
    )
    if made is None:
        context = {"form": form, "official_account": account}
        status = 422 if form.errors else 200
        return render(request, "accounts/administrator_add.html", context, status=status)
    done = _("%(person)s is administrator of %(account)s.")
    messages.success(request, done % {"person": made.user, "account": account.called})
    return redirect("accounts:official_account_detail", account.pk)


@require_form
@requires("accounts.manage")
def administrator_end(request: HttpRequest, administrator_id: int) -> HttpResponse:
    user, administrator = person(request), _managed(request, administrator_id)
    form = AdministratorEndForm(
        request.POST or None, request.FILES or None, administrator=administrator
    )
    ended = attempt(
        form,
        lambda: actions.end_administrator(
            actor=user, administrator_id=administrator.pk, **form.cleaned_data
        ),
    )
    if ended is None:
        context = {"form": form, "administrator": administrator}
        status = 422 if form.errors else 200
        return render(request, "accounts/administrator_end.html", context, status=status)
    messages.success(request, _("The last day of %(person)s is set.") % {"person": ended.user})
    return redirect("accounts:official_account_detail", administrator.official_account_id)


def _managed(request: HttpRequest, administrator_id: int) -> Administrator:
    user = person(request)
    assignments = selectors.administrators_visible_to(user)
    administrator = get_object_or_404(assignments, pk=administrator_id)
    require(user, "accounts.manage", administrator.official_account.unit_id)
    return administrator

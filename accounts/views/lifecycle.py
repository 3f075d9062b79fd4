"""Taking an account into use, suspending, closing, reopening it, and letting its handle go."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import actions, selectors
from accounts.actions.connections import not_connected
from accounts.actions.lifecycle import move_problem
from accounts.evidence_forms import CloseForm
from accounts.models import OfficialAccount
from accounts.requests import attempt, person
from accounts.views.official_accounts import managed_account
from accounts.warnings import warnings_about
from govsocial.web.forms import ReasonForm
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires

# What takes something away from what is planned for the account.
_LOSES = {"close", "suspend", "disconnect"}


def reason_page(
    request: HttpRequest, form: forms.Form, account: OfficialAccount, what: str
) -> HttpResponse:
    """Ask for the reason: "activate", "suspend", "close", "reopen", "release", "disconnect".

    What cannot be done from where the account stands is not asked about: the page says why, before
    somebody types a reason.
    """
    context = {"official_account": account, "what": what}
    if problem := _problem(account, what):
        page, status = "accounts/official_account_stands.html", 422 if form.is_bound else 200
        return render(request, page, {**context, "problem": problem}, status=status)
    context |= {
        "form": form,
        "losses": warnings_about(account) if what in _LOSES else [],
        "secret": selectors.secret_of(account),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/official_account_reason.html", context, status=status)


def _problem(account: OfficialAccount, what: str) -> str:
    """Why ``what`` cannot be done now; empty when it can."""
    if what == "disconnect" and not account.can_connect:
        return not_connected(account)
    if what != "disconnect" or account.is_closed:
        return move_problem(account, what)
    if account.is_connected or account.needs_reconnecting:
        return ""
    return not_connected(account)


def _move(
    request: HttpRequest,
    official_account_id: int,
    what: str,
    action: Callable[..., OfficialAccount],
    done: str,
) -> HttpResponse:
    account = managed_account(request, official_account_id)
    form = (CloseForm if what == "close" else ReasonForm)(request.POST or None)
    moved = attempt(
        form,
        lambda: action(actor=person(request), official_account_id=account.pk, **form.cleaned_data),
    )
    if moved is None:
        return reason_page(request, form, account, what)
    messages.success(request, done % {"account": account.called})
    return redirect("accounts:official_account_detail", account.pk)


@require_form
@requires("accounts.manage")
def official_account_activate(request: HttpRequest, official_account_id: int) -> HttpResponse:
    action, done = actions.activate_official_account, _("%(account)s is in use.")
    return _move(request, official_account_id, "activate", action, done)


@require_form
@requires("accounts.manage")
def official_account_suspend(request: HttpRequest, official_account_id: int) -> HttpResponse:
    action, done = actions.suspend_official_account, _("%(account)s is suspended.")
    return _move(request, official_account_id, "suspend", action, done)


@require_form
@requires("accounts.manage")
def official_account_close(request: HttpRequest, official_account_id: int) -> HttpResponse:
    action, done = actions.close_official_account, _("%(account)s is closed.")
    return _move(request, official_account_id, "close", action, done)


@require_form
@requires("accounts.manage")
def official_account_reopen(request: HttpRequest, official_account_id: int) -> HttpResponse:
    action, done = actions.reopen_official_account, _("%(account)s is in use again.")
    return _move(request, official_account_id, "reopen", action, done)


@require_form
@requires("accounts.manage")
def official_account_release(request: HttpRequest, official_account_id: int) -> HttpResponse:
    action = actions.release_official_account
    done = _("The handle of %(account)s counts as released.")
    return _move(request, official_account_id, "release", action, done)

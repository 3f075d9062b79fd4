from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts import actions, selectors
from accounts.filters import OfficialAccountFilter
from accounts.forms import OfficialAccountForm
from accounts.models import OfficialAccount
from accounts.requests import attempt, person
from accounts.warnings import warnings_about
from govsocial.audit.selectors import history_of
from govsocial.web.forms import ReasonForm
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import chips, csv_response, page_of, sorted_by
from govsocial.web.permissions import require, requires

SORTS = {
    "name": "display_name",
    "handle": "handle",
    "platform": "platform",
    "unit": "unit__name",
    "since": "created_at",
}


def visible_account(request: HttpRequest, official_account_id: int) -> OfficialAccount:
    """The account, or 404 for strangers."""
    accounts = selectors.official_accounts_visible_to(person(request))
    return get_object_or_404(accounts, pk=official_account_id)


def managed_account(request: HttpRequest, official_account_id: int) -> OfficialAccount:
    """Like ``visible_account``, and 403 for those who may only look."""
    official_account = visible_account(request, official_account_id)
    require(person(request), "accounts.manage", official_account.unit_id)
    return official_account


def _filters(request: HttpRequest) -> OfficialAccountFilter:
    user = person(request)
    rows = selectors.official_accounts_visible_to(user)
    return OfficialAccountFilter(request.GET, queryset=rows, user=user)


@require_GET
@requires("accounts.view")
@vary_on_headers("HX-Request")
def official_account_list(request: HttpRequest) -> HttpResponse:
    filters = _filters(request)
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": page_of(sorted_by(filters.qs, request, SORTS, "name"), request),
        "may_manage": person(request).holds("accounts.manage"),
    }
    template = page_or_fragment(request, "accounts/official_account_list.html")
    return render(request, template, context)


@require_GET
@requires("accounts.view")
def official_account_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV."""
    filters = _filters(request)
    rows = sorted_by(filters.qs, request, SORTS, "name")
    asked = {key: str(value) for key, value in request.GET.items() if key in filters.filters}
    actions.record_export(actor=person(request), rows=rows.count(), filters=asked)
    header = [
        _("Display name"), _("Handle"), _("Platform"), _("Server"), _("Unit"),
        _("Status"), _("Connection"), _("Address"), _("Registered"),
    ]  # fmt: skip
    return csv_response(_("official-accounts"), header, _rows(rows.iterator(chunk_size=500)))


def _rows(accounts: Iterator[OfficialAccount]) -> Iterator[list[object]]:
    for account in accounts:
        yield [
            account.display_name,
            account.handle,
            account.get_platform_display(),
            account.host,
            account.unit.name,
            account.get_status_display(),
            account.connection_words,
            account.url,
            account.created_at.isoformat(timespec="seconds"),
        ]


@require_GET
@requires("accounts.view")
def official_account_detail(request: HttpRequest, official_account_id: int) -> HttpResponse:
    official_account = visible_account(request, official_account_id)
    context = {
        "official_account": official_account,
        "connection": selectors.connection_of(official_account),
        "may_manage": person(request).holds("accounts.manage", official_account.unit_id),
        "history": history_of(official_account),
    }
    return render(request, "accounts/official_account_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires("accounts.manage")
def official_account_register(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = OfficialAccountForm(request.POST or None, user=user)
    made = attempt(
        form,
        lambda: actions.register_official_account(
            actor=user, unit_id=form.cleaned_data.pop("unit").pk, **form.cleaned_data
        ),
    )
    if made is None:
        return _form_page(request, form)
    messages.success(request, _("%(account)s is registered.") % {"account": made})
    return redirect("accounts:official_account_connect", made.pk)


@require_http_methods(["GET", "POST"])
@requires("accounts.manage")
def official_account_edit(request: HttpRequest, official_account_id: int) -> HttpResponse:
    user, account = person(request), managed_account(request, official_account_id)
    form = OfficialAccountForm(request.POST or None, user=user, official_account=account)
    saved = attempt(
        form,
        lambda: actions.change_official_account(
            actor=user,
            official_account_id=account.pk,
            unit_id=form.cleaned_data.pop("unit").pk,
            **form.cleaned_data,
        ),
    )
    if saved is None:
        return _form_page(request, form, account)
    messages.success(request, _("%(account)s is changed.") % {"account": saved})
    return redirect("accounts:official_account_detail", account.pk)


def _form_page(
    request: HttpRequest, form: OfficialAccountForm, account: OfficialAccount | None = None
) -> HttpResponse:
    losses = warnings_about(account) if account else []
    context = {"form": form, "official_account": account, "losses": losses}
    status = 422 if form.errors else 200
    return render(request, "accounts/official_account_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires("accounts.manage")
def official_account_close(request: HttpRequest, official_account_id: int) -> HttpResponse:
    account, form = managed_account(request, official_account_id), ReasonForm(request.POST or None)
    closed = attempt(
        form,
        lambda: actions.close_official_account(
            actor=person(request), official_account_id=account.pk, **form.cleaned_data
        ),
    )
    if closed is None:
        return reason_page(request, form, account, "close")
    messages.success(request, _("%(account)s is closed.") % {"account": account})
    return redirect("accounts:official_account_detail", account.pk)


@require_http_methods(["GET", "POST"])
@requires("accounts.manage")
def official_account_reopen(request: HttpRequest, official_account_id: int) -> HttpResponse:
    account, form = managed_account(request, official_account_id), ReasonForm(request.POST or None)
    opened = attempt(
        form,
        lambda: actions.reopen_official_account(
            actor=person(request), official_account_id=account.pk, **form.cleaned_data
        ),
    )
    if opened is None:
        return reason_page(request, form, account, "reopen")
    messages.success(request, _("%(account)s is in use again.") % {"account": account})
    return redirect("accounts:official_account_detail", account.pk)


def reason_page(
    request: HttpRequest, form: ReasonForm, account: OfficialAccount, what: str
) -> HttpResponse:
    """Ask for the reason of "close", "reopen" or "disconnect"."""
    losses = [] if what == "reopen" else warnings_about(account)
    context = {"form": form, "official_account": account, "what": what, "losses": losses}
    status = 422 if form.errors else 200
    return render(request, "accounts/official_account_reason.html", context, status=status)

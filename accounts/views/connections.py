from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import actions
from accounts.feed_questions import FeedUnconfirmed
from accounts.forms import ConnectForm
from accounts.models import OfficialAccount
from accounts.requests import attempt, person
from accounts.views.lifecycle import reason_page
from accounts.views.official_accounts import managed_account
from accounts.ways import ways_to_connect
from govsocial.web.forms import ReasonForm
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires


@sensitive_post_parameters("secret")
@require_form
@requires("accounts.manage")
def official_account_connect(request: HttpRequest, official_account_id: int) -> HttpResponse:
    """The ways to connect an account; a secret by hand is posted here."""
    account = managed_account(request, official_account_id)
    form = ConnectForm(request.POST or None, official_account=account)
    connected = _connected(request, account, form)
    if connected is None:
        ways = ways_to_connect(account, person(request))
        context = {"form": form, "official_account": account, "ways": ways}
        status = 422 if form.errors else 200
        return render(request, "accounts/official_account_connect.html", context, status=status)
    messages.success(request, _("%(account)s is connected.") % {"account": connected.called})
    return redirect("accounts:official_account_detail", account.pk)


def _connected(
    request: HttpRequest, account: OfficialAccount, form: ConnectForm
) -> OfficialAccount | None:
    try:
        return attempt(
            form,
            lambda: actions.connect_account(
                actor=person(request), official_account_id=account.pk, **form.typed()
            ),
        )
    except FeedUnconfirmed as refusal:
        form.ask(refusal)
        return None


@require_form
@requires("accounts.manage")
def official_account_disconnect(request: HttpRequest, official_account_id: int) -> HttpResponse:
    account, form = managed_account(request, official_account_id), ReasonForm(request.POST or None)
    done = attempt(
        form,
        lambda: actions.disconnect_account(
            actor=person(request), official_account_id=account.pk, **form.cleaned_data
        ),
    )
    if done is None:
        return reason_page(request, form, account, "disconnect")
    messages.success(request, _("%(account)s is disconnected.") % {"account": account.called})
    return redirect("accounts:official_account_detail", account.pk)

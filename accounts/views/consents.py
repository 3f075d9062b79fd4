"""The way to a platform and back.

The start answers with a page of its own whose plain link leads to the platform: a redirect after a
form would be stopped by ``form-action 'self'``, and people see where they go. What the platform
sends back is taken once, and the address with the code in it is left at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts import actions, selectors
from accounts.actions.consent_refusals import ConsentRefused
from accounts.actions.consents import offered_accounts
from accounts.consent_words import GIVEN_BACK, Reason, advice_for, sign_in_for
from accounts.errors import AccountError
from accounts.models import ConsentRequest
from accounts.requests import person
from accounts.views.official_accounts import managed_account
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires

STATUS = {
    Reason.OTHER_PERSON: 403,
    Reason.OTHER_BROWSER: 403,
    Reason.NOT_ALLOWED: 403,
    Reason.UNKNOWN: 400,
    Reason.NO_CODE: 400,
    Reason.OTHER_SERVER: 400,
    Reason.NO_ANSWER: 502,
}


REFUSED = "consent_refused"


def without_the_answer(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Send whoever has no business here on, and not with the code in the address."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            messages.info(
                request,
                _(
                    "You are not signed in here, so no consent was finished. Sign in, and begin "
                    "again on the page of the account."
                ),
            )
            return redirect_to_login(reverse("home"))
        if not request.user.holds("home.view"):
            return redirect("home")
        return view(request, *args, **kwargs)

    return guarded


@never_cache
@require_POST
@requires("accounts.manage")
def official_account_consent(request: HttpRequest, official_account_id: int) -> HttpResponse:
    """Begin a consent; the page that follows leads to the platform."""
    account = managed_account(request, official_account_id)
    try:
        address = actions.start_consent(
            actor=person(request), official_account_id=account.pk, browser=_browser(request)
        )
    except AccountError as exc:
        messages.error(request, str(exc))
        return redirect("accounts:official_account_connect", account.pk)
    context = {"official_account": account, "address": address, "sign_in": sign_in_for(account)}
    return render(request, "accounts/consent_go.html", context)


@never_cache
@without_the_answer
# No HEAD: whoever only looks whether the address is there would use the answer up.
@require_GET
@requires("home.view")
def consent_callback(request: HttpRequest, server: str = "") -> HttpResponse:
    """Where platforms send people back, with a code or with a refusal; each ``server`` that gives
    out applications itself to an address of its own.

    Everybody may come: who began the request, and may still connect, is the action's to say and the
    trail's to keep. The answer is always another address, without code and state.
    """
    try:
        consent = actions.finish_consent(
            actor=person(request),
            browser=_browser(request),
            came_to=request.path,
            **_brought(request),
        )
    except ConsentRefused as refused:
        return _refused(request, refused)
    if consent.status == ConsentRequest.Status.CHOOSING:
        return redirect("consent_choose", consent.pk)
    return _connected(request, consent)


@never_cache
@require_form
@requires("accounts.manage")
def consent_choose(request: HttpRequest, consent_id: str) -> HttpResponse:
    """Choose among several accounts that match; the others are listed with why they cannot be."""
    waiting = selectors.consents_to_choose(person(request), _browser(request))
    consent = get_object_or_404(waiting, pk=selectors.as_uuid(consent_id))
    context: dict[str, Any] = {"consent": consent, "official_account": consent.official_account}
    if request.method != "POST":
        context["offered"] = offered_accounts(consent)
        return render(request, "accounts/consent_choose.html", context)
    try:
        consent = _chosen(request, consent)
    except ConsentRefused as refused:
        return _refused(request, refused)
    except AccountError as exc:
        context |= {"problem": str(exc), "offered": offered_accounts(consent)}
        return render(request, "accounts/consent_choose.html", context, status=422)
    return _connected(request, consent)


def _chosen(request: HttpRequest, consent: ConsentRequest) -> ConsentRequest:
    return actions.choose_account(
        actor=person(request),
        browser=_browser(request),
        request_id=consent.pk,
        platform_id=request.POST.get("account", ""),
    )


def _connected(request: HttpRequest, consent: ConsentRequest) -> HttpResponse:
    account = consent.official_account
    messages.success(request, _("%(account)s is connected.") % {"account": account.called})
    return redirect("accounts:official_account_detail", account.pk)


def _refused(request: HttpRequest, refused: ConsentRefused) -> HttpResponse:
    own = refused.reason not in {Reason.OTHER_PERSON, Reason.NOT_ALLOWED, Reason.UNKNOWN}
    request.session[REFUSED] = {
        "reason": str(refused.reason),
        "message": str(refused),
        "words": refused.words,
        "seen": [asdict(one) for one in refused.seen] if own else [],
        "given_back": refused.given_back if own else "",
        # Whoever did not begin it is not told which account it was about.
        "account": refused.account.pk if own and refused.account else None,
    }
    return redirect("consent_refused")


@never_cache
@require_safe
@requires("home.view")
def consent_refused(request: HttpRequest) -> HttpResponse:
    """Why the last consent in this browser session connected nothing."""
    told = request.session.get(REFUSED)
    if told is None:
        return redirect("home")
    reason = Reason(told["reason"])
    visible = selectors.official_accounts_visible_to(person(request))
    account = visible.filter(pk=told["account"]).first()
    context = {
        "refused": told,
        "title": reason.label,
        # The first answer may have stored a connection.
        "is_used": reason == Reason.USED,
        "advice": advice_for(reason, account),
        "given_back": GIVEN_BACK.get(told.get("given_back", "")),
        "official_account": account,
    }
    status = STATUS.get(reason, 409)
    return render(request, "accounts/consent_refused.html", context, status=status)


def _brought(request: HttpRequest) -> dict[str, Any]:
    """What the address carries; that nobody names an issuer or an error is not the same as an
    empty one. Meta's dialog names some of its errors by a number only."""
    told = request.GET
    return {
        "state": told.get("state", ""),
        "code": told.get("code", ""),
        "issuer": told.get("iss"),
        "error": told.get("error", told.get("error_code")),
    }


def _browser(request: HttpRequest) -> str:
    return request.session.session_key or ""

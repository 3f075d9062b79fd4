"""Connecting by the owner's consent: there, back, and whose account it was.

A request is bound to the person, the account and the browser session; it is taken once, under a
lock, and nothing is asked of the platform inside a transaction. Whoever comes back wrongly is told
why, and the trail keeps that they came.

A state may be shown to a wrong person: an address is passed on, a computer is shared. Of what that
person brings nothing is used, neither code nor refusal, and the request stays for who began it:
nobody ends the consent of another. The state opens as little as before, for it never was the only
key. Only the session that began may bring it, and there an attacker who knows it (login CSRF) can
have an account of their own bound no more than one who never came here: where the platform knows
PKCE, a code made for another request is not taken, and whatever a code gives must be the account of
the register, else it is refused and given back. Another session of the same person ends the
request: that person is told so, and begins again.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts import server_limits
from accounts.actions.connections import Proven, keep_connection, refuse_not_in_use
from accounts.actions.consent_refusals import Seen, refuse, refused_with, settle
from accounts.actions.matching import (
    is_registered_one,
    refuse_other_identity,
    refuse_other_server,
    refuse_unkeepable,
)
from accounts.actions.platform_apps import app_to_consent_with
from accounts.actions.revocations import hold_back_revocations
from accounts.actions.whose_consent import with_account
from accounts.consent_words import Reason, reason_of
from accounts.errors import AccountError
from accounts.events_consents import CONSENT_STARTED
from accounts.models import ConsentRequest, OfficialAccount, PlatformApp, User
from accounts.models.consent import browser_digest
from accounts.redirects import redirect_uri
from accounts.vault import (
    TypedSecretStore,
    authorisation_for,
    credentials_of,
    issuers_of,
    open_row,
    seal_row,
    typed_client_for,
)
from govsocial.audit.actions import record
from govsocial.platforms.base import Secret
from govsocial.platforms.errors import PlatformError
from govsocial.platforms.oauth import Choice, missing_scopes, new_verifier
from govsocial.platforms.registry import spec
from govsocial.web.permissions import require

LIFETIME = timedelta(minutes=10)
# An answer that came in time may still be under way when the time is over.
UNDER_WAY = timedelta(minutes=10)


def start_consent(*, actor: User, official_account_id: int, browser: str) -> str:
    """Begin; return the address at the platform where the person consents.

    ``browser`` is the key of the session that begins and must come back. Raises ``AccountError``.
    """
    account = OfficialAccount.objects.get(pk=official_account_id)
    require(actor, "accounts.manage", account.unit_id)
    refuse_not_in_use(account)
    if spec(account.platform).authorisation is None:
        raise AccountError(_("This platform has no consent; enter a secret instead."))
    try:
        app = app_to_consent_with(actor=actor, platform=account.platform, host=account.host)
    except PlatformError as exc:
        raise AccountError(
            _("%(host)s gave no application. Try later, or enter a secret instead.")
            % {"host": account.host}
        ) from exc
    if app is None:
        raise AccountError(_("No application is configured for this platform."))
    state, verifier = secrets.token_urlsafe(32), new_verifier()
    address = authorisation_for(app).address(
        redirect_uri=redirect_uri(app.host), state=state, verifier=verifier
    )
    _begin(actor, account, app, browser, state, verifier)
    return address


@transaction.atomic
def _begin(
    actor: User,
    account: OfficialAccount,
    app: PlatformApp,
    browser: str,
    state: str,
    verifier: str,
) -> None:
    request = ConsentRequest(
        official_account=account,
        user=actor,
        app=app,
        state_sha256=_digest(state),
        browser_sha256=browser_digest(browser),
        redirect_uri=redirect_uri(app.host),
        expires_at=timezone.now() + LIFETIME,
    )
    seal_row(request, json.dumps({"verifier": verifier}))
    request.save(force_insert=True)
    host = app.host or account.platform
    record(CONSENT_STARTED, actor=actor, target=account, platform=account.platform, host=host)


def finish_consent(
    *,
    actor: User,
    browser: str,
    state: str,
    code: str,
    came_to: str,
    issuer: str | None = None,
    error: str | None = None,
) -> ConsentRequest:
    """Take what the platform sent back. The result is connected, or waits for a choice.

    ``came_to`` is the path of the address that was called, ``issuer`` who says to have sent it
    (``iss``, RFC 9207; None where nobody does): both must be those of the request, else its code
    is somebody else's and goes to nobody. ``error`` is what came in place of a code (RFC 6749,
    4.1.2.1), None where nothing did. Raises ``ConsentRefused``; then nothing was stored, and what
    was given is given back.
    """
    back = _Back(code=code, came_to=came_to, issuer=issuer, error=error)
    request, verifier = _take(actor, browser, state, back)
    given = TypedSecretStore({})
    with refused_with(actor, request, given):
        consent = authorisation_for(request.app)
        given.secret = consent.exchange(
            code=code, redirect_uri=request.redirect_uri, verifier=verifier
        )
        _keep_given(actor, request, given.secret)
        choices = list(consent.choices(given.secret))
        given.secret = with_account(given.secret, choices)
        _keep_given(actor, request, given.secret, choices)
        seen = [_seen(request, choice) for choice in choices]
        matching = [choice for choice, shown in zip(choices, seen, strict=True) if shown.matches]
        if not matching:
            refuse(actor, request, Reason.OTHER_ACCOUNT, secret=given.secret, seen=seen)
        if len(matching) > 1:
            return _offer(actor, request, choices, given.secret)
    return _connect(actor, request, matching[0].secret, given.secret)


def choose_account(
    *, actor: User, browser: str, request_id: UUID, platform_id: str
) -> ConsentRequest:
    """Connect the account that was chosen among those that match. Raises ``ConsentRefused``."""
    request, offered = _take_offer(actor, browser, request_id, platform_id)
    chosen = next(one for one in offered["choices"] if one["platform_id"] == platform_id)
    return _connect(actor, request, chosen["secret"], offered["secret"])


def offered_accounts(request: ConsentRequest) -> list[Seen]:
    """What there is to choose from. The secrets stay where they are."""
    return [
        _seen(request, Choice(**{**one, "secret": {}}))
        for one in json.loads(open_row(request))["choices"]
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Back:
    """What came back with a state."""

    code: str = field(repr=False)
    came_to: str
    issuer: str | None
    error: str | None


def _take(actor: User, browser: str, state: str, back: _Back) -> tuple[ConsentRequest, str]:
    """Use the request up, whatever comes of it, but for another person."""
    with transaction.atomic():
        request = (
            ConsentRequest.objects.select_for_update(of=("self",))
            .select_related("official_account__unit", "app")
            .filter(state_sha256=_digest(state))
            .first()
        )
        reason = _what_is_wrong(actor, browser, request, back)
        if request is not None and reason is None:
            verifier = json.loads(open_row(request))["verifier"]
            # What the platform gives from here on must not be taken back in the same moment.
            hold_back_revocations(request.app)
            request.status, request.sealed = ConsentRequest.Status.ANSWERED, ""
            request.save(update_fields=["status", "sealed"])
            return request, verifier
    refuse(actor, request, reason or Reason.UNKNOWN)


def _what_is_wrong(
    actor: User, browser: str, request: ConsentRequest | None, back: _Back
) -> Reason | None:
    if request is None:
        return Reason.UNKNOWN
    if foreign := _foreign(actor, browser, request):
        # Asked first: what became of it is no business of who did not begin it.
        return foreign
    if past := _past(request, ConsentRequest.Status.WAITING):
        return past
    if not actor.may("accounts.manage", request.official_account.unit_id):
        return Reason.NOT_ALLOWED
    if _is_of_another(request, back):
        return Reason.OTHER_SERVER
    if back.error is not None:
        return reason_of(back.error)
    return None if back.code else Reason.NO_CODE


def _foreign(actor: User, browser: str, request: ConsentRequest) -> Reason | None:
    """Why it is not for this person in this browser session; None where they began it there."""
    if request.user_id != actor.pk:
        return Reason.OTHER_PERSON
    same = constant_time_compare(request.browser_sha256, browser_digest(browser))
    return None if same else Reason.OTHER_BROWSER


def _past(request: ConsentRequest, awaited: ConsentRequest.Status) -> Reason | None:
    """Why it is too late for what it waits for in this state; None where it is not."""
    if request.status != awaited:
        return Reason.USED
    return Reason.EXPIRED if request.is_over else None


def _is_of_another(request: ConsentRequest, back: _Back) -> bool:
    """Whether another server answered than the one that the person was sent to (RFC 9700, 4.4)."""
    if back.came_to != urlsplit(request.redirect_uri).path:
        return True
    return back.issuer is not None and back.issuer not in issuers_of(request.app)


def _take_offer(
    actor: User, browser: str, request_id: UUID, platform_id: str
) -> tuple[ConsentRequest, dict[str, Any]]:
    offered: dict[str, Any] = {}
    with transaction.atomic():
        request = (
            ConsentRequest.objects.select_for_update(of=("self",))
            .select_related("official_account__unit", "app")
            .get(pk=request_id)
        )
        reason = _foreign(actor, browser, request) or _past(request, ConsentRequest.Status.CHOOSING)
        if reason is None:
            offered = json.loads(open_row(request))
            matching = [one.platform_id for one in offered_accounts(request) if one.matches]
            if platform_id not in matching:
                raise AccountError(_("Choose one of the accounts that match."))
            # The offer stays sealed until it is connected: whoever comes to the end of this process
            # too early leaves what is to be given back.
            request.status = ConsentRequest.Status.ANSWERED
            request.save(update_fields=["status"])
            return request, offered
    refuse(actor, request, reason)


def _offer(
    actor: User, request: ConsentRequest, choices: Sequence[Choice], secret: Secret
) -> ConsentRequest:
    """Keep the secrets sealed in the row while the person chooses."""
    if not _keep_offer(request, choices, secret):
        refuse(actor, request, Reason.EXPIRED, secret=secret)
    return request


def _is_being_answered(request: ConsentRequest) -> bool:
    """Locks it. Not any more where the answer took so long that it was settled meanwhile."""
    answered = ConsentRequest.objects.filter(status=ConsentRequest.Status.ANSWERED)
    return answered.select_for_update().filter(pk=request.pk).exists()


def _keep_given(
    actor: User, request: ConsentRequest, secret: Secret, choices: Sequence[Choice] = ()
) -> None:
    """Seal what the platform gave: should this process end, it is given back all the same."""
    with transaction.atomic():
        if _is_being_answered(request):
            seal_row(request, _sealable(secret, choices))
            request.save(update_fields=["sealed", "key_version"])
            return
    refuse(actor, request, Reason.EXPIRED, secret=secret)


@transaction.atomic
def _keep_offer(request: ConsentRequest, choices: Sequence[Choice], secret: Secret) -> bool:
    if not _is_being_answered(request):
        return False
    request.status = ConsentRequest.Status.CHOOSING
    request.expires_at = timezone.now() + LIFETIME
    seal_row(request, _sealable(secret, choices))
    request.save(update_fields=["status", "expires_at", "sealed", "key_version"])
    return True


def _sealable(secret: Secret, choices: Sequence[Choice]) -> str:
    offered = [{**asdict(choice), "secret": dict(choice.secret)} for choice in choices]
    return json.dumps({"choices": offered, "secret": dict(secret)})


def _connect(
    actor: User, request: ConsentRequest, secret: Secret, consented: Secret
) -> ConsentRequest:
    """Prove the chosen secret on the platform itself, and keep it."""
    account, app = request.official_account, request.app
    store = TypedSecretStore(secret)
    with refused_with(actor, request, store):
        # The account may have been given another server while its owner was away.
        refuse_other_server(account, app.host)
        client = typed_client_for(account, host=account.host, store=store, app=credentials_of(app))
        profile = client.profile()
        refuse_unkeepable(account, profile)
        refuse_other_identity(account, profile.platform_id, profile.handle, app)
        client.check_can_publish()
        granted = store.secret if "scope" in store.secret else {**consented, **store.secret}
        missing = missing_scopes(authorisation_for(app).scopes, granted)
        proven = Proven(
            host=account.host,
            profile=profile,
            secret=store.secret,
            app=app,
            missing_scopes=missing,
            server_limits=server_limits.asked(client),
        )
        kept = _keep(actor, request, proven)
    if not kept:
        refuse(actor, request, Reason.EXPIRED, secret=store.secret)
    return request


@transaction.atomic
def _keep(actor: User, request: ConsentRequest, proven: Proven) -> bool:
    if not _is_being_answered(request):
        return False
    keep_connection(actor=actor, official_account_id=request.official_account_id, proven=proven)
    request.status, request.sealed = ConsentRequest.Status.CONNECTED, ""
    request.settled_at = timezone.now()
    request.save(update_fields=["status", "sealed", "settled_at"])
    return True


@transaction.atomic
def tidy_consents(*, actor: User, limit: int = 200) -> int:
    """Settle requests whose time is over; give back what the platform gave.

    One that is being answered is left alone for a while: whoever answers it settles it.
    """
    now = timezone.now()
    answered = Q(status=ConsentRequest.Status.ANSWERED, expires_at__gt=now - UNDER_WAY)
    over = (
        ConsentRequest.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(~answered, settled_at=None, expires_at__lte=now)
        .select_related("official_account", "app")
        .order_by("expires_at")[:limit]
    )
    requests = list(over)
    for request in requests:
        settle(actor, request, Reason.EXPIRED)
    return len(requests)


def _seen(request: ConsentRequest, choice: Choice) -> Seen:
    account, app = request.official_account, request.app
    return Seen(
        platform_id=choice.platform_id,
        handle=choice.handle,
        display_name=choice.display_name,
        url=choice.url,
        matches=is_registered_one(account, choice.platform_id, choice.handle, app),
    )


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()

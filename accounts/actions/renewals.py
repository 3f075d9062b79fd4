"""Keeping connections alive, and telling people before one ends."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.actions.connections import mark_revoked
from accounts.actions.outcomes import note_outcome, noting_failures
from accounts.models import ConnectionWarning, Credential, OfficialAccount, User
from accounts.vault import CannotOpen, client_for
from govsocial.platforms.errors import AuthRevoked, PlatformError
from govsocial.platforms.registry import spec, with_clients

logger = logging.getLogger(__name__)

# When a token is near its end is the platform's own fact (``renew_before``). A claim is over by the
# next chance before that end, and after these hours at the latest.
AGAIN = timedelta(hours=6)
AGAIN_AFTER_FAILURE = timedelta(minutes=30)
WARN_DAYS = (14, 7, 1)


def _in_use() -> QuerySet[Credential]:
    closed = [OfficialAccount.Status.CLOSED, OfficialAccount.Status.RELEASED]
    return Credential.objects.exclude(official_account__status__in=closed)


@transaction.atomic
def claim_renewals(*, limit: int = 100) -> list[int]:
    """Lease the connections whose tokens end soon; return the ids of their accounts."""
    now = timezone.now()
    ends = Q(pk__in=[])
    for platform, margin in _margins().items():
        near = Q(access_expires_at__lt=now + margin)
        ends |= Q(official_account__platform=platform) & near
    due = (
        _in_use()
        .select_for_update(skip_locked=True, of=("self",))
        .filter(ends, Q(renew_after=None) | Q(renew_after__lte=now))
        .filter(status=Credential.Status.GOOD)
        .select_related("official_account")
        .order_by("pk")[:limit]
    )
    found = list(due)
    for credential in found:
        # A token of two hours is near its end again before six are over.
        margin = _margins()[credential.official_account.platform]
        credential.renew_after = now + min(AGAIN, margin)
    Credential.objects.bulk_update(found, ["renew_after"])
    return [credential.official_account_id for credential in found]


def _margins() -> dict[str, timedelta]:
    """How long before its end each platform's token is renewed, where that can be done."""
    told = {platform: spec(platform).renew_before for platform in with_clients()}
    return {platform: margin for platform, margin in told.items() if margin is not None}


def renew_connection(*, actor: User, official_account_id: int) -> None:
    """Refresh the token of one account now; a failure of the platform is written down, not raised.

    That it went well is written only when the platform was asked.
    """
    account, begun = OfficialAccount.objects.get(pk=official_account_id), timezone.now()
    try:
        with noting_failures(official_account_id):
            asked = client_for(account).renew()
    except (PlatformError, CannotOpen) as exc:
        logger.warning(
            "Connection not renewed: %s",
            type(exc).__name__,
            extra={"official_account_id": official_account_id},
        )
        if isinstance(exc, AuthRevoked):
            mark_revoked(
                actor=actor,
                official_account_id=official_account_id,
                reason=str(exc),
                used_since=begun,
            )
        _again_soon(official_account_id, exc)
    else:
        if asked:
            note_outcome(official_account_id)


def _again_soon(official_account_id: int, exc: Exception) -> None:
    wait = timedelta(seconds=getattr(exc, "retry_after", None) or 0)
    Credential.objects.filter(official_account_id=official_account_id).update(
        renew_after=timezone.now() + max(wait, AGAIN_AFTER_FAILURE)
    )


def plan_warnings() -> int:
    """Write down the warnings that are due: 14, 7 and 1 days before an end, and at a revocation.

    Each row is unique for its connection, its days and the end that it is about.
    """
    now, made = timezone.now(), 0
    edges: list[int | None] = [*WARN_DAYS[1:], None]
    for days, below in zip(WARN_DAYS, edges, strict=True):
        rows = _in_use().filter(
            status=Credential.Status.GOOD, expires_at__lte=now + timedelta(days=days)
        )
        if below is not None:
            rows = rows.filter(expires_at__gt=now + timedelta(days=below))
        made += _plan(rows, days, "expires_at")
    revoked = _in_use().filter(status=Credential.Status.REVOKED)
    return made + _plan(revoked, ConnectionWarning.REVOKED, "connected_at")


def _plan(rows: QuerySet[Credential], days: int, about: str) -> int:
    told = ConnectionWarning.objects.filter(
        credential=OuterRef("pk"), days=days, about=OuterRef(about)
    )
    new = [
        ConnectionWarning(credential_id=pk, days=days, about=end)
        for pk, end in rows.filter(~Exists(told)).values_list("pk", about)
    ]
    return len(ConnectionWarning.objects.bulk_create(new, ignore_conflicts=True))

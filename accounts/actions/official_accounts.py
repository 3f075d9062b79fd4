from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.connections import forget_secret
from accounts.actions.identity import refuse_registered_twice
from accounts.addresses import clean_handle, clean_host
from accounts.errors import AccountError
from accounts.events import (
    ACCOUNT_CHANGED,
    ACCOUNT_CLOSED,
    ACCOUNT_IDENTITY_CHANGED,
    ACCOUNT_REGISTERED,
    ACCOUNT_REOPENED,
    LIST_EXPORTED,
)
from accounts.models import OfficialAccount, Unit, User
from accounts.names import one_line
from govsocial.audit.actions import record
from govsocial.web.permissions import require


@transaction.atomic
def register_official_account(
    *,
    actor: User,
    unit_id: int,
    platform: str,
    handle: str,
    display_name: str,
    host: str = "",
    purpose: str = "",
    language: str = "id",
    proposed: bool = False,
) -> OfficialAccount:
    """State that a presence on a platform is the agency's, or propose one that is not used yet.

    It is not connected with that."""
    require(actor, "accounts.manage", unit_id)
    if platform not in OfficialAccount.Platform.values:
        raise AccountError(_("Choose a platform of the list."), field="platform")
    handle, host = clean_handle(platform, handle, host)
    host = clean_host(platform, host)
    official_account = OfficialAccount(
        unit=Unit.objects.get(pk=unit_id),
        platform=platform,
        host=host,
        handle=handle,
        display_name=one_line(display_name, "display_name"),
        purpose=one_line(purpose, "purpose"),
        language=language,
        status=OfficialAccount.Status.PROPOSED if proposed else OfficialAccount.Status.ACTIVE,
        registered_by=actor,
    )
    _save(actor, official_account)
    record(
        ACCOUNT_REGISTERED,
        actor=actor,
        target=official_account,
        platform=platform,
        host=host,
        handle=handle,
    )
    return official_account


@transaction.atomic
def change_official_account(
    *,
    actor: User,
    official_account_id: int,
    unit_id: int,
    handle: str,
    host: str,
    display_name: str,
    purpose: str,
    language: str,
) -> OfficialAccount:
    """Change the details.

    Another handle or server is another identity: the connection is dropped with it, and who the
    account is on the platform must be proven anew by connecting.
    """
    official_account = locked_official_account(official_account_id)
    require(actor, "accounts.manage", official_account.unit_id)
    if unit_id != official_account.unit_id:
        require(actor, "accounts.manage", unit_id)
    handle, host = clean_handle(official_account.platform, handle, host)
    wanted: dict[str, object] = {
        "unit_id": unit_id,
        "handle": handle,
        "host": clean_host(official_account.platform, host),
        "display_name": one_line(display_name, "display_name"),
        "purpose": one_line(purpose, "purpose"),
        "language": language,
    }
    before = {name: getattr(official_account, name) for name in wanted}
    changed = [name for name, value in wanted.items() if before[name] != value]
    if not changed:
        return official_account
    for name in changed:
        setattr(official_account, name, wanted[name])
    identity_changed = not {"handle", "host"}.isdisjoint(changed)
    if identity_changed:
        official_account.platform_id = official_account.url = ""
    _save(actor, official_account)
    record(ACCOUNT_CHANGED, actor=actor, target=official_account, changed=changed)
    if identity_changed:
        was_connected = forget_secret(official_account, actor=actor)
        record(
            ACCOUNT_IDENTITY_CHANGED,
            actor=actor,
            target=official_account,
            handle_before=before["handle"],
            host_before=before["host"],
            was_connected=was_connected,
        )
    return official_account


@transaction.atomic
def close_official_account(
    *, actor: User, official_account_id: int, reason: str
) -> OfficialAccount:
    """Stop using an account. Its secret is forgotten; everything it ever did stays."""
    official_account = locked_official_account(official_account_id)
    require(actor, "accounts.manage", official_account.unit_id)
    if official_account.status == OfficialAccount.Status.CLOSED:
        raise AccountError(_("This account is closed already."))
    official_account.status = OfficialAccount.Status.CLOSED
    official_account.closed_on = timezone.localdate(timezone=official_account.unit.zone)
    official_account.closed_reason = reason[:500]
    official_account.save(update_fields=["status", "closed_on", "closed_reason"])
    forget_secret(official_account, actor=actor)
    record(ACCOUNT_CLOSED, actor=actor, target=official_account, reason=reason)
    return official_account


@transaction.atomic
def reopen_official_account(
    *, actor: User, official_account_id: int, reason: str
) -> OfficialAccount:
    """Use a closed account again. It must be connected anew."""
    official_account = locked_official_account(official_account_id)
    require(actor, "accounts.manage", official_account.unit_id)
    if official_account.status == OfficialAccount.Status.ACTIVE:
        raise AccountError(_("This account is in use already."))
    official_account.status = OfficialAccount.Status.ACTIVE
    official_account.closed_on, official_account.closed_reason = None, ""
    official_account.save(update_fields=["status", "closed_on", "closed_reason"])
    record(ACCOUNT_REOPENED, actor=actor, target=official_account, reason=reason)
    return official_account


@transaction.atomic
def record_export(*, actor: User, rows: int, filters: Mapping[str, str]) -> None:
    """Note that somebody took a list of official accounts out of the application."""
    shown = ", ".join(f"{key}={value}" for key, value in sorted(filters.items()) if value)
    record(LIST_EXPORTED, actor=actor, target=actor, rows=rows, filters=shown[:300])


def locked_official_account(official_account_id: int) -> OfficialAccount:
    return OfficialAccount.objects.select_for_update().get(pk=official_account_id)


def _save(actor: User, official_account: OfficialAccount) -> None:
    refuse_registered_twice(actor, official_account)
    try:
        with transaction.atomic():
            official_account.save()
    except IntegrityError as exc:
        # Somebody registered it in between, and has committed now.
        refuse_registered_twice(actor, official_account)
        raise AccountError(_("This account is registered already."), field="handle") from exc

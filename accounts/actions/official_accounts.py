from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.connections import forget_secret
from accounts.actions.evidence import keep_decree
from accounts.actions.guards import require_until_written
from accounts.actions.identity import refuse_registered_twice
from accounts.actions.outsiders import outsider, refuse_outsider
from accounts.addresses import clean_handle, clean_host, kept_host
from accounts.details import NAMES, Details, Upload, clean_texts, is_same, refuse_problems
from accounts.errors import AccountChanged, AccountError, is_taken, lacks_role
from accounts.events import (
    ACCOUNT_CHANGED,
    ACCOUNT_IDENTITY_CHANGED,
    ACCOUNT_REGISTERED,
    LIST_EXPORTED,
)
from accounts.kept_values import changes_between, values_of
from accounts.models import OfficialAccount, Unit, User
from accounts.models.kinds import ADDRESSED, USUAL_KINDS
from accounts.named import refuse_leaving_behind
from accounts.names import name_line
from accounts.own_urls import refuse_foreign_url
from accounts.seen import mark, marks_of
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
    proposed: bool = False,
    decree: Upload | None = None,
    **details: Unpack[Details],
) -> OfficialAccount:
    """State that a presence on a platform is the agency's, or propose one that is not used yet.

    It is not connected with that. Kinds of media and channel that nobody names are the usual ones
    of the platform.
    """
    require_until_written(actor, "accounts.manage", unit_id)
    if platform not in OfficialAccount.Platform.values:
        raise AccountError(_("Choose a platform of the list."), field="platform")
    handle, host = clean_handle(platform, handle, host)
    official_account = OfficialAccount(
        unit=Unit.objects.get(pk=unit_id),
        platform=platform,
        host=clean_host(platform, host),
        handle=handle,
        display_name=name_line(display_name, "display_name"),
        status=OfficialAccount.Status.PROPOSED if proposed else OfficialAccount.Status.ACTIVE,
        registered_by=actor,
    )
    wanted = clean_texts(details)
    refuse_problems(wanted, today=today_of(official_account))
    for name, value in with_usual(platform, handle, wanted).items():
        setattr(official_account, name, value)
    refuse_foreign_url(platform, official_account.host, handle, wanted.get("url", ""))
    _refuse_outsider(official_account)
    _save(actor, official_account)
    record(
        ACCOUNT_REGISTERED,
        actor=actor,
        target=official_account,
        platform=platform,
        host=official_account.host,
        handle=handle,
    )
    if decree is not None:
        keep_decree(actor, official_account, decree)
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
    decree: Upload | None = None,
    seen: Mapping[str, str] | None = None,
    **details: Unpack[Details],
) -> OfficialAccount:
    """Change the details. Those of a released account stay as they are (``AccountError``).

    ``seen`` are the marks of what a person was shown (``seen.marks_of``). Raises
    ``AccountChanged`` when somebody else changed one of the fields since, and this would write
    something else there. None: what is wanted was not read off any form. A move to another unit
    leaves behind only those administrators who were named there (``refuse_leaving_behind``).

    Another handle or server is another identity: the connection is dropped with it, and who the
    account is on the platform must be proven anew by connecting.
    """
    official_account = locked_official_account(official_account_id)
    require_until_written(actor, "accounts.manage", official_account.unit_id)
    refuse_released(official_account)
    if unit_id != official_account.unit_id:
        require(actor, "accounts.manage", unit_id)
    wanted = _wanted(official_account, unit_id, handle, host, display_name, details)
    before = {name: getattr(official_account, name) for name in {*wanted, *NAMES, "closed_on"}}
    refuse_problems(before | wanted, today=today_of(official_account))
    changed = [name for name, value in wanted.items() if not is_same(name, before[name], value)]
    if seen is not None:
        brought = {"decree_file_id": decree} if decree is not None else {}
        _refuse_unseen(official_account, {name: wanted[name] for name in changed} | brought, seen)
    if "url" in changed:
        refuse_foreign_url(
            official_account.platform, wanted["host"], wanted["handle"], wanted["url"]
        )
    stood = values_of(official_account)
    for name in changed:
        setattr(official_account, name, wanted[name])
    if decree is not None:
        keep_decree(actor, official_account, decree)
    if not changed:
        record_changes(actor, official_account, stood)
        return official_account
    if {"unit_id", "person_in_charge_id"} & set(changed):
        _refuse_outsider(official_account)
    identity_changed = not {"handle", "host"}.isdisjoint(changed)
    if identity_changed:
        official_account.platform_id = ""
        typed = official_account.url if "url" in changed else ""
        official_account.url = _address_of(
            official_account.platform, official_account.handle, typed
        )
    _save(actor, official_account)
    record_changes(actor, official_account, stood)
    if identity_changed:
        _forget_identity(actor, official_account, before)
    return official_account


def _wanted(
    account: OfficialAccount,
    unit_id: int,
    handle: str,
    host: str,
    display_name: str,
    details: Details,
) -> dict[str, Any]:
    """What a change writes, as the register keeps it; ``AccountError`` for what it does not take.
    Where nobody names a server the account stays on its own."""
    platform = account.platform
    host = host or kept_host(platform, handle, account.handle, account.host)
    handle, host = clean_handle(platform, handle, host)
    return {
        "unit_id": unit_id,
        "handle": handle,
        "host": clean_host(platform, host),
        "display_name": name_line(display_name, "display_name"),
        **clean_texts(details),
    }


def _forget_identity(actor: User, account: OfficialAccount, before: Mapping[str, Any]) -> None:
    was_connected = forget_secret(account, actor=actor)
    record(
        ACCOUNT_IDENTITY_CHANGED,
        actor=actor,
        target=account,
        handle_before=before["handle"],
        host_before=before["host"],
        was_connected=was_connected,
    )


def record_changes(actor: User, account: OfficialAccount, stood: Mapping[str, str]) -> None:
    """Keep in the trail what ``stood`` in the register (``values_of``) and what stands there now;
    nothing where it is the same. Every change of details goes through here."""
    changes = changes_between(stood, values_of(account, stood))
    if changes["changed"]:
        record(ACCOUNT_CHANGED, actor=actor, target=account, **changes)


def _refuse_unseen(
    official_account: OfficialAccount, news: Mapping[str, Any], seen: Mapping[str, str]
) -> None:
    now = marks_of(official_account)
    fields = {
        # A file is always something of one's own: the form sends back none.
        name: name == "decree_file_id" or mark(value) != seen.get(name)
        for name, value in news.items()
        if now[name] != seen.get(name)
    }
    if fields:
        raise AccountChanged(
            _("This account has changed since you opened it. Look below, then save again."),
            fields=fields,
        )
    if "unit_id" in news:
        unit = Unit.objects.get(pk=news["unit_id"])
        refuse_leaving_behind(official_account, unit, seen.get("left_behind", ""))


@transaction.atomic
def record_export(*, actor: User, rows: int, filters: Mapping[str, str]) -> None:
    """Note that somebody took a list of official accounts out of the application."""
    shown = ", ".join(f"{key}={value}" for key, value in sorted(filters.items()) if value)
    record(LIST_EXPORTED, actor=actor, target=actor, rows=rows, filters=shown[:300])


def locked_official_account(official_account_id: int) -> OfficialAccount:
    return OfficialAccount.objects.select_for_update().get(pk=official_account_id)


def refuse_released(official_account: OfficialAccount) -> None:
    """Raise ``AccountError`` when its handle may be a stranger's by now."""
    if official_account.is_released:
        raise AccountError(_("The handle of this account was released. It stays as it is."))


def today_of(official_account: OfficialAccount) -> date:
    """The day that it is where the account's unit is."""
    return official_account.unit.today


def with_usual(platform: str, handle: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """Details of a new account, completed by what follows from its platform."""
    media, channel = USUAL_KINDS[platform]
    completed = dict(details)
    if not completed.get("media_kinds"):
        completed["media_kinds"] = [str(kind) for kind in media]
    if not completed.get("channel_kind"):
        completed["channel_kind"] = str(channel or "")
    completed["url"] = _address_of(platform, handle, completed.get("url", ""))
    return completed


def _address_of(platform: str, handle: str, url: str) -> str:
    return url or (f"https://{handle}" if platform in ADDRESSED else "")


def _refuse_outsider(official_account: OfficialAccount) -> None:
    person = official_account.person_in_charge
    if person is not None:
        refuse_outsider(person, official_account.unit_id, field="person_in_charge")


def _save(actor: User, official_account: OfficialAccount) -> None:
    refuse_registered_twice(actor, official_account)
    try:
        with transaction.atomic():
            official_account.save()
    except IntegrityError as exc:
        person = official_account.person_in_charge
        if person is not None and lacks_role(exc):
            raise outsider(person, "person_in_charge") from exc
        if not is_taken(exc):
            raise
        # Somebody registered it in between, and has committed now.
        refuse_registered_twice(actor, official_account)
        raise AccountError(_("This account is registered already."), field="handle") from exc

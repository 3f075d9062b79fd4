from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Protocol

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from govsocial.audit import context
from govsocial.audit.events import (
    EXPORTED,
    VERIFICATION_REQUESTED,
    VERIFIED,
    Event,
    Value,
    find,
)
from govsocial.audit.models import Entry, Verification
from govsocial.audit.verification import verify
from govsocial.bulk import insert_many

logger = logging.getLogger(__name__)

LONGEST_TEXT = 500
LONGEST_LIST = 50
# jsonb keeps numbers exactly, but whoever reads an export may not.
LARGEST_NUMBER = 2**53


class Actor(Protocol):
    """What the trail asks of a user."""

    pk: Any
    full_name: Any

    def role_names(self) -> list[str]: ...


def record(
    event: Event,
    *,
    actor: Actor,
    target: Model,
    on_behalf_of: Model | None = None,
    unit_id: int | None = None,
    **data: Value,
) -> Entry:
    """Write one entry to the trail, in the transaction of the change that it tells about.

    ``unit_id`` decides who may read the entry; when it is not given it is the target's
    ``audit_unit_id`` or ``unit_id``. Raises ``ValueError`` for wrong keys or values, and
    ``RuntimeError`` outside a transaction: an entry without its change, or the reverse, is a lie.
    """
    _check_writable(event, actor)
    entry = _entry(event, actor, actor.role_names(), target, data, on_behalf_of, unit_id)
    entry.save(force_insert=True)
    return entry


def record_many(
    event: Event, *, actor: Actor, entries: Iterable[tuple[Model, Mapping[str, Value]]]
) -> int:
    """Write one entry for each (target, data), with the same checks; return how many.

    For changes of thousands of rows at once. Entries are in the order in which they come.
    """
    _check_writable(event, actor)
    roles = actor.role_names()
    made = [_entry(event, actor, roles, target, data, None, None) for target, data in entries]
    insert_many(made)
    return len(made)


def _check_writable(event: Event, actor: Actor) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{event.name} must be recorded in the transaction of its change.")
    if find(event.name) is not event:
        raise ValueError(f"{event.name} is not declared.")
    if actor.pk is None:
        raise ValueError(f"{event.name} needs a saved actor and a saved target.")


def _entry(
    event: Event,
    actor: Actor,
    roles: list[str],
    target: Model,
    data: Mapping[str, Value],
    on_behalf_of: Model | None,
    unit_id: int | None,
) -> Entry:
    if data.keys() != event.keys:
        raise ValueError(f"{event.name} takes {sorted(event.keys)}, got {sorted(data)}.")
    if target.pk is None:
        raise ValueError(f"{event.name} needs a saved actor and a saved target.")
    here = context.current()
    behalf: Any = on_behalf_of or here.on_behalf_of
    return Entry(
        event=event.name,
        actor_id=actor.pk,
        actor_name=_clean(actor.full_name)[:200],
        actor_roles=roles,
        on_behalf_of_id=behalf.pk if behalf else None,
        on_behalf_of_name=_clean(behalf.full_name)[:200] if behalf else "",
        address=here.address,
        request_id=_clean(here.request_id)[:64],
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_label=_clean(str(target))[:300],
        unit_id=_unit_of(target) if unit_id is None else unit_id,
        data=_checked(event, data),
    )


@transaction.atomic
def record_export(*, actor: Any, filters: list[str], entries: int) -> Entry:
    """Who took how much of the trail out of the system, and which part of it."""
    return record(EXPORTED, actor=actor, target=actor, filters=filters, entries=entries)


@transaction.atomic
def request_verification(*, actor: Any) -> Verification:
    """Have the chain verified in the background; one that already waits is returned instead."""
    verification, is_new = Verification.objects.get_or_create(
        status=Verification.Status.WAITING, defaults={"requested_by": actor}
    )
    if is_new:
        record(VERIFICATION_REQUESTED, actor=actor, target=verification)
        transaction.on_commit(partial(_enqueue, verification.pk))
    return verification


def _enqueue(verification_id: int) -> None:
    from govsocial.audit.tasks import verify_trail  # tasks import actions

    try:
        verify_trail.delay(verification_id)
    except OperationalError:
        # The row is the truth, the message only saves time: the sealing task finds it waiting.
        logger.warning("No broker; verification %s waits for the next sealing.", verification_id)


@transaction.atomic
def run_verification(*, verification_id: int) -> Verification | None:
    """Verify and write down the result; None when it is done, or under way elsewhere.

    The row stays locked while the chain is read: a killed worker lets go of it unfinished.
    """
    waiting = Verification.objects.select_for_update(skip_locked=True)
    verification = waiting.filter(pk=verification_id, status=Verification.Status.WAITING).first()
    if verification is None:
        return None
    result = verify()
    broken = result.broken
    verification.status = Verification.Status.BROKEN if broken else Verification.Status.INTACT
    verification.finished_at = Now()
    verification.entries = result.entries
    verification.sealed = result.sealed
    verification.unsealed = result.unsealed
    verification.last_seal_id = result.last_seal_id
    verification.last_sha256 = result.last_sha256
    if broken:
        verification.broken_what = broken.what
        verification.broken_seal_id = broken.seal_id
        verification.broken_entry_id = broken.entry_id
        logger.critical("The audit trail is broken: %s", broken)
    verification.save()
    verification.refresh_from_db(fields=["finished_at"])
    record(
        VERIFIED,
        actor=_system(),
        target=verification,
        result=verification.status,
        sealed=result.sealed,
        broken_seal_id=broken.seal_id if broken else None,
        broken_entry_id=broken.entry_id if broken else None,
    )
    return verification


def _system() -> Any:
    return get_user_model().objects.system()


def _unit_of(target: Model) -> int | None:
    unit_id: int | None = getattr(target, "audit_unit_id", None)
    if unit_id is None:
        unit_id = getattr(target, "unit_id", None)
    return unit_id


def _checked(event: Event, data: Mapping[str, Value]) -> dict[str, Value]:
    kept: dict[str, Value] = {}
    for key, value in data.items():
        if isinstance(value, list | tuple):
            if len(value) > LONGEST_LIST:
                raise ValueError(f"{event.name}: {key} has more than {LONGEST_LIST} values.")
            kept[key] = [_scalar(event, key, item) for item in value]
        else:
            kept[key] = _scalar(event, key, value)
    return kept


def _scalar(event: Event, key: str, value: object) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise ValueError(f"{event.name}: {key} is longer than {LONGEST_TEXT} characters.")
        return _clean(value)
    if isinstance(value, int | float) and math.isfinite(value) and abs(value) <= LARGEST_NUMBER:
        return value
    raise ValueError(f"{event.name}: {key} cannot be kept: {type(value).__name__}.")


def _clean(text: object) -> str:
    # PostgreSQL keeps neither NUL nor half a surrogate pair; the entry must be written anyway.
    return str(text).replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")

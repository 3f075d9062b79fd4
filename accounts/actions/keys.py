"""Sealing every stored secret anew with the newest key, while everything goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import import_string

from accounts import sealing, vault
from accounts.actions.second_steps import reseal_second_step
from accounts.events_connections import CREDENTIAL_RESEALED, KEYS_ROTATED, SECRET_RESEALED
from accounts.models import (
    ConsentRequest,
    Credential,
    PlatformApp,
    Revocation,
    User,
    WaitingLetter,
)
from accounts.vault import CannotOpen
from govsocial.audit.actions import record
from govsocial.audit.events import Event

BATCH = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of stored secret: its rows, and what seals one of them anew."""

    name: str
    rows: Callable[[], models.QuerySet[models.Model]]
    reseal: Callable[[User, object], bool]


@dataclass(slots=True)
class Tally:
    done: int = 0
    broken: int = 0


@transaction.atomic
def reseal_credential(*, actor: User, credential_id: int) -> bool:
    """Encrypt a secret with the newest key. Returns whether there was anything to do.

    For ``manage.py rotate_keys``. The key list is the operator's, so whoever may run the command
    needs no role.
    """
    credential = (
        Credential.objects.select_for_update(of=("self",))
        .select_related("official_account")
        .get(pk=credential_id)
    )
    before = credential.key_version
    if not credential.sealed or sealing.is_current(credential.sealed, before):
        return False
    vault.seal_row(credential, json.dumps(dict(vault.unseal(credential))))
    credential.save(update_fields=["sealed", "key_version"])
    _record(CREDENTIAL_RESEALED, actor, credential.official_account, before, credential.key_version)
    return True


@transaction.atomic
def _reseal_row(actor: User, model: type[models.Model], pk: object) -> bool:
    row: Any = model._default_manager.select_for_update().get(pk=pk)
    before = row.key_version
    if not row.sealed or sealing.is_current(row.sealed, before):
        return False
    vault.seal_row(row, vault.open_row(row))
    row.save(update_fields=["sealed", "key_version"])
    _record(SECRET_RESEALED, actor, row, before, row.key_version)
    return True


def _record(event: Event, actor: User, target: models.Model, before: int, after: int) -> None:
    record(event, actor=actor, target=target, from_version=before, to_version=after)


def sealed_rows_of(model: type[models.Model]) -> Callable[[], models.QuerySet[models.Model]]:
    """Lists the rows of a model, with ``sealed`` and ``key_version``, that are to be resealed."""

    def rows() -> models.QuerySet[models.Model]:
        sealed = model._default_manager.exclude(sealed="")
        current = models.Q(key_version=sealing.newest_version(), sealed__startswith=sealing.MARK)
        return sealed.exclude(current)

    return rows


def reseal_by(model: type[models.Model]) -> Callable[[User, object], bool]:
    """What seals one such row anew; the model has a ``place`` besides."""
    return lambda actor, pk: _reseal_row(actor, model, pk)


def _second_steps() -> models.QuerySet[models.Model]:
    rows: models.QuerySet[models.Model] = Authenticator.objects.all()
    return rows


KINDS = (
    Kind(
        "credentials",
        sealed_rows_of(Credential),
        lambda actor, pk: reseal_credential(actor=actor, credential_id=int(str(pk))),
    ),
    Kind("applications", sealed_rows_of(PlatformApp), reseal_by(PlatformApp)),
    Kind("consents", sealed_rows_of(ConsentRequest), reseal_by(ConsentRequest)),
    Kind("revocations", sealed_rows_of(Revocation), reseal_by(Revocation)),
    Kind(
        "second steps",
        _second_steps,
        lambda actor, pk: reseal_second_step(actor=actor, authenticator_id=int(str(pk))),
    ),
    Kind("letters", sealed_rows_of(WaitingLetter), reseal_by(WaitingLetter)),
)


def all_kinds() -> tuple[Kind, ...]:
    """Those of accounts, and those of other apps that ``settings.SEALED_KINDS`` names."""
    return (*KINDS, *(import_string(dotted) for dotted in settings.SEALED_KINDS))


def rotate_keys(*, actor: User, batch: int = BATCH) -> Iterator[tuple[str, Tally]]:
    """Seal what is not sealed with the newest key; yield the kind and its tally after each batch.

    Rows are listed in batches and sealed one by one, each in a transaction of its own: nobody waits
    for more than one row, and whoever kills it loses at most the row in hand. Run again it goes on
    with what is left. A row that does not open is counted and left as it is.
    """
    totals: dict[str, Tally] = {}
    for kind in all_kinds():
        tally = totals[kind.name] = Tally()
        last: object | None = None
        while ids := _next(kind, last, batch):
            for pk in ids:
                try:
                    tally.done += kind.reseal(actor, pk)
                except CannotOpen:
                    tally.broken += 1
            last = ids[-1]
            yield kind.name, tally
    _tell(actor, totals)


def _next(kind: Kind, after: object | None, batch: int) -> list[object]:
    rows = kind.rows().order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.values_list("pk", flat=True)[:batch])


@transaction.atomic
def _tell(actor: User, totals: dict[str, Tally]) -> None:
    broken = sum(tally.broken for tally in totals.values())
    if broken or any(tally.done for tally in totals.values()):
        record(
            KEYS_ROTATED,
            actor=actor,
            target=actor,
            to_version=sealing.newest_version(),
            credentials=totals["credentials"].done,
            applications=totals["applications"].done,
            consents=totals["consents"].done,
            revocations=totals["revocations"].done,
            second_steps=totals["second steps"].done,
            letters=totals["letters"].done,
            publications=totals["publications"].done,
            broken=broken,
        )

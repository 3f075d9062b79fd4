from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import import_cells, import_meanings, import_rows, importing
from accounts.actions.administrators import assign_first_administrators
from accounts.actions.guards import hold_rights
from accounts.actions.official_accounts import with_usual
from accounts.details import NAMES
from accounts.errors import AccountError, is_taken, lacks_role
from accounts.events import ACCOUNT_REGISTERED, ACCOUNTS_IMPORTED
from accounts.importing import Row
from accounts.models import Administrator, ImportBatch, OfficialAccount, User
from govsocial.audit.actions import record, record_many
from govsocial.bulk import insert_many

# As in ``guards``: any number that no other advisory lock of the application uses.
_IMPORT_LOCK = 7_301_002


@transaction.atomic
def keep_import(*, actor: User, file_name: str, rows: Sequence[Sequence[str]]) -> ImportBatch:
    """Check an uploaded list and keep it until its owner confirms it; nothing is registered yet.

    ``rows`` are texts, the head first. Raises ``AccountError`` for a head that cannot be read.
    """
    if not actor.holds("accounts.manage"):
        raise PermissionDenied
    keys = import_cells.columns_of(rows[0])
    checked = importing.check(actor, import_cells.cells_of(keys, rows[1:]))
    if not checked:
        raise AccountError(_("The file has no rows below its head."), field="file")
    forget_expired_imports()
    name = "".join(sign for sign in PurePath(file_name).name if sign.isprintable())
    return ImportBatch.objects.create(
        owner=actor,
        file_name=name[-150:] or "accounts",
        sha256=_digest(rows),
        columns=[key for key in keys if key],
        unused=import_cells.unused_columns(rows[0]),
        rows=import_rows.kept_rows(actor, checked),
        good=sum(row.is_good for row in checked),
        bad=sum(not row.is_good for row in checked),
        expires_at=timezone.now() + timedelta(hours=settings.IMPORT_HOURS),
    )


@transaction.atomic
def import_accounts(*, actor: User, batch_id: int, shown: str = "") -> ImportBatch:
    """Register the good rows of a confirmed list, all of them or none; bad rows are left out.

    Everything is checked anew, under the lock of the batch: rights, units and the register may have
    changed since the preview. When another set of rows is good now, or a name in them stands for
    another unit or person, nothing is registered, the new preview is kept and the batch still
    waits: the caller looks at ``is_done``. Confirmed again, an import that is done stays as it is.
    ``shown`` marks the preview that is confirmed, so that one from before registers nothing either,
    such as by the second of two clicks. Raises ``AccountError`` when no row is good.
    """
    _one_import_at_a_time()
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id, owner=actor)
    if batch.is_done:
        return batch
    _require_role_now(actor)
    if shown and shown != import_meanings.mark_of(batch.rows):
        return batch
    checked = importing.check(actor, import_rows.numbered(batch.rows))
    good = [row for row in checked if row.is_good]
    if not import_meanings.is_as_shown(batch.rows, checked):
        _keep_again(actor, batch, checked)
        return batch
    if not good:
        raise AccountError(
            _("No row of this list is good, so nothing can be registered. Mend the file first.")
        )
    made = _register(actor, good)
    if made is None:
        _require_role_now(actor)
        _keep_again(actor, batch, importing.check(actor, import_rows.numbered(batch.rows)))
        return batch
    left_out = len(checked) - len(made)
    record(
        ACCOUNTS_IMPORTED,
        actor=actor,
        target=batch,
        file_name=batch.file_name,
        file_sha256=batch.sha256,
        accounts=len(made),
        left_out=left_out,
    )
    batch.status, batch.imported = ImportBatch.Status.DONE, len(made)
    # What is registered needs no copy here; what was left out can still be downloaded for a while.
    batch.rows = [row for row in batch.rows if row["errors"]]
    batch.save(update_fields=["status", "imported", "rows"])
    return batch


def _require_role_now(actor: User) -> None:
    """The roles of this moment, not those of when the request began."""
    actor.forget_reach()
    if not actor.holds("accounts.manage"):
        raise PermissionDenied


def _one_import_at_a_time() -> None:
    """Wait until no other list is being registered: two that name the same accounts in another
    order would each wait for a row of the other, and the database would end one of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])


def _register(actor: User, good: Sequence[Row]) -> list[OfficialAccount] | None:
    """None, and nothing is written, when at this very moment somebody else registered one of them,
    or the actor, or somebody whom they name, lost the role on the unit."""
    units = {row.wanted["unit_id"] for row in good}
    try:
        with transaction.atomic():
            # Not before: checking thousands of rows takes long.
            hold_rights(actor)
            if not actor.may_on_all("accounts.manage", units):
                return None
            return _insert(actor, good)
    except IntegrityError as exc:
        if not is_taken(exc) and not lacks_role(exc):
            raise
        return None


def _insert(actor: User, good: Sequence[Row]) -> list[OfficialAccount]:
    made = [_account(actor, row.wanted) for row in good]
    insert_many(made)
    record_many(
        ACCOUNT_REGISTERED,
        actor=actor,
        entries=[
            (one, {"platform": one.platform, "host": one.host, "handle": one.handle})
            for one in made
        ],
    )
    assign_first_administrators(actor=actor, assigned=_administrators(actor, good, made))
    return made


def _account(actor: User, wanted: dict[str, Any]) -> OfficialAccount:
    details = {name: wanted[name] for name in NAMES if name in wanted}
    proposed = wanted["proposed"]
    return OfficialAccount(
        unit_id=wanted["unit_id"],
        platform=wanted["platform"],
        handle=wanted["handle"],
        host=wanted["host"],
        display_name=wanted["display_name"],
        status=OfficialAccount.Status.PROPOSED if proposed else OfficialAccount.Status.ACTIVE,
        registered_by=actor,
        **with_usual(wanted["platform"], wanted["handle"], details),
    )


def _administrators(
    actor: User, good: Sequence[Row], made: Sequence[OfficialAccount]
) -> list[Administrator]:
    return [
        Administrator(official_account=account, user=person, starts_on=day, assigned_by=actor)
        for row, account in zip(good, made, strict=True)
        for person, day in row.wanted["administrators"]
    ]


def _keep_again(actor: User, batch: ImportBatch, checked: Sequence[Row]) -> None:
    before, batch.rows = batch.rows, import_rows.kept_rows(actor, checked)
    import_meanings.tell_others(batch.rows, before)
    batch.good = sum(row.is_good for row in checked)
    batch.bad = len(checked) - batch.good
    batch.save(update_fields=["rows", "good", "bad"])


def forget_expired_imports() -> int:
    """Empty what nobody can open any more; that there was an upload stays. Return how many."""
    over = ImportBatch.objects.filter(expires_at__lte=timezone.now()).exclude(rows=[])
    return over.update(rows=[])


def _digest(rows: Sequence[Sequence[str]]) -> str:
    whole = hashlib.sha256()
    for row in rows:
        whole.update("\x1f".join(row).encode() + b"\x1e")
    return whole.hexdigest()

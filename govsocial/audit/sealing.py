"""The hash chain over the trail.

An entry's digest is the SHA-256 of a JSON array (ASCII, no spaces) of the texts in
``_CANONICAL``, as PostgreSQL writes them: exact for times (microseconds since 1970), numbers and
any alphabet, and the same years later. The id is not part of it; it stands beside the digest in
the seal, so that entries that changed places are told from entries that were changed.

A seal covers the entries after the previous seal up to its ``last_id``. Its digest covers the
range, the digests of the entries, the time and the digest of the seal before it.

Ids are drawn when an entry is inserted and become visible when its transaction commits, so a
lower id may appear after a higher one. Nothing is sealed before every transaction that was
writing entries when the newest visible one was found has ended: whoever inserts an entry holds a
ROW EXCLUSIVE lock on the table from before its id is drawn until after its end is visible. This
is how CREATE INDEX CONCURRENTLY waits too. Transaction numbers would not do: they are given out
in another order than ids, and begin again in a database restored from a dump.
"""

from __future__ import annotations

import hashlib
import json
import logging
import struct
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from govsocial.audit.models import Seal

logger = logging.getLogger(__name__)

SEAL_SIZE = 1000
READ_SIZE = 5000
PATIENCE = 20.0
GENESIS = "0" * 64
LOWEST = -(2**63)
LINK = struct.Struct(">q32s")

_SEALER = 7_305_417_283  # any number that nothing else in this database locks on
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CANONICAL = """
    event,
    extract(epoch FROM at)::text,
    actor_id::text,
    actor_name,
    array_to_json(actor_roles)::text,
    on_behalf_of_id::text,
    on_behalf_of_name,
    address::text,
    request_id,
    target_type,
    target_id,
    target_label,
    unit_id::text,
    data::text
"""
_READ = f"""
    SELECT id, {_CANONICAL} FROM audit_entry
    WHERE id > %s ORDER BY id LIMIT %s
"""  # noqa: S608  # made of constants
_WRITERS = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND relation = 'audit_entry'::regclass
      AND pid IS DISTINCT FROM pg_backend_pid()
"""


def seal_entries(*, patience: float = PATIENCE) -> int:
    """Seal what can no longer be joined by a late entry; return the number of entries sealed.

    Waits up to ``patience`` seconds for transactions under way. Several sealers do no harm: one
    seals, the others find nothing to do.
    """
    settled = _settled_id(patience)
    if settled is None:
        logger.warning("A long transaction keeps new entries of the trail from being sealed.")
        return 0
    total = 0
    while count := _seal_next(settled):
        total += count
    return total


def _settled_id(patience: float) -> int | None:
    """Return the newest id when no lower one can appear any more, None when that takes longer."""
    with connection.cursor() as cursor:
        # The order matters: whoever drew a lower id than this one already holds the lock.
        cursor.execute("SELECT coalesce(max(id), 0) FROM audit_entry")
        newest: int = cursor.fetchone()[0]
    deadline = time.monotonic() + patience
    writers = _writers()
    while writers:
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.1)
        writers &= _writers()
    return newest


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return {row[0] for row in cursor.fetchall()}


@transaction.atomic
def _seal_next(settled: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT clock_timestamp()")
        sealed_at: datetime = cursor.fetchone()[0]
    previous = Seal.objects.order_by("-id").first()
    entries = _page(previous.last_id if previous else LOWEST, settled, SEAL_SIZE)
    if not entries:
        return 0
    seal = Seal(
        first_id=entries[0][0],
        last_id=entries[-1][0],
        count=len(entries),
        links=b"".join(LINK.pack(entry_id, digest) for entry_id, digest in entries),
        previous_sha256=previous.sha256 if previous else GENESIS,
        sealed_at=sealed_at,
    )
    seal.entries_sha256 = hashlib.sha256(seal.links).hexdigest()
    microseconds = (sealed_at - _EPOCH) // timedelta(microseconds=1)
    seal.sha256 = seal_digest(seal, f"{microseconds // 10**6}.{microseconds % 10**6:06d}")
    seal.save(force_insert=True)
    # An operator who keeps logs elsewhere holds an anchor that no database owner can rewrite.
    logger.info("Seal %s of the trail: %s", seal.pk, seal.sha256)
    return seal.count


def seal_digest(seal: Seal, sealed_at: str) -> str:
    """Return the digest of a seal; its time as PostgreSQL writes ``extract(epoch ...)::text``."""
    return _sha256(
        [
            str(seal.first_id),
            str(seal.last_id),
            str(seal.count),
            seal.entries_sha256,
            seal.previous_sha256,
            sealed_at,
        ]
    ).hex()


def entry_digests(after: int, until: int) -> Iterator[tuple[int, bytes]]:
    """Read id and digest of the entries with ``after < id <= until``, a page at a time."""
    while page := _page(after, until, READ_SIZE):
        yield from page
        after = page[-1][0]


def _page(after: int, until: int, size: int) -> list[tuple[int, bytes]]:
    with connection.cursor() as cursor:
        # The end is cut here: with both bounds in SQL the planner may sort the whole range.
        cursor.execute(_READ, [after, size])
        return [(row[0], _sha256(row[1:])) for row in cursor.fetchall() if row[0] <= until]


def _sha256(parts: list[str] | tuple[str | None, ...]) -> bytes:
    text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).digest()

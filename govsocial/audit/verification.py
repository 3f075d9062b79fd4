"""Reading the chain again, from the first entry to the last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from django.db.models import Func, TextField

from govsocial.audit import sealing
from govsocial.audit.models import Entry, Seal, Verification

SEALS_AT_ONCE = 100


class What(StrEnum):
    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CHAIN = "chain broken"
    CUT = "chain cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first link that does not hold. No entry id: the seal itself was touched."""

    what: What
    seal_id: int
    entry_id: int | None = None

    def __str__(self) -> str:
        where = f"seal {self.seal_id}"
        return f"{self.what}: {where}" + (f", entry {self.entry_id}" if self.entry_id else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    entries: int
    sealed: int
    unsealed: int
    seals: int
    last_seal_id: int | None
    last_sha256: str
    broken: Broken | None

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"intact": self.broken is None}


def verify(expected: Mapping[int, str] | None = None) -> Result:
    """Check every seal and every sealed entry, in constant memory; stop at the first broken link.

    ``expected`` are digests of seals known from elsewhere, by id: without such an anchor nobody
    could tell a chain whose end was cut off, or that was written anew from some point on.
    """
    anchors = dict(expected or {}) | _own_anchor()
    broken: Broken | None = None
    last: Seal | None = None
    seals = sealed = 0
    # Seals written while we read are for the next time.
    newest = Seal.objects.order_by("-id").defer("links", "sealed_at").first()
    entries = sealing.entry_digests(sealing.LOWEST, newest.last_id) if newest else iter(())
    for seal in _seals_until(newest):
        broken = _check(seal, last, anchors, entries)
        if broken:
            break
        last, seals, sealed = seal, seals + 1, sealed + seal.count
    if broken is None and anchors:
        broken = Broken(what=What.CUT, seal_id=min(anchors))
    return Result(
        entries=Entry.objects.count(),
        sealed=sealed,
        unsealed=Entry.objects.filter(pk__gt=newest.last_id if newest else sealing.LOWEST).count(),
        seals=seals,
        last_seal_id=last.pk if last else None,
        last_sha256=last.sha256 if last else "",
        broken=broken,
    )


def _own_anchor() -> dict[int, str]:
    known = Verification.objects.filter(
        status=Verification.Status.INTACT, last_seal_id__isnull=False
    ).first()
    return {known.last_seal_id: known.last_sha256} if known and known.last_seal_id else {}


def _seals_until(newest: Seal | None) -> Iterator[Seal]:
    # The time as text: an altered one may be none that Python knows.
    seals = Seal.objects.defer("sealed_at").annotate(
        sealed_epoch=Func(
            "sealed_at",
            template="extract(epoch FROM %(expressions)s)::text",
            output_field=TextField(),
        )
    )
    after = sealing.LOWEST
    while newest and after < newest.pk:
        page = list(seals.filter(pk__gt=after, pk__lte=newest.pk).order_by("pk")[:SEALS_AT_ONCE])
        yield from page
        after = page[-1].pk


Digests = Iterator[tuple[int, bytes]]


def _check(
    seal: Seal, previous: Seal | None, anchors: dict[int, str], entries: Digests
) -> Broken | None:
    """Check one seal, reading as many entries as it covers; return what is broken."""
    if not _holds_together(seal, previous):
        return Broken(what=What.CHAIN, seal_id=seal.pk)
    if anchors.pop(seal.pk, seal.sha256) != seal.sha256:
        return Broken(what=What.CHAIN, seal_id=seal.pk)
    links = list(sealing.LINK.iter_unpack(bytes(seal.links)))
    known = {digest for _id, digest in links}
    for entry_id, digest in links:
        found = next(entries, None)
        if found is not None and found[0] < entry_id:
            return Broken(what=What.INSERTED, seal_id=seal.pk, entry_id=found[0])
        if found is None or found[0] > entry_id:
            return Broken(what=What.MISSING, seal_id=seal.pk, entry_id=entry_id)
        if found[1] != digest:
            what = What.REORDERED if found[1] in known else What.CHANGED
            return Broken(what=what, seal_id=seal.pk, entry_id=entry_id)
    return None


def _holds_together(seal: Seal, previous: Seal | None) -> bool:
    links = bytes(seal.links)
    if len(links) != seal.count * sealing.LINK.size or not seal.count:
        return False
    first_id = sealing.LINK.unpack_from(links)[0]
    last_id = sealing.LINK.unpack_from(links, len(links) - sealing.LINK.size)[0]
    return (
        (first_id, last_id) == (seal.first_id, seal.last_id)
        and seal.first_id > (previous.last_id if previous else sealing.LOWEST - 1)
        and seal.previous_sha256 == (previous.sha256 if previous else sealing.GENESIS)
        and seal.entries_sha256 == hashlib.sha256(links).hexdigest()
        and seal.sha256 == sealing.seal_digest(seal, vars(seal)["sealed_epoch"])
    )

"""Reading the public part of the register: no person, no row id, no proposal leaves this module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.utils import translation
from django.utils.text import slugify

from accounts import handles
from accounts.lookalikes import skeleton
from accounts.models import OfficialAccount, PublicListing, Unit
from accounts.models.attestation import confirmations
from accounts.models.kinds import OfficialPlatform, at_handle
from accounts.public.snapshot import (
    ACTIVE,
    CLOSED,
    SUSPENDED,
    PublicAccount,
    PublicUnit,
    Snapshot,
    State,
    bare,
    searchable,
)

_STATES: Mapping[str, State] = {
    "active": ACTIVE,
    "suspended": SUSPENDED,
    "closed": CLOSED,
    "released": CLOSED,
}


class Row(NamedTuple):
    """What is read of one account. Equal rows of equal units are shown in the same way."""

    code: str
    listed_at: datetime
    confirmed_at: datetime | None
    confirmed_unit: str | None
    confirmed_unit_id: str | None
    time_zone: str
    unit_id: int
    status: str
    platform: str
    host: str
    handle: str
    display_name: str
    purpose: str
    language: str
    url: str
    platform_id: str
    opened_on: date | None
    closed_on: date | None
    decree_number: str
    decree_date: date | None


_OF_LISTING = (
    "code", "listed_at", "last_confirmed_at", "last_confirmed_unit", "last_confirmed_unit_id",
    "official_account__unit__time_zone",
)  # fmt: skip


def load(number: int, changed_at: datetime, *, before: Snapshot | None = None) -> Snapshot:
    """Read the public part of the register, in two queries.

    What has not changed since ``before`` is taken from there, which is most of the time of a copy.
    """
    known = before.read if before else {}
    rows = _rows()
    units = _units({row.unit_id for row in rows})
    read: dict[str, tuple[Row, PublicAccount]] = {}
    for row in rows:
        unit = units[row.unit_id]
        there = known.get(row.code)
        if there is None or there[0] != row or there[1].unit != unit:
            there = row, _account(row, unit)
        read[row.code] = there
    accounts = sorted((one for _row, one in read.values()), key=lambda one: one.state != ACTIVE)
    shown = sorted(units.values(), key=lambda unit: unit.label.casefold())
    return Snapshot(number, changed_at, tuple(accounts), tuple(shown), read)


def _rows() -> list[Row]:
    confirmed = confirmations().filter(official_account=OuterRef("pk")).order_by()
    latest = confirmed.order_by("-confirmed_at", "-pk")
    unit, unit_id = (
        latest.values(said=KeyTextTransform(key, "snapshot")) for key in ("unit", "unit_id")
    )
    of_account = [f"official_account__{name}" for name in Row._fields[len(_OF_LISTING) :]]
    found = (
        PublicListing.objects.exclude(official_account__status=OfficialAccount.Status.PROPOSED)
        .annotate(
            last_confirmed_at=Subquery(latest.values("confirmed_at")[:1]),
            last_confirmed_unit=Subquery(unit[:1]),
            last_confirmed_unit_id=Subquery(unit_id[:1]),
        )
        .order_by("official_account__display_name", "official_account__platform", "code")
        .values_list(*_OF_LISTING, *of_account)
    )
    return [Row._make(values) for values in found]


def _units(wanted: Iterable[int]) -> dict[int, PublicUnit]:
    """The units named and those above them, by id."""
    rows = {unit.pk: unit for unit in Unit.objects.order_by("pk")}
    slugs: dict[int, str] = {}
    taken: set[str] = set()
    for pk, unit in rows.items():
        slug = slugify(str(unit)) or "unit"
        number, free = 2, slug
        while free in taken:
            free, number = f"{slug}-{number}", number + 1
        taken.add(free)
        slugs[pk] = free
    found: dict[int, PublicUnit] = {}
    for pk in wanted:
        line = [pk]
        while (parent := rows[line[-1]].parent_id) is not None:
            line.append(parent)
        for place, one in enumerate(line):
            unit, above = rows[one], tuple(slugs[up] for up in line[place + 1 :])
            found[one] = PublicUnit(
                slugs[one], unit.name, unit.short_name, above[0] if above else "", above
            )
    return found


def _account(row: Row, unit: PublicUnit) -> PublicAccount:
    zone = ZoneInfo(row.time_zone)
    url = row.url if row.url.startswith(("https://", "http://")) else ""
    return PublicAccount(
        code=row.code,
        platform=row.platform,
        host=row.host,
        handle=row.handle,
        shown=_shown(row),
        name=row.display_name,
        purpose=row.purpose,
        language=row.language,
        url=url or handles.page_of(row.platform, row.host, row.handle),
        platform_id=_public_id(row),
        unit=unit,
        state=_STATES[row.status],
        released=row.status == OfficialAccount.Status.RELEASED,
        since=row.opened_on or row.listed_at.astimezone(zone).date(),
        since_opened=row.opened_on is not None,
        closed_on=row.closed_on,
        decree_number=row.decree_number,
        decree_date=row.decree_date,
        # Everybody gets the same copy: no day and no word of whoever asked first.
        attested_on=row.confirmed_at.astimezone(zone).date() if row.confirmed_at else None,
        attested_by=_confirmed_elsewhere(row, unit),
        bones=skeleton(handles.without_site(row.handle)),
        words=searchable(
            f"{row.display_name} {row.handle} {bare(row.handle)} {unit.name} "
            f"{unit.short_name} {row.purpose} {_platform_words(row.platform)}"
        ),
    )


def _public_id(row: Row) -> str:
    """Of a website without the digest of what stands behind the "?" of its feed: short keys can be
    tried against that by anybody."""
    if row.platform != OfficialPlatform.FEED:
        return row.platform_id
    return row.platform_id.partition("#")[0].partition("?")[0]


@cache
def _platform_words(platform: str) -> str:
    """What the platform is called in every language in which people look for it."""
    labels = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            labels.append(handles.platform_label(platform))
    return " ".join(dict.fromkeys(labels))


def _shown(row: Row) -> str:
    """The handle as it names one account: on Mastodon only together with its server."""
    if row.platform == OfficialPlatform.MASTODON:
        return f"@{row.handle}@{handles.host_name(row.host)}"
    return at_handle(row.platform, row.handle)


def _confirmed_elsewhere(row: Row, unit: PublicUnit) -> str:
    """Of which unit the account was when it was last confirmed, as it was called then; empty for
    its present one. The oldest confirmations kept the name alone."""
    then = row.confirmed_unit or ""
    is_here = (
        row.confirmed_unit_id == str(row.unit_id) if row.confirmed_unit_id else then == unit.name
    )
    return "" if is_here else then

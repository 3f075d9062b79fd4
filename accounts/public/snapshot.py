"""What the public may see of the register, in the memory of each process.

No person, no row id, no proposal: what is not copied here cannot be shown by mistake.
"""

from __future__ import annotations

import logging
import threading
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Literal

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Max, OuterRef, Subquery
from django.utils import translation
from django.utils.text import slugify
from rapidfuzz import process
from rapidfuzz.distance import OSA

from accounts import handles, web_pages
from accounts.lookalikes import core, look_alike, skeleton
from accounts.models import OfficialAccount, PublicListing, RegisterVersion, Unit
from accounts.models.attestation import confirmations
from accounts.models.kinds import OfficialPlatform
from accounts.public import keys
from accounts.references import Reference, read_url

logger = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at the version; a change is public after that and one reload."""

State = Literal["active", "suspended", "closed"]
ACTIVE: State = "active"
SUSPENDED: State = "suspended"
CLOSED: State = "closed"
_STATES: Mapping[str, State] = {
    "active": ACTIVE,
    "suspended": SUSPENDED,
    "closed": CLOSED,
    "released": CLOSED,
}


@dataclass(frozen=True, slots=True)
class PublicUnit:
    """A unit that has accounts, or has such units below it. ``above``: slugs up to the top."""

    slug: str
    name: str
    short_name: str
    parent: str
    above: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.short_name or self.name


@dataclass(frozen=True, slots=True)
class PublicAccount:
    """One official account as everybody may know it. ``code`` is its stable public name.

    ``released``: the agency gave the handle back, so somebody else may have it now.
    """

    code: str
    platform: str
    host: str
    handle: str
    shown: str
    name: str
    purpose: str
    language: str
    url: str
    platform_id: str
    unit: PublicUnit
    state: State
    released: bool
    since: date
    since_opened: bool
    closed_on: date | None
    decree_number: str
    decree_date: date | None
    attested_on: date | None
    bones: str = field(repr=False)
    words: str = field(repr=False)

    @property
    def is_active(self) -> bool:
        return self.state == ACTIVE

    @property
    def is_suspended(self) -> bool:
        return self.state == SUSPENDED

    @property
    def platform_label(self) -> str:
        return str(OfficialPlatform(self.platform).label)

    @property
    def link(self) -> str:
        """The address without its scheme, for paper."""
        return self.url.partition("://")[2].rstrip("/")


@dataclass(frozen=True)
class Snapshot:
    """The public register at one version, with what looking up in it needs."""

    number: int
    changed_at: datetime
    accounts: tuple[PublicAccount, ...]
    units: tuple[PublicUnit, ...]

    def __post_init__(self) -> None:
        by_key: dict[tuple[str, str, str], list[PublicAccount]] = defaultdict(list)
        by_name: dict[str, list[PublicAccount]] = defaultdict(list)
        by_id: dict[keys.NumberKey, list[PublicAccount]] = defaultdict(list)
        by_bones: dict[str, list[PublicAccount]] = defaultdict(list)
        by_core: dict[str, set[str]] = defaultdict(set)
        by_place: dict[str, list[PublicAccount]] = defaultdict(list)
        published: dict[keys.Key, list[PublicAccount]] = defaultdict(list)
        for one in self.accounts:
            if one.platform in handles.BY_ADDRESS:
                by_place[web_pages.place(one.handle)].append(one)
            if (seen := read_url(one.url)) and (key := keys.of_page(seen, one.url)):
                published[key].append(one)
            by_key[handles.key(one.platform, one.host, one.handle)].append(one)
            by_name[keys.of_name(one.handle)].append(one)
            if one.platform_id:
                by_id[keys.of_number(one.platform, one.host, one.platform_id)].append(one)
            if one.is_active and one.bones:
                by_bones[one.bones].append(one)
                by_core[core(one.bones)].add(one.bones)
        found: dict[str, object] = {
            "by_key": by_key, "by_name": by_name, "by_id": by_id, "by_bones": by_bones,
            "by_core": by_core, "bones": list(by_bones),
            "by_place": by_place, "published": published,
            "by_code": {one.code: one for one in self.accounts},
            "by_slug": {unit.slug: unit for unit in self.units},
        }  # fmt: skip
        for name, value in found.items():
            object.__setattr__(self, f"_{name}", value)

    _by_key: Mapping[tuple[str, str, str], list[PublicAccount]] = field(init=False, repr=False)
    _by_name: Mapping[str, list[PublicAccount]] = field(init=False, repr=False)
    _by_id: Mapping[keys.NumberKey, list[PublicAccount]] = field(init=False, repr=False)
    _by_place: Mapping[str, list[PublicAccount]] = field(init=False, repr=False)
    _published: Mapping[keys.Key, list[PublicAccount]] = field(init=False, repr=False)
    _by_bones: Mapping[str, list[PublicAccount]] = field(init=False, repr=False)
    _by_core: Mapping[str, set[str]] = field(init=False, repr=False)
    _bones: list[str] = field(init=False, repr=False)
    _by_code: Mapping[str, PublicAccount] = field(init=False, repr=False)
    _by_slug: Mapping[str, PublicUnit] = field(init=False, repr=False)

    def account(self, code: str) -> PublicAccount | None:
        return self._by_code.get(code)

    def unit(self, slug: str) -> PublicUnit | None:
        return self._by_slug.get(slug)

    def named(self, handle: str) -> list[PublicAccount]:
        """Accounts of that handle on any platform."""
        return list(self._by_name.get(keys.of_name(handle), ()))

    def at(self, platform: str, host: str, handle: str) -> list[PublicAccount]:
        """The account of that handle on a platform, or of what can only be its number there.

        Anybody may choose the number of another account for a handle, where handles may be digits.
        """
        found = self._by_key.get(handles.key(platform, host, handle), [])
        if found or not handles.is_number(platform, handle):
            return list(found)
        return self.numbered(platform, host, handle)

    def numbered(self, platform: str, host: str, number: str) -> list[PublicAccount]:
        """The account that the platform gave this number, on Mastodon the server at ``host``."""
        return list(self._by_id.get(keys.of_number(platform, host, number), ()))

    def at_address(self, address: str, *, whole_site: bool = True) -> list[PublicAccount]:
        """The website at ``address``, or the one that it is a page of.

        With ``whole_site`` false not the whole server, on which others have their pages too.
        """
        page = web_pages.place(address)
        while page and (whole_site or "/" in page):
            if found := self._by_place.get(page):
                return list(found)
            page = web_pages.above(page)
        return []

    def published(self, reference: Reference) -> list[PublicAccount]:
        """The accounts that are published with just this address, however they are registered."""
        key = keys.of_page(reference, reference.typed)
        return list(self._published.get(key, ())) if key else []

    def alike(self, handle: str, platform: str | None) -> list[PublicAccount]:
        """Active accounts whose handles could be taken for ``handle``, the nearest first."""
        mine = skeleton(handle)
        if not mine or mine.isdigit():
            return []
        near = process.extract(mine, self._bones, scorer=OSA.distance, score_cutoff=2, limit=20)
        candidates = {str(bones) for bones, _distance, _index in near}
        candidates |= self._by_core.get(core(mine), set())
        candidates |= {bones for bones in self._bones if bones in mine or mine in bones}
        found = [
            one for bones in candidates if look_alike(mine, bones) for one in self._by_bones[bones]
        ]
        found.sort(
            key=lambda one: (OSA.distance(mine, one.bones), one.platform != platform, one.name)
        )
        return found


@dataclass(frozen=True, slots=True)
class Seen:
    """A snapshot, and whether it may be out of date because the database does not answer."""

    snapshot: Snapshot
    stale: bool


class Register:
    """The present snapshot. One thread looks for changes; the others go on with what there is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: Seen | None = None
        self._looked_at = 0.0

    def now(self) -> Seen:
        """Raises the database's error only when there never was a snapshot in this process."""
        seen = self._seen
        if seen is not None and time.monotonic() - self._looked_at < LOOK_EVERY:
            return seen
        if not self._lock.acquire(blocking=seen is None):
            return self._seen or self.now()
        try:
            return self._look()
        finally:
            self._lock.release()

    def _look(self) -> Seen:
        seen = self._seen
        if seen is not None and time.monotonic() - self._looked_at < LOOK_EVERY:
            return seen
        try:
            number, changed_at = _version()
            if seen is None or seen.snapshot.number != number:
                seen = Seen(load(number, changed_at), stale=False)
            elif seen.stale:
                seen = Seen(seen.snapshot, stale=False)
        except (OperationalError, InterfaceError):
            if seen is None:
                raise
            if not seen.stale:
                logger.warning("The public register is shown as of version %s: no database.",
                               seen.snapshot.number)  # fmt: skip
            seen = Seen(seen.snapshot, stale=True)
        self._seen = seen
        self._looked_at = time.monotonic()
        return seen

    def forget(self) -> None:
        """Look again at the next request. For tests, which roll back what they changed."""
        self._seen = None
        self._looked_at = 0.0


register = Register()


def _version() -> tuple[int, datetime]:
    found = RegisterVersion.objects.filter(pk=1).values_list("number", "changed_at").first()
    return found or (0, datetime(2020, 1, 1, tzinfo=UTC))


def load(number: int, changed_at: datetime) -> Snapshot:
    """Read the public part of the register, in two queries."""
    confirmed = confirmations().filter(official_account=OuterRef("pk")).order_by()
    latest = confirmed.values("official_account").annotate(at=Max("confirmed_at")).values("at")
    listings = (
        PublicListing.objects.exclude(official_account__status=OfficialAccount.Status.PROPOSED)
        .select_related("official_account__unit")
        .annotate(last_confirmed_at=Subquery(latest))
        .order_by("official_account__display_name", "official_account__platform", "code")
    )
    rows = list(listings)
    units = _units({row.official_account.unit_id for row in rows})
    accounts = [_account(row, units[row.official_account.unit_id]) for row in rows]
    accounts.sort(key=lambda one: one.state != ACTIVE)
    shown = sorted(units.values(), key=lambda unit: unit.label.casefold())
    return Snapshot(number, changed_at, tuple(accounts), tuple(shown))


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


def _account(row: PublicListing, unit: PublicUnit) -> PublicAccount:
    account = row.official_account
    opened = account.opened_on
    confirmed: datetime | None = row.last_confirmed_at  # type: ignore[attr-defined]  # annotated
    url = account.url if account.url.startswith(("https://", "http://")) else ""
    return PublicAccount(
        code=row.code,
        platform=account.platform,
        host=account.host,
        handle=account.handle,
        shown=_shown(account),
        name=account.display_name,
        purpose=account.purpose,
        language=account.language,
        url=url or handles.page_of(account.platform, account.host, account.handle),
        platform_id=account.platform_id,
        unit=unit,
        state=_STATES[account.status],
        released=account.status == OfficialAccount.Status.RELEASED,
        since=opened or row.listed_at.astimezone(account.unit.zone).date(),
        since_opened=opened is not None,
        closed_on=account.closed_on,
        decree_number=account.decree_number,
        decree_date=account.decree_date,
        # Everybody gets the same copy: no day and no word of whoever asked first.
        attested_on=confirmed.astimezone(account.unit.zone).date() if confirmed else None,
        bones=skeleton(account.handle),
        words=searchable(
            f"{account.display_name} {account.handle} {bare(account.handle)} {unit.name} "
            f"{unit.short_name} {account.purpose} {_platform_words(account.platform)}"
        ),
    )


@cache
def _platform_words(platform: str) -> str:
    """What the platform is called in every language in which people look for it."""
    labels = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            labels.append(handles.platform_label(platform))
    return " ".join(dict.fromkeys(labels))


def _shown(account: OfficialAccount) -> str:
    """The handle as it names one account: on Mastodon only together with its server."""
    if account.platform == OfficialPlatform.MASTODON:
        return f"@{account.handle}@{handles.host_name(account.host)}"
    return account.at_handle


def bare(handle: str) -> str:
    """A handle without the signs that people forget: Samudra.Kota is found as samudrakota."""
    return "".join(sign for sign in handle.casefold() if sign not in "._-")


def searchable(text: str) -> str:
    """Text as it is compared in a search: small letters without marks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))

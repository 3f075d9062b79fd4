"""What the public may see of the register, in the memory of each process.

No person, no row id, no proposal: what is not copied here cannot be shown by mistake.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from accounts import handles, web_pages
from accounts.lookalikes import Spoken, core, look_alike, same_but_for_slips, skeleton, spoken
from accounts.models.kinds import OfficialPlatform
from accounts.public import hosts, keys
from accounts.public.namesakes import Namesakes
from accounts.references import Reference, read_url

State = Literal["active", "suspended", "closed"]
ACTIVE: State = "active"
SUSPENDED: State = "suspended"
CLOSED: State = "closed"


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
class FoundBy:
    """Under what an account is looked up. None or empty: not to be found in that way.

    ``page``: the address that is published for it. ``place``: the website that it is itself.
    ``bones``, ``core``: what its handle could be taken for, ``said``: what is written for its
    display name, of accounts in use only. ``own``: the part of the bones that is no server's and
    no domain's. ``sites``: what a website's names without their endings look like.
    """

    handle: tuple[str, str, str]
    name: str
    beginning: str
    number: keys.NumberKey | None
    page: keys.Key | None
    place: str
    bones: str
    own: str
    core: str
    sites: tuple[str, ...]
    said: Spoken


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
    attested_by: str
    """Of which unit it was then, where it has moved to another one since; else empty."""
    bones: str = field(repr=False)
    words: str = field(repr=False)
    found_by: FoundBy = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Reading its address costs most of a copy, so that it is done once for each account.
        object.__setattr__(self, "found_by", _found_by(self))

    @property
    def is_active(self) -> bool:
        return self.state == ACTIVE

    @property
    def is_suspended(self) -> bool:
        return self.state == SUSPENDED

    @property
    def attested_here(self) -> date | None:
        """When its present unit last confirmed it."""
        return None if self.attested_by else self.attested_on

    @property
    def platform_label(self) -> str:
        return str(OfficialPlatform(self.platform).label)

    @property
    def link(self) -> str:
        """The address without its scheme, for paper."""
        return self.url.partition("://")[2].rstrip("/")


def _found_by(one: PublicAccount) -> FoundBy:
    seen = read_url(one.url)
    bones = one.bones if one.is_active else ""
    by_address = one.platform in handles.BY_ADDRESS
    return FoundBy(
        handle=handles.key(one.platform, one.host, one.handle),
        name=keys.of_name(one.handle),
        beginning=keys.of_beginning(one.platform, one.handle),
        number=keys.of_number(one.platform, one.host, one.platform_id) if one.platform_id else None,
        page=keys.of_page(seen, one.url) if seen else None,
        place=web_pages.exact(one.handle) if by_address else "",
        bones=bones,
        own=skeleton(keys.own_part(one.platform, one.handle)) if bones else "",
        core=core(bones) if bones else "",
        sites=tuple(skeleton(name) for name in keys.of_site(one.platform, one.handle))
        if bones
        else (),
        said=spoken(one.name) if one.is_active else Spoken(),
    )


@dataclass(frozen=True)
class Snapshot:
    """The public register at one version, with what looking up in it needs.

    ``read``: by code, from what each account was read, for the next copy.
    """

    number: int
    changed_at: datetime
    accounts: tuple[PublicAccount, ...]
    units: tuple[PublicUnit, ...]
    read: Mapping[str, tuple[Any, PublicAccount]] = field(default_factory=dict, repr=False)

    @property
    def version(self) -> tuple[int, datetime]:
        """Differs for what was read of two databases, or of one put back from a backup: there the
        number counts from an older one again."""
        return self.number, self.changed_at

    def __post_init__(self) -> None:
        by_key: dict[tuple[str, str, str], list[PublicAccount]] = defaultdict(list)
        by_name: dict[str, list[PublicAccount]] = defaultdict(list)
        by_id: dict[keys.NumberKey, list[PublicAccount]] = defaultdict(list)
        by_bones: dict[str, list[PublicAccount]] = defaultdict(list)
        by_core: dict[str, set[str]] = defaultdict(set)
        by_site: dict[str, list[PublicAccount]] = defaultdict(list)
        by_place: dict[str, list[PublicAccount]] = defaultdict(list)
        by_host: dict[str, list[PublicAccount]] = defaultdict(list)
        by_beginning: dict[tuple[str, str], list[PublicAccount]] = defaultdict(list)
        published: dict[keys.Key, list[PublicAccount]] = defaultdict(list)
        for one in self.accounts:
            found_by = one.found_by
            by_key[found_by.handle].append(one)
            by_name[found_by.name].append(one)
            if beginning := found_by.beginning:
                by_beginning[one.platform, beginning].append(one)
            if found_by.place:
                by_place[found_by.place].append(one)
                if not _is_whole(found_by.place):
                    by_host[web_pages.site(found_by.place)].append(one)
            if found_by.page is not None:
                published[found_by.page].append(one)
            if found_by.number is not None:
                by_id[found_by.number].append(one)
            for site in found_by.sites:
                by_site[site].append(one)
            if found_by.bones:
                by_bones[found_by.bones].append(one)
                by_core[found_by.core].add(found_by.bones)
        found: dict[str, object] = {
            "by_key": by_key, "by_name": by_name, "by_id": by_id, "by_bones": by_bones,
            "by_core": by_core, "by_site": by_site, "bones": list(by_bones),
            "by_place": by_place, "by_host": by_host, "by_beginning": by_beginning,
            "published": published,
            "namesakes": Namesakes((one.found_by.said, one) for one in self.accounts),
            "by_code": {one.code: one for one in self.accounts},
            "by_slug": {unit.slug: unit for unit in self.units},
        }  # fmt: skip
        for name, value in found.items():
            object.__setattr__(self, f"_{name}", value)

    _by_key: Mapping[tuple[str, str, str], list[PublicAccount]] = field(init=False, repr=False)
    _by_name: Mapping[str, list[PublicAccount]] = field(init=False, repr=False)
    _by_id: Mapping[keys.NumberKey, list[PublicAccount]] = field(init=False, repr=False)
    _by_place: Mapping[str, list[PublicAccount]] = field(init=False, repr=False)
    _by_host: Mapping[str, list[PublicAccount]] = field(init=False, repr=False)
    _by_beginning: Mapping[tuple[str, str], list[PublicAccount]] = field(init=False, repr=False)
    _published: Mapping[keys.Key, list[PublicAccount]] = field(init=False, repr=False)
    _by_bones: Mapping[str, list[PublicAccount]] = field(init=False, repr=False)
    _by_core: Mapping[str, set[str]] = field(init=False, repr=False)
    _by_site: Mapping[str, list[PublicAccount]] = field(init=False, repr=False)
    _bones: list[str] = field(init=False, repr=False)
    _namesakes: Namesakes[PublicAccount] = field(init=False, repr=False)
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

    def begun(self, platform: str, name: str) -> list[PublicAccount]:
        """The accounts there whose whole names begin with ``name``, before their server."""
        return list(self._by_beginning.get((platform, handles.small(name)), ()))

    def numbered(self, platform: str, host: str, number: str) -> list[PublicAccount]:
        """The account that the platform gave this number, on Mastodon the server at ``host``."""
        return list(self._by_id.get(keys.of_number(platform, host, number), ()))

    def at_address(self, address: str, *, whole_site: bool = True) -> list[PublicAccount]:
        """The website at ``address``, or the one that it is a page of.

        With ``whole_site`` false not the whole server, on which others have their pages too. Below
        the page of a wiki nothing is the agency's, as everybody may write there.
        """
        page = asked = web_pages.exact(address)
        while page and (whole_site or "/" in page):
            found = self._by_place.get(page, ())
            if own := [one for one in found if page == asked or _has_below(one, page)]:
                return own
            page = web_pages.above(page)
        return []

    def pages_on(self, host: str) -> list[PublicAccount]:
        """The single pages in use that are registered on the site at ``host``."""
        found = self._by_host.get(web_pages.exact(host), ())
        return [one for one in found if one.is_active]

    def published(self, reference: Reference) -> list[PublicAccount]:
        """The accounts that are published with just this address, however they are registered."""
        key = keys.of_page(reference, reference.typed)
        return list(self._published.get(key, ())) if key else []

    def alike(self, handle: str, platform: str | None) -> list[PublicAccount]:
        """Active accounts whose handles could be taken for ``handle``, the nearest first."""
        mine = skeleton(handles.without_site(handle))
        if not mine or mine.isdigit():
            return []
        near = process.extract(mine, self._bones, scorer=OSA.distance, score_cutoff=2, limit=20)
        candidates = {str(bones) for bones, _distance, _index in near}
        candidates |= self._by_core.get(core(mine), set())
        candidates |= {bones for bones in self._bones if bones in mine or mine in bones}
        found = [
            one
            for bones in candidates
            for one in self._by_bones[bones]
            if look_alike(mine, bones, one.found_by.own)
        ]
        found.sort(
            key=lambda one: (
                OSA.distance(mine, one.bones),
                one.platform != platform,
                # People write the beginning of a name, and leave out its end.
                not one.bones.startswith(mine),
                one.name,
            )
        )
        return found

    def sites_alike(self, host: str) -> list[PublicAccount]:
        """The websites in use that have nearly the name of ``host``, with whatever ending."""
        found: dict[str, PublicAccount] = {}
        for mine in map(skeleton, hosts.names(host)):
            near = [site for site in self._by_site if same_but_for_slips(mine, site)]
            near.sort(key=lambda site: (OSA.distance(mine, site), site))
            found |= {one.code: one for site in near for one in self._by_site[site]}
        return list(found.values())

    def namesakes(self, handle: str, platform: str | None) -> list[PublicAccount]:
        """Active accounts for whose display names ``handle`` could be taken, those on ``platform``
        first and of these the nearest."""
        mine = skeleton(handle)
        if not mine or mine.isdigit():
            return []
        return sorted(self._namesakes.of(mine), key=lambda one: one.platform != platform)


def _is_whole(place: str) -> bool:
    return "/" not in place and "?" not in place


def _has_below(one: PublicAccount, place: str) -> bool:
    return one.platform != OfficialPlatform.WIKI or _is_whole(place)


def bare(handle: str) -> str:
    """A handle without the signs that people forget: Samudra.Kota is found as samudrakota."""
    return "".join(sign for sign in handle.casefold() if sign not in "._-")


def searchable(text: str) -> str:
    """Text as it is compared in a search: small letters without marks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))

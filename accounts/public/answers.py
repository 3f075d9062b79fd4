"""One answer of the check: what the register knows of what was asked, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts import handles, web_pages
from accounts.models.kinds import OfficialPlatform
from accounts.public import differences, hosts
from accounts.public.differences import Difference
from accounts.public.snapshot import PublicAccount
from accounts.references import DOMAIN, EMAIL, NUMBER, PHONE, POST, Reference

OFFICIAL = "official"
SIMILAR = "similar"
# A post whose address has the name of an official account in it: whose post it is, is not known.
NAMED = "named"
# An old address of YouTube: which channel it leads to, is not known.
UNTOLD = "untold"
SUSPENDED = "suspended"
FORMER = "former"
UNKNOWN = "unknown"
UNREADABLE = "unreadable"

EMERGENCY_NUMBER = "112"
"""Regulation 10/2016 of the Minister of Communication and Information Technology on the single
number for emergency calls."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the register knows of one reference.

    ``accounts``: what it is (official, suspended, former), or which one it names. ``alike``: what
    it could be taken for. ``named``: further ones for whose display names it could be taken.
    ``elsewhere``: official accounts of just this handle on other platforms. ``of_unit``: those of
    the unit that it begins with the name of, where none of the others is one of them. ``more``:
    how many official accounts the list has under ``search`` that are not among these.
    ``site_above``: the official website whose owner alone can have made this one, or this name.
    ``same_site``: an official page on the same site, on which others have theirs.
    ``leads_on_to``: the site of others whose address stands in the page of an official one;
    ``leads_to``, where there is none: what is official too. Empty for none.
    """

    verdict: str
    reference: Reference
    accounts: Sequence[PublicAccount] = ()
    alike: Sequence[PublicAccount] = ()
    named: Sequence[PublicAccount] = ()
    elsewhere: Sequence[PublicAccount] = ()
    of_unit: Sequence[PublicAccount] = ()
    search: str = ""
    more: int = 0
    site_above: PublicAccount | None = None
    same_site: PublicAccount | None = None
    leads_on_to: str = ""
    leads_to: str = ""

    @property
    def platform_label(self) -> str:
        platform = self.reference.platform
        return str(handles.platform_label(platform)) if platform else ""

    @property
    def is_one_account(self) -> bool:
        """Whether the reference names one account, and not a handle that several may have."""
        reference = self.reference
        if reference.note == DOMAIN:
            sites = [one.platform in handles.BY_ADDRESS for one in self.accounts]
            return all(sites) and bool(sites)
        return bool(reference.platform or reference.host) and not reference.is_partial

    @property
    def is_site(self) -> bool:
        return is_site(self.reference)

    @property
    def is_official_site(self) -> bool:
        """Whether it is a registered website, or a page of one."""
        sites = [one.platform in handles.BY_ADDRESS for one in self.accounts]
        return self.verdict == OFFICIAL and all(sites) and not self.reference.is_partial

    @property
    def kind(self) -> str:
        """What it is called: a site, an email (address), a number, a link or an account."""
        reference = self.reference
        if reference.note in {EMAIL, PHONE}:
            return "email" if reference.note == EMAIL else "number"
        if self.is_site:
            return "site"
        if not reference.handle or reference.note == POST:
            return "link"
        sites = [one.platform in handles.BY_ADDRESS for one in self.accounts]
        chosen = reference.platform in handles.BY_ADDRESS
        return "site" if chosen or (all(sites) and sites) else "account"

    @property
    def is_page_within(self) -> bool:
        asked = web_pages.exact(self.reference.page or self.reference.handle)
        return all(one.found_by.place != asked for one in self.accounts)

    @property
    def listed(self) -> Sequence[PublicAccount]:
        """The accounts of the register that are shown, in their order."""
        return [*self.accounts, *self.of_unit, *self.elsewhere, *self.alike, *self.named]

    @property
    def are_possible(self) -> bool:
        """Whether those that are listed are only the accounts of the unit that may be meant."""
        is_open = self.verdict in {UNKNOWN, UNTOLD}
        return is_open and bool(self.of_unit) and len(self.listed) == len(self.of_unit)

    @property
    def are_stated_once(self) -> bool:
        """Whether one word above those that are listed says that all are in use. Beside a page that
        may lead on nothing says so: it would look as if that were official itself."""
        listed = self.listed
        is_same = len(listed) > 1 and all(one.is_active for one in listed)
        return is_same or bool(self.leads_on_to)

    @property
    def imitated(self) -> hosts.Imitated | None:
        """The platform whose address this website's is written like."""
        return imitated(self.reference)

    @property
    def on_other_server(self) -> PublicAccount | None:
        """The official account of just this handle on another server of the same network."""
        platform = self.reference.platform
        if platform not in handles.ON_SERVERS:
            return None
        return next((one for one in self.elsewhere if one.platform == platform), None)

    @property
    def but_for_capitals(self) -> PublicAccount | None:
        """The official account there whose name differs in capital letters only, which count; of a
        page, also what that would be a page of."""
        platform = self.reference.platform
        if self.is_site:
            asked = web_pages.exact(self.reference.page or self.reference.handle)
            return next((one for one in self.alike if _is_there_in_capitals(one, asked)), None)
        return next((one for one in self.elsewhere if one.platform == platform), None)

    @property
    def may_be_same(self) -> PublicAccount | None:
        """The official page whose address differs in capital letters only. Some sites have one page
        for both spellings; a wiki has two."""
        other = self.but_for_capitals if self.verdict == SIMILAR and self.is_site else None
        return other if other and other.platform != OfficialPlatform.WIKI else None

    @property
    def is_emergency_number(self) -> bool:
        reference = self.reference
        return reference.note == PHONE and reference.host.strip("() ") == EMERGENCY_NUMBER

    @property
    def differences(self) -> Sequence[differences.Difference]:
        """From ``nearest``; none from an account that has just this handle elsewhere."""
        nearest = self.nearest
        return self._differences_from(nearest) if nearest else ()

    @property
    def nearest(self) -> PublicAccount | None:
        """The account whose handle differs least from the one asked about."""
        is_compared = self.verdict in {SIMILAR, UNTOLD}
        if not is_compared or self.elsewhere or self.of_unit or not self.alike:
            return None
        told = {one: len(self._differences_from(one)) for one in self.alike}
        # A page whose name is just this one, or like none in it, tells nothing.
        compared = [one for one in told if told[one] or not (self._is_name and _is_page(one))]
        return min(compared, key=told.__getitem__, default=None)

    def _differences_from(self, other: PublicAccount) -> Sequence[Difference]:
        """Of two sites those of their names, and another ending as one."""
        if self._is_name and _is_page(other):
            return differences.from_page(self.name, other.handle)
        is_page = "/" in other.handle or other.platform not in handles.BY_ADDRESS
        if is_page or not self.is_site or self.imitated:
            return differences.between(self.name, other.handle)
        site, same = self.name.partition("/")[0], f"{hosts.own_name(other.handle)}."
        part, found, ending = site.partition(same)
        if not found or not ending or part[-1:] not in {"", "."}:
            return differences.between(site, other.handle)
        real, place = other.handle.removeprefix(same), len(part) + len(same)
        added = [Difference(0, part, "")] if part else []
        changed = [Difference(place, ending, real, same.rstrip("."))] if ending != real else []
        return [*added, *changed]

    @property
    def _is_name(self) -> bool:
        """Whether ``name`` is that of an account, and not the address of a website."""
        return not self.is_site or self.imitated is not None

    @property
    def name(self) -> str:
        return name_of(self.reference)

    @property
    def told(self) -> Sequence[str]:
        """The differences in words, as many as people read."""
        return [one.words for one in self.differences[: differences.MOST_TOLD]]

    @property
    def shown(self) -> SafeString:
        """What was asked, with the signs marked that differ."""
        shown, found = self.reference.shown, self.differences
        if (other := self.imitated) is None or other.host not in shown:
            pieces = differences.marked(shown, self.name, found)
        else:
            pieces = differences.marked(shown, shown, _of_site_and_name(self, shown, other))
        return format_html_join(
            "",
            "{}",
            (
                (format_html('<mark class="verdict-mark">{}</mark>', text) if differs else text,)
                for text, differs in pieces
            ),
        )


def _of_site_and_name(
    answer: Answer, shown: str, other: hosts.Imitated
) -> list[differences.Difference]:
    """The differences of the site and those of the name, with their places in ``shown``."""
    start = shown.index(other.host)
    after = shown.find(answer.name, start + len(other.host))
    place = after if after >= 0 else shown.find(answer.name)
    of_site = differences.between(other.host, other.site)
    found = [
        *(replace(one, start=start + one.start) for one in of_site),
        *(replace(one, start=place + one.start) for one in answer.differences),
    ]
    return sorted(found, key=lambda one: one.start)


def _is_page(one: PublicAccount) -> bool:
    return one.platform in handles.BY_ADDRESS


def _is_there_in_capitals(one: PublicAccount, asked: str) -> bool:
    """Whether ``asked`` is the page of ``one`` or, but on a wiki, one below it, capital and small
    letters aside."""
    page, place = handles.small(asked), handles.small(one.found_by.place)
    is_below = one.platform != OfficialPlatform.WIKI and page.startswith((f"{place}/", f"{place}?"))
    return page == place or is_below


def is_site(reference: Reference) -> bool:
    return reference.platform is None and bool(reference.host and reference.handle)


def imitated(reference: Reference) -> hosts.Imitated | None:
    """Of a website, and of a server of the fediverse: pages of other platforms name accounts so."""
    if not reference.host or not reference.handle or reference.note == EMAIL:
        return None
    if reference.platform not in {None, "mastodon"}:
        return None
    host = reference.page.partition("/")[0] or handles.host_name(reference.host)
    return hosts.imitated(host.partition(":")[0])


def name_of(reference: Reference) -> str:
    """What could be taken for a handle; empty for what nobody reads as one."""
    if reference.note in {NUMBER, EMAIL}:
        return ""
    if is_site(reference) and imitated(reference):
        # On a site that is written like a platform's, the path names the account as it does there.
        return reference.handle.partition("/")[2].partition("/")[0].removeprefix("@")
    if reference.platform in {None, "bluesky"} and "xn--" in reference.handle:
        # Of the name of a server people see its letters, not the code of the network.
        host, slash, page = reference.handle.partition("/")
        return f"{hosts.legible(host)}{slash}{page}"
    return reference.handle.removeprefix("in/")

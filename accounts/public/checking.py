"""Is this account official? What the register says about what somebody pasted.

It says what is registered. It never says of anybody that they are false: that is for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from accounts import handles, leads
from accounts.links import SHARED
from accounts.models.kinds import OfficialPlatform
from accounts.public import hosts, suggesting
from accounts.public.answers import (
    FORMER,
    NAMED,
    OFFICIAL,
    SIMILAR,
    SUSPENDED,
    UNKNOWN,
    UNREADABLE,
    UNTOLD,
    Answer,
    imitated,
    is_site,
    name_of,
)
from accounts.public.snapshot import PublicAccount, Snapshot, bare
from accounts.public.unit_names import leading, wholly_meant
from accounts.references import (
    DOMAIN,
    EMAIL,
    NUMBER,
    OLD_ADDRESS,
    POST,
    REMOTE,
    Reference,
    parsed,
    placed,
    read_url,
    tidy,
)

LONGEST_ASKED = 880
"""What the field takes, as browsers count, in UTF-16: more would not fit into an address. A letter
of three bytes is nine signs there, and the server takes 8,190 with the names around them."""
_LONGEST_ANYWHERE = 1_000
"""What fields elsewhere take that lead here, such as one of a page opened some time ago."""
MOST_SUGGESTED = 5
MOST_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, read: equal for everything that must get the same answer. ``name``: words
    that are neither handle nor address. ``left_out``: there was more than the references."""

    references: tuple[Reference, ...] = ()
    name: str = ""
    left_out: bool = False

    @property
    def again(self) -> str:
        """What reads back as the same question."""
        return " ".join(one.again for one in self.references) or self.name


@dataclass(frozen=True, slots=True)
class Result:
    question: Question
    answers: Sequence[Answer] = field(default=())
    suggested: Sequence[PublicAccount] = field(default=())
    search: str = ""
    more: int = 0

    @property
    def is_about_known(self) -> bool:
        """Whether it names registered accounts and nothing else: such answers are asked for again.
        Not that of a post or of a page, of which there are as many as anybody makes up."""
        return bool(self.answers) and all(
            answer.verdict in {OFFICIAL, SUSPENDED, FORMER}
            and answer.reference.note != POST
            and not (answer.is_official_site and answer.is_page_within)
            and not (answer.leads_on_to or answer.leads_to)
            for answer in self.answers
        )


def read(text: str, platform: str) -> Question:
    """Read what was pasted. ``platform`` says where a bare name is, or is empty."""
    found = parsed(text, may_be_cut=_fills_field(text))
    references = tuple(
        placed(one, platform)
        if platform and one.platform is None and not one.host and one.handle
        else one
        for one in found.references
    )
    words = tidy(text)[0]
    references = tuple(
        replace(one, host=one.handle.casefold(), note=DOMAIN)
        if _could_be_site(one) and (f"@{one.handle}" if len(references) > 1 else "@") not in words
        else one
        for one in references
    )
    return Question(references, "" if references else words[:100], found.left_out)


def _fills_field(text: str) -> bool:
    """Whether the browser may have cut it, which it does without a word. It counts in UTF-16, and
    cuts no sign in two. What is a little longer came by a link, and was not cut here."""
    if len(text) < LONGEST_ASKED // 2 - 1:
        return False
    units = len(text.encode("utf-16-le", "replace")) // 2
    return LONGEST_ASKED - 1 <= units <= LONGEST_ASKED or units >= _LONGEST_ANYWHERE - 1


def answer(snapshot: Snapshot, question: Question) -> Result:
    answers = [_about(snapshot, reference) for reference in question.references]
    found, search = suggesting.of_name(snapshot, question.name)
    shown = found[:MOST_SUGGESTED]
    return Result(question, answers, shown, search, suggesting.more(snapshot, search, shown))


def is_official(snapshot: Snapshot, reference: Reference) -> PublicAccount | None:
    """The account in use that ``reference`` surely is, or None: a post may be anybody's, and a page
    that leads on shows what somebody else has."""
    about = _about(snapshot, reference)
    is_sure = _is_surely_official(about) and not about.leads_on_to
    return about.accounts[0] if is_sure else None


def resembled(snapshot: Snapshot, reference: Reference) -> list[PublicAccount]:
    """The accounts in use that ``reference`` could be taken for, that a post or an old address
    names, or of which it is a page that leads on. Empty for any other official one."""
    about = _about(snapshot, reference)
    active = [one for one in about.accounts if one.is_active]
    if about.verdict == NAMED or about.leads_on_to or (about.verdict == UNTOLD and active):
        return active
    if about.verdict not in {SIMILAR, UNTOLD}:
        return []
    return [*about.of_unit] or [*about.alike, *about.elsewhere] or [*about.named]


def _about(snapshot: Snapshot, reference: Reference) -> Answer:
    """With what is known of the addresses that stand in the page of an official website, or of a
    part of one."""
    answer = _by_itself(snapshot, reference)
    if not (answer.is_official_site or answer.site_above):
        return answer
    asked = reference.page or reference.handle
    if answer.is_official_site and not answer.is_page_within:
        # What is registered whole, with the address in it, is the agency's own.
        asked = f"{reference.host}#{asked.partition('#')[2]}"
    found = leads.of(asked)
    foreign = [one for one in found if not _is_registered(snapshot, one)]
    return replace(
        answer,
        leads_on_to=_named(foreign),
        leads_to="" if foreign else _named(found),
    )


def _named(found: Sequence[leads.Lead]) -> str:
    return hosts.legible(handles.without_www(found[0].host)) if found else ""


def _is_registered(snapshot: Snapshot, lead: leads.Lead) -> bool:
    """Whether what is led to is official itself. What stands in that was found beside it."""
    reference = read_url(f"https://{lead.address}")
    return reference is not None and _is_surely_official(_by_itself(snapshot, reference))


def _is_surely_official(about: Answer) -> bool:
    return about.verdict == OFFICIAL and about.is_one_account


def _by_itself(snapshot: Snapshot, reference: Reference) -> Answer:
    if reference.note != OLD_ADDRESS:
        return _as_read(snapshot, reference)
    # With what the register has under that name, which may be that of another channel.
    known = _as_read(snapshot, replace(reference, note="", page=""))
    return replace(known, verdict=UNTOLD, reference=reference)


def _as_read(snapshot: Snapshot, reference: Reference) -> Answer:
    bare_name = reference.platform is None and not reference.host
    if bare_name and "." in reference.handle:
        site = replace(reference, host=reference.handle.casefold(), note=DOMAIN)
        if snapshot.at_address(reference.handle) or _site_above(snapshot, site):
            # A registered website or a part of one, whatever the ending of its name.
            reference = site
    found = registered(snapshot, reference)
    if not found and not reference.handle:
        return Answer(UNREADABLE, reference)
    active = [one for one in found if one.is_active]
    is_sure = reference.note != REMOTE or bool(_at_page(snapshot, reference))
    if active and is_sure:
        verdict = NAMED if reference.note == POST else OFFICIAL
        return Answer(verdict, reference, accounts=active)
    if paused := [one for one in found if one.is_suspended and not active]:
        return Answer(SUSPENDED, reference, accounts=paused[:1])
    if found and not active:
        return Answer(FORMER, reference, accounts=found[:1])
    if not active and not imitated(reference) and (above := _site_above(snapshot, reference)):
        return replace(_unknown(snapshot, reference, above), site_above=above[0])
    elsewhere = [
        one
        for one in snapshot.named(name_of(reference))
        if reference.platform and one not in active and _counts(one, reference.platform)
    ]
    near = _alike(snapshot, reference)
    alike = active or [one for one in near if one not in elsewhere]
    known = {one.code for one in (*elsewhere, *alike)}
    others = [] if active else _namesakes(snapshot, reference)
    named = [one for one in others if one.code not in known]
    is_foreign_site = is_site(reference) and not imitated(reference)
    asks_for_unit = not (active or elsewhere or is_foreign_site)
    of_unit = leading(snapshot, name_of(reference), near[:MOST_ALIKE]) if asks_for_unit else []
    if not alike and not elsewhere and not named:
        return _unknown(snapshot, reference, of_unit)
    if asks_for_unit and (meant := wholly_meant(snapshot, name_of(reference))):
        # Of what only shares the name of the city with it nobody asked.
        alike = [] if of_unit else [one for one in alike if one in meant] or alike
        named = [] if of_unit else [one for one in named if one in meant]
    return _similar(snapshot, reference, of_unit, elsewhere, alike, named)


def _similar(
    snapshot: Snapshot,
    reference: Reference,
    of_unit: Sequence[PublicAccount],
    elsewhere: Sequence[PublicAccount],
    alike: Sequence[PublicAccount],
    named: Sequence[PublicAccount],
) -> Answer:
    """With as many of each as people look at, and what the list finds the others by."""
    # The shortest of their names is the one that most of the others contain.
    handles_found = [bare(one.handle) for one in (*elsewhere, *alike)]
    search = min(handles_found, key=len) if handles_found else named[0].name if named else ""
    search = of_unit[0].unit.label if of_unit else search
    is_alone = not (elsewhere or alike or named)
    of_unit = of_unit[: MOST_SUGGESTED if is_alone else MOST_ALIKE]
    led = {one.code for one in of_unit}
    alike = alike[:MOST_ALIKE]
    named = [one for one in named if one.code not in led][: MOST_ALIKE - len(alike)]
    more = suggesting.more(snapshot, search, (*of_unit, *elsewhere, *alike, *named))
    return Answer(
        SIMILAR, reference, alike=alike, named=named, elsewhere=elsewhere, of_unit=of_unit,
        search=search, more=more, same_site=_on_same_site(snapshot, reference),
    )  # fmt: skip


def _unknown(snapshot: Snapshot, reference: Reference, of_unit: Sequence[PublicAccount]) -> Answer:
    """With the accounts of the unit that may be meant, or those that the list finds."""
    is_word = reference.platform is None and not reference.host and len(reference.handle) > 3
    search = reference.handle if is_word else ""
    listed = suggesting.listed(snapshot, search)
    if of_unit and not listed:
        search = of_unit[0].unit.label
    found = of_unit or listed
    shown = found[:MOST_SUGGESTED]
    return Answer(
        UNKNOWN,
        reference,
        of_unit=shown,
        search=search,
        more=suggesting.more(snapshot, search, shown),
        same_site=_on_same_site(snapshot, reference),
    )


def _counts(one: PublicAccount, platform: str) -> bool:
    """Whether a handle elsewhere is told of. On another server of the same network also of an
    account that rests or is closed: who takes its name there may want to be taken for it."""
    return one.is_active or (one.platform == platform and not one.released)


def registered(snapshot: Snapshot, reference: Reference) -> list[PublicAccount]:
    """What the register holds under just this name, number or address, in whatever state."""
    return (
        _at_page(snapshot, reference)
        or _called(snapshot, reference)
        or snapshot.published(reference)
    )


def _at_page(snapshot: Snapshot, reference: Reference) -> list[PublicAccount]:
    """The registered website that the reference is a page of."""
    if is_site(reference) and reference.note != DOMAIN:
        page = reference.page or reference.handle
        return snapshot.at_address(page)
    if reference.platform == "mastodon" and reference.note != EMAIL:
        # Other sites write the names of their people like servers of the fediverse.
        page = reference.page or f"{reference.host}/@{reference.handle}"
        return snapshot.at_address(page, whole_site=reference.note == NUMBER)
    return []


def _called(snapshot: Snapshot, reference: Reference) -> list[PublicAccount]:
    platform, host, handle = reference.platform, reference.host, reference.handle
    if reference.note == NUMBER and platform:
        return snapshot.numbered(platform, host, handle)
    if platform is not None and reference.is_partial:
        return snapshot.begun(platform, handle)
    if platform is not None:
        return snapshot.at(platform, host, handle)
    if reference.note == DOMAIN:
        return snapshot.at_address(handle) or snapshot.named(handle)
    if host:
        return _named_by_domain(snapshot, reference)
    return snapshot.named(handle) or _numbered(snapshot, handle)


def _named_by_domain(snapshot: Snapshot, reference: Reference) -> list[PublicAccount]:
    """The account in use on Bluesky whose handle is the whole of an address without a page in it:
    only who keeps the domain can have it for a handle."""
    is_whole = reference.handle == reference.host and not (reference.page or reference.note)
    found = snapshot.at(OfficialPlatform.BLUESKY, "", reference.handle) if is_whole else []
    return [one for one in found if one.is_active]


def _numbered(snapshot: Snapshot, handle: str) -> list[PublicAccount]:
    """Of an id that can be nothing but that of one platform, the account that has it."""
    known = (one for one in ("youtube", "bluesky") if handles.is_number(one, handle))
    return [one for platform in known for one in snapshot.numbered(platform, "", handle)]


def _alike(snapshot: Snapshot, reference: Reference) -> list[PublicAccount]:
    """What the reference could be taken for.

    That a site has an agency's handle for its name makes it no imitation, nor does anything under
    the ending of the government: most agencies have such a site.
    """
    other = imitated(reference)
    platform = other.platform if other else reference.platform
    near = snapshot.alike(name_of(reference), platform)
    if not is_site(reference) or other:
        return near
    stem, of_government = bare(hosts.stem(reference.host)), hosts.is_governmental(reference.host)
    sites = [] if of_government else snapshot.sites_alike(reference.host)
    return [
        *sites,
        *(
            one
            for one in near
            if one.platform in handles.BY_ADDRESS or not (of_government or bare(one.handle) == stem)
            if one not in sites
        ),
    ]


def _site_above(snapshot: Snapshot, reference: Reference) -> list[PublicAccount]:
    """The registered websites in use under whose names the reference's site has its own: only who
    has samudrakota.go.id can have ppid.samudrakota.go.id, another port of it, or names of people on
    it. Not that both say the same."""
    is_named_there = reference.platform == "mastodon" and reference.note != EMAIL
    if not is_named_there and not is_site(reference):
        return []
    labels = handles.without_www(handles.host_name(reference.host)).split(".")
    is_itself_above = is_named_there or ":" in reference.handle.partition("/")[0]
    parents = [".".join(labels[start:]) for start in range(not is_itself_above, len(labels) - 1)]
    found = (snapshot.at_address(parent) for parent in parents if parent not in SHARED)
    return [one for sites in found for one in sites if one.is_active]


def _on_same_site(snapshot: Snapshot, reference: Reference) -> PublicAccount | None:
    """An official page in use on the site that the reference is a page of."""
    is_page = is_site(reference) or (reference.platform == "mastodon" and reference.note != EMAIL)
    found = snapshot.pages_on(reference.host) if is_page and reference.host else []
    return found[0] if found else None


def _namesakes(snapshot: Snapshot, reference: Reference) -> list[PublicAccount]:
    """The accounts for whose display names it could be taken. Sites of other people may be about
    the agency, and have its name in theirs."""
    other = imitated(reference)
    if is_site(reference) and not other:
        return []
    return snapshot.namesakes(name_of(reference), other.platform if other else reference.platform)


def _could_be_site(reference: Reference) -> bool:
    bare_name = reference.platform is None and not reference.host
    is_named_so = hosts.is_site(reference.handle) or reference.handle.casefold().startswith("www.")
    return bare_name and is_named_so

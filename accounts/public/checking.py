"""Is this account official? What the register says about what somebody pasted.

It says what is registered. It never says of anybody that they are false: that is for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts import handles
from accounts.public import differences
from accounts.public.directory import Listing, Wanted
from accounts.public.snapshot import PublicAccount, Snapshot, bare
from accounts.references import EMAIL, NUMBER, OLD_ADDRESS, Reference, parse, tidy

OFFICIAL = "official"
SIMILAR = "similar"
SUSPENDED = "suspended"
FORMER = "former"
UNKNOWN = "unknown"
UNREADABLE = "unreadable"
MOST_SUGGESTED = 5
MOST_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What the register knows of one reference.

    ``accounts``: what it is (official, suspended, former). ``alike``: what it could be taken for.
    ``elsewhere``: official accounts of just this handle on other platforms. ``more``: how many
    official accounts the list has under ``search`` that are not among these.
    """

    verdict: str
    reference: Reference
    accounts: Sequence[PublicAccount] = ()
    alike: Sequence[PublicAccount] = ()
    elsewhere: Sequence[PublicAccount] = ()
    search: str = ""
    more: int = 0

    @property
    def platform_label(self) -> str:
        platform = self.reference.platform
        return str(handles.platform_label(platform)) if platform else ""

    @property
    def differences(self) -> Sequence[differences.Difference]:
        """From ``nearest``; none from an account that has just this handle elsewhere."""
        nearest = self.nearest
        return differences.between(self.name, nearest.handle) if nearest else ()

    @property
    def nearest(self) -> PublicAccount | None:
        """The account whose handle differs least from the one asked about."""
        if self.verdict != SIMILAR or self.elsewhere or not self.alike:
            return None
        return min(self.alike, key=lambda one: len(differences.between(self.name, one.handle)))

    @property
    def name(self) -> str:
        return _name_of(self.reference)

    @property
    def told(self) -> Sequence[str]:
        """The differences in words, as many as people read."""
        return [one.words for one in self.differences[: differences.MOST_TOLD]]

    @property
    def shown(self) -> SafeString:
        """What was asked, with the signs marked that differ."""
        pieces = differences.marked(self.reference.shown, self.name, self.differences)
        return format_html_join(
            "",
            "{}",
            (
                (format_html('<mark class="verdict-mark">{}</mark>', text) if differs else text,)
                for text, differs in pieces
            ),
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, read: equal for everything that must get the same answer.

    ``name``: words that are neither handle nor address, such as the name of an agency.
    """

    references: tuple[Reference, ...] = ()
    name: str = ""

    @property
    def shown(self) -> str:
        return " ".join(one.shown for one in self.references) or self.name


@dataclass(frozen=True, slots=True)
class Result:
    question: Question
    answers: Sequence[Answer] = field(default=())
    suggested: Sequence[PublicAccount] = field(default=())
    search: str = ""
    more: int = 0

    @property
    def is_about_known(self) -> bool:
        """Whether it names a registered account: such answers are asked for again."""
        return any(answer.verdict in {OFFICIAL, SUSPENDED, FORMER} for answer in self.answers)


def read(text: str, platform: str) -> Question:
    """Read what was pasted. ``platform`` says where a bare name is, or is empty."""
    references = tuple(
        Reference(platform, one.host, handles.normal(platform, one.handle), altered=one.altered)
        if platform and one.platform is None and not one.host and one.handle
        else one
        for one in parse(text)
    )
    return Question(references, "" if references else tidy(text)[0][:100])


def answer(snapshot: Snapshot, question: Question) -> Result:
    answers = [_about(snapshot, reference) for reference in question.references]
    search = question.name
    found = _listed(snapshot, search)
    more = len(found[MOST_SUGGESTED:])
    return Result(question, answers, found[:MOST_SUGGESTED], search, more)


def is_official(snapshot: Snapshot, reference: Reference) -> PublicAccount | None:
    """The account in use that ``reference`` surely is, or None."""
    about = _about(snapshot, reference)
    sure = reference.platform or reference.host
    return about.accounts[0] if about.verdict == OFFICIAL and sure else None


def resembled(snapshot: Snapshot, reference: Reference) -> list[PublicAccount]:
    """The accounts in use that ``reference`` could be taken for. Empty for an official one."""
    about = _about(snapshot, reference)
    return [*about.alike, *about.elsewhere] if about.verdict == SIMILAR else []


def _about(snapshot: Snapshot, reference: Reference) -> Answer:
    if not reference.handle:
        return Answer(UNREADABLE, reference)
    found = _registered(snapshot, reference)
    active = [one for one in found if one.is_active]
    if active and reference.note != OLD_ADDRESS:
        return Answer(OFFICIAL, reference, accounts=active)
    if paused := [one for one in found if one.is_suspended and not active]:
        return Answer(SUSPENDED, reference, accounts=paused[:1])
    if found and not active:
        return Answer(FORMER, reference, accounts=found[:1])
    elsewhere = [
        one
        for one in snapshot.named(_name_of(reference))
        if one.is_active and reference.platform and one not in active
    ]
    near = snapshot.alike(_name_of(reference), reference.platform)
    alike = active or [one for one in near if one not in elsewhere]
    if not alike and not elsewhere:
        return Answer(UNKNOWN, reference)
    # The shortest of their names is the one that most of the others contain.
    search = min((bare(one.handle) for one in (*elsewhere, *alike)), key=len)
    shown = alike[:MOST_ALIKE]
    more = [one for one in _listed(snapshot, search) if one not in (*elsewhere, *shown)]
    return Answer(
        SIMILAR, reference, alike=shown, elsewhere=elsewhere, search=search, more=len(more)
    )


def _registered(snapshot: Snapshot, reference: Reference) -> list[PublicAccount]:
    if reference.note == NUMBER and reference.platform:
        return snapshot.numbered(reference.platform, reference.handle)
    if reference.platform is not None:
        return snapshot.at(reference.platform, reference.host, reference.handle)
    if reference.host:
        return snapshot.at_address(reference.handle)
    return snapshot.named(reference.handle)


def _name_of(reference: Reference) -> str:
    """What could be taken for a handle; empty for what nobody reads as one."""
    if reference.note in {NUMBER, EMAIL}:
        return ""
    return reference.handle.removeprefix("in/")


def _listed(snapshot: Snapshot, search: str) -> Sequence[PublicAccount]:
    """The active accounts that the public list finds for ``search``."""
    wanted = Wanted.read({"search": search}, snapshot)
    found = Listing(snapshot, wanted).matching if wanted.words else []
    return [one for one in found if one.is_active]

"""Is this account official? What the register says about what somebody pasted.

It says what is registered. It never says of anybody that they are false: that is for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts import handles
from accounts.public.snapshot import PublicAccount, Snapshot, searchable
from accounts.references import EMAIL, NUMBER, OLD_ADDRESS, Reference, parse, tidy

OFFICIAL = "official"
SIMILAR = "similar"
FORMER = "former"
UNKNOWN = "unknown"
UNREADABLE = "unreadable"
MOST_SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What the register knows of one reference.

    ``accounts``: what it is (official, former). ``alike``: what it could be taken for.
    ``elsewhere``: official accounts of just this handle on other platforms.
    """

    verdict: str
    reference: Reference
    accounts: Sequence[PublicAccount] = ()
    alike: Sequence[PublicAccount] = ()
    elsewhere: Sequence[PublicAccount] = ()

    @property
    def platform_label(self) -> str:
        platform = self.reference.platform
        return str(handles.platform_label(platform)) if platform else ""


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

    @property
    def is_about_known(self) -> bool:
        """Whether it names a registered account: such answers are asked for again."""
        return any(answer.verdict in {OFFICIAL, FORMER} for answer in self.answers)


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
    suggested = _by_name(snapshot, question.name) if question.name else []
    return Result(question, answers, suggested)


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
    if found and not active:
        return Answer(FORMER, reference, accounts=found[:1])
    elsewhere = [
        one
        for one in snapshot.named(_name_of(reference))
        if one.is_active and reference.platform and one not in active
    ]
    near = snapshot.alike(_name_of(reference), reference.platform)
    alike = active or [one for one in near if one not in elsewhere]
    verdict = SIMILAR if alike or elsewhere else UNKNOWN
    return Answer(verdict, reference, alike=alike, elsewhere=elsewhere)


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


def _by_name(snapshot: Snapshot, name: str) -> list[PublicAccount]:
    words = searchable(name).split()[:8]
    found = [one for one in snapshot.accounts if all(word in one.words for word in words)]
    return [one for one in found if one.is_active][:MOST_SUGGESTED] if words else []

"""What the page of the check shows around its answers: their sum, and the ways onwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.public import answers, checking
from accounts.public.frame import with_language


@dataclass(frozen=True, slots=True)
class State:
    """What an answer is: in a sum, and on a badge. The tones and signs are those of the cards."""

    summed: str | Promise
    words: str | Promise
    tone: str
    shape: str


_OFFICIAL = State(_("%(number)s official"), _("Official account"), "good", "check")
_OFFICIAL_SITE = State(_("%(number)s official"), _("Official website"), "good", "check")
_LEADS_ON = State(
    _("%(number)s that may lead on to another website"), _("May lead on to another website"),
    "watch", "triangle",
)  # fmt: skip
# A handle that was asked for without its platform: elsewhere it may be anybody's.
_OFFICIAL_THERE = State(
    _("%(number)s official"), _("Official on the platforms below only"), "good", "check"
)
_NAMED = State(
    _("%(number)s by an author to be checked"), _("Check whose post it is"), "watch", "triangle"
)
_UNTOLD = State(
    _("%(number)s with a channel to be checked"), _("Check which channel it is"), "watch",
    "triangle",
)  # fmt: skip
_CAPITALS = State(
    _("%(number)s that may be an official page"), _("Compare capital and small letters"), "watch",
    "triangle",
)  # fmt: skip
_SIMILAR = State(
    _("%(number)s similar to an official account"), _("Not official, only similar"), "watch",
    "triangle",
)  # fmt: skip
_UNREGISTERED = State(_("%(number)s not registered"), _("Not in the register"), "", "ring")
# Only who has the site can have made it; that it speaks for the agency is not said.
_PART = State(
    _("%(number)s part of an official website"), _("Part of an official website"), "", "ring"
)
_SUSPENDED = State(_("%(number)s suspended for now"), _("Suspended for now"), "watch", "pause")
_FORMER = State(_("%(number)s no longer official"), _("No longer official"), "watch", "cross")
_OPEN = State(_("%(number)s cannot be told"), _("Cannot be told"), "", "ring")
_EMERGENCY = State(_("%(number)s for emergencies"), _("Emergency number"), "", "ring")
_STATES: dict[str, State] = {
    answers.OFFICIAL: _OFFICIAL,
    answers.NAMED: _NAMED,
    answers.UNTOLD: _UNTOLD,
    answers.SIMILAR: _SIMILAR,
    answers.UNKNOWN: _UNREGISTERED,
    answers.SUSPENDED: _SUSPENDED,
    answers.FORMER: _FORMER,
    answers.UNREADABLE: _OPEN,
}
_REPORTS: dict[str, str | Promise] = {
    "account": _("Report this account"),
    "site": _("Report this website"),
    "email": _("Report this e-mail address"),
    "number": _("Report this number"),
    "link": _("Report this address"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer, with its place on the page and the way to a report about it."""

    answer: answers.Answer
    anchor: str
    report_url: str

    @property
    def state(self) -> State:
        if self.answer.verdict == answers.UNKNOWN and self.answer.kind == "email":
            return _OPEN
        if self.answer.site_above:
            return _LEADS_ON if self.answer.leads_on_to else _PART
        if self.answer.verdict == answers.OFFICIAL and not self.answer.is_one_account:
            return _OFFICIAL_THERE if not self.answer.reference.is_partial else _OFFICIAL
        if self.answer.leads_on_to:
            return _LEADS_ON
        if self.answer.may_be_same:
            return _CAPITALS
        if self.answer.is_emergency_number:
            return _EMERGENCY
        return _OFFICIAL_SITE if self.answer.is_official_site else _STATES[self.answer.verdict]

    @property
    def words(self) -> str:
        return str(self.state.words)

    @property
    def tone(self) -> str:
        return self.state.tone

    @property
    def shape(self) -> str:
        return self.state.shape

    @property
    def report_words(self) -> str:
        is_part = self.answer.site_above and self.answer.kind == "account"
        # The website is the agency's own: only where its page leads on to can be reported.
        is_address = is_part or self.answer.leads_on_to
        return str(_REPORTS["link" if is_address else self.answer.kind])


def shown(result: checking.Result) -> Sequence[Shown]:
    """The answers in their order."""
    return [
        Shown(answer, f"answer-{number}", _report_url(answer))
        for number, answer in enumerate(result.answers, start=1)
    ]


def _report_url(answer: answers.Answer) -> str:
    reference = answer.reference
    # The form asks for what a name leaves open; which platform was chosen is known.
    platform = (reference.platform or "") if reference.is_partial else ""
    query = {"suspect": reference.again, "platform": platform}
    return with_language(reverse("official:report_make"), query)


def summed_up(found: Sequence[Shown]) -> str:
    """How many were checked and what they are, in one line; empty for a single one."""
    if len(found) < 2:
        return ""
    counts = Counter(str(one.state.summed) for one in found)
    parts = ", ".join(words % {"number": number} for words, number in counts.items())
    if all(one.answer.kind == "account" for one in found):
        checked = ngettext(
            "%(number)s account checked: %(parts)s", "%(number)s accounts checked: %(parts)s",
            len(found),
        )  # fmt: skip
    else:
        # Websites, numbers and addresses of posts are no accounts.
        checked = ngettext(
            "%(number)s entry checked: %(parts)s", "%(number)s entries checked: %(parts)s",
            len(found),
        )  # fmt: skip
    return checked % {"number": len(found), "parts": parts}

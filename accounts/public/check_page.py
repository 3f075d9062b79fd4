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
from accounts.references import EMAIL

# Of each state: in a sum, and said of one.
_OFFICIAL = (_("%(number)s official"), _("Official account"), "good")
_SIMILAR = (
    _("%(number)s similar to an official account"), _("Similar to an official account"), "watch"
)  # fmt: skip
_UNREGISTERED = (_("%(number)s not registered"), _("Not in the register"), "watch")
_SUSPENDED = (_("%(number)s suspended for now"), _("Suspended for now"), "watch")
_FORMER = (_("%(number)s no longer official"), _("No longer official"), "watch")
_OPEN = (_("%(number)s cannot be told"), _("Cannot be told"), "")
State = tuple[str | Promise, str | Promise, str]
_STATES: dict[str, State] = {
    answers.OFFICIAL: _OFFICIAL,
    answers.SIMILAR: _SIMILAR,
    answers.UNKNOWN: _UNREGISTERED,
    answers.SUSPENDED: _SUSPENDED,
    answers.FORMER: _FORMER,
    answers.UNREADABLE: _OPEN,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer, with its place on the page and the way to a report about it."""

    answer: answers.Answer
    anchor: str
    report_url: str

    @property
    def state(self) -> State:
        if self.answer.verdict == answers.UNKNOWN and self.answer.reference.note == EMAIL:
            return _OPEN
        return _STATES[self.answer.verdict]

    @property
    def words(self) -> str:
        return str(self.state[1])

    @property
    def tone(self) -> str:
        return self.state[2]


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


def summed_up(answers: Sequence[Shown]) -> str:
    """How many were checked and what they are, in one line; empty for a single one."""
    if len(answers) < 2:
        return ""
    counts = Counter(one.state for one in answers)
    parts = ", ".join(str(state[0]) % {"number": counts[state]} for state in counts)
    checked = ngettext(
        "%(number)s account checked: %(parts)s", "%(number)s accounts checked: %(parts)s",
        len(answers),
    )  # fmt: skip
    return checked % {"number": len(answers), "parts": parts}

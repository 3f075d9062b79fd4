"""What the pages of a report say: its steps, in the words for what it is about, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.impersonation_selectors import accounts_named
from accounts.models import ImpersonationReport, OfficialAccount
from accounts.models.impersonation import ReportStatus
from accounts.suspect_words import words_for
from govsocial.audit.selectors import history_of


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its button, what it means, what is said once it is taken, and whether it ends the
    matter against the reporter."""

    button: str
    meaning: str
    done: str
    danger: bool = False


# Button, meaning and what is said once it is taken, for the words of ``suspect_words.Words``.
_STEPS: dict[str, tuple[Promise, Promise, Promise]] = {
    ReportStatus.CHECKING: (
        gettext_lazy("Start checking"),
        gettext_lazy("Compare the %(noun)s with the register, then keep the evidence."),
        gettext_lazy("The report %(report)s is being checked now."),
    ),
    ReportStatus.REPORTED: (
        gettext_lazy("Note the report to %(receiver)s"),
        gettext_lazy(
            "You have reported the %(noun)s to %(receiver)s. Write how, and the ticket number that "
            "you got."
        ),
        gettext_lazy("That %(report)s is reported to %(receiver)s is noted."),
    ),
    ReportStatus.TAKEN_DOWN: (
        gettext_lazy("Note that the %(noun)s was %(gone)s"),
        gettext_lazy("The %(noun)s cannot be reached any more."),
        gettext_lazy("That the %(noun)s of %(report)s was %(gone)s is noted."),
    ),
    ReportStatus.NOT_IMITATION: (
        gettext_lazy("Declare it not an imitation"),
        gettext_lazy("The %(noun)s does not pretend to be the agency's. The report is settled."),
        gettext_lazy("The report %(report)s is settled: not an imitation."),
    ),
    ReportStatus.REFUSED: (
        gettext_lazy("Note the refusal by %(receiver)s"),
        gettext_lazy("%(receiver)s leaves the %(noun)s as it is. You may ask again later."),
        gettext_lazy("That %(receiver)s refused %(report)s is noted."),
    ),
    ReportStatus.DISMISSED: (
        gettext_lazy("Set the report aside"),
        gettext_lazy("It is spam, a mistake, or names nothing that can be checked."),
        gettext_lazy("The report %(report)s is set aside."),
    ),
}
_DANGERS = (ReportStatus.NOT_IMITATION, ReportStatus.DISMISSED)


def step_of(report: ImpersonationReport, status: str) -> Step | None:
    """The step that leads ``report`` to ``status``; None where there is no such step."""
    if status not in _STEPS:
        return None
    words = words_for(report)
    button, meaning, done = (words.said(one, report=report.reference) for one in _STEPS[status])
    return Step(button, meaning, done, danger=status in _DANGERS)


def move_problem(report: ImpersonationReport, status: str) -> str:
    """Why ``report`` cannot go to ``status`` from where it is; empty when it can. For who asks for
    the page; who sends it keeps what they typed."""
    if status in report.moves:
        return ""
    words = words_for(report)
    if status == report.status:
        return _("%(report)s has this status already: “%(status)s”.") % {
            "report": report.reference, "status": words.status(status),
        }  # fmt: skip
    return _("%(report)s cannot go from “%(before)s” to “%(status)s”.") % {
        "report": report.reference,
        "before": words.status(report.status),
        "status": words.status(status),
    }


def steps_of(report: ImpersonationReport) -> list[tuple[str, Step]]:
    """Where it can go from here, each with its step."""
    return [(status, step) for status in report.moves if (step := step_of(report, status))]


def accounts_beside(report: ImpersonationReport) -> list[OfficialAccount]:
    """The accounts that reporters named, where they are not only the one that the report has."""
    named = list(accounts_named(report))
    return named if any(one.pk != report.official_account_id for one in named) else []


_TONES = {
    ReportStatus.TAKEN_DOWN: "good",
    ReportStatus.REPORTED: "watch",
    ReportStatus.REFUSED: "bad",
}
# Told with its reason by the remark that it leaves; or who looked, which is for who reads the
# trail and would push out what happened.
_NOT_TOLD = frozenset(
    f"accounts.impersonation.{name}"
    for name in ("moved", "noted", "statements_read", "evidence_taken")
)


def timeline_of(report: ImpersonationReport) -> list[dict[str, Any]]:
    """What happened to ``report``, newest first: the trail, and remarks with their words."""
    found: list[tuple[datetime, dict[str, Any]]] = []
    of_suspect = words_for(report)
    for line in history_of(report):
        if line.event not in _NOT_TOLD:
            found.append((line.at, {"sentence": line.sentence, "at": line.at, "tone": ""}))
    for note in report.notes.select_related("author"):
        words = _("%(person)s wrote a remark on the report %(report)s.")
        if note.status:
            words = _("%(person)s set the status of the report %(report)s to “%(status)s”.")
        sentence = words % {
            "person": note.author, "report": report.reference,
            "status": of_suspect.status(note.status) if note.status else "",
        }  # fmt: skip
        tone = _TONES.get(ReportStatus(note.status), "") if note.status else ""
        entry = {"sentence": sentence, "at": note.created_at, "tone": tone, "quote": note.text}
        found.append((note.created_at, entry))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [entry for _at, entry in found]

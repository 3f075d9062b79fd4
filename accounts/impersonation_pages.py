"""What the pages of a report say: the words of its steps, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ImpersonationReport
from accounts.models.impersonation import ReportStatus
from govsocial.audit.selectors import history_of


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its button, what it means, what is said once it is taken, and whether it ends the
    matter against the reporter."""

    button: str | Promise
    meaning: str | Promise
    done: str | Promise
    danger: bool = False


STEPS: dict[str, Step] = {
    ReportStatus.CHECKING: Step(
        gettext_lazy("Start checking"),
        gettext_lazy("Compare the account with the register, then keep the evidence."),
        gettext_lazy("The report %(report)s is being checked now."),
    ),
    ReportStatus.REPORTED: Step(
        gettext_lazy("Note the report to the platform"),
        gettext_lazy(
            "You have reported the account on the platform itself. Write how, and the number that "
            "the platform gave."
        ),
        gettext_lazy("That %(report)s is reported to the platform is noted."),
    ),
    ReportStatus.TAKEN_DOWN: Step(
        gettext_lazy("Note that it was taken down"),
        gettext_lazy("The account cannot be reached on the platform any more."),
        gettext_lazy("That the account of %(report)s was taken down is noted."),
    ),
    ReportStatus.NOT_IMITATION: Step(
        gettext_lazy("Declare it not an imitation"),
        gettext_lazy("The account does not pretend to be the agency's. The report is settled."),
        gettext_lazy("The report %(report)s is settled: not an imitation."),
        danger=True,
    ),
    ReportStatus.REFUSED: Step(
        gettext_lazy("Note the platform's refusal"),
        gettext_lazy("The platform leaves the account as it is. You may ask again later."),
        gettext_lazy("The platform's refusal of %(report)s is noted."),
    ),
    ReportStatus.DISMISSED: Step(
        gettext_lazy("Set the report aside"),
        gettext_lazy("It is spam, a mistake, or names nothing that can be checked."),
        gettext_lazy("The report %(report)s is set aside."),
        danger=True,
    ),
}
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
    for line in history_of(report):
        if line.event not in _NOT_TOLD:
            found.append((line.at, {"sentence": line.sentence, "at": line.at, "tone": ""}))
    for note in report.notes.select_related("author"):
        words = _("%(person)s wrote a remark on the report %(report)s.")
        if note.status:
            words = _("%(person)s set the status of the report %(report)s to “%(status)s”.")
        sentence = words % {
            "person": note.author, "report": report.reference, "status": note.get_status_display()
        }  # fmt: skip
        tone = _TONES.get(ReportStatus(note.status), "") if note.status else ""
        entry = {"sentence": sentence, "at": note.created_at, "tone": tone, "quote": note.text}
        found.append((note.created_at, entry))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [entry for _at, entry in found]

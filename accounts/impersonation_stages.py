"""What pages call and show of each status of a report, in one table.

The sentences have places for the words of ``suspect_words.Words``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models.impersonation import ReportStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """``name``: a message id that is true whatever the report is about. ``tone`` and ``shape`` are
    those of a badge. ``heading`` and ``next``: what the reporter reads, and may expect. ``button``,
    ``meaning`` and ``done``: of the step that leads here; empty where none does. ``danger``: that
    step ends the matter against the reporter."""

    name: str
    tone: str = ""
    shape: str
    heading: Promise
    next: str | Promise = ""
    button: str | Promise = ""
    meaning: str | Promise = ""
    done: str | Promise = ""
    danger: bool = False


STAGES: Mapping[str, Stage] = {
    ReportStatus.NEW: Stage(
        name=gettext_noop("New"),
        tone="bad",
        shape="bang",
        heading=_("We have received your report"),
        next=_("Next: staff check the report, then report the %(noun)s to %(receiver)s."),
    ),
    ReportStatus.CHECKING: Stage(
        name=gettext_noop("Being checked"),
        tone="note",
        shape="arrow",
        heading=_("We are checking the %(noun)s"),
        next=_("Next: if the %(noun)s imitates us, we report it to %(receiver)s."),
        button=_("Start checking"),
        meaning=_("Compare the %(noun)s with the register, then keep the evidence."),
        done=_("The report %(report)s is being checked now."),
    ),
    ReportStatus.REPORTED: Stage(
        name=gettext_noop("Reported to the platform or provider"),
        tone="watch",
        shape="clock",
        heading=_("We have reported the %(noun)s to %(receiver)s"),
        next=_("Next: %(receiver)s decides. Its answer will be here."),
        button=_("Note the report to %(receiver)s"),
        meaning=_(
            "You have reported the %(noun)s to %(receiver)s. Write how, and the ticket number that "
            "you got."
        ),
        done=_("That %(report)s is reported to %(receiver)s is noted."),
    ),
    ReportStatus.TAKEN_DOWN: Stage(
        name=gettext_noop("Taken down or blocked"),
        tone="good",
        shape="check",
        heading=_("The %(noun)s has been %(gone)s"),
        button=_("Note that the %(noun)s was %(gone)s"),
        meaning=_("The %(noun)s cannot be reached any more."),
        done=_("That the %(noun)s of %(report)s was %(gone)s is noted."),
    ),
    ReportStatus.NOT_IMITATION: Stage(
        name=gettext_noop("Not an imitation"),
        shape="square",
        heading=_("The %(noun)s does not imitate us"),
        button=_("Declare it not an imitation"),
        meaning=_("The %(noun)s does not pretend to be the agency's. The report is settled."),
        done=_("The report %(report)s is settled: not an imitation."),
        danger=True,
    ),
    ReportStatus.REFUSED: Stage(
        name=gettext_noop("Refused by the platform or provider"),
        tone="bad",
        shape="cross",
        heading=_("%(receiver)s leaves the %(noun)s as it is"),
        button=_("Note the refusal by %(receiver)s"),
        meaning=_("%(receiver)s leaves the %(noun)s as it is. You may ask again later."),
        done=_("That %(receiver)s refused %(report)s is noted."),
    ),
    ReportStatus.DISMISSED: Stage(
        name=gettext_noop("Set aside"),
        shape="square",
        heading=_("The report was not followed up"),
        button=_("Set the report aside"),
        meaning=_("It is spam, a mistake, or names nothing that can be checked."),
        done=_("The report %(report)s is set aside."),
        danger=True,
    ),
}

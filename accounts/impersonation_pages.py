"""What the pages of a report say: its steps, in the words for what it is about, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.impersonation_selectors import accounts_named, reports_in_charge_of
from accounts.impersonation_stages import STAGES
from accounts.models import ImpersonationReport, OfficialAccount, User
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


def step_of(report: ImpersonationReport, status: str) -> Step | None:
    """The step that leads ``report`` to ``status``; None where there is no such step."""
    stage = STAGES.get(status)
    if stage is None or not stage.button:
        return None
    words, said = words_for(report), (stage.button, stage.meaning, stage.done)
    button, meaning, done = (words.said(one, report=report.reference) for one in said)
    return Step(button, meaning, done, stage.danger)


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


# Told with its reason by the remark that it leaves; or who looked, which is for who reads the
# trail and would push out what happened.
_NOT_TOLD = frozenset(
    f"accounts.impersonation.{name}"
    for name in ("moved", "noted", "statements_read", "evidence_taken")
)


def rights_in(report: ImpersonationReport, user: User) -> dict[str, bool]:
    """What the page of ``report`` offers to ``user``; the actions ask again."""
    follows_up, concerned = user.units_with("impersonation.handle"), report.units_concerned()
    taking_steps = concerned if report.assigned_to_id == user.pk else report.units_in_charge()
    return {
        "may_assign": report.charge_id in follows_up,
        "may_handle": not taking_steps.isdisjoint(follows_up),
        "may_note": not concerned.isdisjoint(follows_up),
    }


def timeline_of(report: ImpersonationReport, user: User) -> list[dict[str, Any]]:
    """What happened to ``report``, newest first: the trail, and remarks. For who sees it only
    because an account was named in it, the words of their own remarks and no other's."""
    found: list[tuple[datetime, dict[str, Any]]] = []
    of_suspect = words_for(report)
    reads_all = reports_in_charge_of(user).filter(pk=report.pk).exists()
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
        tone = STAGES[note.status].tone if note.status else ""
        quote = note.text if reads_all or note.author_id == user.pk else ""
        entry = {"sentence": sentence, "at": note.created_at, "tone": tone, "quote": quote}
        found.append((note.created_at, entry))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [entry for _at, entry in found]

"""What the pages of approval policies show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Unit, User
from accounts.selectors import units_visible_to
from content import diff
from content.actions.policies import Covered
from content.documents import EMERGENCY
from content.forms.policies import AskForm, PolicyForm, as_typed
from content.models import ApprovalPolicy, Sensitivity
from content.policies import Thought, WouldAsk, before_and_after, would_ask
from content.policy_people import Deciders, deciders_in, lacking, lacking_below
from content.policy_words import (
    asked_in_words,
    days_in_words,
    hours_in_words,
    policy_named,
    posts_in_words,
    stages_in_words,
)
from content.selectors.policies import (
    UnitRow,
    policies_behind,
    policies_to_keep_for,
    policy_for,
    unit_rows,
    why_ended,
)

MOST_NAMED = 5
MOST_PLACES = 2
"""In which words may differ to be shown word by word."""
ONE_LINE = 60
"""Characters of before and after."""


def tabs(here: str) -> list[dict[str, object]]:
    """The pages about policies."""
    places = {
        "policy_list": _("What counts"),
        "policy_history": _("All policies"),
        "policy_ask": _("What would be asked for"),
    }
    return [
        {"label": label, "url": reverse(f"content:{name}"), "active": name == here}
        for name, label in places.items()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after

    @property
    def pieces(self) -> list[diff.Piece]:
        """Word by word, where most words stayed and few places differ; empty where one reads the
        two more easily."""
        found = diff.words(self.before, self.after)
        stayed = sum(len(one.text) for one in found if not one.change)
        # What was added to and what was removed from one place stand side by side.
        places = sum(1 for changes, _run in groupby(found, lambda one: bool(one.change)) if changes)
        is_clear = 2 * stayed > max(len(self.before), len(self.after)) and places <= MOST_PLACES
        return found if is_clear else []

    @property
    def is_long(self) -> bool:
        """Whether before and after stand in lines of their own."""
        return len(self.before) + len(self.after) > ONE_LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a typed policy would change, of itself and in the end, and who is missing for it."""

    current: ApprovalPolicy | None
    changes: Sequence[Change]
    outcomes: Sequence[Change]
    lacking: str
    lacking_below: str
    shown: str

    @property
    def is_the_same(self) -> bool:
        return not any(change.differs for change in self.changes)


def proposal_of(form: PolicyForm) -> Proposal:
    """For a valid form."""
    covered, thought = form.covered(), form.thought()
    current = policy_for(covered.unit_id, covered.official_account_id, covered.sensitivity)
    asked = _asked(covered, current.pk if current else None, thought)
    strictest = max((after for _one, _before, after in asked), key=lambda one: len(one.kinds))
    here, below = lacking_below(strictest.kinds, covered.unit_id)
    return Proposal(
        current=current,
        changes=_changes(current, thought),
        outcomes=_outcomes(asked),
        lacking=here,
        lacking_below="" if covered.official_account_id else _named(below),
        shown=form.spelled(),
    )


def _asked(
    covered: Covered, instead: int | None, thought: Thought | None
) -> list[tuple[str, WouldAsk, WouldAsk]]:
    """By sensitivity what counts in the end, before and after."""
    wanted = [covered.sensitivity] if covered.sensitivity else list(Sensitivity.values)
    both = before_and_after(
        units=[covered.unit_id],
        accounts=[covered.official_account_id] if covered.official_account_id else [],
        wanted=wanted,
        instead=instead,
        thought=thought,
    )
    return [(one, *answers) for one, answers in zip(wanted, both, strict=True)]


def _changes(current: ApprovalPolicy | None, thought: Thought) -> list[Change]:
    def row(label: str, before: str, after: str) -> Change:
        return Change(label=label, before=before if current else _("not set"), after=after)

    old: ApprovalPolicy | Thought = current or thought
    return [
        row(_("Stages"), stages_in_words(old.stages), stages_in_words(thought.stages)),
        row(_("An approval"), days_in_words(old.days), days_in_words(thought.days)),
        row(
            _("Remind after"),
            hours_in_words(old.remind_after),
            hours_in_words(thought.remind_after),
        ),
        row(
            _("Escalate after"),
            hours_in_words(old.escalate_after),
            hours_in_words(thought.escalate_after),
        ),
    ]


def _named(units: Sequence[str]) -> str:
    """Which units below have too few people."""
    if not units:
        return ""
    return ngettext(
        "%(count)s unit below has too few people for these stages: %(names)s.",
        "%(count)s units below have too few people for these stages, among them %(names)s.",
        len(units),
    ) % {"count": len(units), "names": ", ".join(units[:MOST_NAMED])}


def end_page(policy: ApprovalPolicy) -> dict[str, Any]:
    """What counts in the end before and after a policy has ended."""
    covered = Covered(
        unit_id=policy.unit_id,
        official_account_id=policy.official_account_id,
        sensitivity=policy.sensitivity,
    )
    asked = _asked(covered, policy.pk, None)
    return {"policy": policy, "name": policy_named(policy), "outcomes": _outcomes(asked)}


def _outcomes(asked: Sequence[tuple[str, WouldAsk, WouldAsk]]) -> list[Change]:
    behind = policies_behind(answer for _one, *both in asked for answer in both)

    def row(one: str, before: WouldAsk, after: WouldAsk) -> Change:
        was, then = asked_in_words(before, behind), asked_in_words(after, behind)
        if was != then and (before.kinds, before.days) == (after.kinds, after.days):
            # The same is asked for by another policy: nothing changes for who writes.
            was = then = asked_in_words(after, behind, why=False)
        return Change(label=posts_in_words(one), before=was, after=then)

    return [row(*one) for one in asked]


def start_from(user: User, asked: dict[str, str]) -> dict[str, Any]:
    """What the form begins with: the policy that the address names, or what counts in a unit."""
    policy = asked.get("policy", "")
    if policy.isascii() and policy.isdecimal() and len(policy) < 18:
        found = policies_to_keep_for(user).filter(pk=int(policy)).first()
        if found is not None:
            return as_typed(found)
    unit = _unit_named(user, asked)
    if unit is None:
        return {"unit": ""}
    own = policy_for(unit.pk, None, "")
    if own is not None:
        return as_typed(own)
    now = would_ask(units=[unit.pk], accounts=[], sensitivity=Sensitivity.ORDINARY)
    first, second = [*now.kinds[:-1], "", ""][:2]
    return {
        "unit": unit.pk,
        "first": first,
        "second": second,
        "days": now.days,
        "remind_after": now.remind_after,
        "escalate_after": now.escalate_after,
    }


def counts_now(user: User, start: dict[str, Any]) -> UnitRow | None:
    """What counts so far in the unit that the form begins with."""
    unit = _unit_named(user, {"unit": str(start.get("unit") or "")})
    return unit_rows([unit])[0] if unit else None


def _unit_named(user: User, asked: dict[str, str]) -> Unit | None:
    number = asked.get("unit", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 18):
        return None
    return units_visible_to(user, "content.configure").filter(pk=int(number)).first()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """One line of all policies that there are or were."""

    policy: ApprovalPolicy
    name: str
    posts: str
    stages: str
    days: str
    ended_why: str


def policy_rows(policies: Sequence[ApprovalPolicy]) -> list[PolicyRow]:
    """``policies`` with ``next_reason``, as people read them. One query."""
    reasons = why_ended(policies)
    return [
        PolicyRow(
            policy=one,
            name=str(one),
            posts=posts_in_words(one.sensitivity),
            stages=stages_in_words(one.stages),
            days=days_in_words(one.days),
            ended_why=_why(one, reasons) if one.ends_at else "",
        )
        for one in policies
    ]


def _why(policy: ApprovalPolicy, reasons: dict[int, str]) -> str:
    if policy.pk in reasons:
        return reasons[policy.pk]
    later = getattr(policy, "next_reason", None)
    return _("Replaced: %(reason)s") % {"reason": later} if later else ""


def answer_to(form: AskForm) -> dict[str, Any] | None:
    """What would be asked for, when the question can be read."""
    if not form.is_bound or not form.is_valid():
        return None
    account, sensitivity = form.cleaned_data["account"], form.cleaned_data["sensitivity"]
    unit = form.cleaned_data["unit"] or account.unit
    asked = would_ask(units=[unit.pk], accounts=[account.pk], sensitivity=sensitivity)
    behind = policies_behind([asked])
    units = {unit.pk, account.unit_id}
    found = deciders_in(units)
    missing = [lacking(asked.kinds, found.get(one, Deciders())) for one in units]
    return {
        "account": account,
        "unit": unit,
        "is_emergency": sensitivity == EMERGENCY,
        "words": asked_in_words(asked, behind),
        "remind": hours_in_words(asked.remind_after),
        "escalate": hours_in_words(asked.escalate_after),
        "policies": [(policy_named(one), one) for one in behind.values()],
        "lacking": next((one for one in missing if one), ""),
    }

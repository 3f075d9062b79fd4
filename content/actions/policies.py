from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, Unit, User
from content.actions.refusals import guarded
from content.errors import ContentError, PolicyChanged
from content.events.posts import POLICY_ENDED, POLICY_SET
from content.models import ApprovalPolicy, StageKind
from content.models.policy import MOST_HOURS, MOST_STAGES, ONE_POLICY_AT_A_TIME
from content.models.review import LONGEST_APPROVAL
from govsocial.audit.actions import record
from govsocial.constraints import constraint_of
from govsocial.web.permissions import require


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What a policy is for: a unit with all below it, or one account of it, and one sensitivity or
    ("") all of them."""

    unit_id: int
    official_account_id: int | None = None
    sensitivity: str = ""


@guarded("set_policy")
def set_policy(
    *,
    actor: User,
    covered: Covered,
    stages: Sequence[str],
    days: int,
    remind_after: int,
    escalate_after: int,
    reason: str,
    seen: int | None,
) -> ApprovalPolicy:
    """Set who must approve from now on; ``seen`` is the policy that the person changes, if any.

    Raises ``PolicyChanged`` when another one is in force, ``ContentError`` for what makes no sense.
    Open reviews and posts that were begun before keep what was asked for them.
    """
    require(actor, "content.configure", covered.unit_id)
    _check_account(covered)
    if not reason.strip():
        raise ContentError(_("Give a reason."), field="reason")
    _check_stages(stages)
    _check_times(days, remind_after, escalate_after)
    before = _end_current(actor, covered, seen)
    try:
        with transaction.atomic():
            policy = ApprovalPolicy.objects.create(
                unit_id=covered.unit_id,
                official_account_id=covered.official_account_id,
                sensitivity=covered.sensitivity,
                stages=list(stages),
                days=days,
                remind_after=remind_after,
                escalate_after=escalate_after,
                reason=reason.strip(),
                set_by=actor,
            )
    except IntegrityError as exc:
        if constraint_of(exc) != ONE_POLICY_AT_A_TIME:
            raise
        raise PolicyChanged(_("Somebody set this policy meanwhile. Read it first.")) from exc
    record(
        POLICY_SET,
        actor=actor,
        target=policy,
        covers=_covers(policy),
        stages=_spelled(policy),
        days=days,
        before=_spelled(before) if before else "",
        reason=policy.reason,
    )
    return policy


@guarded("end_policy")
def end_policy(*, actor: User, policy_id: int, reason: str) -> ApprovalPolicy:
    """Have a policy cover nothing that is begun from now on."""
    policy = ApprovalPolicy.objects.select_for_update(of=("self",)).get(pk=policy_id)
    require(actor, "content.configure", policy.unit_id)
    if policy.ends_at is not None:
        raise PolicyChanged(_("This policy has ended already."))
    if not reason.strip():
        raise ContentError(_("Give a reason."), field="reason")
    _end(policy, actor)
    record(
        POLICY_ENDED,
        actor=actor,
        target=policy,
        covers=_covers(policy),
        stages=_spelled(policy),
        reason=reason.strip(),
    )
    return policy


def _check_stages(stages: Sequence[str]) -> None:
    known = set(stages) <= set(StageKind.values)
    if not known or not 1 <= len(stages) <= MOST_STAGES or stages[-1] != StageKind.APPROVE:
        raise ContentError(_("One to three stages, the last of them an approval."), field="stages")


def _check_times(days: int, remind_after: int, escalate_after: int) -> None:
    if not 1 <= days <= LONGEST_APPROVAL.days:
        told = _("An approval counts for 1 to %(most)s days.") % {"most": LONGEST_APPROVAL.days}
        raise ContentError(told, field="days")
    for field, hours in (("remind_after", remind_after), ("escalate_after", escalate_after)):
        if not 1 <= hours <= MOST_HOURS:
            told = _("Choose 1 to %(most)s hours.") % {"most": MOST_HOURS}
            raise ContentError(told, field=field)
    if escalate_after < remind_after:
        raise ContentError(
            _("Remind first: this is less than the hours above."), field="escalate_after"
        )


def _check_account(covered: Covered) -> None:
    if covered.official_account_id is None:
        return
    rows = OfficialAccount.objects.filter(pk=covered.official_account_id, unit_id=covered.unit_id)
    if not rows.exists():
        raise ContentError(_("This account does not belong to the unit."), field="official_account")


def _end_current(actor: User, covered: Covered, seen: int | None) -> ApprovalPolicy | None:
    # Two people at once: the second waits here, and finds that it has changed.
    Unit.objects.select_for_update(no_key=True).get(pk=covered.unit_id)
    current = (
        ApprovalPolicy.objects.select_for_update(of=("self",))
        .filter(
            unit_id=covered.unit_id,
            official_account_id=covered.official_account_id,
            sensitivity=covered.sensitivity,
            ends_at=None,
        )
        .first()
    )
    if (current.pk if current else None) != seen:
        raise PolicyChanged(_("Somebody set this policy meanwhile. Read it first."))
    if current is not None:
        _end(current, actor)
    return current


def _end(policy: ApprovalPolicy, actor: User) -> None:
    policy.ends_at, policy.ended_by = timezone.now(), actor
    policy.save(update_fields=["ends_at", "ended_by"])


def _covers(policy: ApprovalPolicy) -> str:
    return " ".join(filter(None, [str(policy), policy.sensitivity]))


def _spelled(policy: ApprovalPolicy) -> str:
    return " → ".join(policy.stages)

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.guards import may_until_written, require_until_written
from accounts.custody import checked_remark
from accounts.errors import AccountChanged, AccountError, is_taken
from accounts.events_care import PERIOD_CHANGED, PERIOD_OPENED, PERIOD_WITHDRAWN
from accounts.kept_values import changes_between, values_of_period
from accounts.models import AttestationPeriod, Unit, User
from accounts.models.attestation import A_YEAR
from accounts.names import one_line
from accounts.seen import marks_of_period, written_unseen
from accounts.selectors_attestation import agency_today, current_period
from govsocial.audit.actions import record
from govsocial.web.permissions import require


@transaction.atomic
def open_attestation_period(
    *,
    actor: User,
    name: str,
    starts_on: date,
    due_on: date,
    remind_days_before: list[int],
    escalate_after_days: int,
) -> AttestationPeriod:
    """Ask for a confirmation of every account in use, from a day to a day.

    Only who administers accounts at the top of the agency does that: it is asked of all units.
    """
    top = Unit.objects.filter(parent=None).order_by("pk").first()
    if top is None:
        raise AccountError(_("Set up the agency first."))
    require_until_written(actor, "accounts.manage", top.pk)
    period = AttestationPeriod(
        unit=top,
        name=one_line(name, "name"),
        starts_on=starts_on,
        due_on=due_on,
        remind_days_before=sorted(set(remind_days_before), reverse=True),
        escalate_after_days=escalate_after_days,
        created_by=actor,
    )
    # One that began long ago makes every account late at once, and nothing takes it back.
    if abs(starts_on - agency_today()) > A_YEAR:
        raise AccountError(
            _("The first day is at most a year from today, before or after."), field="starts_on"
        )
    _wait_for_answers()
    _save_period(period)
    record(
        PERIOD_OPENED,
        actor=actor,
        target=period,
        starts_on=starts_on.isoformat(),
        due_on=due_on.isoformat(),
    )
    return period


@transaction.atomic
def change_attestation_period(
    *,
    actor: User,
    period_id: int,
    name: str,
    due_on: date,
    remind_days_before: list[int],
    escalate_after_days: int,
    seen: Mapping[str, str] | None = None,
) -> AttestationPeriod:
    """Change the name, the due day or the reminders. The first day stays as it was announced.

    ``seen`` are the marks of what a person was shown (``seen.marks_of_period``). Raises
    ``AccountChanged`` where somebody else wrote something there since, and this would write
    something else; None asks for nothing.
    """
    period = _locked_period(period_id)
    require_until_written(actor, "accounts.manage", period.unit_id)
    wanted: dict[str, object] = {
        "name": one_line(name, "name"),
        "due_on": due_on,
        "remind_days_before": sorted(set(remind_days_before), reverse=True),
        "escalate_after_days": escalate_after_days,
    }
    before, stood = period.due_on, values_of_period(period)
    changed = [field for field, value in wanted.items() if getattr(period, field) != value]
    if not changed:
        return period
    if seen is not None:
        _refuse_unseen(period, {field: wanted[field] for field in changed}, seen)
    for field in changed:
        setattr(period, field, wanted[field])
    _save_period(period, due_before=before)
    record(
        PERIOD_CHANGED,
        actor=actor,
        target=period,
        **changes_between(stood, values_of_period(period)),
        due_on=due_on.isoformat(),
        due_on_before=before.isoformat(),
    )
    return period


@may_until_written
@transaction.atomic
def withdraw_attestation_period(*, actor: User, period_id: int, reason: str) -> AttestationPeriod:
    """Take back a period that was made by mistake. As if it had never begun: nobody is asked in it,
    reminded of it or late, and the one before is the current one again. Raises ``AccountError``
    where ``withdrawal_problem`` says why not."""
    period = _locked_period(period_id)
    require(actor, "accounts.manage", period.unit_id)
    if problem := withdrawal_problem(period):
        raise AccountError(problem)
    reason = checked_remark(reason, "reason")
    period.withdrawn_by, period.withdrawn_at = actor, timezone.now()
    period.save(update_fields=["withdrawn_by", "withdrawn_at"])
    record(
        PERIOD_WITHDRAWN,
        actor=actor,
        target=period,
        starts_on=period.starts_on.isoformat(),
        due_on=period.due_on.isoformat(),
        reason=reason,
    )
    return period


def withdrawal_problem(period: AttestationPeriod) -> str:
    """Why ``period`` can no longer be withdrawn; empty when it can."""
    if period.attestations.exists():
        return _("Somebody has answered in this period: it can no longer be withdrawn.")
    made_on = timezone.localdate(period.created_at, ZoneInfo(settings.TIME_ZONE))
    # Who was late stays on record. Nobody could be in time where it was over when it was made.
    if made_on <= period.due_on < agency_today():
        return _(
            "The due day of this period has passed: what was not confirmed was late, and stays on "
            "record. It can no longer be withdrawn."
        )
    return ""


def _locked_period(period_id: int) -> AttestationPeriod:
    period = AttestationPeriod.every.select_for_update().get(pk=period_id)
    if period.withdrawn_at is not None:
        raise AccountError(_("This period has been withdrawn."))
    return period


def _wait_for_answers() -> None:
    """Let those finish who answer in the current period: none is for it once another has begun."""
    current = current_period()
    if current is not None:
        list(AttestationPeriod.every.select_for_update(no_key=True).filter(pk=current.pk))


def _refuse_unseen(
    period: AttestationPeriod, wanted: Mapping[str, object], seen: Mapping[str, str]
) -> None:
    fields = written_unseen(marks_of_period(period), wanted, seen)
    if fields:
        raise AccountChanged(
            _("This period has changed since you opened it. Look below, then save again."),
            fields=fields,
        )


def _save_period(period: AttestationPeriod, *, due_before: date | None = None) -> None:
    if period.due_on <= period.starts_on:
        raise AccountError(_("The due day comes after the first day."), field="due_on")
    # One from before this was asked may be longer, and is given another name all the same.
    if period.due_on != due_before and period.due_on - period.starts_on > A_YEAR:
        raise AccountError(_("The due day is at most a year after the first day."), field="due_on")
    others = AttestationPeriod.objects.exclude(pk=period.pk)
    other = others.filter(starts_on__lte=period.due_on, due_on__gte=period.starts_on).first()
    if other is not None:
        raise _overlaps(other.name)
    try:
        with transaction.atomic():
            period.save()
    except IntegrityError as exc:
        if not is_taken(exc):
            raise
        # Somebody made another one in between.
        raise _overlaps(_("another period")) from exc


def _overlaps(name: str) -> AccountError:
    return AccountError(
        _("These days overlap with %(period)s. Choose others.") % {"period": name}, field="due_on"
    )

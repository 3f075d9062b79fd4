from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions.guards import may_until_written
from accounts.actions.official_accounts import locked_official_account, today_of
from accounts.answered import answered_since, asked_since, just_begun
from accounts.custody import checked_remark, refuse_remark
from accounts.errors import AccountError
from accounts.events_care import (
    ATTESTATION_CORRECTED,
    ATTESTATIONS_EXPORTED,
    ATTESTED,
    ATTESTED_WITH_NOES,
    FINDING_CLOSED,
    FINDING_OPENED,
    FINDINGS_EXPORTED,
    HANDOVERS_EXPORTED,
    TWO_STEP_CHECKED,
)
from accounts.models import (
    Attestation,
    AttestationPeriod,
    Finding,
    OfficialAccount,
    User,
)
from accounts.models.attestation import Question
from accounts.models.kinds import TwoStep
from accounts.named import outsiders_of, seen_with
from accounts.selectors_attestation import (
    IN_USE,
    current_period,
    last_attestations,
    stands,
)
from accounts.snapshots import digest_of, picture_of
from govsocial.audit.actions import record
from govsocial.audit.events import phrases
from govsocial.web.permissions import require

_TWO_STEP = {
    "on": gettext_noop("On"),
    "off": gettext_noop("Off"),
    "unknown": gettext_noop("Not known"),
}
phrases(*_TWO_STEP.values())


@may_until_written
@transaction.atomic
def attest_account(
    *,
    actor: User,
    official_account_id: int,
    period_id: int | None,
    seen_sha256: str,
    answers: Mapping[str, bool],
    note: str = "",
    problem: str = "",
) -> Attestation:
    """Answer the four questions about one account in the current period, once; again where the
    last answer no longer stands (``selectors_attestation.standing``), over that answer.

    ``seen_sha256`` is ``named.seen_with`` of what was shown with the questions, and
    ``period_id`` the period that they were asked for. Raises ``AccountError`` when the register or
    the period is not what was shown, and when somebody was quicker.
    """
    account, period = _asked(actor, official_account_id)
    if trouble := asked_since(period_id, period):
        raise AccountError(trouble)
    said = last_attestations(period).filter(official_account=account).first()
    if said is not None and stands(said):
        raise AccountError(
            _("%(person)s has confirmed %(account)s already.")
            % {"person": said.confirmed_by, "account": account.called}
        )
    note = checked_remark(note, "note", optional=True)
    if said is not None:
        note = note or _what_was_done(account)
    row = _keep_answers(actor, account, period, seen_sha256, answers, note, problem, said)
    facts = _facts(row)
    if row.noes:
        record(ATTESTED_WITH_NOES, actor=actor, target=account, reason=row.problem, **facts)
    else:
        record(ATTESTED, actor=actor, target=account, **facts)
    return row


def _what_was_done(account: OfficialAccount) -> str:
    """Why "not ours" is asked again: what was written when that was looked into. A secret in it,
    from before anybody looked for such, is not said once more."""
    looked_into = Finding.objects.filter(official_account=account, question=Question.OURS)
    outcome = looked_into.order_by("-closed_at").values_list("outcome", flat=True).first()
    return outcome if outcome and not refuse_remark(outcome) else _("Answered again")


@may_until_written
@transaction.atomic
def correct_attestation(
    *,
    actor: User,
    attestation_id: int,
    seen_sha256: str,
    answers: Mapping[str, bool],
    reason: str,
    problem: str = "",
) -> Attestation:
    """Answer anew, over the old answers, which stay. Findings that rested on a mistaken "no" of
    this period, however often it was corrected since, are closed with the reason of the correction.

    ``attestation_id`` names the answers that were shown. Raises ``AccountError`` beside ``said``
    when they are no longer the last ones.
    """
    asked = Attestation.objects.get(pk=attestation_id)
    account, period = _asked(actor, asked.official_account_id)
    last = last_attestations(period).filter(official_account=account).first()
    if last is None or asked.period_id != period.pk:
        raise AccountError(_("Only the last answers of the current period can be corrected."))
    if last.pk != asked.pk:
        raise AccountError(answered_since(last), field="said")
    reason = checked_remark(reason, "note", optional=True)
    if not reason:
        raise AccountError(_("Say why the answers are corrected."), field="note")
    row = _keep_answers(actor, account, period, seen_sha256, answers, reason, problem, asked)
    record(
        ATTESTATION_CORRECTED,
        actor=actor,
        target=account,
        corrects_id=asked.pk,
        reason=reason,
        **_facts(row),
    )
    # A correction that keeps a "no" leaves its finding with the answers that it was opened by. What
    # an earlier period found is no part of this and stays open.
    for finding in Finding.objects.filter(
        official_account=account, closed_at=None, attestation__period=period
    ).exclude(question__in=row.noes):
        _close(actor, finding, account, reason)
    return row


def _asked(actor: User, official_account_id: int) -> tuple[OfficialAccount, AttestationPeriod]:
    """The locked account and the current period, when ``actor`` may answer for the account."""
    account = locked_official_account(official_account_id)
    if account.person_in_charge_id is None:
        require(actor, "accounts.manage", account.unit_id)
        raise AccountError(_("Nobody is in charge of this account. Name somebody first."))
    # The one who answers for it must still belong to the unit; others only on behalf.
    own = account.person_in_charge_id == actor.pk
    require(actor, "accounts.view" if own else "accounts.manage", account.unit_id)
    if account.status not in IN_USE:
        raise AccountError(_("This account is not in use: there is nothing to confirm."))
    period = current_period()
    if period is None:
        raise AccountError(_("No attestation period has begun."))
    # Nobody withdraws it or opens the next one until this is over; whoever just does is waited for.
    standing_ones = AttestationPeriod.objects.select_for_update(no_key=True)
    locked = standing_ones.filter(pk=period.pk).first()
    if locked is None:
        raise AccountError(_("This period has been withdrawn."))
    now = current_period()
    if now is not None and now.pk != locked.pk:
        raise AccountError(just_begun(now))
    return account, locked


def _keep_answers(
    actor: User,
    account: OfficialAccount,
    period: AttestationPeriod,
    seen_sha256: str,
    answers: Mapping[str, bool],
    note: str,
    problem: str,
    supersedes: Attestation | None,
) -> Attestation:
    picture = picture_of(account)
    digest = digest_of(picture)
    if seen_with(digest, outsiders_of([account])[account.pk]) != seen_sha256:
        raise AccountError(
            _("The register has changed since you looked. Look at the account again.")
        )
    given = {str(question): answers[str(question)] for question in Question}
    problem = "" if all(given.values()) else checked_remark(problem, "problem", optional=True)
    if not all(given.values()) and not problem:
        raise AccountError(_("Say what is wrong."), field="problem")
    row = Attestation.objects.create(
        period=period,
        official_account=account,
        person_in_charge=cast(User, account.person_in_charge),  # ``_asked`` refuses None
        note=note,
        problem=problem,
        snapshot=picture,
        snapshot_sha256=digest,
        confirmed_by=actor,
        supersedes=supersedes,
        **given,
    )
    for question in row.noes:
        _open_finding(actor, row, question)
    _note_two_step(actor, account, is_on=given[Question.TWO_STEP])
    return row


def _facts(row: Attestation) -> dict[str, Any]:
    return {
        "on_behalf_of": row.person_in_charge if row.on_behalf else None,
        "period": row.period.name,
        "period_id": row.period_id,
        "attestation_id": row.pk,
        "noes": [str(question) for question in row.noes],
        "snapshot_sha256": row.snapshot_sha256,
    }


def _open_finding(actor: User, row: Attestation, question: Question) -> None:
    account = row.official_account
    # One that is open already says the same thing; it goes on.
    finding, is_new = Finding.objects.get_or_create(
        official_account=account,
        question=question,
        closed_at=None,
        defaults={"attestation": row},
    )
    if is_new:
        record(
            FINDING_OPENED,
            actor=actor,
            target=account,
            finding_id=finding.pk,
            question=str(question),
        )


def _note_two_step(actor: User, account: OfficialAccount, *, is_on: bool) -> None:
    """Keep in the register what somebody saw today, inside the caller's transaction."""
    before = account.two_step
    account.two_step = TwoStep.ON if is_on else TwoStep.OFF
    account.two_step_checked_on = today_of(account)
    account.save(update_fields=["two_step", "two_step_checked_on"])
    if before != account.two_step:
        record(
            TWO_STEP_CHECKED,
            actor=actor,
            target=account,
            before=_TWO_STEP[before],
            after=_TWO_STEP[account.two_step],
            checked_on=account.two_step_checked_on.isoformat(),
        )


@may_until_written
@transaction.atomic
def close_finding(
    *, actor: User, finding_id: int, outcome: str, two_step_is_on: bool | None = None
) -> Finding:
    """Say what was done about a "no". For two-step sign-in also how it is now.

    Raises ``AccountError`` beside ``two_step_is_on`` while it is off: the fault is still there.
    """
    account_id = Finding.objects.values_list("official_account_id", flat=True).get(pk=finding_id)
    account = locked_official_account(account_id)
    finding = Finding.objects.select_for_update().get(pk=finding_id)
    own = account.person_in_charge_id == actor.pk
    require(actor, "accounts.view" if own else "accounts.manage", account.unit_id)
    if finding.closed_at is not None:
        raise AccountError(_("This finding is closed already."))
    # Where an account is closed or released, nobody of ours can look there any more.
    if finding.question == Question.TWO_STEP and not account.is_closed:
        if two_step_is_on is None:
            raise AccountError(_("Say how it is now."), field="two_step_is_on")
        if not two_step_is_on:
            raise AccountError(
                _("The finding stays open: two-step sign-in is still off."), field="two_step_is_on"
            )
        _note_two_step(actor, account, is_on=two_step_is_on)
    return _close(actor, finding, account, outcome)


def _close(actor: User, finding: Finding, account: OfficialAccount, outcome: str) -> Finding:
    finding.outcome = checked_remark(outcome, "outcome", optional=True)
    if not finding.outcome:
        raise AccountError(_("Say what was done."), field="outcome")
    finding.closed_at, finding.closed_by = timezone.now(), actor
    finding.save(update_fields=["closed_at", "closed_by", "outcome"])
    record(
        FINDING_CLOSED,
        actor=actor,
        target=account,
        finding_id=finding.pk,
        question=finding.question,
        reason=finding.outcome,
    )
    return finding


@transaction.atomic
def record_attestation_export(*, actor: User, rows: int, filters: Mapping[str, str]) -> None:
    """Note that somebody took the list of attestations out of the application."""
    record(ATTESTATIONS_EXPORTED, actor=actor, target=actor, rows=rows, filters=_written(filters))


@transaction.atomic
def record_finding_export(*, actor: User, rows: int, filters: Mapping[str, str]) -> None:
    """Note that somebody took the list of findings out of the application."""
    record(FINDINGS_EXPORTED, actor=actor, target=actor, rows=rows, filters=_written(filters))


@transaction.atomic
def record_handover_export(*, actor: User, rows: int, filters: Mapping[str, str]) -> None:
    """Note that somebody took the list of handovers out of the application."""
    record(HANDOVERS_EXPORTED, actor=actor, target=actor, rows=rows, filters=_written(filters))


def _written(filters: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(filters.items()) if value)[:300]

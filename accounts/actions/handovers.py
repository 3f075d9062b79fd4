from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.guards import may_until_written, require_until_written
from accounts.actions.handover_assignments import (
    begin_assignment,
    end_assignments,
    move_custody,
    refuse_newer_custody,
)
from accounts.actions.handover_seen import refuse_unseen
from accounts.actions.official_accounts import locked_official_account, today_of
from accounts.actions.outsiders import no_outsider
from accounts.checklists import CHECKLISTS, NEWEST
from accounts.completing import signed_in_place, who_is_left
from accounts.custody import checked_decree, checked_remark
from accounts.documents import keep_document
from accounts.errors import AccountError
from accounts.events_care import (
    ACCOUNT_HANDED_OVER,
    HANDOVER_CANCELLED,
    HANDOVER_COMPLETED,
    HANDOVER_POSTPONED,
    HANDOVER_STARTED,
    SCAN_ADDED,
)
from accounts.models import (
    Handover,
    HandoverItem,
    HandoverScan,
    OfficialAccount,
    User,
)
from accounts.models.attestation import A_YEAR
from accounts.models.handover import OPEN_STATES
from accounts.selectors_handover import who_may_hand_over
from accounts.snapshots import digest_of, picture_of
from govsocial.audit.actions import record
from govsocial.web.permissions import require


@may_until_written
@transaction.atomic
def start_handover(
    *,
    actor: User,
    official_account_id: int,
    outgoing_id: int,
    incoming_id: int,
    reason: str,
    due_on: date,
    decree: str = "",
    moves_charge: bool = False,
) -> Handover:
    """Begin to move an account from one person to another, with the newest checklist."""
    account = locked_official_account(official_account_id)
    require(actor, "accounts.manage", account.unit_id)
    if account.is_closed:
        raise AccountError(_("This account is closed: there is nothing to hand over."))
    outgoing, incoming = User.objects.get(pk=outgoing_id), User.objects.get(pk=incoming_id)
    _refuse_people(account, outgoing, incoming)
    if moves_charge and account.person_in_charge_id != outgoing.pk:
        raise AccountError(
            _("%(person)s is not in charge of this account.") % {"person": outgoing},
            field="moves_charge",
        )
    _refuse_due(account, due_on)
    # The account is locked: nobody begins another one meanwhile.
    if Handover.objects.filter(official_account=account, state__in=OPEN_STATES).exists():
        raise AccountError(_("A handover of this account is under way already."))
    with no_outsider(incoming, field="incoming"):
        handover = Handover.objects.create(
            official_account=account,
            outgoing=outgoing,
            incoming=incoming,
            moves_charge=moves_charge,
            reason=checked_remark(reason, "reason"),
            decree=checked_decree(decree),
            due_on=due_on,
            checklist=NEWEST,
            started_by=actor,
        )
    HandoverItem.objects.bulk_create(
        HandoverItem(handover=handover, key=item.key) for item in CHECKLISTS[NEWEST]
    )
    record(
        HANDOVER_STARTED,
        actor=actor,
        target=handover,
        outgoing=outgoing.full_name,
        incoming=incoming.full_name,
        due_on=due_on.isoformat(),
        decree=handover.decree,
        moves_charge=moves_charge,
        reason=handover.reason,
    )
    return handover


def _refuse_due(account: OfficialAccount, due_on: date) -> None:
    """Raise ``AccountError`` for a day that is over, and for one so far off that it never comes:
    then the handover would never be late, and nobody reminded of it."""
    today = today_of(account)
    if due_on < today:
        raise AccountError(_("This date is over. Choose today or later."), field="due_on")
    if due_on - today > A_YEAR:
        raise AccountError(_("Choose a day within a year from today."), field="due_on")


def _refuse_people(account: OfficialAccount, outgoing: User, incoming: User) -> None:
    if outgoing.pk == incoming.pk:
        raise AccountError(_("An account is handed over to somebody else."), field="incoming")
    if not who_may_hand_over(account).filter(pk=outgoing.pk).exists():
        raise AccountError(
            _("%(person)s is neither in charge of this account nor its administrator.")
            % {"person": outgoing},
            field="outgoing",
        )
    refuse_stranger(account, incoming)


def refuse_stranger(account: OfficialAccount, incoming: User) -> None:
    """Raise ``AccountError`` unless ``incoming`` is active and has a role on the unit or above."""
    if not incoming.is_active:
        raise AccountError(_("%(person)s is deactivated.") % {"person": incoming}, field="incoming")
    if not incoming.may("accounts.view", account.unit_id):
        raise AccountError(
            _("%(person)s has no role in %(unit)s. Give a role there first.")
            % {"person": incoming, "unit": account.unit.name},
            field="incoming",
        )


def locked_handover(handover_id: int) -> Handover:
    """The handover, locked after its account: always in this order, so that nothing waits in a
    circle."""
    account_id = Handover.objects.values_list("official_account_id", flat=True).get(pk=handover_id)
    account = locked_official_account(account_id)
    handover = Handover.objects.select_for_update().get(pk=handover_id)
    handover.official_account = account
    return handover


def takes_part(handover: Handover, actor: User) -> bool:
    """Whether ``actor`` is one of the two between whom the account goes."""
    return actor.pk in {handover.outgoing_id, handover.incoming_id}


def refuse_over(handover: Handover) -> None:
    if not handover.is_open:
        raise AccountError(_("This handover is over."))


@transaction.atomic
def postpone_handover(*, actor: User, handover_id: int, due_on: date, reason: str) -> Handover:
    """Give a handover another due day."""
    handover = locked_handover(handover_id)
    require_until_written(actor, "accounts.manage", handover.official_account.unit_id)
    refuse_over(handover)
    _refuse_due(handover.official_account, due_on)
    if due_on == handover.due_on:
        return handover
    reason = checked_remark(reason, "reason")
    before, handover.due_on = handover.due_on, due_on
    handover.save(update_fields=["due_on"])
    record(
        HANDOVER_POSTPONED,
        actor=actor,
        target=handover,
        due_on=due_on.isoformat(),
        due_on_before=before.isoformat(),
        reason=reason,
    )
    return handover


@may_until_written
@transaction.atomic
def cancel_handover(*, actor: User, handover_id: int, reason: str) -> Handover:
    """Stop a handover. The account stays with whom it was; what was checked and signed stays."""
    handover = locked_handover(handover_id)
    require(actor, "accounts.manage", handover.official_account.unit_id)
    refuse_over(handover)
    handover.state = Handover.State.CANCELLED
    handover.cancelled_reason = checked_remark(reason, "reason")
    handover.ended_by, handover.ended_at = actor, timezone.now()
    handover.save(update_fields=["state", "cancelled_reason", "ended_by", "ended_at"])
    record(HANDOVER_CANCELLED, actor=actor, target=handover, reason=handover.cancelled_reason)
    return handover


@may_until_written
@transaction.atomic
def complete_handover(
    *, actor: User, handover_id: int, seen: Mapping[str, str] | None = None
) -> Handover:
    """Write into the register what both have signed, all of it or nothing.

    An account that was closed since, or whose handle was released, has nobody working on it: it
    can be reopened first, or the handover is cancelled.

    Whatever the one was to do ends today and the other has the account from today on, without a
    last day; the charge moves when that was agreed, and so does what the checklist says about who
    holds the recovery e-mail and phone. The register as it stood is kept with the handover, for its
    minutes.
    """
    handover = locked_handover(handover_id)
    account = handover.official_account
    require(actor, "accounts.manage", account.unit_id)
    refuse_over(handover)
    _refuse_incomplete(actor, handover)
    refuse_unseen(handover, seen)
    _refuse_outdated(handover)
    picture = picture_of(account)
    today = today_of(account)
    with no_outsider(handover.incoming, field="incoming"):
        ended = end_assignments(actor, handover, today)
        assignment, added = begin_assignment(actor, handover, today)
        move_custody(actor, handover)
        handover.state = Handover.State.COMPLETED
        handover.ended_by, handover.ended_at = actor, timezone.now()
        handover.snapshot, handover.snapshot_sha256 = picture, digest_of(picture)
        handover.assignment = assignment
        handover.save()
    record(
        HANDOVER_COMPLETED,
        actor=actor,
        target=handover,
        outgoing=handover.outgoing.full_name,
        incoming=handover.incoming.full_name,
        snapshot_sha256=handover.snapshot_sha256,
    )
    record(
        ACCOUNT_HANDED_OVER,
        actor=actor,
        target=account,
        handover_id=handover.pk,
        outgoing=handover.outgoing.full_name,
        incoming=handover.incoming.full_name,
        person_in_charge=str(account.person_in_charge or ""),
        administrator_ended=ended,
        administrator_added=added,
    )
    return handover


def _refuse_incomplete(actor: User, handover: Handover) -> None:
    """Raise ``AccountError`` unless both have signed, there is an account to hand over, and
    ``actor`` is a third person who has signed for neither."""
    if signed_in_place(handover, actor):
        raise AccountError(
            _("You signed in the place of %(person)s: another administrator has to complete it.")
            % {"person": handover.outgoing}
            + " "
            + who_is_left(handover)
        )
    if takes_part(handover, actor):
        raise AccountError(
            _(
                "You take part in this handover yourself: somebody else who administers accounts "
                "has to complete it."
            )
        )
    if handover.official_account.is_closed:
        raise AccountError(
            _("This account was closed meanwhile: there is nothing to hand over. Cancel this.")
        )
    if handover.state != Handover.State.INCOMING_SIGNED:
        raise AccountError(_("Both have to sign first."))


def _refuse_outdated(handover: Handover) -> None:
    """Raise ``AccountError`` where what was signed is overtaken by what is in the register now."""
    account = handover.official_account
    refuse_stranger(account, handover.incoming)
    if handover.moves_charge and account.person_in_charge_id != handover.outgoing_id:
        raise AccountError(
            _("%(person)s is no longer in charge of this account. Cancel and start again.")
            % {"person": handover.outgoing}
        )
    refuse_newer_custody(handover)


@transaction.atomic
def add_scan(*, actor: User, handover_id: int, data: bytes, name: str) -> HandoverScan:
    """Keep the minutes with signatures on paper. Whoever takes part or manages may bring them, also
    after the handover is completed; then they are attached to the new assignment as well."""
    handover = locked_handover(handover_id)
    if not takes_part(handover, actor):
        require_until_written(actor, "accounts.manage", handover.official_account.unit_id)
    if handover.state == Handover.State.CANCELLED:
        raise AccountError(_("This handover was cancelled."), field="file")
    document = keep_document(data, name, by=actor, field="file")
    scan = HandoverScan.objects.create(handover=handover, document=document, added_by=actor)
    if handover.assignment is not None and handover.assignment.minutes_id is None:
        handover.assignment.minutes = document
        handover.assignment.save(update_fields=["minutes"])
    record(
        SCAN_ADDED,
        actor=actor,
        target=handover,
        document_id=document.pk,
        file_sha256=document.sha256,
    )
    return scan

from __future__ import annotations

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.checklists import Side, item_of
from accounts.models.administrator import Administrator
from accounts.models.attestation import DAYS_AHEAD
from accounts.models.document import Document
from accounts.models.handover_triggers import (
    FROZEN_AND_CHECKED,
    SETTLED_AND_STAMPED,
    UNSIGNED,
)
from accounts.models.official_account import OfficialAccount
from accounts.models.people import User
from govsocial.web.as_of_now import as_of_now


class HandoverState(models.TextChoices):
    STARTED = "started", _("Started")
    OUTGOING_SIGNED = "outgoing_signed", _("Handed over")
    INCOMING_SIGNED = "incoming_signed", _("Taken over")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", pgettext_lazy("handover", "Cancelled")


HANDOVER_MOVES = (
    (HandoverState.STARTED, HandoverState.OUTGOING_SIGNED),
    (HandoverState.OUTGOING_SIGNED, HandoverState.INCOMING_SIGNED),
    (HandoverState.INCOMING_SIGNED, HandoverState.COMPLETED),
    (HandoverState.STARTED, HandoverState.CANCELLED),
    (HandoverState.OUTGOING_SIGNED, HandoverState.CANCELLED),
    (HandoverState.INCOMING_SIGNED, HandoverState.CANCELLED),
)
OPEN_STATES = (
    HandoverState.STARTED.value,
    HandoverState.OUTGOING_SIGNED.value,
    HandoverState.INCOMING_SIGNED.value,
)
_OVER = pgtrigger.Q(old__state__in=["completed", "cancelled"])


def _signed(side: str, *columns: str) -> pgtrigger.Trigger:
    """What somebody put their name to stays, also while the other has not signed yet."""
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)
    return pgtrigger.Protect(
        name=f"{side}_signature_stays",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"OLD.{side}_signed_at IS NOT NULL AND ({changed})"),
    )


class Handover(models.Model):
    """An official account goes from one person to another, and both put their name to it."""

    State = HandoverState

    official_account = models.ForeignKey(OfficialAccount, models.PROTECT, related_name="handovers")
    outgoing = models.ForeignKey(
        User, models.PROTECT, related_name="handovers_out", verbose_name=_("hands over")
    )
    incoming = models.ForeignKey(
        User, models.PROTECT, related_name="handovers_in", verbose_name=_("takes over")
    )
    moves_charge = models.BooleanField(_("the person in charge changes too"), default=False)
    reason = models.CharField(_("reason"), max_length=300)
    decree = models.CharField(_("decree"), max_length=120, blank=True)
    due_on = models.DateField(_("due on"))
    state = models.CharField(
        _("state"), max_length=20, choices=HandoverState.choices, default=HandoverState.STARTED
    )
    checklist = models.PositiveSmallIntegerField()
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    outgoing_signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outgoing_signed_at = models.DateTimeField(null=True)
    # Only where a manager signs in the place of a person who is gone.
    in_place_reason = models.CharField(max_length=300, blank=True)
    incoming_signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    incoming_signed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    cancelled_reason = models.CharField(max_length=300, blank=True)
    # The row of the register as it was when the account changed hands: what the minutes print.
    snapshot = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    snapshot_sha256 = models.CharField(max_length=64, blank=True)
    assignment = models.ForeignKey(Administrator, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["official_account"],
                condition=models.Q(state__in=OPEN_STATES),
                name="handover_open_once_per_account",
            ),
            models.CheckConstraint(
                condition=~models.Q(outgoing=models.F("incoming")),
                name="handover_between_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(outgoing_signed_by=None, outgoing_signed_at=None)
                | models.Q(outgoing_signed_by=models.F("outgoing"), in_place_reason="")
                | (models.Q(outgoing_signed_by__isnull=False) & ~models.Q(in_place_reason="")),
                name="handover_outgoing_signs_or_is_stood_in_for",
            ),
            models.CheckConstraint(
                condition=models.Q(incoming_signed_by=None)
                | models.Q(incoming_signed_by=models.F("incoming")),
                name="handover_incoming_signs_in_person",
            ),
            models.CheckConstraint(
                condition=models.Q(outgoing_signed_by=None)
                | ~models.Q(outgoing_signed_by=models.F("incoming")),
                name="handover_signed_by_two_people",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["outgoing_signed", "incoming_signed", "completed"])
                | models.Q(outgoing_signed_by__isnull=False, outgoing_signed_at__isnull=False),
                name="handover_signed_by_who_hands_over",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["incoming_signed", "completed"])
                | models.Q(incoming_signed_by__isnull=False, incoming_signed_at__isnull=False),
                name="handover_signed_by_who_takes_over",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["completed", "cancelled"])
                | models.Q(ended_by__isnull=False, ended_at__isnull=False),
                name="handover_end_has_a_name",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="cancelled") | ~models.Q(cancelled_reason=""),
                name="handover_cancelled_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="moves",
                field="state",
                transitions=[(str(old), str(new)) for old, new in HANDOVER_MOVES],
            ),
            pgtrigger.ReadOnly(
                name="stays_itself",
                fields=[
                    "official_account", "outgoing", "incoming", "moves_charge", "reason", "decree",
                    "checklist", "started_by", "started_at",
                ],
            ),
            pgtrigger.Protect(
                name="frozen_when_over", operation=pgtrigger.Update, condition=_OVER
            ),
            pgtrigger.Trigger(
                name="begins_unsigned",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("about", "accounts_officialaccount%ROWTYPE")],
                func=as_of_now(UNSIGNED),
            ),
            pgtrigger.Trigger(
                name="due_within_a_year",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("due_on"),
                func=f"""
                    IF TG_OP = 'INSERT' THEN
                        NEW.started_at := clock_timestamp();
                    END IF;
                    IF (TG_OP = 'INSERT' OR NEW.due_on <> OLD.due_on) AND NEW.due_on NOT BETWEEN
                        NEW.started_at::date - 1
                        AND greatest(NEW.started_at, clock_timestamp())::date + {DAYS_AHEAD}
                    THEN
                        RAISE EXCEPTION 'A handover is due within a year.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="signed_when_settled",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("about", "accounts_officialaccount%ROWTYPE")],
                func=as_of_now(SETTLED_AND_STAMPED),
            ),
            _signed("outgoing", "outgoing_signed_by_id", "outgoing_signed_at", "in_place_reason"),
            _signed("incoming", "incoming_signed_by_id", "incoming_signed_at"),
            pgtrigger.Trigger(
                name="completed_by_another",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.state = 'completed' AND OLD.state <> 'completed'"
                    " AND NEW.in_place_reason <> '' AND NEW.ended_by_id = NEW.outgoing_signed_by_id"
                ),
                func="""
                    RAISE EXCEPTION 'Who signed in the place of another does not complete it.'
                        USING ERRCODE = 'check_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="of_an_account_in_use",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Q(new__state__in=["started", "completed"]),
                declare=[("now_is", "text")],
                func=as_of_now("""
                    -- Nobody closes it until this is committed.
                    SELECT status INTO now_is FROM accounts_officialaccount
                        WHERE id = NEW.official_account_id FOR SHARE;
                    IF now_is IN ('closed', 'released') THEN
                        RAISE EXCEPTION 'The account is closed.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.official_account)

    @property
    def audit_unit_id(self) -> int:
        return self.official_account.unit_id

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on < self.official_account.unit.today

    @property
    def was_stood_in_for(self) -> bool:
        """Whether a manager signed in the place of the outgoing person."""
        return bool(self.in_place_reason)


class HandoverItem(models.Model):
    """One thing on the checklist of one handover, and who says that it is done."""

    class State(models.TextChoices):
        OPEN = "open", _("Not yet")
        DONE = "done", _("Done")
        NOT_NEEDED = "not_needed", _("Does not apply")

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="items")
    key = models.CharField(max_length=30)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    note = models.CharField(max_length=300, blank=True)
    # Who has it from now on, by name or position; only of items that ``hold`` something.
    holder = models.CharField(max_length=150, blank=True)
    # Who had it in the register when that was said; None where this was not kept yet.
    holder_before = models.CharField(max_length=150, null=True)  # noqa: DJ001  # None is not ""
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("item of a handover")
        verbose_name_plural = _("items of handovers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "key"], name="handover_item_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "done", "not_needed"]),
                name="handover_item_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open")
                | models.Q(checked_by__isnull=False, checked_at__isnull=False),
                name="handover_item_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="not_needed") | ~models.Q(note=""),
                name="handover_item_not_needed_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", fields=["handover", "key"]),
            pgtrigger.Trigger(
                name="frozen_when_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Insert,
                declare=[("one", "accounts_handover%ROWTYPE"), ("unit", "bigint")],
                func=as_of_now(FROZEN_AND_CHECKED),
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        return item_of(self.handover.checklist, self.key).label

    @property
    def side(self) -> Side:
        return item_of(self.handover.checklist, self.key).side

    @property
    def holds(self) -> str:
        """The field of the official account that ``holder`` goes into; empty for most items."""
        return item_of(self.handover.checklist, self.key).holds

    @property
    def is_by_another(self) -> bool:
        """Whether somebody else than who hands or takes over filled it in."""
        handover = self.handover
        own = handover.outgoing_id if self.side == Side.OUTGOING else handover.incoming_id
        return self.checked_by_id not in {None, own}

    @property
    def is_settled(self) -> bool:
        return self.state != self.State.OPEN


class HandoverScan(models.Model):
    """The minutes with signatures on paper, as a file. May come after the handover is completed."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="scans")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("scan of handover minutes")
        verbose_name_plural = _("scans of handover minutes")
        ordering = ["-pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.document)

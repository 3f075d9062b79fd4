"""Accounts that pretend to be the agency's: what was reported and what came of it (risk R08)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.document import Document
from accounts.models.kinds import OfficialPlatform
from accounts.models.official_account import OfficialAccount
from accounts.models.people import User
from accounts.models.unit import Unit


class ReportStatus(models.TextChoices):
    NEW = "new", _("New")
    CHECKING = "checking", _("Being checked")
    REPORTED = "reported", _("Reported to the platform")
    TAKEN_DOWN = "taken_down", _("Taken down")
    NOT_IMITATION = "not_imitation", _("Not an imitation")
    REFUSED = "refused", _("Refused by the platform")
    DISMISSED = "dismissed", _("Set aside")


OPEN = (ReportStatus.NEW, ReportStatus.CHECKING, ReportStatus.REPORTED)
SETTLED = (
    ReportStatus.TAKEN_DOWN,
    ReportStatus.NOT_IMITATION,
    ReportStatus.REFUSED,
    ReportStatus.DISMISSED,
)
REPORT_MOVES = (
    (ReportStatus.NEW, ReportStatus.CHECKING),
    (ReportStatus.NEW, ReportStatus.DISMISSED),
    (ReportStatus.CHECKING, ReportStatus.REPORTED),
    # It went away before anybody had reported it.
    (ReportStatus.CHECKING, ReportStatus.TAKEN_DOWN),
    (ReportStatus.CHECKING, ReportStatus.NOT_IMITATION),
    (ReportStatus.CHECKING, ReportStatus.DISMISSED),
    (ReportStatus.REPORTED, ReportStatus.TAKEN_DOWN),
    (ReportStatus.REPORTED, ReportStatus.REFUSED),
    # Asked again, with better evidence.
    (ReportStatus.REFUSED, ReportStatus.REPORTED),
    (ReportStatus.NOT_IMITATION, ReportStatus.CHECKING),
    (ReportStatus.DISMISSED, ReportStatus.CHECKING),
)


# Whatever the writer says, a step is taken now; what earlier ones wrote stays as they wrote it.
_STEPS = f"""
    IF NEW.status = OLD.status THEN
        IF ROW(NEW.checking_at, NEW.reported_at, NEW.settled_at) IS DISTINCT FROM
            ROW(OLD.checking_at, OLD.reported_at, OLD.settled_at)
        THEN
            RAISE EXCEPTION 'The days of a report change with its steps.'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSE
        NEW.checking_at := CASE NEW.status WHEN 'checking' THEN clock_timestamp()
            ELSE OLD.checking_at END;
        NEW.reported_at := CASE WHEN NEW.status <> 'reported' THEN OLD.reported_at
            WHEN NEW.reported_at IS NOT NULL THEN clock_timestamp() END;
        NEW.settled_at := CASE WHEN NEW.settled_at IS NOT NULL
            AND NEW.status IN ({", ".join(f"'{one.value}'" for one in SETTLED)})
            THEN clock_timestamp() END;
    END IF;
    IF NEW.ticket <> OLD.ticket AND (NEW.status = OLD.status OR NEW.status <> 'reported') THEN
        RAISE EXCEPTION 'The number at the platform changes with its steps.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class ImpersonationReport(models.Model):
    """A case: one suspect, everything that was reported about it, and where it stands."""

    Status = ReportStatus

    official_account = models.ForeignKey(
        OfficialAccount,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="impersonations",
        verbose_name=_("imitated account"),
    )
    # Who looks into it: the unit of the imitated account, else the top of the agency.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    # The one unit whose accounts the suspect resembled when it was first reported, whatever account
    # was named then: who reports himself may name any, and hides nothing from this one.
    resembled_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    # The unit that a further report took it from by naming an account, until whoever follows
    # reports up there says that this is right. Anybody may send one, also who would gain by it.
    claimed_from = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    assigned_to = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("assigned to")
    )
    reference = models.CharField(_("reference number"), max_length=12, unique=True)
    platform = models.CharField(
        _("platform"), max_length=20, choices=OfficialPlatform.choices, blank=True
    )
    # As read from what was pasted, in one spelling.
    suspect = models.CharField(_("suspect account"), max_length=300)
    suspect_key = models.CharField(max_length=300)
    status = models.CharField(
        _("status"), max_length=15, choices=ReportStatus.choices, default=ReportStatus.NEW
    )
    opened_at = models.DateTimeField(_("reported"), default=timezone.now)
    checking_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    ticket = models.CharField(_("ticket number at the platform"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("impersonation report")
        verbose_name_plural = _("impersonation reports")
        ordering = ["-opened_at", "-pk"]
        indexes = [models.Index(fields=["unit", "status"], name="impersonation_by_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["suspect_key"],
                condition=models.Q(status__in=["new", "checking", "reported"]),
                name="impersonation_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ReportStatus.values),
                name="impersonation_status_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["reported", "refused"])
                | models.Q(reported_at__isnull=False),
                name="impersonation_reported_is_dated",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["new", "checking", "reported"], settled_at__isnull=True
                )
                | models.Q(
                    status__in=["taken_down", "not_imitation", "refused", "dismissed"],
                    settled_at__isnull=False,
                ),
                name="impersonation_settled_is_dated",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_itself",
                fields=[
                    "reference",
                    "platform",
                    "suspect",
                    "suspect_key",
                    "opened_at",
                    "resembled_unit",
                ],
            ),
            pgtrigger.FSM(
                name="moves",
                field="status",
                transitions=[(str(old), str(new)) for old, new in REPORT_MOVES],
            ),
            pgtrigger.Trigger(
                name="steps_are_taken_now",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_STEPS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} · {self.suspect}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def charge_id(self) -> int:
        """Id of the unit that says who looks into it: a mere claim gives this to no other one."""
        return self.claimed_from_id or self.unit_id

    @property
    def in_charge(self) -> Unit:
        return self.claimed_from or self.unit

    def units_in_charge(self) -> frozenset[int]:
        """Ids of the units that take its steps and read who reported: the responsible one and the
        one that the suspect resembles. What a reporter says makes no unit one of them."""
        return frozenset({self.charge_id, self.resembled_unit_id or self.charge_id})

    def units_concerned(self) -> frozenset[int]:
        """Ids of the units that see it and may write a remark: those in charge, and those of all
        accounts that were named in it."""
        named = self.statements.exclude(imitated=None).order_by()
        units = named.values_list("imitated__unit_id", flat=True).distinct()
        return self.units_in_charge() | {self.unit_id, *units}

    @property
    def days(self) -> int:
        """Days of the calendar from the first report to its end, or to today while it is open."""
        end = timezone.localdate(self.settled_at or timezone.now())
        return (end - timezone.localdate(self.opened_at)).days

    @property
    def moves(self) -> list[str]:
        """Where it can go from here."""
        return [str(new) for old, new in REPORT_MOVES if old == self.status]


class ImpersonationStatement(models.Model):
    """What one person reported. Their name and address are theirs: given freely, erasable."""

    class Channel(models.TextChoices):
        PUBLIC = "public", _("From the public")
        STAFF = "staff", _("From staff")

    report = models.ForeignKey(ImpersonationReport, models.PROTECT, related_name="statements")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # All that they wrote where the suspect is asked for, words beside it as well; empty for what
    # came in before this was kept.
    suspect_typed = models.TextField(_("suspect as typed"), blank=True)
    # Which official account this person says is imitated; others may say another.
    imitated = models.ForeignKey(
        OfficialAccount,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("imitated account"),
    )
    happened = models.TextField(_("what happened"), max_length=2000)
    reporter_name = models.CharField(_("name"), max_length=150, blank=True)
    reporter_email = models.EmailField(_("e-mail"), blank=True)
    # Of the code in the address of the reporter's status page; the code itself is only theirs.
    code_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("statement about an impersonation")
        verbose_name_plural = _("statements about impersonations")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel="public", reported_by=None)
                | models.Q(channel="staff", reported_by__isnull=False),
                name="statement_of_staff_names_who",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at=None) | models.Q(reporter_name="", reporter_email=""),
                name="statement_erased_holds_no_reporter",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_itself", exclude=["reporter_name", "reporter_email", "erased_at"]
            ),
            # Who reported can be taken out, on a day that stays; nobody else is written in.
            pgtrigger.Protect(
                name="reporter_is_only_erased",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "ROW(OLD.reporter_name, OLD.reporter_email, OLD.erased_at) IS DISTINCT FROM"
                    " ROW(NEW.reporter_name, NEW.reporter_email, NEW.erased_at)"
                    " AND (OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL"
                    " OR NEW.reporter_name <> '' OR NEW.reporter_email <> '')"
                ),
            ),
            pgtrigger.Trigger(
                name="stamp_erasing",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__erased_at=None, new__erased_at__isnull=False),
                func="NEW.erased_at := clock_timestamp(); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.get_channel_display()}"

    @property
    def names_a_reporter(self) -> bool:
        return bool(self.reporter_name or self.reporter_email)


class ImpersonationEvidence(models.Model):
    """A file that somebody sent with a statement."""

    statement = models.ForeignKey(ImpersonationStatement, models.PROTECT, related_name="evidence")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("evidence of an impersonation")
        verbose_name_plural = _("evidence of impersonations")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.document)


class ImpersonationNote(models.Model):
    """A remark of somebody who works on a report, or the reason of a step. Never changed."""

    report = models.ForeignKey(ImpersonationReport, models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    # Empty for a plain remark; else the status that the report got with it.
    status = models.CharField(max_length=15, choices=ReportStatus.choices, blank=True)
    text = models.TextField(_("remark"), max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("remark on an impersonation")
        verbose_name_plural = _("remarks on impersonations")
        ordering = ["-created_at", "-pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="stamp",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="NEW.created_at := clock_timestamp(); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author}: {self.report}"

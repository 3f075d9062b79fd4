from __future__ import annotations

from datetime import timedelta

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.capabilities import roles_with
from accounts.models import User
from content.models.review import Review, sql_list
from govsocial.web.as_of_now import as_of_now

# Whatever is set: a look afterwards that is due in a season is none.
LONGEST_WAIT = timedelta(days=31)


class Retrospective(models.Model):
    """What one person alone let out in an emergency, looked at afterwards by somebody else.

    Without this row an emergency is not approved; it stays open until somebody answers it who
    neither wrote nor decided (design.md section 4, point 6).
    """

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", _("The fast path was right")
        UNJUSTIFIED = "unjustified", _("The fast path was not needed")
        WRONG = "wrong", _("What went out was wrong")

    review = models.OneToOneField(Review, models.PROTECT, related_name="retrospective")
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    verdict = models.CharField(_("verdict"), max_length=12, blank=True, choices=Verdict.choices)
    findings = models.TextField(_("what was found"), blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("retrospective review")
        verbose_name_plural = _("retrospective reviews")
        ordering = ["due_at"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(done_at=None), name="retrospective_open"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at=None, done_by=None, verdict="", findings="")
                | models.Q(done_at__isnull=False, done_by__isnull=False)
                & ~models.Q(verdict="")
                & ~models.Q(findings=""),
                name="retrospective_is_answered_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=["", "justified", "unjustified", "wrong"]),
                name="retrospective_verdict_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("opened_at"))
                & models.Q(due_at__lte=models.F("opened_at") + LONGEST_WAIT),
                name="retrospective_is_due_soon",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", fields=["review", "opened_at", "due_at"]),
            pgtrigger.Protect(
                name="answered_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__done_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="opens_for_an_emergency",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now("""
                    IF NEW.done_at IS NOT NULL OR NOT EXISTS (
                        SELECT 1 FROM content_review r WHERE r.id = NEW.review_id AND r.is_emergency
                    ) THEN
                        RAISE EXCEPTION 'Only an emergency is looked at afterwards.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    -- It begins with the approval, and ``due_at`` counts from that.
                    IF NOT EXISTS (SELECT 1 FROM content_decision d
                        WHERE d.review_id = NEW.review_id AND d.verdict = 'approve'
                        AND NEW.opened_at BETWEEN d.decided_at
                        AND d.decided_at + interval '1 hour') THEN
                        RAISE EXCEPTION 'A look afterwards begins with the approval.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="answered_by_somebody_else",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=as_of_now(f"""
                    IF EXISTS (
                        SELECT 1 FROM content_review r WHERE r.id = NEW.review_id AND (
                            r.submitted_by_id = NEW.done_by_id
                            OR content_wrote(NEW.done_by_id, r.version_id)
                            OR NOT content_may_decide(NEW.done_by_id, r.version_id,
                                ARRAY[{sql_list(roles_with("content.review"))}])
                            OR EXISTS (SELECT 1 FROM content_decision d
                                WHERE d.review_id = r.id
                                AND NEW.done_by_id IN (d.decider_id, d.on_behalf_of_id)))
                    ) THEN
                        RAISE EXCEPTION 'Who wrote or decided does not look at it afterwards.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.done_at IS NOT NULL AND NOT content_can_be_looked_at((
                        SELECT version_id FROM content_review WHERE id = NEW.review_id)) THEN
                        RAISE EXCEPTION 'Nothing of it is out yet that could be looked at.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # role names of our own table, no input
            ),
        ]

    def __str__(self) -> str:
        return str(self.review)


class EndedEmergency(models.Model):
    """That people were told that an emergency notice, which is out, holds no longer: once."""

    review = models.OneToOneField(Review, models.PROTECT, related_name="ended_emergency")
    people = models.PositiveIntegerField()
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("end of an emergency notice")
        verbose_name_plural = _("ends of emergency notices")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.review)


class RetrospectiveNudge(models.Model):
    """That people were reminded on one day of a look afterwards that is open."""

    retrospective = models.ForeignKey(Retrospective, models.PROTECT, related_name="nudges")
    day = models.DateField()
    people = models.PositiveIntegerField()
    is_escalated = models.BooleanField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reminder of a retrospective review")
        verbose_name_plural = _("reminders of retrospective reviews")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["retrospective", "day"], name="retrospective_nudge_once_a_day"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.retrospective}: {self.day}"

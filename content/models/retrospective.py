from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.capabilities import roles_with
from accounts.models import User
from content.models.review import Review, sql_list
from govsocial.web.as_of_now import as_of_now


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
                                WHERE d.review_id = r.id AND d.decider_id = NEW.done_by_id))
                    ) THEN
                        RAISE EXCEPTION 'Who wrote or decided does not look at it afterwards.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # role names of our own table, no input
            ),
        ]

    def __str__(self) -> str:
        return str(self.review)

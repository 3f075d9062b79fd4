from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from content.models.hand_triggers import ON_ATTEMPTS
from content.models.publication import Publication
from govsocial.web.as_of_now import as_of_now


class Attempt(models.Model):
    """One call that may put a publication on the platform; committed before the call is made."""

    class Outcome(models.TextChoices):
        PUBLISHED = "published", _("Published")
        NOT_SENT = "not_sent", _("Certainly not published")
        UNKNOWN = "unknown", _("Outcome unknown")

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    deadline_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    error = models.CharField(max_length=60, blank=True)
    message = models.CharField(max_length=300, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    # What was published is kept as sent (design.md section 7). The secret is no part of it.
    sent = models.JSONField(default=dict)
    response = models.JSONField(default=dict)
    # Claimed by a person, who posts it: no call is made.
    by_hand = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["publication", "number"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["publication"],
                condition=models.Q(outcome=""),
                name="attempt_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", finished_at__isnull=True)
                | (~models.Q(outcome="") & models.Q(finished_at__isnull=False)),
                name="attempt_finished_has_an_outcome",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="finished_is_final",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__outcome=""),
            ),
            pgtrigger.Trigger(
                name="only_while_sending",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now("""
                    IF NOT EXISTS (SELECT 1 FROM content_publication
                        WHERE id = NEW.publication_id AND status = 'sending') THEN
                        RAISE EXCEPTION 'An attempt belongs to a publication that is being sent.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
            *ON_ATTEMPTS,
        ]

    def __str__(self) -> str:
        return f"{self.publication} ({self.number})"

from __future__ import annotations

import hashlib

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User

DIGEST = r"^[0-9a-f]{64}$"


class CalendarFeed(models.Model):
    """The address at which a person's other calendars read this one. Whoever has it reads along,
    so it can be revoked, and only its SHA-256 is kept: nobody finds it here."""

    user = models.ForeignKey(User, models.PROTECT, related_name="calendar_feeds")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(revoked_at=None),
                name="calendar_feed_one_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(token_sha256__regex=DIGEST),
                name="calendar_feed_is_kept_as_a_digest",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", fields=["user", "token_sha256", "created_at"]),
            pgtrigger.Protect(
                name="revoked_stays_revoked",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


def digest_of_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

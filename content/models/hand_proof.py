from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Document, User
from content.models.attempt import Attempt
from content.models.hand_triggers import ON_PROOFS


class HandProof(models.Model):
    """What proves that a person posted a publication: its address, when it went out, and perhaps a
    picture of it there. Kept as it was recorded."""

    attempt = models.OneToOneField(Attempt, models.PROTECT, related_name="proof")
    permalink = models.URLField(max_length=500)
    went_out_at = models.DateTimeField()
    screenshot = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("proof of a post made by hand")
        verbose_name_plural = _("proofs of posts made by hand")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(permalink__regex=r"^https?://[^[:space:]]+$"),
                name="hand_proof_is_an_address",
            ),
        ]
        triggers = ON_PROOFS

    def __str__(self) -> str:
        return self.permalink

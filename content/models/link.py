from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LinkState(models.TextChoices):
    WAITING = "waiting", _("Not looked at yet")
    ALIVE = "alive", _("Answers")
    DEAD = "dead", _("Leads nowhere")
    SLOW = "slow", _("Fails or is slow")
    # What the guard does not let through: no https, or a place that is not public.
    UNKNOWN = "unknown", _("Is not looked at")


class LinkCheck(models.Model):
    """What was seen when an address in a post was looked at. A cache: rows may go at any time."""

    State = LinkState

    # SHA-256 of the address: an index takes no text of any length.
    digest = models.CharField(max_length=64, unique=True)
    address = models.TextField()
    state = models.CharField(max_length=10, choices=LinkState.choices, default=LinkState.WAITING)
    checked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, default=timezone.now)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("looked-at link")
        verbose_name_plural = _("looked-at links")
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False), name="link_check_due"
            )
        ]

    def __str__(self) -> str:
        return self.address

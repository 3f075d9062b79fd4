from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import OfficialAccount


class PlatformDay(models.Model):
    """What a platform itself counted for one account on one day of its own calendar.

    Not the local day of the unit, and not added up from posts: reach, for one, cannot be. Platforms
    correct these figures for some days; the row holds the latest word and when it was said. None:
    the platform did not give it.
    """

    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, related_name="platform_days"
    )
    day = models.DateField()
    # A platform that renames or redefines a metric begins another row: the two are not compared.
    definition = models.CharField(max_length=40)
    captured_at = models.DateTimeField()
    followers_gained = models.BigIntegerField(null=True)
    views = models.BigIntegerField(null=True)
    reach = models.BigIntegerField(null=True)
    engagements = models.BigIntegerField(null=True)
    profile_views = models.BigIntegerField(null=True)
    link_clicks = models.BigIntegerField(null=True)
    watch_seconds = models.BigIntegerField(null=True)
    raw = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("day as counted by the platform")
        verbose_name_plural = _("days as counted by the platform")
        ordering = ["official_account", "day"]
        constraints = [
            models.UniqueConstraint(
                fields=["official_account", "day", "definition"], name="platform_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.official_account}: {self.day}"

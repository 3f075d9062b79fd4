from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.kinds import OfficialPlatform
from accounts.models.people import User

TOTAL = ""
"""In place of an item: all of a month together. The row that concurrent calls queue at."""


class PlatformSpending(models.Model):
    """What calls to one platform cost in one month (UTC), by item, in US dollars.

    ``amount`` holds what was set aside and what was charged: a worker that died in between leaves
    too much, never too little.
    """

    platform = models.CharField(_("platform"), max_length=20)
    month = models.DateField(_("month"))
    item = models.CharField(_("item"), max_length=60, blank=True)
    count = models.BigIntegerField(_("count"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=6)

    class Meta:
        verbose_name = _("spending on a platform")
        verbose_name_plural = _("spending on platforms")
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "month", "item"], name="platform_spending_once"
            ),
            models.CheckConstraint(
                condition=models.Q(count__gte=0, amount__gte=0, month__day=1),
                name="platform_spending_is_sane",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.platform} {self.month:%Y-%m} {self.item}".strip()


class SpendingCap(models.Model):
    """What calls to one platform may cost in a month at most. Without a row nothing is spent."""

    platform = models.CharField(_("platform"), max_length=20, unique=True)
    monthly = models.DecimalField(_("monthly cap"), max_digits=10, decimal_places=2)
    kept = models.DecimalField(_("kept for publishing"), max_digits=10, decimal_places=2, default=0)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("spending cap")
        verbose_name_plural = _("spending caps")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kept__gte=0, monthly__gte=models.F("kept")),
                name="spending_cap_is_sane",
            )
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(dict(OfficialPlatform.choices).get(self.platform, self.platform))

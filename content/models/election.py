from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User


class ElectionWindow(models.Model):
    """From when until when posts of a unit, and of those below it, are looked through for words
    that could take sides. Which days and words these are, rules and the agency say."""

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="election_windows", verbose_name=_("unit")
    )
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    citation = models.CharField(_("legal basis"), max_length=300)
    words = ArrayField(models.CharField(max_length=60), verbose_name=_("words"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("election window")
        verbose_name_plural = _("election windows")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="election_window_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(words__len__gte=1) & ~models.Q(name="") & ~models.Q(citation=""),
                name="election_window_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None, withdrawn_by=None)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="election_window_withdrawn_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_withdrawn", exclude=["withdrawn_by", "withdrawn_at"]),
            pgtrigger.Protect(
                name="stays_withdrawn",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

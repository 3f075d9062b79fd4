from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class WritingRule(models.Model):
    """Since when a rule says that somebody wrote part of a version. A decision that was made before
    stands: nobody knew of the rule. Written by migrations alone."""

    class Name(models.TextChoices):
        IDEA = "idea", _("Who wrote the idea that a post began with")
        BANK = "bank", _("Who wrote a text of the message bank that a post took over")
        LIBRARY = "library", _("Who uploaded what a post shows, or described it in the library")

    name = models.CharField(max_length=10, choices=Name.choices, primary_key=True)
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("rule of who wrote a post")
        verbose_name_plural = _("rules of who wrote a post")
        ordering = ["since", "name"]
        triggers = [
            pgtrigger.Protect(
                name="written_by_migrations",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return self.get_name_display()

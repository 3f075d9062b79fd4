from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from content.models.publication import Publication


class OpenedPublication(models.Model):
    """That a person had the page before them that shows exactly what a publication says.

    Whoever lets go what was frozen has opened it since: the trigger ``released_by_an_approver``
    of halts asks for it. The clock is that of the database, as it is for halts.
    """

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="opened")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("opened publication")
        verbose_name_plural = _("opened publications")
        ordering = ["publication", "person"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "person"], name="opened_once_a_person")
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", fields=["publication", "person"]),
            pgtrigger.Trigger(
                name="opened_when_it_is_written",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    NEW.opened_at := clock_timestamp();
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} ({self.person})"

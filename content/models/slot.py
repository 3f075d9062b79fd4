from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.capabilities import roles_with
from accounts.models import OfficialAccount, User
from content.models.post import Post
from content.models.review import sql_list
from govsocial.web.as_of_now import as_of_now

ONCE_AN_ACCOUNT = "publishing_slot_once"


class Weekday(models.IntegerChoices):
    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class PublishingSlot(models.Model):
    """A time of the week at which an account usually publishes, in the zone of its unit.

    ``weekday`` counts as ISO 8601 does. Slots that are no longer wanted are deleted: the trail
    keeps them, and nothing that was planned depends on them.
    """

    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, related_name="publishing_slots"
    )
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    at = models.TimeField(_("time"))
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["official_account", "weekday", "at"]
        constraints = [
            models.UniqueConstraint(
                fields=["official_account", "weekday", "at"], name=ONCE_AN_ACCOUNT
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__in=Weekday.values), name="publishing_slot_day_is_known"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="stays_itself", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="by_who_manages_the_account",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now(f"""
                    IF NEW.at <> date_trunc('minute', NEW.at) OR NOT EXISTS (
                        SELECT 1 FROM accounts_officialaccount a
                        JOIN accounts_roles_of(NEW.added_by_id) held ON held.unit_id = a.unit_id
                        WHERE a.id = NEW.official_account_id
                        AND held.role IN ({sql_list(roles_with("accounts.manage"))})
                    ) THEN
                        RAISE EXCEPTION 'Slots are kept by who manages the account.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # role names of our own table, no input
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official_account}: {self.get_weekday_display()} {self.clock}"

    @property
    def clock(self) -> str:
        """``09.00 WIB``: reads the account's unit."""
        zone = self.official_account.unit.zone
        return f"{self.at:%H.%M} {datetime.now(zone).tzname()}"


class TakenSlot(models.Model):
    """That a post was planned for a free slot of an account. ``ticket`` is the form that asked:
    sent again, it is answered with the same post and takes nothing more.

    A row frees its slot once the post is planned for another time, so ``at`` may be taken again:
    ``PublishingSlot`` rows are locked while a free one is looked for.
    """

    ticket = models.UUIDField(unique=True)
    post = models.ForeignKey(Post, models.PROTECT, related_name="taken_slots")
    at = models.DateTimeField()
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("taken slot")
        verbose_name_plural = _("taken slots")
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.post)

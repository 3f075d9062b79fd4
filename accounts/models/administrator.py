from __future__ import annotations

from datetime import date, timedelta

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.document import Document
from accounts.models.official_account import OfficialAccount
from accounts.models.people import User
from accounts.models.register_triggers import assigned_with_a_role


def unfinished_administrators(day: date) -> models.Q:
    """Assignments that run on ``day`` or later. ``ends_on`` is the last day."""
    return models.Q(ends_on=None) | models.Q(ends_on__gte=day, starts_on__lte=models.F("ends_on"))


def running_administrators(day: date | models.Func, through: str = "") -> models.Q:
    """Assignments that run on ``day``, of all or of each (``day_where``); ``through`` leads there
    from another model."""
    lasts = models.Q((f"{through}ends_on", None)) | models.Q((f"{through}ends_on__gte", day))
    return models.Q((f"{through}starts_on__lte", day)) & lasts


def runs_on(starts_on: date, ends_on: date | None, day: date) -> bool:
    """As ``running_administrators`` says in SQL."""
    return starts_on <= day and (ends_on is None or ends_on >= day)


def _only(field: str) -> models.Func:
    return models.Func(
        field,
        field,
        models.Value("[]"),
        function="INT8RANGE",
        output_field=BigIntegerRangeField(),
    )


class Administrator(models.Model):
    """A person who works on an official account on its platform, from a day to a day.

    Ended, never deleted: who could sign in when must stay known (risk R19). One that was given up
    before its first day ends on the day before: it never ran.
    """

    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, related_name="administrators"
    )
    user = models.ForeignKey(
        User, models.PROTECT, related_name="administrations", verbose_name=_("administrator")
    )
    decree = models.CharField(_("decree"), max_length=120, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    minutes = models.ForeignKey(
        Document,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("handover minutes"),
    )
    assigned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("administrator of an account")
        verbose_name_plural = _("administrators of accounts")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["official_account", "user"],
                condition=models.Q(ends_on=None),
                name="administrator_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on") - timedelta(days=1)),
                name="administrator_ends_after_it_starts",
            ),
            # A number as a range that holds only itself: so an index of ranges compares numbers,
            # without an extension of the database.
            ExclusionConstraint(
                name="administrator_assignments_do_not_overlap",
                expressions=[
                    (_only("official_account"), RangeOperators.OVERLAPS),
                    (_only("user"), RangeOperators.OVERLAPS),
                    (
                        models.Func(
                            "starts_on",
                            "ends_on",
                            models.Value("[]"),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_itself",
                fields=["official_account", "user", "starts_on", "assigned_by", "created_at"],
            ),
            *assigned_with_a_role,
            # Over wherever a unit may be: this zone is the last on earth to end a day.
            pgtrigger.Protect(
                name="over_is_over",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    'OLD."ends_on" IS DISTINCT FROM NEW."ends_on" AND ('
                    " OLD.\"ends_on\" < (now() AT TIME ZONE 'Etc/GMT+12')::date"
                    ' OR OLD."ends_on" < OLD."starts_on")'
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.official_account}"

    def runs_on(self, day: date) -> bool:
        return runs_on(self.starts_on, self.ends_on, day)

    @property
    def never_began(self) -> bool:
        return self.ends_on is not None and self.ends_on < self.starts_on

    @property
    def is_over(self) -> bool:
        if self.ends_on is None:
            return False
        return self.never_began or self.ends_on < self.official_account.unit.today

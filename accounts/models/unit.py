from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pgtrigger
from django.db import models
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode

from accounts.models.register import bump_when
from accounts.models.shown import is_seen
from govsocial.web.as_of_now import as_of_now


class IndonesianZone(models.TextChoices):
    """The three legal time zones (Keputusan Presiden 41/1987)."""

    WIB = "Asia/Jakarta", _("Western Indonesia (WIB)")
    WITA = "Asia/Makassar", _("Central Indonesia (WITA)")
    WIT = "Asia/Jayapura", _("Eastern Indonesia (WIT)")


def day_where(unit: str) -> models.Func:
    """``Unit.today`` in a query; ``unit`` leads to the unit from what is asked for."""
    return models.Func(
        models.F(f"{unit}__time_zone"),
        models.Value(timezone.now(), output_field=models.DateTimeField()),
        template="timezone(%(expressions)s)::date",
        output_field=models.DateField(),
    )


class Unit(TreeNode):  # type: ignore[misc]  # untyped library
    """A work unit: ministry, directorate, regional office; or city government, OPD, kelurahan."""

    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        choices=IndonesianZone.choices,
        default=IndonesianZone.WIB,
        help_text=_("Times are shown in this zone, and its days are counted in it."),
    )

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name"]
        constraints = [
            # A "Sekretariat" of every office would be one and the same in lists, files and for the
            # public. What ``__str__`` shows is told apart as well.
            models.UniqueConstraint(Lower("name"), name="unit_name_once"),
            models.UniqueConstraint(
                Lower(Coalesce(NullIf("short_name", models.Value("")), "name")),
                name="unit_label_once",
            ),
            models.CheckConstraint(
                condition=is_seen("name") & (models.Q(short_name="") | is_seen("short_name")),
                name="unit_name_is_seen",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            # Of the zone too: the days that the public reads are those of the unit.
            bump_when("name", "short_name", "parent", "time_zone"),
            pgtrigger.Trigger(
                name="zone_is_known",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("time_zone"),
                # The usual ones are known without reading the list of all zones from disk.
                condition=~pgtrigger.Q(new__time_zone__in=IndonesianZone.values),
                func="""
                    IF NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = NEW.time_zone) THEN
                        RAISE EXCEPTION 'There is no time zone of this name.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="no_cycle",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                condition=pgtrigger.Q(new__parent__isnull=False),
                declare=[("above", "bigint")],
                # A cycle would make the recursive reach of a grant endless.
                func=as_of_now("""
                    above := NEW.parent_id;
                    WHILE above IS NOT NULL LOOP
                        IF above = NEW.id THEN
                            RAISE EXCEPTION 'A unit cannot be below itself.'
                                USING ERRCODE = 'check_violation';
                        END IF;
                        SELECT parent_id INTO above FROM accounts_unit WHERE id = above;
                    END LOOP;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def audit_unit_id(self) -> int:
        """Who reads the trail of a unit: those who read it there."""
        return int(self.pk)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def today(self) -> date:
        """The day that it is where the unit is: whoever looks from another zone sees the same."""
        return timezone.localdate(timezone=self.zone)

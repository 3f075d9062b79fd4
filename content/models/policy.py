from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import OfficialAccount, Unit, User
from content.documents import ORDINARY
from content.models.review import LONGEST_APPROVAL, StageKind, only_by
from govsocial.web.as_of_now import as_of_now

MOST_STAGES = 3
MOST_HOURS = 24 * 90
ONE_POLICY_AT_A_TIME = "policy_once_for_what_it_covers"


class Sensitivity(models.TextChoices):
    """What approval policies tell apart. Emergencies have the law's own path, and no policy."""

    ORDINARY = ORDINARY, _("Ordinary")
    SENSITIVE = "sensitive", _("Sensitive")


class ApprovalPolicy(models.Model):
    """Who must approve what a unit, an account or a sensitivity covers, and for how long it counts.

    It holds for the unit and everything below it. Of several that cover a post the strictest
    counts: most stages, higher roles, the shortest life. So a unit can ask for more than the unit
    above it, never for less. A row is never changed: a change ends it and begins another.

    A review keeps what was asked for when it was submitted, and a post what covered it since it was
    begun: whoever loosens a policy for an hour loosens it for nothing that was already written.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="approval_policies")
    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, null=True, blank=True, related_name="approval_policies"
    )
    sensitivity = models.CharField(
        _("sensitivity"), max_length=10, blank=True, choices=Sensitivity.choices
    )
    stages = ArrayField(models.CharField(max_length=10, choices=StageKind.choices))
    days = models.PositiveSmallIntegerField(_("an approval counts for (days)"))
    remind_after = models.PositiveSmallIntegerField(_("remind after (hours)"))
    escalate_after = models.PositiveSmallIntegerField(_("escalate after (hours)"))
    reason = models.CharField(_("reason"), max_length=300)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("approval policy")
        verbose_name_plural = _("approval policies")
        ordering = ["unit__name", "official_account", "sensitivity", "-starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "official_account", "sensitivity"],
                condition=models.Q(ends_at=None),
                nulls_distinct=False,
                name=ONE_POLICY_AT_A_TIME,
            ),
            models.CheckConstraint(
                condition=models.Q(stages__len__range=(1, MOST_STAGES))
                & models.Q(stages__contained_by=StageKind.values),
                name="policy_has_one_to_three_stages",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    models.lookups.Exact(
                        models.Func(
                            models.F("stages"),
                            template="(%(expressions)s)[cardinality(%(expressions)s)]",
                            output_field=models.CharField(),
                        ),
                        StageKind.APPROVE,
                    )
                ),
                name="policy_ends_with_an_approver",
            ),
            models.CheckConstraint(
                condition=models.Q(days__range=(1, LONGEST_APPROVAL.days)),
                name="policy_approvals_expire",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    remind_after__gte=1, escalate_after__gte=models.F("remind_after")
                ),
                name="policy_reminds_before_it_escalates",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="policy_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(sensitivity__in=["", *Sensitivity.values]),
                name="policy_sensitivity_is_known",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_ends", exclude=["ends_at", "ended_by"]),
            pgtrigger.Protect(
                name="ended_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ends_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="ends_when_it_is_written",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                # An end in the past would loosen what was written meanwhile.
                func="""
                    NEW.ends_at := GREATEST(statement_timestamp(), OLD.starts_at);
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="by_who_may_configure",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=only_by(
                    "set_by_id", "ends_at", "ended_by_id", "content.configure", "set policies"
                ),
            ),
            pgtrigger.Trigger(
                name="of_an_account_of_its_unit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__official_account__isnull=False),
                func=as_of_now("""
                    IF NOT EXISTS (SELECT 1 FROM accounts_officialaccount a
                        WHERE a.id = NEW.official_account_id AND a.unit_id = NEW.unit_id) THEN
                        RAISE EXCEPTION 'A policy of an account belongs to the unit of the account.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return str(self.official_account or self.unit)

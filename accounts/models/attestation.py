from __future__ import annotations

from datetime import timedelta

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.attestation_triggers import (
    begins_standing,
    in_a_standing_period,
    stays_withdrawn,
    withdrawn_unanswered,
)
from accounts.models.official_account import OfficialAccount
from accounts.models.people import User
from accounts.models.register import bump_at_insert
from accounts.models.rights import holds, refuse_actor, shows
from accounts.models.unit import Unit
from govsocial.web.as_of_now import as_of_now


class Question(models.TextChoices):
    """What a person in charge answers about an account, yes or no."""

    OURS = "still_ours", _("Is the account still ours?")
    NEEDED = "still_needed", _("Is the account still needed?")
    ADMINISTRATORS = "administrators_right", _("Are its administrators the right ones?")
    TWO_STEP = "two_step_on", _("Is two-step sign-in on?")


# What somebody should do about a "no".
WHAT_TO_DO = {
    Question.OURS: _(
        "Find out who holds the account and report it to the platform. If the name went to "
        "somebody else, close the account here and mark its handle as released."
    ),
    Question.NEEDED: _(
        "Decide whether the account goes on. If not, say so on it, keep its record and close it."
    ),
    Question.ADMINISTRATORS: _(
        "Hand the account over, or end the assignments of those who left, here and on the platform."
    ),
    Question.TWO_STEP: _(
        "Turn on two-step sign-in on the platform, with a device that the agency holds."
    ),
}


A_YEAR = timedelta(days=366)
"""How far a period may begin from today and last, and a handover be due ahead."""
DAYS_AHEAD = A_YEAR.days + 1
"""The same in triggers, counted from a moment: a day more, as the zones of units differ."""
# Who is in charge as long as they have a role there, and who manages the account.
_MAY_ANSWER = (
    f"({holds('{who}', 'accounts.manage', 'about.unit_id')} "
    "OR ({who} = about.person_in_charge_id "
    f"AND {holds('{who}', 'accounts.view', 'about.unit_id')}))"
)


class StandingPeriods(models.Manager["AttestationPeriod"]):
    """Those that nobody has withdrawn; what was is of no consequence anywhere."""

    def get_queryset(self) -> models.QuerySet[AttestationPeriod]:
        return super().get_queryset().filter(withdrawn_at=None)


class AttestationPeriod(models.Model):
    """A time in which every account in use is confirmed by its person in charge.

    It is the current one from ``starts_on`` until the next begins; after ``due_on`` what is not
    confirmed is late. Days are those of the topmost unit's time zone.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("first day"))
    due_on = models.DateField(_("due on"))
    remind_days_before = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("remind, days before"), default=list
    )
    escalate_after_days = models.PositiveSmallIntegerField(
        _("tell administrators after"), default=14
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # Made by mistake, and taken back before anybody answered.
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = StandingPeriods()
    every = models.Manager["AttestationPeriod"]()

    class Meta:
        verbose_name = _("attestation period")
        verbose_name_plural = _("attestation periods")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_on__gt=models.F("starts_on")),
                name="attestation_period_due_after_its_start",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_by=None, withdrawn_at=None)
                | models.Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="attestation_period_withdrawn_by_somebody",
            ),
            ExclusionConstraint(
                name="attestation_periods_do_not_overlap",
                condition=models.Q(withdrawn_at=None),
                expressions=[
                    (
                        models.Func(
                            "starts_on",
                            "due_on",
                            models.Value("[]"),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_itself", fields=["unit", "starts_on", "created_by", "created_at"]
            ),
            withdrawn_unanswered,
            stays_withdrawn,
            begins_standing,
            pgtrigger.Trigger(
                name="within_a_year",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("due_on"),
                func=f"""
                    IF TG_OP = 'INSERT' THEN
                        NEW.created_at := clock_timestamp();
                    END IF;
                    IF TG_OP = 'INSERT' AND NEW.starts_on NOT BETWEEN
                        NEW.created_at::date - {DAYS_AHEAD} AND NEW.created_at::date + {DAYS_AHEAD}
                    THEN
                        RAISE EXCEPTION 'A period begins within a year.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF (TG_OP = 'INSERT' OR NEW.due_on <> OLD.due_on)
                        AND NEW.due_on > NEW.starts_on + {A_YEAR.days}
                    THEN
                        RAISE EXCEPTION 'A period is due within a year.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Attestation(models.Model):
    """What was said about one account in one period. A correction is a new row over the old one.

    ``snapshot`` is the row of the register as it was shown with the questions.
    """

    period = models.ForeignKey(AttestationPeriod, models.PROTECT, related_name="attestations")
    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, related_name="attestations"
    )
    person_in_charge = models.ForeignKey(User, models.PROTECT, related_name="+")
    still_ours = models.BooleanField()
    still_needed = models.BooleanField()
    administrators_right = models.BooleanField()
    two_step_on = models.BooleanField()
    note = models.CharField(_("note"), max_length=500, blank=True)
    problem = models.CharField(_("what is wrong"), max_length=500, blank=True)
    snapshot = models.JSONField(encoder=DjangoJSONEncoder)
    snapshot_sha256 = models.CharField(max_length=64)
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(auto_now_add=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )

    class Meta:
        verbose_name = _("attestation")
        verbose_name_plural = _("attestations")
        ordering = ["-pk"]
        constraints = [
            # Each correction takes the place of exactly one row, so one row is always the last.
            models.UniqueConstraint(
                fields=["period", "official_account"],
                condition=models.Q(supersedes=None),
                name="attestation_once_in_a_period",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    still_ours=True,
                    still_needed=True,
                    administrators_right=True,
                    two_step_on=True,
                )
                | ~models.Q(problem=""),
                name="attestation_no_says_what_is_wrong",
            ),
            models.CheckConstraint(
                condition=models.Q(supersedes=None) | ~models.Q(note=""),
                name="attestation_correction_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(snapshot_sha256__regex=r"^[0-9a-f]{64}$"),
                name="attestation_sha256_is_hex",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # The public page says when an account was last confirmed.
            bump_at_insert(),
            in_a_standing_period,
            pgtrigger.Trigger(
                name="by_who_may",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("about", "accounts_officialaccount%ROWTYPE"), ("begun", "date")],
                func=as_of_now(f"""
                    -- Nobody closes it until this is committed.
                    SELECT * INTO about FROM accounts_officialaccount
                        WHERE id = NEW.official_account_id FOR SHARE;
                    IF about.status NOT IN ('active', 'suspended') THEN
                        RAISE EXCEPTION 'The account is not in use.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    SELECT starts_on INTO begun FROM accounts_attestationperiod
                        WHERE id = NEW.period_id;
                    -- The zones of agencies are ahead of UTC, by less than a day.
                    IF begun > (clock_timestamp() AT TIME ZONE 'UTC')::date + 1 OR EXISTS (
                        SELECT 1 FROM accounts_attestationperiod later
                        WHERE later.starts_on > begun AND later.withdrawn_at IS NULL
                        AND later.starts_on <= (clock_timestamp() AT TIME ZONE 'UTC')::date
                    ) THEN
                        RAISE EXCEPTION 'This is not the current period.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF about.person_in_charge_id IS DISTINCT FROM NEW.person_in_charge_id THEN
                        RAISE EXCEPTION 'Somebody else is in charge of this account.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NOT {_MAY_ANSWER.format(who="NEW.confirmed_by_id")} THEN
                        {refuse_actor("Only the person in charge or an administrator confirms.")}
                    END IF;
                    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM accounts_attestation earlier
                        WHERE earlier.id = NEW.supersedes_id
                        AND earlier.period_id = NEW.period_id
                        AND earlier.official_account_id = NEW.official_account_id
                    ) THEN
                        RAISE EXCEPTION 'A correction is about the same account and period.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NOT {shows("NEW.snapshot", "about", "about.person_in_charge_id")}
                        OR NEW.snapshot_sha256 <> accounts_digest_of(NEW.snapshot)
                    THEN
                        RAISE EXCEPTION 'That is not what the register says, or not its digest.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # the names of our own roles
            ),
            pgtrigger.Trigger(
                name="stamp",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                # The time is the database's, as in the trail: nothing is confirmed in the past.
                func="NEW.confirmed_at := clock_timestamp(); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official_account}: {self.period}"

    @property
    def on_behalf(self) -> bool:
        """Whether an administrator answered in the place of the person in charge."""
        return self.confirmed_by_id != self.person_in_charge_id

    @property
    def answers(self) -> dict[str, bool]:
        return {str(question): bool(getattr(self, question)) for question in Question}

    @property
    def noes(self) -> list[Question]:
        return [question for question in Question if not getattr(self, question)]


def confirmations() -> models.QuerySet[Attestation]:
    """Answers that confirm an account: it is still ours, and no correction took their place."""
    return Attestation.objects.filter(still_ours=True, superseded_by=None)


class Finding(models.Model):
    """A "no" that somebody must do something about. One is open per account and question."""

    official_account = models.ForeignKey(OfficialAccount, models.PROTECT, related_name="findings")
    question = models.CharField(max_length=30, choices=Question.choices)
    attestation = models.ForeignKey(Attestation, models.PROTECT, related_name="findings")
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(_("what was done"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("finding about an account")
        verbose_name_plural = _("findings about accounts")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["official_account", "question"],
                condition=models.Q(closed_at=None),
                name="finding_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(question__in=Question.values), name="finding_question_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by=None, outcome="")
                | (
                    models.Q(closed_at__isnull=False, closed_by__isnull=False)
                    & ~models.Q(outcome="")
                ),
                name="finding_closed_with_words",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_itself",
                fields=["official_account", "question", "attestation", "opened_at"],
            ),
            pgtrigger.Protect(
                name="closed_is_closed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="rests_on_a_no_of_now",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now("""
                    IF NOT EXISTS (
                        SELECT 1 FROM accounts_attestation said WHERE said.id = NEW.attestation_id
                        AND said.official_account_id = NEW.official_account_id
                        AND to_jsonb(said) ->> NEW.question = 'false'
                    ) THEN
                        RAISE EXCEPTION 'A finding rests on a no about this account.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    NEW.opened_at := clock_timestamp();
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="closed_by_who_may_now",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__closed_at__isnull=False),
                declare=[("about", "accounts_officialaccount%ROWTYPE")],
                func=as_of_now(f"""
                    IF TG_OP = 'INSERT' THEN
                        RAISE EXCEPTION 'A finding begins open.' USING ERRCODE = 'check_violation';
                    END IF;
                    SELECT * INTO about FROM accounts_officialaccount
                        WHERE id = NEW.official_account_id;
                    IF NOT {_MAY_ANSWER.format(who="NEW.closed_by_id")} THEN
                        {refuse_actor("Only the person in charge or an administrator closes it.")}
                    END IF;
                    NEW.closed_at := clock_timestamp();
                    RETURN NEW;
                """),  # noqa: S608  # our own names
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official_account}: {self.get_question_display()}"

    @property
    def audit_unit_id(self) -> int:
        return self.official_account.unit_id

    @property
    def what_to_do(self) -> object:
        return WHAT_TO_DO[Question(self.question)]

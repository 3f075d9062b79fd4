from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Floor
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import OfficialAccount, Unit, User
from content.models.lexemes import CAMPAIGN_WORDS
from govsocial.web.as_of_now import as_of_now

# Whole rupiah in a type that has sen, so that a fraction is refused and not rounded away.
DIGITS, PLACES = 17, 2
MOST_RUPIAH = 10**13
# As PostgreSQL calls it: a one-to-one field cannot name its own.
REVERSED_ONCE = "content_spending_reverses_id_key"


class Goal(models.TextChoices):
    """The three strategic goals of social media in government (Khan 2014)."""

    SERVICES = "services", _("Better services")
    VOICE = "voice", _("A voice for citizens")
    CUT_BUDGET = "cut_budget", _("Lower costs")


class CampaignStatus(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("campaign", "Planned")
    RUNNING = "running", pgettext_lazy("campaign", "Running")
    CLOSED = "closed", pgettext_lazy("campaign", "Closed")


CAMPAIGN_MOVES = (
    (CampaignStatus.PLANNED, CampaignStatus.RUNNING),
    (CampaignStatus.PLANNED, CampaignStatus.CLOSED),
    (CampaignStatus.RUNNING, CampaignStatus.CLOSED),
    (CampaignStatus.CLOSED, CampaignStatus.RUNNING),
)


class Campaign(models.Model):
    """A plan (kampanye): why several posts are written, when, and what they may cost.

    ``services``, ``voice`` and ``cut_budget`` say how it serves each goal; "" is a goal that it
    does not have. ``budget`` is in rupiah; None is not stated, which is not nothing.
    """

    Status = CampaignStatus

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="campaigns", verbose_name=_("unit"))
    code = models.CharField(_("programme or KPI code"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=1000)
    services = models.CharField(max_length=300, blank=True)
    voice = models.CharField(max_length=300, blank=True)
    cut_budget = models.CharField(max_length=300, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    budget = models.DecimalField(
        _("budget"), max_digits=DIGITS, decimal_places=PLACES, null=True, blank=True
    )
    status = models.CharField(
        max_length=10, choices=CampaignStatus.choices, default=CampaignStatus.PLANNED
    )
    conclusion = models.CharField(_("conclusion"), max_length=2000, blank=True)
    # The number of the last change: two tabs do not overwrite each other.
    edition = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-starts_on", "-pk"]
        indexes = [
            models.Index(fields=["-starts_on", "-id"], name="campaign_by_start"),
            GinIndex(CAMPAIGN_WORDS, name="campaign_words"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(purpose=""), name="campaign_says_what_and_why"
            ),
            models.CheckConstraint(
                condition=~Q(services="", voice="", cut_budget=""), name="campaign_has_a_goal"
            ),
            models.CheckConstraint(
                condition=Q(budget=None) | Q(budget__gte=0, budget=Floor("budget")),
                name="campaign_budget_in_whole_rupiah",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed", conclusion=""), name="campaign_closed_concludes"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_of_its_unit", fields=["unit", "made_by", "made_at"]),
            pgtrigger.FSM(
                name="moves",
                field="status",
                transitions=[(str(old), str(new)) for old, new in CAMPAIGN_MOVES],
            ),
            pgtrigger.Protect(
                name="starts_as_planned",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status="planned"),
            ),
            pgtrigger.Protect(
                name="closed_is_as_it_was",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status="closed", new__status="closed"),
            ),
            pgtrigger.Trigger(
                name="keeps_goals_in_use",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("services", "voice", "cut_budget"),
                func=as_of_now("""
                    IF EXISTS (SELECT 1 FROM content_campaigntool t WHERE t.campaign_id = NEW.id
                        AND '' = CASE t.goal WHEN 'services' THEN NEW.services
                            WHEN 'voice' THEN NEW.voice ELSE NEW.cut_budget END) THEN
                        RAISE EXCEPTION 'A line of the plan serves this goal.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def goals(self) -> list[tuple[str, str]]:
        """What it is for: (the goal in words, how it is served)."""
        said = [(goal, getattr(self, goal.value)) for goal in Goal]
        return [(str(goal.label), how) for goal, how in said if how]


class CampaignTool(models.Model):
    """A line of the plan: which account or platform serves which goal, with which topics
    (tools, goals, topics: Criado et al. 2013). One that is wrong is taken away; the trail has it.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="tools")
    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, null=True, related_name="+"
    )
    platform = models.CharField(max_length=20, blank=True, choices=OfficialAccount.Platform.choices)
    goal = models.CharField(_("goal"), max_length=10, choices=Goal.choices)
    topics = models.CharField(_("topics"), max_length=300)

    class Meta:
        verbose_name = _("line of a plan")
        verbose_name_plural = _("lines of a plan")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(official_account=None) & ~Q(platform=""))
                | Q(official_account__isnull=False, platform=""),
                name="tool_is_an_account_or_a_platform",
            ),
            models.CheckConstraint(
                condition=~Q(topics="") & Q(goal__in=Goal.values), name="tool_says_what_for"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="stays_itself", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="serves_a_goal_of_its_campaign",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Delete,
                func=as_of_now("""
                    DECLARE plan RECORD;
                    BEGIN
                    SELECT * INTO plan FROM content_campaign
                        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.campaign_id
                            ELSE NEW.campaign_id END FOR SHARE;
                    IF plan.status = 'closed' THEN
                        RAISE EXCEPTION 'The campaign is closed.' USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    IF '' = (CASE NEW.goal WHEN 'services' THEN plan.services
                        WHEN 'voice' THEN plan.voice ELSE plan.cut_budget END) THEN
                        RAISE EXCEPTION 'The campaign does not have this goal.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                    END;
                """),
            ),
        ]

    def __str__(self) -> str:
        return str(self.official_account or self.get_platform_display())


class SpendingKind(models.TextChoices):
    ADS = "ads", _("Advertisement")
    INFLUENCER = "influencer", _("Influencer")
    PRODUCTION = "production", _("Production")
    OTHER = "other", pgettext_lazy("spending", "Other")


class PaidLabel(models.TextChoices):
    """What readers must be told of a paid post, in the words that stand in its text."""

    AD = "iklan", "iklan"
    PAID = "kerja sama berbayar", "kerja sama berbayar"


LABELLED = (SpendingKind.ADS, SpendingKind.INFLUENCER)
"""What is to be labelled before readers see it."""


class Spending(models.Model):
    """Money that was spent on a campaign (belanja), in whole rupiah. Append-only: a wrong line is
    reversed by one of the opposite amount, and both are seen.

    It says what was paid, and gives nobody leave to pay: that is decided where the agency keeps its
    budget. ``key`` is of the form that was sent: sent twice, it is one line.
    """

    Kind = SpendingKind

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="spendings")
    kind = models.CharField(_("kind"), max_length=10, choices=SpendingKind.choices)
    amount = models.DecimalField(_("amount"), max_digits=DIGITS, decimal_places=PLACES)
    spent_on = models.DateField(_("date"))
    payee = models.CharField(_("payee"), max_length=160)
    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, null=True, related_name="+"
    )
    post = models.ForeignKey("content.Post", models.PROTECT, null=True, related_name="spendings")
    label = models.CharField(max_length=30, blank=True, choices=PaidLabel.choices)
    reference = models.CharField(_("proof"), max_length=200)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("spending")
        verbose_name_plural = _("spendings")
        ordering = ["-spent_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=Floor("amount")), name="spending_in_whole_rupiah"
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0, reason="")
                | Q(reverses__isnull=False, amount__lt=0) & ~Q(reason=""),
                name="spending_is_more_than_nothing",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LABELLED, label__in=PaidLabel.values)
                | Q(kind__in=["production", "other"], label=""),
                name="spending_has_its_label",
            ),
            models.CheckConstraint(
                condition=~Q(payee="") & ~Q(reference=""), name="spending_has_its_proof"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="of_an_open_campaign",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now("""
                    PERFORM 1 FROM content_campaign c
                        WHERE c.id = NEW.campaign_id AND c.status <> 'closed' FOR SHARE;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'The campaign is closed.' USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM content_spending o WHERE o.id = NEW.reverses_id
                        AND o.reverses_id IS NULL AND o.amount = -NEW.amount
                        AND (o.campaign_id, o.kind, o.label, o.payee)
                            = (NEW.campaign_id, NEW.kind, NEW.label, NEW.payee)
                        AND o.post_id IS NOT DISTINCT FROM NEW.post_id
                        AND o.official_account_id IS NOT DISTINCT FROM NEW.official_account_id
                    ) THEN
                        RAISE EXCEPTION 'A line is reversed by its opposite.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.reverses_id IS NULL AND NEW.post_id IS NOT NULL THEN
                        PERFORM 1 FROM content_post p WHERE p.id = NEW.post_id
                            AND p.campaign_id = NEW.campaign_id FOR SHARE;
                        IF NOT FOUND THEN
                            RAISE EXCEPTION 'The post is not of this campaign.'
                                USING ERRCODE = 'check_violation';
                        END IF;
                        -- Of what is out already it is said all the same: hiding it is worse.
                        IF NEW.label <> '' AND EXISTS (
                            SELECT FROM content_post p WHERE p.id = NEW.post_id
                            AND p.status IN ('submitted', 'approved', 'scheduled')
                            AND NOT content_says_label(p.current_version_id, NEW.label)) THEN
                            RAISE EXCEPTION 'What is on its way says first that it is paid for.'
                                USING ERRCODE = 'check_violation';
                        END IF;
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.payee}"

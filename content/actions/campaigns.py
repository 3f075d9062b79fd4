"""Campaigns: planned, changed, started, closed with a conclusion, opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.kept_values import changes_between
from accounts.models import OfficialAccount, User
from accounts.selectors import units_below
from content.campaign_fields import LABELS, kept_of
from content.errors import ContentError
from content.events.plan import (
    CAMPAIGN_CHANGED,
    CAMPAIGN_CLOSED,
    CAMPAIGN_PLANNED,
    CAMPAIGN_REOPENED,
    CAMPAIGN_STARTED,
    TOOL_ADDED,
    TOOL_REMOVED,
)
from content.models import Campaign, CampaignTool, Goal
from content.models.campaign import MOST_RUPIAH
from govsocial.audit.actions import record
from govsocial.web.hidden_signs import readable
from govsocial.web.permissions import require

STATUS = Campaign.Status
_TEXTS = ("name", "code", "purpose", *Goal.values)


@transaction.atomic
def plan_campaign(*, actor: User, unit_id: int, values: Mapping[str, Any]) -> Campaign:
    """Plan a campaign of a unit. ``values`` are fields by name (``campaign_fields.LABELS``)."""
    require(actor, "content.plan", unit_id)
    campaign = Campaign(unit_id=unit_id, made_by=actor)
    _fill(campaign, values)
    campaign.save()
    record(
        CAMPAIGN_PLANNED,
        actor=actor,
        target=campaign,
        starts_on=campaign.starts_on.isoformat(),
        ends_on=campaign.ends_on.isoformat(),
        budget=None if campaign.budget is None else str(campaign.budget),
    )
    return campaign


@transaction.atomic
def change_campaign(
    *, actor: User, campaign_id: int, edition: int, values: Mapping[str, Any]
) -> Campaign:
    """Change what is said of a campaign. ``edition`` is the one that the person was shown:
    ``ContentError`` when there is a newer one, and for a closed campaign."""
    campaign = lock_campaign(campaign_id)
    require(actor, "content.plan", campaign.unit_id)
    refuse_closed(campaign)
    if campaign.edition != edition:
        raise ContentError(
            _("Somebody changed this campaign since you opened it. Look at it again.")
        )
    before = kept_of(campaign)
    _fill(campaign, values)
    for goal in Goal:
        if not getattr(campaign, goal) and campaign.tools.filter(goal=goal).exists():
            raise ContentError(
                _("A line of the plan serves this goal. Take the line away first."), field=goal
            )
    after = kept_of(campaign)
    if before == after:
        return campaign
    campaign.edition += 1
    campaign.save()
    record(CAMPAIGN_CHANGED, actor=actor, target=campaign, **changes_between(before, after))
    return campaign


@transaction.atomic
def start_campaign(*, actor: User, campaign_id: int) -> Campaign:
    campaign = lock_campaign(campaign_id)
    require(actor, "content.plan", campaign.unit_id)
    if campaign.status != STATUS.PLANNED:
        raise ContentError(_("Only a planned campaign is started."))
    _move(campaign, STATUS.RUNNING)
    record(CAMPAIGN_STARTED, actor=actor, target=campaign)
    return campaign


@transaction.atomic
def close_campaign(*, actor: User, campaign_id: int, conclusion: str) -> Campaign:
    """End a campaign with what was learned. Its posts stay what they are."""
    campaign = lock_campaign(campaign_id)
    require(actor, "content.plan", campaign.unit_id)
    if campaign.status == STATUS.CLOSED:
        raise ContentError(_("This campaign is closed already."))
    campaign.conclusion = readable(conclusion)
    if not campaign.conclusion:
        raise ContentError(_("Write down what was reached and learned."), field="conclusion")
    _move(campaign, STATUS.CLOSED, "conclusion")
    spent = campaign.spendings.aggregate(all=Sum("amount"))["all"]
    record(
        CAMPAIGN_CLOSED,
        actor=actor,
        target=campaign,
        posts=campaign.posts.count(),
        spent=str(spent or 0),
    )
    return campaign


@transaction.atomic
def reopen_campaign(*, actor: User, campaign_id: int, reason: str) -> Campaign:
    """Let a closed campaign run again; its conclusion stays until another is written."""
    campaign = lock_campaign(campaign_id)
    require(actor, "content.plan", campaign.unit_id)
    if campaign.status != STATUS.CLOSED:
        raise ContentError(_("This campaign is not closed."))
    reason = readable(reason)
    if not reason:
        raise ContentError(_("Give a reason."), field="reason")
    _move(campaign, STATUS.RUNNING)
    record(CAMPAIGN_REOPENED, actor=actor, target=campaign, reason=reason)
    return campaign


@transaction.atomic
def add_tool(
    *,
    actor: User,
    campaign_id: int,
    goal: str,
    topics: str,
    official_account_id: int | None = None,
    platform: str = "",
) -> CampaignTool:
    """Say which account, or which platform, serves which goal with which topics."""
    campaign = lock_campaign(campaign_id)
    require(actor, "content.plan", campaign.unit_id)
    refuse_closed(campaign)
    topics = readable(topics)
    if not topics:
        raise ContentError(_("Write something that can be read."), field="topics")
    if goal not in Goal.values or not getattr(campaign, goal):
        raise ContentError(_("The campaign does not have this goal."), field="goal")
    if (official_account_id is None) == (not platform):
        raise ContentError(_("Choose an account or a platform, not both."), field="platform")
    refuse_account_elsewhere(campaign, official_account_id)
    tool = CampaignTool.objects.create(
        campaign=campaign,
        official_account_id=official_account_id,
        platform=platform,
        goal=goal,
        topics=topics,
    )
    record(TOOL_ADDED, actor=actor, target=campaign, tool=str(tool), goal=goal, topics=topics)
    return tool


@transaction.atomic
def remove_tool(*, actor: User, campaign_id: int, tool_id: int) -> None:
    """Take a line out of the plan; the trail keeps what it said."""
    campaign = lock_campaign(campaign_id)
    require(actor, "content.plan", campaign.unit_id)
    refuse_closed(campaign)
    tool = campaign.tools.select_related("official_account").filter(pk=tool_id).first()
    if tool is None:
        raise ContentError(_("Somebody has taken this line away meanwhile."))
    tool.delete()
    record(
        TOOL_REMOVED,
        actor=actor,
        target=campaign,
        tool=str(tool),
        goal=tool.goal,
        topics=tool.topics,
    )


def lock_campaign(campaign_id: int) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)


def refuse_closed(campaign: Campaign) -> None:
    if campaign.status == STATUS.CLOSED:
        raise ContentError(_("This campaign is closed. Open it again first."))


def refuse_account_elsewhere(campaign: Campaign, official_account_id: int | None) -> None:
    if official_account_id is None:
        return
    units = units_below(campaign.unit)
    if not OfficialAccount.objects.filter(pk=official_account_id, unit_id__any=units).exists():
        raise ContentError(
            _("This account does not belong to the unit or one below it."), field="official_account"
        )


def _fill(campaign: Campaign, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in LABELS:
            raise ValueError(f"A campaign has no field {name!r}.")
        setattr(campaign, name, readable(value) if name in _TEXTS else value)
    for name in ("name", "purpose"):
        if not getattr(campaign, name):
            raise ContentError(_("Write something that can be read."), field=name)
    if not any(getattr(campaign, goal) for goal in Goal):
        raise ContentError(
            _("Say in a sentence how it serves at least one of the three goals."),
            field=Goal.SERVICES,
        )
    if campaign.ends_on < campaign.starts_on:
        raise ContentError(_("The last day comes after the first day."), field="ends_on")
    budget = campaign.budget
    if budget is not None and not (0 <= budget < MOST_RUPIAH and budget == int(budget)):
        raise ContentError(_("Write whole rupiah, without a minus sign."), field="budget")


def _move(campaign: Campaign, status: str, *more: str) -> None:
    campaign.status = status
    campaign.edition += 1
    campaign.save(update_fields=["status", "edition", *more])

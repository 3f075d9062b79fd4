"""What a person may see of campaigns and ideas."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.expressions import RawSQL

from accounts.models import Unit, User
from accounts.selectors import units_below
from content.models import Campaign, CampaignTool, Idea, IdeaVote, Post, Spending
from content.models.campaign import DIGITS, PLACES
from content.outcome import OUT, outcome
from content.selectors.posts import posts_visible_to

_ABOVE = """
    WITH RECURSIVE above(id, parent_id) AS (
        SELECT id, parent_id FROM accounts_unit WHERE id = ANY (%s)
        UNION
        SELECT one.id, one.parent_id FROM accounts_unit one JOIN above ON one.id = above.parent_id
    )
    SELECT id FROM above
"""
MONEY = DecimalField(max_digits=DIGITS + 4, decimal_places=PLACES)


def campaigns_visible_to(user: User) -> QuerySet[Campaign]:
    """Those of the units that a person may see, and those from above, which are for them too."""
    return (
        _of_units_or_above(user.units_with("content.view"))
        .select_related("unit", "made_by")
        .order_by("-starts_on", "-pk")
    )


def _of_units_or_above(units: frozenset[int]) -> QuerySet[Campaign]:
    return Campaign.objects.filter(unit_id__in=RawSQL(_ABOVE, [sorted(units)]))  # noqa: S611  # no input


def with_progress(campaigns: QuerySet[Campaign], user: User) -> QuerySet[Any]:
    """Add ``number``, the posts that this person may see, ``out``, how many of them went out and
    still stand, and ``spent``, which is None where no spending was recorded. In the query of the
    list."""
    posts = (
        Post.objects.filter(campaign=OuterRef("pk"), unit_id__any=user.units_with("content.view"))
        .alias(outcome=outcome())
        .order_by()
        .values("campaign")
    )
    out = Count("pk", filter=Q(outcome__in=OUT))
    spent = (
        Spending.objects.filter(campaign=OuterRef("pk"))
        .order_by()
        .values("campaign")
        .annotate(all=Sum("amount"))
        .values("all")
    )
    return campaigns.annotate(
        number=Subquery(posts.annotate(all=Count("pk")).values("all"), output_field=IntegerField()),
        out=Subquery(posts.annotate(all=out).values("all"), output_field=IntegerField()),
        spent=Subquery(spent, output_field=MONEY),
    )


def campaigns_to_join(units: frozenset[int], *, now: int | None = None) -> QuerySet[Campaign]:
    """Campaigns that are not closed, of these units or of units above; and the one that something
    is in ``now``."""
    rows = _of_units_or_above(units).exclude(status=Campaign.Status.CLOSED)
    if now is not None:
        rows |= Campaign.objects.filter(pk=now)
    return rows.order_by("name", "pk")


def posts_of(campaign: Campaign, user: User) -> QuerySet[Post]:
    """Its posts that this person may see, in the order of their plan; without a time last."""
    rows = posts_visible_to(user).filter(campaign=campaign)
    return rows.order_by("planned_at", "pk")


def posts_to_place(campaign: Campaign, user: User) -> QuerySet[Post]:
    """Posts without a campaign that this person may put into this one."""
    mine = user.units_with("content.draft") | user.units_with("content.plan")
    units = mine & frozenset(units_below(campaign.unit))
    return (
        posts_visible_to(user)
        .filter(campaign=None, unit_id__any=sorted(units))
        .exclude(status__in=[Post.Status.REJECTED, Post.Status.ARCHIVED])
    )


def tools_of(campaign: Campaign) -> QuerySet[CampaignTool]:
    return campaign.tools.select_related("official_account")


def spendings_of(campaign: Campaign) -> QuerySet[Spending]:
    return campaign.spendings.select_related(
        "official_account", "post__current_version", "recorded_by", "reversed_by", "reverses"
    ).order_by("-spent_on", "-pk")


def ideas_visible_to(user: User) -> QuerySet[Any]:
    """Each with ``useful``, how many find it so, and ``is_mine``, whether this person does."""
    votes = (
        IdeaVote.objects.filter(idea=OuterRef("pk"))
        .order_by()
        .values("idea")
        .annotate(all=Count("pk"))
        .values("all")
    )
    own = IdeaVote.objects.filter(idea=OuterRef("pk"), person=user)
    return (
        Idea.objects.filter(unit_id__any=user.units_with("content.view"))
        .select_related("unit", "author", "campaign")
        .annotate(useful=Subquery(votes, output_field=IntegerField()), is_mine=Exists(own))
        .order_by("-pk")
    )


def posts_from(idea: Idea, user: User) -> QuerySet[Post]:
    return posts_visible_to(user).filter(from_idea__idea=idea).order_by("pk")


def units_to_plan_for(user: User) -> QuerySet[Unit]:
    rows: QuerySet[Unit] = Unit.objects.filter(pk__any=user.units_with("content.plan"))
    return rows.order_by("name", "pk")

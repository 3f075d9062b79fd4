"""Search and filters of campaigns and ideas; they live in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.filters import WordsFilter
from accounts.finding import UnitFilter
from accounts.models import User
from accounts.selectors import units_visible_to
from content.campaign_choice import campaign_filter, campaign_has
from content.models import Campaign, Goal, Idea
from content.selectors.plan import campaigns_visible_to
from govsocial.web.filters import StrictFilterSet


class CampaignFilter(StrictFilterSet):
    search = WordsFilter(placeholder=_("Name, code or purpose"))
    status = django_filters.ChoiceFilter(
        choices=Campaign.Status.choices, label=_("Status"), empty_label=_("Any status")
    )
    goal = django_filters.ChoiceFilter(
        choices=Goal.choices, label=_("Goal"), empty_label=_("Any goal"), method="with_goal"
    )
    unit = UnitFilter()

    class Meta:
        model = Campaign
        fields = ["search", "status", "goal", "unit"]

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = units_visible_to(user, "content.view")

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(campaign_has(value) | Q(purpose__icontains=value))

    def with_goal(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.exclude(**{value: ""})


class IdeaFilter(StrictFilterSet):
    """Open ideas, unless another state is asked for."""

    search = WordsFilter(placeholder=_("Idea or note"))
    state = django_filters.ChoiceFilter(
        choices=[*Idea.State.choices, ("all", _("Any state"))],
        label=pgettext_lazy("idea", "State"),
        empty_label=pgettext_lazy("ideas", "Open"),
        method="in_state",
    )
    source = django_filters.ChoiceFilter(
        choices=Idea.Source.choices, label=_("Source"), empty_label=_("Any source")
    )
    unit = UnitFilter()
    campaign = campaign_filter(method="in_campaign")

    class Meta:
        model = Idea
        fields = ["search", "state", "source", "unit", "campaign"]

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = units_visible_to(user, "content.view")
        self.filters["campaign"].field.queryset = campaigns_visible_to(user)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        asked = self.form.cleaned_data.get("state")
        return rows if asked else rows.filter(state=Idea.State.OPEN)

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(title__icontains=value) | Q(note__icontains=value))

    def in_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows if value == "all" else rows.filter(state=value)

    def in_campaign(self, rows: QuerySet[Any], name: str, value: Campaign | str) -> QuerySet[Any]:
        if isinstance(value, Campaign):
            return rows.filter(campaign=value)
        found = self.filters["campaign"].field.rows(value).order_by().values("pk")
        return rows.filter(campaign__in=found)

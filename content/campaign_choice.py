"""The choice of a campaign beside what is written, and what is asked for by it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from accounts.selectors import units_below
from content.models import Campaign
from content.selectors.plan import campaigns_to_join
from govsocial.web.finding import FoundField, FoundFilter


def campaign_has(word: str) -> Q:
    return Q(name__icontains=word) | Q(code__icontains=word)


def campaign_filter(**more: Any) -> FoundFilter:
    """The filter ``campaign`` of a list; ``filters["campaign"].field.queryset`` is its rows."""
    return FoundFilter(
        label=gettext_lazy("Campaign"),
        matching=campaign_has,
        placeholder=gettext_lazy("Name or code"),
        **more,
    )


def campaign_field(units: frozenset[int], *, now: int | None = None) -> FoundField:
    """A campaign that what belongs to one of these units may join."""
    return FoundField(
        label=gettext_lazy("Campaign"),
        required=False,
        matching=campaign_has,
        queryset=campaigns_to_join(units, now=now),
        empty_label=gettext_lazy("None"),
        placeholder=gettext_lazy("Name or code"),
        help_text=gettext_lazy("For the plan; it is not published, and needs no new approval."),
    )


def refuse_another_unit(form: forms.Form, unit: Unit | None) -> None:
    """A campaign is for its unit and those below it; said beside the field before anything is
    saved."""
    campaign: Campaign | None = form.cleaned_data.get("campaign")
    if campaign and unit and unit.pk not in units_below(campaign.unit):
        form.add_error(
            "campaign",
            _("This campaign is of another unit. Choose one of this unit or of a unit above."),
        )


def says_campaign(form: forms.Form) -> bool:
    """Whether an answer had the field at all: what does not name a campaign takes none away."""
    widget, name = form.fields["campaign"].widget, form.add_prefix("campaign")
    return not widget.value_omitted_from_data(form.data, form.files, name)

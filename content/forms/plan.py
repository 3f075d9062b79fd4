"""What is asked of a campaign, of its spending and of an idea."""

from __future__ import annotations

import re
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.finding import account_field
from accounts.models import OfficialAccount, Unit, User
from accounts.selectors import units_below
from content.campaign_choice import campaign_field
from content.forms.posts import UNSEEN
from content.models import Campaign, Goal, Idea, PaidLabel, Spending
from content.models.campaign import MOST_RUPIAH
from content.selectors.plan import posts_of, posts_to_place, units_to_plan_for
from govsocial.web.finding import FoundField

# 1.500.000 as people write it, with or without Rp before and ,00 or ,- behind.
_RUPIAH = re.compile(r"(?:rp\.?)?\s*([0-9]{1,3}(?:[., ][0-9]{3})+|[0-9]+)(?:[,.](?:00|-))?", re.I)
_GOAL_HELP = {
    Goal.SERVICES: gettext_lazy("For example: families know where vaccination is, and come."),
    Goal.VOICE: gettext_lazy("For example: citizens choose the new routes of the school bus."),
    Goal.CUT_BUDGET: gettext_lazy("For example: fewer printed banners, fewer trips to the office."),
}


class RupiahField(forms.CharField):
    """Whole rupiah as people write them; None where nothing was written, which is not zero."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(max_length=40, widget=widget, **more)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        found = _RUPIAH.fullmatch(typed)
        if found is None:
            raise forms.ValidationError(_("Write whole rupiah, like 1.500.000."))
        amount = Decimal(re.sub(r"\D", "", found[1]))
        if amount >= MOST_RUPIAH:
            raise forms.ValidationError(_("This is more than a campaign can cost."))
        return amount

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.0f}" if isinstance(value, Decimal) else value


def _day(label: Any, *, required: bool = True, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, required=required, widget=widget, input_formats=["%Y-%m-%d"], **more
    )


class _Clean(forms.Form):
    """Refuses signs that nobody sees and days that no plan has, beside their field."""

    def clean(self) -> None:
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str) and UNSEEN.search(value):
                self.add_error(name, _("Remove the invisible control characters."))
            if isinstance(value, date) and not 2000 <= value.year < 2200:
                self.add_error(name, _("Choose a date between the years 2000 and 2199."))


class CampaignForm(_Clean):
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        label=gettext_lazy("Unit"),
        empty_label=gettext_lazy("Choose a unit"),
        help_text=gettext_lazy("Posts of this unit and of units below it can belong to it."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    code = forms.CharField(
        label=gettext_lazy("Programme or KPI code"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("As in the work plan, so that both can be found together."),
    )
    purpose = forms.CharField(
        label=pgettext_lazy("campaign", "Purpose"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    services = forms.CharField(max_length=300, required=False)
    voice = forms.CharField(max_length=300, required=False)
    cut_budget = forms.CharField(max_length=300, required=False)
    starts_on = _day(gettext_lazy("First day"))
    ends_on = _day(gettext_lazy("Last day"))
    budget = RupiahField(
        label=gettext_lazy("Budget"),
        required=False,
        help_text=gettext_lazy("In rupiah. Leave it empty where none is decided: that is not 0."),
    )
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, user: User, campaign: Campaign | None = None) -> None:
        self.campaign = campaign
        super().__init__(data, initial=_initial(campaign) if campaign else _first_unit(user))
        for goal in Goal:
            field = self.fields[goal]
            field.label = goal.label
            field.help_text = _GOAL_HELP[goal]
            field.mark = _("in a sentence, where it is a goal")  # type: ignore[attr-defined]  # for field.html
        if campaign is not None:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units_to_plan_for(user)  # type: ignore[attr-defined]  # a model choice field

    def values(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"unit", "edition"}
        }


def _initial(campaign: Campaign) -> dict[str, Any]:
    names = ("name", "code", "purpose", *Goal.values, "starts_on", "ends_on", "budget", "edition")
    return {name: getattr(campaign, name) for name in names}


def _first_unit(user: User) -> dict[str, Any]:
    units = user.units_with("content.plan")
    return {"unit": min(units)} if len(units) == 1 else {}


class ConclusionForm(forms.Form):
    conclusion = forms.CharField(
        label=gettext_lazy("Conclusion"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "What was reached, what was learned, what is done differently next."
        ),
    )


class ToolForm(_Clean):
    goal = forms.ChoiceField(label=gettext_lazy("Goal"))
    official_account = account_field(
        label=gettext_lazy("Account"), required=False, empty_label=gettext_lazy("No account")
    )
    platform = forms.ChoiceField(
        label=gettext_lazy("Or a platform"),
        required=False,
        choices=[("", gettext_lazy("No platform")), *OfficialAccount.Platform.choices],
        help_text=gettext_lazy("Where no single account is meant."),
    )
    topics = forms.CharField(
        label=gettext_lazy("Topics"),
        max_length=300,
        help_text=gettext_lazy("Separated by commas: schedules, where to go, what to bring."),
    )

    def __init__(self, *args: Any, campaign: Campaign) -> None:
        super().__init__(*args)
        goals = [(goal.value, goal.label) for goal in Goal if getattr(campaign, goal)]
        self.fields["goal"].choices = goals  # type: ignore[attr-defined]  # a choice field
        self.fields["official_account"].queryset = accounts_of(campaign)  # type: ignore[attr-defined]  # a found field

    def wanted(self) -> dict[str, Any]:
        data = self.cleaned_data
        account = data["official_account"]
        return {
            "goal": data["goal"],
            "topics": data["topics"],
            "platform": data["platform"],
            "official_account_id": account.pk if account else None,
        }


def accounts_of(campaign: Campaign) -> QuerySet[OfficialAccount]:
    rows = OfficialAccount.objects.filter(unit_id__any=units_below(campaign.unit))
    return rows.order_by("display_name", "pk")


def post_has(word: str) -> Q:
    return Q(current_version__title__icontains=word)


class SpendingForm(_Clean):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Spending.Kind.choices)
    amount = RupiahField(label=gettext_lazy("Amount"), help_text=gettext_lazy("In whole rupiah."))
    spent_on = _day(gettext_lazy("Date of payment"))
    payee = forms.CharField(label=gettext_lazy("Payee"), max_length=160)
    label = forms.ChoiceField(
        label=gettext_lazy("Label that readers see"),
        required=False,
        choices=[("", gettext_lazy("No label")), *PaidLabel.choices],
        help_text=gettext_lazy("Needed for advertisements and influencers."),
    )
    official_account = account_field(
        label=gettext_lazy("Account"), required=False, empty_label=gettext_lazy("No account")
    )
    post = FoundField(
        label=gettext_lazy("Post that was paid for"),
        matching=post_has,
        required=False,
        placeholder=gettext_lazy("Title"),
        help_text=gettext_lazy("Its text must have the label. A post of this campaign."),
    )
    reference = forms.CharField(
        label=gettext_lazy("Proof"),
        max_length=200,
        help_text=gettext_lazy("Number of the invoice or payment order, and where it is kept."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, campaign: Campaign, user: User) -> None:
        super().__init__(data, initial={"key": uuid.uuid4(), "spent_on": timezone.localdate()})
        self.fields["official_account"].queryset = accounts_of(campaign)  # type: ignore[attr-defined]  # a found field
        self.fields["post"].queryset = posts_of(campaign, user)  # type: ignore[attr-defined]  # a found field

    def wanted(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        account, post = data.pop("official_account"), data.pop("post")
        return {
            **data,
            "official_account_id": account.pk if account else None,
            "post_id": post.pk if post else None,
        }


class PlaceForm(forms.Form):
    post = FoundField(
        label=gettext_lazy("Post"), matching=post_has, placeholder=gettext_lazy("Title")
    )

    def __init__(self, *args: Any, campaign: Campaign, user: User) -> None:
        super().__init__(*args)
        self.fields["post"].queryset = posts_to_place(campaign, user)  # type: ignore[attr-defined]  # a found field


class QuickIdeaForm(_Clean):
    """An idea in one line."""

    title = forms.CharField(
        label=gettext_lazy("New idea"),
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("What could we say?")}),
    )
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(), label=gettext_lazy("Unit"), empty_label=None
    )

    def __init__(self, *args: Any, user: User) -> None:
        super().__init__(*args)
        self.fields["unit"].queryset = units_to_plan_for(user)  # type: ignore[attr-defined]  # a model choice field


class IdeaForm(_Clean):
    title = forms.CharField(label=gettext_lazy("Idea"), max_length=200)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("A draft that is written from it begins with this text."),
    )
    source = forms.ChoiceField(label=gettext_lazy("Source"), choices=Idea.Source.choices)
    wanted_on = _day(gettext_lazy("Wanted day"), required=False)
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, idea: Idea) -> None:
        names = ("title", "note", "source", "wanted_on", "campaign", "edition")
        super().__init__(data, initial={name: getattr(idea, name) for name in names})
        self.fields["campaign"] = campaign_field(frozenset({idea.unit_id}), now=idea.campaign_id)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "edition"}

"""Forms about the people and the end of an account, and about lists that are uploaded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.finding import person_field
from accounts.forms import CarryingForm, DateInput
from accounts.models import Administrator, OfficialAccount, User
from accounts.register_forms import EvidenceField
from accounts.seen import mark
from govsocial.web.forms import ReasonForm


class CloseForm(ReasonForm):
    closed_on = forms.DateField(
        label=_("Closed on"),
        required=False,
        widget=DateInput(),
        help_text=_("The day on which it was closed on the platform. Empty: today."),
    )
    field_order = ["closed_on", "reason"]


class AdministratorForm(forms.Form):
    user = person_field(
        label=_("Account administrator"),
        empty_label=_("Choose a person"),
        help_text=_("Somebody who can sign in to the account on its platform."),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DateInput())
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: until somebody ends it."),
    )
    decree = forms.CharField(
        label=_("Decree"),
        max_length=120,
        required=False,
        help_text=_("The decree (SK) that names this person: number and date."),
    )
    minutes = EvidenceField(
        label=_("Handover minutes"),
        help_text=_("The signed minutes (berita acara), PDF or picture, at most 10 MB."),
    )

    def __init__(
        self, *args: Any, user: User, official_account: OfficialAccount, **kw: Any
    ) -> None:
        kw.setdefault("initial", {"starts_on": official_account.unit.today})
        super().__init__(*args, **kw)
        people = selectors.people_to_choose_for(user)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]  # a FoundField

    def wanted(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["user_id"] = data.pop("user").pk
        return data


class AdministratorEndForm(CarryingForm, ReasonForm):
    ends_on = forms.DateField(label=_("Last day"), widget=DateInput())
    minutes = EvidenceField(
        label=_("Handover minutes"),
        help_text=_("The signed minutes (berita acara), PDF or picture, at most 10 MB."),
    )
    # A mark of the last day that the page showed.
    seen = forms.CharField(required=False, widget=forms.HiddenInput())
    field_order = ["ends_on", "minutes", "reason"]

    def __init__(self, *args: Any, administrator: Administrator, **kw: Any) -> None:
        today = administrator.official_account.unit.today
        kw.setdefault("initial", {"ends_on": administrator.ends_on or today})
        super().__init__(*args, **kw)
        self.carry(mark(administrator.ends_on))


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("List of accounts"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,text/csv"}),
        help_text=_("XLSX or CSV in UTF-8, at most 5 MB and 5,000 rows."),
    )

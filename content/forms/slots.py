"""Slots: those of an account, and planning for the next free one."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.finding import account_field, unit_of
from accounts.models import User
from content.models import Weekday
from content.selectors.posts import accounts_to_publish_on


class SlotsForm(forms.Form):
    """Slots of one account, at one time on several days."""

    official_account = account_field(label=gettext_lazy("Official account"), group_of=unit_of)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    at = forms.TimeField(
        label=gettext_lazy("Time"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S", "%H.%M"],
        help_text=gettext_lazy("In the time zone of the account's unit."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = accounts_to_publish_on(user, "accounts.manage")
        self.fields["official_account"].queryset = rows  # type: ignore[attr-defined]  # a FoundField

    def clean_at(self) -> time:
        at: time = self.cleaned_data["at"]
        return at.replace(second=0, microsecond=0)

    def wanted(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["official_account_id"] = data.pop("official_account").pk
        return data


class NextSlotForm(forms.Form):
    """The part of the composer that plans for a free slot instead of a time."""

    next_slot = forms.BooleanField(
        label=gettext_lazy("Plan it for the next free slot"),
        required=False,
        help_text=gettext_lazy(
            "A post has one time for all its accounts: the first time that is a slot of at "
            "least one chosen account and at which that account has nothing else planned."
        ),
    )
    # One form, one slot, however often it is sent.
    ticket = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)

    @property
    def wants_slot(self) -> bool:
        return bool(self.cleaned_data.get("next_slot"))

    @property
    def slot_ticket(self) -> UUID:
        ticket: UUID | None = self.cleaned_data.get("ticket")
        return ticket or uuid4()

    def clean_slot(self) -> None:
        """Refuse a slot beside a time that was typed, and without an account."""
        data = self.cleaned_data
        if not data.get("next_slot"):
            return
        if data.get("planned_at") and data["planned_at"] != self.initial.get("planned_at"):
            self.add_error("next_slot", _("Choose a time or the next free slot, not both."))
        if "accounts" in data and not data["accounts"]:
            self.add_error("next_slot", _("Choose the official accounts first."))

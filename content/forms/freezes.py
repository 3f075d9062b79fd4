"""What is asked when something is frozen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.finding import account_field, unit_of
from accounts.models import Unit, User
from accounts.selectors import units_visible_to
from content.models import Freeze
from content.selectors.posts import accounts_to_publish_on
from govsocial.web.forms import MomentField, ReasonForm


class FreezeForm(ReasonForm):
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        label=gettext_lazy("Unit"),
        empty_label=gettext_lazy("Choose a unit"),
        error_messages={"required": gettext_lazy("Choose a unit.")},
        help_text=gettext_lazy("With everything below it, unless you choose one account."),
    )
    official_account = account_field(
        label=gettext_lazy("Only one account of it"),
        required=False,
        empty_label=gettext_lazy("All accounts of the unit and below it"),
        group_of=unit_of,
    )
    # None is preset: in a hurry it would be kept as it stands, and the record would say it.
    kind = forms.ChoiceField(
        label=gettext_lazy("Occasion"),
        choices=[("", gettext_lazy("Choose the occasion")), *Freeze.Kind.choices],
        error_messages={"required": gettext_lazy("Choose the occasion.")},
    )
    spares_emergencies = forms.BooleanField(
        label=gettext_lazy("Emergency notices still go out"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Evacuation, disaster, danger: approved as an emergency."),
    )
    expected_until = MomentField(
        label=gettext_lazy("Expected until"),
        required=False,
        help_text=gettext_lazy("For people to know. The freeze ends only when a person lifts it."),
    )
    field_order = (
        "unit",
        "official_account",
        "kind",
        "reason",
        "spares_emergencies",
        "expected_until",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_visible_to(user, "content.freeze")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a model choice field
        if len(units[:2]) == 1:
            # There is nothing to choose: it stands there.
            self.fields["unit"].empty_label = None  # type: ignore[attr-defined]  # a model choice field
        accounts = accounts_to_publish_on(user, "content.freeze")
        self.fields["official_account"].queryset = accounts  # type: ignore[attr-defined]  # a found field

    def clean_expected_until(self) -> datetime | None:
        until: datetime | None = self.cleaned_data["expected_until"]
        if until is None:
            return None
        if until <= timezone.now():
            raise forms.ValidationError(_("Choose a time that is still to come."))
        if until.year >= 2200:
            raise forms.ValidationError(_("Choose a date before the year 2200."))
        return until

    def clean(self) -> None:
        unit, account = self.cleaned_data.get("unit"), self.cleaned_data.get("official_account")
        if unit and account and account.unit_id != unit.pk:
            words = _("This account belongs to %(unit)s. Choose that unit, or another account.")
            self.add_error("official_account", words % {"unit": account.unit})

    def wanted(self) -> dict[str, Any]:
        """What ``begin_freeze`` takes, of a valid form."""
        data = self.cleaned_data
        account = data["official_account"]
        return {
            "unit_id": data["unit"].pk,
            "official_account_id": account.pk if account else None,
            "kind": data["kind"],
            "reason": data["reason"],
            "spares_emergencies": data["spares_emergencies"],
            "expected_until": data["expected_until"],
        }

"""What is asked of whoever keeps a text of the message bank."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput
from accounts.models import Unit, User
from accounts.selectors import units_visible_to
from content.actions.bank_texts import LONGEST, Wording
from content.forms.facets import FacetForm
from content.models import BankText


class BankTextForm(FacetForm):
    """``replaced``: the text whose place it takes, whose unit and kind stay."""

    keeps_files = False
    images = None  # type: ignore[assignment]  # Django leaves out what is None

    field_order = ("unit", "kind", "title", "purpose", "text", "valid_from", "valid_until")

    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        label=_("Unit"),
        empty_label=_("Choose a unit"),
        help_text=_("It is offered for posts of this unit and of all below it."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=BankText.Kind.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "A template is what a post begins with. A narrative is put into posts as it is, so "
            "that the agency speaks with one voice."
        ),
    )
    title = forms.CharField(label=_("Title"), max_length=LONGEST["title"])
    purpose = forms.CharField(
        label=_("What it is for"),
        max_length=LONGEST["purpose"],
        help_text=_("When to use it, in one sentence."),
    )
    text = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=LONGEST["text"],
        help_text=_("Put what is to be filled in between braces, for example {tanggal}."),
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DateInput())
    valid_until = forms.DateField(  # type: ignore[assignment]  # a day, not a moment
        label=_("Valid until"),
        widget=DateInput(),
        required=False,
        help_text=_("The last day. Leave it empty if no end is known."),
    )

    def __init__(
        self, data: Any = None, *, user: User, replaced: BankText | None = None, **more: Any
    ) -> None:
        initial: dict[str, Any] = {"valid_from": timezone.localdate()}
        if replaced is not None:
            initial |= {name: getattr(replaced, name) for name in LONGEST}
            initial |= {"valid_until": replaced.valid_until}
            initial |= self.facets_initial(replaced.suggested())
        super().__init__(data, initial=initial, **more)
        if replaced is not None:
            del self.fields["unit"], self.fields["kind"]
        else:
            units = units_visible_to(user, "content.bank")
            self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a model choice field

    def clean(self) -> None:
        self.clean_facets()

    def wording(self) -> Wording:
        data = self.cleaned_data
        return Wording(
            **{name: data[name] for name in LONGEST},
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            facets=self.facets(),
        )

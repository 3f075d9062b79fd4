"""Lists that findings go by, as administrators keep them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput
from accounts.models import Unit, User
from accounts.selectors import units_visible_to
from content.actions.elections import LONGEST_WORD
from content.models.contact import ContactKind

# Where a list may begin; which words it has is the agency's to say.
COMMON_WORDS = (
    "calon presiden", "calon gubernur", "calon bupati", "calon wali kota", "calon legislatif",
    "capres", "cawapres", "caleg", "cagub", "cabup", "cawalkot", "paslon", "pasangan calon",
    "nomor urut", "tim sukses", "coblos", "partai", "kampanye", "dukung", "pilih nomor",
)  # fmt: skip


class _OfUnit(forms.Form):
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        label=_("Unit"),
        empty_label=_("Choose a unit"),
        help_text=_("It holds for posts of this unit and of all below it."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_visible_to(user, "accounts.manage")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a model choice field


class KnownContactForm(_OfUnit):
    kind = forms.ChoiceField(label=_("Kind"), choices=ContactKind.choices)
    value = forms.CharField(
        label=_("Contact"),
        max_length=200,
        help_text=_("Only what the agency itself answers for: no number of a person."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        error_messages={"required": _("Give a reason.")},
        help_text=_("What it is and who answers there. It goes into the trail."),
    )


class ElectionWindowForm(_OfUnit):
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("For example: Local elections 2029.")
    )
    starts_on = forms.DateField(label=_("First day"), widget=DateInput())
    ends_on = forms.DateField(label=_("Last day"), widget=DateInput())
    citation = forms.CharField(
        label=_("Legal basis"),
        max_length=300,
        help_text=_("The rule that these days come from, with its article."),
    )
    words = forms.CharField(
        label=_("Words"),
        widget=forms.Textarea(attrs={"rows": 8}),
        initial="\n".join(COMMON_WORDS),
        max_length=20_000,
        help_text=_("One word or short phrase on each line, names of candidates among them."),
    )

    def clean_words(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()]
        if any(len(line) > LONGEST_WORD for line in lines):
            raise forms.ValidationError(
                _("A line has at most %(most)s characters.") % {"most": LONGEST_WORD}
            )
        return lines

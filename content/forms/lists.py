"""Forms around lists: words to search for, a name for a view, a unit for a copy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.selectors import units_visible_to
from content.models import SavedList
from content.models.saved_view import LONGEST_NAME
from content.saved_views import cleaned
from govsocial.web.finding import LONGEST
from govsocial.web.forms import LongSelect
from govsocial.web.hidden_signs import readable


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Search everything"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": LONGEST}),
    )
    # A kind that is not known is no kind: the page of all of them helps more than a refusal.
    kind = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class RenameViewForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the view"),
        max_length=LONGEST_NAME,
        help_text=_("Only you see it."),
    )
    is_default = forms.BooleanField(
        label=_("Open the list with this view"),
        required=False,
        help_text=_("Another view that the list opens with no longer does."),
    )

    def clean_name(self) -> str:
        """What can be read of it."""
        name = readable(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        return name


class SaveViewForm(RenameViewForm):
    place = forms.ChoiceField(choices=SavedList.choices, widget=forms.HiddenInput)
    query = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("place"):
            found["query"] = cleaned(found["place"], found.get("query") or "")
        return found


class DuplicateForm(forms.Form):
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        label=_("Unit of the new draft"),
        empty_label=_("Choose a unit"),
        widget=LongSelect,
        help_text=_("A unit for which you write posts."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_visible_to(user, "content.draft")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a model choice field

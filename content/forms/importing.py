"""The upload of a list of drafts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.selectors import units_visible_to


class DraftImportForm(forms.Form):
    keeps_files = False

    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        label=_("Unit"),
        empty_label=_("Choose a unit"),
        error_messages={"required": _("Choose a unit.")},
        help_text=_("All drafts become posts of this unit, and times are in its zone."),
    )
    file = forms.FileField(
        label=_("List of drafts"),
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,text/csv"}),
        help_text=_("XLSX or CSV in UTF-8, at most 5 MB and 200 rows."),
    )

    def __init__(self, *args: Any, user: User) -> None:
        super().__init__(*args)
        units = units_visible_to(user, "content.draft")
        few = list(units[:2])
        self.initial = {"unit": few[0]} if len(few) == 1 else {}
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a model choice field

"""What is asked of a person who looked after a withdrawn post on its platform."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.models import Withdrawal
from govsocial.web.forms import NOT_DONE
from govsocial.web.hidden_signs import readable


class WithdrawalForm(forms.Form):
    refused = NOT_DONE

    outcome = forms.ChoiceField(
        label=gettext_lazy("What do you see there?"),
        choices=[
            (Withdrawal.Outcome.BY_HAND, gettext_lazy("It is gone: I deleted it, or it was gone")),
            (Withdrawal.Outcome.STAYS, gettext_lazy("It is still there and stays there")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what you see there.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed if it stays: say why, and what is done about it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].short_label = _("What you see")  # type: ignore[attr-defined]  # for form_errors.html

    def clean_note(self) -> str:
        return readable(self.cleaned_data["note"])

    def clean(self) -> None:
        stays = self.cleaned_data.get("outcome") == Withdrawal.Outcome.STAYS
        if stays and not self.cleaned_data.get("note"):
            self.add_error("note", _("Say why it stays there."))

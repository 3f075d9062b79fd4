"""What is asked of a person who looked after a withdrawn post on its platform."""

from __future__ import annotations

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
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Needed if it stays: say why, and what is done about it."),
    )

    def clean_note(self) -> str:
        return readable(self.cleaned_data["note"])

    def clean(self) -> None:
        stays = self.cleaned_data.get("outcome") == Withdrawal.Outcome.STAYS
        if stays and not self.cleaned_data.get("note"):
            self.add_error("note", _("Say why it stays there."))

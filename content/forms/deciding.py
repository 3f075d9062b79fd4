"""What a person decides about a post or a publication, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.findings import Finding
from govsocial.web.forms import NOT_DECIDED, ReasonForm


class DecisionForm(forms.Form):
    refused = NOT_DECIDED
    # Whatever is missing looks the same, also where the note is all that is asked.
    is_summed = True

    note = forms.CharField(
        label=gettext_lazy("Note for the drafter"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )
    digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].mark = _("needed unless you approve")  # type: ignore[attr-defined]  # for field.html

    def ask_why(self, found: Collection[Finding] | None) -> None:
        """Whoever approves says of what was found since the submission why it may stand."""
        if found and all(one.may_stand for one in found):
            self.fields["note"].mark = _("needed: something was found without a reason")  # type: ignore[attr-defined]  # for field.html


class ApprovalForm(DecisionForm):
    """``confirmed`` is the version of the ethics statements that stood beside the tick."""

    confirmed = forms.IntegerField(
        label=gettext_lazy("Ethics statements"), required=False, min_value=1, max_value=32767
    )


class CompareForm(forms.Form):
    """Two versions of a post by their numbers; ``FIRST`` is the post that it follows."""

    FIRST = "first"

    before = forms.ChoiceField(label=gettext_lazy("Compare"))
    after = forms.ChoiceField(label=gettext_lazy("with"))

    def __init__(self, *args: Any, numbers: Sequence[int], follows: str, **kwargs: Any) -> None:
        """``numbers`` are those of all versions; ``follows`` names the post it follows, if any."""
        super().__init__(*args, **kwargs)
        each = [(str(one), _("version %(number)s") % {"number": one}) for one in numbers]
        first = [(self.FIRST, follows)] if follows else []
        for name, choices in (("before", [*first, *each]), ("after", each)):
            field = self.fields[name]
            field.choices = choices  # type: ignore[attr-defined]  # it is a ChoiceField


class SettleForm(ReasonForm):
    is_live = forms.TypedChoiceField(
        label=gettext_lazy("Is the post on the platform?"),
        choices=[
            ("yes", gettext_lazy("Yes, I see it there")),
            ("no", gettext_lazy("No, send it again")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    permalink = forms.URLField(
        label=gettext_lazy("Address of the post"),
        required=False,
        assume_scheme="https",
        max_length=500,
        validators=[URLValidator(schemes=["https", "http"])],
    )

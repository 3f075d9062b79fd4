"""Forms of comments and of the choice of notifications."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.models import NoticeKind, Way
from content.models.comment import LONGEST_COMMENT, LONGEST_QUOTE
from content.notices import NOTICES

MOST_PICKED = 50


class ReplyForm(forms.Form):
    """What is said in a thread, and who was picked to be mentioned."""

    refused = gettext_lazy("Nothing has been sent yet. Please correct this first:")

    text = forms.CharField(
        label=gettext_lazy("Comment"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_COMMENT,
        help_text=gettext_lazy("“@” and a full name mention somebody who may see this post."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, **more: Any) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()}, **more)

    @property
    def picked(self) -> list[int]:
        """The ids of people who were ticked; what is none is left out."""
        if not isinstance(self.data, QueryDict):
            return []
        typed = self.data.getlist("picked")[:MOST_PICKED]
        return [int(one) for one in typed if one.isascii() and one.isdecimal() and len(one) < 19]

    @property
    def find(self) -> str:
        return str(self.data.get("find", ""))[:100]


class ThreadForm(ReplyForm):
    """The first comment of a thread: about what, and which words of it."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    place = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    quote = forms.CharField(
        label=gettext_lazy("Quoted words"),
        required=False,
        max_length=LONGEST_QUOTE,
        help_text=gettext_lazy("Copy them from the post. The comment says whether they change."),
    )
    field_order = ["text", "place", "quote", "number", "key"]

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        places: Sequence[tuple[str, str]] = (),
        number: int = 0,
        **more: Any,
    ) -> None:
        super().__init__(data, **more)
        self.initial["number"] = number
        self.fields["place"].choices = list(places)  # type: ignore[attr-defined]  # a choice field


# What is a duty comes in its one way.
CHOOSABLE = [kind for kind in NoticeKind if not NOTICES[kind].is_fixed]


class WaysForm(forms.Form):
    """By which way each kind comes."""

    def __init__(self, data: QueryDict | None = None, *, chosen: dict[str, str]) -> None:
        super().__init__(data)
        for kind in CHOOSABLE:
            self.fields[kind] = forms.ChoiceField(
                label=kind.label,
                choices=[(str(way), way.label) for way in Way],
                initial=chosen.get(kind, NOTICES[kind].way),
                error_messages={"invalid_choice": _("Choose one of the ways.")},
            )

    def ways(self) -> dict[NoticeKind, Way]:
        return {kind: Way(self.cleaned_data[kind]) for kind in CHOOSABLE}

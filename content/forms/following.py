"""The part of the composer for what follows a post: a thread, a first comment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from content.documents import Document
from content.forms.declared import DeclaredForm
from govsocial.platforms.limits import LONGEST_THREAD

LONGEST_PART = 10_000
_NAME = re.compile(r"thread_(\d{1,2})\Z")


class FollowingForm(DeclaredForm):
    """Texts that are sent after the post itself, each as an answer to the one before."""

    first_comment = forms.CharField(
        label=_("First comment"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_PART,
        required=False,
        strip=False,
        help_text=_(
            "The account puts it under its own post on Facebook, Instagram and YouTube, for "
            "example a list of hashtags or a link."
        ),
    )

    def add_thread(self) -> None:
        """As many fields as were sent or saved, and an empty one as long as there is room."""
        names = self.data if self.is_bound else self.initial
        places = [int(found[1]) for name in names if (found := _NAME.fullmatch(str(name)))]
        count = max([*(one + 1 for one in places), 0])
        if not self.is_bound or "look" in self.data or not count:
            count += 1
        for place in range(min(count, LONGEST_THREAD)):
            self.fields[f"thread_{place}"] = forms.CharField(
                label=self.part_words % {"number": place + 2},
                widget=forms.Textarea(attrs={"rows": 3}),
                max_length=LONGEST_PART,
                required=False,
                strip=False,
            )

    def thread_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if _NAME.fullmatch(name)]

    @property
    def may_grow(self) -> bool:
        """Whether a thread takes another part than those that are shown."""
        return len(self.thread_fields()) < LONGEST_THREAD

    @property
    def part_words(self) -> str:
        """The label of a part, for a script to count on."""
        return gettext("Part %(number)s of the thread")

    @property
    def most_parts(self) -> int:
        return LONGEST_THREAD

    def thread(self) -> tuple[str, ...]:
        """The parts that say something, in their order."""
        said = [self.cleaned_data.get(one.name) or "" for one in self.thread_fields()]
        texts = [one.replace("\r\n", "\n").rstrip() for one in said]
        return tuple(one for one in texts if one.strip())

    def comment(self) -> str:
        said: str = self.cleaned_data.get("first_comment") or ""
        return said.replace("\r\n", "\n").rstrip()

    def following_initial(self, content: Document) -> dict[str, Any]:
        parts: Sequence[str] = content.thread
        said = {f"thread_{place}": words for place, words in enumerate(parts)}
        return {**said, "first_comment": content.first_comment}

"""Why nobody may decide on a post now, and what helps: told to whoever has its page open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

Taken = Sequence[dict[str, Any]]
"""What a post took over from the message bank (``selectors.with_what_it_took``)."""


def told_of_stuck(number: int, taken: Taken, *, may_take_back: bool) -> str:
    """``number`` is the stage that nobody may decide."""
    if number > 1 and may_take_back:
        return _(
            "Each stage needs a different person. Take it back, submit it again and let somebody "
            "else decide the stage before, or ask your administrator for a role for another person."
        )
    if number > 1:
        return _(
            "Each stage needs a different person. Whoever writes it can take it back and submit it "
            "again, or an administrator gives another person a role."
        )
    narratives = [one for one in taken if one["kind"] == "narrative"]
    told = [
        _("It uses the narrative “%(title)s”, which %(writer)s wrote and so does not decide on.")
        % one
        for one in narratives
    ]
    told.append(_("Ask your administrator for a role for a person who wrote none of it."))
    if narratives:
        told.append(
            _("A role that is held on behalf of %(writer)s does not count for it.") % narratives[0]
        )
    else:
        told.append(_("A role that is held on behalf of who wrote it does not count for it."))
    return " ".join(told)


def named(taken: Taken, kind: str, writer_id: int) -> str:
    """The titles of what this person wrote of that kind; "" where there is none."""
    titles = [one["title"] for one in taken if (one["kind"], one["writer_id"]) == (kind, writer_id)]
    return ", ".join(f"“{title}”" for title in titles)

"""Nobody puts their name to a checklist that says something else than what they were shown."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.errors import AccountError
from accounts.models import Handover, HandoverItem
from accounts.seen import mark_of_item


def says_now(item: HandoverItem) -> str:
    """What an item says by now, and who said it; nobody did what stands there from the start."""
    told = " · ".join(filter(None, [item.get_state_display(), item.holder, item.note]))
    return f"{told} ({item.checked_by})" if item.checked_by else told


def refuse_unseen(handover: Handover, seen: Mapping[str, str] | None) -> None:
    """Raise ``AccountError`` that tells what is not as it was shown. The handover is locked.

    ``seen`` holds the mark of each item (``seen.marks_of_checklist``); None asks for nothing.
    """
    if seen is None:
        return
    changed = [
        _("“%(item)s”: %(now)s") % {"item": item.words, "now": says_now(item)}
        for item in handover.items.select_related("checked_by")
        if seen.get(item.key) != mark_of_item(item)
    ]
    if changed:
        raise AccountError(
            _(
                "The checklist has changed since you opened this page. It says now: %(items)s. "
                "Nothing is done yet: read it, then do this again."
            )
            % {"items": "; ".join(changed)},
            field="seen",
        )

"""What is gone through when an account changes hands. Versioned: an old handover keeps its list.

Why each item: accounts were lost through a phone sold while signed in, a number or an e-mail tied
to a person, and access that nobody took away (risk R19).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    OUTGOING = "outgoing", _("Hands over")
    INCOMING = "incoming", _("Takes over")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """``side`` settles it before signing; the manager may settle any."""

    key: str
    side: Side
    words: str | Promise


_OUT, _IN = Side.OUTGOING, Side.INCOMING
CHECKLISTS: dict[int, tuple[Item, ...]] = {
    1: (
        Item(key="recovery_email", side=_OUT, words=_("Recovery e-mail handed over")),
        Item(key="recovery_phone", side=_OUT, words=_("Recovery phone or SIM card handed over")),
        Item(key="documents", side=_OUT, words=_("Documents and templates handed over")),
        Item(key="open_work", side=_OUT, words=_("Open posts and cases told")),
        Item(key="devices", side=_OUT, words=_("Own devices signed out and cleaned")),
        Item(key="password", side=_IN, words=_("Password changed after the handover")),
        Item(key="sessions", side=_IN, words=_("Other active sessions on the platform ended")),
        Item(key="two_step", side=_IN, words=_("Two-step sign-in moved to the new holder")),
        Item(
            key="access",
            side=_IN,
            words=_("Access of the old administrator removed on the platform"),
        ),
    ),
}
NEWEST = max(CHECKLISTS)


def item_of(version: int, key: str) -> Item:
    return next(item for item in CHECKLISTS[version] if item.key == key)

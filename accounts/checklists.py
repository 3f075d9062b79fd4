"""What is gone through when an account changes hands. Versioned: an old handover keeps its list.

Why each item: accounts were lost through a phone sold while signed in, a number or an e-mail tied
to a person, and access that nobody took away (risk R19).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from govsocial.audit.events import phrases


class Side(models.TextChoices):
    OUTGOING = "outgoing", _("Hands over")
    INCOMING = "incoming", _("Takes over")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """``side`` settles it before signing, or a manager who takes no part in the handover.

    ``words`` is a message id.

    ``holds`` names the field of the official account that tells who has it: whoever says that it
    is done says who has it now, and the account is told when the handover is completed.
    """

    key: str
    side: Side
    words: str
    holds: str = ""

    @property
    def label(self) -> str:
        return gettext(self.words)


_OUT, _IN = Side.OUTGOING, Side.INCOMING
_FIRST = (
    Item(key="recovery_email", side=_OUT, words=gettext_noop("Recovery e-mail handed over")),
    Item(
        key="recovery_phone",
        side=_OUT,
        words=gettext_noop("Recovery phone or SIM card handed over"),
    ),
    Item(key="documents", side=_OUT, words=gettext_noop("Documents and templates handed over")),
    Item(
        key="open_work",
        side=_OUT,
        words=gettext_noop("Unfinished posts and open cases explained to the receiver"),
    ),
    Item(key="devices", side=_OUT, words=gettext_noop("Own devices signed out and cleaned")),
    Item(key="password", side=_IN, words=gettext_noop("Password changed after the handover")),
    Item(
        key="sessions", side=_IN, words=gettext_noop("Other active sessions on the platform ended")
    ),
    Item(key="two_step", side=_IN, words=gettext_noop("Two-step sign-in moved to the new holder")),
    Item(
        key="access",
        side=_IN,
        words=gettext_noop("Access of the old administrator removed on the platform"),
    ),
)
_SECOND = {
    "recovery_email": Item(
        key="recovery_email",
        side=_OUT,
        words=gettext_noop("Recovery e-mail handed over"),
        holds="recovery_email_holder",
    ),
    "recovery_phone": Item(
        key="recovery_phone",
        side=_OUT,
        words=gettext_noop("Recovery phone or SIM card handed over"),
        holds="recovery_phone_holder",
    ),
    # It is ticked before the receiver signs, so not "after the handover".
    "password": Item(
        key="password", side=_IN, words=gettext_noop("Password changed by the receiver")
    ),
}
CHECKLISTS: dict[int, tuple[Item, ...]] = {
    1: _FIRST,
    2: tuple(_SECOND.get(item.key, item) for item in _FIRST),
}
NEWEST = max(CHECKLISTS)
# The trail keeps them as message ids, for readers of either language.
phrases(*(item.words for items in CHECKLISTS.values() for item in items))
# What an item was called before, as the trail keeps it.
phrases(gettext_noop("Open posts and cases told"))


def item_of(version: int, key: str) -> Item:
    return next(item for item in CHECKLISTS[version] if item.key == key)

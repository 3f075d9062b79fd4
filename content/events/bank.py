"""What the message bank writes to the trail. Its texts stay in their rows, which never change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from content.models.bank_text import BankKind
from govsocial.audit.events import event

_KINDS = dict(BankKind.choices)

BANK_TEXT_ADDED = event(
    "content.bank_text.added",
    "kind",
    "unit",
    "valid_from",
    "valid_until",
    label=_("Text added to the message bank"),
    sentence=_("%(actor)s added %(target)s (%(kind)s) to the message bank of %(unit)s."),
    words={"kind": _KINDS},
)
BANK_TEXT_REPLACED = event(
    "content.bank_text.replaced",
    "kind",
    "before",
    "valid_from",
    "valid_until",
    label=_("Text of the message bank replaced"),
    sentence=_("%(actor)s put %(target)s (%(kind)s) in the place of %(before)s."),
    words={"kind": _KINDS},
)
BANK_TEXT_WITHDRAWN = event(
    "content.bank_text.withdrawn",
    "kind",
    "reason",
    label=_("Text of the message bank withdrawn"),
    sentence=_("%(actor)s withdrew %(target)s (%(kind)s) from the message bank: %(reason)s"),
    words={"kind": _KINDS},
)

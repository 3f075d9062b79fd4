"""What is told of a freeze as it begins and as it is lifted."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.models import Freeze
from content.selectors import freezes as selectors_freezes


def after_begin(freeze: Freeze) -> str:
    stopped, in_hands = selectors_freezes.stopped_by(freeze)
    told = ngettext(
        "Frozen. %(number)s publication was stopped.",
        "Frozen. %(number)s publications were stopped.",
        stopped,
    ) % {"number": stopped}
    if not in_hands:
        return told
    besides = ngettext(
        "%(number)s is in a person's hands: ask them not to post it.",
        "%(number)s are in people's hands: ask them not to post them.",
        in_hands,
    ) % {"number": in_hands}
    return f"{told} {besides}"


def lift_page(freeze: Freeze) -> dict[str, Any]:
    holding, holding_part = selectors_freezes.freezes_beside(freeze)
    return {"freeze": freeze, "holding": holding, "holding_part": holding_part}


def after_lift(freeze: Freeze) -> str:
    """What goes on holding it is told again: whoever lifted it may await that something goes."""
    of_all, of_part = selectors_freezes.freezes_beside(freeze)
    told = [_("The freeze is lifted. Nothing goes out by itself.")]
    told += [
        _("The freeze of %(freeze)s is still on and holds it here.") % {"freeze": one.named}
        for one in of_all
    ]
    told += [
        _("The freeze of %(freeze)s is still on and holds part of it.") % {"freeze": one.named}
        for one in of_part
    ]
    return " ".join(told)

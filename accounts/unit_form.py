"""The form of a unit that is there, also over what somebody else has written meanwhile."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts import seen
from accounts.errors import AccountChanged
from accounts.forms import UnitForm
from accounts.forms_seen import SeenForm, over
from accounts.kept_values import unit_in_words, values_of_unit
from accounts.models import Unit


class UnitEditForm(SeenForm, UnitForm):
    def __init__(self, *args: Any, unit: Unit, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.initial.update(values_of_unit(unit), seen=seen.carried(seen.marks_of_unit(unit)))


def form_over(sent: QueryDict, refusal: AccountChanged, unit: Unit) -> UnitEditForm:
    """The form once more, over what somebody else has written into ``unit`` meanwhile."""
    now = values_of_unit(unit)
    return over(
        lambda data: UnitEditForm(data, unit=unit),
        sent,
        refusal,
        marks=seen.marks_of_unit(unit),
        now=now,
        words=lambda name: unit_in_words(name, now[name]) or _("not given"),
    )

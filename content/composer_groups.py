"""What the composer folds away: which parts, what they say while they are closed, and when they are
open by themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.checklist import LISTS
from content.facets import Audience, ContentClass, Function, Sensitivity, Stage, names_of
from content.forms.links import LinkForm, label_of
from govsocial.web.templatetags.formats import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    told: str
    is_open: bool


FIELDS: Mapping[str, Sequence[str]] = {
    "film": ("film", "film_alt"),
    "following": ("first_comment",),
    "link": ("link", "headline"),
    "time": ("planned_at", "next_slot", "campaign", "language"),
    "facets": (
        "primary_class", "other_classes", "function", "stage", "audiences", "sensitivity",
        "valid_until",
    ),
    "checklist": (
        "source", "data_date", "secrecy", "excluded", "personal", "personal_basis",
        "confirm_ethics", "confirm_conduct", "doubts", "doubt",
    ),
}  # fmt: skip


def groups_of(form: LinkForm, asked: Collection[str]) -> dict[str, Group]:
    """``asked`` are fields that somebody is sent to: their part is open, as one with a mistake. So
    is what follows the post, where something does: it is read with it."""
    return {
        key: Group(
            told=_TOLD[key](form),
            is_open=any(name in asked or form[name].errors for name in _names(form, key))
            or (key == "following" and any(_is_filled(form, name) for name in _names(form, key))),
        )
        for key in FIELDS
    }


def _is_filled(form: LinkForm, name: str) -> bool:
    return bool(str(form[name].value() or "").strip())


def _film(form: LinkForm) -> str:
    film = form.chosen_film()
    return label_of(film) if film else _("No video")


def _names(form: LinkForm, key: str) -> list[str]:
    parts = [one.name for one in form.thread_fields()] if key == "following" else []
    return [*FIELDS[key], *parts]


def _following(form: LinkForm) -> str:
    parts = sum(_is_filled(form, one.name) for one in form.thread_fields())
    said = []
    if parts:
        told = ngettext(
            "A thread of %(number)s more part", "A thread of %(number)s more parts", parts
        )
        said.append(told % {"number": parts})
    if _is_filled(form, "first_comment"):
        said.append(_("A first comment"))
    return " · ".join(said) or _("None")


def _link(form: LinkForm) -> str:
    said = [str(form[name].value() or "") for name in ("headline", "link")]
    return " · ".join(one for one in said if one) or _("None")


def _time(form: LinkForm) -> str:
    planned: Any = _moment_typed(form["planned_at"].value())
    if isinstance(planned, datetime):
        # A form shows a time of its own without its zone, as people type it.
        zone = form.fields["planned_at"].zone()  # type: ignore[attr-defined]  # a MomentField
        is_bare = timezone.is_naive(planned)
        planned = moment(timezone.make_aware(planned, zone) if is_bare else planned, zone)
    else:
        planned = str(planned or "").replace("T", " ")
    at = str(planned) if planned else _("As soon as it is approved")
    if form["next_slot"].value():
        at = _("The next free slot")
    languages = dict(form.fields["language"].choices)  # type: ignore[attr-defined]  # a choice field
    return " · ".join([at, str(languages.get(form["language"].value(), ""))])


def _moment_typed(value: Any) -> Any:
    """As a moment what was sent with a form as one; what is none stays as it was typed."""
    try:
        return parse_datetime(value) or value if isinstance(value, str) else value
    except ValueError:
        return value


def _facets(form: LinkForm) -> str:
    kinds: Mapping[str, type[TextChoices]] = {
        "primary_class": ContentClass, "function": Function, "stage": Stage,
        "audiences": Audience, "sensitivity": Sensitivity,
    }  # fmt: skip
    said = []
    for name, kind in kinds.items():
        value: Any = form[name].value() or ()
        values = [value] if isinstance(value, str) else list(value)
        if values and values != [Sensitivity.ORDINARY]:
            said.append(names_of(kind, values))
    return " · ".join(said) or _("Not chosen yet")


def _checklist(form: LinkForm) -> str:
    names = [*(f"confirm_{one.key}" for one in LISTS), "secrecy", "excluded", "personal"]
    answered = sum(bool(form[name].value()) for name in names)
    return _("%(answered)s of %(all)s answered") % {"answered": answered, "all": len(names)}


_TOLD: Mapping[str, Callable[[LinkForm], str]] = {
    "film": _film,
    "following": _following,
    "link": _link,
    "time": _time,
    "facets": _facets,
    "checklist": _checklist,
}

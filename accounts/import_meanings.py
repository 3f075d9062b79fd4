"""What the rows of an upload stand for: names may move between its preview and its confirmation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import seen
from accounts.finding import person_named
from accounts.importing import Row
from accounts.models import Unit, User

Kept = dict[str, Any]


def mark_of(kept: Iterable[Kept]) -> str:
    """Marks a preview: which rows it has as good, and what they stand for."""
    return seen.mark([[one["n"], _meant(one, {})] for one in kept if not one["errors"]])


def is_as_shown(kept: Iterable[Kept], rows: Iterable[Row]) -> bool:
    """Whether the same rows are good as in the preview, and for the same units and people."""
    return all(
        (not one["errors"]) == row.is_good and _meant(one, row.meant) == row.meant
        for one, row in zip(kept, rows, strict=True)
    )


def tell_others(kept: Sequence[Kept], before: Iterable[Kept]) -> None:
    """Warn in ``kept`` of each cell that stands for another unit or other people than ``before``.

    At most two queries, and none where nothing else is meant.
    """
    others = [
        (one, key)
        for one, earlier in zip(kept, before, strict=True)
        for key, meant in _meant(earlier, {}).items()
        if one["meant"].get(key, meant) != meant
    ]
    units = Unit.objects.in_bulk(_ids(others, of_units=True))
    people = User.objects.in_bulk(_ids(others, of_units=False))
    for one, key in others:
        one["means_other"] = True
        if key == "unit":
            names = ", ".join(units[pk].name for pk in one["meant"][key])
        else:
            names = ", ".join(person_named(people[pk]) for pk in one["meant"][key])
        _warn(one, key, names)


def mean_other(kept: Iterable[Kept]) -> int:
    """How many rows of a preview stand for something else than in the one before."""
    return sum(one.get("means_other", False) for one in kept)


def _meant(kept: Kept, unknown: Mapping[str, list[int]]) -> Mapping[str, list[int]]:
    """``unknown`` for an upload from before an update of the application, which kept none."""
    meant: Mapping[str, list[int]] = kept.get("meant", unknown)
    return meant


def _ids(others: Iterable[tuple[Kept, str]], *, of_units: bool) -> set[int]:
    return {pk for one, key in others if (key == "unit") == of_units for pk in one["meant"][key]}


def _warn(one: Kept, key: str, names: str) -> None:
    """In every language, as all that is kept of a row is told in each."""
    for code, _name in settings.LANGUAGES:
        if code != one["language"]:
            # A good row: there are warnings at most.
            copy = {found: list(told) for found, told in one["warnings"].items()}
            one["others"].setdefault(code, {"errors": {}, "warnings": copy})
    for code, told in [(one["language"], one), *one["others"].items()]:
        with translation.override(code):
            message = (
                _("Since you looked, this stands for another unit: %(names)s.")
                if key == "unit"
                else _("Since you looked, this stands for somebody else: %(names)s.")
            )
            told["warnings"].setdefault(key, []).append(message % {"names": names})

"""Sorting by what a coded column means to people instead of by its code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.contrib.postgres.fields import ArrayField
from django.db.models import Choices, F, Func, IntegerField, TextField, Value
from django.db.models.functions import Cast

Order = Callable[[], Func]
# What an address may sort by: the column of each, or the order of a coded one.
Sorts = Mapping[str, str | Order]


def in_course(column: str, choices: type[Choices]) -> Order:
    """In the order in which ``choices`` declares them: the course of a status."""
    return lambda: _place(column, choices.values)


def by_label(column: str, choices: type[Choices]) -> Order:
    """By the words that the reader sees, in the reader's language."""
    return lambda: _place(
        column, [value for value, label in sorted(choices.choices, key=lambda one: _said(one[1]))]
    )


def _said(label: object) -> str:
    return str(label).casefold()


def _place(column: str, values: Sequence[str]) -> Func:
    """The place of the column's value in ``values``; NULL, and so last, for one not among them."""
    return Func(
        Value(list(values), ArrayField(TextField())),
        Cast(F(column), TextField()),
        function="array_position",
        output_field=IntegerField(),
    )

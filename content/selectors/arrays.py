"""Arrays of ids in queries."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Func


class IsIn(Func):
    """Whether the first is among the second, an array."""

    arity = 2
    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


def array_of(*ids: Any) -> Func:
    """The ids that these expressions have."""
    field = ArrayField(BigIntegerField())
    return Func(*ids, template="ARRAY[%(expressions)s]", output_field=field)

"""Nobody is named on an account who has no role on its unit: the question, and what it missed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.errors import AccountError, lacks_role
from accounts.models import User


def outsider(person: User, field: str) -> AccountError:
    return AccountError(
        _("%(person)s has no role on this unit, or is deactivated.") % {"person": person},
        field=field,
    )


def refuse_outsider(person: User, unit_id: int, *, field: str) -> None:
    if not person.may("accounts.view", unit_id):
        raise outsider(person, field)


@contextmanager
def no_outsider(person: User, *, field: str) -> Iterator[None]:
    """Around what writes a person's name down: a role that ends after ``refuse_outsider`` asked is
    refused by the database, and told like any other."""
    try:
        yield
    except IntegrityError as exc:
        if not lacks_role(exc):
            raise
        raise outsider(person, field) from exc

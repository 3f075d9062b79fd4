"""Nobody is named on an account who has no role on its unit: the question, and what it missed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.errors import AccountError, lacks_role
from accounts.models import OfficialAccount, Unit, User


def outsider(person: User, field: str) -> AccountError:
    return AccountError(
        _("%(person)s has no role on this unit, or is deactivated.") % {"person": person},
        field=field,
    )


def refuse_outsider(person: User, unit_id: int, *, field: str) -> None:
    if not person.may("accounts.view", unit_id):
        raise outsider(person, field)


def refuse_new_outsider(
    account: OfficialAccount | None, unit: Unit | None, in_charge: User | None
) -> None:
    """As the actions do for a person in charge: whoever is it already may stay where the account
    stays."""
    is_kept = account is not None and (account.unit, account.person_in_charge) == (unit, in_charge)
    if unit is not None and in_charge is not None and not is_kept:
        refuse_outsider(in_charge, unit.pk, field="person_in_charge")


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

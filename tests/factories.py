"""Plain functions that make what a test needs. Everything has a believable default."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Grant, OfficialAccount, Unit, User

PASSWORD = "layar-terkembang-2026"

_number = count(1)


def unit(name: str | None = None, *, parent: Unit | None = None, **fields: Any) -> Unit:
    made: Unit = Unit.objects.create(name=name or f"Unit {next(_number)}", parent=parent, **fields)
    return made


def user(full_name: str | None = None, *, email: str | None = None, **fields: Any) -> User:
    number = next(_number)
    return User.objects.create_user(
        email=email or f"orang{number}@samudrakota.example",
        password=PASSWORD,
        full_name=full_name or f"Orang {number}",
        **fields,
    )


def grant(
    person: User,
    role: Role,
    on: Unit,
    *,
    by: User | None = None,
    starts_at: datetime | None = None,
    **fields: Any,
) -> Grant:
    given = Grant.objects.create(
        user=person,
        role=role,
        unit=on,
        granted_by=by or User.objects.system(),
        starts_at=starts_at or timezone.now(),
        **fields,
    )
    # ``reach`` is read once per request; a test goes on with the same object.
    person.forget_reach()
    return given


def unsaved_account(
    unit: Unit,
    *,
    platform: str = OfficialAccount.Platform.BLUESKY,
    handle: str | None = None,
    host: str = "bsky.social",
    registered_by: User | None = None,
    **fields: Any,
) -> OfficialAccount:
    """For who makes many at once."""
    handle = handle or f"kanal{next(_number)}.samudrakota.example"
    fields.setdefault("display_name", f"Kanal {handle}")
    fields.setdefault("status", OfficialAccount.Status.ACTIVE)
    return OfficialAccount(
        unit=unit,
        platform=platform,
        host=host,
        handle=handle,
        registered_by=registered_by or User.objects.system(),
        **fields,
    )


def official_account(unit: Unit, **fields: Any) -> OfficialAccount:
    made = unsaved_account(unit, **fields)
    released = made.status == OfficialAccount.Status.RELEASED
    if released:
        # Nothing is released that was never the agency's.
        made.status = OfficialAccount.Status.CLOSED
    made.save(force_insert=True)
    if released:
        made.status = OfficialAccount.Status.RELEASED
        made.save(update_fields=["status"])
    return made


@contextmanager
def still_here(person: User) -> Iterator[None]:
    """Before who is deactivated left: the register can name them, and says so later."""
    User.objects.filter(pk=person.pk).update(is_active=True)
    yield
    User.objects.filter(pk=person.pk).update(is_active=False)


def reads_english(person: User) -> User:
    """For tests that look for a sentence: the English one is the one in the code."""
    person.language = "en"
    person.save(update_fields=["language"])
    return person

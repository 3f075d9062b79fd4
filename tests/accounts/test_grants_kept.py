"""Roles that nobody gives to themselves, revives or ends in the past, whoever writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Grant
from tests.cast import Cast


def refused(write: Callable[[], object], why: str) -> None:
    with pytest.raises(IntegrityError, match=why), transaction.atomic():
        write()


def test_a_role_is_given_by_another_person_who_may(cast: Cast) -> None:
    give = partial(Grant.objects.create, role="administrator", unit=cast.diskominfo)
    for person, by in ((cast.dwi, cast.dwi), (cast.bayu, cast.bayu)):
        refused(partial(give, user=person, granted_by=by), "to themselves")
    for by in (cast.sari, cast.inactive):
        refused(partial(give, user=cast.dwi, granted_by=by), "keeps the people")
    give(user=cast.dwi, granted_by=cast.bayu)
    # Dwi keeps the people of Diskominfo now, and of nothing beside it.
    beside = partial(Grant.objects.create, role="drafter", unit=cast.dinkes, user=cast.rina)
    refused(partial(beside, granted_by=cast.dwi), "keeps the people")
    assert beside(granted_by=cast.bayu)


def test_a_role_ends_once_and_not_before_now(cast: Cast) -> None:
    mine = Grant.objects.filter(user=cast.dwi)
    now = timezone.now()
    mine.update(ends_at=now + timedelta(days=9))
    for longer in (None, now + timedelta(days=10)):
        refused(partial(mine.update, ends_at=longer), "lasts longer")
    mine.update(starts_at=mine.get().starts_at, ends_at=mine.get().starts_at)
    ended = mine.get().ends_at
    assert ended
    assert ended >= now
    for other in (None, ended + timedelta(days=1), mine.get().starts_at):
        refused(partial(mine.update, ends_at=other), "over stays over")


def test_a_role_that_was_to_begin_later_ends_before_it_begins(cast: Cast) -> None:
    later = timezone.now() + timedelta(days=30)
    made = Grant.objects.create(
        user=cast.dwi, role="reviewer", unit=cast.dinkes, granted_by=cast.bayu, starts_at=later
    )
    Grant.objects.filter(pk=made.pk).update(ends_at=later)
    assert Grant.objects.get(pk=made.pk).ends_at == later

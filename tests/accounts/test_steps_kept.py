"""When a report about an imitation took which step: not what the writer says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import ImpersonationNote, ImpersonationReport, ImpersonationStatement
from tests.accounts.test_impersonations import imitating, move
from tests.cast import Cast

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def refused(write: Callable[[], object], why: str) -> None:
    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        write()


def lately(moment: datetime | None) -> bool:
    return moment is not None and abs(timezone.now() - moment) < timedelta(minutes=1)


def test_the_days_of_steps_are_those_on_which_they_were_taken(cast: Cast) -> None:
    row = ImpersonationReport.objects.filter(pk=imitating(cast).pk)
    refused(partial(row.update, ticket="T-0"), "its steps")
    row.update(status="checking", checking_at=LONG_AGO)
    refused(partial(row.update, checking_at=LONG_AGO), "its steps")
    row.update(status="reported", checking_at=LONG_AGO, reported_at=LONG_AGO, ticket="T-1")
    refused(partial(row.update, status="taken_down", settled_at=None), "settled_is_dated")
    refused(
        partial(row.update, status="taken_down", settled_at=LONG_AGO, ticket="T-2"),
        "its steps",
    )
    row.update(status="taken_down", settled_at=LONG_AGO, reported_at=LONG_AGO)
    laters: list[dict[str, object]] = [
        {"settled_at": LONG_AGO}, {"reported_at": LONG_AGO}, {"checking_at": None},
        {"ticket": "T-9"},
    ]  # fmt: skip
    for later in laters:
        refused(partial(row.update, **later), "its steps")
    made = row.get()
    assert made.ticket == "T-1"
    assert all(map(lately, (made.checking_at, made.reported_at, made.settled_at)))


def test_remarks_are_written_and_reporters_erased_now(cast: Cast) -> None:
    made = move(cast, imitating(cast), "checking")
    ImpersonationNote.objects.bulk_create(
        [ImpersonationNote(report=made, author=cast.bayu, text="x", created_at=LONG_AGO)]
    )
    ImpersonationStatement.objects.update(reporter_name="", reporter_email="", erased_at=LONG_AGO)
    assert all(lately(one.created_at) for one in ImpersonationNote.objects.all())
    assert lately(ImpersonationStatement.objects.get().erased_at)

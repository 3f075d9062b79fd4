"""A handover ends once, by who may, now; and what it says has moved has moved."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from accounts.checklists import Side
from accounts.models import Handover
from accounts.snapshots import digest_of, picture_of
from tests.accounts.care.conftest import settle, sign_both
from tests.accounts.care.test_written_past import LONG_AGO, refused
from tests.conftest import Cast


@pytest.fixture
def signed(cast: Cast, handover: Handover) -> Handover:
    sign_both(cast, handover)
    return handover


def test_the_end_is_written_with_the_move_and_at_no_other_time(
    cast: Cast, signed: Handover
) -> None:
    row = Handover.objects.filter(pk=signed.pk)
    picture = picture_of(signed.official_account)
    ahead: list[dict[str, Any]] = [
        {"ended_by": cast.bayu, "ended_at": LONG_AGO},
        {"ended_by": cast.bayu},
        {"ended_at": LONG_AGO},
        {"snapshot": picture},
        {"snapshot_sha256": digest_of(picture)},
        {"cancelled_reason": "x"},
        {"assignment": signed.official_account.administrators.get()},
    ]
    for written in ahead:
        refused(partial(row.update, **written), "has no end yet")
        refused(
            partial(Handover.objects.create, **_as_new(signed), **written), "begins with nothing"
        )
    cancel = partial(row.update, state="cancelled", cancelled_reason="x", ended_at=LONG_AGO)
    refused(partial(cancel, ended_by=cast.nur), "completes or cancels")
    refused(partial(cancel, ended_by=cast.bayu, snapshot=picture), "keeps nothing")
    cancel(ended_by=cast.bayu)
    ended_at = row.get().ended_at
    assert ended_at
    assert ended_at > signed.started_at


def _as_new(handover: Handover) -> dict[str, Any]:
    kept = ("official_account", "outgoing", "incoming", "reason", "due_on", "checklist")
    return {name: getattr(handover, name) for name in (*kept, "started_by")}

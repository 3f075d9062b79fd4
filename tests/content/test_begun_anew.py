"""What PostgreSQL ends because two waited for each other is begun anew, and nothing is sent twice.

The database answers here as it does then: each step writes, and its transaction is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import User
from content import actions
from content.actions import confirming, publishing, withdrawing
from content.models import Attempt, Publication, Withdrawal
from govsocial.audit.models import Entry
from govsocial.platforms.errors import UnknownOutcome
from govsocial.transactions import MOST_TRIES, whole
from tests.cast import the_cast
from tests.content.stage import FakePlatform, make_stage

STATUS = Publication.Status


def lost_after(step: Callable[..., Any], code: str, times: int) -> Callable[..., Any]:
    """The step, whose first transactions the database ends once it is done."""
    left = [code] * times

    def tried(*args: Any, **named: Any) -> Any:
        done = step(*args, **named)
        if left:
            with connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE SQLSTATE '{left.pop()}'; END $$")
        return done

    return tried


def breaking(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, times: int = 1) -> None:
    monkeypatch.setattr(module, name, lost_after(getattr(module, name), "40P01", times))


@pytest.mark.django_db(transaction=True)
def test_a_post_is_sent_once_and_settled_though_each_step_is_begun_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast, platform = the_cast(), FakePlatform()
    stage = make_stage(cast).submit().approve()
    breaking(monkeypatch, publishing, "outgoing_post")
    breaking(monkeypatch, publishing, "mark_published", times=MOST_TRIES - 1)
    assert stage.send(platform).status == STATUS.PUBLISHED
    assert (platform.calls, Attempt.objects.count()) == (1, 1)
    assert Entry.objects.filter(event="content.publication.sent").count() == 1

    actions.withdraw_post(actor=cast.sari, post_id=stage.post.pk, reason="Keliru")
    row = Withdrawal.objects.get()
    breaking(monkeypatch, withdrawing, "_lock")
    actions.delete_withdrawn(withdrawal_id=row.pk, actor=User.objects.system(), client=platform)
    assert Withdrawal.objects.get().outcome == Withdrawal.Outcome.DELETED

    platform.lost_answers = [UnknownOutcome("?")]
    other = make_stage(cast).submit().approve()
    breaking(monkeypatch, publishing, "mark_unconfirmed")
    assert other.send(platform).status == STATUS.UNCONFIRMED
    breaking(monkeypatch, confirming, "mark_published")
    assert other.confirm(platform).status == STATUS.PUBLISHED
    assert platform.calls == 2

    # What cannot be written at all is looked for, as after a worker that died.
    third = make_stage(cast).submit().approve()
    breaking(monkeypatch, publishing, "mark_published", times=2 * MOST_TRIES)
    with pytest.raises(OperationalError):
        third.send(platform)
    assert third.publication.status == STATUS.SENDING
    assert third.send(platform).status == STATUS.SENDING
    assert platform.calls == 3


def test_a_part_of_another_transaction_is_not_begun_anew(db: None) -> None:
    tries = []

    def count(code: str) -> None:
        tries.append(code)
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE SQLSTATE '{code}'; END $$")

    with pytest.raises(OperationalError), transaction.atomic():
        whole(count)("40001")
    assert tries == ["40001"], "inside of another transaction, that one is over as well"

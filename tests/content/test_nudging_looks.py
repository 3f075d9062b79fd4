"""An emergency nags every day until somebody looks at it afterwards, and only what went out is
looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from content import actions, notices
from content.errors import ContentError
from content.models import (
    NoticeChoice,
    NoticeLetter,
    Notification,
    Publication,
    Retrospective,
    RetrospectiveNudge,
    Way,
)
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, later
from tests.content.test_emergencies import answer, emergency

REFUSED = (IntegrityError, InternalError)


@pytest.fixture
def out(cast: Cast) -> Stage:
    stage = emergency(cast).submit().approve()
    stage.send(FakePlatform())
    return stage


def nudge() -> int:
    return actions.nudge_retrospectives(actor=User.objects.system())


def told(kind: str) -> set[str]:
    rows = Notification.objects.filter(kind=kind, read_at=None)
    return set(rows.values_list("person__full_name", flat=True))


def test_whoever_may_look_is_told_once_a_day_until_somebody_does(cast: Cast, out: Stage) -> None:
    assert nudge() == 0
    for days in (1, 2):
        with time_machine.travel(later(days=days)):
            assert (nudge(), nudge()) == (1, 0)
            assert told("look_reminder") == {"Made Wirawan"}
    assert told("look_escalation") == set()
    entry = Entry.objects.filter(event="content.review.look_reminded").latest("pk")
    assert (entry.data["days"], entry.data["people"], entry.data["escalated"]) == (2, 1, False)
    answer(cast.made)
    with time_machine.travel(later(days=3)):
        assert nudge() == 0


def test_when_it_is_late_the_leadership_is_told_too(cast: Cast, out: Stage) -> None:
    with time_machine.travel(later(days=4)):
        assert nudge() == 1
        assert told("look_escalation") == {"Ratna Kusuma"}
        row = Notification.objects.get(kind="look_escalation")
        assert "late" in notices.sentence_of(row)
        assert notices.address_of(row).startswith("/content/retrospectives/")
    assert RetrospectiveNudge.objects.get().is_escalated


def test_it_is_a_letter_a_day_whatever_was_chosen_and_none_once_it_is_done(
    cast: Cast, out: Stage
) -> None:
    NoticeChoice.objects.create(person=cast.made, kind="look_reminder", way=Way.APP)
    morning = timezone.localtime().replace(hour=8) + timedelta(days=1)
    for day, number in ((0, 1), (1, 2)):
        with time_machine.travel(morning + timedelta(days=day)):
            nudge()
            actions.plan_notice_letters()
            letters = NoticeLetter.objects.filter(person=cast.made, day__isnull=False)
            assert letters.count() == number
    answer(cast.made)
    assert notices.why_over(Notification.objects.filter(kind="look_reminder").latest("pk"))
    with time_machine.travel(morning + timedelta(days=2)):
        nudge()
        actions.plan_notice_letters()
    assert NoticeLetter.objects.filter(person=cast.made, day__isnull=False).count() == 2
    assert mail.outbox == []


def test_before_something_is_out_nobody_answers_and_nobody_is_nagged(cast: Cast) -> None:
    stage = emergency(cast).submit().approve()
    with pytest.raises(ContentError, match="Nothing of it is out"):
        answer(cast.made)
    entry = Entry.objects.filter(event="content.gate.refused").latest("pk")
    assert entry.data["why"] == "not_out"
    with pytest.raises(REFUSED), transaction.atomic():
        Retrospective.objects.update(
            done_by=cast.made, done_at=timezone.now(), verdict="justified", findings="x"
        )
    with time_machine.travel(later(days=1)):
        assert nudge() == 0
    # What can no longer go out is looked at, too: somebody alone had approved it.
    actions.cancel_publication(
        actor=cast.sari, publication_id=stage.publication.pk, reason="Tidak jadi"
    )
    assert answer(cast.made).verdict == "justified"


def test_what_failed_and_no_longer_holds_is_looked_at_as_it_never_goes_out(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    stage = emergency(cast).submit().approve()
    Publication.objects.update(status="failed")
    address = reverse("content:retrospective_detail", args=[Retrospective.objects.get().pk])
    client = client_as(factories.reads_english(cast.made))
    early = client.get(address).content.decode()
    assert "Nothing of it is out yet" in early
    assert "Close with these findings" not in early
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE content_postversion DISABLE TRIGGER USER")
        cursor.execute("""
            UPDATE content_postversion SET canonical = said,
                digest = encode(sha256(convert_to(said, 'UTF8')), 'hex')
            FROM (SELECT regexp_replace(canonical, '"valid_until":"....', '"valid_until":"2020')
                FROM content_postversion) AS one(said)
        """)
        cursor.execute("ALTER TABLE content_postversion ENABLE TRIGGER USER")
    assert "Close with these findings" in client.get(address).content.decode()
    with time_machine.travel(later(days=1)):
        assert nudge() == 1
    assert answer(cast.made).verdict == "justified"
    assert stage.publication.status == "failed"


def test_the_verdict_is_one_of_three_and_the_day_it_is_due_stays(cast: Cast, out: Stage) -> None:
    with pytest.raises(ContentError, match="offered"):
        answer(cast.made, verdict="fine")
    row = Retrospective.objects.get()
    for fields in (
        {"due_at": later(days=300)},
        {"opened_at": later(days=3)},
        {"done_by": cast.made, "done_at": timezone.now(), "verdict": "fine", "findings": "x"},
    ):
        with pytest.raises(REFUSED), transaction.atomic():
            Retrospective.objects.update(**fields)
    others = emergency(cast).submit()
    review = others.post.reviews.get()
    now = timezone.now()
    for opened, due in ((now, later(days=3)), (later(days=9), later(days=10))):
        # Nobody has approved it yet.
        with pytest.raises(REFUSED), transaction.atomic():
            Retrospective.objects.create(review=review, opened_at=opened, due_at=due)
    assert row.due_at - row.opened_at == timedelta(days=3)

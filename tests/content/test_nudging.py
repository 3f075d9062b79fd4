"""Reviews that wait: reminded, brought to those above, and no clock that an edit sets back."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.capabilities import Role
from accounts.models import User
from content import actions, notices
from content.models import NoticeKind, Notification, Review, ReviewNudge
from content.tasks import nudge_reviews
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast, the_cast
from tests.content.stage import Stage, document, make_stage
from tests.content.test_layers import without_triggers
from tests.content.test_policies import policy

REFUSED = (IntegrityError, InternalError)
HOUR = timedelta(hours=1)
# The clock of the database does not travel along, and takes no decision of a time to come.
DECISIONS = "content_decision"


@pytest.fixture
def start() -> datetime:
    return timezone.now()


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def beat(at: datetime) -> dict[str, set[str]]:
    """Run the task of beat then; first names of whom it told, by kind."""
    with time_machine.travel(at, tick=False):
        before = set(Notification.objects.values_list("pk", flat=True))
        nudge_reviews()
    found: dict[str, set[str]] = {}
    for row in Notification.objects.exclude(pk__in=before).select_related("person"):
        found.setdefault(row.kind, set()).add(row.person.full_name.split()[0])
    return found


def test_a_review_is_reminded_of_and_then_brought_above_once_each(
    stage: Stage, start: datetime
) -> None:
    stage.submit()
    assert beat(start + 23.9 * HOUR) == {}
    assert beat(start + 24.1 * HOUR) == {"reminder": {"Sari"}}
    assert beat(start + 24.3 * HOUR) == {}
    assert beat(start + 47.9 * HOUR) == {}
    assert beat(start + 48.1 * HOUR) == {"escalation": {"Ratna"}}
    assert beat(start + 500 * HOUR) == {}
    assert set(ReviewNudge.objects.values_list("step", "people")) == {
        ("remind", 1),
        ("escalate", 1),
    }


def test_both_are_in_the_history_of_the_post(stage: Stage, start: datetime) -> None:
    stage.submit()
    beat(start + 49.5 * HOUR)
    told = {
        one.event: (one.target_id, one.data)
        for one in Entry.objects.filter(event__startswith="content.review.")
    }
    assert told == {
        "content.review.reminded": (
            str(stage.post.pk),
            {"version": 1, "hours": 49, "people": 1},
        ),
        "content.review.escalated": (
            str(stage.post.pk),
            {"version": 1, "hours": 49, "people": 1},
        ),
    }


def test_the_policy_says_when(stage: Stage, start: datetime) -> None:
    policy(stage.cast, ["approve"], remind_after=2, escalate_after=3)
    stage.submit()
    assert beat(start + 2.1 * HOUR).keys() == {"reminder"}
    assert beat(start + 3.1 * HOUR).keys() == {"escalation"}


def test_comments_set_no_clock_back(stage: Stage, start: datetime) -> None:
    stage.submit()
    for by in (stage.cast.made, stage.cast.dwi):
        actions.start_thread(
            actor=by, post_id=stage.post.pk, number=1, text="Halo", key=uuid.uuid4()
        )
    assert beat(start + 25 * HOUR).keys() == {"reminder"}


def test_an_edit_sets_no_clock_back(stage: Stage, start: datetime) -> None:
    stage.submit()
    with time_machine.travel(start + 20 * HOUR):
        stage.edit("Satu koma diganti.").submit()
    assert beat(start + 23 * HOUR) == {}
    assert beat(start + 25 * HOUR).keys() == {"reminder"}
    with time_machine.travel(start + 40 * HOUR):
        stage.edit("Koma itu kembali.").submit()
    assert beat(start + 41 * HOUR) == {}, "they were reminded of this post already"
    assert beat(start + 49 * HOUR).keys() == {"escalation"}
    with time_machine.travel(start + 60 * HOUR):
        stage.edit("Lagi.").submit()
    assert beat(start + 90 * HOUR) == {}, "and so were those above"
    first = Review.objects.earliest("pk")
    assert {one.first for one in ReviewNudge.objects.all()} == {first}


def test_taking_back_and_submitting_again_sets_no_clock_back(stage: Stage, start: datetime) -> None:
    stage.submit()
    with time_machine.travel(start + 20 * HOUR):
        actions.take_back_post(actor=stage.cast.dwi, post_id=stage.post.pk)
        stage.submit()
    assert beat(start + 25 * HOUR).keys() == {"reminder"}


def test_the_time_at_its_drafters_is_no_delay_of_those_who_decide(
    stage: Stage, start: datetime
) -> None:
    stage.submit()
    with time_machine.travel(start + 20 * HOUR):
        actions.take_back_post(actor=stage.cast.dwi, post_id=stage.post.pk)
    with time_machine.travel(start + 100 * HOUR):
        stage.submit()
    assert beat(start + 103 * HOUR) == {}
    assert beat(start + 105 * HOUR).keys() == {"reminder"}


def test_a_decision_begins_a_new_wait(stage: Stage, start: datetime) -> None:
    stage.submit()
    beat(start + 30 * HOUR)
    with time_machine.travel(start + 31 * HOUR):
        with without_triggers(DECISIONS):
            actions.request_changes(
                actor=stage.cast.sari, post_id=stage.post.pk, digest=stage.digest, note="Sumber?"
            )
        stage.edit("Dengan sumber.").submit()
    assert beat(start + 50 * HOUR) == {}
    assert beat(start + 56 * HOUR).keys() == {"reminder"}


def test_an_approval_that_an_edit_voided_was_a_decision(stage: Stage, start: datetime) -> None:
    stage.submit()
    with time_machine.travel(start + 30 * HOUR):
        with without_triggers(DECISIONS):
            stage.approve()
        stage.edit("Sesudah disetujui.").submit()
    assert beat(start + 40 * HOUR) == {}
    assert beat(start + 55 * HOUR).keys() == {"reminder"}


def test_each_stage_has_its_own_clock(stage: Stage, start: datetime) -> None:
    policy(stage.cast, ["review", "approve"])
    stage.submit()
    assert beat(start + 25 * HOUR) == {"reminder": {"Made", "Sari"}}
    with time_machine.travel(start + 26 * HOUR), without_triggers(DECISIONS):
        stage.approve(by=stage.cast.made)
    assert beat(start + 49 * HOUR) == {}, "stage 2 has waited for 23 hours"
    assert beat(start + 51 * HOUR) == {"reminder": {"Sari"}}
    assert beat(start + 75 * HOUR) == {"escalation": {"Ratna"}}
    assert beat(start + 500 * HOUR) == {}
    steps = ReviewNudge.objects.values_list("stage", "step")
    assert list(steps) == [(1, "remind"), (2, "remind"), (2, "escalate")]


def test_an_edit_sets_no_clock_of_a_later_stage_back(stage: Stage, start: datetime) -> None:
    policy(stage.cast, ["review", "approve"])
    stage.submit()
    with time_machine.travel(start + HOUR), without_triggers(DECISIONS):
        stage.approve(by=stage.cast.made)
    with time_machine.travel(start + 21 * HOUR):
        stage.edit("Sesudah dua puluh jam di tahap kedua.").submit()
    assert beat(start + 44 * HOUR) == {}, "who decided stage 1 has waited from anew"
    with time_machine.travel(start + 44.5 * HOUR), without_triggers(DECISIONS):
        stage.approve(by=stage.cast.made)
    assert beat(start + 48 * HOUR) == {}
    assert beat(start + 49 * HOUR) == {"reminder": {"Sari"}}, "20 hours before, and 4 since"


def test_who_decides_the_next_stage_hears_of_it_at_once(cast: Cast, start: datetime) -> None:
    policy(cast, ["review", "approve"])
    stage = make_stage(cast, planned_at=start + 5 * HOUR).submit()
    assert beat(start + 3.1 * HOUR) == {"reminder": {"Made", "Sari"}}
    before = set(Notification.objects.values_list("pk", flat=True))
    with time_machine.travel(start + 3.5 * HOUR), without_triggers(DECISIONS):
        stage.approve(by=cast.made)
    told = Notification.objects.exclude(pk__in=before)
    assert set(told.values_list("kind", "person", "way")) == {
        ("submitted", cast.sari.pk, "at_once"),
        ("stage", cast.dwi.pk, "daily"),
    }
    with translation.override("en"):
        said = notices.sentence_of(told.get(kind="submitted"))
    assert said.startswith(f"{cast.made.full_name} approved version 1")
    assert beat(start + 3.6 * HOUR) == {"reminder": {"Sari"}}, "the planned time is near for it too"
    assert beat(start + 4.5 * HOUR) == {}


def test_what_was_decided_meanwhile_is_left_alone(stage: Stage, start: datetime) -> None:
    stage.submit()
    with time_machine.travel(start + 20 * HOUR), without_triggers(DECISIONS):
        stage.approve()
    assert beat(start + 100 * HOUR) == {}


def test_a_planned_time_that_is_near_is_reminded_of_at_once(cast: Cast, start: datetime) -> None:
    stage = make_stage(cast, planned_at=start + 5 * HOUR).submit()
    assert beat(start + 2.9 * HOUR) == {}
    assert beat(start + 3.1 * HOUR) == {"reminder": {"Sari"}}
    assert beat(start + 4.9 * HOUR) == {}
    notice = Notification.objects.filter(kind=NoticeKind.REMINDER).latest("pk")
    with translation.override("en"):
        assert "is planned for" in notices.sentence_of(notice)
    assert Entry.objects.filter(event="content.review.soon").count() == 1
    with time_machine.travel(start + 4.95 * HOUR):
        stage.edit("Diganti.").submit()
    assert beat(start + 4.99 * HOUR) == {}


def test_two_reasons_at_once_are_one_reminder(cast: Cast, start: datetime) -> None:
    make_stage(cast, planned_at=start + 25 * HOUR).submit()
    beat(start + 24.5 * HOUR)
    assert Notification.objects.filter(kind="reminder", person=cast.sari).count() == 1
    assert set(ReviewNudge.objects.values_list("step", flat=True)) == {"remind", "soon"}


def test_where_nobody_is_above_that_is_written_down(cast: Cast, start: datetime) -> None:
    unit = factories.unit("Tanpa atasan")
    drafter = factories.user("Sendiri Saja")
    factories.grant(drafter, Role.DRAFTER, unit)
    account = factories.official_account(unit)
    post = actions.create_post(actor=drafter, unit_id=unit.pk, document=document(account))
    actions.submit_post(actor=drafter, post_id=post.pk, based_on=1)
    assert beat(start + 50 * HOUR) == {}
    assert set(ReviewNudge.objects.values_list("step", "people")) == {
        ("remind", 0),
        ("escalate", 0),
    }


def test_each_step_is_once_by_the_database_too(stage: Stage, start: datetime) -> None:
    stage.submit()
    beat(start + 25 * HOUR)
    nudge = ReviewNudge.objects.get()
    review = Review.objects.get()
    with pytest.raises(REFUSED), transaction.atomic():
        ReviewNudge.objects.create(
            review=review, first=review, step=nudge.step, waited=HOUR, people=0
        )
    with pytest.raises(REFUSED), transaction.atomic():
        ReviewNudge.objects.update(people=9)
    with pytest.raises(REFUSED), transaction.atomic():
        ReviewNudge.objects.all()._raw_delete("default")


def test_many_reviews_that_were_reminded_of_cost_few_queries(cast: Cast, start: datetime) -> None:
    def queries(at: datetime) -> int:
        with CaptureQueriesContext(connection) as asked:
            beat(at)
        return len(asked)

    make_stage(cast).submit()
    beat(start + 50 * HOUR)
    few = queries(start + 51 * HOUR)
    for _ in range(12):
        make_stage(cast).submit()
    beat(start + 100 * HOUR)
    assert queries(start + 101 * HOUR) == few


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_remind_once() -> None:
    cast = the_cast()
    stage = make_stage(cast).submit()
    at = timezone.now() + 25 * HOUR
    system = User.objects.system()
    together = Barrier(2)

    def run() -> None:
        together.wait()
        actions.nudge_reviews(actor=system)
        connections.close_all()

    with time_machine.travel(at):
        threads = [Thread(target=run) for _ in range(2)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert ReviewNudge.objects.count() == 1
    reminders = Notification.objects.filter(kind="reminder", post=stage.post)
    assert reminders.count() == 1, "one for whoever may decide"

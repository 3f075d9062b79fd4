"""Emergency notices whose validity ends while they are out: told once, and left to somebody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from content import actions
from content.actions.ending import VALIDITY_ENDED
from content.actions.hand_reasons import reasons
from content.errors import ContentError, GateRefused
from content.models import EndedEmergency, Notification, Publication, Relation
from content.tasks import tell_ended_emergencies
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, make_stage
from tests.content.test_emergencies import emergency
from tests.triggers import without_trigger

HOUR = timedelta(hours=1)


def is_out(stage: Stage) -> Stage:
    stage.submit().approve()
    actions.send_publication(
        publication_id=stage.publication.pk, actor=User.objects.system(), client=FakePlatform()
    )
    return stage


def follows(stage: Stage, text: str) -> Stage:
    post = actions.follow_post(
        actor=stage.cast.dwi, post_id=stage.post.pk, relation=Relation.UPDATE
    )
    after = Stage(stage.cast, stage.account, post)
    return is_out(after.edit(text))


def approval_has_ended() -> None:
    """As it does with what it approves: the clock of the database does not travel along."""
    with without_trigger("content.Decision:append_only"), connection.cursor() as cursor:
        cursor.execute("UPDATE content_decision SET expires_at = now() - interval '1 second'")


def beat(at: datetime) -> set[str]:
    with time_machine.travel(at, tick=False):
        before = set(Notification.objects.values_list("pk", flat=True))
        tell_ended_emergencies()
    told = Notification.objects.exclude(pk__in=before).filter(kind="ended")
    return {one.person.full_name.split()[0] for one in told.select_related("person")}


def todo(person: User, at: datetime) -> tuple[bool, bool]:
    """Whether the home page tells of it, and whether the list behind it has it."""
    with time_machine.travel(at, tick=False):
        browser = Client()
        browser.force_login(person)
        home = browser.get(reverse("home"))
        rows = browser.get(reverse("content:post_list"), {"todo": "ended"}).context["page"]
    return "?todo=ended" in home.content.decode(), len(rows.object_list) == 1


def test_who_answers_for_it_is_told_once_that_it_holds_no_longer(cast: Cast) -> None:
    start = timezone.now()
    stage = is_out(emergency(cast))
    assert beat(start + 5.9 * HOUR) == set()
    assert beat(start + 6.1 * HOUR) == {"Dwi", "Sari"}
    assert beat(start + 30 * HOUR) == set()
    entry = Entry.objects.get(event="content.emergency.ended")
    assert (entry.target_id, entry.data) == (str(stage.post.pk), {"version": 1, "people": 2})
    assert EndedEmergency.objects.get().people == 2


def test_home_and_the_list_show_it_until_somebody_sees_to_it(cast: Cast) -> None:
    end = timezone.now() + 6.1 * HOUR
    stage, dwi = is_out(emergency(cast)), factories.reads_english(cast.dwi)
    assert todo(dwi, end) == (True, True)
    actions.archive_post(actor=cast.sari, post_id=stage.post.pk)
    assert todo(dwi, end) == (False, False)


def test_its_page_says_so_and_what_to_do(cast: Cast) -> None:
    stage = is_out(emergency(cast))
    with time_machine.travel(timezone.now() + 6.1 * HOUR, tick=False):
        browser = Client()
        browser.force_login(factories.reads_english(cast.dwi))
        page = browser.get(reverse("content:post_detail", args=[stage.post.pk])).content.decode()
    assert "Validity has ended" in page
    assert "Write an update or withdraw it" in page


def test_an_update_that_is_out_stands_in_its_place(
    cast: Cast, client_as: Callable[..., Client]
) -> None:
    end = timezone.now() + 6.1 * HOUR
    first = is_out(emergency(cast))
    second = follows(first, "Air mulai surut.")
    assert beat(end) == set()
    third = follows(second, "Warga boleh pulang.")
    browser = client_as(factories.reads_english(cast.dwi))
    page = browser.get(reverse("content:post_detail", args=[first.post.pk])).content.decode()
    newest = reverse("content:post_detail", args=[third.post.pk])
    assert f'href="{newest}">Read the newest' in page
    assert "Something newer is out" in page


def test_what_is_not_out_or_holds_without_end_is_left_alone(cast: Cast) -> None:
    emergency(cast).submit().approve()
    is_out(make_stage(cast))
    assert beat(timezone.now() + 100 * HOUR) == set()


def test_worker_and_retry_say_that_the_validity_has_ended(cast: Cast) -> None:
    stage = emergency(cast).submit().approve()
    approval_has_ended()
    platform = FakePlatform()
    with time_machine.travel(timezone.now() + 6.1 * HOUR):
        row = stage.send(platform)
        assert (row.status, row.problem) == (Publication.Status.FAILED, VALIDITY_ENDED)
        assert platform.calls == 0
        with pytest.raises(GateRefused, match="until which the post holds has passed"):
            actions.retry_publication(actor=cast.sari, publication_id=row.pk)


def test_of_an_ordinary_post_it_is_said_as_well_with_what_to_do(cast: Cast) -> None:
    end = timezone.now() + HOUR
    stage = make_stage(cast, connected=False, valid_until=end).submit().approve()
    approval_has_ended()
    told = f"{VALIDITY_ENDED} Cancel what is left of it, then submit the post again with a later"
    with time_machine.travel(end + HOUR):
        assert f"Post nothing. {told} end." == next(reasons(stage.publication)).long
        with pytest.raises(GateRefused, match=told):
            actions.claim_by_hand(actor=cast.sari, publication_id=stage.publication.pk)
        actions.tell_due_by_hand(actor=User.objects.system())
        row = stage.publication
        assert (row.status, row.problem) == (Publication.Status.FAILED, VALIDITY_ENDED)
        actions.cancel_publication(actor=cast.sari, publication_id=row.pk, reason="Sudah lewat.")
        with pytest.raises(ContentError) as caught:
            stage.submit()
        assert caught.value.field == "valid_until"

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from govsocial.celery import app
from govsocial.web.tasks import clear_sessions
from tests.cast import Cast

TASK = "govsocial.web.tasks.clear_sessions"


def test_a_session_ends_after_half_a_day_whatever_the_person_does(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.dwi)
    (session,) = Session.objects.all()
    ends = session.expire_date
    assert ends <= timezone.now() + timedelta(hours=12)
    assert browser.get("/").status_code == 200
    assert Session.objects.get().expire_date == ends, "looking at pages does not prolong it"
    Session.objects.update(expire_date=timezone.now())
    assert browser.get("/").status_code == 302


def test_what_has_expired_does_not_lie_about(cast: Cast) -> None:
    for person in (cast.dwi, cast.sari):
        Client().force_login(person)
    gone, there = Session.objects.order_by("session_key")
    Session.objects.filter(pk=gone.pk).update(expire_date=timezone.now() - timedelta(days=1))
    clear_sessions()
    assert Session.objects.get() == there


@pytest.mark.parametrize("entry", [e for e in app.conf.beat_schedule.values() if e["task"] == TASK])
def test_beat_clears_them_once_a_day(entry: dict[str, object]) -> None:
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks

"""Notifications by e-mail: as each one chose, once, and never lost to a server that is away."""

from __future__ import annotations

import smtplib
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, InternalError, connections, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.actions.leased_letters import MOST_ATTEMPTS
from accounts.capabilities import Role
from accounts.models import Grant, User
from content import actions
from content.actions.notice_letters import claim_notice_letter, plan_notice_letters
from content.models import NoticeChoice, NoticeKind, NoticeLetter, Notification, Way
from content.tasks import send_notices
from govsocial.audit.models import Entry
from govsocial.celery import app
from govsocial.local.valkey import free_port
from govsocial.platforms.errors import Refused
from tests import factories
from tests.cast import Cast, the_cast
from tests.content.moments import NEXT_MORNING
from tests.content.stage import FakePlatform, Stage, make_stage

Outcome = NoticeLetter.Outcome
REFUSED = (IntegrityError, InternalError)
# In Jakarta, and after what these tests begin at this moment.
MORNING = NEXT_MORNING + timedelta(days=1)


@pytest.fixture
def stage(cast: Cast) -> Stage:
    let_two_decide(cast)
    return make_stage(cast)


def let_two_decide(cast: Cast) -> None:
    factories.grant(cast.made, Role.APPROVER, cast.diskominfo)


def beat(at: datetime | None = None) -> Counter[str]:
    """Run the task of beat; how many letters left, by receiver."""
    mail.outbox.clear()
    with time_machine.travel(at or timezone.now(), tick=False):
        send_notices()
    return Counter(letter.to[0].split("@")[0] for letter in mail.outbox)


def choose(person: User, kind: NoticeKind, way: Way) -> None:
    NoticeChoice.objects.update_or_create(person=person, kind=kind, defaults={"way": way})


def comment(stage: Stage, text: str = "Halo @Rina Lestari", by: User | None = None) -> None:
    actions.start_thread(
        actor=by or stage.cast.sari,
        post_id=stage.post.pk,
        number=1,
        text=text,
        key=uuid.uuid4(),
    )


def test_what_comes_at_once_leaves_once(stage: Stage) -> None:
    stage.submit()
    assert beat() == {"made": 1, "sari": 1}
    assert beat() == {}
    assert NoticeLetter.objects.filter(outcome=Outcome.SENT).count() == 2
    assert not Notification.objects.filter(letter=None).exists()


def test_the_letter_says_what_and_where_and_nothing_that_was_written(stage: Stage) -> None:
    User.objects.filter(pk=stage.cast.rina.pk).update(language="en")
    comment(stage, "RAHASIA-12 @Rina Lestari")
    beat()
    # In the morning the writer has the letter of the day as well.
    letter = next(one for one in mail.outbox if one.to[0].startswith("rina"))
    assert letter.subject == "Somebody mentioned you: Jadwal vaksinasi"
    assert "Sari Wulandari mentioned you in a comment on “Jadwal vaksinasi”." in letter.body
    assert f"https://samudrakota.example/content/posts/{stage.post.pk}/comments/" in letter.body
    assert "RAHASIA" not in letter.body
    assert "&" not in letter.body


def test_the_letter_is_in_the_language_and_the_time_of_its_reader(stage: Stage) -> None:
    stage.submit()
    beat()
    letter = next(one for one in mail.outbox if one.to[0].startswith("sari"))
    assert letter.body.startswith("Yth. Sari Wulandari")
    assert "WIB" in letter.body


def test_many_at_once_are_one_letter(stage: Stage) -> None:
    stage.submit()
    for _ in range(3):
        make_stage(stage.cast).submit()
    assert beat() == {"made": 1, "sari": 1}
    assert "4 " in mail.outbox[0].subject


def test_what_is_only_for_the_application_leaves_no_letter(stage: Stage) -> None:
    choose(stage.cast.sari, NoticeKind.SUBMITTED, Way.APP)
    stage.submit()
    assert beat() == {"made": 1}


def test_what_was_read_decided_or_settled_meanwhile_needs_no_letter(stage: Stage) -> None:
    stage.submit()
    Notification.objects.filter(person=stage.cast.made).update(read_at=timezone.now())
    stage.approve()
    Notification.objects.filter(person=stage.cast.dwi).update(read_at=timezone.now())
    assert beat() == {}
    assert set(NoticeLetter.objects.values_list("outcome", flat=True)) == {Outcome.NOT_NEEDED}


def test_trouble_that_is_over_needs_no_letter(stage: Stage) -> None:
    stage.submit().approve()
    Notification.objects.update(read_at=timezone.now())
    stage.send(FakePlatform(failures=[Refused("Too long.")]))
    actions.retry_publication(actor=stage.cast.sari, publication_id=stage.publication.pk)
    assert beat() == {}


def test_who_left_or_lost_their_role_is_written_to_no_more(stage: Stage) -> None:
    stage.submit()
    User.objects.filter(pk=stage.cast.made.pk).update(is_active=False)
    Grant.objects.filter(user=stage.cast.sari).update(ends_at=timezone.now())
    assert beat() == {}


def test_the_daily_letter_comes_in_the_morning_and_once_a_day(stage: Stage) -> None:
    dwi = stage.cast.dwi
    with time_machine.travel(MORNING - timedelta(hours=4), tick=False):
        comment(stage, "Satu")
        comment(stage, "Dua")
    assert beat(MORNING - timedelta(hours=3)) == {}, "half past five"
    assert beat(MORNING) == {"dwi": 1}
    assert mail.outbox[0].body.count("https://") == 4, "two comments, the list, the choices"
    with time_machine.travel(MORNING + timedelta(hours=1), tick=False):
        comment(stage, "Tiga")
    for hours in (2, 6, 15):
        assert beat(MORNING + timedelta(hours=hours)) == {}
    assert beat(MORNING + timedelta(days=1)) == {"dwi": 1}
    assert NoticeLetter.objects.filter(person=dwi).count() == 2


def test_the_morning_is_that_of_the_reader(stage: Stage) -> None:
    type(stage.cast.diskominfo).objects.filter(pk=stage.cast.diskominfo.pk).update(
        time_zone="Asia/Jayapura"
    )
    early = MORNING - timedelta(hours=3)
    with time_machine.travel(early - timedelta(minutes=5), tick=False):
        comment(stage, "Satu")
    assert beat(early) == {"dwi": 1}, "half past seven in Jayapura"


def test_a_day_has_one_letter_by_the_database_too(cast: Cast) -> None:
    day, now = MORNING.date(), timezone.now()
    NoticeLetter.objects.create(person=cast.dwi, day=day, next_try_at=now)
    with pytest.raises(REFUSED), transaction.atomic():
        NoticeLetter.objects.create(person=cast.dwi, day=day, next_try_at=now)


def test_a_notification_is_in_one_letter_only(stage: Stage) -> None:
    stage.submit()
    plan_notice_letters()
    other = NoticeLetter.objects.create(person=stage.cast.dwi, next_try_at=timezone.now())
    for letter in (other, None):
        with pytest.raises(REFUSED), transaction.atomic():
            Notification.objects.update(letter=letter)


def test_a_server_that_is_away_loses_nothing(stage: Stage, settings: Settings) -> None:
    stage.submit()
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "accounts.posting.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    for _ in range(3):
        assert beat() == {}
    assert set(NoticeLetter.objects.values_list("attempts", "in_doubt")) == {(0, 0)}
    settings.EMAIL_BACKEND = backend
    assert beat() == {"made": 1, "sari": 1}


def test_one_bad_address_keeps_back_no_other_and_ends_in_the_trail(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = mail.send_mail

    def refuse(subject: str, message: str, sender: None, to: list[str], **more: object) -> int:
        if to[0].startswith("made@"):
            raise smtplib.SMTPRecipientsRefused({to[0]: (550, b"No such user")})
        return send(subject, message, sender, to, **more)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr("accounts.mail.send_mail", refuse)
    stage.submit()
    assert beat() == {"sari": 1}
    letter = NoticeLetter.objects.get(person=stage.cast.made)
    while letter.outcome == Outcome.WAITING:
        assert beat(letter.next_try_at) == {}
        letter.refresh_from_db()
    assert letter.attempts == MOST_ATTEMPTS
    entry = Entry.objects.get(event="accounts.letter.given_up")
    assert (entry.target_label, entry.data["about"]) == ("Made Wirawan", "notice")


def test_a_worker_that_dies_after_handing_over_lets_it_come_twice_at_most(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the house accepts of every letter that is not ``comes_once``."""
    choose(stage.cast.made, NoticeKind.SUBMITTED, Way.APP)
    stage.submit()
    send, handed = mail.send_mail, []

    def die(subject: str, message: str, sender: None, to: list[str], **more: object) -> int:
        handed.append(to[0])
        send(subject, message, sender, to, **more)  # type: ignore[arg-type]  # passed on
        raise KeyboardInterrupt

    monkeypatch.setattr("accounts.mail.send_mail", die)
    at = timezone.now()
    for number in range(5):
        with time_machine.travel(at + timedelta(hours=number), tick=False):
            try:
                send_notices()
            except KeyboardInterrupt:
                continue
    assert len(handed) == 2
    assert NoticeLetter.objects.get().outcome == Outcome.GIVEN_UP


def test_letters_are_no_business_of_the_queue_that_publishes() -> None:
    for name in ("content.tasks.send_notices", "content.tasks.nudge_reviews"):
        assert app.conf.task_routes[name] == {"queue": "default"}


@pytest.mark.parametrize("way", [Way.AT_ONCE, Way.DAILY])
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_and_claim_each_letter_once(way: Way) -> None:
    cast = the_cast()
    let_two_decide(cast)
    for person in (cast.made, cast.sari):
        choose(person, NoticeKind.SUBMITTED, way)
    with time_machine.travel(MORNING):
        make_stage(cast).submit()
        claimed: list[int] = []
        together = Barrier(3)

        def run() -> None:
            together.wait()
            plan_notice_letters()
            while (letter := claim_notice_letter()) is not None:
                claimed.append(letter.pk)
            connections.close_all()

        work: Callable[[], None] = run
        threads = [Thread(target=work) for _ in range(3)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert len(claimed) == len(set(claimed)) == NoticeLetter.objects.count() == 2

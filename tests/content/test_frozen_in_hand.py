"""What a freeze says and does while a person has the text in hand to post it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from content import actions, notices
from content.models import Attempt, Freeze, NoticeKind, Notification, Publication
from content.selectors.freezes import to_release_by, with_what_they_stopped
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, make_stage
from tests.content.test_by_hand import back, claim
from tests.content.test_freeze_pages import asked
from tests.content.test_freezes import freeze, lift
from tests.content.test_withdrawn_in_hand import publisher

SignIn = Callable[[User | str], Client]
MOST_QUERIES = 15


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast, connected=False).submit().approve()


def words(client: Client, name: str, *args: int) -> str:
    with CaptureQueriesContext(connection) as found:
        answer = client.get(reverse(name, args=args))
    assert len(found) <= MOST_QUERIES, name
    return " ".join(answer.content.decode().split())


def test_who_has_it_in_hand_is_named_before_the_freeze_and_told_by_it(
    stage: Stage, client_as: SignIn
) -> None:
    row, putu = stage.publication, publisher(stage.cast)
    claim(stage, by=putu)
    putu_sees, sari_sees = client_as(putu), client_as(factories.reads_english(stage.cast.sari))
    assert "in your hands: say what became of it" in words(putu_sees, "home")
    assert "in your hands" not in words(sari_sees, "home")
    preview = sari_sees.post(reverse("content:freeze_begin"), asked(stage.cast))
    assert "Putu Ayu took it on" in preview.content.decode()
    freeze(stage.cast)
    told = Notification.objects.get(kind=NoticeKind.STOP)
    assert (told.person, told.publication) == (putu, row)
    with translation.override("en"):
        assert "began a freeze of Diskominfo while you have" in notices.sentence_of(told)
    assert "stopped by a freeze in your hands" in words(putu_sees, "home")
    assert "and a freeze stopped it" in words(sari_sees, "content:publication_detail", row.pk)
    assert "Putu Ayu took it on" in words(sari_sees, "content:publication_by_hand", row.pk)


def test_its_page_says_what_to_do_while_the_freeze_runs_and_after_it(
    stage: Stage, client_as: SignIn
) -> None:
    row = stage.publication
    claim(stage)
    client = client_as(factories.reads_english(stage.cast.sari))
    freeze(stage.cast)
    assert not Notification.objects.filter(kind=NoticeKind.STOP).exists(), "who froze it knows"
    running = words(client, "content:publication_by_hand", row.pk)
    lift(stage.cast)
    lifted = words(client, "content:publication_by_hand", row.pk)
    for shown in (running, lifted):
        assert "Post nothing." in shown
        assert "If it went out before the freeze stopped it" in shown
        assert "it waits then until an approver lets it go" in shown
        assert "taken and posted again" not in shown
        assert "How to" not in shown
        assert "Vaksin rabies gratis." not in shown
    assert running.count("notice-watch") == 1
    assert "Frozen: nothing goes out here now" in running
    assert "The freeze is lifted, and this is stopped still" in lifted
    assert back(stage).status == Publication.Status.FROZEN
    assert row in to_release_by(stage.cast.sari)


def test_nobody_else_is_told_to_stop(cast: Cast) -> None:
    """What waits is in nobody's hands, and what was handed back is not any more."""
    make_stage(cast, connected=False).submit().approve()
    given_back = make_stage(cast, connected=False).submit().approve()
    putu = publisher(cast)
    claim(given_back, by=putu)
    actions.hand_back(actor=putu, publication_id=given_back.publication.pk, number=1)
    freeze(cast)
    assert not Notification.objects.filter(kind=NoticeKind.STOP).exists()


def test_what_was_in_hand_is_counted_from_the_beginning_and_stands_in_the_history(
    stage: Stage, client_as: SignIn
) -> None:
    """Toast, page, lift page, list and trail say one number, also when it is handed back."""
    cast, taken = stage.cast, claim(stage)
    make_stage(cast, connected=False).submit().approve()
    client = client_as(cast.sari)
    begin = reverse("content:freeze_begin")
    told = client.post(begin, asked(cast, confirm="1"), follow=True).content.decode()
    assert "Dibekukan. 1 penayangan dihentikan. 1 di tangan petugas" in told
    row = Freeze.objects.get()
    begun = Entry.objects.get(event="content.freeze.begun")
    assert (begun.data["stopped"], begun.data["in_hands"]) == (1, 1)
    halted = Entry.objects.get(event="content.publication.frozen_in_hand")
    assert (halted.target_id, halted.actor_id) == (str(stage.post.pk), cast.sari.pk)
    assert halted.data == {"account": str(stage.account), "reason": "Hari berkabung"}
    assert Entry.objects.filter(event="content.publication.frozen").count() == 1
    assert "saat ada di tangan petugas" in words(client, "content:post_detail", stage.post.pk)
    counts = "1 dihentikan, 1 di tangan petugas, {} masih menunggu"
    assert counts.format(1) in words(client, "content:freeze_list")
    assert "1 masih di tangan petugas" in words(client, "content:freeze_lift", row.pk)
    lift(cast)
    actions.hand_back(actor=cast.sari, publication_id=taken.publication_id, number=1)
    assert counts.format(2) in words(client, "content:freeze_detail", row.pk)
    counted = with_what_they_stopped(Freeze.objects.all()).get()
    assert (counted.held, counted.still_in_hands) == (0, 0)


def test_who_was_out_of_time_has_it_in_hand_still_and_who_gave_it_back_has_not(cast: Cast) -> None:
    given_back = make_stage(cast, connected=False).submit().approve()
    claim(given_back)
    back(given_back)
    late = make_stage(cast, connected=False).submit().approve()
    claim(late)
    Attempt.objects.filter(outcome="").update(deadline_at=timezone.now())
    actions.find_lost_attempts(actor=User.objects.system())
    freeze(cast)
    counted = with_what_they_stopped(Freeze.objects.all()).get()
    assert (counted.stopped, counted.in_hands, counted.held) == (1, 1, 0)
    told = Entry.objects.get(event="content.publication.frozen_in_hand")
    assert told.target_id == str(late.post.pk)

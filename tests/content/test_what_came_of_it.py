"""The page of a post says at its top what came of it: rejected, or withdrawn, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from content import actions
from content.models import Relation, Retrospective
from content.selectors import back as selectors_back
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, make_stage
from tests.content.test_after_pages import page, text_of
from tests.content.test_emergencies import emergency

SignIn = Callable[[User | str], Client]
MOST_QUERIES = 15


def test_a_rejected_post_says_why_on_top_and_waits_on_the_home_page_until_it_is_begun_anew(
    cast: Cast, client_as: SignIn
) -> None:
    stage = make_stage(cast).submit()
    note = "Bukan ralat yang diperlukan.\nTulis ulang."
    actions.reject_post(
        actor=stage.cast.sari, post_id=stage.post.pk, digest=stage.digest, note=note
    )
    client = client_as(factories.reads_english(stage.cast.dwi))

    def is_waiting() -> bool:
        return "“Bukan ralat yang diperlukan.”" in client.get(reverse("home")).content.decode()

    shown = client.get(page("post_detail", stage.post.pk)).content.decode()
    head, _card, rest = shown.partition("What was submitted")
    assert "Sari Wulandari rejected version 1" in head
    assert page("post_duplicate", stage.post.pk, 1) in head.partition("came-back")[2]
    assert "What will go out" not in rest
    assert is_waiting()
    # The block leads to a list of what it shows.
    listed = client.get(reverse("content:post_list"), {"todo": "back"}).content.decode()
    assert page("post_detail", stage.post.pk) in listed
    assert "Came back to you" in listed
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert not selectors_back.posts_sent_back_to(stage.cast.dwi).exists()
    anew = actions.duplicate_post(
        actor=stage.cast.dwi, post_id=stage.post.pk, number=1, unit_id=stage.post.unit_id
    )
    assert anew.title == stage.post.title, "it takes the place of the other, and is no copy of it"
    assert not is_waiting()
    # What was begun stands there in place of the button that began it.
    with CaptureQueriesContext(connection) as found:
        shown = client.get(page("post_detail", stage.post.pk)).content.decode()
    assert len(found) <= MOST_QUERIES
    told = shown.partition("Written anew already")[2]
    assert f'href="{page("post_detail", anew.pk)}"' in told
    assert "button-primary" not in shown.partition("came-back")[2].partition("post-preview")[0]


def test_a_rejected_correction_corrects_nothing_and_another_is_begun_from_the_first(
    cast: Cast, client_as: SignIn
) -> None:
    live = make_stage(cast).submit().approve()
    live.send(FakePlatform())
    post = actions.follow_post(
        actor=live.cast.rina, post_id=live.post.pk, relation=Relation.CORRECTION
    )
    begun = Stage(live.cast, live.account, post).edit("Ralat.", by=live.cast.rina)
    begun.submit(live.cast.rina)
    actions.reject_post(
        actor=live.cast.sari, post_id=post.pk, digest=begun.digest, note="Tidak perlu"
    )
    shown = text_of(client_as("rina").get(page("post_detail", post.pk)))
    assert "dikoreksi oleh naskah ini" not in shown
    assert "koreksi ini ditolak" in shown
    notice = shown.partition("came-back")[2].partition("post-preview")[0]
    assert page("post_detail", live.post.pk) in notice
    assert selectors_back.posts_sent_back_to(live.cast.rina).count() == 1
    actions.follow_post(actor=live.cast.rina, post_id=live.post.pk, relation=Relation.CORRECTION)
    assert not selectors_back.posts_sent_back_to(live.cast.rina).exists()


def test_a_withdrawn_post_says_on_top_by_whom_when_why_and_what_came_of_it(
    cast: Cast, client_as: SignIn
) -> None:
    urgent = emergency(cast).submit().approve()
    urgent.send(FakePlatform())
    (asked,) = actions.withdraw_post(actor=cast.sari, post_id=urgent.post.pk, reason="Jam <keliru>")
    client = client_as(factories.reads_english(cast.dwi))
    address = page("post_detail", urgent.post.pk)

    def head() -> str:
        return text_of(client.get(address)).partition("post-preview")[0]

    told = f"Sari Wulandari withdrew it from {urgent.account}, "
    assert told in head()
    assert "Jam &lt;keliru&gt;" in head()
    # Said once, with what is still to be done.
    assert "Withdrawn, but not yet gone from every platform" in head()
    assert "Not gone yet from" not in head()
    actions.delete_withdrawn(
        withdrawal_id=asked.pk, actor=User.objects.system(), client=FakePlatform()
    )
    assert f"Deleted on {urgent.account}." in head()
    assert "It holds no longer: it was withdrawn." in head()
    assert "The notice holds until" not in head()
    assert "What was out" in head()
    # Nothing of it is out: no tick, and no time that was never planned.
    assert '<li class="step step-failed"' in head()
    assert "No time was planned" in text_of(client.get(address))
    look = page("retrospective_detail", Retrospective.objects.get().pk)
    with CaptureQueriesContext(connection) as found:
        timeline = text_of(client.get(look))
    assert len(found) <= MOST_QUERIES
    assert told.rstrip(", ") in timeline
    assert "Jam &lt;keliru&gt;" in timeline
    assert f"Deleted on {urgent.account}." in timeline

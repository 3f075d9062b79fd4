"""Threads of which something is in doubt, was taken back, or waits: what is looked for, what pages
say, and what people may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from content import actions, following, states
from content.account_warnings import scheduled
from content.errors import ContentError, GateRefused
from content.models import Post, Publication
from content.pages.posts import previews
from content.selectors.posts import publications_that_will_fail, publications_to_post
from govsocial.audit.models import Entry
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import Refused, UnknownOutcome
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, address, make_stage
from tests.content.test_obstacles import obstruct
from tests.content.test_threads import (
    THREAD,
    parts,
    prove,
    send,
    send_all,
    sql,
    statuses,
)
from tests.content.test_time_and_races import expire

REFUSED = (IntegrityError, InternalError)
STATUS = Publication.Status


@dataclass
class Looking(FakePlatform):
    """Finds a post by its words and by what it answers, as platforms do that know no key."""

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        for one in self.kept.values():
            if (one.text, one.follows) == (post.text, post.follows):
                return self._published(one)
        return None


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast, thread=THREAD).submit().approve()


def confirm(publication: Publication, platform: FakePlatform) -> None:
    actions.confirm_publication(
        publication_id=publication.pk, actor=User.objects.system(), client=platform
    )


def test_a_part_in_doubt_is_looked_for_as_the_answer_that_it_is(stage: Stage) -> None:
    first, second, _third = parts(stage)
    platform = Looking()
    send(first, platform)
    platform.lost_answers = [UnknownOutcome("timeout")]
    send(second, platform)
    actions.withdraw_publication(actor=stage.cast.sari, publication_id=first.pk, reason="Salah")
    confirm(second, platform)
    assert statuses(stage) == ["withdrawn", "withdrawn", "cancelled"]


def test_what_answers_something_unknown_is_for_a_person_and_never_not_there(stage: Stage) -> None:
    first, second, _third = parts(stage)
    platform = Looking()
    send(first, platform)
    platform.lost_answers = [UnknownOutcome("timeout")]
    send(second, platform)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE content_publication DISABLE TRIGGER USER")
    sql("UPDATE content_publication SET platform_post_id = '' WHERE part = 0")
    sql("ALTER TABLE content_publication ENABLE TRIGGER USER")
    confirm(second, platform)
    second.refresh_from_db()
    assert (second.status, second.needs_person) == ("unconfirmed", True)


def test_the_application_answers_nothing_that_a_person_put_out(stage: Stage) -> None:
    first, second, _third = parts(stage)
    sql("UPDATE content_publication SET by_hand = true WHERE part = 0")
    page = f"https://bsky.app/profile/{stage.account.handle}/post/3k44dkfqrxs2a"
    prove(stage, first, page)
    ways = Entry.objects.filter(event="content.publication.way_chosen")
    assert [one.data["account"] for one in ways] == [f"{stage.account} · 2"]
    sql("UPDATE content_publication SET by_hand = false WHERE part = 1")
    with pytest.raises(REFUSED):
        sql("UPDATE content_publication SET status = 'sending' WHERE part = 1")
    platform = FakePlatform()
    assert send(second, platform).status == STATUS.FAILED
    assert platform.calls == 0


def test_a_thread_whose_post_failed_is_said_to_have_failed(stage: Stage) -> None:
    send(parts(stage)[0], FakePlatform(failures=[Refused("no")]))
    assert statuses(stage) == ["failed", "scheduled", "scheduled"]
    assert states.status_of(stage.post) == "failed"


def test_only_what_has_its_turn_is_to_be_posted_by_hand(stage: Stage) -> None:
    cast = stage.cast
    first, _second, _third = parts(stage)
    sql("UPDATE content_publication SET by_hand = true")
    assert states.status_of(stage.post) == "to_post"
    assert list(publications_to_post(cast.sari)) == [first]
    rows = Publication.objects.all()
    assert states.publications_in_state(rows, "to_post").get() == first
    assert states.publications_in_state(rows, "scheduled_by_hand").count() == 2
    told = following.with_turn(stage.post.publications.order_by("part"))
    assert [one.display_status for one in told] == [
        "to_post", "scheduled_by_hand", "scheduled_by_hand",
    ]  # fmt: skip
    # A row that was read without it knows nothing of its turn, and does not guess.
    with pytest.raises(AttributeError):
        _ = parts(stage)[1].display_status
    actions.claim_by_hand(actor=cast.sari, publication_id=first.pk)
    assert states.status_of(stage.post) == "being_posted"


def test_one_thread_that_will_fail_is_told_of_once(stage: Stage) -> None:
    obstruct(stage, "suspended")
    assert publications_that_will_fail(stage.cast.sari).count() == 1
    assert any("1 scheduled publication " in one for one in scheduled(stage.account))


def test_an_approval_that_ends_in_the_middle_stops_the_next_part_and_says_what_can_be_done(
    stage: Stage,
) -> None:
    send(parts(stage)[0], FakePlatform())
    sql("UPDATE content_publication SET by_hand = true WHERE part > 0")
    expire(stage)
    actions.tell_due_by_hand(actor=User.objects.system())
    assert statuses(stage) == ["published", "failed", "scheduled"]
    with pytest.raises(GateRefused, match="Cancel what is left"):
        actions.retry_publication(actor=stage.cast.sari, publication_id=parts(stage)[1].pk)


def test_what_is_out_of_a_thread_can_be_said_after_its_approval_has_ended(stage: Stage) -> None:
    first = parts(stage)[0]
    platform = Looking()
    platform.failures = [UnknownOutcome("timeout")]
    send(first, platform)
    sql("UPDATE content_publication SET needs_person = true WHERE part = 0")
    expire(stage)
    actions.settle_publication(
        actor=stage.cast.sari, publication_id=first.pk, is_live=True,
        permalink=address(stage.account), reason="Terlihat di akun",
    )  # fmt: skip
    assert statuses(stage) == ["published", "scheduled", "scheduled"]
    assert [one.by_hand for one in parts(stage)] == [False, True, False]


def test_what_was_never_out_does_not_keep_its_post_from_the_archive(stage: Stage) -> None:
    first, second, _third = parts(stage)
    platform = Looking()
    send(first, platform)
    platform.failures = [UnknownOutcome("timeout")]
    send(second, platform)
    actions.withdraw_post(actor=stage.cast.sari, post_id=stage.post.pk, reason="Salah")
    confirm(second, platform)
    assert statuses(stage) == ["withdrawn", "cancelled", "cancelled"]
    (taken,) = actions.claim_withdrawals()
    actions.delete_withdrawn(withdrawal_id=taken, actor=User.objects.system(), client=platform)
    actions.archive_post(actor=stage.cast.sari, post_id=stage.post.pk)
    assert stage.fresh().status == Post.Status.ARCHIVED


def test_taking_a_long_thread_back_costs_a_few_queries_for_each_part(cast: Cast) -> None:
    cost = []
    for length in (2, 8):
        stage = make_stage(cast, thread=THREAD[:1] * length).submit().approve()
        send_all(stage, FakePlatform())
        with CaptureQueriesContext(connection) as caught:
            actions.withdraw_post(actor=cast.sari, post_id=stage.post.pk, reason="Salah")
        cost.append(len(caught))
        assert set(statuses(stage)) == {"withdrawn"}
    assert cost[1] - cost[0] <= 6 * 8, cost


@pytest.mark.parametrize(
    "address", ["https://evil.example/anything", "https://bsky.app/profile/lain.example/post/3k44d"]
)
def test_nobody_settles_a_publication_at_an_address_that_is_not_of_the_account(
    stage: Stage, address: str
) -> None:
    first = parts(stage)[0]
    send(first, FakePlatform(lost_answers=[UnknownOutcome("timeout")]))
    with pytest.raises(ContentError) as refused:
        actions.settle_publication(
            actor=stage.cast.sari, publication_id=first.pk, is_live=True, permalink=address,
            reason="Terlihat",
        )  # fmt: skip
    assert refused.value.field == "permalink"


def test_on_a_training_instance_the_address_of_its_platforms_settles(
    stage: Stage, settings: Any
) -> None:
    settings.TRAINING, settings.TRAINING_URL = True, "http://127.0.0.1:8399"
    first = parts(stage)[0]
    send(first, FakePlatform(lost_answers=[UnknownOutcome("timeout")]))
    settled = actions.settle_publication(
        actor=stage.cast.sari, publication_id=first.pk, is_live=True,
        permalink="http://127.0.0.1:8399/bluesky/kota/post/1", reason="Terlihat",
    )  # fmt: skip
    assert settled.status == STATUS.PUBLISHED


@pytest.mark.parametrize("part", ["\u200b\u200b", "   "])
def test_the_database_submits_no_thread_that_says_nothing(cast: Cast, part: str) -> None:
    stage = make_stage(cast, thread=(part,))
    with pytest.raises(ContentError):
        stage.submit()
    with pytest.raises(REFUSED):
        sql("UPDATE content_post SET status = 'submitted'")


def test_a_thread_stays_one_when_threads_are_switched_off_after_its_approval(
    stage: Stage, settings: Any
) -> None:
    settings.THREADS_OFF = frozenset({"bluesky"})
    content = parts(stage)[0].version.content()
    (shown,) = previews(stage.post, content, [stage.account])
    assert [one["label"] for one in shown["parts"]] == [one.part_label for one in parts(stage)[1:]]

"""What follows a post on an account, a thread or a first comment, goes out after it, once each."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from accounts.models import User
from content import actions
from content.documents import Document, digest_of
from content.errors import ContentError, GateRefused
from content.models import Attempt, Post, PostVersion, Publication, Withdrawal
from content.proof import unproven
from content.selectors.freezes import frozen_visible_to, stopped_by
from content.selectors.posts import publications_to_post
from govsocial.audit.models import Entry
from govsocial.platforms.errors import Refused, UnknownOutcome
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, connected_account, document, later, make_stage
from tests.content.test_freezes import freeze, lift
from tests.content.test_withdrawals import Deleting

REFUSED = (IntegrityError, InternalError)
STATUS = Publication.Status
THREAD = ("Bawa kartu keluarga.", "Buka pukul 08.00 sampai 12.00.")


def parts(stage: Stage) -> list[Publication]:
    return list(stage.post.publications.order_by("part"))


def statuses(stage: Stage) -> list[str]:
    return [one.status for one in parts(stage)]


def send(publication: Publication, client: FakePlatform) -> Publication:
    return actions.send_publication(
        publication_id=publication.pk, actor=User.objects.system(), client=client
    )


def send_all(stage: Stage, client: FakePlatform) -> None:
    for one in parts(stage):
        send(one, client)


def sql(statement: str, *params: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def commented(cast: Cast, platform: str, *, connected: bool = True) -> Stage:
    make = connected_account if connected else factories.official_account
    account = make(cast.diskominfo, platform=platform, host="")
    content = document(account, first_comment="#rabies #samudrakota", thread=THREAD)
    post = actions.create_post(actor=cast.dwi, unit_id=cast.diskominfo.pk, document=content)
    return Stage(cast, account, post).submit().approve()


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """A post with a thread of two more, approved for an account of Bluesky."""
    return make_stage(cast, thread=THREAD).submit().approve()


# Out, one after the other


def test_each_part_answers_the_one_before_and_all_begin_at_the_post(stage: Stage) -> None:
    platform = FakePlatform()
    send_all(stage, platform)
    first, second, third = parts(stage)
    said = {one.text: one for one in platform.kept.values()}
    assert statuses(stage) == ["published"] * 3
    assert list(said) == ["Vaksin rabies gratis.", *THREAD]
    assert (said[THREAD[0]].follows, said[THREAD[0]].root) == (first.platform_post_id,) * 2
    assert said[THREAD[1]].follows == second.platform_post_id
    assert said[THREAD[1]].root == first.platform_post_id
    assert (said["Vaksin rabies gratis."].follows, third.part) == ("", 2)
    assert Entry.objects.filter(event="content.publication.scheduled").count() == 1
    assert Entry.objects.filter(event="content.publication.sent").count() == 3
    assert not list(unproven())


def test_no_part_goes_before_the_one_before_it_is_out(stage: Stage) -> None:
    first, second, third = parts(stage)
    platform = FakePlatform()
    for early in (second, third):
        send(early, platform)
        with pytest.raises(REFUSED):
            sql("UPDATE content_publication SET status = 'sending' WHERE id = %s", early.pk)
    assert (platform.calls, actions.claim_due_publications()) == (0, [first.pk])
    send(first, platform)
    assert actions.claim_following_publications(publication_id=first.pk) == [second.pk]
    assert actions.claim_following_publications(publication_id=first.pk) == [], "leased"
    assert actions.claim_following_publications(publication_id=second.pk) == [], "not out"
    send(second, platform)
    assert actions.claim_due_publications() == [third.pk], "the beat finds what a message lost"


def test_only_what_was_approved_follows(stage: Stage) -> None:
    copied = """INSERT INTO content_publication (post_id, version_id, official_account_id, digest,
        key, part, status, scheduled_for, platform_post_id, permalink, problem, checks,
        needs_person, sealed, key_version, attempts_before, created_at)
        SELECT post_id, version_id, official_account_id, digest, 'x', %s, status, scheduled_for, '',
        '', '', 0, false, '', 0, 0, created_at FROM content_publication WHERE part = 0"""
    for part in (2, 3):
        with pytest.raises(REFUSED):
            sql(copied, part)
    with pytest.raises(REFUSED):
        sql("UPDATE content_publication SET part = 3 WHERE part = 2")


def test_a_thread_is_under_the_digest_and_what_came_before_threads_keeps_its_own(
    stage: Stage,
) -> None:
    version = PostVersion.objects.get(post=stage.post)
    content = version.content()
    assert content.thread == THREAD
    assert digest_of(replace(content, thread=THREAD[::-1]).canonical()) != version.digest
    now = json.loads(version.canonical)
    del now["thread"], now["first_comment"], now["variants"][str(stage.account.pk)]["sent"]["parts"]
    old = Document.parse(json.dumps(now | {"schema": 4}))
    assert (old.thread, old.first_comment, old.sent_to(stage.account.pk).parts) == ((), "", ())


# When one of them does not go out


def test_what_nobody_knows_of_a_part_holds_the_others_until_it_is_found(stage: Stage) -> None:
    platform = FakePlatform(lost_answers=[UnknownOutcome("timeout")])
    first, second, third = parts(stage)
    send(first, platform)
    actions.confirm_publication(
        publication_id=first.pk, actor=User.objects.system(), client=platform
    )
    platform.lost_answers = [UnknownOutcome("timeout")]
    send(second, platform)
    send(third, platform)
    assert statuses(stage) == ["published", "unconfirmed", "scheduled"]
    actions.confirm_publication(
        publication_id=second.pk, actor=User.objects.system(), client=platform
    )
    send(third, platform)
    assert statuses(stage) == ["published"] * 3
    assert platform.calls == 3, "nothing twice"


def test_a_part_that_fails_is_tried_again_and_the_rest_follows(stage: Stage) -> None:
    platform = FakePlatform()
    first, second, third = parts(stage)
    send(first, platform)
    platform.failures = [Refused("too long")]
    send(second, platform)
    send(third, platform)
    assert statuses(stage) == ["published", "failed", "scheduled"]
    assert stage.fresh().status == Post.Status.LIVE
    actions.retry_publication(actor=stage.cast.sari, publication_id=second.pk)
    send_all(stage, platform)
    assert statuses(stage) == ["published"] * 3


def test_cancelling_one_cancels_what_follows_it(stage: Stage) -> None:
    first, second, _third = parts(stage)
    send(first, FakePlatform())
    actions.cancel_publication(actor=stage.cast.sari, publication_id=second.pk, reason="Salah")
    assert statuses(stage) == ["published", "cancelled", "cancelled"]


def test_an_edit_calls_back_the_whole_thread(cast: Cast) -> None:
    stage = make_stage(cast, thread=THREAD, planned_at=later(hours=2)).submit().approve()
    stage.edit("Vaksin rabies, gratis.")
    assert statuses(stage) == ["cancelled"] * 3


# Taken back


def test_withdrawing_a_post_takes_back_its_whole_thread(stage: Stage) -> None:
    platform = Deleting()
    first, second, _third = parts(stage)
    send(first, platform)
    send(second, platform)
    actions.withdraw_publication(actor=stage.cast.sari, publication_id=first.pk, reason="Salah")
    assert statuses(stage) == ["withdrawn", "withdrawn", "cancelled"]
    assert stage.fresh().status == Post.Status.WITHDRAWN
    for one in Withdrawal.objects.order_by("pk"):
        actions.delete_withdrawn(withdrawal_id=one.pk, actor=User.objects.system(), client=platform)
    root, answer, _never = parts(stage)
    assert platform.deleted == [answer.platform_post_id, root.platform_post_id]


def test_a_part_of_which_nobody_knows_is_withdrawn_once_it_is_found(stage: Stage) -> None:
    platform = FakePlatform()
    first, second, _third = parts(stage)
    send(first, platform)
    platform.lost_answers = [UnknownOutcome("timeout")]
    send(second, platform)
    actions.withdraw_post(actor=stage.cast.sari, post_id=stage.post.pk, reason="Salah")
    assert statuses(stage) == ["withdrawn", "unconfirmed", "cancelled"]
    actions.confirm_publication(
        publication_id=second.pk, actor=User.objects.system(), client=platform
    )
    assert statuses(stage) == ["withdrawn", "withdrawn", "cancelled"]
    assert stage.fresh().status == Post.Status.WITHDRAWN


# Frozen


def test_a_freeze_stops_a_thread_where_it_stands_and_it_is_let_go_as_one(stage: Stage) -> None:
    platform, cast = FakePlatform(), stage.cast
    send(parts(stage)[0], platform)
    begun = freeze(cast)
    assert statuses(stage) == ["published", "frozen", "frozen"]
    assert stopped_by(begun) == (1, 0), "one thread on one account"
    lift(cast)
    waiting = frozen_visible_to(cast.sari).get()
    assert waiting.part == 1
    with pytest.raises(GateRefused):
        actions.release_publication(actor=cast.sari, publication_id=waiting.pk)
    actions.open_frozen(actor=cast.sari, publication_id=waiting.pk)
    actions.release_publication(actor=cast.sari, publication_id=waiting.pk)
    send_all(stage, platform)
    assert statuses(stage) == ["published"] * 3


# By hand


def prove(stage: Stage, publication: Publication, address: str) -> Publication:
    actions.claim_by_hand(actor=stage.cast.sari, publication_id=publication.pk)
    return actions.record_by_hand(
        actor=stage.cast.sari, publication_id=publication.pk, number=1, permalink=address,
        went_out_at=timezone.now(),
    )  # fmt: skip


def test_what_answers_a_post_that_a_person_put_out_is_put_out_by_a_person(stage: Stage) -> None:
    first, second, third = parts(stage)
    actions.choose_way(actor=stage.cast.sari, publication_id=first.pk, by_hand=True)
    page = f"https://bsky.app/profile/{stage.account.handle}/post"
    prove(stage, first, f"{page}/3k44dkfqrxs2a")
    assert [one.by_hand for one in parts(stage)] == [True, True, True]
    assert list(publications_to_post(stage.cast.sari)) == [second]
    with pytest.raises(ContentError):
        actions.choose_way(actor=stage.cast.sari, publication_id=second.pk, by_hand=False)
    with pytest.raises(ContentError):
        actions.claim_by_hand(actor=stage.cast.sari, publication_id=third.pk)
    prove(stage, second, f"{page}/3k44dkfqrxs2b")
    sent = Attempt.objects.get(publication=second).sent
    assert (sent["text"], sent["media"]) == (THREAD[0], [])
    prove(stage, third, f"{page}/3k44dkfqrxs2c")
    assert statuses(stage) == ["published"] * 3


@pytest.mark.parametrize(
    ("platform", "post", "comment"),
    [
        (
            "facebook",
            "https://www.facebook.com/{name}/posts/122100",
            "https://www.facebook.com/{name}/posts/122100?comment_id=4711000",
        ),
    ],
)
def test_a_first_comment_is_proved_by_its_own_address(
    cast: Cast, platform: str, post: str, comment: str
) -> None:
    stage = commented(cast, platform, connected=False)
    first, second = parts(stage)
    names = {"name": stage.account.handle}
    prove(stage, first, post.format(**names))
    with pytest.raises(ContentError, match=r"comment"):
        prove(stage, second, post.format(**names))
    with pytest.raises(ContentError, match="under another post"):
        prove(stage, second, comment.format(**names).replace("122100", "122199"))
    done = actions.record_by_hand(
        actor=cast.sari, publication_id=second.pk, number=1, permalink=comment.format(**names),
        went_out_at=timezone.now(),
    )  # fmt: skip
    assert done.permalink == comment.format(**names)
    assert (done.is_comment, statuses(stage)) == (True, ["published", "published"])


# Where a platform has no threads


def test_each_platform_gets_what_it_has(cast: Cast) -> None:
    stage = commented(cast, "facebook")
    assert [one.part for one in parts(stage)] == [0, 1]
    platform = FakePlatform()
    send_all(stage, platform)
    assert [one.text for one in platform.kept.values()][1:] == ["#rabies #samudrakota"]
    assert [one.part for one in parts(commented(cast, "telegram", connected=False))] == [0]


def test_threads_can_be_switched_off_for_a_platform(cast: Cast, settings: Any) -> None:
    settings.THREADS_OFF = frozenset({"bluesky"})
    stage = make_stage(cast, thread=THREAD).submit().approve()
    assert [one.part for one in parts(stage)] == [0]


def test_a_limit_that_a_part_breaks_keeps_the_post_from_being_submitted(cast: Cast) -> None:
    stage = make_stage(cast, thread=("Baik.", "a" * 301))
    with pytest.raises(ContentError) as refused:
        stage.submit()
    assert refused.value.field == "thread_1"

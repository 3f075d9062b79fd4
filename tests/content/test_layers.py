"""Each layer of the gate alone, with the others switched off: the action without the triggers, the
worker without both. What the triggers refuse without the actions stands in test_gate.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.capabilities import Role
from content import actions
from content.checklist import ETHICS
from content.errors import ContentError, GateRefused
from content.models import Decision, Halt, Post, Publication, Retrospective, Review
from govsocial.platforms.registry import new_key
from tests import factories
from tests.cast import Cast
from tests.content.plans import idea
from tests.content.stage import FakePlatform, Stage, document, later, make_stage
from tests.content.test_bank import added
from tests.content.test_begun_with import from_idea
from tests.content.test_emergencies import answer, emergency
from tests.content.test_freezes import freeze
from tests.content.test_policies import policy

TABLES = (
    "content_post", "content_postversion", "content_review", "content_decision",
    "content_publication", "content_attempt", "content_freeze", "content_halt",
    "content_retrospective", "content_withdrawal", "content_approvalpolicy",
)  # fmt: skip


@contextmanager
def without_triggers(*tables: str) -> Iterator[None]:
    """Of these tables, or of all that the gate is made of."""
    of = tables or TABLES
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in of:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            yield
        finally:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in of:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


# The actions, without the database


def test_the_action_alone_lets_no_author_decide(stage: Stage) -> None:
    factories.grant(stage.cast.dwi, Role.APPROVER, stage.cast.diskominfo)
    stage.submit()
    with without_triggers(), pytest.raises(ContentError):
        stage.approve(by=stage.cast.dwi)
    assert not Decision.objects.exists()


def test_the_action_alone_lets_nobody_decide_without_the_right(stage: Stage) -> None:
    stage.submit()
    with without_triggers():
        for who in (stage.cast.rina, stage.cast.made, stage.cast.bayu, stage.cast.nur):
            with pytest.raises(PermissionDenied):
                stage.approve(by=who)
    assert not Decision.objects.exists()


def test_the_action_alone_lets_no_person_pass_two_stages(stage: Stage) -> None:
    policy(stage.cast, ["approve", "approve"])
    stage.submit()
    with without_triggers():
        stage.approve()
        with pytest.raises(ContentError):
            stage.approve()
    assert stage.fresh().status == Post.Status.SUBMITTED


def test_the_action_alone_approves_nothing_else_than_what_was_read(stage: Stage) -> None:
    stage.submit()
    with without_triggers(), pytest.raises(ContentError):
        actions.approve_post(
            actor=stage.cast.sari, post_id=stage.post.pk, digest="0" * 64, confirmed=ETHICS.version
        )
    assert not Decision.objects.exists()


def test_the_action_alone_asks_for_the_stages_of_the_policy(stage: Stage) -> None:
    policy(stage.cast, ["review", "approve"])
    with without_triggers():
        stage.submit()
    assert Review.objects.get().kinds == ["review", "approve"]


def test_the_action_alone_voids_an_approval_by_an_edit(stage: Stage) -> None:
    stage.submit().approve()
    with without_triggers():
        stage.edit("Lain.")
    assert stage.publication.status == Publication.Status.CANCELLED
    assert Review.objects.get().status == Review.Status.SUPERSEDED


def test_the_action_alone_lets_nothing_go_during_a_freeze(stage: Stage) -> None:
    stage.submit().approve()
    freeze(stage.cast)
    with without_triggers(), pytest.raises(ContentError):
        actions.release_publication(actor=stage.cast.sari, publication_id=stage.publication.pk)


def test_the_action_alone_lets_no_author_decide_on_an_emergency_and_no_decider_look_at_it(
    cast: Cast,
) -> None:
    factories.grant(cast.dwi, Role.APPROVER, cast.diskominfo)
    stage = emergency(cast).submit()
    with without_triggers():
        with pytest.raises(GateRefused) as refused:
            stage.approve(by=cast.dwi)
        assert refused.value.why == "own_post"
        stage.approve()
        stage.send(FakePlatform())
        for who, why in ((cast.sari, "decided"), (cast.dwi, "own_post")):
            with pytest.raises(GateRefused) as refused:
                answer(who)
            assert refused.value.why == why
    assert Retrospective.objects.get().done_at is None


def test_the_action_alone_takes_no_approval_that_has_expired(cast: Cast) -> None:
    policy(cast, ["review", "approve"])
    stage = make_stage(cast).submit().approve(by=cast.made)
    with without_triggers():
        Decision.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        with pytest.raises(GateRefused) as refused:
            stage.approve()
        assert refused.value.why == "no_longer_counts"
        Decision.objects.update(expires_at=later(days=1))
        stage.approve()
        Publication.objects.update(status="failed")
        Decision.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        with pytest.raises(GateRefused) as refused:
            actions.retry_publication(actor=cast.sari, publication_id=stage.publication.pk)
        assert refused.value.why == "no_longer_counts"
        Publication.objects.update(status="frozen")
        with pytest.raises(GateRefused) as refused:
            actions.release_publication(actor=cast.sari, publication_id=stage.publication.pk)
        assert refused.value.why == "no_longer_counts"


def test_the_action_alone_lets_nobody_decide_on_words_of_theirs_that_it_began_with(
    cast: Cast,
) -> None:
    factories.grant(cast.sari, Role.DRAFTER, cast.diskominfo)
    cast.sari.forget_reach()
    begun = from_idea(cast, idea(cast, by=cast.sari))
    taken = added(cast, text="Puskesmas Pesisir buka selama banjir, berobat gratis.")
    with without_triggers():
        actions.edit_post(
            actor=cast.dwi, post_id=begun.post.pk, based_on=1, document=document(begun.account)
        )
        from_bank = actions.create_post(
            actor=cast.dwi, unit_id=cast.diskominfo.pk, from_bank=[taken.pk],
            document=document(begun.account, text=taken.text),
        )  # fmt: skip
        for stage in (begun, Stage(cast, begun.account, from_bank)):
            stage.submit()
            with pytest.raises(GateRefused) as refused:
                stage.approve()
            assert refused.value.why == "own_post"


# The worker, without actions and database


def smuggled(stage: Stage) -> Publication:
    """A row that no action wrote and no trigger saw."""
    version = stage.fresh().current_version
    assert version is not None
    with without_triggers():
        return Publication.objects.create(
            post=stage.post,
            version=version,
            official_account=stage.account,
            digest=version.digest,
            key=new_key("bluesky", timezone.now()),
            scheduled_for=timezone.now(),
        )


def is_not_sent(stage: Stage) -> None:
    platform = FakePlatform()
    with without_triggers():
        row = stage.send(platform)
    assert platform.calls == 0
    assert row.status in {Publication.Status.FAILED, Publication.Status.FROZEN}


def test_the_worker_alone_sends_nothing_that_was_not_approved(stage: Stage) -> None:
    smuggled(stage)
    is_not_sent(stage)


def test_the_worker_alone_sends_nothing_that_waits_for_its_second_stage(stage: Stage) -> None:
    policy(stage.cast, ["review", "approve"])
    stage.submit().approve(by=stage.cast.made)
    smuggled(stage)
    is_not_sent(stage)


def test_the_worker_alone_sends_nothing_whose_approval_has_ended(stage: Stage) -> None:
    stage.submit().approve()
    with without_triggers():
        Decision.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    is_not_sent(stage)


def test_the_worker_alone_sends_nothing_that_was_edited_since(stage: Stage) -> None:
    stage.submit().approve()
    row = stage.publication
    stage.edit("Lain.")
    with without_triggers():
        Publication.objects.filter(pk=row.pk).update(status=Publication.Status.SCHEDULED)
    is_not_sent(stage)


def test_the_worker_alone_sends_nothing_that_is_frozen(stage: Stage) -> None:
    stage.submit().approve()
    with without_triggers():
        freeze(stage.cast)
    assert stage.publication.status == Publication.Status.SCHEDULED
    is_not_sent(stage)


def test_the_worker_alone_sends_nothing_that_nobody_let_go_after_the_freeze(stage: Stage) -> None:
    stage.submit().approve()
    with without_triggers():
        Halt.objects.create(publication=stage.publication, halted_at=timezone.now())
    is_not_sent(stage)


def test_the_worker_alone_sends_nothing_before_its_approved_time(cast: Cast) -> None:
    stage = make_stage(cast, planned_at=later(hours=2)).submit().approve()
    with without_triggers():
        Publication.objects.update(scheduled_for=timezone.now() - timedelta(days=1))
    platform = FakePlatform()
    assert stage.send(platform).status == Publication.Status.SCHEDULED
    assert platform.calls == 0


def test_the_worker_alone_sends_no_other_bytes_than_were_approved(stage: Stage) -> None:
    stage.submit().approve()
    with without_triggers():
        Publication.objects.update(digest="0" * 64)
    is_not_sent(stage)

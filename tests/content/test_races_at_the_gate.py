"""People and workers who meet at the gate at the same moment, with real threads."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.capabilities import Role
from content import actions
from content.checklist import ETHICS
from content.errors import ContentError
from content.models import ApprovalPolicy, Decision, Freeze, Post, Publication, Review, Withdrawal
from tests import factories
from tests.cast import the_cast
from tests.content.stage import FakePlatform, make_stage
from tests.content.test_freezes import freeze, lift
from tests.content.test_policies import TWO, policy
from tests.content.test_time_and_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
STATUS = Publication.Status


def test_a_freeze_and_a_sending_at_once_leave_it_frozen_or_out_and_never_both() -> None:
    cast = the_cast()
    for _ in range(3):
        stage = make_stage(cast).submit().approve()
        platform = FakePlatform()
        at_once(partial(stage.send, platform), lambda: freeze(cast))
        row = stage.publication
        assert (row.status, platform.calls) in {(STATUS.FROZEN, 0), (STATUS.PUBLISHED, 1)}
        lift(cast)


def test_an_approval_and_a_freeze_at_once_let_nothing_go() -> None:
    cast = the_cast()
    for _ in range(3):
        stage = make_stage(cast).submit()
        # Where the freeze comes first, an approval says why the post may be planned within it.
        approved, frozen = at_once(
            partial(stage.approve, note="Tayang sesudahnya."), lambda: freeze(cast)
        )
        assert not isinstance(approved, Exception)
        assert isinstance(frozen, Freeze)
        platform = FakePlatform()
        assert stage.send(platform).status == STATUS.FROZEN
        assert platform.calls == 0
        lift(cast)


def test_two_people_begin_the_same_freeze_once() -> None:
    cast = the_cast()
    results = at_once(*[lambda: freeze(cast)] * 3)
    assert sum(isinstance(one, Freeze) for one in results) == 1
    assert sum(isinstance(one, ContentError) for one in results) == 2


def test_an_approval_and_an_edit_at_once_never_both_count() -> None:
    cast = the_cast()
    stage = make_stage(cast).submit()
    digest = stage.digest
    at_once(
        lambda: actions.approve_post(
            actor=cast.sari, post_id=stage.post.pk, digest=digest, confirmed=ETHICS.version
        ),
        lambda: stage.edit("Diganti pada saat yang sama."),
    )
    platform = FakePlatform()
    for row in Publication.objects.all():
        actions.send_publication(publication_id=row.pk, actor=cast.bayu, client=platform)
    sent = [post.text for post in platform.kept.values()]
    assert sent in ([], ["Vaksin rabies gratis."])
    if stage.fresh().status == Post.Status.DRAFT:
        assert sent == []


def test_two_reviewers_at_once_pass_one_stage() -> None:
    cast = the_cast()
    policy(cast, TWO)
    factories.grant(cast.ratna, Role.REVIEWER, cast.diskominfo)
    stage = make_stage(cast).submit()
    digest = stage.digest
    at_once(
        *[
            lambda who=who: actions.approve_post(
                actor=who, post_id=stage.post.pk, digest=digest, confirmed=ETHICS.version
            )
            for who in (cast.made, cast.ratna)
        ]
    )
    # The second one stands at a stage that is not theirs.
    assert Decision.objects.count() == 1
    assert stage.fresh().status == Post.Status.SUBMITTED


def test_a_policy_and_a_submission_at_once_leave_a_review_that_keeps_one_of_both() -> None:
    cast = the_cast()
    stage = make_stage(cast)
    at_once(stage.submit, lambda: policy(cast, TWO))
    assert Review.objects.get().kinds in (["approve"], TWO)


def test_two_administrators_at_once_set_one_policy() -> None:
    cast = the_cast()
    results = at_once(*[lambda: policy(cast, TWO)] * 3)
    assert sum(isinstance(one, ApprovalPolicy) for one in results) == 1
    assert ApprovalPolicy.objects.count() == 1


def test_two_people_withdraw_the_same_publication_once() -> None:
    cast = the_cast()
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    results = at_once(
        *[
            lambda: actions.withdraw_publication(
                actor=cast.sari, publication_id=stage.publication.pk, reason="Salah"
            )
        ]
        * 3
    )
    assert sum(isinstance(one, Withdrawal) for one in results) == 1
    assert Withdrawal.objects.count() == 1

"""What went out is borne out by decisions and by the trail, and what is not is named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import OfficialAccount
from content import actions, proof
from content.documents import digest_of
from content.models import (
    ApprovalPolicy,
    Decision,
    Freeze,
    Halt,
    OpenedPublication,
    Post,
    PostVersion,
    Publication,
    Retrospective,
    Review,
)
from content.policies import asked_for
from govsocial.platforms.errors import UnknownOutcome
from tests.cast import Cast
from tests.content.stage import (
    FakePlatform,
    Stage,
    connected_account,
    document,
    later,
    make_stage,
)
from tests.content.test_emergencies import answer, emergency
from tests.content.test_freezes import freeze, lift, release
from tests.content.test_layers import without_triggers
from tests.content.test_policies import TWO, policy
from tests.triggers import without_trigger


@pytest.fixture
def stage(cast: Cast) -> Stage:
    policy(cast, TWO)
    return make_stage(cast).submit()


def verified() -> tuple[int, dict[str, object]]:
    out, code = io.StringIO(), 0
    try:
        call_command("verify_approvals", "--json", stdout=out)
    except SystemExit as exc:
        code = int(exc.code or 0)
    return code, json.loads(out.getvalue())


def unproven() -> list[str]:
    _, answer = verified()
    rows = answer["unproven"]
    assert isinstance(rows, list)
    return [f"{row['what']} {row['state']}" for row in rows]


def test_what_was_decided_and_went_out_is_borne_out(stage: Stage) -> None:
    stage.approve(stage.cast.made).approve().send(FakePlatform())
    other = make_stage(stage.cast).submit()
    other.approve(stage.cast.made)
    code, answer = verified()
    assert code == 0
    assert answer == {
        "versions": 2, "submissions": 2, "decisions": 3, "publications": 1, "attempts": 0,
        "releases": 0,
        "freezes": 0, "policies": 1, "retrospectives": 0, "unproven": [],
    }  # fmt: skip
    out = io.StringIO()
    call_command("verify_approvals", stdout=out)
    assert out.getvalue().splitlines()[-1] == "All are borne out."


def test_a_decision_written_by_sql_in_the_name_of_an_approver_is_named(stage: Stage) -> None:
    stage.approve(stage.cast.made)
    Decision.objects.create(
        review=Review.objects.get(), version_digest=stage.digest, stage=2, verdict="approve",
        decider=stage.cast.sari, expires_at=later(days=1), confirmed_list="ethics",
        confirmed_version=1,
    )  # fmt: skip
    code, _ = verified()
    assert (code, unproven()) == (1, ["decision approve"])
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_approvals", stdout=out)
    assert "Sari Wulandari" in out.getvalue()


def test_what_was_called_live_past_the_gate_is_named(stage: Stage) -> None:
    stage.approve(stage.cast.made)
    version = stage.fresh().current_version
    assert version is not None
    with without_triggers():
        Publication.objects.create(
            post=stage.post, version=version, official_account=stage.account, key="k",
            digest=version.digest, status="published", scheduled_for=timezone.now(),
            sent_at=timezone.now(), published_at=timezone.now(), permalink="https://bsky.app/1",
        )  # fmt: skip
    assert unproven() == ["publication published"]


def test_all_that_people_did_through_the_application_is_borne_out(cast: Cast) -> None:
    actions.end_policy(actor=cast.bayu, policy_id=policy(cast, TWO).pk, reason="Ganti SOP")
    changed = policy(cast, ["approve", "approve"])
    policy(cast, ["approve"], seen=changed.pk)
    notice = emergency(cast).submit().approve()
    notice.send(FakePlatform(lost_answers=[UnknownOutcome("No answer.")]))
    notice.confirm(FakePlatform())
    Publication.objects.update(not_before=None)
    notice.send(FakePlatform())
    answer(cast.made)
    stage = make_stage(cast, thread=("Dua.",)).edit("Vaksin rabies.").submit()
    actions.take_back_post(actor=cast.dwi, post_id=stage.post.pk)
    stage.submit().approve()
    freeze(cast)
    lift(cast)
    first = Publication.objects.get(post=stage.post, part=0)
    actions.open_frozen(actor=cast.sari, publication_id=first.pk)
    actions.release_publication(actor=cast.sari, publication_id=first.pk)
    code, told = verified()
    assert told.pop("unproven") == []
    assert code == 0
    assert all(told.values()), "each question has something to ask about"


def written_by_sql(stage: Stage, text: str, *, editor: str) -> PostVersion:
    """Another version, in the name of somebody who did not write it, submitted in their name."""
    before, person = stage.fresh().current_version, getattr(stage.cast, editor)
    assert before is not None
    canonical = replace(before.content(), text=text, texts={stage.account.pk: text}).canonical()
    version = PostVersion.objects.create(
        post=stage.post, number=before.number + 1, editor=person, title=before.title,
        canonical=canonical, digest=digest_of(canonical),
    )  # fmt: skip
    Post.objects.filter(pk=stage.post.pk).update(current_version=version)
    Review.objects.create(
        post=stage.post, version=version, digest=version.digest, submitted_by=person,
        **asked_for(version.pk)._asdict(),
    )  # fmt: skip
    Post.objects.filter(pk=stage.post.pk).update(status=Post.Status.SUBMITTED)
    return version


def test_own_words_that_an_approver_wrote_by_sql_as_somebody_else_are_named(cast: Cast) -> None:
    stage = make_stage(cast)
    written_by_sql(stage, stage.fresh().title, editor="rina")
    stage.approve(cast.sari).send(FakePlatform())
    assert unproven() == ["version written", "submission submitted"]


def in_doubt_and_sent_again(cast: Cast, put_back: Callable[[Stage], object]) -> Stage:
    """Sent, with the answer lost; then put back into line and sent."""
    stage = make_stage(cast).submit().approve()
    platform = FakePlatform(lost_answers=[UnknownOutcome("No answer.")])
    assert stage.send(platform).status == Publication.Status.UNCONFIRMED
    put_back(stage)
    Publication.objects.update(not_before=None)
    assert stage.send(platform).status == Publication.Status.PUBLISHED
    return stage


def test_what_may_be_out_and_sql_put_back_into_line_is_named(cast: Cast) -> None:
    in_doubt_and_sent_again(cast, lambda stage: stage.confirm(FakePlatform()))
    in_doubt_and_sent_again(
        cast,
        lambda stage: actions.settle_publication(
            actor=cast.sari, publication_id=stage.publication.pk, is_live=False, permalink="",
            reason="Tidak ada di akun.",
        ),
    )  # fmt: skip
    assert unproven() == []
    in_doubt_and_sent_again(cast, lambda stage: stage.post.publications.update(status="scheduled"))
    assert unproven() == ["attempt sent again (2) while in doubt"]


def test_what_was_let_go_by_sql_after_a_freeze_that_sql_lifted_is_named(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    freeze(cast)
    lift(cast)
    release(stage)
    freeze(cast)
    now = timezone.now()
    Freeze.objects.filter(lifted_at=None).update(
        lifted_by=cast.sari, lifted_at=now, lift_reason="x"
    )
    OpenedPublication.objects.update(opened_at=now)
    Halt.objects.filter(released_at=None).update(released_by=cast.sari, released_at=now)
    Publication.objects.update(status="scheduled")
    assert stage.send(FakePlatform()).status == Publication.Status.PUBLISHED
    assert unproven() == ["release released", "freeze lifted"]


def release_one_and_forge_the_other(cast: Cast, accounts: list[OfficialAccount]) -> None:
    """After a freeze the post is let go on the first account, and past the action on the second."""
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts)
    )
    stage = Stage(cast, accounts[0], post).submit().approve()
    freeze(cast)
    lift(cast)
    release(stage)
    other = Publication.objects.get(status="frozen")
    actions.open_frozen(actor=cast.sari, publication_id=other.pk)
    other.halts.update(released_by=cast.sari, released_at=timezone.now())


def test_the_release_of_one_account_bears_out_no_other_one(cast: Cast) -> None:
    accounts = [connected_account(cast.diskominfo) for _ in range(2)]
    release_one_and_forge_the_other(cast, accounts)
    assert unproven() == ["release released"]


def test_a_release_on_one_platform_bears_out_none_of_the_same_name_on_another(cast: Cast) -> None:
    places = {"platform": "threads", "host": ""}, {"platform": "facebook", "host": ""}
    accounts = [connected_account(cast.diskominfo, handle="samudra", **one) for one in places]
    release_one_and_forge_the_other(cast, accounts)
    assert unproven() == ["release released"]
    # As entries were written before they held the id.
    with connection.cursor() as cursor, without_trigger("audit.Entry:append_only"):
        cursor.execute(
            "UPDATE audit_entry SET data = data - 'official_account_id'"
            " WHERE event = 'content.publication.released'"
        )
    assert unproven() == ["release released"]


def test_a_policy_that_sql_set_or_ended_as_an_administrator_is_named(cast: Cast) -> None:
    policy(cast, TWO)
    ApprovalPolicy.objects.update(ends_at=timezone.now(), ended_by=cast.bayu)
    assert unproven() == ["policy ended"]
    policy(cast, ["approve"])
    assert unproven() == ["policy ended"], "what was set a moment later did not end it"
    ApprovalPolicy.objects.create(
        unit=cast.dinkes, stages=["approve"], days=90, remind_after=1, escalate_after=2,
        reason="x", set_by=cast.bayu,
    )  # fmt: skip
    assert unproven() == ["policy set", "policy ended"]


def test_an_emergency_that_nobody_looked_at_but_sql_is_named(cast: Cast) -> None:
    emergency(cast).submit().approve().send(FakePlatform())
    Retrospective.objects.update(
        verdict="justified", findings="x", done_by=cast.made, done_at=timezone.now()
    )
    assert unproven() == ["retrospective justified"]
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_approvals", stdout=out)
    assert "version 1: justified, Made Wirawan" in out.getvalue()


def test_it_asks_as_often_of_many_posts_as_of_none(cast: Cast) -> None:
    for _ in range(2):
        make_stage(cast).submit().approve().send(FakePlatform())
    with CaptureQueriesContext(connection) as asked:
        assert not list(proof.unproven())
    assert len(asked) <= 10

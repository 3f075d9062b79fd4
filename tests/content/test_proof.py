"""What went out is borne out by decisions and by the trail, and what is not is named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import OfficialAccount, User
from content import actions, proof
from content.documents import digest_of
from content.models import (
    ApprovalPolicy,
    Attempt,
    BankText,
    Decision,
    Freeze,
    Halt,
    Idea,
    IdeaEdition,
    MediaAlt,
    MediaFile,
    MediaRecord,
    OpenedPublication,
    Post,
    PostVersion,
    Publication,
    Retrospective,
    Review,
)
from content.policies import asked_for
from govsocial.platforms.errors import NotReached, UnknownOutcome
from tests import factories
from tests.cast import Cast
from tests.content.media_stage import ready
from tests.content.plans import idea
from tests.content.stage import (
    FakePlatform,
    Stage,
    connected_account,
    document,
    later,
    make_stage,
    media_item,
    picture,
)
from tests.content.test_bank import added, wording
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
        "freezes": 0, "policies": 1, "retrospectives": 0, "ideas": 0, "idea_editions": 0,
        "bank_texts": 0, "alternative_texts": 0, "files": 0, "unproven": [],
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


def what_posts_begin_with(cast: Cast) -> tuple[Idea, BankText, MediaFile]:
    """An idea that was changed, a text of the message bank that replaced another, and a picture
    that was described; with one made of it for a platform."""
    kept = idea(cast, by=cast.rina)
    said = {"title": kept.title, "note": "Kata Made."}
    actions.change_idea(actor=cast.made, idea_id=kept.pk, edition=1, values=said)
    text = actions.replace_bank_text(
        actor=cast.sari, text_id=added(cast).pk, wording=wording(title="Baru")
    )
    media = ready(cast.dwi, cast.diskominfo, picture(size=(640, 640)))
    account = connected_account(cast.diskominfo, platform="instagram", host="")
    shown = document(account, media=(media_item(media, "Kucing."),))
    actions.create_post(actor=cast.dwi, unit_id=cast.diskominfo.pk, document=shown)
    return kept, text, media


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
    what_posts_begin_with(cast)
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


def test_own_words_and_pictures_that_sql_says_are_of_somebody_else_are_named(cast: Cast) -> None:
    kept, text, media = what_posts_begin_with(cast)
    assert unproven() == []
    Idea.objects.create(unit=cast.diskominfo, author=cast.made, title="Kata-kata Sari")
    IdeaEdition.objects.create(idea=kept, edition=3, editor=cast.made)
    Idea.objects.filter(pk=kept.pk).update(note="Kata-kata Sari", edition=3)
    values = model_to_dict(text, ["kind", "title", "purpose", "text", "valid_from"])
    BankText.objects.create(
        unit=cast.diskominfo, made_by=cast.made, mark=text.mark, replaces=text, **values
    )
    MediaAlt.objects.create(media=media, edition=3, alt="Kata-kata Sari", editor=cast.dwi)
    MediaRecord.objects.filter(media=media).update(alt="Kata-kata Sari", edition=3)
    MediaFile.objects.create(
        sha256="a" * 64, unit=cast.diskominfo, media_type="image/png", size=1, width=1, height=1,
        uploaded_by=cast.dwi,
    )  # fmt: skip
    assert unproven() == [
        "idea added", "edition of an idea written", "text of the message bank made",
        "alternative text written", "file uploaded",
    ]  # fmt: skip


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


def test_what_is_handed_back_on_one_account_bears_out_no_other_one(cast: Cast) -> None:
    accounts = [factories.official_account(cast.diskominfo) for _ in range(2)]
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts)
    )
    Stage(cast, accounts[0], post).submit().approve()
    first, second = Publication.objects.order_by("pk")
    for one in (first, second):
        actions.claim_by_hand(actor=cast.sari, publication_id=one.pk)
    Attempt.objects.update(deadline_at=timezone.now())
    actions.find_lost_attempts(actor=User.objects.system())
    actions.hand_back(actor=cast.sari, publication_id=first.pk, number=1)
    actions.claim_by_hand(actor=cast.sari, publication_id=first.pk)
    assert unproven() == []
    Publication.objects.filter(pk=second.pk).update(status="scheduled", needs_person=False)
    actions.claim_by_hand(actor=cast.sari, publication_id=second.pk)
    assert unproven() == ["attempt sent again (2) while in doubt"]


def test_a_clock_that_is_ahead_accuses_nobody(cast: Cast) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=50)):
        in_doubt_and_sent_again(cast, lambda stage: stage.confirm(FakePlatform()))
    assert unproven() == []


def test_what_sql_calls_not_sent_is_named(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform(failures=[NotReached("No network.")]))
    assert unproven() == []
    other = make_stage(cast).submit().approve()
    platform = FakePlatform(lost_answers=[KeyboardInterrupt()])  # type: ignore[list-item]  # ours
    with pytest.raises(KeyboardInterrupt):
        other.send(platform)
    Attempt.objects.filter(outcome="").update(
        outcome="not_sent", finished_at=timezone.now(), error="NotReached"
    )
    other.post.publications.update(status="scheduled")
    assert other.send(platform).status == Publication.Status.PUBLISHED
    assert unproven() == ["attempt called not sent (1)"]


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
    assert len(asked) <= 16, "one a question"

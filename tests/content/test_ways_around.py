"""Ways around a required approval that people try in earnest: refused, and told in the trail.

The first are those that worked in comparable software; what only raw SQL or the ORM tries stands in
test_gate.py, test_policies.py, test_freezes.py and test_layers.py.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Grant
from content import actions
from content.models import Decision, Post, Publication
from content.standing import standing
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, make_stage
from tests.content.test_freezes import freeze
from tests.content.test_policies import policy

ClientAs = Callable[[object], Client]
REFUSED = {302, 403, 404, 409, 422}


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def post(client: Client, name: str, pk: int, **data: object) -> int:
    return client.post(reverse(f"content:{name}", args=[pk]), data).status_code


def told(why: str | None, attempt: str | None = None) -> None:
    """One refusal in the trail: at the gate for this reason, or at the door of a page."""
    if why is None:
        assert Entry.objects.filter(event="audit.access.refused").exists()
        return
    entry = Entry.objects.filter(event="content.gate.refused").latest("pk")
    assert entry.data["why"] == why
    assert attempt is None or entry.data["attempt"] == attempt
    assert entry.sentence


def nobody_told() -> None:
    """Nobody tried anything that this refuses: the rest of a forged form counts for nothing."""
    refusals = ["content.gate.refused", "audit.access.refused"]
    assert not Entry.objects.filter(event__in=refusals).exists()


def nothing_goes_out(stage: Stage) -> None:
    assert not Publication.objects.filter(status__in=["scheduled", "sending", "published"]).exists()
    assert stage.fresh().status not in {"approved", "scheduled", "live"}


def test_a_drafter_does_not_approve_directly(stage: Stage, client_as: ClientAs) -> None:
    stage.submit()
    assert (
        post(client_as("rina"), "post_approve", stage.post.pk, digest=stage.digest, confirmed=1)
        == 403
    )
    told(None)
    nothing_goes_out(stage)


def test_a_drafter_schedules_nothing_with_a_planned_time(stage: Stage, client_as: ClientAs) -> None:
    drafted = client_as("dwi").post(
        reverse("content:post_edit", args=[stage.post.pk]),
        {
            "title": "x", "unit": stage.cast.diskominfo.pk, "accounts": stage.account.pk,
            "text": "Langsung tayang", "language": "id", "based_on": 1, "status": "scheduled",
            "planned_at": "2127-01-01T08:00",
        },
    )  # fmt: skip
    assert drafted.status_code == 302
    assert stage.fresh().status == Post.Status.DRAFT
    nobody_told()
    nothing_goes_out(stage)


def test_an_edit_after_the_approval_sends_nothing_of_either(
    stage: Stage, client_as: ClientAs
) -> None:
    stage.submit().approve()
    stage.edit("Diganti setelah disetujui.")
    nobody_told()
    nothing_goes_out(stage)
    assert Publication.objects.get().status == Publication.Status.CANCELLED


def test_another_text_for_one_account_after_the_approval_voids_it(
    stage: Stage, client_as: ClientAs
) -> None:
    stage.submit().approve()
    saved = client_as("dwi").post(
        reverse("content:post_edit", args=[stage.post.pk]),
        {
            "title": "Jadwal vaksinasi", "unit": stage.cast.diskominfo.pk, "language": "id",
            "accounts": stage.account.pk, "text": "Vaksin rabies gratis.", "based_on": 1,
            f"text_{stage.account.pk}": "Hanya untuk akun ini.", "voids": standing(stage.post),
        },
    )  # fmt: skip
    assert saved.status_code == 302
    nobody_told()
    assert stage.fresh().status == Post.Status.DRAFT
    nothing_goes_out(stage)


def test_a_colleague_saving_voids_the_approval_as_well(stage: Stage) -> None:
    stage.submit().approve()
    stage.edit("Simpan otomatis oleh rekan.", by=stage.cast.rina)
    nobody_told()
    nothing_goes_out(stage)


def test_nobody_approves_their_own_post(stage: Stage, client_as: ClientAs) -> None:
    factories.grant(stage.cast.dwi, Role.APPROVER, stage.cast.diskominfo)
    stage.submit()
    assert (
        post(client_as("dwi"), "post_approve", stage.post.pk, digest=stage.digest, confirmed=1)
        == 409
    )
    told("own_post", "approve")
    nothing_goes_out(stage)


def test_nobody_submits_in_the_name_of_who_wrote_it(stage: Stage, client_as: ClientAs) -> None:
    factories.grant(stage.cast.sari, Role.DRAFTER, stage.cast.diskominfo)
    post(client_as("sari"), "post_submit", stage.post.pk, based_on=1)
    told("not_writer", "submit")
    assert stage.fresh().status == Post.Status.DRAFT
    nothing_goes_out(stage)


def test_one_person_does_not_pass_both_stages(stage: Stage, client_as: ClientAs) -> None:
    policy(stage.cast, ["approve", "approve"])
    stage.submit()
    sari = client_as("sari")
    assert post(sari, "post_approve", stage.post.pk, digest=stage.digest, confirmed=1) == 302
    assert post(sari, "post_approve", stage.post.pk, digest=stage.digest, confirmed=1) == 409
    told("earlier_stage", "approve")
    nothing_goes_out(stage)


def test_a_viewer_deletes_or_withdraws_nothing(stage: Stage, client_as: ClientAs) -> None:
    stage.submit().approve()
    stage.send(FakePlatform())
    for name in ("publication_cancel", "publication_retry", "publication_settle"):
        assert post(client_as("ratna"), name, stage.publication.pk, reason="x") in REFUSED
    told(None)
    assert stage.publication.status == Publication.Status.PUBLISHED


def test_a_policy_switched_off_and_on_again_leaves_the_post_as_strict(
    stage: Stage, client_as: ClientAs
) -> None:
    strict = policy(stage.cast, ["review", "approve"])
    actions.end_policy(actor=stage.cast.bayu, policy_id=strict.pk, reason="Uji")
    stage.submit()
    post(client_as("sari"), "post_approve", stage.post.pk, digest=stage.digest, confirmed=1)
    assert Decision.objects.count() == 1
    nobody_told()
    assert stage.fresh().status == Post.Status.SUBMITTED, "the second stage still waits"


def test_an_administrator_does_not_decide(stage: Stage, client_as: ClientAs) -> None:
    stage.submit()
    for name in ("post_approve", "post_reject", "post_request_changes"):
        answer = post(client_as("bayu"), name, stage.post.pk, digest=stage.digest, note="x")
        assert answer == 403
    told(None)
    nothing_goes_out(stage)


def test_an_approver_of_another_unit_sees_and_decides_nothing(
    stage: Stage, client_as: ClientAs
) -> None:
    stage.submit()
    assert (
        post(client_as("nur"), "post_approve", stage.post.pk, digest=stage.digest, confirmed=1)
        == 404
    )
    told(None)
    nothing_goes_out(stage)


def test_an_approver_of_another_unit_withdraws_nothing_and_learns_of_nothing(
    stage: Stage, client_as: ClientAs
) -> None:
    stage.submit().approve()
    sent, nur = stage.send(FakePlatform()), client_as("nur")
    assert post(nur, "post_withdraw", Post.objects.latest("pk").pk + 1, reason="x") == 404
    nobody_told()
    assert nur.get(reverse("content:post_detail", args=[stage.post.pk])).status_code == 404
    nobody_told()
    assert post(nur, "publication_withdraw", sent.pk, reason="x") == 404
    told(None)
    assert post(nur, "post_withdraw", stage.post.pk, reason="x") == 404
    pages = Entry.objects.filter(event="audit.access.refused", target_id=str(stage.cast.nur.pk))
    assert [one.data["page"] for one in pages.order_by("pk")] == [
        "content:publication_withdraw", "content:post_withdraw",
    ]  # fmt: skip
    assert stage.publication.status == Publication.Status.PUBLISHED


def test_an_account_of_another_unit_in_the_form_is_refused_and_told(
    stage: Stage, client_as: ClientAs
) -> None:
    foreign = factories.official_account(stage.cast.dinkes)
    typed = {
        "title": "x", "unit": stage.cast.diskominfo.pk, "accounts": foreign.pk, "text": "Teks",
        "language": "id", "based_on": 0,
    }  # fmt: skip
    assert client_as("dwi").post(reverse("content:post_create"), typed).status_code == 422
    told("no_right", "create")
    edited = client_as("dwi").post(
        reverse("content:post_edit", args=[stage.post.pk]), typed | {"based_on": 1}
    )
    assert edited.status_code == 422
    told("no_right", "edit")
    assert Entry.objects.latest("pk").target_id == str(foreign.pk)


def test_a_role_that_ended_decides_nothing(stage: Stage, client_as: ClientAs) -> None:
    stage.submit()
    sari = client_as("sari")
    Grant.objects.filter(user=stage.cast.sari).update(ends_at=timezone.now())
    assert post(sari, "post_approve", stage.post.pk, digest=stage.digest, confirmed=1) in {403, 404}
    told(None)
    nothing_goes_out(stage)


def test_a_role_that_ends_before_the_second_stage_decides_nothing(stage: Stage) -> None:
    policy(stage.cast, ["review", "approve"])
    stage.submit().approve(by=stage.cast.made)
    Grant.objects.filter(user=stage.cast.sari).update(ends_at=timezone.now())
    stage.cast.sari.forget_reach()
    with pytest.raises(Exception, match="right"):
        stage.approve()
    told("no_right", "approve")
    nothing_goes_out(stage)


def test_a_replayed_approval_of_an_older_version_counts_for_nothing(
    stage: Stage, client_as: ClientAs
) -> None:
    stage.submit()
    old = stage.digest
    stage.edit("Teks lain.").submit()
    assert post(client_as("sari"), "post_approve", stage.post.pk, digest=old, confirmed=1) == 409
    told("content_changed", "approve")
    nothing_goes_out(stage)


def test_a_replayed_approval_does_not_count_twice(stage: Stage, client_as: ClientAs) -> None:
    stage.submit()
    sari = client_as("sari")
    assert post(sari, "post_approve", stage.post.pk, digest=stage.digest, confirmed=1) == 302
    assert post(sari, "post_approve", stage.post.pk, digest=stage.digest, confirmed=1) == 409
    told("not_waiting", "approve")
    assert Decision.objects.count() == Publication.objects.count() == 1


def test_forged_fields_of_a_decision_change_nothing(stage: Stage, client_as: ClientAs) -> None:
    policy(stage.cast, ["review", "approve"])
    stage.submit()
    post(
        client_as("made"), "post_approve", stage.post.pk, digest=stage.digest, confirmed=1, stage=2,
        stages=1, status="approved", expires_at="2099-01-01", decider=stage.cast.sari.pk,
    )  # fmt: skip
    decision = Decision.objects.get()
    assert (decision.stage, decision.decider) == (1, stage.cast.made)
    nobody_told()
    nothing_goes_out(stage)


def test_a_rejected_post_is_not_submitted_again(stage: Stage, client_as: ClientAs) -> None:
    stage.submit()
    post(client_as("sari"), "post_reject", stage.post.pk, digest=stage.digest, note="Tidak")
    post(client_as("dwi"), "post_submit", stage.post.pk, based_on=1)
    told("ended", "submit")
    assert stage.fresh().status == Post.Status.REJECTED


def test_a_failed_publication_is_not_sent_after_its_approval_was_voided(
    stage: Stage, client_as: ClientAs
) -> None:
    stage.submit().approve()
    Publication.objects.update(status="failed")
    stage.edit("Lain.")
    post(client_as("sari"), "publication_retry", stage.publication.pk)
    told("no_longer_counts", "retry")
    nothing_goes_out(stage)


def test_a_publisher_sends_nothing_during_a_freeze(stage: Stage, client_as: ClientAs) -> None:
    stage.submit().approve()
    Publication.objects.update(status="failed")
    freeze(stage.cast)
    post(client_as("sari"), "publication_retry", stage.publication.pk)
    told("frozen", "retry")
    assert stage.publication.status == Publication.Status.FAILED


def test_what_is_out_is_not_edited_quietly(stage: Stage) -> None:
    stage.submit().approve()
    stage.send(FakePlatform())
    with pytest.raises(Exception, match="no longer be edited"):
        stage.edit("Diam-diam.")
    told("is_out", "edit")
    assert stage.fresh().status == Post.Status.LIVE


def test_a_form_opened_by_somebody_else_earlier_overwrites_nothing(
    stage: Stage, client_as: ClientAs
) -> None:
    stage.edit("Versi dua.", by=stage.cast.rina)
    saved = client_as("dwi").post(
        reverse("content:post_edit", args=[stage.post.pk]),
        {
            "title": "x", "unit": stage.cast.diskominfo.pk, "accounts": stage.account.pk,
            "text": "Dari formulir lama", "language": "id", "based_on": 1,
        },
    )  # fmt: skip
    assert saved.status_code == 409
    nobody_told()
    version = stage.fresh().current_version
    assert version is not None
    assert version.content().text == "Versi dua."

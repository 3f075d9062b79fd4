"""A form that was opened before somebody decided, or before the post went out, loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.capabilities import Role
from content import actions
from content.actions.scratches import Place
from content.errors import ContentError, GateRefused, VoidsDecision
from content.models import Post, Publication, Relation, Scratch
from content.standing import standing
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import DECLARED, FakePlatform, Stage, document, make_stage
from tests.content.test_unsaved import edit, keep, save


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


@pytest.fixture
def client(cast: Cast, client_as: Callable[[object], Client]) -> Client:
    return client_as(factories.reads_english(cast.dwi))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def detail(stage: Stage) -> str:
    return reverse("content:post_detail", args=[stage.post.pk])


def test_an_approval_given_meanwhile_is_asked_about_before_it_ends(
    stage: Stage, client: Client, django_assert_max_num_queries: Any
) -> None:
    stage.submit()
    with django_assert_max_num_queries(15):
        page = client.get(edit(stage)).content.decode()
    assert "skeleton" in page.split('id="preview"')[1], "it is on its way"
    opened = hidden(page, "opened_as")
    stage.approve()
    sent = {"accounts": stage.account.pk, "opened_as": opened, "scratch_page": str(uuid4())}
    # Neither does what is forged, or a form that knows nothing, end it without a word.
    for known in (opened, "", "x\0", "0.0"):
        asked = save(client, stage, "Kalimat saya", **sent | {"opened_as": known})
        assert asked.status_code == 409
    page = asked.content.decode()
    assert "Sari Wulandari approved version 1 in the meantime." in page
    assert "Saving ends the approval and cancels 1 publication." in page
    assert "Save draft</button>\n" not in page.split('class="card-foot')[1]
    assert "Kalimat saya" in page.split('id="preview"')[1], "the preview comes with the question"
    assert stage.fresh().status == Post.Status.SCHEDULED
    assert Scratch.objects.get().fields["text"] == ["Kalimat saya"]
    Scratch.objects.all().delete()
    saved = save(client, stage, "Kalimat saya", **sent, voids=hidden(page, "voids"))
    told = client.get(saved["Location"]).content.decode()
    assert "Saved as version 2. The approval of version 1 no longer counts, 1 publica" in told
    assert "Submit it again." in told
    assert stage.fresh().status == Post.Status.DRAFT
    assert Publication.objects.get().status == Publication.Status.CANCELLED
    assert Entry.objects.filter(event="content.post.approval_voided").count() == 1


def test_what_was_submitted_or_approved_meanwhile_is_told_and_not_led_to_the_composer(
    stage: Stage, client: Client, client_as: Callable[[object], Client]
) -> None:
    """Pressed unchanged, on the form or on the page of the post."""
    known = stage.fresh().current_version
    assert known is not None
    said = known.content()
    page = {"accounts": stage.account.pk, "title": said.title, "submit": "1"}
    seen = {"based_on": 1}
    for move, who in (
        (stage.submit, "You have submitted version 1 already."),
        (stage.approve, "Sari Wulandari has approved version 1."),
    ):
        move()
        before = stage.fresh().status
        submit = reverse("content:post_submit", args=[stage.post.pk])
        for pressed in (
            save(client, stage, said.text, **page),
            save(client, stage, said.text, accounts=stage.account.pk, title=said.title),
            client.post(submit, seen),
        ):
            assert pressed["Location"] == detail(stage)
            assert stage.fresh().status == before
        told = client.get(detail(stage)).content.decode()
        assert f"Nothing had to be saved: the text is as it was. {who} Its status is" in told
        assert "not submitted yet" not in told
    assert Publication.objects.get().status == Publication.Status.SCHEDULED
    # A colleague's form opens without the confirmations of whoever submitted it.
    rina, colleague = stage.cast.rina, client_as(factories.reads_english(stage.cast.rina))
    unticked = {f"confirm_{key}": "" for key in DECLARED.confirmed}
    opened = {"opened_as": hidden(colleague.get(edit(stage)).content.decode(), "opened_as")}
    pressed = save(colleague, stage, said.text, **page | opened | unticked)
    assert pressed["Location"] == detail(stage)
    assert stage.fresh().status == Post.Status.SCHEDULED
    assert not stage.post.versions.filter(editor=rina).exists()


def test_a_save_that_undoes_what_its_writer_knew_of_is_asked_about_too_and_enter_saves_nothing(
    stage: Stage, client: Client
) -> None:
    stage.submit()
    for _stage in ("submitted", "approved"):
        with pytest.raises(VoidsDecision, match="version 1"):
            actions.edit_post(
                actor=stage.cast.rina,
                post_id=stage.post.pk,
                document=document(stage.account, text="Lain"),
                based_on=1,
                known=standing(stage.fresh()),
            )
        page = client.get(edit(stage)).content.decode()
        enter = re.search(r'<button type="submit" form="composer" hidden[^>]*>', page)
        assert enter is not None
        assert "disabled" in enter[0]
        sent = {"accounts": stage.account.pk, "opened_as": hidden(page, "opened_as")}
        page = save(client, stage, "Kalimat saya", **sent).content.decode()
        # Before the buttons above the form: the browser takes the first of them for Enter.
        assert page.index('form="composer" hidden') < page.index('name="voids"')
        assert "disabled" in page[page.index('form="composer" hidden') :].split(">")[0]
        if stage.fresh().status == Post.Status.SUBMITTED:
            assert "You have submitted version 1 already. Saving takes the submission back." in page
            assert "Save and take the submission back" in page
            stage.approve()
    assert "Sari Wulandari has approved version 1. Saving ends the approval and cancels 1" in page
    assert "Save and void the approval" in page
    assert stage.fresh().status == Post.Status.SCHEDULED
    page = save(client, stage, "Kalimat saya", **sent, submit="1").content.decode()
    assert "Save, void the approval and submit again" in page
    agreed = {"voids_and_submit": hidden(page, "voids_and_submit")}
    told = save(client, stage, "Kalimat saya", **sent | agreed)["Location"]
    assert "The approval of version 1 no longer counts" in client.get(told).content.decode()
    assert stage.fresh().status == Post.Status.SUBMITTED


def test_the_composer_of_a_live_post_leads_to_the_post_and_what_was_typed_becomes_a_correction(
    stage: Stage, client: Client, django_assert_max_num_queries: Any
) -> None:
    stage.submit().approve()
    opened = standing(stage.fresh())
    stage.send(FakePlatform())
    led = client.get(edit(stage), follow=True)
    assert led.redirect_chain == [(detail(stage), 302)]
    assert "This post has been live since" in led.content.decode()
    assert "Your unsaved text" not in led.content.decode()
    # The form was open already.
    kept = keep(client, stage.post, based_on=1, text="Kalimat")
    assert "live since" in kept.json()["message"]
    over = Scratch.objects.get().page
    assert "Your unsaved text" in client.get(detail(stage)).content.decode()
    sent = {"accounts": stage.account.pk, "opened_as": opened, "over": over}
    refused = save(client, stage, "Kalimat saya", title="Jadwal vaksinasi", **sent)
    assert refused.status_code == 409
    with django_assert_max_num_queries(15):
        page = client.get(edit(stage)).content.decode()
    for shown in (page, refused.content.decode()):
        assert shown.count("This post has been live since") == 1
        assert "Kalimat saya" in shown
        assert "Make it a correction with this text" in shown
        assert "Save and submit" not in shown
    sent |= {"over": hidden(page, "scratch_over"), "correct": "1", "title": "Jadwal vaksinasi"}
    begun = client.get(save(client, stage, "Kalimat saya", **sent)["Location"])
    correction = Post.objects.latest("pk")
    assert (correction.follows, correction.relation) == (stage.post, "correction")
    assert correction.status == Post.Status.DRAFT
    assert "Kalimat saya" in begun.content.decode()
    left = Scratch.objects.get()
    assert left.post == correction
    assert left.fields["title"] == [correction.title]
    assert not [name for name in left.fields if name.startswith("confirm_")]
    assert stage.fresh().status == Post.Status.LIVE
    assert stage.post.versions.count() == 1
    assert Entry.objects.filter(event="content.post.followed").count() == 1


def reject(stage: Stage) -> None:
    actions.reject_post(
        actor=stage.cast.sari, post_id=stage.post.pk, digest=stage.digest, note="Tidak tepat."
    )


def test_what_was_typed_for_a_rejected_post_begins_a_new_one_that_its_writer_does_not_approve(
    stage: Stage, client: Client
) -> None:
    stage.edit("Kata-kata Rina.", by=stage.cast.rina).submit(stage.cast.rina)
    factories.grant(stage.cast.rina, Role.APPROVER, stage.cast.diskominfo)
    with pytest.raises(ContentError, match="Only what was withdrawn"):
        actions.rewrite_with_scratch(actor=stage.cast.dwi, post_id=stage.post.pk)
    reject(stage)
    with pytest.raises(ContentError, match="no unsaved text"):
        actions.rewrite_with_scratch(actor=stage.cast.dwi, post_id=stage.post.pk)
    with pytest.raises(PermissionDenied):
        actions.rewrite_with_scratch(actor=stage.cast.sari, post_id=stage.post.pk)
    assert Post.objects.count() == 1
    typed = {"accounts": stage.account.pk, "based_on": 2, "confirm_ethics": "on"}
    page = save(client, stage, "Kata-kata Rina, lagi.", **typed).content.decode()
    assert "make a new post of it" in keep(client, stage.post, based_on=2).json()["message"]
    assert "Write it anew as a new post" in page
    own = hidden(page, "scratch_page")
    sent = typed | {"rewrite": "1", "scratch_page": own}
    begun = save(client, stage, "Kata-kata Rina, lagi.", **sent)
    made = Post.objects.latest("pk")
    assert begun["Location"] == reverse("content:post_edit", args=[made.pk])
    assert "Kata-kata Rina, lagi.</textarea>" in client.get(begun["Location"]).content.decode()
    assert (made.copied_from, made.author) == (stage.fresh().current_version, stage.cast.dwi)
    assert not [name for name in Scratch.objects.get(post=made).fields if "confirm" in name]
    assert Entry.objects.filter(event="content.post.duplicated").count() == 1
    assert stage.fresh().status == Post.Status.REJECTED
    new = Stage(stage.cast, stage.account, made).edit("Kata-kata Rina, lagi.").submit()
    with pytest.raises(GateRefused) as refused:
        new.approve(stage.cast.rina)
    assert refused.value.why == "own_post"


def test_what_was_typed_for_a_rejected_correction_begins_another_one(stage: Stage) -> None:
    stage.submit().approve().send(FakePlatform())
    cast, first = stage.cast, stage.post
    post = actions.follow_post(actor=cast.rina, post_id=first.pk, relation=Relation.CORRECTION)
    begun = Stage(cast, stage.account, post).edit("Ralat.", by=cast.rina).submit()
    place = Place(post_id=post.pk, page=uuid4())
    reject(begun)
    actions.keep_scratch(actor=cast.dwi, place=place, fields={"text": ["Ralat"]}, based_on=1)
    again = actions.rewrite_with_scratch(actor=cast.dwi, post_id=post.pk)
    assert (again.follows, again.relation) == (first, Relation.CORRECTION)
    assert again.copied_from == begun.fresh().current_version
    assert Scratch.objects.get().fields["text"] == ["Ralat"]


def test_what_was_typed_for_a_rejected_post_is_kept_and_corrects_nothing(
    stage: Stage, client: Client
) -> None:
    stage.submit()
    reject(stage)
    refused = save(client, stage, "Kalimat saya", correct="1")
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "This post was rejected and can no longer be edited." in page
    assert 'name="correct"' not in page
    assert Post.objects.count() == 1
    thrown = reverse("content:scratch_discard", args=[Scratch.objects.get().pk])
    assert "was thrown away" in client.post(thrown, follow=True).content.decode()

"""Who wrote what a post began with, an idea or a text of the message bank, wrote part of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Grant, User
from content import actions, gate, turns
from content.errors import GateRefused, VoidsDecision
from content.models import (
    BankUse,
    Decision,
    Idea,
    IdeaEdition,
    IdeaPost,
    Post,
    Review,
    Scratch,
)
from content.people import deciders_of
from content.selectors import posts as selectors
from content.standing import standing
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.plans import idea
from tests.content.stage import Stage, connected_account, document, later, make_stage
from tests.content.test_bank import NEW, added, wording

REFUSED = (IntegrityError, InternalError)


def from_idea(cast: Cast, kept: Idea) -> Stage:
    """Dwi's post from an idea, whose words are the idea's."""
    post = actions.write_from_idea(actor=cast.dwi, idea_id=kept.pk, key=uuid.uuid4())
    return Stage(cast, connected_account(cast.diskominfo), post)


def refused_to(person: User, stage: Stage) -> None:
    """By the action, by the database, and by every list of who decides."""
    with pytest.raises(GateRefused) as refused:
        stage.approve(person)
    assert refused.value.why == "own_post"
    review = Review.objects.get(post=stage.post, status="open")
    with pytest.raises(REFUSED, match="Nobody decides on what they wrote"), transaction.atomic():
        Decision.objects.create(
            review=review, version_digest=review.digest, decider=person, verdict="approve",
            expires_at=later(days=1), confirmed_list="ethics", confirmed_version=1,
        )  # fmt: skip
    assert person not in deciders_of(review)
    assert person.full_name not in turns.who_may(review, "content.approve").names
    assert review not in selectors.reviews_waiting_for(person)


def told_to(client: Client, stage: Stage) -> str:
    answer = client.get(reverse("content:post_detail", args=[stage.post.pk]))
    assert not answer.context["rights"].may_approve
    why: str = answer.context["rights"].why_not
    assert why in answer.content.decode()
    return why


def test_who_wrote_the_idea_does_not_approve_the_post(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    stage = from_idea(cast, idea(cast, by=cast.sari, note="Kata-kata Sari."))
    stage.edit("Kata-kata Sari, dan satu dari Dwi.").submit()
    refused_to(cast.sari, stage)
    assert told_to(client_as(factories.reads_english(cast.sari)), stage) == (
        "You wrote the idea that this post began with, so somebody else decides on it."
    )
    factories.grant(cast.rina, Role.APPROVER, cast.diskominfo)
    assert stage.approve(cast.rina).fresh().status == Post.Status.SCHEDULED


def test_who_changed_the_words_of_the_idea_before_counts_and_who_did_so_later_does_not(
    cast: Cast,
) -> None:
    kept = idea(cast, by=cast.rina)
    for edition, (who, said) in enumerate(
        [(cast.made, {"note": "Kata-kata Made."}), (cast.ratna, {"source": "event"})], start=1
    ):
        actions.change_idea(
            actor=who, idea_id=kept.pk, edition=edition, values={"title": kept.title, **said}
        )
    stage = from_idea(cast, kept)
    # That it was taken up made an edition too.
    actions.change_idea(actor=cast.sari, idea_id=kept.pk, edition=4, values={"title": "Judul Sari"})
    assert list(IdeaEdition.objects.values_list("edition", "editor__full_name")) == [
        (2, cast.made.full_name), (5, cast.sari.full_name),
    ]  # fmt: skip
    version = stage.fresh().current_version_id
    assert version is not None
    everybody = (cast.rina, cast.made, cast.ratna, cast.sari)
    assert [gate.wrote_how(who, version) for who in everybody] == ["idea", "idea", "", ""]
    assert IdeaPost.objects.get().edition == 4


def test_no_words_of_an_idea_change_without_a_row_of_who_did_it(cast: Cast) -> None:
    kept = idea(cast)
    rows = Idea.objects.filter(pk=kept.pk)
    for change in (
        lambda: rows.update(note="Diam-diam."),
        lambda: rows.update(note="Diam-diam.", edition=2),
        lambda: rows.update(edition=0),
        lambda: IdeaEdition.objects.create(idea=kept, edition=9, editor=cast.rina),
        lambda: IdeaEdition.objects.create(idea=kept, edition=1, editor=cast.rina),
    ):
        with pytest.raises(REFUSED), transaction.atomic():
            change()
    IdeaEdition.objects.create(idea=kept, edition=2, editor=cast.rina)
    assert rows.update(note="Terbuka.", edition=2) == 1
    with pytest.raises(REFUSED), transaction.atomic():
        IdeaEdition.objects.update(editor=cast.dwi)
    # A row that is put there ahead keeps nobody from changing the words, not even its editor.
    for who in (cast.made, cast.dwi):
        IdeaEdition.objects.create(idea=kept, edition=3, editor=who)
    said = {"title": kept.title, "note": "Kata Dwi."}
    assert (
        actions.change_idea(actor=cast.dwi, idea_id=kept.pk, edition=2, values=said).note
        == "Kata Dwi."
    )


def test_who_wrote_the_template_does_not_approve_the_post(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    first = added(cast, kind="template", text="Kata-kata Sari.")
    factories.grant(cast.rina, Role.REVIEWER, cast.diskominfo)
    text = actions.replace_bank_text(
        actor=cast.rina, text_id=first.pk, wording=wording(title="Jadwal", text="Kata-kata Rina.")
    )
    dwi = client_as(factories.reads_english(cast.dwi))
    page = dwi.get(NEW, {"template": text.pk}, follow=True)
    hidden = f'<input type="hidden" name="from_bank" value="{text.pk}" id="id_from_bank_0">'
    assert hidden in page.content.decode()
    typed = {
        "title": "Jadwal", "unit": cast.diskominfo.pk, "language": "id", "text": "Kata-kata Rina.",
        "from_bank": [text.pk, "x"],
    }  # fmt: skip
    dwi.post(reverse("content:scratch_keep"), {**typed, "scratch_token": str(uuid.uuid4())})
    resumed = dwi.get(NEW, {"resume": Scratch.objects.get().pk})
    assert hidden in resumed.content.decode(), "what is kept unsaved says it as well"
    dwi.post(NEW, typed)
    stage = Stage(cast, connected_account(cast.diskominfo), Post.objects.get())
    assert BankUse.objects.get().text == text
    stage.edit("Kata-kata Rina, dan satu dari Dwi.").submit()
    refused_to(cast.sari, stage)
    assert told_to(client_as(factories.reads_english(cast.sari)), stage) == (
        "You wrote the template that this post uses, so somebody else decides on it."
    )
    assert turns.who_may(Review.objects.get(), "content.approve").names == []
    factories.grant(cast.made, Role.APPROVER, cast.diskominfo)
    assert stage.approve(cast.made).fresh().status == Post.Status.SCHEDULED


def test_a_narrative_counts_from_the_version_on_that_took_it_over(cast: Cast) -> None:
    text = added(cast)
    stage = make_stage(cast)
    before = stage.fresh().current_version_id
    said = document(stage.account, text=text.text)
    actions.edit_post(
        actor=cast.dwi, post_id=stage.post.pk, document=said, based_on=1, from_bank=[text.pk]
    )
    actions.edit_post(
        actor=cast.dwi, post_id=stage.post.pk, document=said, based_on=1, from_bank=[text.pk]
    )
    after = stage.edit("Tanpa narasi.").fresh().current_version_id
    assert before is not None
    assert after is not None
    assert [gate.wrote_how(cast.sari, one) for one in (before, after)] == ["", "narrative"]
    copy = actions.duplicate_post(
        actor=cast.dwi, post_id=stage.post.pk, number=2, unit_id=cast.diskominfo.pk
    )
    assert gate.wrote(cast.sari, copy.current_version_id or 0)


def test_a_narrative_that_was_taken_out_before_it_was_saved_does_not_count_and_a_part_does(
    cast: Cast,
) -> None:
    stage = make_stage(cast)
    said = "Vaksin rabies gratis di 12 kelurahan. Bawa hewan Anda, hubungi 1500-123. #BebasRabies"
    text = added(cast, text=said)

    def counts(words: str, **fields: object) -> bool:
        version = stage.fresh().current_version
        assert version is not None
        actions.edit_post(
            actor=cast.dwi, post_id=stage.post.pk, based_on=version.number, from_bank=[text.pk],
            document=document(stage.account, text=words, **fields),
        )  # fmt: skip
        return BankUse.objects.filter(version=stage.fresh().current_version).exists()

    assert not counts("Jalan Merdeka ditutup hari Minggu karena ada lomba lari.")
    assert not counts("")
    for kept in (
        "Jalan ditutup. BAWA\u200b\nHewan ke sana.",
        "Jalan ditutup, telepon (1500)",
        "Jalan ditutup #bebasrabies",
        "Vaksin itu gratis, rabies itu tidak: anda dan hewan 12 kali",
    ):
        assert counts(kept), kept
    assert counts("Jalan ditutup.", first_comment="Vaksin rabies, ya.")
    assert counts("Jalan ditutup lagi.", title="Hewan Anda")


def test_the_words_of_a_narrative_count_also_where_a_colleague_typed_them_first(
    cast: Cast,
) -> None:
    text = added(cast, text="Vaksin gratis di setiap puskesmas.")
    stage = make_stage(cast, text=text.text).submit()
    said, known = document(stage.account, text=text.text), standing(stage.fresh())
    assert gate.wrote_how(cast.sari, stage.fresh().current_version_id or 0) == ""
    edited = partial(
        actions.edit_post, actor=cast.rina, post_id=stage.post.pk, document=said,
        based_on=1, from_bank=[text.pk],
    )  # fmt: skip
    with pytest.raises(VoidsDecision):
        edited(known=known)
    for _twice in range(2):
        post = edited(voids=known).post
    assert (post.versions.count(), post.status) == (2, Post.Status.DRAFT)
    assert BankUse.objects.get().version == post.current_version
    refused_to(cast.sari, stage.submit(cast.rina))


def test_nothing_is_taken_over_that_its_writer_does_not_see(cast: Cast) -> None:
    factories.grant(cast.nur, Role.REVIEWER, cast.dinkes)
    foreign = actions.add_bank_text(
        actor=cast.nur, unit_id=cast.dinkes.pk, kind="narrative", wording=wording()
    )
    stage = make_stage(cast)
    version = stage.fresh().current_version
    assert version is not None
    for named in ([foreign.pk], [999_999]):
        with pytest.raises(PermissionDenied):
            actions.edit_post(
                actor=cast.dwi, post_id=stage.post.pk, based_on=1, from_bank=named,
                document=document(stage.account, text="Lain."),
            )  # fmt: skip
    refusals = Entry.objects.filter(event="content.gate.refused", data__attempt="edit")
    assert (refusals.count(), stage.fresh().versions.count()) == (2, 1)
    with pytest.raises(REFUSED, match="what its writer sees"), transaction.atomic():
        BankUse.objects.create(version=version, text=foreign)
    used = BankUse.objects.create(version=version, text=added(cast))
    for change in (used.delete, lambda: BankUse.objects.update(text=foreign)):
        with pytest.raises(REFUSED), transaction.atomic():
            change()


def test_what_its_writer_saw_once_is_taken_over_when_the_role_has_ended(cast: Cast) -> None:
    factories.grant(cast.nur, Role.REVIEWER, cast.dinkes)
    foreign = actions.add_bank_text(
        actor=cast.nur, unit_id=cast.dinkes.pk, kind="narrative", wording=wording()
    )
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    Grant.objects.filter(user=cast.dwi, unit=cast.dinkes).update(ends_at=timezone.now())
    stage = make_stage(cast)
    # What was typed before the role ended says where it has its words from.
    post = actions.edit_post(
        actor=cast.dwi, post_id=stage.post.pk, based_on=1, from_bank=[foreign.pk],
        document=document(stage.account, text=foreign.text),
    ).post  # fmt: skip
    assert gate.wrote_how(cast.nur, post.current_version_id or 0) == "narrative"
    assert not Entry.objects.filter(event="content.gate.refused").exists()


def test_nothing_is_said_to_be_taken_over_afterwards(cast: Cast) -> None:
    text, kept = added(cast), idea(cast, by=cast.sari)
    begun = from_idea(cast, kept)
    stage = make_stage(cast)
    first = stage.fresh().current_version
    stage.edit("Lain.").submit().approve()
    version = stage.fresh().current_version
    assert first is not None
    assert version is not None
    for change in (
        lambda: BankUse.objects.create(version=version, text=text),
        lambda: BankUse.objects.create(version=first, text=text),
        lambda: IdeaPost.objects.create(idea=kept, post=stage.post, key=uuid.uuid4()),
    ):
        with pytest.raises(REFUSED, match="is said as it is"), transaction.atomic():
            change()
    assert gate.is_approved(version.pk)
    copied = actions.duplicate_post(
        actor=cast.dwi, post_id=begun.post.pk, number=1, unit_id=cast.diskominfo.pk
    )
    with pytest.raises(REFUSED, match="is said as it is"), transaction.atomic():
        BankUse.objects.create(version_id=begun.fresh().current_version_id or 0, text=text)
    assert BankUse.objects.create(version_id=copied.current_version_id or 0, text=text).pk

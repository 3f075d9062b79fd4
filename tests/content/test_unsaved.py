"""What is typed into the composer is kept for whoever types it, and is never a version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OfficialAccount, User
from content import actions
from content.actions.scratches import MOST_BYTES, MOST_NEW, Place
from content.models import Post, PostVersion, Review, Scratch
from content.tasks import forget_unsaved
from govsocial.audit.models import Entry
from govsocial.celery import app
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, answers, document, make_stage

KEEP = reverse("content:scratch_keep")
NEW = reverse("content:post_create")


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


@pytest.fixture
def client(cast: Cast, client_as: Callable[[object], Client]) -> Client:
    return client_as(factories.reads_english(cast.dwi))


def edit(stage: Stage) -> str:
    return reverse("content:post_edit", args=[stage.post.pk])


def keep(client: Client, post: Post | None = None, **typed: Any) -> Any:
    data = {"title": "Jadwal", "text": "Belum selesai", "scratch_page": str(uuid4()), **typed}
    return client.post(f"{KEEP}?post={post.pk}" if post else KEEP, data)


def begun(who: User, text: str = "Belum selesai", **fields: Any) -> Scratch:
    return actions.keep_scratch(
        actor=who,
        place=Place(token=uuid4(), page=uuid4()),
        fields={"text": [text]},
        based_on=0,
        **fields,
    )


def of(stage: Stage, *, page: Any = None, over: Any = None) -> Place:
    return Place(post_id=stage.post.pk, page=page or uuid4(), over=over)


def test_keeping_changes_nothing_of_what_was_submitted_or_approved(
    stage: Stage, client: Client
) -> None:
    def everything() -> Any:
        versions = PostVersion.objects.order_by("pk").values_list("pk", "digest", "canonical")
        return list(versions), stage.fresh().status, stage.post.updated_at, Entry.objects.count()

    page = str(uuid4())
    for move in (stage.submit, stage.approve):
        move()
        before = everything()
        typed = keep(client, stage.post, text="Diam-diam", based_on=1, scratch_page=page)
        assert typed.status_code == 200
        assert everything() == before
    shown = client.get(edit(stage)).content.decode()
    assert "Diam-diam" in shown
    assert "Vaksin rabies gratis." not in shown
    assert everything() == before


def test_no_rule_of_the_database_reads_what_is_not_saved(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_proc WHERE prosrc LIKE '%content_scratch%'")
        (readers,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_views WHERE definition LIKE '%content_scratch%'")
        assert (readers, *cursor.fetchone()) == (0, 0)


def test_what_was_typed_is_there_again_and_can_be_thrown_away_and_brought_back(
    stage: Stage, client: Client, django_assert_max_num_queries: Any
) -> None:
    keep(client, stage.post, text="Dua kalimat baru", title="", based_on=1)
    with django_assert_max_num_queries(15):
        shown = client.get(edit(stage)).content.decode()
    assert "What you had not saved" in shown
    assert "Dua kalimat baru" in shown
    assert "This field is required" not in shown
    scratch = Scratch.objects.get()
    answer = client.post(reverse("content:scratch_discard", args=[scratch.pk]), follow=True)
    shown = answer.content.decode()
    assert "was thrown away" in shown
    assert "Vaksin rabies gratis." in shown
    assert "Dua kalimat baru" not in shown
    answer = client.post(reverse("content:scratch_restore", args=[scratch.pk]), follow=True)
    assert "Dua kalimat baru" in answer.content.decode()


def test_a_new_post_that_was_begun_is_offered_and_ends_when_it_is_saved(
    cast: Cast, client: Client
) -> None:
    token = str(uuid4())
    own = str(uuid4())
    first = keep(client, scratch_token=token, scratch_page=own, title="Libur Natal")
    assert first.status_code == 200
    assert "Libur Natal" in client.get(NEW, follow=True).content.decode()
    shown = client.get(NEW, {"resume": Scratch.objects.get().pk}).content.decode()
    assert "Belum selesai" in shown
    assert token in shown
    page = {"title": "Libur Natal", "unit": cast.diskominfo.pk, "language": "id", **answers()}
    page |= {"scratch_token": token, "scratch_page": own}
    assert client.post(NEW, page).status_code == 302
    assert "began to write" not in client.get(NEW, follow=True).content.decode()
    # What was on its way while it was saved, or is sent once more.
    assert keep(client, scratch_token=token, scratch_page=own).status_code == 409
    assert Scratch.objects.get().fields == {}


def unsaved() -> list[Any]:
    """The texts that are kept, the latest first."""
    return [one.fields["text"][0] for one in Scratch.objects.filter(closed_at=None)]


def test_saving_an_edit_ends_it_and_what_arrives_late_is_not_kept(
    stage: Stage, client: Client
) -> None:
    own = str(uuid4())
    keep(client, stage.post, based_on=1, scratch_page=own)
    assert save(client, stage, "Baru", scratch_page=own).status_code == 302
    assert keep(client, stage.post, based_on=1, scratch_page=own).status_code == 425
    assert unsaved() == []
    # Whoever goes back to the page and writes on there loses nothing.
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        assert keep(client, stage.post, based_on=1, scratch_page=own).status_code == 200
    assert unsaved() == ["Belum selesai"]


def test_a_version_of_a_colleague_stands_beside_and_is_not_overwritten(
    stage: Stage, client: Client
) -> None:
    keep(client, stage.post, text="Kalimat saya", based_on=1)
    stage.edit("Kalimat Rina", by=stage.cast.rina)
    shown = client.get(edit(stage)).content.decode()
    assert "Rina Lestari saved version 2" in shown
    assert "Kalimat saya" in shown
    assert "<del>Rina</del>" in shown
    refused = save(client, stage, "Kalimat saya", over=Scratch.objects.get().page)
    assert refused.status_code == 409
    version = stage.fresh().current_version
    assert version is not None
    assert version.content().text == "Kalimat Rina"


def save(client: Client, stage: Stage, text: str, *, over: Any = "", **more: Any) -> Any:
    page = {"title": "Jadwal", "unit": stage.cast.diskominfo.pk, "text": text, "language": "id"}
    said = {**page, "based_on": 1, "scratch_page": str(uuid4()), "scratch_over": str(over)}
    return client.post(edit(stage), {**said, **answers(), **more})


def test_a_refused_save_is_kept_and_stands_beside_the_newest_version(
    stage: Stage, client: Client, django_assert_max_num_queries: Any
) -> None:
    page = str(uuid4())
    keep(client, stage.post, text="Kalimat", based_on=1, scratch_page=page)
    stage.edit("Kalimat Rina", by=stage.cast.rina)
    refused = save(client, stage, "Kalimat saya yang terakhir", over=page)
    told = refused.content.decode()
    assert refused.status_code == 409
    assert "Nothing has been saved yet" not in told
    assert (
        told.count("Rina Lestari saved version 2")
        == told.partition("<template")[0].count('role="alert"')
        == 1
    )
    assert "<del>Rina</del>" in told
    with django_assert_max_num_queries(15):
        again = client.get(edit(stage)).content.decode()
    assert "Kalimat saya yang terakhir" in again
    assert "<del>Rina</del>" in again
    assert not Entry.objects.filter(data__icontains="yang terakhir").exists()


def test_a_refused_save_overwrites_nothing_that_another_tab_keeps(
    stage: Stage, client: Client
) -> None:
    keep(client, stage.post, text="Dari tab lain", based_on=1)
    stage.edit("Kalimat saya sendiri", by=stage.cast.dwi)
    told = save(client, stage, "Kalimat lama").content.decode()
    assert "kept for you" in told
    assert unsaved() == ["Kalimat lama", "Dari tab lain"]


def test_what_is_saved_already_is_neither_kept_nor_offered(
    stage: Stage, client: Client, django_assert_max_num_queries: Any
) -> None:
    keep(client, stage.post, text="Besok", based_on=1)
    page = Scratch.objects.get().page
    for _press in range(2):
        assert save(client, stage, "Besok", over=page).status_code == 302
    assert unsaved() == []
    assert stage.fresh().versions.count() == 2
    # Typed in another tab, and saved there by somebody else meanwhile.
    save(client, stage, "Kalimat lama")
    kept = Scratch.objects.get(closed_at=None)
    said = stage.fresh().current_version.content()  # type: ignore[union-attr]  # it has one
    actions.edit_post(
        actor=stage.cast.rina,
        post_id=stage.post.pk,
        document=replace(said, text="Kalimat lama"),
        based_on=2,
    )
    with django_assert_max_num_queries(15):
        shown = client.get(edit(stage)).content.decode()
    assert "had not saved" not in shown
    assert "saved version 3" not in shown
    assert 'name="based_on" value="3"' in shown
    assert Scratch.objects.get(closed_at=None) == kept
    # Saved with another address of an account, which nobody typed.
    said = replace(said, text="Kalimat lama", texts={stage.account.pk: "Kalimat lama"})
    actions.edit_post(actor=stage.cast.rina, post_id=stage.post.pk, document=said, based_on=3)
    OfficialAccount.objects.filter(pk=stage.account.pk).update(handle="pindah")
    refused = save(client, stage, "Kalimat lama", over=kept.page, accounts=stage.account.pk)
    assert refused.status_code == 302
    assert "Version 4 says the same" in client.get(refused["Location"]).content.decode()
    assert unsaved() == []


def test_a_thread_that_is_divided_otherwise_is_kept_and_shown(stage: Stage, client: Client) -> None:
    save(client, stage, "Besok")
    said = stage.fresh().current_version.content()  # type: ignore[union-attr]  # it has one
    actions.edit_post(
        actor=stage.cast.rina,
        post_id=stage.post.pk,
        document=replace(said, thread=("Satu", "Dua")),
        based_on=2,
    )
    typed = {"thread_0": "Satu\n\nDua", "based_on": 2}
    refused = save(client, stage, "Besok", **typed)
    assert refused.status_code == 409
    assert Scratch.objects.get(closed_at=None).fields["thread_0"] == ["Satu\n\nDua"]
    assert "Thread" in refused.content.decode()


def test_a_submission_that_is_sent_twice_is_one(stage: Stage, client: Client) -> None:
    sent = {"accounts": stage.account.pk, "submit": "1"}
    save(client, stage, "Besok", **sent)
    again = save(client, stage, "Besok", **sent)
    told = client.get(again["Location"]).content.decode()
    assert "the text is as it was. You have submitted version 2 already. Its status is" in told
    assert stage.fresh().status == Post.Status.SUBMITTED
    assert Review.objects.count() == 1


def test_nobody_else_reads_or_touches_it(
    stage: Stage, client_as: Callable[[object], Client]
) -> None:
    mine = actions.keep_scratch(
        actor=stage.cast.dwi, place=of(stage), fields={"text": ["Kucingku saya"]}, based_on=1
    )
    new = begun(stage.cast.dwi, "Kucingku lain")
    for who in (stage.cast.rina, stage.cast.fajar):
        other = client_as(who)
        new_ones = [
            other.get(NEW, asked, follow=True) for asked in ({}, {"resume": str(new.token)})
        ]
        pages = [*new_ones, other.get(edit(stage))]
        assert not any("Kucingku" in page.content.decode() for page in pages)
        for name in ("discard", "restore"):
            for one in (mine, new):
                address = reverse(f"content:scratch_{name}", args=[one.pk])
                assert other.post(address).status_code == 404
    bayu = client_as(stage.cast.bayu)
    assert bayu.get(edit(stage)).status_code == 403
    assert bayu.get("/admin/content/scratch/").status_code == 404


def test_forged_posts_are_not_found_and_those_that_are_out_are_told(
    stage: Stage, client_as: Callable[[object], Client]
) -> None:
    assert keep(client_as(stage.cast.fajar), stage.post).status_code == 404
    assert keep(client_as(stage.cast.sari), stage.post).status_code == 403
    dwi = client_as(factories.reads_english(stage.cast.dwi))
    for forged in ("0", "999999999999", "9" * 30, "-1", "x"):
        assert dwi.post(f"{KEEP}?post={forged}", {"text": "x"}).status_code in {200, 404}
    assert not Scratch.objects.exclude(post=None).exists()
    assert Client(enforce_csrf_checks=True).post(KEEP).status_code == 403
    stage.submit()
    actions.reject_post(
        actor=stage.cast.sari, post_id=stage.post.pk, digest=stage.digest, note="Tidak tepat."
    )
    late = keep(dwi, stage.post, based_on=1)
    assert "rejected" in late.json()["message"]
    assert "kept for you alone" in late.json()["message"]


def test_bad_input_is_kept_as_far_as_it_can_be_or_refused_in_words(
    stage: Stage, client: Client
) -> None:
    title = "\ud800".encode("utf-8", "surrogatepass")
    fine = keep(client, text="a\0b", based_on="x" * 40, scratch_token="bukan", title=title)
    assert fine.status_code == 200
    assert Scratch.objects.get().fields["text"] == ["ab"]
    assert keep(client, stage.post, text="x" * (MOST_BYTES + 1)).status_code == 409
    many = {f"why_{number}": "x" for number in range(600)}
    assert keep(client, stage.post, **many).status_code == 409
    # What belongs to the page, and what is no input, is not kept.
    forged = {"csrfmiddlewaretoken": "x", "submit": "1", "Status<": "approved"}
    keep(client, stage.post, based_on=1, **forged)
    kept = Scratch.objects.get(post=stage.post)
    assert set(kept.fields) == {"title", "text"}
    assert client.get(edit(stage)).status_code == 200


def test_rows_are_bounded_in_size_and_number_and_end_after_some_days(cast: Cast) -> None:
    for number in range(MOST_NEW + 2):
        begun(cast.dwi, f"Naskah {number}")
    rows = Scratch.objects.filter(owner=cast.dwi)
    assert rows.count() == MOST_NEW
    assert rows.earliest("pk").fields == {"text": ["Naskah 2"]}
    begun(cast.rina)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(fields={"text": ["x" * 300_000]})
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(owner=cast.rina)
    rows.update(kept_at=timezone.now() - timedelta(days=settings.SCRATCH_DAYS, hours=1))
    forget_unsaved()
    assert list(Scratch.objects.values_list("owner", flat=True)) == [cast.rina.pk]
    assert forget_unsaved.name in {one["task"] for one in app.conf.beat_schedule.values()}


def test_a_closed_row_takes_nothing_even_from_the_database_s_own_door(cast: Cast) -> None:
    place = Place(token=uuid4(), page=uuid4())
    actions.end_scratch(actor=cast.dwi, place=place)
    with pytest.raises(DatabaseError), transaction.atomic():
        Scratch.objects.update(closed_at=None, fields={"text": ["kembali"]})


def test_writing_goes_on_after_changes_were_asked_for(stage: Stage, client: Client) -> None:
    stage.submit()
    actions.request_changes(
        actor=stage.cast.sari, post_id=stage.post.pk, digest=stage.digest, note="Perjelas."
    )
    assert keep(client, stage.post, text="Sudah diperjelas", based_on=1).status_code == 200
    assert "Sudah diperjelas" in client.get(edit(stage)).content.decode()
    assert stage.fresh().current_version == PostVersion.objects.get()
    assert document(stage.account).text not in str(Scratch.objects.get().fields)

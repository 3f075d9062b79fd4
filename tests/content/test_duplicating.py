"""A new draft from what a version of a post says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from accounts.actions import suspend_official_account
from accounts.capabilities import Role
from accounts.models import User
from content import actions
from content.documents import Declaration
from content.errors import GateRefused
from content.models import Post
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import (
    FACETS,
    FakePlatform,
    Stage,
    document,
    later,
    make_stage,
    media_item,
    picture,
)

SignIn = Callable[[User | str], Client]


def duplicate(stage: Stage, by: User | None = None, number: int = 1, unit: int = 0) -> Post:
    return actions.duplicate_post(
        actor=by or stage.cast.dwi,
        post_id=stage.post.pk,
        number=number,
        unit_id=unit or stage.cast.diskominfo.pk,
    )


def with_picture(cast: Cast) -> Stage:
    media = actions.store_image(actor=cast.dwi, unit_id=cast.diskominfo.pk, data=picture())
    return make_stage(
        cast,
        media=[media_item(media, "Kucing.")],
        planned_at=later(days=2),
        justified={"x": "y"},
    )


def test_text_facets_and_pictures_are_kept_and_nothing_that_was_said_of_the_first(
    cast: Cast,
) -> None:
    stage = with_picture(cast)
    made = duplicate(stage, by=cast.rina)
    assert (made.status, made.author, made.follows, made.planned_at) == (
        "draft", cast.rina, None, None,
    )  # fmt: skip
    assert made.current_version is not None
    said, first = made.current_version.content(), stage.fresh().current_version
    assert first is not None
    assert said.title == "Jadwal vaksinasi (copy)"
    assert (said.text, said.texts) == (first.content().text, first.content().texts)
    assert (said.facets, said.media) == (FACETS, first.content().media)
    assert (said.declared, said.justified, said.planned_at) == (Declaration(), {}, None)
    assert not made.reviews.exists()
    entry = Entry.objects.get(event="content.post.duplicated")
    assert entry.data == {
        "source": "Jadwal vaksinasi", "source_version": 1, "accounts_left_out": 0,
        "media_left_out": 0,
    }  # fmt: skip


def test_who_wrote_what_was_copied_does_not_approve_the_copy(cast: Cast) -> None:
    factories.grant(cast.dwi, Role.APPROVER, cast.diskominfo)
    stage = make_stage(cast, text="Kata-kata Dwi.")
    copy = Stage(cast, stage.account, duplicate(stage, by=cast.rina))
    copy.edit("Kata-kata Dwi, dan satu dari Rina.", by=cast.rina).submit()
    with pytest.raises(GateRefused) as refused:
        copy.approve(cast.dwi)
    assert refused.value.why == "own_post"
    assert copy.approve().fresh().status == Post.Status.SCHEDULED
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Post.objects.filter(pk=copy.post.pk).update(copied_from=None)


def test_any_version_is_copied_without_accounts_that_are_gone(cast: Cast) -> None:
    stage = make_stage(cast, text="Dulu.", title="x" * 200).edit("Sekarang.")
    suspend_official_account(
        actor=cast.bayu, official_account_id=stage.account.pk, reason="Tidak dipakai."
    )
    made = duplicate(stage)
    assert made.current_version is not None
    assert (made.current_version.content().text, made.current_version.content().texts) == (
        "Dulu.", {},
    )  # fmt: skip
    assert len(made.title) == 200
    again = Stage(cast, stage.account, made)
    assert duplicate(again).title == made.title


def test_who_copies_nothing(cast: Cast) -> None:
    stage = make_stage(cast)
    factories.grant(cast.nur, "drafter", cast.dinkes)  # type: ignore[arg-type]  # a role's value
    for who, unit in ((cast.nur, cast.dinkes), (cast.laila, cast.diskominfo)):
        with pytest.raises(PermissionDenied):
            duplicate(stage, by=who, unit=unit.pk)
    with pytest.raises(PermissionDenied):
        duplicate(stage, number=9)
    assert Post.objects.count() == 1
    assert (
        Entry.objects.filter(event="content.gate.refused", data__attempt="duplicate").count() == 3
    )


def test_the_page_says_what_is_kept_and_leads_to_the_draft(cast: Cast, client_as: SignIn) -> None:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    client = client_as("dwi")
    shown = client.get(reverse("content:post_detail", args=[stage.post.pk])).content.decode()
    address = reverse("content:post_duplicate", args=[stage.post.pk, 1])
    assert address in shown
    assert (
        address
        not in client_as("laila")
        .get(reverse("content:post_detail", args=[stage.post.pk]))
        .content.decode()
    )
    form = client.get(address, follow=True).context["form"]
    assert form.initial == {"unit": cast.diskominfo.pk}
    assert client.post(address, {"unit": cast.dinkes.pk}).status_code == 422
    answer = client.post(address, {"unit": cast.diskominfo.pk}, follow=True)
    made = Post.objects.latest("pk")
    assert answer.redirect_chain[-1][0] == reverse("content:post_edit", args=[made.pk])
    assert document(stage.account).text in answer.content.decode()
    # Whoever goes back to the form, and presses once more.
    back = client.get(address)["Location"]
    begun = client.post(back, {"unit": cast.diskominfo.pk})["Location"]
    assert "Formulir ini sudah disimpan" in client.get(back).content.decode()
    again = client.post(back, {"unit": cast.diskominfo.pk})["Location"]
    assert (f"{again}edit/", Post.objects.count()) == (begun, 3)
    assert Entry.objects.filter(event="content.post.duplicated").count() == 2
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    elsewhere = client.post(back, {"unit": cast.dinkes.pk})
    assert (elsewhere.status_code, Post.objects.count()) == (422, 3)
    assert "form=" in client.get(address, {"resume": "5"})["Location"], "of another page"
    assert client_as("nur").get(address).status_code == 403
    assert client.get(reverse("content:post_duplicate", args=[stage.post.pk, 7])).status_code == 404


def test_a_copy_for_another_unit_has_the_pictures_that_its_library_has(
    cast: Cast, client_as: SignIn
) -> None:
    stage = with_picture(cast)
    below = factories.unit("UPT Humas", parent=cast.diskominfo)
    client = client_as(User.objects.get(pk=cast.dwi.pk))
    address = reverse("content:post_duplicate", args=[stage.post.pk, 1])
    shown = client.post(address, {"unit": below.pk}, follow=True).content.decode()
    made = Post.objects.latest("pk")
    assert made.current_version is not None
    assert (made.unit, made.current_version.content().media) == (below, ())
    assert "Gambar dan video yang tidak ada di pustaka unit ini tidak disertakan." in shown

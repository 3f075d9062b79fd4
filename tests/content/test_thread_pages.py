"""A thread and a first comment are written, counted, compared, found and shown with their post."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Credential, User
from content import actions
from content.comparing import changed_fields
from content.documents import Document
from content.models import Post, Publication
from content.pieces import pieces_of
from govsocial.platforms.errors import Refused
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.content.stage import (
    FakePlatform,
    Stage,
    answers,
    connected_account,
    document,
    make_stage,
)
from tests.content.test_layers import without_triggers
from tests.content.test_search import found
from tests.content.test_threads import THREAD, commented, parts, send

SignIn = Callable[[User | str], Client]


@pytest.fixture
def bound(cast: Cast) -> Callable[..., dict[str, Any]]:
    def fields(stage: Stage, **more: Any) -> dict[str, Any]:
        return {
            "title": "Jadwal", "unit": cast.diskominfo.pk, "accounts": [stage.account.pk],
            "text": "Vaksin rabies gratis.", "language": "id", "based_on": "1",
        } | answers() | more  # fmt: skip

    return fields


def content_of(stage: Stage) -> Document:
    version = stage.fresh().current_version
    assert version is not None
    return version.content()


def test_the_composer_keeps_the_parts_that_say_something_in_their_order(
    cast: Cast, client_as: SignIn, bound: Callable[..., dict[str, Any]]
) -> None:
    stage, client = make_stage(cast), client_as(cast.dwi)
    edit = reverse("content:post_edit", args=[stage.post.pk])
    said = {"thread_0": "Satu.\r\nDua.", "thread_1": "  ", "thread_2": "Tiga."}
    assert client.post(edit, bound(stage, **said, first_comment="#rabies")).status_code == 302
    content = content_of(stage)
    assert (content.thread, content.first_comment) == (("Satu.\nDua.", "Tiga."), "#rabies")
    page = client.get(edit).content.decode()
    assert 'name="thread_2"' in page, "one more than is used"
    assert 'name="thread_3"' not in page


def test_another_part_is_given_without_a_script_and_saves_nothing(
    cast: Cast, client_as: SignIn, bound: Callable[..., dict[str, Any]]
) -> None:
    stage, client = make_stage(cast), client_as(cast.dwi)
    edit = reverse("content:post_edit", args=[stage.post.pk])
    asked = client.post(edit, bound(stage, thread_0="Satu.", look="thread"))
    assert asked.status_code == 200
    assert 'name="thread_1"' in asked.content.decode()
    assert content_of(stage).thread == ()
    most = client.post(edit, bound(stage, thread_23="Terakhir.", look="thread")).content.decode()
    assert 'name="thread_23"' in most
    assert 'name="thread_24"' not in most


def test_a_part_that_is_too_long_is_counted_and_told_beside_its_field(
    cast: Cast, client_as: SignIn, bound: Callable[..., dict[str, Any]]
) -> None:
    stage, client = make_stage(cast), client_as(cast.dwi)
    long = bound(stage, thread_0="a" * 301)
    preview = client.post(reverse("content:post_preview"), long).content.decode()
    assert "301 dari 300 karakter" in preview
    edit = reverse("content:post_edit", args=[stage.post.pk])
    missing = client.post(edit, long | {"submit": "1"}, follow=True).content.decode()
    assert "#id_thread_0" in missing
    assert stage.fresh().status == Post.Status.DRAFT


def test_who_writes_for_a_platform_without_threads_is_told(
    cast: Cast, client_as: SignIn, bound: Callable[..., dict[str, Any]]
) -> None:
    stage = make_stage(cast)
    other = factories.official_account(cast.diskominfo, platform="facebook", host="")
    wanted = {"accounts": [stage.account.pk, other.pk], "thread_0": "a", "first_comment": "b"}
    preview = client_as(cast.dwi).post(reverse("content:post_preview"), bound(stage, **wanted))
    page = preview.content.decode()
    assert "Facebook tidak menerima utas" in page
    assert "Bluesky tidak mendukung komentar pertama" in page


def test_what_follows_is_searched_compared_and_looked_through(cast: Cast) -> None:
    stage = make_stage(cast, thread=THREAD, first_comment="Posyandu Melati")
    assert found(cast.dwi, "keluarga") == found(cast.dwi, "posyandu") == {"Jadwal vaksinasi"}
    old, new = document(stage.account), content_of(stage)
    labels = [one["label"] for one in changed_fields(old, new, post=stage.post)]
    assert labels[:2] == ["Thread", "First comment"]
    fields = {one.field: one.words for one in pieces_of(new)}
    assert (fields["thread_1"], fields["first_comment"]) == (THREAD[1], "Posyandu Melati")


def test_pages_say_which_part_of_a_thread_is_meant(cast: Cast, client_as: SignIn) -> None:
    stage = make_stage(cast, thread=THREAD).submit().approve()
    client = client_as(cast.sari)
    post = client.get(reverse("content:post_detail", args=[stage.post.pk])).content.decode()
    assert post.count("Bagian 3 dari utas") == 2, "beside the text and where one comments"
    first, second, third = parts(stage)
    for one in (first, second, third):
        address = reverse("content:publication_detail", args=[one.pk])
        assert f'<a href="{address}">{one.part + 1}</a>' in post
    page = client.get(reverse("content:publication_detail", args=[second.pk])).content.decode()
    assert "Bagian 2 dari utas" in page
    assert THREAD[0] in page
    assert THREAD[1] not in page
    comment = parts(commented(cast, "facebook"))[1]
    page = client.get(reverse("content:publication_detail", args=[comment.pk])).content.decode()
    assert "Komentar pertama" in page


def test_pages_of_a_long_thread_on_many_accounts_stay_light(
    cast: Cast, client_as: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    accounts = [connected_account(cast.diskominfo) for _number in range(9)]
    content = document(*accounts, thread=("Bawa kartu keluarga. " * 14,) * 24)
    post = actions.create_post(actor=cast.dwi, unit_id=cast.diskominfo.pk, document=content)
    stage = Stage(cast, accounts[0], post).submit().approve()
    out = Publication.objects.exclude(part=24)
    with without_triggers():
        out.update(
            status="published",
            published_at=timezone.now(),
            platform_post_id=F("key"),
            permalink=Concat(Value("https://bsky.app/profile/kota.example/post/"), F("key")),
        )
        Publication.objects.filter(part=24).update(status="unconfirmed")
        Post.objects.update(status="live")
    client = client_as(cast.sari)
    pages = {}
    for name, key in (
        ("post_detail", [stage.post.pk]),
        ("post_version", [stage.post.pk, 1]),
        ("post_withdraw", [stage.post.pk]),
    ):
        with django_assert_max_num_queries(15):
            answer = client.get(reverse(f"content:{name}", args=key))
        assert len(answer.content) <= 100_000, (name, len(answer.content))
        pages[name] = answer.content.decode()
    last = parts(stage)[-1]
    assert pages["post_detail"].count("24 dari 25 tayang") == 9
    assert "Bagian 25 dari utas" in pages["post_detail"]
    assert reverse("content:publication_detail", args=[last.pk]) in pages["post_detail"]
    assert "Tarik dari 9 akun" in pages["post_withdraw"]
    chosen = {"account": accounts[1].pk}
    other = client.get(reverse("content:post_version", args=[stage.post.pk, 1]), chosen)
    assert accounts[1].at_handle in other.content.decode()


def test_the_page_that_withdraws_one_publication_shows_what_goes_with_it(
    cast: Cast, client_as: SignIn
) -> None:
    stage = make_stage(cast, thread=THREAD).submit().approve()
    for one in parts(stage):
        send(one, FakePlatform())
    page = reverse("content:publication_withdraw", args=[parts(stage)[1].pk])
    told = client_as(cast.sari).get(page).context["publications"]
    assert [one.part for one in told] == [1, 2]


def test_a_list_has_a_row_for_each_account_and_one_for_each_part_in_trouble(
    cast: Cast, client_as: SignIn
) -> None:
    stage = make_stage(cast, thread=THREAD).submit().approve()
    client, address = client_as(cast.sari), reverse("content:publication_list")
    page = client.get(address)
    assert [one.part for one in page.context["page"]] == [0]
    assert "utas 3 bagian" in page.content.decode()
    send(parts(stage)[0], FakePlatform())
    send(parts(stage)[1], FakePlatform(failures=[Refused("Too long.")]))
    assert {one.part for one in client.get(address).context["page"]} == {0, 1}
    detail = client.get(reverse("content:post_detail", args=[stage.post.pk])).content.decode()
    assert f"Tarik dari {stage.account.at_handle}" in detail, "one account, whatever follows"
    (failed,) = client.get(address, {"status": "failed"}).context["page"]
    assert failed.part == 1
    commented(cast, "facebook")
    assert "dengan komentar pertama" in client.get(address).content.decode()


def test_what_a_connection_has_no_right_to_answer_is_said_before_it_is_submitted(
    cast: Cast, client_as: Callable[[object], Client], django_assert_max_num_queries: Any
) -> None:
    made = factories.official_account(cast.diskominfo, platform="instagram", host="")
    give_credential(made, cast.dwi)
    kept = Credential.objects.filter(official_account=made)
    kept.update(scopes=["instagram_content_publish"])
    said = document(made, first_comment="Tautan di profil.")
    post = actions.create_post(actor=cast.dwi, unit_id=cast.diskominfo.pk, document=said)
    page = reverse("content:post_detail", args=[post.pk])
    connect = reverse("accounts:official_account_connect", args=[made.pk])
    told = {}
    for who in (cast.dwi, cast.bayu):
        with django_assert_max_num_queries(15):
            told[who] = client_as(factories.reads_english(who)).get(page).content.decode()
        assert "connected without the right to comment" in told[who]
    assert "Ask an administrator to connect it again." in told[cast.dwi]
    assert connect not in told[cast.dwi]
    assert connect in told[cast.bayu]
    typed = {"unit": cast.diskominfo.pk, "accounts": made.pk, "text": "Halo"}
    preview = partial(client_as(cast.dwi).post, reverse("content:post_preview"))
    assert "without the right" in preview({**typed, "first_comment": "Ya"}).content.decode()
    assert "without the right" not in preview(typed).content.decode()
    kept.update(scopes=["instagram_manage_comments"])
    assert "without the right" not in client_as(cast.dwi).get(page).content.decode()

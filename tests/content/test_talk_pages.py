"""The pages of comments and notifications: who reads, who writes, and what they cost."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from content import actions
from content.forms.talk import CHOOSABLE
from content.models import Comment, NoticeChoice, NoticeKind, Notification, Thread
from tests.cast import Cast
from tests.content.stage import Stage, make_stage
from tests.copying import copy

SignIn = Callable[[User | str], Client]
HTMX = {"HX-Request": "true"}
MOST_QUERIES = 15


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def page(name: str, *args: object) -> str:
    return reverse(f"content:{name}", args=args)


def say(stage: Stage, text: str = "Sumbernya?", by: User | None = None) -> Comment:
    return actions.start_thread(
        actor=by or stage.cast.sari,
        post_id=stage.post.pk,
        number=1,
        text=text,
        key=uuid.uuid4(),
    )


def form(**fields: Any) -> dict[str, Any]:
    return {"text": "Halo.", "number": 1, "key": uuid.uuid4(), "place": "", "quote": ""} | fields


WHO = [
    ("anonymous", 302, 302),
    ("inactive", 302, 302),
    ("fajar", 404, 404),
    ("nur", 404, 404),
    ("ratna", 200, 403),
    ("laila", 200, 403),
    ("bayu", 200, 403),
    ("dwi", 200, 302),
    ("made", 200, 302),
    ("sari", 200, 302),
]


@pytest.mark.parametrize(("who", "reads", "writes"), WHO)
def test_who_reads_comments_and_who_writes_them(
    stage: Stage, client_as: SignIn, who: str, reads: int, writes: int
) -> None:
    thread = say(stage).thread
    client, post = client_as(who), stage.post.pk
    for name, args in (("thread_list", [post]), ("thread_detail", [post, thread.pk])):
        assert client.get(page(name, *args)).status_code == reads
    for name, args in (
        ("thread_start", [post]),
        ("thread_reply", [post, thread.pk]),
        ("thread_resolve", [post, thread.pk]),
        ("thread_reopen", [post, thread.pk]),
    ):
        assert client.post(page(name, *args), form()).status_code == writes, name
    found = client.get(page("person_find", post), {"find": "rina"}).status_code
    assert found == (200 if writes == 302 and reads == 200 else writes)
    assert Comment.objects.count() == (3 if (reads, writes) == (200, 302) else 1)


def test_a_thread_is_found_under_its_own_post_only(stage: Stage, client_as: SignIn) -> None:
    thread = say(stage).thread
    other = make_stage(stage.cast)
    client = client_as("sari")
    for name in ("thread_reply", "thread_resolve"):
        assert client.post(page(name, other.post.pk, thread.pk), form()).status_code == 404
    assert client.get(page("thread_detail", other.post.pk, thread.pk)).status_code == 404


def test_only_its_author_withdraws_a_comment(stage: Stage, client_as: SignIn) -> None:
    comment = say(stage)
    address = page("comment_withdraw", comment.pk)
    for who, status in (("fajar", 404), ("ratna", 403), ("made", 403), ("sari", 302)):
        assert client_as(who).post(address).status_code == status
    shown = client_as("made").get(page("post_detail", stage.post.pk)).content.decode()
    assert "Sumbernya?" not in shown
    assert "Ditarik oleh penulisnya" in shown


def test_a_comment_without_script_comes_back_to_the_post(stage: Stage, client_as: SignIn) -> None:
    client = client_as("sari")
    answer = client.post(page("thread_start", stage.post.pk), form(text="Mohon sumbernya."))
    assert answer["Location"].endswith("#comments")
    assert "Mohon sumbernya." in client.get(answer["Location"]).content.decode()


def test_with_script_the_card_is_swapped_and_says_so(stage: Stage, client_as: SignIn) -> None:
    client = client_as("sari")
    answer = client.post(page("thread_start", stage.post.pk), form(), headers=HTMX)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert shown.lstrip().startswith('<section class="card" id="comments">')
    # So does where one decides, which says how many are open.
    assert '<div id="open-comments" hidden hx-swap-oob="true">' in shown, "it is their own"
    thread = Thread.objects.get()
    answer = client.post(
        page("thread_reply", stage.post.pk, thread.pk), form(text="Lagi."), headers=HTMX
    )
    assert f'id="thread-{thread.pk}"' in answer.content.decode()
    assert "Lagi." in answer.content.decode()
    asked = client.get(page("thread_reply", stage.post.pk, thread.pk), headers=HTMX)
    assert "autofocus" in asked.content.decode()
    answer = client_as("dwi").post(page("thread_start", stage.post.pk), form(), headers=HTMX)
    assert "1 komentar masih terbuka" in answer.content.decode(), "what somebody else said"


@pytest.mark.parametrize("htmx", [{}, HTMX])
def test_what_is_wrong_keeps_what_was_typed(
    stage: Stage, client_as: SignIn, htmx: dict[str, Any]
) -> None:
    client = client_as("sari")
    typed = form(text="Kata-kata saya", quote="tidak ada di sana")
    answer = client.post(page("thread_start", stage.post.pk), typed, headers=htmx)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Kata-kata saya" in shown
    assert "tidak ada di sana" in shown
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "forged",
    [
        {"number": "x"},
        {"number": "-1"},
        {"number": "99999999999999999999"},
        {"key": "x"},
        {"key": ""},
        {"place": "text:1;DROP"},
        {"place": "nowhere"},
        {"text": ""},
        {"text": "\x00"},
        {"quote": "\x00"},
        {"text": "a" * 5000},
    ],
)
def test_forged_fields_are_refused_in_words(
    stage: Stage, client_as: SignIn, forged: dict[str, Any]
) -> None:
    answer = client_as("sari").post(page("thread_start", stage.post.pk), form(**forged))
    assert answer.status_code == 422
    assert not Comment.objects.exists()


def test_a_replayed_form_says_it_once(stage: Stage, client_as: SignIn) -> None:
    typed = form()
    for _ in range(2):
        assert client_as("sari").post(page("thread_start", stage.post.pk), typed).status_code == 302
    assert Comment.objects.count() == 1


def test_people_are_found_by_name_among_those_who_see_the_post(
    stage: Stage, client_as: SignIn
) -> None:
    client = client_as("sari")
    address = page("person_find", stage.post.pk)
    shown = client.get(address, {"find": "@rina"}).content.decode()
    assert "Rina Lestari" in shown
    for nobody in ("Nur Aisyah", "Hendra", "govsocial", "%", "\\", "x" * 500):
        shown = client.get(address, {"find": nobody}).content.decode()
        assert "checkbox" not in shown
    ticked: dict[str, Any] = {
        "find": "made",
        "picked": [stage.cast.rina.pk, stage.cast.nur.pk, "x", "9" * 30],
    }
    shown = client.get(address, ticked).content.decode()
    assert re.findall(r"checked>\s*<span>([\w ]+)", shown) == ["Rina Lestari"]
    assert "Made Wirawan" in shown


def test_without_script_people_are_searched_and_what_was_typed_is_kept(
    stage: Stage, client_as: SignIn
) -> None:
    client = client_as("sari")
    answer = client.post(
        page("thread_start", stage.post.pk), form(text="Mohon cek", find="rina", look="1")
    )
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "Mohon cek" in shown
    assert "Rina Lestari" in shown
    assert not Comment.objects.exists()
    sent = form(text="Mohon cek", picked=[stage.cast.rina.pk])
    client.post(page("thread_start", stage.post.pk), sent)
    assert Notification.objects.get(kind="mention").person == stage.cast.rina


def test_open_comments_are_shown_where_one_decides(stage: Stage, client_as: SignIn) -> None:
    stage.submit()
    for _ in range(2):
        say(stage, by=stage.cast.made)
    client = client_as("sari")
    assert (
        "2 komentar masih terbuka"
        in client.get(page("post_detail", stage.post.pk)).content.decode()
    )
    for thread in Thread.objects.all():
        actions.resolve_thread(actor=stage.cast.dwi, thread_id=thread.pk)
    assert "masih terbuka" not in client.get(page("post_detail", stage.post.pk)).content.decode()


def test_the_page_says_whether_quoted_words_still_stand(stage: Stage, client_as: SignIn) -> None:
    client = client_as("sari")
    client.post(page("thread_start", stage.post.pk), form(quote="rabies gratis"))
    address = page("thread_detail", stage.post.pk, Thread.objects.get().pk)
    assert "masih ada di versi 1" in client.get(address).content.decode()
    stage.edit("Vaksin berbayar.")
    shown = client.get(address).content.decode()
    assert "Tentang versi 1" in shown
    assert "tidak ada lagi di versi 2" in shown


def test_hostile_words_are_shown_as_words(stage: Stage, client_as: SignIn) -> None:
    evil = "<script>alert(1)</script>{{ 7|add:7 }}\u202eabc @Rina Lestari<img src=x onerror=x>"
    say(stage, evil)
    for name, args in (("post_detail", [stage.post.pk]), ("thread_list", [stage.post.pk])):
        shown = client_as("made").get(page(name, *args)).content.decode()
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "{{ 7|add:7 }}" in shown


def test_the_list_is_searched_and_filtered(stage: Stage, client_as: SignIn) -> None:
    done = say(stage, "Kata pertama")
    actions.resolve_thread(actor=stage.cast.dwi, thread_id=done.thread_id)
    say(stage, "Kata kedua", by=stage.cast.made)
    client, address = client_as("sari"), page("thread_list", stage.post.pk)
    for query, found in (
        ({"search": "PERTAMA"}, ["pertama"]),
        ({"search": "made wira"}, ["kedua"]),
        ({"state": "open"}, ["kedua"]),
        ({"state": "resolved"}, ["pertama"]),
        ({"state": "nonsense"}, []),
        ({}, ["kedua", "pertama"]),
    ):
        shown = client.get(address, query).content.decode()
        assert re.findall(r"Kata (pertama|kedua)", shown) == found, query


@pytest.mark.parametrize("many", [0, 60])
def test_pages_need_few_queries_at_any_size(stage: Stage, client_as: SignIn, many: int) -> None:
    stage.submit()
    if many:
        talked = say(stage, "Halo @Rina Lestari")
        for _ in range(5):
            actions.reply_to_thread(
                actor=stage.cast.dwi,
                thread_id=talked.thread_id,
                text="@Sari Wulandari " + "kata " * 60,
                key=uuid.uuid4(),
            )
        comment = say(stage, "Halo @Rina Lestari")
        copy(talked.thread, times=many // 3 - 1)
        copy(comment.thread, times=many - many // 3 - 1)
        assert stage.post.threads.count() == many
    addresses = [
        page("post_detail", stage.post.pk),
        page("thread_list", stage.post.pk),
        page("notification_list"),
        page("notification_choose"),
        reverse("home"),
    ]
    if many:
        addresses.append(page("thread_detail", stage.post.pk, comment.thread_id))
    for who in ("sari", "rina"):
        client = client_as(who)
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(address)
            assert answer.status_code == 200
            assert len(asked) <= MOST_QUERIES, (address, len(asked))
            assert len(answer.content) < 100_000, (address, len(answer.content))


def test_the_bell_counts_what_is_unread(stage: Stage, client_as: SignIn) -> None:
    stage.submit()
    client = client_as("sari")
    shown = client.get(page("post_list")).content.decode()
    assert re.search(
        r'class="count count-accent">1<span class="visually-hidden"> belum dibaca', shown
    )
    client.post(page("notification_read_all"), {"up_to": Notification.objects.latest("pk").pk})
    assert "belum dibaca" not in client.get(page("post_list")).content.decode()


def test_a_notification_leads_to_its_object_and_is_read_then(
    stage: Stage, client_as: SignIn
) -> None:
    stage.submit()
    mine = Notification.objects.get(person=stage.cast.sari)
    assert client_as("made").post(page("notification_open", mine.pk)).status_code == 404
    assert client_as("made").post(page("notification_read", mine.pk)).status_code == 404
    assert client_as("sari").get(page("notification_open", mine.pk)).status_code == 405
    mine.refresh_from_db()
    assert mine.read_at is None
    answer = client_as("sari").post(page("notification_open", mine.pk))
    assert answer["Location"] == page("post_detail", stage.post.pk) + "?from=reviews"
    mine.refresh_from_db()
    assert mine.read_at is not None


def test_the_list_of_notifications_is_filtered(stage: Stage, client_as: SignIn) -> None:
    stage.submit()
    say(stage, "@Sari Wulandari", by=stage.cast.dwi)
    Notification.objects.filter(kind="submitted").update(read_at=timezone.now())
    client = client_as("sari")
    for query, number in (
        ({}, 2),
        ({"state": "unread"}, 1),
        ({"state": "read"}, 1),
        ({"kind": "mention"}, 1),
        ({"kind": "failed"}, 0),
        ({"search": "vaksin"}, 2),
        ({"search": "lain"}, 0),
        ({"kind": "nonsense"}, 0),
        ({"sort": "time", "page": "9"}, 2),
    ):
        shown = client.get(page("notification_list"), query).content.decode()
        assert shown.count("notice-open") == number, query


@pytest.mark.parametrize("up_to", ["", "x", "-1", "9" * 40])
def test_marking_all_read_takes_no_nonsense(stage: Stage, client_as: SignIn, up_to: str) -> None:
    stage.submit()
    answer = client_as("sari").post(page("notification_read_all"), {"up_to": up_to})
    assert answer.status_code == 302
    assert not Notification.objects.exclude(read_at=None).exists()


def test_ways_are_chosen_per_kind(stage: Stage, client_as: SignIn) -> None:
    client, address = client_as("sari"), page("notification_choose")
    chosen = dict.fromkeys(NoticeKind.values, "app")
    assert client.post(address, chosen).status_code == 302
    assert NoticeChoice.objects.filter(person=stage.cast.sari, way="app").count() == len(CHOOSABLE)
    for wrong in ({"mention": "pigeon"}, {"mention": ""}):
        assert client.post(address, chosen | wrong).status_code == 422
    assert client.post(address, {}).status_code == 422
    assert not NoticeChoice.objects.exclude(person=stage.cast.sari).exists()


def test_unread_mentions_are_on_the_home_page(stage: Stage, client_as: SignIn) -> None:
    client = client_as("rina")
    templates = [one.template for one in client.get(reverse("home")).context["aside_cards"]]
    assert "content/_home_mentions.html" not in templates
    say(stage, "@Rina Lestari")
    cards = client.get(reverse("home")).context["aside_cards"]
    assert "content/_home_mentions.html" in [one.template for one in cards]

"""What people say about a post: who may, what it hangs on, whom it mentions, and that it stays."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.capabilities import ROLE_CAPABILITIES, Role
from accounts.models import Grant, User
from content import actions, talking
from content.errors import ContentError
from content.models import Comment, Mention, NoticeKind, Notification, Post, Thread
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, make_stage
from tests.gathering import each
from tests.triggers import without_trigger

REFUSED = (IntegrityError, InternalError)


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def say(stage: Stage, text: str = "Sumbernya?", by: User | None = None, **more: Any) -> Comment:
    values: dict[str, Any] = {"number": 1, "key": uuid.uuid4()}
    return actions.start_thread(
        actor=by or stage.cast.sari, post_id=stage.post.pk, text=text, **(values | more)
    )


def reply(comment: Comment, by: User, text: str = "Sudah.", **more: Any) -> Comment:
    values: dict[str, Any] = {"key": uuid.uuid4()}
    return actions.reply_to_thread(
        actor=by, thread_id=comment.thread_id, text=text, **(values | more)
    )


def told(kind: NoticeKind) -> set[str]:
    rows = Notification.objects.filter(kind=kind).select_related("person")
    return {row.person.full_name.split()[0] for row in rows}


def test_who_drafts_reviews_or_approves_may_comment() -> None:
    """The table that an agency signs says both; nobody is to forget the one for the other."""
    writes = {"content.draft", "content.review", "content.approve"}
    for role in Role:
        assert bool(ROLE_CAPABILITIES[role] & writes) == (
            "content.comment" in ROLE_CAPABILITIES[role]
        ), role


@each("who", ["dwi", "rina", "made", "sari"])
def test_who_works_on_posts_of_the_unit_comments(stage: Stage, who: str) -> None:
    assert say(stage, by=getattr(stage.cast, who)).thread.post == stage.post


@each("who", ["bayu", "ratna", "laila", "yohanes", "fajar", "nur", "inactive"])
def test_nobody_else_comments(stage: Stage, who: str) -> None:
    person = getattr(stage.cast, who)
    with pytest.raises(PermissionDenied):
        say(stage, by=person)
    thread = say(stage).thread
    version = stage.post.versions.get()
    with pytest.raises(PermissionDenied):
        actions.reply_to_thread(actor=person, thread_id=thread.pk, text="Halo", key=uuid.uuid4())
    for action in (actions.resolve_thread, actions.reopen_thread):
        with pytest.raises(PermissionDenied):
            action(actor=person, thread_id=thread.pk)
    with pytest.raises(REFUSED), transaction.atomic():
        Comment.objects.create(thread=thread, author=person, text="Lewat basis data.")
    with pytest.raises(REFUSED), transaction.atomic():
        Thread.objects.create(post=stage.post, version=version, started_by=person)
    with pytest.raises(REFUSED), transaction.atomic():
        Thread.objects.filter(pk=thread.pk).update(resolved_by=person, resolved_at=timezone.now())


def test_a_role_that_ended_a_moment_ago_is_told_as_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database asks once more when the row is written."""
    monkeypatch.setattr(User, "may", lambda *_asked: True)
    Grant.objects.filter(user=stage.cast.made).update(ends_at=timezone.now())
    with pytest.raises(PermissionDenied):
        say(stage, by=stage.cast.made)
    assert not Thread.objects.exists()


def test_a_comment_writes_one_entry_without_its_words(stage: Stage) -> None:
    comment = say(stage, "Nomor @Rina Lestari salah.")
    entry = Entry.objects.get(event="content.comment.written")
    assert entry.data == {
        "version": 1,
        "thread": comment.thread_id,
        "is_reply": False,
        "mentioned": ["Rina Lestari"],
    }
    assert entry.target_id == str(stage.post.pk)


def test_a_form_sent_twice_says_it_once(stage: Stage) -> None:
    key = uuid.uuid4()
    first = say(stage, key=key)
    assert say(stage, "Lain.", key=key) == first
    answer = uuid.uuid4()
    assert reply(first, stage.cast.dwi, key=answer) == reply(first, stage.cast.dwi, key=answer)
    assert Comment.objects.count() == 2
    other = make_stage(stage.cast)
    with pytest.raises(PermissionDenied):
        say(other, key=key)


@each(
    "more",
    [
        {"text": " \n "},
        {"text": "\u200b\u2060"},
        {"text": "a" * 2001},
        {"number": 2},
        {"number": 0},
        {"place": "text:999999"},
        {"place": "picture:1"},
        {"place": "digest"},
        {"quote": "Kata yang tidak ada"},
        {"place": "title", "quote": "gratis"},
        {"quote": "a" * 301},
    ],
)
def test_a_comment_without_words_or_about_nothing_is_refused(
    stage: Stage, more: dict[str, Any]
) -> None:
    with pytest.raises(ContentError):
        say(stage, **more)
    assert not Thread.objects.exists()


def test_a_thread_is_about_a_version_of_its_own_post(stage: Stage) -> None:
    other = make_stage(stage.cast)
    with pytest.raises(REFUSED), transaction.atomic():
        Thread.objects.create(
            post=stage.post,
            version=other.post.versions.get(),
            started_by=stage.cast.sari,
        )


def test_quoted_words_stand_until_an_edit_takes_them(stage: Stage) -> None:
    place = f"text:{stage.account.pk}"
    thread = say(stage, quote="rabies\n  gratis", place=place).thread
    assert thread.quote == "rabies gratis"
    kept = stage.edit("Ayo! Vaksin rabies gratis.").fresh().current_version
    assert kept is not None
    assert talking.stands(thread.quote, kept.content(), thread.place)
    gone = stage.edit("Vaksin rabies berbayar.").fresh().current_version
    assert gone is not None
    assert not talking.stands(thread.quote, gone.content(), thread.place)
    assert Thread.objects.get().version.number == 1


def test_a_thread_is_about_what_follows_a_post_too(cast: Cast) -> None:
    stage = make_stage(cast, thread=("Bawa kartu keluarga.",), first_comment="#rabies")
    version = stage.fresh().current_version
    assert version is not None
    content = version.content()
    named = dict(talking.places_of(content, [stage.account]))
    assert (named["thread:1"], named["first_comment"]) == ("Part 2 of the thread", "First comment")
    for place, quote in (("thread:1", "kartu"), ("first_comment", "#rabies")):
        assert say(stage, quote=quote, place=place).thread.place == place
        assert talking.place_in_words(place, {}) == named[place]
        assert say(stage, quote=quote).thread.place == "", "anywhere in the post"
        with pytest.raises(ContentError):
            say(stage, quote="berbayar", place=place)
    for place in ("thread:2", "thread:0"):
        with pytest.raises(ContentError, match="no such field"):
            say(stage, place=place)
    bare = stage.edit("Vaksin rabies gratis.").fresh().current_version
    assert bare is not None
    assert not talking.stands("kartu", bare.content(), "thread:1")


def test_what_was_said_is_neither_changed_nor_deleted(stage: Stage) -> None:
    comment = say(stage, "Halo @Rina Lestari")
    changes: list[Callable[[], Any]] = [
        lambda: Comment.objects.update(text="Lain."),
        lambda: Comment.objects.update(author=stage.cast.made),
        lambda: Comment.objects.update(written_at=timezone.now()),
        lambda: Comment.objects.update(withdrawn_at=timezone.now()),
        lambda: Comment.objects.update(withdrawn_at=timezone.now(), text="Diganti."),
        lambda: Comment.objects.all().delete(),
        lambda: Comment.objects.all()._raw_delete("default"),
        lambda: Mention.objects.all()._raw_delete("default"),
        lambda: Mention.objects.update(person=stage.cast.dwi),
        lambda: Thread.objects.update(quote="Lain"),
        lambda: Thread.objects.update(version=stage.post.versions.get(), place="title"),
        lambda: Thread.objects.update(started_by=stage.cast.made),
        lambda: Thread.objects.update(resolved_at=timezone.now()),
    ]
    for change in changes:
        with pytest.raises((*REFUSED, ProtectedError)), transaction.atomic():
            change()
    comment.refresh_from_db()
    assert (comment.text, comment.withdrawn_at) == ("Halo @Rina Lestari", None)


def test_nobody_dates_a_comment_back(stage: Stage) -> None:
    thread = say(stage).thread
    long_ago = timezone.now() - timedelta(days=30)
    forged = Comment.objects.create(
        thread=thread, author=stage.cast.sari, text="Dulu.", written_at=long_ago
    )
    forged.refresh_from_db()
    assert forged.written_at > timezone.now() - timedelta(minutes=1)


def test_its_author_withdraws_the_words_for_a_quarter_of_an_hour(stage: Stage) -> None:
    comment = say(stage, "Telepon saya 0812-3456-7890")
    with pytest.raises(PermissionDenied):
        actions.withdraw_comment(actor=stage.cast.made, comment_id=comment.pk)
    actions.withdraw_comment(actor=stage.cast.sari, comment_id=comment.pk)
    actions.withdraw_comment(actor=stage.cast.sari, comment_id=comment.pk)
    comment.refresh_from_db()
    assert comment.text == ""
    assert comment.withdrawn_at is not None
    assert Entry.objects.filter(event="content.comment.withdrawn").count() == 1
    with pytest.raises(REFUSED), transaction.atomic():
        Comment.objects.update(text="Kembali.", withdrawn_at=None)


def test_after_that_it_stays(stage: Stage) -> None:
    comment = say(stage)
    with (
        time_machine.travel(timezone.now() + timedelta(minutes=16)),
        pytest.raises(ContentError),
    ):
        actions.withdraw_comment(actor=stage.cast.sari, comment_id=comment.pk)
    with without_trigger("content.Comment:stays_itself"):
        Comment.objects.update(written_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(REFUSED), transaction.atomic():
        Comment.objects.update(text="", withdrawn_at=timezone.now())


def test_a_thread_is_resolved_and_opened_again(stage: Stage) -> None:
    first = say(stage)
    actions.resolve_thread(actor=stage.cast.dwi, thread_id=first.thread_id)
    again = actions.resolve_thread(actor=stage.cast.made, thread_id=first.thread_id)
    assert again.resolved_by == stage.cast.dwi, "done is done"
    reply(first, stage.cast.sari)
    assert not Thread.objects.get().is_open, "a last word opens nothing"
    actions.reopen_thread(actor=stage.cast.sari, thread_id=first.thread_id)
    assert Thread.objects.get().is_open
    events = Entry.objects.filter(event__startswith="content.thread.").order_by("id")
    assert [(one.event, one.actor_name) for one in events] == [
        ("content.thread.resolved", "Dwi Hartono"),
        ("content.thread.reopened", "Sari Wulandari"),
    ]


def test_an_open_comment_stops_no_approval(stage: Stage) -> None:
    stage.submit()
    say(stage)
    assert stage.approve().fresh().status == Post.Status.SCHEDULED
    reply(Comment.objects.get(), stage.cast.dwi, "Terima kasih.")


def test_a_name_behind_a_sign_mentions_who_may_see_the_post(stage: Stage) -> None:
    say(stage, "Mohon dilihat @rina  LESTARI, @Nur Aisyah dan @Ratna Kusuma.")
    assert told(NoticeKind.MENTION) == {"Rina", "Ratna"}
    assert told(NoticeKind.COMMENT) == {"Dwi"}, "the author, and nobody twice"


def test_nobody_is_told_of_what_they_said_themselves(stage: Stage) -> None:
    say(stage, "Saya, @Sari Wulandari, setuju.")
    assert told(NoticeKind.MENTION) == set()
    assert not Mention.objects.exists()


@each(
    "text",
    [
        "rina@Rina Lestari.example",
        "@Rina",
        "@Rina Lestarini",
        "@@Rina Lestari",
        "@ Rina Lestari",
        "@Hendra Saputra",
        "@<b>Rina Lestari</b>",
        "@" * 1999,
    ],
)
def test_what_only_looks_like_a_name_mentions_nobody(stage: Stage, text: str) -> None:
    say(stage, text)
    assert not Mention.objects.exists()


def test_the_longest_name_counts_and_all_who_bear_it(stage: Stage) -> None:
    names = ["Rina Lestari Putri", "Budi Santoso", "Budi Santoso"]
    people = [factories.user(name) for name in names]
    for person in people:
        factories.grant(person, Role.DRAFTER, stage.cast.diskominfo)
    say(stage, "@Rina Lestari Putri dan @Budi Santoso")
    assert set(Mention.objects.values_list("person", flat=True)) == {one.pk for one in people}
    comment = say(stage, "@Budi Santoso", picked=[people[2].pk])
    assert [one.person for one in comment.mentions.all()] == [people[2]]


def test_who_was_picked_is_mentioned_as_long_as_they_see_the_post(stage: Stage) -> None:
    cast = stage.cast
    picked = [cast.made.pk, cast.nur.pk, cast.inactive.pk, User.objects.system().pk, 10**15]
    comment = say(stage, "Tolong dicek.", picked=picked)
    assert [one.person for one in comment.mentions.all()] == [cast.made]


def test_a_round_letter_is_no_comment(stage: Stage) -> None:
    people = [factories.user() for _ in range(21)]
    for person in people:
        factories.grant(person, Role.DRAFTER, stage.cast.diskominfo)
    with pytest.raises(ContentError):
        say(stage, "Semua!", picked=[one.pk for one in people])
    assert not Comment.objects.exists()


def test_names_are_shown_without_anything_that_a_browser_would_run(stage: Stage) -> None:
    text = "@Rina Lestari <script>alert(1)</script> & <b>"
    shown = talking.shown(text, [stage.cast.rina])
    assert shown == (
        '<span class="mention">@Rina Lestari</span> &lt;script&gt;alert(1)&lt;/script&gt;'
        " &amp; &lt;b&gt;"
    )


def test_no_sentence_holds_the_words_of_a_comment(stage: Stage) -> None:
    say(stage, "RAHASIA-12 @Rina Lestari")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM content_notification WHERE facts::text LIKE '%RAHASIA%'"
        )
        assert cursor.fetchone() == (0,)
    assert not Entry.objects.filter(data__icontains="RAHASIA").exists()

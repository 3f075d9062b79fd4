"""Comments on a post: said once, resolved and opened again, withdrawn for a quarter of an hour."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.guards import may_until_written
from accounts.models import User
from content import people, talking
from content.actions.drafting import lock_post
from content.actions.telling import tell_comment
from content.errors import ContentError
from content.events.talk import (
    COMMENT_WITHDRAWN,
    COMMENT_WRITTEN,
    THREAD_REOPENED,
    THREAD_RESOLVED,
)
from content.models import Comment, Mention, Post, PostVersion, Thread
from content.models.comment import LONGEST_COMMENT, LONGEST_QUOTE
from govsocial.audit.actions import record
from govsocial.web.hidden_signs import readable
from govsocial.web.permissions import require

# A conversation that is longer belongs into a room; a page shows one whole.
MOST_COMMENTS = 50
MOST_OPEN = 100


@may_until_written
@transaction.atomic
def start_thread(
    *,
    actor: User,
    post_id: int,
    number: int,
    text: str,
    key: uuid.UUID,
    place: str = "",
    quote: str = "",
    picked: Collection[int] = (),
) -> Comment:
    """Comment on version ``number``, perhaps on one place and some quoted words of it.

    ``key`` is that of the form: sent twice, it is said once. Raises ``ContentError`` for a place or
    words that this version does not have, and without words of one's own.
    """
    post = lock_post(post_id)
    require(actor, "content.comment", post.unit_id)
    said = _said_before(actor, key, post)
    if said is not None:
        return said
    version = post.versions.filter(number=number).first()
    if version is None:
        raise ContentError(_("This post has no such version."))
    quote = _quoted(version, place, quote)
    words = _words(text)
    if post.threads.filter(resolved_at=None).count() >= MOST_OPEN:
        raise ContentError(_("Too many comments are open here. Resolve some of them first."))
    thread = Thread.objects.create(
        post=post, version=version, place=place, quote=quote, started_by=actor
    )
    return _say(thread, actor, words, key, picked)


@may_until_written
@transaction.atomic
def reply_to_thread(
    *, actor: User, thread_id: int, text: str, key: uuid.UUID, picked: Collection[int] = ()
) -> Comment:
    """Say something more in a thread, also in one that is resolved: it stays so."""
    thread = _lock_thread(actor, thread_id)
    said = _said_before(actor, key, thread.post)
    if said is not None:
        return said
    words = _words(text)
    if thread.comments.count() >= MOST_COMMENTS:
        raise ContentError(_("This conversation is long enough. Start another one."))
    return _say(thread, actor, words, key, picked)


@may_until_written
@transaction.atomic
def resolve_thread(*, actor: User, thread_id: int) -> Thread:
    """Mark a thread as done. One that is done already stays as it is."""
    thread = _lock_thread(actor, thread_id)
    if not thread.is_open:
        return thread
    thread.resolved_by, thread.resolved_at = actor, timezone.now()
    return _turn(thread, actor, is_open=False)


@may_until_written
@transaction.atomic
def reopen_thread(*, actor: User, thread_id: int) -> Thread:
    """Open a resolved thread again."""
    thread = _lock_thread(actor, thread_id)
    if thread.is_open:
        return thread
    thread.resolved_by = thread.resolved_at = None
    return _turn(thread, actor, is_open=True)


@transaction.atomic
def withdraw_comment(*, actor: User, comment_id: int) -> Comment:
    """Take the words of one's own comment back, soon after they were said. Row, time and author
    stay."""
    thread_id = Comment.objects.values_list("thread_id", flat=True).get(pk=comment_id)
    thread = _lock_thread(actor, thread_id)
    comment = Comment.objects.select_for_update().get(pk=comment_id)
    if comment.author_id != actor.pk:
        raise PermissionDenied(_("Only who wrote a comment withdraws it."))
    if comment.withdrawn_at is not None:
        return comment
    now = timezone.now()
    if not comment.may_be_withdrawn_by(actor, now):
        raise ContentError(_("A comment can be withdrawn for 15 minutes; this one stays."))
    comment.text, comment.withdrawn_at = "", now
    comment.save(update_fields=["text", "withdrawn_at"])
    record(
        COMMENT_WITHDRAWN,
        actor=actor,
        target=thread.post,
        version=thread.version.number,
        thread=thread.pk,
    )
    return comment


def _lock_thread(actor: User, thread_id: int) -> Thread:
    """Lock post, then thread: the order of every action. Whoever acts may comment there."""
    post = lock_post(Thread.objects.values_list("post_id", flat=True).get(pk=thread_id))
    require(actor, "content.comment", post.unit_id)
    threads = Thread.objects.select_for_update(of=("self",)).select_related("version")
    thread = threads.get(pk=thread_id)
    thread.post = post
    return thread


def _turn(thread: Thread, actor: User, *, is_open: bool) -> Thread:
    thread.save(update_fields=["resolved_by", "resolved_at"])
    record(
        THREAD_REOPENED if is_open else THREAD_RESOLVED,
        actor=actor,
        target=thread.post,
        version=thread.version.number,
        thread=thread.pk,
    )
    return thread


def _said_before(actor: User, key: uuid.UUID, post: Post) -> Comment | None:
    """The comment that this form already became; another one that has its key is a forgery."""
    said = Comment.objects.filter(author=actor, key=key).select_related("thread").first()
    if said is not None and said.thread.post_id != post.pk:
        raise PermissionDenied
    return said


def _words(text: str) -> str:
    words = readable(text.replace("\r\n", "\n")).strip()
    if not words:
        raise ContentError(_("Write what you want to say."), field="text")
    if len(words) > LONGEST_COMMENT:
        raise ContentError(
            _("A comment has at most %(most)s characters.") % {"most": LONGEST_COMMENT},
            field="text",
        )
    return words


def _quoted(version: PostVersion, place: str, quote: str) -> str:
    document = version.content()
    known = {"", "title", "text", "planned_at", *(f"text:{pk}" for pk in document.texts)}
    known |= {f"picture:{number}" for number in range(1, len(document.media) + 1)}
    known |= {f"thread:{number}" for number in range(1, len(document.thread) + 1)}
    further = ("film", "link", "headline", "first_comment")
    known |= {name for name in further if getattr(document, name)}
    if place not in known:
        raise ContentError(_("This version has no such field."), field="place")
    quote = " ".join(quote.split())
    if len(quote) > LONGEST_QUOTE:
        raise ContentError(
            _("Quote at most %(most)s characters.") % {"most": LONGEST_QUOTE}, field="quote"
        )
    if quote and not talking.stands(quote, document, place):
        raise ContentError(
            _("These words do not stand there in version %(number)s. Copy them from the post.")
            % {"number": version.number},
            field="quote",
        )
    return quote


def _say(
    thread: Thread, actor: User, words: str, key: uuid.UUID, picked: Collection[int]
) -> Comment:
    meant = talking.mentioned(words, picked, list(people.readers_of(thread.post)))
    meant = [person for person in meant if person.pk != actor.pk]
    if len(meant) > talking.MOST_MENTIONS:
        raise ContentError(
            _("Mention at most %(most)s people at once.") % {"most": talking.MOST_MENTIONS},
            field="text",
        )
    is_reply = thread.comments.exists()
    comment = Comment.objects.create(thread=thread, author=actor, text=words, key=key)
    comment.refresh_from_db(fields=["written_at"])
    Mention.objects.bulk_create(Mention(comment=comment, person=person) for person in meant)
    record(
        COMMENT_WRITTEN,
        actor=actor,
        target=thread.post,
        version=thread.version.number,
        thread=thread.pk,
        is_reply=is_reply,
        mentioned=[person.full_name for person in meant],
    )
    tell_comment(comment, meant)
    return comment

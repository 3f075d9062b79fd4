from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.rights import holds, refuse_actor
from content.models.lexemes import COMMENT_WORDS
from content.models.post import Post, PostVersion
from govsocial.web.as_of_now import as_of_now

LONGEST_QUOTE = 300
LONGEST_COMMENT = 2000
# How long its author may take the words of a comment back.
TIME_TO_WITHDRAW = timedelta(minutes=15)
_SECONDS = int(TIME_TO_WITHDRAW.total_seconds())
# What a thread may be about: see ``content.talking.places_of``.
PLACES = (
    r"^(|title|film|link|headline|first_comment|planned_at"
    r"|text|text:[1-9][0-9]*|picture:[1-9][0-9]*|thread:[1-9][0-9]*)$"
)


class Thread(models.Model):
    """A conversation about one version of a post, perhaps about one field and some words of it.

    It is open until somebody who may comment resolves it, and may be opened again; the trail has
    each turn. An open thread stops no approval: it is shown where one decides.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="threads")
    version = models.ForeignKey(PostVersion, models.PROTECT, related_name="threads")
    place = models.CharField(max_length=40, blank=True)
    quote = models.CharField(max_length=LONGEST_QUOTE, blank=True)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    resolved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("thread of comments")
        verbose_name_plural = _("threads of comments")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["post"],
                condition=models.Q(resolved_at__isnull=True),
                name="thread_open",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(place__regex=PLACES), name="thread_is_about_a_place"
            ),
            models.CheckConstraint(
                condition=models.Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | models.Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="thread_resolved_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", exclude=["resolved_by", "resolved_at"]),
            pgtrigger.Trigger(
                name="about_a_version_by_who_may",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("resolved_by_id", "resolved_at"),
                declare=[("here", "bigint"), ("who", "bigint")],
                func=as_of_now(f"""
                    SELECT p.unit_id INTO here FROM content_post p
                        JOIN content_postversion v ON v.post_id = p.id
                        WHERE p.id = NEW.post_id AND v.id = NEW.version_id;
                    IF here IS NULL THEN
                        RAISE EXCEPTION 'A thread is about a version of its post.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'INSERT' AND NEW.resolved_at IS NOT NULL THEN
                        RAISE EXCEPTION 'A thread begins open.' USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'INSERT' THEN
                        NEW.started_at := clock_timestamp();
                        who := NEW.started_by_id;
                    ELSE
                        -- Who opens it again is not kept in the row; the trail has them.
                        who := NEW.resolved_by_id;
                    END IF;
                    IF who IS NOT NULL AND NOT {holds("who", "content.comment", "here")} THEN
                        {refuse_actor("Who may comment on the post starts and resolves threads.")}
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # our own names
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.pk})"

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


class Comment(models.Model):
    """What one person said in a thread. Never changed, never deleted.

    For ``TIME_TO_WITHDRAW`` its author may withdraw the words: said to the wrong post, or with
    somebody's telephone number in them. The row keeps time, author and place, pages say that it was
    withdrawn, and nobody can put other words there. Whoever was told of it was told.
    """

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="comments")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    # Of the form that it came with: sent twice, it is said once.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    written_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["pk"]
        indexes = [GinIndex(COMMENT_WORDS, name="comment_words")]
        constraints = [
            models.UniqueConstraint(fields=["author", "key"], name="comment_said_once"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) & ~models.Q(text="")
                | models.Q(withdrawn_at__isnull=False, text=""),
                name="comment_has_words_or_was_withdrawn",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("text"), LONGEST_COMMENT),
                name="comment_is_no_book",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", exclude=["text", "withdrawn_at"]),
            pgtrigger.Trigger(
                name="said_by_who_may",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("here", "bigint")],
                func=as_of_now(f"""
                    SELECT p.unit_id INTO here FROM content_thread t
                        JOIN content_post p ON p.id = t.post_id WHERE t.id = NEW.thread_id;
                    IF NEW.withdrawn_at IS NOT NULL THEN
                        RAISE EXCEPTION 'A comment begins with words.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    NEW.written_at := clock_timestamp();
                    IF NOT {holds("NEW.author_id", "content.comment", "here")} THEN
                        {refuse_actor("Who may comment on the post comments on it.")}
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # our own names
            ),
            pgtrigger.Trigger(
                name="append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("text", "withdrawn_at"),
                func=f"""
                    IF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
                        OR OLD.written_at
                            < clock_timestamp() - interval '{_SECONDS} seconds'
                    THEN
                        RAISE EXCEPTION 'What was said stays said.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    NEW.withdrawn_at := clock_timestamp();
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author}: {self.thread}"

    def may_be_withdrawn_by(self, user: User, now: datetime) -> bool:
        """Whether ``user`` may still take the words back; the action and the database ask again."""
        mine = self.author_id == user.pk and self.withdrawn_at is None
        return mine and now < self.written_at + TIME_TO_WITHDRAW


class Mention(models.Model):
    """Somebody named in a comment: picked, or by “@” and their full name."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="mentions")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "person"], name="mention_once_a_comment")
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.comment}"

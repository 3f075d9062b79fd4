from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from content.models.post import Post, PostStatus
from content.models.publication import Publication
from govsocial.web.as_of_now import as_of_now


class PostSearch(models.Model):
    """What lists and the search go by: one narrow row for each post, of its current version.

    The database writes it as a post changes, and refuses whoever else would: pages read the posts
    themselves, so that a wrong row could hide one from a list and never show one.
    """

    post = models.OneToOneField(Post, models.PROTECT, primary_key=True, related_name="listed")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=10, choices=PostStatus.choices)
    title = models.CharField(max_length=200)
    sensitivity = models.CharField(max_length=10)
    classes = ArrayField(models.CharField(max_length=20))
    # The ids of the official accounts that it is meant for.
    accounts = ArrayField(models.BigIntegerField())
    planned_at = models.DateTimeField(null=True)
    # When the first publication went out.
    out_at = models.DateTimeField(null=True)
    # When it went out, else when it is planned to: nothing stands for as soon as it is approved.
    time_at = models.GeneratedField(
        expression=Coalesce("out_at", "planned_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
        null=True,
    )
    updated_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        verbose_name = _("post in lists")
        verbose_name_plural = _("posts in lists")
        ordering = ["-updated_at", "-post"]
        indexes = [
            # Each carries a sort, and what lists filter by most: they are read without the rows.
            models.Index(
                fields=["-updated_at", "-post"],
                include=["unit", "status", "author", "sensitivity", "planned_at", "classes"],
                name="listed_by_change",
            ),
            models.Index(
                fields=["title", "post"], include=["unit", "status"], name="listed_by_title"
            ),
            models.Index(fields=["unit", "status", "-updated_at", "-post"], name="listed_by_unit"),
            models.Index(fields=["author", "-updated_at", "-post"], name="listed_by_author"),
            models.Index(
                fields=["planned_at", "post"],
                condition=models.Q(planned_at__isnull=False),
                name="listed_by_plan",
            ),
            models.Index(fields=["time_at", "post"], name="listed_by_time"),
            # The latest first, with what has no time behind: no reading backwards of the one above.
            models.Index(
                models.F("time_at").desc(nulls_last=True),
                models.F("post").desc(),
                name="listed_by_latest",
            ),
            GinIndex(fields=["words"], name="listed_words"),
            GinIndex(fields=["accounts"], name="listed_accounts"),
            GinIndex(fields=["classes"], name="listed_classes"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="written_by_the_database",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
            )
        ]

    def __str__(self) -> str:
        return self.title


pgtrigger.register(
    pgtrigger.Trigger(
        name="is_listed",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=as_of_now("""
            IF TG_OP = 'UPDATE' THEN
                IF NEW.current_version_id IS NOT DISTINCT FROM OLD.current_version_id THEN
                    UPDATE content_postsearch SET status = NEW.status,
                        planned_at = NEW.planned_at, updated_at = NEW.updated_at
                        WHERE post_id = NEW.id;
                    RETURN NULL;
                END IF;
            END IF;
            INSERT INTO content_postsearch (post_id, unit_id, author_id, status, title, sensitivity,
                classes, accounts, planned_at, updated_at, words)
            SELECT NEW.id, NEW.unit_id, NEW.author_id, NEW.status, found.title, found.sensitivity,
                found.classes, found.accounts, NEW.planned_at, NEW.updated_at, found.words
            FROM content_listed(NEW.current_version_id) AS found
            ON CONFLICT (post_id) DO UPDATE SET status = excluded.status, title = excluded.title,
                sensitivity = excluded.sensitivity, classes = excluded.classes,
                accounts = excluded.accounts, planned_at = excluded.planned_at,
                updated_at = excluded.updated_at, words = excluded.words;
            RETURN NULL;
        """),
    )
)(Post)


pgtrigger.register(
    pgtrigger.Trigger(
        name="tells_when_it_went_out",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("published_at"),
        condition=pgtrigger.Condition("NEW.published_at IS DISTINCT FROM OLD.published_at"),
        func=as_of_now("""
            UPDATE content_postsearch SET out_at = (
                SELECT min(published_at) FROM content_publication WHERE post_id = NEW.post_id
            ) WHERE post_id = NEW.post_id;
            RETURN NULL;
        """),
    )
)(Publication)

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Cast
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from content.models.post import Post

MOST_BYTES = 256 * 1024
ONCE_A_PAGE = "scratch_once_a_page"
ONCE_A_PAGE_OF_A_NEW_POST = "scratch_once_a_page_of_a_new_post"


class Scratch(models.Model):
    """What one person typed into the composer and did not save: theirs alone, and no version.

    One row per person, post or new post (``token``), and ``page``, which is the page that wrote it
    last: two tabs do not write over each other, and neither loses anything. Nothing that decides or
    sends reads this table. A row whose page was saved is ``closed``: it holds nothing, and takes
    nothing that arrives late.
    """

    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    token = models.UUIDField(null=True)
    # Names of inputs with all their values, as a browser sends them.
    fields = models.JSONField(default=dict)
    based_on = models.PositiveIntegerField(default=0)
    page = models.UUIDField()
    kept_at = models.DateTimeField()
    discarded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        ordering = ["-kept_at", "-pk"]
        indexes = [models.Index(fields=["kept_at"], name="scratch_by_age")]
        constraints = [
            models.UniqueConstraint(fields=["owner", "post", "page"], name=ONCE_A_PAGE),
            models.UniqueConstraint(
                fields=["owner", "token", "page"], name=ONCE_A_PAGE_OF_A_NEW_POST
            ),
            models.CheckConstraint(
                condition=models.Q(post=None, token__isnull=False)
                | models.Q(post__isnull=False, token=None),
                name="scratch_is_of_a_post_or_a_new_one",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(fields={}),
                name="scratch_closed_is_empty",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(
                    models.Func(
                        Cast("fields", models.TextField()),
                        function="octet_length",
                        output_field=models.IntegerField(),
                    ),
                    MOST_BYTES,
                ),
                name="scratch_is_small",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="stays_whose_it_is", fields=["owner", "post", "token"]),
            pgtrigger.Protect(
                name="closed_stays_closed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        # Nothing of what was typed: texts of rows end up in logs and lists.
        return str(self.token or self.post_id)

    @property
    def title(self) -> str:
        """What was typed as title, to know it by."""
        return " ".join((self.fields.get("title") or [""])[0].split())[:200]

    @property
    def beginning(self) -> str:
        """The first words that were typed as text, to tell it from another."""
        return " ".join((self.fields.get("text") or [""])[0][:200].split())[:80]

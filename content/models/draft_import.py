from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User

ONCE_A_LIST = "draft_import_once"


class DraftImport(models.Model):
    """A list of drafts that somebody uploaded, between its preview and its confirmation.

    ``rows`` are the cells as they were read, emptied when nobody needs them any more. The same
    list makes drafts of a unit once, whoever uploads it again.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Imported")

    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    file_name = models.CharField(_("file name"), max_length=150)
    sha256 = models.CharField(max_length=64)
    # Per row its number and its cells by column.
    rows = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    # Ids of the posts that were begun, in the order of the file.
    posts = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("import of drafts")
        verbose_name_plural = _("imports of drafts")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "expires_at"], name="draft_import_of_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "sha256"],
                condition=models.Q(status="done"),
                name=ONCE_A_LIST,
            ),
            models.CheckConstraint(
                condition=models.Q(status="waiting", posts=[])
                | (models.Q(status="done") & ~models.Q(posts=[])),
                name="draft_import_done_names_its_posts",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_whose_it_is", fields=["owner", "unit", "file_name", "sha256"]
            ),
            pgtrigger.FSM(name="done_once", field="status", transitions=[("waiting", "done")]),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_done(self) -> bool:
        return self.status == self.Status.DONE

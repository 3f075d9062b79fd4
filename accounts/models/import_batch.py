from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class ImportBatch(models.Model):
    """A list of accounts that somebody uploaded, between its preview and its confirmation.

    ``rows`` are the cells as they were read, with what is wrong with each; they are emptied when
    nobody needs them any more, because they name people. That there was an import stays.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Imported")

    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    file_name = models.CharField(_("file name"), max_length=150)
    sha256 = models.CharField(max_length=64)
    # Keys of the columns in the order of the file, then rows as ``accounts.import_rows`` has them.
    columns = models.JSONField(default=list)
    # Heads of the file, as they stand there, of columns that nothing is read from.
    unused = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    good = models.PositiveIntegerField()
    bad = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    imported = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("import of official accounts")
        verbose_name_plural = _("imports of official accounts")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "expires_at"], name="import_batch_of_owner")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="waiting", imported=None)
                | models.Q(status="done", imported__isnull=False),
                name="import_batch_done_says_how_many",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            # An import happens once, whatever is pressed again.
            pgtrigger.FSM(name="done_once", field="status", transitions=[("waiting", "done")]),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_done(self) -> bool:
        return self.status == self.Status.DONE

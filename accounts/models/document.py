from __future__ import annotations

import hashlib
from pathlib import Path

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.file_names import file_name
from accounts.models.people import User


def folder_of_documents() -> Path:
    return Path(settings.MEDIA_ROOT) / "documents"


class Document(models.Model):
    """A file that proves something: a decree, minutes, evidence. Kept by digest, never changed.

    ``uploaded_by`` is None for what a citizen sent with a report.
    """

    sha256 = models.CharField(max_length=64)
    name = models.CharField(_("file name"), max_length=150)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_sha256_is_hex"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """Its name as it is shown and given back. A row from before names were looked at may say
        that it is another kind of file than it is, and no row of this table can be changed."""
        return file_name(self.name, self.media_type)

    @property
    def path(self) -> Path:
        return folder_of_documents() / self.sha256[:2] / self.sha256

    def read(self) -> bytes | None:
        """The bytes, or None when the file is gone or is not this document any more."""
        try:
            data = self.path.read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == self.sha256 else None

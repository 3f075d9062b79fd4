from __future__ import annotations

import hashlib
from pathlib import Path

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User


class MediaFile(models.Model):
    """An uploaded picture, stored by the SHA-256 of its bytes: one row per content and unit."""

    sha256 = models.CharField(max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="media_files")
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("media file")
        verbose_name_plural = _("media files")
        constraints = [
            models.UniqueConstraint(fields=["unit", "sha256"], name="media_once_per_unit"),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="media_sha256_is_hex"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}.{self.media_type.rpartition('/')[2]}"

    def read(self) -> bytes | None:
        """The bytes, or None when the file is gone or is not this picture any more."""
        try:
            data = self.path.read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == self.sha256 else None

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.sha256[:2] / self.sha256

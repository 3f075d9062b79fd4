from __future__ import annotations

import hashlib
from pathlib import Path

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from content.film_pieces import Pieces, pieces_of


class MediaFile(models.Model):
    """A picture or a film, stored by the SHA-256 of its bytes: one row per content and unit.

    What people say about it stands in its ``MediaRecord``. A file without one is not in the
    library: it was made from another one for a platform (``MediaVariant``).
    """

    sha256 = models.CharField(max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="media_files")
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    # Of a film only: how long it is, and how its pictures and its sound are encoded.
    seconds = models.FloatField(null=True)
    codecs = ArrayField(models.CharField(max_length=20), default=list)
    # Kinds of data that were taken out of the file as it was uploaded (``content.cleaning.KINDS``);
    # None where nobody looked, before they were told apart.
    removed = ArrayField(models.CharField(max_length=20), null=True)
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
            models.CheckConstraint(
                condition=models.Q(
                    media_type__startswith="video/", seconds__isnull=False, seconds__gt=0
                )
                | (~models.Q(media_type__startswith="video/") & models.Q(seconds=None)),
                name="media_of_films_have_a_length",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}.{self.media_type.rpartition('/')[2]}"

    @property
    def is_film(self) -> bool:
        return self.media_type.startswith("video/")

    def read(self) -> bytes | None:
        """The bytes, or None when the file is gone or is not this picture any more."""
        try:
            data = self.path.read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == self.sha256 else None

    def compared(self) -> Pieces | None:
        """The file, to be read piece by piece, once its bytes have been compared as a whole; None
        when it is gone or is not this one any more. Reads it to the end, bit by bit."""
        try:
            sha256, pieces = pieces_of(self.path)
        except OSError:
            return None
        return pieces if sha256 == self.sha256 else None

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.sha256[:2] / self.sha256

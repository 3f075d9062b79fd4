from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Ceil
from django.utils.translation import gettext_lazy as _

from content.film_pieces import PIECE


class FilmPieces(models.Model):
    """The SHA-256 of each piece of a film, beside that of the whole, by which it is stored: so that
    a part of it can be compared as it is read. One row for the film, in however many units it is.

    Written where the whole has just been compared: as it is stored, or of one that was stored
    before there were such rows, as it is first read.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    # One after another, 32 bytes each (``content.film_pieces.Pieces``).
    digests = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("digests of the pieces of a film")
        verbose_name_plural = _("digests of the pieces of films")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="film_pieces_sha256_is_hex",
            ),
            models.CheckConstraint(
                condition=models.lookups.Exact(
                    models.Func(
                        models.F("digests"),
                        function="octet_length",
                        output_field=models.IntegerField(),
                    ),
                    32 * Ceil(models.F("size") / models.Value(float(PIECE))),
                ),
                name="film_pieces_are_of_all_of_it",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

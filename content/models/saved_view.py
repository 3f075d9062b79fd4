from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Lower, Trim
from django.utils.translation import gettext_lazy as _

from accounts.models import User

LONGEST_NAME = 60
LONGEST_QUERY = 2000


class SavedList(models.TextChoices):
    POSTS = "posts", _("Content")
    PUBLICATIONS = "publications", _("Publications")
    REVIEWS = "reviews", _("Review")


class SavedView(models.Model):
    """Filters and sort of a list under a name, of one person alone. ``query`` is the part of the
    address behind the question mark. The list opens with the one that is the default."""

    user = models.ForeignKey(User, models.PROTECT, related_name="saved_views")
    place = models.CharField(max_length=20, choices=SavedList.choices)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["place", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "user", "place", Lower("name"), name="saved_view_name_once_a_list"
            ),
            models.UniqueConstraint(
                fields=["user", "place"],
                condition=models.Q(is_default=True),
                name="saved_view_one_default",
            ),
            models.CheckConstraint(
                condition=~models.Q(name="") & models.Q(name=Trim("name")),
                name="saved_view_has_a_name",
            ),
            models.CheckConstraint(
                condition=models.Q(place__in=["posts", "publications", "reviews"]),
                name="saved_view_of_a_list",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="stays_of_its_person", fields=["user", "place", "created_at"])
        ]

    def __str__(self) -> str:
        return self.name

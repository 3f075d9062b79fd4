from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Obstacle(models.TextChoices):
    """Why what is scheduled will fail when its time comes, unless somebody acts."""

    SUSPENDED = "suspended", _("The account is suspended")
    CLOSED = "closed", _("The account is closed")
    UNCONNECTED = "unconnected", _("The account is not connected")

    @property
    def sentence(self) -> str:
        """What would help, for who may or may not do it."""
        return str(_HELP[self])


_HELP = {
    Obstacle.SUSPENDED: _("The account is suspended. It must be taken into use again first."),
    Obstacle.CLOSED: _("The account is closed. It must be taken into use again first."),
    Obstacle.UNCONNECTED: _("The account is not connected. It must be connected first."),
}

"""Where a publication stands, and where it may go from there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PublicationStatus(models.TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")
    SENDING = "sending", _("Sending")
    PUBLISHED = "published", _("Live")
    UNCONFIRMED = "unconfirmed", _("Must be confirmed")
    FAILED = "failed", _("Failed")
    FROZEN = "frozen", _("Frozen")
    CANCELLED = "cancelled", _("Cancelled")
    WITHDRAWN = "withdrawn", _("Withdrawn")


PUBLICATION_MOVES = (
    (PublicationStatus.SCHEDULED, PublicationStatus.SENDING),
    (PublicationStatus.SCHEDULED, PublicationStatus.FROZEN),
    (PublicationStatus.SCHEDULED, PublicationStatus.CANCELLED),
    (PublicationStatus.SCHEDULED, PublicationStatus.FAILED),
    # Known to have failed before the platform acted: sent again later.
    (PublicationStatus.SENDING, PublicationStatus.SCHEDULED),
    (PublicationStatus.SENDING, PublicationStatus.PUBLISHED),
    (PublicationStatus.SENDING, PublicationStatus.UNCONFIRMED),
    (PublicationStatus.SENDING, PublicationStatus.FAILED),
    # A freeze began meanwhile: it does not wait to be sent again.
    (PublicationStatus.SENDING, PublicationStatus.FROZEN),
    (PublicationStatus.UNCONFIRMED, PublicationStatus.FROZEN),
    (PublicationStatus.UNCONFIRMED, PublicationStatus.PUBLISHED),
    (PublicationStatus.UNCONFIRMED, PublicationStatus.SCHEDULED),
    (PublicationStatus.UNCONFIRMED, PublicationStatus.FAILED),
    (PublicationStatus.FAILED, PublicationStatus.SCHEDULED),
    # It is tried again, and a freeze has been since.
    (PublicationStatus.FAILED, PublicationStatus.FROZEN),
    (PublicationStatus.FAILED, PublicationStatus.CANCELLED),
    (PublicationStatus.FROZEN, PublicationStatus.SCHEDULED),
    (PublicationStatus.FROZEN, PublicationStatus.CANCELLED),
    (PublicationStatus.PUBLISHED, PublicationStatus.WITHDRAWN),
)

BADGES: dict[str, str] = {
    PublicationStatus.SENDING: "publishing",
    PublicationStatus.PUBLISHED: "live",
}
"""The badges of stored statuses that are called otherwise there."""

IS_COVERED = models.Func(
    models.F("official_account_id"),
    models.F("version_id"),
    function="content_is_frozen",
    output_field=models.BooleanField(),
)
"""Whether a freeze keeps a publication from going out now."""

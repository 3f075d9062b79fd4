from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LeasedLetter(models.Model):
    """A letter that lies here until it has left or nobody needs it any more.

    The row is claimed before the letter is sent and the claim is committed. A worker that dies in
    between leaves it to the next one, so the letter may come twice; ``in_doubt`` counts how often
    nobody knew whether it left, so that it comes no third time.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("To be sent")
        SENT = "sent", _("Sent")
        NOT_NEEDED = "not_needed", _("No longer needed")
        GIVEN_UP = "given_up", _("Given up")

    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    in_doubt = models.PositiveSmallIntegerField(default=0)
    # When it is due; while somebody sends it, when the claim is over.
    next_try_at = models.DateTimeField()
    # The class of what went wrong last: its words may hold an address.
    last_error = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

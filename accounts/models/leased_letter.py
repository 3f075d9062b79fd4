from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

# Beyond the attempts that fail by themselves: claims of workers that were killed, and of those that
# could not write down what came of it.
MOST_CLAIMS = 1000
# Whatever is due further from the day it was written is no pause but a mistake.
_FAR = timedelta(days=3650)


class LeasedLetter(models.Model):
    """A letter that lies here until it has left or nobody needs it any more.

    The row is claimed before the letter is sent and the claim is committed. A worker that dies in
    between leaves it to the next one, so the letter may come twice; ``in_doubt`` counts how often
    nobody knew whether it left, so that it comes no third time, or no second one (``comes_once``).
    """

    comes_once: ClassVar[bool] = False

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("To be sent")
        SENT = "sent", _("Sent")
        NOT_NEEDED = "not_needed", _("No longer needed")
        GIVEN_UP = "given_up", _("Given up")

    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    in_doubt = models.PositiveSmallIntegerField(default=0)
    # When it is due. Who is due longest goes first.
    next_try_at = models.DateTimeField()
    # Until then somebody sends it; from then on they are taken for dead, or have given it back.
    claimed_until = models.DateTimeField(null=True, editable=False)
    # The class of what went wrong last: its words may hold an address.
    last_error = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["waiting", "sent", "not_needed", "given_up"]),
                name="%(class)s_outcome_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(in_doubt__lte=models.F("attempts"), attempts__lte=MOST_CLAIMS),
                name="%(class)s_tried_so_often",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    next_try_at__gte=models.F("created_at") - _FAR,
                    next_try_at__lte=models.F("created_at") + _FAR,
                ),
                name="%(class)s_due_some_day",
            ),
        ]

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.contrib.auth import get_user_model
from django.db.models.functions import Now

from govsocial.audit import actions, sealing
from govsocial.audit.models import Verification

# A verification whose message was lost with the broker is asked for again after this time.
LOST_AFTER = timedelta(minutes=2)


@shared_task
def seal_entries() -> None:
    """Seal new entries, and pick up verifications that nobody works on."""
    sealing.seal_entries()
    waiting = Verification.objects.filter(
        status=Verification.Status.WAITING, requested_at__lt=Now() - LOST_AFTER
    )
    for verification_id in waiting.values_list("pk", flat=True):
        verify_trail.apply_async((verification_id,), expires=50)


@shared_task
def verify_trail(verification_id: int) -> None:
    actions.run_verification(verification_id=verification_id)


@shared_task
def verify_every_night() -> None:
    """Read the whole chain in the name of the system, asked for by beat."""
    actions.request_verification(actor=get_user_model().objects.system())

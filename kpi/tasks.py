"""Doors of the background work: an id in, one action called, a written state out."""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings

from accounts.models import User
from kpi import actions

logger = logging.getLogger(__name__)


@shared_task
def claim_due_pulls() -> None:
    actions.make_room()
    for official_account_id in actions.claim_due_pulls():
        pull_account.delay(official_account_id)


# A pull that takes longer than its lease would run beside the next one; it ends as a failed run.
@shared_task(soft_time_limit=settings.PULL_LEASE_SECONDS)
def pull_account(official_account_id: int) -> None:
    try:
        actions.pull_account(official_account_id=official_account_id, actor=User.objects.system())
    except actions.AlreadyRunning:
        # A task delivered twice: the other one does the work.
        logger.info("Pull is already running", extra={"official_account_id": official_account_id})

"""What the server of an account takes in a post: asked with the connection, kept beside it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from accounts.models import Credential, OfficialAccount
from govsocial.platforms.base import Limits, PlatformClient, ReadsLimits
from govsocial.platforms.errors import PlatformError
from govsocial.platforms.limits import told, with_told
from govsocial.platforms.registry import limits

logger = logging.getLogger(__name__)

ASKED_EVERY = timedelta(days=1)


def limits_of(account: OfficialAccount) -> Limits:
    """What the account takes: what its server said last, else what its platform usually takes,
    without the threads that are switched off (``THREADS_OFF``).

    Reads ``account.credential``: select it with lists of accounts.
    """
    usual = limits(account.platform)
    if account.platform in settings.THREADS_OFF:
        usual = replace(usual, thread=0)
    try:
        kept = account.credential.server_limits
    except ObjectDoesNotExist:
        return usual
    return with_told(usual, kept)


def asked(client: PlatformClient) -> dict[str, Any]:
    """What the server says now, to be kept; empty where servers do not differ or it fails."""
    if not isinstance(client, ReadsLimits):
        return {}
    try:
        return told(client.read_limits())
    except PlatformError as exc:
        # The account works without them, and its client asks again before it sends.
        logger.warning("The limits of a server were not read: %s", type(exc).__name__)
        return {}


def ask_again(official_account_id: int, client: PlatformClient, *, at: datetime) -> None:
    """Ask once a day. What was kept stays when the server does not answer."""
    rows = Credential.objects.filter(
        official_account_id=official_account_id, status=Credential.Status.GOOD
    )
    lately = rows.filter(server_limits_at__gt=at - ASKED_EVERY)
    if not isinstance(client, ReadsLimits) or lately.exists():
        return
    found = asked(client)
    if found:
        rows.update(server_limits=found, server_limits_at=timezone.now())

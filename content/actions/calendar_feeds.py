from __future__ import annotations

import secrets

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from content.events.calendar import FEED_MADE, FEED_REVOKED
from content.models import CalendarFeed
from content.models.calendar_feed import digest_of_token
from govsocial.audit.actions import record

# 256 bits.
TOKEN_BYTES = 32


@transaction.atomic
def make_calendar_feed(*, actor: User) -> str:
    """Give this person an address of their own, and end the one before. Returns its token, which
    is told this once and kept nowhere."""
    _lock(actor)
    renewed = _revoke(actor)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = CalendarFeed.objects.create(user=actor, token_sha256=digest_of_token(token))
    record(FEED_MADE, actor=actor, target=feed, renewed=bool(renewed))
    return token


@transaction.atomic
def revoke_calendar_feed(*, actor: User) -> None:
    """End this person's address. Without one there is nothing to end."""
    _lock(actor)
    for feed in _revoke(actor):
        record(FEED_REVOKED, actor=actor, target=feed)


def _lock(actor: User) -> None:
    """Refuse who sees no posts now, and let nobody do the same twice at once."""
    User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    if not actor.may_on_any("content.view", actor.reach_now()):
        raise PermissionDenied


def _revoke(actor: User) -> list[CalendarFeed]:
    open_feeds = list(CalendarFeed.objects.filter(user=actor, revoked_at=None))
    for feed in open_feeds:
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])
    return open_feeds

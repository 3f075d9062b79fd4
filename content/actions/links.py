"""Links of posts are looked at in the background, once a day each at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from content.documents import Document
from content.findings import links_of
from content.link_checking import look_at
from content.models import LinkCheck
from content.surroundings import digest_of_link

MOST_LINKS = 20
FRESH = timedelta(days=1)
# Longer than a look takes; a worker that died leaves the row to the next one.
LEASE = timedelta(minutes=3)


def plan_link_checks(*documents: Document) -> None:
    """Write down, in the caller's transaction, which links are to be looked at."""
    now = timezone.now()
    addresses = {one for document in documents for one in links_of(document)[:MOST_LINKS]}
    rows = [LinkCheck(digest=digest_of_link(one), address=one, due_at=now) for one in addresses]
    # In one order, so that two who save at once wait for each other instead of for ever.
    rows.sort(key=lambda row: row.digest)
    LinkCheck.objects.bulk_create(rows, ignore_conflicts=True)
    stale = LinkCheck.objects.filter(
        digest__in=[row.digest for row in rows], due_at=None, checked_at__lt=now - FRESH
    )
    keys = stale.select_for_update().order_by("digest").values_list("pk", flat=True)
    LinkCheck.objects.filter(pk__in=list(keys)).update(due_at=now)


@transaction.atomic
def claim_link_checks(*, limit: int = 50) -> Sequence[int]:
    """Lease the links that are due and return their ids."""
    now = timezone.now()
    due = (
        LinkCheck.objects.select_for_update(skip_locked=True)
        .filter(due_at__lte=now)
        .filter(Q(leased_until=None) | Q(leased_until__lte=now))
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    ids = list(due)
    LinkCheck.objects.filter(pk__in=ids).update(leased_until=now + LEASE)
    return ids


def check_link(*, link_id: int) -> None:
    """Look at one link and keep what was seen. Not inside of a transaction: pages are slow."""
    row = LinkCheck.objects.filter(pk=link_id, due_at__isnull=False).first()
    if row is None:
        return
    row.state = look_at(row.address)
    row.checked_at, row.due_at, row.leased_until = timezone.now(), None, None
    row.save(update_fields=["state", "checked_at", "due_at", "leased_until"])

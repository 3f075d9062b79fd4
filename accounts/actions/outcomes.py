"""What came of the calls to platforms, kept where the pages of health read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Credential
from govsocial.platforms.errors import BudgetSpent, NotOffered, PlatformError, Refused

# A success says the same as the one before it: it is written this often at most.
QUIET = timedelta(minutes=10)
QUIET_ERROR = timedelta(minutes=1)


def note_outcome(
    official_account_id: int, error: Exception | None = None, *, of_post: bool = False
) -> None:
    """Note that a call for the account succeeded, or failed with ``error``.

    One statement, and rarely a write. That our own budget is spent says nothing of a connection.
    ``of_post`` says that the call was to put out a post: a platform that refuses one has taken the
    secret. Anything else that is refused, such as the list of posts, the account goes without.
    """
    now = timezone.now()
    if isinstance(error, BudgetSpent):
        return
    if isinstance(error, NotOffered) or (of_post and isinstance(error, Refused)):
        error = None
    rows = Credential.objects.filter(
        official_account_id=official_account_id, status=Credential.Status.GOOD
    )
    if error is None:
        stale = Q(last_success_at=None) | Q(last_success_at__lt=now - QUIET)
        rows.filter(stale | Q(last_error_at__gt=F("last_success_at"))).update(last_success_at=now)
        return
    name = type(error).__name__[:40]
    words = error.words if isinstance(error, PlatformError) else ""
    stale = Q(last_error_at=None) | Q(last_error_at__lt=now - QUIET_ERROR)
    rows.filter(stale | ~Q(last_error=name)).update(
        last_error_at=now, last_error=name, last_error_words=words[:300]
    )


@contextmanager
def noting_failures(official_account_id: int) -> Iterator[None]:
    """Note whatever a call for the account ends with, a fault of ours as well, and let it go on:
    the page of health must not go on saying "good"."""
    try:
        yield
    except Exception as exc:
        note_outcome(official_account_id, exc)
        raise

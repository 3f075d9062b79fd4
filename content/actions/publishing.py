"""Sending: at most once, and never silently lost (design.md section 5).

The attempt row is committed before the call, the call is made once outside any transaction, and
what came of it is written afterwards. A worker that dies in between leaves an open attempt, which
``find_lost_attempts`` turns into "must be confirmed".
"""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.actions import mark_revoked, note_outcome
from accounts.models import OfficialAccount, User
from accounts.vault import CannotOpen, client_for
from content import following, gate
from content.actions.ending import why_not_approved
from content.actions.keeping import UNKEEPABLE, Doubtful, Unkeepable, keepable
from content.actions.outgoing import ANSWERS_UNKNOWN, ContentChanged, outgoing_post
from content.actions.settling import (
    CANNOT_OPEN,
    NO_ANSWER,
    NOT_APPROVED,
    NOT_LABELLED,
    lock_publication,
    mark_failed,
    mark_published,
    mark_unconfirmed,
    put_in_line,
)
from content.events.posts import PUBLICATION_POSTPONED
from content.film_pieces import BytesChanged
from content.handles import keep_handles
from content.models import Attempt, Publication
from govsocial.audit.actions import record
from govsocial.platforms.base import OutgoingPost, PlatformClient, PublishedPost
from govsocial.platforms.errors import (
    AppMissing,
    AuthRevoked,
    BudgetSpent,
    PlatformError,
    RateLimited,
    UnknownOutcome,
)
from govsocial.platforms.keeping import storable
from govsocial.transactions import whole

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
"""Of those that failed. What a limit of the platform, a cap of ours or an application that is not
entered holds back was not tried: it waits as long as its approval counts, which the gate asks
before each attempt."""
HELD_BACK = (RateLimited, BudgetSpent, AppMissing)
FIRST_WAIT = 15.0
LONGEST_WAIT = 3600.0
SUSPENDED = gettext_noop("The account is suspended. Nothing was sent.")
MEDIA_INCOMPLETE = gettext_noop(
    "A picture or film of it may not be shown any more: its rights or a consent are missing or "
    "have ended. Look at its page in the media library."
)


class SecretUnavailable(PlatformError):
    """The stored secret does not open with the configured keys; nothing was sent."""

    permanent = True


class NotApproved(Exception):
    """The decisions that it needs do not count, or a freeze covers it. Nothing is sent."""


class MediaIncomplete(Exception):
    """A right or a consent was taken back, or ended, since the approval. Nothing is sent."""


class NotLabelled(Exception):
    """Money was spent on it, and readers are not told. Nothing is sent."""


class GivenUp(PlatformError):
    """This attempt took so long that it counts as lost; it must not send any more."""


def send_publication(
    *, publication_id: int, actor: User, client: PlatformClient | None = None
) -> Publication:
    """Send one scheduled publication once; a publication in any other state is left alone."""
    started = _begin(publication_id, actor)
    if started is None:
        return Publication.objects.get(pk=publication_id)
    try:
        watched = started.outgoing.before_step
        client = client or client_for(started.account, before_step=watched)
        published = client.publish(started.outgoing)
    except UnknownOutcome as exc:
        note_outcome(started.account.pk, exc)
        return _finish_unknown(started, actor, exc)
    except PlatformError as exc:
        if not isinstance(exc, GivenUp | BytesChanged):
            note_outcome(started.account.pk, exc, of_post=True)
        return _finish_not_sent(started, actor, exc)
    except CannotOpen:
        refusal = SecretUnavailable(CANNOT_OPEN)
        note_outcome(started.account.pk, refusal)
        return _finish_not_sent(started, actor, refusal)
    except Exception as exc:
        # A fault of ours goes on, so that it is seen. Nobody knows how far the call came: the
        # attempt is not left open, the post is looked for as after any unclear end.
        note_outcome(started.account.pk, exc)
        _finish_unknown(started, actor, UnknownOutcome(type(exc).__name__))
        raise
    note_outcome(started.account.pk)
    try:
        return _finish_published(started, actor, published)
    except Doubtful as exc:
        return _finish_unknown(started, actor, exc, published)
    except (DataError, TypeError, ValueError):
        # What is kept as a record does not fit. The post is out all the same.
        logger.exception("Answer not kept", extra={"publication_id": publication_id})
        return _finish_unknown(started, actor, Unkeepable(UNKEEPABLE))


@dataclass(frozen=True, slots=True)
class _Started:
    at: datetime
    attempt_id: int
    publication_id: int
    number: int
    account: OfficialAccount
    outgoing: OutgoingPost


@whole
def _begin(publication_id: int, actor: User) -> _Started | None:
    """Write down that it is about to be sent; None where it is not, or is stopped."""
    publication = lock_publication(publication_id)
    now = timezone.now()
    waits = publication.not_before and publication.not_before > now
    if publication.status != Publication.Status.SCHEDULED or waits or publication.by_hand:
        logger.info("Publication is not to be sent", extra={"publication_id": publication_id})
        return None
    if not _its_time_has_come(publication, now):
        return None
    if not publication.attempts.filter(outcome=Attempt.Outcome.UNKNOWN).exists():
        # Kept once an attempt may have reached the platform: looking for it starts there.
        publication.sent_at = now
    publication.leased_until = None
    if publication.official_account.status == OfficialAccount.Status.SUSPENDED:
        # Its connection is still stored: nothing but this stops what is due.
        _fail(publication, actor, "AccountSuspended", SUSPENDED)
        return None
    try:
        outgoing = _through_the_gate(publication)
    except _STOPPED as exc:
        _stop(publication, actor, exc)
        return None
    return _new_attempt(publication, actor, outgoing, now)


def _its_time_has_come(publication: Publication, now: datetime) -> bool:
    planned = publication.version.content().planned_at or publication.scheduled_for
    return max(planned, publication.scheduled_for) <= now and following.is_its_turn(publication)


_STOPPED = (
    NotApproved, MediaIncomplete, NotLabelled, ContentChanged, CannotOpen, IntegrityError,
)  # fmt: skip


def _through_the_gate(publication: Publication) -> OutgoingPost:
    """What is to be sent of a locked publication, which is being sent from here on. Raises one of
    ``_STOPPED``."""
    _check_the_gate(publication)
    outgoing = outgoing_post(publication)
    with transaction.atomic():
        publication.status = Publication.Status.SENDING
        publication.save(update_fields=["status", "sent_at", "leased_until"])
    return outgoing


def _stop(publication: Publication, actor: User, exc: Exception) -> None:
    publication.status = Publication.Status.SCHEDULED
    if isinstance(exc, IntegrityError | NotApproved) and gate.is_halted(publication):
        # It came into line while the freeze began.
        put_in_line(publication)
        return
    # The trigger refuses when an approval expired or was voided since the row was claimed.
    logger.warning("Publication stopped at the gate", extra={"publication_id": publication.pk})
    _fail(publication, actor, *_stop_of(exc, publication))


def _fail(publication: Publication, actor: User, error: str, message: str) -> None:
    """Stop it before there is a further attempt."""
    number = publication.attempts.count()
    mark_failed(publication, actor, number=number, error=error, message=message)


def _new_attempt(
    publication: Publication, actor: User, outgoing: OutgoingPost, now: datetime
) -> _Started:
    number = publication.attempts.count() + 1
    attempt = Attempt.objects.create(
        publication=publication,
        number=number,
        requested_by=actor,
        started_at=now,
        deadline_at=now + timedelta(seconds=settings.ATTEMPT_DEADLINE),
    )
    outgoing = replace(
        outgoing,
        before_step=partial(_still_ours, attempt.pk),
        keep=partial(_keep_handles, publication.pk, attempt.pk),
    )
    return _Started(now, attempt.pk, publication.pk, number, publication.official_account, outgoing)


def _stop_of(exc: Exception, publication: Publication) -> tuple[str, str]:
    """The name and the words of what stopped it at the gate."""
    if isinstance(exc, ContentChanged):
        return "ContentChanged", str(exc)
    if isinstance(exc, MediaIncomplete):
        return "MediaIncomplete", MEDIA_INCOMPLETE
    if isinstance(exc, NotLabelled):
        return "NotLabelled", NOT_LABELLED
    if isinstance(exc, CannotOpen):
        return "SecretUnavailable", CANNOT_OPEN
    return NOT_APPROVED, why_not_approved(publication)


def _check_the_gate(publication: Publication) -> None:
    """Ask once more before anything is sent, whatever let the row become what it is."""
    if gate.is_halted(publication) or not gate.is_approved(publication.version_id):
        raise NotApproved
    if following.answers_unknown(publication):
        raise ContentChanged(ANSWERS_UNKNOWN)
    if not gate.media_is_complete(publication.version_id):
        raise MediaIncomplete
    if not gate.is_labelled(publication.version_id):
        raise NotLabelled


def _still_ours(attempt_id: int) -> None:
    """Give the next step its time, unless the attempt was taken for lost: then stop before it.

    Without this, a worker stuck in a slow upload could still send after its publication was looked
    for, not found, and handed to another worker.
    """
    until = timezone.now() + timedelta(seconds=settings.ATTEMPT_DEADLINE)
    open_attempt = Attempt.objects.filter(pk=attempt_id, outcome="")
    if not open_attempt.update(deadline_at=until):
        raise GivenUp("The attempt was given up before it could send.")


@whole
def _keep_handles(publication_id: int, attempt_id: int, handles: Mapping[str, str]) -> None:
    """Write down what the platform gave, before the call that uses it. Raises ``GivenUp``."""
    # Whoever gives an attempt up holds this row, so it stays open until the handles are kept.
    publication = Publication.objects.select_for_update().get(pk=publication_id)
    if not Attempt.objects.filter(pk=attempt_id, outcome="").exists():
        raise GivenUp("The attempt was given up before it could send.")
    keep_handles(publication, handles)


@whole
def _finish_published(started: _Started, actor: User, published: PublishedPost) -> Publication:
    publication = lock_publication(started.publication_id)
    published = keepable(publication, published)
    if _close(started, Attempt.Outcome.PUBLISHED, published=published):
        mark_published(publication, actor, published, number=started.number)
    return publication


@whole
def _finish_unknown(
    started: _Started,
    actor: User,
    exc: PlatformError,
    published: PublishedPost | None = None,
) -> Publication:
    publication = lock_publication(started.publication_id)
    if _close(started, Attempt.Outcome.UNKNOWN, published=published, error=exc):
        message = str(exc) if isinstance(exc, Doubtful) else NO_ANSWER
        error = type(exc).__name__
        mark_unconfirmed(publication, actor, number=started.number, error=error, message=message)
    return publication


@whole
def _finish_not_sent(started: _Started, actor: User, exc: PlatformError) -> Publication:
    publication = lock_publication(started.publication_id)
    if not _close(started, Attempt.Outcome.NOT_SENT, error=exc):
        return publication
    if isinstance(exc, AuthRevoked):
        mark_revoked(
            official_account_id=publication.official_account_id,
            actor=actor,
            reason=str(exc),
            used_since=started.at,
        )
    tries = started.number - publication.attempts_before
    attempts = publication.attempts.filter(number__gt=publication.attempts_before)
    failed = attempts.exclude(error__in=[kind.__name__ for kind in HELD_BACK]).count()
    if not isinstance(exc, HELD_BACK) and (exc.permanent or failed >= MOST_ATTEMPTS):
        error = type(exc).__name__
        mark_failed(publication, actor, number=started.number, error=error, message=str(exc))
        return publication
    again_at = timezone.now() + timedelta(seconds=backoff(tries, exc.retry_after))
    _postpone(publication, actor, started.number, exc, again_at)
    return publication


def _postpone(
    publication: Publication, actor: User, number: int, exc: PlatformError, again_at: datetime
) -> None:
    publication.not_before = again_at
    publication.problem = str(exc)[:300]
    if not put_in_line(publication):
        # The approval expired meanwhile: the gate does not let it wait for another attempt.
        message = why_not_approved(publication)
        mark_failed(publication, actor, number=number, error=NOT_APPROVED, message=message)
        return
    record(
        PUBLICATION_POSTPONED,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        publication_id=publication.pk,
        attempt=number,
        error=type(exc).__name__,
        again_at=again_at.isoformat(),
    )


def backoff(number: int, retry_after: float | None) -> float:
    """Seconds to wait after the ``number``-th failure: the platform's word, else doubling.

    A word that proved too short so often that others would have been given up counts no more.
    """
    wait = FIRST_WAIT * 2 ** (number - 1) if number <= MOST_ATTEMPTS else LONGEST_WAIT
    if retry_after is not None:
        wait = max(retry_after, 1.0 if number <= MOST_ATTEMPTS else wait)
    # Jitter only adds: never knock earlier than the platform said.
    return float(wait * random.uniform(1.0, 1.25))  # noqa: S311  # spread, not secrecy


def _close(
    started: _Started,
    outcome: str,
    *,
    published: PublishedPost | None = None,
    error: PlatformError | None = None,
) -> bool:
    """Write the outcome. False when the attempt was given up meanwhile: then look, do not guess."""
    return bool(
        Attempt.objects.filter(pk=started.attempt_id, outcome="").update(
            outcome=outcome,
            finished_at=timezone.now(),
            error=type(error).__name__ if error else "",
            message=str(error)[:300] if error else "",
            http_status=error.status if error else None,
            sent=storable(published.sent) if published else {},
            response=storable(published.response) if published else {},
        )
    )

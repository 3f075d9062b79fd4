"""Sending: at most once, and never silently lost (design.md section 5).

The attempt row is committed before the call, the call is made once outside any transaction, and
what came of it is written afterwards. A worker that dies in between leaves an open attempt, which
``find_lost_attempts`` turns into "must be confirmed".
"""

from __future__ import annotations

import hashlib
import logging
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import mark_revoked
from accounts.models import OfficialAccount, User
from accounts.vault import CannotOpen, client_for
from content.documents import digest_of
from content.errors import ContentError
from content.events import (
    PUBLICATION_CANCELLED,
    PUBLICATION_FAILED,
    PUBLICATION_POSTPONED,
    PUBLICATION_RETRIED,
    PUBLICATION_SCHEDULED,
    PUBLICATION_SENT,
    PUBLICATION_UNCONFIRMED,
)
from content.models import Attempt, Post, PostVersion, Publication
from content.models.media import MediaFile
from govsocial.audit.actions import record
from govsocial.platforms.base import Image, OutgoingPost, PlatformClient, PublishedPost
from govsocial.platforms.errors import AuthRevoked, PlatformError, UnknownOutcome
from govsocial.platforms.registry import new_key
from govsocial.web.permissions import require

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
FIRST_WAIT = 15.0
LONGEST_WAIT = 3600.0


class SecretUnavailable(PlatformError):
    """The stored secret does not open with the configured keys; nothing was sent."""

    permanent = True


class GivenUp(PlatformError):
    """This attempt took so long that it counts as lost; it must not send any more."""


class ContentChanged(Exception):
    """The bytes to send are not the bytes that were approved. Nothing is sent."""


def schedule_publications(version: PostVersion, *, actor: User) -> None:
    """Create one publication per account of an approved version. The caller holds the post."""
    document = version.content()
    now = timezone.now()
    accounts = OfficialAccount.objects.in_bulk(document.texts.keys())
    for account_id in document.texts:
        account = accounts[account_id]
        publication = Publication.objects.create(
            post=version.post,
            version=version,
            official_account=account,
            digest=version.digest,
            key=new_key(account.platform, now),
            scheduled_for=max(document.planned_at or now, now),
        )
        record(
            PUBLICATION_SCHEDULED,
            actor=actor,
            target=version.post,
            account=str(account),
            scheduled_for=publication.scheduled_for.isoformat(),
            version_sha256=version.digest,
        )


def cancel_for_edit(post: Post, *, actor: User) -> None:
    """Call back what an edit made obsolete. The caller holds the post's lock."""
    waiting = [
        Publication.Status.SCHEDULED,
        Publication.Status.FAILED,
        Publication.Status.FROZEN,
    ]
    for publication in post.publications.select_for_update().filter(status__in=waiting):
        _cancel(publication, actor, _("Replaced by a newer version."))


@transaction.atomic
def claim_due_publications(*, limit: int = 200) -> list[int]:
    """Lease the publications that are due and return their ids.

    Two beats do no harm: a row is leased once. A lost message does no harm: the lease runs out.
    """
    now = timezone.now()
    due = (
        Publication.objects.select_for_update(skip_locked=True)
        .filter(status=Publication.Status.SCHEDULED, scheduled_for__lte=now)
        .filter(Q(not_before=None) | Q(not_before__lte=now))
        .filter(Q(leased_until=None) | Q(leased_until__lte=now))
        .order_by("scheduled_for", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    ids = list(due)
    until = now + timedelta(seconds=settings.PUBLICATION_LEASE)
    Publication.objects.filter(pk__in=ids).update(leased_until=until)
    return ids


def send_publication(
    *, publication_id: int, actor: User, client: PlatformClient | None = None
) -> Publication:
    """Send one scheduled publication once; a publication in any other state is left alone."""
    started = _begin(publication_id, actor)
    if started is None:
        return Publication.objects.get(pk=publication_id)
    try:
        published = (client or client_for(started.account)).publish(started.outgoing)
    except UnknownOutcome as exc:
        return _finish_unknown(started, actor, exc)
    except PlatformError as exc:
        return _finish_not_sent(started, actor, exc)
    except CannotOpen:
        refusal = SecretUnavailable(_("The stored connection cannot be opened. Connect again."))
        return _finish_not_sent(started, actor, refusal)
    return _finish_published(started, actor, published)


@dataclass(frozen=True, slots=True)
class _Started:
    attempt_id: int
    publication_id: int
    number: int
    account: OfficialAccount
    outgoing: OutgoingPost


@transaction.atomic
def _begin(publication_id: int, actor: User) -> _Started | None:
    publication = lock_publication(publication_id)
    now = timezone.now()
    waits = publication.not_before and publication.not_before > now
    if publication.status != Publication.Status.SCHEDULED or waits:
        logger.info("Publication is not to be sent", extra={"publication_id": publication_id})
        return None
    if publication.scheduled_for > now:
        return None
    if not publication.attempts.filter(outcome=Attempt.Outcome.UNKNOWN).exists():
        # Kept once an attempt may have reached the platform: looking for it starts there.
        publication.sent_at = now
    publication.leased_until = None
    try:
        outgoing = outgoing_post(publication)
        with transaction.atomic():
            publication.status = Publication.Status.SENDING
            publication.save(update_fields=["status", "sent_at", "leased_until"])
    except (ContentChanged, IntegrityError) as exc:
        # The trigger refuses when an approval expired or was voided since the row was claimed.
        changed = isinstance(exc, ContentChanged)
        logger.warning("Publication stopped at the gate", extra={"publication_id": publication_id})
        mark_failed(
            publication,
            actor,
            number=publication.attempts.count(),
            error="ContentChanged" if changed else "NotApproved",
            message=str(exc) if changed else _("The approval has expired or no longer counts."),
        )
        return None
    number = publication.attempts.count() + 1
    attempt = Attempt.objects.create(
        publication=publication,
        number=number,
        requested_by=actor,
        started_at=now,
        deadline_at=now + timedelta(seconds=settings.ATTEMPT_DEADLINE),
    )
    outgoing = replace(outgoing, before_step=partial(_still_ours, attempt.pk))
    return _Started(attempt.pk, publication.pk, number, publication.official_account, outgoing)


def _still_ours(attempt_id: int) -> None:
    """Give the next step its time, unless the attempt was taken for lost: then stop before it.

    Without this, a worker stuck in a slow upload could still send after its publication was looked
    for, not found, and handed to another worker.
    """
    until = timezone.now() + timedelta(seconds=settings.ATTEMPT_DEADLINE)
    open_attempt = Attempt.objects.filter(pk=attempt_id, outcome="")
    if not open_attempt.update(deadline_at=until):
        raise GivenUp("The attempt was given up before it could send.")


def outgoing_post(publication: Publication) -> OutgoingPost:
    """Build what is sent, checking digests on the very bytes. Raises ``ContentChanged``."""
    version = publication.version
    if not digest_of(version.canonical) == version.digest == publication.digest:
        raise ContentChanged(_("The text is not the text that was approved."))
    document = version.content()
    images = []
    for item in document.media:
        path = MediaFile(sha256=item.sha256).path
        try:
            data = path.read_bytes()
        except OSError as exc:
            raise ContentChanged(_("A picture of this post cannot be read.")) from exc
        if hashlib.sha256(data).hexdigest() != item.sha256:
            raise ContentChanged(_("A picture is not the picture that was approved."))
        images.append(
            Image(
                data=data,
                media_type=item.media_type,
                alt=item.alt,
                width=item.width,
                height=item.height,
            )
        )
    return OutgoingPost(
        key=publication.key,
        text=document.texts[publication.official_account_id],
        language=document.language,
        created_at=publication.sent_at or timezone.now(),
        images=tuple(images),
    )


@transaction.atomic
def _finish_published(started: _Started, actor: User, published: PublishedPost) -> Publication:
    publication = lock_publication(started.publication_id)
    if _close(started, Attempt.Outcome.PUBLISHED, published=published):
        mark_published(publication, actor, published, number=started.number)
    return publication


def mark_published(
    publication: Publication, actor: User, published: PublishedPost, *, number: int
) -> None:
    """Settle a locked publication as live. The caller has closed its attempt."""
    publication.status = Publication.Status.PUBLISHED
    publication.published_at = publication.sent_at
    publication.platform_post_id = published.platform_id
    publication.permalink = published.permalink
    publication.problem = ""
    publication.needs_person = False
    publication.save()
    _move_post(publication, Post.Status.LIVE)
    record(
        PUBLICATION_SENT,
        actor=actor,
        target=publication.post,
        account=str(publication.official_account),
        attempt=number,
        permalink=published.permalink,
    )


@transaction.atomic
def _finish_unknown(started: _Started, actor: User, exc: PlatformError) -> Publication:
    publication = lock_publication(started.publication_id)
    if _close(started, Attempt.Outcome.UNKNOWN, error=exc):
        mark_unconfirmed(publication, actor, number=started.number, error=type(exc).__name__)
    return publication


def mark_unconfirmed(publication: Publication, actor: User, *, number: int, error: str) -> None:
    """Note on a locked publication that it may be out. The caller has closed its attempt."""
    publication.status = Publication.Status.UNCONFIRMED
    publication.checks = 0
    publication.not_before = None
    publication.leased_until = None
    publication.problem = _("The platform did not answer; the post may be out.")
    publication.save()
    record(
        PUBLICATION_UNCONFIRMED,
        actor=actor,
        target=publication.post,
        account=str(publication.official_account),
        attempt=number,
        error=error,
    )


@transaction.atomic
def _finish_not_sent(started: _Started, actor: User, exc: PlatformError) -> Publication:
    publication = lock_publication(started.publication_id)
    if not _close(started, Attempt.Outcome.NOT_SENT, error=exc):
        return publication
    if isinstance(exc, AuthRevoked):
        mark_revoked(
            official_account_id=publication.official_account_id, actor=actor, reason=str(exc)
        )
    if exc.permanent or started.number >= MOST_ATTEMPTS:
        error = type(exc).__name__
        mark_failed(publication, actor, number=started.number, error=error, message=str(exc))
        return publication
    again_at = timezone.now() + timedelta(seconds=backoff(started.number, exc.retry_after))
    _postpone(publication, actor, started.number, exc, again_at)
    return publication


def _postpone(
    publication: Publication, actor: User, number: int, exc: PlatformError, again_at: datetime
) -> None:
    publication.not_before = again_at
    publication.problem = str(exc)[:300]
    publication.status = Publication.Status.SCHEDULED
    try:
        with transaction.atomic():
            publication.save()
    except IntegrityError:
        # The approval expired meanwhile: the gate does not let it wait for another attempt.
        message = _("The approval has expired or no longer counts.")
        publication.status = Publication.Status.SENDING
        mark_failed(publication, actor, number=number, error="NotApproved", message=message)
        return
    record(
        PUBLICATION_POSTPONED,
        actor=actor,
        target=publication.post,
        account=str(publication.official_account),
        attempt=number,
        error=type(exc).__name__,
        again_at=again_at.isoformat(),
    )


def backoff(number: int, retry_after: float | None) -> float:
    """Seconds to wait after the ``number``-th failure: the platform's word, else doubling."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (number - 1))
    if retry_after is not None:
        wait = max(retry_after, 1.0)
    # Jitter only adds: never knock earlier than the platform said.
    return wait * random.uniform(1.0, 1.25)  # noqa: S311  # spread, not secrecy


def mark_failed(
    publication: Publication, actor: User, *, number: int, error: str, message: str
) -> None:
    publication.status = Publication.Status.FAILED
    publication.problem = message[:300]
    publication.leased_until = None
    publication.save()
    record(
        PUBLICATION_FAILED,
        actor=actor,
        target=publication.post,
        account=str(publication.official_account),
        attempt=number,
        error=error,
    )


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
            sent=dict(published.sent) if published else {},
            response=dict(published.response) if published else {},
        )
    )


@transaction.atomic
def retry_publication(*, actor: User, publication_id: int) -> Publication:
    """Have a failed publication sent again, if its approval still counts."""
    publication = lock_publication(publication_id)
    require(actor, "content.publish", publication.official_account.unit_id)
    if publication.status != Publication.Status.FAILED:
        raise ContentError(_("Only a failed publication can be tried again."))
    publication.status = Publication.Status.SCHEDULED
    publication.not_before = None
    publication.problem = ""
    try:
        with transaction.atomic():
            publication.save()
    except IntegrityError as exc:
        raise ContentError(
            _("The approval has expired or no longer counts. Submit the post again.")
        ) from exc
    record(
        PUBLICATION_RETRIED,
        actor=actor,
        target=publication.post,
        account=str(publication.official_account),
    )
    return publication


@transaction.atomic
def cancel_publication(*, actor: User, publication_id: int, reason: str) -> Publication:
    """Call back a publication that is not out yet, with a reason."""
    publication = lock_publication(publication_id)
    require(actor, "content.publish", publication.official_account.unit_id)
    if not reason.strip():
        raise ContentError(_("Give a reason."), field="reason")
    if publication.status not in {Publication.Status.SCHEDULED, Publication.Status.FAILED}:
        raise ContentError(_("Only what is not out yet can be cancelled."))
    _cancel(publication, actor, reason.strip())
    waiting = publication.post.publications.exclude(status=Publication.Status.CANCELLED)
    if publication.post.status == Post.Status.SCHEDULED and not waiting.exists():
        _move_post(publication, Post.Status.APPROVED)
    return publication


def _cancel(publication: Publication, actor: User, reason: str) -> None:
    publication.status = Publication.Status.CANCELLED
    publication.problem = reason[:300]
    publication.leased_until = None
    publication.save()
    record(
        PUBLICATION_CANCELLED,
        actor=actor,
        target=publication.post,
        account=str(publication.official_account),
        reason=reason[:500],
    )


def lock_publication(publication_id: int) -> Publication:
    """Lock post, then publication: the order of every action, so none deadlocks with another."""
    post_id = Publication.objects.values_list("post_id", flat=True).get(pk=publication_id)
    Post.objects.select_for_update().get(pk=post_id)
    return (
        Publication.objects.select_for_update(of=("self",))
        .select_related("post", "version", "official_account__credential")
        .get(pk=publication_id)
    )


def _move_post(publication: Publication, status: str) -> None:
    moves = {Post.Status.LIVE: [Post.Status.SCHEDULED, Post.Status.APPROVED]}
    before = moves.get(Post.Status(status), [Post.Status.SCHEDULED])
    Post.objects.filter(pk=publication.post_id, status__in=before).update(
        status=status, updated_at=timezone.now()
    )

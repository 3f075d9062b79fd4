"""Finding out what became of an attempt without an answer."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import mark_revoked, note_outcome
from accounts.models import User
from accounts.vault import CannotOpen, client_for
from content.actions.hand_reasons import address_of, refuse_renamed
from content.actions.keeping import Doubtful, keepable
from content.actions.outgoing import ANSWERS_UNKNOWN, ContentChanged, outgoing_post
from content.actions.refusals import guarded
from content.actions.settling import (
    NO_ANSWER,
    NOT_APPROVED,
    AnothersPost,
    lock_publication,
    mark_failed,
    mark_published,
    mark_unconfirmed,
    put_in_line,
)
from content.errors import ContentError
from content.events.posts import (
    PUBLICATION_CONFIRMED,
    PUBLICATION_SETTLED,
    PUBLICATION_UNCONFIRMED,
)
from content.models import Attempt, Publication
from govsocial.audit.actions import record
from govsocial.platforms.base import PlatformClient, PublishedPost
from govsocial.platforms.errors import AuthRevoked, Hidden, NotOut, PlatformError, UnknownOutcome
from govsocial.transactions import whole
from govsocial.web.permissions import require

logger = logging.getLogger(__name__)

# Ten seconds, doubling: about three hours of asking before a person is asked instead.
MOST_CHECKS = 10
FIRST_CHECK = 10

NOBODY_SAID = gettext_noop(
    "Somebody took it to post it by hand and never said what became of it. Look on the platform."
)


def find_lost_attempts(*, actor: User, limit: int = 200) -> int:
    """Turn attempts whose worker died, and those of people who never said what became of them,
    into publications that must be confirmed; return how many.

    Each in a transaction of its own: what holds many posts at once waits for many others, and what
    goes wrong with one would undo the rest.
    """
    lost = Attempt.objects.filter(outcome="", deadline_at__lte=timezone.now())
    ids = list(lost.order_by("pk").values_list("publication_id", flat=True)[:limit])
    return sum(_is_lost(publication_id, actor) for publication_id in ids)


@whole
def _is_lost(publication_id: int, actor: User) -> bool:
    """Whether an attempt of it is lost; then it is unconfirmed now."""
    publication = lock_publication(publication_id)
    now = timezone.now()
    # One statement: a sender that is alive after all may prolong its deadline at any moment.
    overdue = publication.attempts.filter(outcome="", deadline_at__lte=now)
    error, message = ("HandSilent", NOBODY_SAID) if publication.by_hand else ("WorkerLost", "")
    if not overdue.update(outcome=Attempt.Outcome.UNKNOWN, finished_at=now, error=error):
        return False
    number = publication.attempts.count()
    mark_unconfirmed(publication, actor, number=number, error=error, message=message or NO_ANSWER)
    return True


@whole
def claim_unconfirmed_publications(*, limit: int = 100) -> list[int]:
    """Lease the unconfirmed publications that are to be asked about and return their ids."""
    now = timezone.now()
    ids = list(
        Publication.objects.select_for_update(skip_locked=True)
        .filter(status=Publication.Status.UNCONFIRMED, needs_person=False)
        .filter(Q(not_before=None) | Q(not_before__lte=now))
        .filter(Q(leased_until=None) | Q(leased_until__lte=now))
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )
    # Asking may take several pages: as long as a step of an attempt, not as long as a claim.
    until = now + timedelta(seconds=settings.ATTEMPT_DEADLINE)
    Publication.objects.filter(pk__in=ids).update(leased_until=until)
    return ids


def confirm_publication(
    *, publication_id: int, actor: User, client: PlatformClient | None = None
) -> Publication:
    """Ask the platform, read-only, and settle: as live, as safe to send again, or as failed where
    it says why it is not out; else ask a person."""
    publication = Publication.objects.select_related(
        "version", "post", "official_account__credential"
    ).get(pk=publication_id)
    if publication.status != Publication.Status.UNCONFIRMED or publication.by_hand:
        return publication
    attempts, begun = publication.attempts.count(), timezone.now()
    try:
        return _confirm(publication, attempts, actor, client, begun)
    except Exception as exc:
        # A fault of ours is raised, so that it is seen, and counted: whatever it is, a person is
        # asked in the end.
        fault = UnknownOutcome(type(exc).__name__)
        note_outcome(publication.official_account_id, exc)
        _ask_again(publication_id, attempts, actor, fault, begun)
        raise


def _confirm(
    publication: Publication,
    attempts: int,
    actor: User,
    client: PlatformClient | None,
    begun: datetime,
) -> Publication:
    publication_id = publication.pk
    try:
        outgoing = outgoing_post(publication)
        if publication.part and not outgoing.follows:
            # Looked for as a post of its own, it would never be found.
            raise ContentChanged(ANSWERS_UNKNOWN)
        client = client or client_for(publication.official_account)
        found = client.find(outgoing)
    except NotOut as exc:
        note_outcome(publication.official_account_id, exc.reason, of_post=True)
        return _settle_refused(publication_id, attempts, actor, exc, begun)
    except (PlatformError, ContentChanged, CannotOpen) as exc:
        if not isinstance(exc, ContentChanged):
            note_outcome(publication.official_account_id, exc, of_post=True)
        return _ask_again(publication_id, attempts, actor, exc, begun)
    note_outcome(publication.official_account_id)
    try:
        return _settle_found(publication_id, attempts, actor, found)
    except Doubtful as exc:
        return _ask_again(publication_id, attempts, actor, exc, begun)


def _still_asked(publication: Publication, attempts: int) -> bool:
    """Whether the answer is about the present attempt: a slow look may outlive it."""
    unconfirmed = publication.status == Publication.Status.UNCONFIRMED
    return unconfirmed and publication.attempts.count() == attempts


@whole
def _ask_again(
    publication_id: int, attempts: int, actor: User, exc: Exception, begun: datetime
) -> Publication:
    publication = lock_publication(publication_id)
    if not _still_asked(publication, attempts):
        return publication
    _note_revoked(publication, actor, exc, begun)
    if isinstance(exc, Doubtful):
        record(
            PUBLICATION_UNCONFIRMED,
            actor=actor,
            target=publication.post,
            account=publication.outlet,
            attempt=attempts,
            error=type(exc).__name__,
        )
        publication.problem = str(exc)
    if isinstance(exc, Hidden):
        publication.problem = str(exc)[:300]
    permanent = getattr(exc, "permanent", True)
    publication.checks += 1
    publication.needs_person = permanent or publication.checks >= MOST_CHECKS
    wait = FIRST_CHECK * 2 ** (publication.checks - 1)
    wait = max(wait, getattr(exc, "retry_after", None) or 0)
    publication.not_before = timezone.now() + timedelta(seconds=wait)
    publication.leased_until = None
    publication.save()
    logger.warning(
        "Publication could not be confirmed: %s",
        type(exc).__name__,
        extra={"publication_id": publication_id, "checks": publication.checks},
    )
    return publication


def _note_revoked(publication: Publication, actor: User, exc: Exception, begun: datetime) -> None:
    if isinstance(exc, AuthRevoked):
        mark_revoked(
            official_account_id=publication.official_account_id,
            actor=actor,
            reason=str(exc),
            used_since=begun,
        )


@whole
def _settle_refused(
    publication_id: int, attempts: int, actor: User, exc: NotOut, begun: datetime
) -> Publication:
    """The platform says why it is not out: a person decides whether to try it again."""
    publication = lock_publication(publication_id)
    if not _still_asked(publication, attempts):
        return publication
    _note_revoked(publication, actor, exc.reason, begun)
    _record_confirmed(publication, actor, attempts, found=False)
    publication.not_before = None
    publication.needs_person = False
    error = type(exc.reason).__name__
    mark_failed(publication, actor, number=attempts, error=error, message=str(exc))
    return publication


def _record_confirmed(publication: Publication, actor: User, attempt: int, *, found: bool) -> None:
    record(
        PUBLICATION_CONFIRMED,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        publication_id=publication.pk,
        attempt=attempt,
        found=found,
    )


@whole
def _settle_found(
    publication_id: int, attempts: int, actor: User, found: PublishedPost | None
) -> Publication:
    publication = lock_publication(publication_id)
    if not _still_asked(publication, attempts):
        return publication
    _record_confirmed(publication, actor, attempts, found=found is not None)
    if found is not None:
        mark_published(publication, actor, keepable(publication, found), number=attempts)
    else:
        send_again(publication, actor, attempts)
    return publication


def send_again(publication: Publication, actor: User, number: int) -> None:
    """Not on the platform: safe to send, with the same key, while the approval still counts."""
    publication.not_before = None
    publication.leased_until = None
    publication.needs_person = False
    publication.problem = ""
    if not put_in_line(publication):
        mark_failed(
            publication,
            actor,
            number=number,
            error=NOT_APPROVED,
            message=gettext_noop("It is not on the platform, and its approval no longer counts."),
        )


@guarded("settle")
def settle_publication(
    *, actor: User, publication_id: int, is_live: bool, permalink: str, reason: str
) -> Publication:
    """A person looked and says whether an unconfirmed publication is on the platform.

    Raises ``ContentError``, also for an address that is not of that account or is another
    publication's.
    """
    publication = lock_publication(publication_id)
    require(actor, "content.publish", publication.official_account.unit_id)
    if publication.status != Publication.Status.UNCONFIRMED:
        raise ContentError(_("This publication is not waiting to be confirmed."))
    if publication.by_hand:
        raise ContentError(_("It is posted by hand: record there what became of it."))
    if not reason.strip():
        raise ContentError(_("Give a reason."), field="reason")
    if is_live:
        if not permalink:
            raise ContentError(_("Give the address of the post."), field="permalink")
        refuse_renamed(publication)
        permalink = address_of(publication, permalink)
    number = publication.attempts.count()
    record(
        PUBLICATION_SETTLED,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        publication_id=publication.pk,
        attempt=number,
        live=is_live,
        reason=reason.strip()[:500],
    )
    if is_live:
        published = PublishedPost(platform_id="", permalink=permalink)
        try:
            mark_published(publication, actor, published, number=number)
        except AnothersPost as exc:
            raise ContentError(
                _("Another publication of this account has this address."), field="permalink"
            ) from exc
    else:
        send_again(publication, actor, number)
    return publication

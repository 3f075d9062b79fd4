"""Take back what is out: the record stays, and says what became of it on the platform."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import mark_revoked, note_outcome
from accounts.models import User
from accounts.vault import CannotOpen, client_for
from content import following, gate
from content.actions.ending import (
    ENDED,
    call_back,
    call_back_following,
    end_post,
    record_withdrawals,
    take_back,
)
from content.actions.refusals import guarded
from content.actions.settling import CANNOT_OPEN, DOUBTFUL, lock_publication
from content.actions.telling import tell_to_stop, tell_withdrawn
from content.errors import ContentError
from content.events.posts import WITHDRAWAL_ASKED, WITHDRAWAL_SETTLED, WITHDRAWN_NOT_DELETED
from content.models import Post, Publication, Withdrawal
from govsocial.audit.actions import record
from govsocial.platforms.base import PlatformClient
from govsocial.platforms.errors import AuthRevoked, PlatformError
from govsocial.transactions import whole
from govsocial.web.permissions import require

logger = logging.getLogger(__name__)

MOST_TRIES = 8
OUT = (*DOUBTFUL, Publication.Status.PUBLISHED)
FIRST_WAIT = 30.0


@guarded("withdraw")
def withdraw_publication(*, actor: User, publication_id: int, reason: str) -> Withdrawal:
    """Take a publication back that is live or may be, with a reason, and what follows it on its
    account; workers delete it on the platform.

    What may be out is withdrawn once it is known to be out, and never sent again where it is not.
    Nothing of the record is lost. Raises ``ContentError`` for what is not out, or withdrawn
    already.
    """
    publication = lock_publication(publication_id)
    require(actor, "content.publish", publication.official_account.unit_id)
    if not reason.strip():
        raise ContentError(_("Give a reason."), field="reason")
    if publication.status not in OUT or gate.is_withdrawn(publication):
        raise ContentError(_("Only what is live, or may be, can be withdrawn."))
    call_back_following(publication, actor, reason.strip())
    # What follows a post goes before it.
    after = reversed(following.after(publication).filter(status__in=OUT))
    withdrawal = _take_back([*after, publication], actor, reason)[-1]
    is_out = publication.post.publications.filter(status__in=OUT)
    if publication.post.status == Post.Status.ARCHIVED and not is_out.exists():
        # What had failed of it is not tried again: it ends with what was out.
        call_back(publication.post, actor, reason.strip())
    end_post(publication.post)
    return withdrawal


def _take_back(publications: Sequence[Publication], actor: User, reason: str) -> list[Withdrawal]:
    """Of locked publications of one post, those that were not withdrawn before. What may be out is
    withdrawn once it is known to be out."""
    known = Withdrawal.objects.filter(publication__in=publications)
    before = set(known.values_list("publication_id", flat=True))
    new = [
        Withdrawal(publication=one, reason=reason.strip()[:500], requested_by=actor)
        for one in publications
        if one.pk not in before
    ]
    Withdrawal.objects.bulk_create(new)
    doubtful = [one for one in new if one.publication.status in DOUBTFUL]
    record_withdrawals(WITHDRAWAL_ASKED, doubtful)
    tell_to_stop(doubtful, by=actor)
    tell_withdrawn([one.publication for one in new], by=actor)
    take_back([one for one in new if one not in doubtful])
    return new


@guarded("withdraw")
def withdraw_post(*, actor: User, post_id: int, reason: str) -> list[Withdrawal]:
    """Take back everything of a post that is live or may be, and call back what still waits; or
    nothing.

    What is on its way, or may be out, is withdrawn once it is known to be out, and is not sent
    again where it is not. Raises ``PermissionDenied`` where one of the accounts is not the actor's
    to publish on, and ``ContentError`` when nothing of it is out that was not withdrawn before.
    """
    post = (
        Post.objects.select_for_update(of=("self",))
        .select_related("current_version")
        .get(pk=post_id)
    )
    if not reason.strip():
        raise ContentError(_("Give a reason."), field="reason")
    gate.share_accounts(post.publications.values_list("official_account_id", flat=True))
    open_ones = post.publications.exclude(status__in=ENDED).select_related("official_account")
    for unit_id in {one.official_account.unit_id for one in open_ones}:
        require(actor, "content.publish", unit_id)
    call_back(post, actor, reason.strip())
    rows = post.publications.filter(status__in=OUT).exclude(
        status__in=DOUBTFUL, withdrawal__isnull=False
    )
    out = list(
        rows.select_for_update(of=("self",))
        .select_related("official_account")
        # What follows a post goes before it.
        .order_by("-part", "pk")
    )
    if not out:
        raise ContentError(_("Nothing of this post is live any more."))
    withdrawn = _take_back(out, actor, reason)
    end_post(post)
    return withdrawn


@whole
def claim_withdrawals(*, limit: int = 100) -> list[int]:
    """Lease the withdrawals that the platform is to be told of, and return their ids."""
    now = timezone.now()
    due = (
        Withdrawal.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(outcome="", needs_person=False, publication__status=Publication.Status.WITHDRAWN)
        .filter(Q(not_before=None) | Q(not_before__lte=now))
        .filter(Q(leased_until=None) | Q(leased_until__lte=now))
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )
    ids = list(due)
    until = now + timedelta(seconds=settings.ATTEMPT_DEADLINE)
    Withdrawal.objects.filter(pk__in=ids).update(leased_until=until)
    return ids


def delete_withdrawn(
    *, withdrawal_id: int, actor: User, client: PlatformClient | None = None
) -> Withdrawal:
    """Delete on the platform what was withdrawn. Deleting twice is the same as once, so a worker
    that dies in between loses nothing."""
    rows = Withdrawal.objects.select_related("publication__official_account__credential")
    withdrawal = rows.get(pk=withdrawal_id)
    publication = withdrawal.publication
    is_out = publication.status == Publication.Status.WITHDRAWN
    if not is_out or withdrawal.outcome or withdrawal.needs_person:
        return withdrawal
    account, begun = publication.official_account, timezone.now()
    try:
        client = client or client_for(account)
        client.delete(publication.platform_post_id, comment=publication.is_comment)
    except PlatformError as exc:
        note_outcome(account.pk, exc, of_post=True)
        if isinstance(exc, AuthRevoked):
            mark_revoked(
                official_account_id=account.pk, actor=actor, reason=str(exc), used_since=begun
            )
        return _not_deleted(withdrawal_id, actor, str(exc), exc.permanent, exc.retry_after)
    except CannotOpen:
        return _not_deleted(withdrawal_id, actor, CANNOT_OPEN, True, None)
    note_outcome(account.pk)
    return _settle(withdrawal_id, actor, Withdrawal.Outcome.DELETED, "")


@guarded("settle")
def settle_withdrawal(
    *, actor: User, withdrawal_id: int, outcome: str, note: str = ""
) -> Withdrawal:
    """A person looked on the platform and says what became of it there."""
    rows = Withdrawal.objects.select_related("publication__official_account")
    withdrawal = rows.get(pk=withdrawal_id)
    require(actor, "content.publish", withdrawal.publication.official_account.unit_id)
    if outcome not in {Withdrawal.Outcome.BY_HAND, Withdrawal.Outcome.STAYS}:
        raise ContentError(_("Say whether it can still be seen there."), field="outcome")
    if outcome == Withdrawal.Outcome.STAYS and not note.strip():
        raise ContentError(_("Say why it stays there."), field="note")
    settled = _settle(withdrawal_id, actor, outcome, note.strip()[:500])
    if settled.outcome != outcome or settled.settled_by_id != actor.pk:
        raise ContentError(_("This was settled meanwhile."))
    return settled


@whole
def _settle(withdrawal_id: int, actor: User, outcome: str, note: str) -> Withdrawal:
    withdrawal = _lock(withdrawal_id)
    if withdrawal.outcome:
        return withdrawal
    withdrawal.outcome, withdrawal.note = outcome, note
    withdrawal.settled_by, withdrawal.settled_at = actor, timezone.now()
    withdrawal.leased_until = None
    withdrawal.save()
    publication = withdrawal.publication
    record(
        WITHDRAWAL_SETTLED,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        outcome=outcome,
    )
    return withdrawal


@whole
def _not_deleted(
    withdrawal_id: int, actor: User, problem: str, permanent: bool, retry_after: float | None
) -> Withdrawal:
    """The trail tells the first failure, and that a person has to delete it: not every try."""
    withdrawal = _lock(withdrawal_id)
    if withdrawal.outcome or withdrawal.needs_person:
        return withdrawal
    withdrawal.tries += 1
    withdrawal.problem = problem[:300]
    withdrawal.needs_person = permanent or withdrawal.tries >= MOST_TRIES
    wait = max(FIRST_WAIT * 2 ** (withdrawal.tries - 1), retry_after or 0)
    withdrawal.not_before = timezone.now() + timedelta(seconds=wait)
    withdrawal.leased_until = None
    withdrawal.save()
    if withdrawal.needs_person or withdrawal.tries == 1:
        record(
            WITHDRAWN_NOT_DELETED,
            actor=actor,
            target=withdrawal.publication.post,
            account=withdrawal.publication.outlet,
            error=withdrawal.problem,
            then="person" if withdrawal.needs_person else "again",
        )
    logger.warning("Withdrawn post not deleted", extra={"withdrawal_id": withdrawal_id})
    return withdrawal


def _lock(withdrawal_id: int) -> Withdrawal:
    rows = Withdrawal.objects.select_for_update(of=("self",))
    return rows.select_related("publication__post", "publication__official_account").get(
        pk=withdrawal_id
    )

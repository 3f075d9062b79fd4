"""Before and around sending: schedule, claim, call back, try again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import OfficialAccount, PlatformApp, SpendingCap, User
from content import following, gate
from content.actions.ending import call_back, call_back_following, end_post, mark_cancelled
from content.actions.refusals import guarded
from content.actions.settling import (
    is_for_a_person,
    lock_publication,
    out_of_line,
    put_in_line,
    refuse_not_in_use,
    refuse_unapproved,
    set_way_after,
)
from content.errors import ContentError, GateRefused
from content.events.posts import (
    PUBLICATION_HELD,
    PUBLICATION_RETRIED,
    PUBLICATION_SCHEDULED,
)
from content.models import Attempt, Post, PostVersion, Publication
from govsocial.audit.actions import record
from govsocial.platforms.errors import AppMissing, BudgetSpent
from govsocial.platforms.registry import new_key
from govsocial.transactions import whole
from govsocial.web.permissions import require


def schedule_publications(version: PostVersion, *, actor: User) -> None:
    """Create the publications of an approved version: on each account the post, and what follows
    it there. The caller holds the post."""
    document = version.content()
    now = timezone.now()
    accounts = OfficialAccount.objects.select_related("credential").in_bulk(document.texts.keys())
    gate.share_accounts(document.texts)
    for account_id in sorted(document.texts):
        account = accounts[account_id]
        at = max(document.planned_at or now, now)
        parts = range(1 + len(document.sent_to(account_id).parts))
        made = [_schedule(version, account, at, part) for part in parts]
        record(
            PUBLICATION_SCHEDULED,
            actor=actor,
            target=version.post,
            account=str(account),
            scheduled_for=at.isoformat(),
            version_sha256=version.digest,
        )
        if any(one.status == Publication.Status.FROZEN for one in made):
            record(PUBLICATION_HELD, actor=actor, target=version.post, account=str(account))


def _schedule(
    version: PostVersion, account: OfficialAccount, at: datetime, part: int
) -> Publication:
    publication = Publication(
        post=version.post,
        version=version,
        official_account=account,
        part=part,
        digest=version.digest,
        key=new_key(account.platform, timezone.now()),
        scheduled_for=at,
        by_hand=is_for_a_person(account),
    )
    if not put_in_line(publication):
        raise out_of_line(publication)
    return publication


def cancel_for_edit(post: Post, *, actor: User) -> None:
    """Call back what an edit made obsolete. The caller holds the post's lock."""
    call_back(post, actor, gettext_noop("Replaced by a newer version."))


@whole
def claim_due_publications(*, limit: int = 200) -> list[int]:
    """Lease the publications that are due and return their ids.

    Two beats do no harm: a row is leased once. A lost message does no harm: the lease runs out.
    """
    now = timezone.now()
    _wake_what_was_held_back(now)
    due = (
        Publication.objects.select_for_update(skip_locked=True)
        .filter(status=Publication.Status.SCHEDULED, scheduled_for__lte=now, by_hand=False)
        .filter(Q(not_before=None) | Q(not_before__lte=now))
        .filter(Q(leased_until=None) | Q(leased_until__lte=now))
        .filter(following.IS_ITS_TURN)
        .order_by("scheduled_for", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    return _lease(list(due), now)


def _lease(ids: list[int], now: datetime) -> list[int]:
    until = now + timedelta(seconds=settings.PUBLICATION_LEASE)
    Publication.objects.filter(pk__in=ids).update(leased_until=until)
    return ids


@whole
def claim_following_publications(*, publication_id: int) -> list[int]:
    """Lease what follows a publication that is out now, so that a thread does not wait for the beat
    between its parts. A lost message does no harm: the beat finds it when the lease runs out."""
    sent = Publication.objects.get(pk=publication_id)
    now = timezone.now()
    if sent.status != Publication.Status.PUBLISHED:
        return []
    due = (
        Publication.objects.select_for_update(skip_locked=True)
        .filter(version_id=sent.version_id, official_account_id=sent.official_account_id)
        .filter(part=sent.part + 1, status=Publication.Status.SCHEDULED, by_hand=False)
        .filter(Q(leased_until=None) | Q(leased_until__lte=now), not_before=None)
    )
    return _lease(list(due.values_list("pk", flat=True)), now)


def _wake_what_was_held_back(now: datetime) -> None:
    """Let publications go at once whose platform's spending cap was set since it held them back,
    or whose application, which was missing, was entered again.

    Neither must leave an urgent post waiting for its next hour.
    """
    set_since = SpendingCap.objects.filter(
        platform=OuterRef("official_account__platform"), set_at__gt=OuterRef("held_back_at")
    )
    entered_since = PlatformApp.objects.filter(
        pk=OuterRef("official_account__credential__app"),
        removed_at=None,
        changed_at__gt=OuterRef("held_back_at"),
    )
    for error, mended in ((BudgetSpent, set_since), (AppMissing, entered_since)):
        last = Attempt.objects.filter(publication=OuterRef("pk")).order_by("-number")
        held_back_at = last.filter(error=error.__name__).values("finished_at")[:1]
        waiting = Publication.objects.filter(
            status=Publication.Status.SCHEDULED, not_before__gt=now
        )
        waiting.annotate(held_back_at=Subquery(held_back_at)).filter(Exists(mended)).update(
            not_before=None
        )


@guarded("retry")
def retry_publication(*, actor: User, publication_id: int) -> Publication:
    """Have a failed publication sent again, if its approval still counts and its account is in use;
    what follows it and waits goes out in the same way as it does now, by the application or by a
    person.

    Raises ``ContentError`` where it is not: neither a worker nor a person may post there.
    """
    publication = lock_publication(publication_id)
    require(actor, "content.publish", publication.official_account.unit_id)
    if publication.status == Publication.Status.CANCELLED:
        raise GateRefused(
            _("Only a failed publication can be tried again."), why="no_longer_counts"
        )
    if publication.status != Publication.Status.FAILED:
        raise ContentError(_("Only a failed publication can be tried again."))
    refuse_not_in_use(publication.official_account)
    if gate.is_frozen(publication):
        raise GateRefused(
            _("It is frozen. It can be tried again when the freeze is lifted."), why="frozen"
        )
    refuse_unapproved(publication)
    publication.not_before = None
    publication.problem = ""
    publication.attempts_before = publication.attempts.count()
    publication.by_hand = is_for_a_person(
        publication.official_account
    ) or following.answers_unknown(publication)
    publication.hand_told_at = None
    if not put_in_line(publication):
        raise out_of_line(publication)
    set_way_after(publication, actor)
    record(
        PUBLICATION_RETRIED,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
    )
    return publication


@guarded("cancel")
def cancel_publication(*, actor: User, publication_id: int, reason: str) -> Publication:
    """Call back a publication that is not out yet, with a reason, and what would follow it."""
    publication = lock_publication(publication_id)
    require(actor, "content.publish", publication.official_account.unit_id)
    if not reason.strip():
        raise ContentError(_("Give a reason."), field="reason")
    if publication.status not in Publication.CALLED_BACK:
        raise ContentError(_("Only what is not out yet can be cancelled."))
    mark_cancelled(publication, actor, reason.strip())
    call_back_following(publication, actor, reason.strip())
    end_post(publication.post)
    return publication

"""Posting by hand: a person takes a publication, posts it and proves it (design.md section 5).

The same gate, record and states as for a worker. Taking it is the attempt, committed before
anything is shown that could be posted, so that no two people post the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.details import Upload
from accounts.documents import keep_document
from accounts.errors import AccountError
from accounts.models import Document, User
from accounts.vault import CannotOpen
from content import following, gate
from content.actions.confirming import send_again
from content.actions.ending import why_not_approved
from content.actions.hand_reasons import (
    address_of,
    reasons,
    reasons_of_the_gate,
    refuse_renamed,
)
from content.actions.outgoing import ANSWERS_UNKNOWN, ContentChanged, outgoing_post
from content.actions.refusals import guarded
from content.actions.settling import (
    NOT_APPROVED,
    AnothersPost,
    lock_publication,
    mark_failed,
    mark_published,
    out_of_line,
    set_way,
    set_way_after,
)
from content.actions.telling import tell_to_post
from content.errors import ContentError, GateRefused
from content.events.posts import (
    PUBLICATION_CLAIMED,
    PUBLICATION_HANDED_BACK,
    PUBLICATION_PROVED,
)
from content.models import Attempt, HandProof, Publication
from content.models.publication import ON_ACCOUNT_IN_USE
from content.permalinks import hides_account
from content.selectors.freezes import STILL_COUNTS
from govsocial.audit.actions import record
from govsocial.platforms.base import PublishedPost
from govsocial.transactions import whole
from govsocial.web.permissions import require
from govsocial.web.problems import in_words

STATUS = Publication.Status
OPEN = (STATUS.SENDING, STATUS.UNCONFIRMED)
"""Somebody took it, and it is not settled what became of it."""


@guarded("hand")
def claim_by_hand(*, actor: User, publication_id: int) -> Attempt:
    """Take a publication whose time has come, to post it now. Taking it twice is taking it once.

    Raises ``GateRefused`` before its time, while it is frozen, when its approval no longer counts,
    when content or account changed since, and while somebody else has it.
    """
    publication = lock_publication(publication_id)
    account = publication.official_account
    require(actor, "content.publish", account.unit_id)
    taken = publication.attempts.select_related("requested_by").filter(outcome="").first()
    if taken is not None and taken.by_hand:
        return _own(taken, actor)
    _refuse(publication)
    now = timezone.now()
    publication.status = STATUS.SENDING
    if not publication.attempts.filter(outcome=Attempt.Outcome.UNKNOWN).exists():
        publication.sent_at = now
    publication.problem = ""
    try:
        with transaction.atomic():
            publication.save()
    except IntegrityError as exc:
        raise out_of_line(publication) from exc
    attempt = Attempt.objects.create(
        publication=publication,
        number=publication.attempts.count() + 1,
        requested_by=actor,
        started_at=now,
        deadline_at=now + timedelta(seconds=settings.HAND_CLAIM),
        by_hand=True,
    )
    record(
        PUBLICATION_CLAIMED,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        attempt=attempt.number,
    )
    return attempt


def _own(taken: Attempt, actor: User) -> Attempt:
    if taken.requested_by_id != actor.pk:
        raise GateRefused(
            _("%(person)s is posting it already.") % {"person": taken.requested_by}, why="claimed"
        )
    return taken


def _refuse(publication: Publication) -> None:
    if publication.status != STATUS.SCHEDULED or not publication.by_hand:
        raise ContentError(_("This publication does not wait to be posted by hand."))
    for reason in reasons(publication):
        raise reason.refusal()
    try:
        outgoing_post(publication)
    except ContentChanged as exc:
        raise GateRefused(in_words(str(exc)), why="content_changed") from exc
    except CannotOpen:
        # What an earlier attempt of the application was given; a person needs none of it.
        return


@guarded("hand")
def record_by_hand(
    *,
    actor: User,
    publication_id: int,
    number: int,
    permalink: str,
    went_out_at: datetime,
    screenshot: Upload | None = None,
) -> Publication:
    """Record that attempt ``number`` put it on the platform, with the proof. It is live then.

    Raises ``ContentError`` for an address that is not of that account or is another
    publication's, and for a time before it was taken or to come; ``GateRefused`` for a time at
    which a freeze had stopped it, and once the account has another address than was approved.
    """
    publication = lock_publication(publication_id)
    require(actor, "content.publish", publication.official_account.unit_id)
    attempt = _open_attempt(publication, number)
    refuse_renamed(publication)
    address = address_of(publication, permalink)
    _refuse_time(publication, went_out_at)
    proof = HandProof.objects.create(
        attempt=attempt,
        permalink=address,
        went_out_at=went_out_at,
        screenshot=_kept(screenshot, actor),
        recorded_by=actor,
    )
    _close(attempt, Attempt.Outcome.PUBLISHED, publication=publication)
    published = PublishedPost(platform_id="", permalink=address)
    try:
        mark_published(publication, actor, published, number=number, at=went_out_at)
    except AnothersPost as exc:
        raise ContentError(
            _("Another publication of this account has this address."), field="permalink"
        ) from exc
    record(
        PUBLICATION_PROVED,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        attempt=number,
        permalink=address,
        went_out_at=went_out_at.isoformat(),
        screenshot_sha256=proof.screenshot.sha256 if proof.screenshot else "",
        names_account=not hides_account(publication.official_account, permalink),
    )
    return publication


def _open_attempt(publication: Publication, number: int) -> Attempt:
    last = publication.attempts.order_by("-number").first()
    if publication.status not in OPEN or last is None or not last.by_hand or last.number != number:
        raise ContentError(_("This publication has moved on meanwhile."))
    return last


def _refuse_time(publication: Publication, at: datetime) -> None:
    first = publication.attempts.filter(by_hand=True).earliest("number").started_at
    if at > timezone.now():
        raise ContentError(_("This time is still to come."), field="went_out_at")
    if at < first.replace(second=0, microsecond=0):
        raise ContentError(
            _("It was taken to be posted only later. Look up when it went out."),
            field="went_out_at",
        )
    if gate.was_halted(publication, at):
        raise GateRefused(
            _(
                "A freeze had stopped it at that time. Delete the post on the platform and hand "
                "it back as not posted."
            ),
            why="frozen",
            field="went_out_at",
        )


def _kept(screenshot: Upload | None, actor: User) -> Document | None:
    if screenshot is None:
        return None
    try:
        return keep_document(screenshot.data, screenshot.name, by=actor, field="screenshot")
    except AccountError as exc:
        raise ContentError(str(exc), field="screenshot") from exc


def _close(attempt: Attempt, outcome: str, *, publication: Publication | None = None) -> None:
    """Write what came of an attempt that is still open; one that nobody spoke of is closed."""
    if attempt.outcome:
        return
    attempt.outcome, attempt.finished_at = outcome, timezone.now()
    if publication is not None:
        content = publication.version.content()
        sent = content.sent_as(publication.official_account_id, publication.part)
        film = content.film_of(publication.part)
        media = [*sent.images, film] if film else sent.images
        attempt.sent = {
            "text": sent.text,
            "title": sent.title,
            "link": sent.link,
            "media": [item.sha256 for item in media],
        }
    else:
        attempt.error = "HandedBack"
    attempt.save()


@guarded("hand")
def hand_back(*, actor: User, publication_id: int, number: int) -> Publication:
    """Say that attempt ``number`` posted nothing: it waits for a person again, or is frozen, or
    failed where its approval no longer counts.

    As long as the time of who took it has not run out, only they say so: another one cannot know.
    """
    publication = lock_publication(publication_id)
    require(actor, "content.publish", publication.official_account.unit_id)
    attempt = _open_attempt(publication, number)
    if publication.status == STATUS.SENDING:
        _own(attempt, actor)
    _close(attempt, Attempt.Outcome.NOT_SENT)
    record(
        PUBLICATION_HANDED_BACK,
        actor=actor,
        target=publication.post,
        account=publication.outlet,
        publication_id=publication.pk,
        attempt=number,
    )
    publication.hand_told_at = None
    send_again(publication, actor, number)
    return publication


@guarded("hand")
def choose_way(*, actor: User, publication_id: int, by_hand: bool) -> Publication:
    """Have a scheduled publication posted by a person, or by the application again, and what
    follows it on its account and waits too.

    It stays as it was scheduled until somebody says otherwise: a connection that comes back while
    people get ready to post must not send the same behind their backs. Raises ``GateRefused`` for
    what goes out in neither way: an approval that has ended, an account that was renamed.
    """
    publication = lock_publication(publication_id)
    account = publication.official_account
    require(actor, "content.publish", account.unit_id)
    if publication.status != STATUS.SCHEDULED:
        raise ContentError(_("This publication has moved on meanwhile."))
    if not following.is_its_turn(publication):
        raise ContentError(_("It goes out as the post before it does: choose the way there."))
    if not by_hand and not account.is_connected:
        raise ContentError(_("The account is not connected. It must be connected first."))
    if not by_hand and following.answers_unknown(publication):
        raise ContentError(in_words(ANSWERS_UNKNOWN))
    if publication.by_hand == by_hand:
        return publication
    for reason in reasons_of_the_gate(publication):
        raise reason.refusal()
    set_way(publication, actor, by_hand=by_hand)
    set_way_after(publication, actor)
    return publication


@whole
def tell_due_by_hand(*, actor: User, limit: int = 100) -> int:
    """Tell who may post it of each publication whose time has come, once; stop those whose
    approval no longer counts. Return how many were told of.

    Of an account that is not in use nobody is told: nothing may be posted there. Once it is in use
    again, they are.
    """
    now = timezone.now()
    due = Publication.objects.filter(status=STATUS.SCHEDULED, by_hand=True, scheduled_for__lte=now)
    # What answers it stays as it is: who sees to the one sees to the others.
    for publication_id in _expired(due.filter(following.IS_ITS_TURN), limit):
        _stop(publication_id, actor)
    untold = list(
        due.filter(following.IS_ITS_TURN, ON_ACCOUNT_IN_USE, hand_told_at=None)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("post", "version", "official_account__unit")
        .order_by("scheduled_for", "pk")[:limit]
    )
    for publication in untold:
        tell_to_post(publication)
    Publication.objects.filter(pk__in=[one.pk for one in untold]).update(hand_told_at=now)
    return len(untold)


def _expired(due: QuerySet[Publication], limit: int) -> list[int]:
    expired = due.alias(counts=STILL_COUNTS).filter(counts=False).order_by("pk")
    return list(expired.values_list("pk", flat=True)[:limit])


def _stop(publication_id: int, actor: User) -> None:
    publication = lock_publication(publication_id)
    waits = publication.by_hand and publication.status == STATUS.SCHEDULED
    if waits and not gate.is_approved(publication.version_id):
        number = publication.attempts.count()
        message = why_not_approved(publication)
        mark_failed(publication, actor, number=number, error=NOT_APPROVED, message=message)

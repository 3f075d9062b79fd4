"""Stop what is scheduled at once, and let it go again piece by piece (design.md section 4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, User
from content import following, gate, in_hand
from content.actions.refusals import guarded
from content.actions.settling import (
    lock_publication,
    out_of_line,
    put_in_line,
    refuse_unapproved,
)
from content.actions.telling import tell_freeze
from content.errors import ContentError, GateRefused
from content.events.posts import (
    FREEZE_BEGUN,
    FREEZE_LIFTED,
    PUBLICATION_FROZEN,
    PUBLICATION_FROZEN_IN_HAND,
    PUBLICATION_RELEASED,
)
from content.models import Freeze, Halt, NoticeKind, OpenedPublication, Publication
from content.models.freeze import ONE_FREEZE_AT_A_TIME
from govsocial.audit.actions import record, record_many
from govsocial.constraints import constraint_of
from govsocial.web.permissions import require

FROZEN = Publication.Status.FROZEN


@guarded("freeze")
def begin_freeze(
    *,
    actor: User,
    unit_id: int,
    kind: str,
    reason: str,
    official_account_id: int | None = None,
    spares_emergencies: bool = True,
    expected_until: datetime | None = None,
) -> Freeze:
    """Stop every pending publication of the unit and all below it, or of one account.

    What is being sent right now is on its way. That, and whatever failed or is not known to be out,
    is not sent again before an approver lets it go. Raises ``ContentError`` where the same is
    frozen already.
    """
    require(actor, "content.freeze", unit_id)
    if not reason.strip():
        raise ContentError(_("Give a reason."), field="reason")
    _check_account(unit_id, official_account_id)
    freeze = _begin(
        unit_id=unit_id,
        official_account_id=official_account_id,
        kind=kind,
        reason=reason.strip(),
        spares_emergencies=spares_emergencies,
        expected_until=expected_until,
        begun_by=actor,
    )
    _tell_begun(freeze, actor)
    return freeze


def _begin(**fields: Any) -> Freeze:
    """Its row: the trigger stops what it covers, and says which accounts these are."""
    try:
        with transaction.atomic():
            freeze = Freeze.objects.create(**fields)
    except IntegrityError as exc:
        if constraint_of(exc) != ONE_FREEZE_AT_A_TIME:
            raise
        raise ContentError(_("This is frozen already.")) from exc
    freeze.refresh_from_db(fields=["covered"])
    return freeze


def _tell_begun(freeze: Freeze, actor: User) -> None:
    halts = freeze.halts.select_related(
        "publication__post__current_version", "publication__official_account"
    )
    stopped = _once(halts.filter(at_once=True))
    in_hands = _once(
        halts.filter(publication__in=Publication.objects.filter(in_hand.IN_HAND), at_once=False)
    )
    record(
        FREEZE_BEGUN,
        actor=actor,
        target=freeze,
        occasion=freeze.kind,
        stopped=len(stopped),
        in_hands=len(in_hands),
        reason=freeze.reason,
    )
    tell_freeze(NoticeKind.FREEZE_BEGUN, freeze, by=actor)
    for event, rows in ((PUBLICATION_FROZEN, stopped), (PUBLICATION_FROZEN_IN_HAND, in_hands)):
        told = [(one.post, {"account": one.outlet, "reason": freeze.reason}) for one in rows]
        record_many(event, actor=actor, entries=told)


def _once(halts: QuerySet[Halt]) -> list[Publication]:
    """What was halted. What follows a post on an account stopped with it, and is told with it."""
    once = {
        (one.version_id, one.official_account_id): one
        for one in (halt.publication for halt in halts.order_by("-publication__part"))
    }
    return sorted(once.values(), key=lambda one: one.pk)


@guarded("lift")
def lift_freeze(*, actor: User, freeze_id: int, reason: str) -> Freeze:
    """End a freeze. What it stopped stays stopped until an approver lets each of it go."""
    freeze = Freeze.objects.select_for_update(of=("self",)).get(pk=freeze_id)
    require(actor, "content.freeze", freeze.unit_id)
    if freeze.lifted_at is not None:
        raise ContentError(_("Somebody has lifted this freeze meanwhile."))
    if not reason.strip():
        raise ContentError(_("Give a reason."), field="reason")
    freeze.lifted_by, freeze.lifted_at = actor, timezone.now()
    freeze.lift_reason = reason.strip()
    freeze.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    record(FREEZE_LIFTED, actor=actor, target=freeze, reason=freeze.lift_reason)
    tell_freeze(NoticeKind.FREEZE_LIFTED, freeze, by=actor)
    return freeze


@guarded("release")
def open_frozen(*, actor: User, publication_id: int) -> None:
    """Note that an approver has the page before them that shows what a frozen one would say, and
    what would follow it."""
    publication = Publication.objects.select_related("official_account").get(pk=publication_id)
    require(actor, "content.approve", publication.official_account.unit_id)
    shown = [publication.pk, *following.frozen_after(publication).values_list("pk", flat=True)]
    OpenedPublication.objects.bulk_create(
        [OpenedPublication(publication_id=one, person=actor) for one in shown],
        update_conflicts=True,
        unique_fields=["publication", "person"],
        update_fields=["opened_at"],
    )


@guarded("release")
def release_publication(*, actor: User, publication_id: int) -> Publication:
    """Let one frozen publication go again, and what follows it: an approver of post and account
    who wrote none of it and who opened it since it was frozen.

    Raises ``ContentError`` while a freeze covers it and when its approval no longer counts.
    """
    publication = lock_publication(publication_id)
    post, account = publication.post, publication.official_account
    require(actor, "content.approve", post.unit_id)
    require(actor, "content.approve", account.unit_id)
    if publication.status != Publication.Status.FROZEN:
        raise ContentError(_("This publication is not frozen."))
    if gate.wrote(actor, publication.version_id):
        raise GateRefused(_("Somebody who did not write it lets it go."), why="own_post")
    for unit_id in _units_of(publication):
        require(actor, "content.approve", unit_id)
    if actor.stands_in and not gate.may_decide(actor, publication.version_id, "content.approve"):
        raise GateRefused(
            _(
                "You stand in for somebody who wrote part of it or does not hold the role "
                "themselves. Somebody else lets it go."
            ),
            why="stands_in",
        )
    if gate.is_frozen(publication):
        raise GateRefused(_("The freeze has not been lifted yet."), why="frozen")
    refuse_unapproved(publication)
    for one in [publication, *following.after(publication).filter(status=FROZEN)]:
        _let_go(one, actor)
    record(
        PUBLICATION_RELEASED,
        actor=actor,
        target=post,
        account=publication.outlet,
        official_account_id=account.pk,
    )
    return publication


def _let_go(publication: Publication, actor: User) -> None:
    halts = publication.halts.filter(released_at=None)
    since = halts.values("halted_at")[:1]
    if not publication.opened.filter(person=actor, opened_at__gte=since).exists():
        raise GateRefused(_("Open what will go out first, then let it go."), why="not_opened")
    halts.update(released_by=actor, released_at=timezone.now())
    if not put_in_line(publication):
        raise out_of_line(publication)


def _units_of(publication: Publication) -> set[int]:
    meant = publication.version.content().texts.keys()
    return set(OfficialAccount.objects.filter(pk__in=meant).values_list("unit_id", flat=True))


def _check_account(unit_id: int, official_account_id: int | None) -> None:
    if official_account_id is None:
        return
    rows = OfficialAccount.objects.filter(pk=official_account_id, unit_id=unit_id)
    if not rows.exists():
        raise ContentError(_("This account does not belong to the unit."), field="official_account")

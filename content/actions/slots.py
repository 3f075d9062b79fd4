"""When accounts usually publish, and planning a post for the next time that is free."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, User
from content.actions.drafting import begin_post, edit_post
from content.documents import Document
from content.errors import ContentError
from content.events.slots import SLOT_ADDED, SLOT_REMOVED, SLOT_TAKEN
from content.models import Post, PublishingSlot, TakenSlot, Weekday
from content.models.ended import Ended
from content.models.slot import ONCE_AN_ACCOUNT
from content.policies import asked_for
from content.slots import WEEKS_AHEAD, FreeSlot, frozen_until, next_free
from govsocial.audit.actions import record
from govsocial.constraints import constraint_of
from govsocial.web.permissions import require

MOST_SLOTS = 60
"""Of one account."""


@transaction.atomic
def add_slots(
    *, actor: User, official_account_id: int, weekdays: Collection[int], at: time
) -> list[PublishingSlot]:
    """Give an account a slot at that time on each of these days, in the zone of its unit.

    Raises ``ContentError`` for one that it has already, then none is added.
    """
    account = OfficialAccount.objects.select_for_update(of=("self",)).get(pk=official_account_id)
    require(actor, "accounts.manage", account.unit_id)
    days = sorted({Weekday(day) for day in weekdays})
    if not days:
        raise ContentError(_("Choose at least one day."), field="weekdays")
    if account.publishing_slots.count() + len(days) > MOST_SLOTS:
        raise ContentError(
            _("An account has at most %(most)s slots.") % {"most": MOST_SLOTS},
            field="weekdays",
        )
    try:
        with transaction.atomic():
            added = [
                PublishingSlot.objects.create(
                    official_account=account, weekday=day, at=at, added_by=actor
                )
                for day in days
            ]
    except IntegrityError as exc:
        if constraint_of(exc) != ONCE_AN_ACCOUNT:
            raise
        raise ContentError(
            _("The account has a slot at this time on one of these days already."), field="at"
        ) from exc
    for slot in added:
        record(SLOT_ADDED, actor=actor, target=account, day=_day(slot), at=_time(slot))
    return added


@transaction.atomic
def remove_slot(*, actor: User, slot_id: int) -> OfficialAccount:
    """Take a slot away. What is planned for it stays planned."""
    rows = PublishingSlot.objects.select_for_update(of=("self",))
    slot = rows.select_related("official_account").get(pk=slot_id)
    account = slot.official_account
    require(actor, "accounts.manage", account.unit_id)
    day, at = _day(slot), _time(slot)
    slot.delete()
    record(SLOT_REMOVED, actor=actor, target=account, day=day, at=at)
    return account


def _day(slot: PublishingSlot) -> str:
    return Weekday(slot.weekday).name.lower()


def _time(slot: PublishingSlot) -> str:
    return slot.at.strftime("%H.%M")


@dataclass(frozen=True, slots=True)
class InSlot:
    """The post that was planned, and for which slot; None where the form was answered before."""

    post: Post
    slot: FreeSlot | None
    not_before: datetime | None = None
    """From when an approval counts until the slot; None where one given now does."""
    ended: Ended | None = None
    """What the save took from the post."""


@transaction.atomic
def save_in_free_slot(
    *,
    actor: User,
    document: Document,
    ticket: UUID,
    unit_id: int | None = None,
    post_id: int | None = None,
    based_on: int = 0,
    carried: Mapping[str, int] | None = None,
    from_bank: Collection[int] = (),
    known: str = "",
    voids: str = "",
    submits: bool = False,
    key: UUID | None = None,
) -> InSlot:
    """``begin_post`` in the unit, or ``edit_post``, planned for the next free slot of the accounts
    that the document is meant for; none that lies within a freeze which runs now.

    Whoever asks for a slot of an account waits for who asked before them, so two posts never get
    the same one. ``ticket`` is of one form: a form that was answered takes nothing more, and the
    post that it made is returned. Raises ``ContentError`` beside ``next_slot`` when there is none.
    """
    slots = _locked(document.texts)
    made = TakenSlot.objects.select_related("post__current_version").filter(ticket=ticket).first()
    if made is not None and post_id is None:
        if made.taken_by_id != actor.pk:
            raise ContentError(_("This form was answered already."), field="next_slot")
        return InSlot(made.post, None)
    free = next_free(slots, timezone.now(), but=post_id)
    if free is None:
        raise _none_free(slots)
    planned = replace(document, planned_at=free.at)
    if post_id is None:
        saved = begin_post(
            actor=actor, unit_id=unit_id or 0, document=planned, from_bank=from_bank, key=key
        )
    else:
        saved = edit_post(
            actor=actor,
            post_id=post_id,
            document=planned,
            based_on=based_on,
            carried=carried,
            from_bank=from_bank,
            known=known,
            voids=voids,
            submits=submits,
        )
        if made is not None:
            if made.post.current_version_id == saved.post.current_version_id:
                # Sent twice: the post says it already.
                return InSlot(saved.post, None)
            raise ContentError(_("This form was answered already."), field="next_slot")
    post, ended = saved.post, saved.ended
    TakenSlot.objects.create(ticket=ticket, post=post, at=free.at, taken_by=actor)
    record(SLOT_TAKEN, actor=actor, target=post, at=free.at.isoformat())
    return InSlot(post, free, _approvable_from(post, free.at), ended)


def _approvable_from(post: Post, at: datetime) -> datetime | None:
    """As policies stand now: they end an approval so many days after it was given."""
    version_id = post.current_version_id
    if version_id is None:
        return None
    begins = at - timedelta(days=asked_for(version_id).days)
    return begins if begins > timezone.now() else None


def _locked(account_ids: Iterable[int]) -> list[PublishingSlot]:
    rows = PublishingSlot.objects.select_for_update(of=("self",))
    return list(
        rows.filter(official_account__in=list(account_ids))
        .select_related("official_account__unit")
        .order_by("pk")
    )


def _none_free(slots: list[PublishingSlot]) -> ContentError:
    if not slots:
        message = _("None of the chosen accounts has slots. Choose a time instead.")
    elif frozen_until({one.official_account for one in slots}, timezone.now()):
        message = _(
            "Every slot of the chosen accounts in the next %(weeks)s weeks is taken or lies within "
            "a freeze. Choose a time instead."
        ) % {"weeks": WEEKS_AHEAD}
    else:
        message = _(
            "Every slot of the chosen accounts is taken in the next %(weeks)s weeks. Choose a time "
            "instead."
        ) % {"weeks": WEEKS_AHEAD}
    return ContentError(message, field="next_slot")

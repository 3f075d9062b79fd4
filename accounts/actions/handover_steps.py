from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions.guards import may_until_written
from accounts.actions.handover_seen import refuse_unseen, says_now
from accounts.actions.handovers import (
    locked_handover,
    refuse_over,
    refuse_stranger,
    takes_part,
)
from accounts.actions.official_accounts import today_of
from accounts.actions.outsiders import no_outsider
from accounts.checklists import CHECKLISTS, Side, item_of
from accounts.custody import checked_remark, refuse_remark
from accounts.details import problems
from accounts.errors import AccountError
from accounts.events_care import (
    HANDOVER_CHECKED,
    HANDOVER_SIGNED_IN,
    HANDOVER_SIGNED_IN_PLACE,
    HANDOVER_SIGNED_OUT,
)
from accounts.kept_values import changes_between, values_of_item
from accounts.models import Handover, HandoverItem, User
from accounts.names import one_line
from accounts.seen import mark_of_item
from accounts.tasks import tell_signed_in_place
from govsocial.audit.actions import record
from govsocial.audit.events import phrases
from govsocial.web.hidden_signs import readable
from govsocial.web.permissions import require

_STATES = {
    "open": gettext_noop("Not yet"),
    "done": gettext_noop("Done"),
    "not_needed": gettext_noop("Does not apply"),
}
phrases(*_STATES.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What somebody says about one item of the checklist.

    ``seen`` is the mark of what they were shown (``seen.mark_of_item``); None asks for nothing.
    """

    state: str
    note: str = ""
    holder: str = ""
    seen: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "note", readable(self.note))


def sides_of(handover: Handover, actor: User, *, manages: bool) -> set[Side]:
    """Which items ``actor`` may fill in: their own side's as long as that has not signed. A manager
    helps either side, but is no judge of the other side of what they hand or take over."""
    manages = manages and not takes_part(handover, actor)
    state = Handover.State
    sides: set[Side] = set()
    if handover.state == state.STARTED and (manages or actor.pk == handover.outgoing_id):
        sides.add(Side.OUTGOING)
    if handover.state in {state.STARTED, state.OUTGOING_SIGNED} and (
        manages or actor.pk == handover.incoming_id
    ):
        sides.add(Side.INCOMING)
    return sides


@may_until_written
@transaction.atomic
def check_items(*, actor: User, handover_id: int, checks: Mapping[str, Check]) -> Handover:
    """Fill in the checklist. Only what changed is written, each with who said so and when.

    What one side has signed for cannot be changed any more: then nothing is kept. Raises
    ``AccountError`` beside ``<key>-state`` of what somebody else changed since it was seen, beside
    ``<key>-note`` where "does not apply" gives no reason or a secret is written, and beside
    ``<key>-holder`` where it is not said who has what was handed over.
    """
    handover = locked_handover(handover_id)
    _require_part(actor, handover)
    refuse_over(handover)
    changed = []
    for item in handover.items.select_for_update():
        item.handover = handover
        check = checks.get(item.key)
        if check is not None and differs(item, check):
            changed.append((item, check))
    manages = actor.may("accounts.manage", handover.official_account.unit_id)
    sides = sides_of(handover, actor, manages=manages)
    _refuse_others([item for item, _check in changed], sides)
    for item, check in changed:
        if is_unseen(item, check):
            raise AccountError(changed_since(item), field=f"{item.key}-state")
        _keep(actor, item, check)
    return handover


def is_unseen(item: HandoverItem, check: Check) -> bool:
    """Whether ``check`` would undo what whoever says it was not shown."""
    return check.seen not in {None, mark_of_item(item)} and differs(item, check)


def changed_since(item: HandoverItem) -> str:
    """What an item says by now, and who said it, for somebody who was about to say otherwise."""
    return _(
        "This has changed since you opened it. It says now: %(now)s. "
        "Yours is not kept yet: save again to put it in its place."
    ) % {"now": says_now(item)}


def differs(item: HandoverItem, check: Check) -> bool:
    """Whether ``check`` says anything else than the item."""
    holder = check.holder if item.holds else item.holder
    return (check.state, check.note, holder) != (item.state, item.note, item.holder)


def _refuse_others(items: Sequence[HandoverItem], sides: set[Side]) -> None:
    """Raise ``AccountError`` that names every item of which somebody else has the say."""
    others = [str(item) for item in items if item.side not in sides]
    if others:
        raise AccountError(
            _("Not yours to fill in, or signed for already: %(items)s.")
            % {"items": "; ".join(others)}
        )


def mistakes_in(item: HandoverItem, check: Check) -> list[AccountError]:
    """All that must be mended in ``check`` before it can be kept, each beside its field."""
    found = []
    if check.state not in HandoverItem.State.values:
        found.append(AccountError(_("Choose one of the answers."), field=f"{item.key}-state"))
    if check.state == HandoverItem.State.NOT_NEEDED and not check.note:
        found.append(AccountError(_("Say why it does not apply."), field=f"{item.key}-note"))
    if trouble := refuse_remark(check.note):
        found.append(AccountError(trouble, field=f"{item.key}-note"))
    if item.holds:
        try:
            _holder_of(item, check)
        except AccountError as exc:
            found.append(exc)
    return found


def _keep(actor: User, item: HandoverItem, check: Check) -> None:
    for mistake in mistakes_in(item, check):
        raise mistake
    stood = values_of_item(item)
    if item.holds:
        item.holder = _holder_of(item, check)
        item.holder_before = getattr(item.handover.official_account, item.holds)
    item.state, item.note = check.state, check.note
    item.checked_by, item.checked_at = actor, timezone.now()
    item.save(
        update_fields=["state", "note", "holder", "holder_before", "checked_by", "checked_at"]
    )
    record(
        HANDOVER_CHECKED,
        actor=actor,
        target=item.handover,
        item=item_of(item.handover.checklist, item.key).words,
        state=_STATES[item.state],
        note=item.note,
        **changes_between(stood, values_of_item(item)),
    )


def _holder_of(item: HandoverItem, check: Check) -> str:
    """Who has it now, in words that the register takes: never the address or number itself."""
    field = f"{item.key}-holder"
    holder = one_line(check.holder, field)
    if check.state == HandoverItem.State.DONE and not holder:
        raise AccountError(_("Write who holds it now, by name or position."), field=field)
    today = today_of(item.handover.official_account)
    for _field, message in problems({item.holds: holder}, today=today):
        raise AccountError(message, field=field)
    return holder


@may_until_written
@transaction.atomic
def sign_handover(
    *, actor: User, handover_id: int, seen: Mapping[str, str] | None = None
) -> Handover:
    """Put one's own name to a handover: first who hands over, then who takes over.

    Nobody signs for somebody else here, nobody signs while something of theirs is open, and nobody
    signs another checklist than they were shown (``seen``, see ``refuse_unseen``).
    """
    handover = locked_handover(handover_id)
    _require_part(actor, handover)
    refuse_over(handover)
    # Asked first: what has changed since is no reason to read and sign once more.
    if _is_past(handover, actor):
        raise AccountError(_("You have signed already."))
    refuse_unseen(handover, seen)
    now = timezone.now()
    if actor.pk == handover.outgoing_id:
        _refuse_unsettled(handover, Side.OUTGOING)
        handover.state = Handover.State.OUTGOING_SIGNED
        handover.outgoing_signed_by, handover.outgoing_signed_at = actor, now
        handover.save(update_fields=["state", "outgoing_signed_by", "outgoing_signed_at"])
        record(HANDOVER_SIGNED_OUT, actor=actor, target=handover)
        return handover
    # A manager may fill in and cancel; signing is for the two.
    if actor.pk != handover.incoming_id:
        raise AccountError(_("Only who hands over and who takes over sign."))
    if handover.state == Handover.State.STARTED:
        raise AccountError(_("%(person)s has to sign first.") % {"person": handover.outgoing})
    _refuse_unsettled(handover, Side.OUTGOING, Side.INCOMING)
    refuse_stranger(handover.official_account, actor)
    handover.state = Handover.State.INCOMING_SIGNED
    handover.incoming_signed_by, handover.incoming_signed_at = actor, now
    with no_outsider(actor, field="incoming"):
        handover.save(update_fields=["state", "incoming_signed_by", "incoming_signed_at"])
    record(HANDOVER_SIGNED_IN, actor=actor, target=handover)
    return handover


@may_until_written
@transaction.atomic
def sign_in_place(
    *, actor: User, handover_id: int, reason: str, seen: Mapping[str, str] | None = None
) -> Handover:
    """Sign for a person who is gone, as a manager, with a reason; the record says so for good.

    They are told at once, should they not be gone. Somebody else completes the handover.
    """
    handover = locked_handover(handover_id)
    require(actor, "accounts.manage", handover.official_account.unit_id)
    if problem := in_place_problem(actor, handover):
        raise AccountError(problem)
    refuse_unseen(handover, seen)
    _refuse_unsettled(handover, Side.OUTGOING)
    handover.state = Handover.State.OUTGOING_SIGNED
    handover.outgoing_signed_by, handover.outgoing_signed_at = actor, timezone.now()
    handover.in_place_reason = checked_remark(reason, "reason")
    handover.save(
        update_fields=["state", "outgoing_signed_by", "outgoing_signed_at", "in_place_reason"]
    )
    record(
        HANDOVER_SIGNED_IN_PLACE,
        actor=actor,
        target=handover,
        outgoing=handover.outgoing.full_name,
        reason=handover.in_place_reason,
    )
    # Without a broker it is signed all the same, and their home page says so. No ``partial``: what
    # fails is logged by a name, which that has not.
    transaction.on_commit(lambda: tell_signed_in_place.delay(handover.pk), robust=True)
    return handover


def in_place_problem(actor: User, handover: Handover) -> str:
    """Why ``actor`` cannot sign for who hands over; empty when they can, if they manage."""
    if not handover.is_open:
        return _("This handover is over.")
    if handover.state != Handover.State.STARTED:
        return _("%(person)s has signed already.") % {"person": handover.outgoing}
    if actor.pk == handover.outgoing_id:
        return _("You hand over yourself: sign with your own name.")
    if actor.pk == handover.incoming_id:
        return _("You take over yourself: somebody else has to sign in their place.")
    return ""


def _is_past(handover: Handover, actor: User) -> bool:
    """Whether the signature that ``actor`` could give stands already."""
    if actor.pk == handover.outgoing_id:
        return handover.state != Handover.State.STARTED
    return actor.pk == handover.incoming_id and handover.state == Handover.State.INCOMING_SIGNED


def _require_part(actor: User, handover: Handover) -> None:
    if not takes_part(handover, actor):
        require(actor, "accounts.manage", handover.official_account.unit_id)


def _refuse_unsettled(handover: Handover, *sides: Side) -> None:
    keys = [item.key for item in CHECKLISTS[handover.checklist] if item.side in sides]
    left = handover.items.filter(key__in=keys, state=HandoverItem.State.OPEN).count()
    if left:
        raise AccountError(
            _("Settle the checklist before signing: %(left)s items are open.") % {"left": left}
        )

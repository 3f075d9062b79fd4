"""What one person sees of one handover, and what they may do next."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.actions.handover_steps import in_place_problem, sides_of
from accounts.actions.handovers import takes_part
from accounts.checklists import Side
from accounts.completing import signed_in_place, who_completes
from accounts.forms_care import ChecklistForm
from accounts.handles import WITH_HOST
from accounts.kept_values import LABELS
from accounts.models import Handover, HandoverItem, User
from accounts.models.administrator import unfinished_administrators
from accounts.seen import carried, marks_of_checklist
from accounts.snapshots import FIELDS, picture_of, told


class HandoverPage:
    """``handover`` comes with its checklist and scans. Decides nothing: the actions ask again."""

    def __init__(self, handover: Handover, user: User, data: QueryDict | None = None) -> None:
        self.handover = handover
        self.user = user
        self.manages = user.holds("accounts.manage", handover.official_account.unit_id)
        self.items = list(handover.items.all())
        self.problem = ""
        self.form = ChecklistForm(data, handover=handover, items=self.mine, others=self.theirs)

    @property
    def is_outgoing(self) -> bool:
        return self.user.pk == self.handover.outgoing_id

    @property
    def is_incoming(self) -> bool:
        return self.user.pk == self.handover.incoming_id

    @property
    def may_act(self) -> bool:
        return self.manages or takes_part(self.handover, self.user)

    def require_part(self) -> None:
        """Raise ``PermissionDenied`` for who may only look."""
        if not self.may_act:
            raise PermissionDenied

    @cached_property
    def mine(self) -> list[HandoverItem]:
        """The items that this person may fill in now."""
        sides = sides_of(self.handover, self.user, manages=self.manages)
        return [item for item in self.items if item.side in sides]

    @property
    def theirs(self) -> list[HandoverItem]:
        """The items that are only shown."""
        mine = {item.pk for item in self.mine}
        return [item for item in self.items if item.pk not in mine]

    @property
    def seen(self) -> str:
        """What the forms that sign and complete carry along: the checklist as it is shown."""
        return carried(marks_of_checklist(self.items))

    @property
    def settled(self) -> int:
        return sum(1 for item in self.items if item.is_settled)

    def _left(self, *sides: Side) -> int:
        return sum(1 for item in self.items if item.side in sides and not item.is_settled)

    @property
    def left_before_signing(self) -> int:
        """How many items are open that must be settled before the next signature."""
        if self.handover.state == Handover.State.STARTED:
            return self._left(Side.OUTGOING)
        return self._left(Side.OUTGOING, Side.INCOMING)

    @property
    def may_sign(self) -> bool:
        """Whether it is this person's turn to sign."""
        state = self.handover.state
        return (state == Handover.State.STARTED and self.is_outgoing) or (
            state == Handover.State.OUTGOING_SIGNED and self.is_incoming
        )

    @property
    def may_sign_in_place(self) -> bool:
        return self.manages and not in_place_problem(self.user, self.handover)

    @property
    def may_complete(self) -> bool:
        signed = self.handover.state == Handover.State.INCOMING_SIGNED
        barred = takes_part(self.handover, self.user) or signed_in_place(self.handover, self.user)
        may = signed and self.manages and not barred
        return may and not self.handover.official_account.is_closed and self._has_a_receiver

    @cached_property
    def _has_a_receiver(self) -> bool:
        """Whether who takes over may do so now: nobody who is deactivated has a role."""
        unit_id = self.handover.official_account.unit_id
        return self.handover.incoming.holds("accounts.view", unit_id)

    @property
    def changes(self) -> list[str]:
        """What completing would change today in who works on the account and answers for it."""
        handover, account = self.handover, self.handover.official_account
        today = account.unit.today
        rows = account.administrators.filter(unfinished_administrators(today))
        unfinished = list(rows.filter(user__in=[handover.outgoing_id, handover.incoming_id]))
        told = []
        if any(one.user_id == handover.outgoing_id for one in unfinished):
            told.append(
                _("The assignment of %(person)s ends today.") % {"person": handover.outgoing}
            )
        if not any(
            one.user_id == handover.incoming_id and one.starts_on <= today for one in unfinished
        ):
            told.append(
                _("The assignment of %(person)s begins today.") % {"person": handover.incoming}
            )
        if handover.moves_charge and account.person_in_charge_id != handover.incoming_id:
            told.append(
                _("%(person)s becomes the person in charge.") % {"person": handover.incoming}
            )
        return [*told, *self._custody]

    @property
    def _custody(self) -> list[str]:
        """Who holds what afterwards, where the register says otherwise now."""
        account, done = self.handover.official_account, HandoverItem.State.DONE
        return [
            _("%(field)s: %(before)s → %(after)s.")
            % {
                "field": LABELS[item.holds],
                "before": now or _("not given"),
                "after": item.holder,
            }
            for item in self.items
            if item.holds and item.holder and item.state == done
            if (now := getattr(account, item.holds)) != item.holder
        ]

    @property
    def days_late(self) -> int:
        """Whole days since the due day, 0 when it is not over yet or the handover is."""
        if not self.handover.is_open:
            return 0
        return max((self.handover.official_account.unit.today - self.handover.due_on).days, 0)

    @property
    def next_step(self) -> str:
        """Who has to do what now."""
        handover, state = self.handover, Handover.State
        if handover.is_open and not handover.incoming.is_active:
            return _(
                "%(person)s is deactivated and cannot take the account over: cancel this handover."
            ) % {"person": handover.incoming}
        if handover.is_open and handover.official_account.is_closed:
            return _("The account was closed meanwhile: cancel this, or reopen the account first.")
        if handover.is_open and not self._has_a_receiver:
            return _(
                "%(person)s has no role in %(unit)s now and cannot take the account over: give "
                "them a role there again, or cancel this handover and start another."
            ) % {"person": handover.incoming, "unit": handover.official_account.unit.name}
        if handover.state == state.STARTED:
            return self._outgoing_step
        if handover.state == state.OUTGOING_SIGNED:
            return _("%(person)s settles the checklist and signs.") % {"person": handover.incoming}
        if handover.state == state.INCOMING_SIGNED:
            return who_completes(handover)
        return ""

    @property
    def _outgoing_step(self) -> str:
        """What who hands over has to do. They sign wherever they have a role by now."""
        person = self.handover.outgoing
        if person.holds("accounts.view"):
            return _("%(person)s settles the checklist and signs.") % {"person": person}
        if person.is_active:
            words = _(
                "%(person)s has no role now and cannot sign: give them a role again, or an "
                "administrator signs in their place, or cancels this handover."
            )
        else:
            words = _(
                "%(person)s is deactivated and cannot sign: an administrator signs in their "
                "place, or cancels this handover."
            )
        return words % {"person": person}

    @property
    def steps(self) -> list[dict[str, object]]:
        """The way of a handover, for components/steps.html."""
        order = [
            (Handover.State.STARTED, _("Start")),
            (Handover.State.OUTGOING_SIGNED, _("Handing over")),
            (Handover.State.INCOMING_SIGNED, _("Taking over")),
            (Handover.State.COMPLETED, _("Finished")),
        ]
        reached = self._reached()
        steps: list[dict[str, object]] = []
        for place, (_state, label) in enumerate(order):
            mark = "done" if place < reached else ""
            if place == reached:
                mark = "current" if self.handover.is_open else "failed"
            steps.append({"label": label, "state": mark})
        return steps

    def _reached(self) -> int:
        """How many steps are done."""
        handover = self.handover
        if handover.state == Handover.State.COMPLETED:
            return 4
        if handover.incoming_signed_at:
            return 3
        return 2 if handover.outgoing_signed_at else 1

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The register row for the minutes: as it was kept at the end, or as it is now."""
        picture: dict[str, Any] = self.handover.snapshot or picture_of(
            self.handover.official_account
        )
        left_out = {"connection", "platform_id"}
        if picture["platform"] not in WITH_HOST:
            left_out.add("host")
        return [
            (str(label), told(picture, field))
            for field, (label, _question) in FIELDS.items()
            if field in picture and field not in left_out
        ]

"""Whoever tries to get around the gate leaves an entry in the trail."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, Unit, User
from content.errors import GateRefused
from content.events.posts import GATE_REFUSED
from content.models import (
    ApprovalPolicy,
    DraftImport,
    Freeze,
    Post,
    Publication,
    Retrospective,
    Withdrawal,
)
from govsocial import clocks
from govsocial.audit.actions import record
from govsocial.constraints import constraint_of
from govsocial.transactions import whole

P = ParamSpec("P")
T = TypeVar("T")

CHECK_VIOLATION = "23514"

_is_trying: ContextVar[bool] = ContextVar("is_trying", default=False)

_TARGETS: dict[str, Callable[[Any], Model]] = {
    "post_id": lambda pk: Post.objects.get(pk=pk),
    "publication_id": lambda pk: Publication.objects.select_related("post").get(pk=pk).post,
    "retrospective_id": lambda pk: (
        Retrospective.objects.select_related("review__post").get(pk=pk).review.post
    ),
    "withdrawal_id": lambda pk: (
        Withdrawal.objects.select_related("publication__post").get(pk=pk).publication.post
    ),
    "policy_id": lambda pk: ApprovalPolicy.objects.get(pk=pk),
    "freeze_id": lambda pk: Freeze.objects.get(pk=pk),
    "import_id": lambda pk: DraftImport.objects.select_related("unit").get(pk=pk).unit,
    "unit_id": lambda pk: Unit.objects.get(pk=pk),
    "covered": lambda covered: Unit.objects.get(pk=covered.unit_id),
}


def guarded(attempt: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """One transaction for the action; its refusal is told in another one after it, and raised on.

    The action may run up to three times (``govsocial.transactions.whole``): it writes rows, and
    speaks to nobody outside before ``on_commit``.

    ``attempt`` is a key of the words of ``GATE_REFUSED``. What was merely left out or typed wrong
    (a plain ``ContentError``) is nobody's attempt.
    """

    def decorate(action: Callable[P, T]) -> Callable[P, T]:
        @wraps(action)
        def tried(*args: P.args, **named: P.kwargs) -> T:
            if _is_trying.get():
                # Part of another action, which tells what is refused when all of it is undone.
                with transaction.atomic():
                    return action(*args, **named)
            trying = _is_trying.set(True)
            try:
                return whole(action)(*args, **named)
            except IntegrityError as exc:
                # What was true when the action asked is so no more: a role that ended, a freeze
                # that began, an approval that ran out, in between.
                if not _is_of_the_gate(exc):
                    raise
                refusal = _refused_in_between()
                _tell(attempt, refusal, named)
                raise refusal from exc
            except (PermissionDenied, GateRefused) as exc:
                _tell(attempt, exc, named)
                raise
            finally:
                _is_trying.reset(trying)

        return tried

    return decorate


def _refused_in_between() -> GateRefused:
    """What a person reads of a rule of a trigger that the action had asked in vain."""
    apart = abs(clocks.ahead())
    if apart >= clocks.APART:
        told = _(
            "The database refused this. Its clock and that of the application differ by "
            "%(seconds)s seconds, which may be why. Tell whoever runs the application."
        ) % {"seconds": round(apart.total_seconds())}
        return GateRefused(told, why="clocks_differ")
    return GateRefused(
        _("Something that this needs has changed meanwhile. Open it again."),
        why="changed_meanwhile",
    )


def _is_of_the_gate(exc: IntegrityError) -> bool:
    """Whether a rule of a trigger refused. Unlike a constraint, that has no name."""
    is_a_rule = getattr(exc.__cause__, "pgcode", "") == CHECK_VIOLATION
    return is_a_rule and not constraint_of(exc)


def _tell(attempt: str, exc: PermissionDenied | GateRefused, named: dict[str, Any]) -> None:
    key = next(name for name in _TARGETS if name in named)
    why = exc.why if isinstance(exc, GateRefused) else "no_right"
    with transaction.atomic():
        record(
            GATE_REFUSED,
            actor=named["actor"],
            target=_TARGETS[key](named[key]),
            attempt=attempt,
            why=why,
        )
    exc.is_told = True  # type: ignore[union-attr]  # read by the door of the web


def tell_accounts_out_of_reach(*, actor: User, account_ids: Collection[int], attempt: str) -> None:
    """Tell of the first account of a form that its sender may not write for: no page offers it. The
    form refuses it by itself, so no action is asked."""
    named = OfficialAccount.objects.filter(pk__in=account_ids).order_by("pk")
    forged = next((one for one in named if not actor.may("content.draft", one.unit_id)), None)
    if forged is not None:
        with transaction.atomic():
            record(GATE_REFUSED, actor=actor, target=forged, attempt=attempt, why="no_right")

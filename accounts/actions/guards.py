"""What several actions on people ask before they change anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.capabilities import roles_with
from accounts.errors import AccountError, lacks_right
from accounts.models import Grant, Unit, User
from accounts.models.people import grants_not_over
from accounts.selectors import units_belonged_to
from govsocial.web.permissions import require

Asked = ParamSpec("Asked")
Done = TypeVar("Done")
# Any number, as long as no other advisory lock of the application uses it.
_PEOPLE_LOCK = 7_301_001
_TREE_LOCK = 7_301_003


def one_at_a_time() -> None:
    """Wait until no other transaction changes units, people or roles.

    Row locks are not enough here: two administrators who deactivate each other lock two different
    rows, and each would still find the other one active. Such changes are rare; a queue is fine.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_PEOPLE_LOCK])


def wait_for_rights() -> None:
    """Before a unit moves: wait until no other transaction writes by a right that was asked for
    (``hold_rights``), since a right reaches as far as the tree of units does. Such a move is rare,
    so it waits for all of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE_LOCK])


def wait_for_rights_of(user_id: int) -> None:
    """Before the rights of a person end: wait until what they write now is written. What they begin
    after that waits in turn; at the row alone it would go first, and whoever goes on writing could
    not be shut out. After ``one_at_a_time``."""
    hold(_rights_of(user_id))


def _rights_of(user_id: int) -> str:
    return f"rights {user_id}"


def hold(name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until this one ends. No row is
    locked: nobody waits but for the same name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


@contextmanager
def alone_with(name: str) -> Iterator[bool]:
    """Whether no other session holds this name. If so, hold it meanwhile, over any number of
    transactions: for what takes long and is done outside of them. PostgreSQL lets it go with the
    session, so that a process that is killed leaves nothing behind. Not inside of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        is_held: bool = cursor.fetchone()[0]
    try:
        yield is_held
    finally:
        if is_held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def may_until_written(action: Callable[Asked, Done]) -> Callable[Asked, Done]:
    """Around an action that writes what only who may writes: where the role of the actor ends after
    ``require`` asked, the database refuses, and they are told as if it had ended before."""

    @wraps(action)
    def guarded(*args: Asked.args, **kwargs: Asked.kwargs) -> Done:
        try:
            return action(*args, **kwargs)
        except IntegrityError as exc:
            if not lacks_right(exc):
                raise
            raise _no_right() from exc

    return guarded


def require_until_written(actor: User, capability: str, unit_id: int) -> None:
    """``require``, for what writes rows that do not say by whom, so that no trigger can ask again:
    see ``hold_rights``."""
    hold_rights(actor)
    require(actor, capability, unit_id)


def hold_rights(actor: User) -> None:
    """Before a question about the rights of the actor: whoever ends a role of theirs, shuts them
    out or moves a unit waits until this transaction is over; and who came first is waited for
    (``wait_for_rights``, ``wait_for_rights_of``; the rows are for who knows of neither). After the
    rows that are to be written, which everybody locks first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s),"
            " pg_advisory_xact_lock_shared(hashtextextended(%s, 0))",
            [_TREE_LOCK, _rights_of(actor.pk)],
        )
        cursor.execute(
            "SELECT FROM accounts_grant one JOIN accounts_user person ON person.id = one.user_id"
            " WHERE person.id = %s FOR SHARE",
            [actor.pk],
        )


def _no_right() -> PermissionDenied:
    return PermissionDenied(_("You do not have the right to do this here."))


def locked_user(user_id: int) -> User:
    wait_for_rights_of(user_id)
    return User.objects.select_for_update().get(pk=user_id, is_system=False)


def require_over(actor: User, user: User) -> int | None:
    """Raise ``PermissionDenied`` unless ``actor`` administers every unit that ``user`` belongs to.
    Returns one of the units, for the trail."""
    units = units_belonged_to(user)
    if not units:
        raise _no_right()
    for unit_id in units:
        require(actor, "people.manage", unit_id)
    return min(units)


def require_whole_agency(actor: User) -> None:
    """Raise ``PermissionDenied`` unless ``actor`` keeps the accounts of a unit with none above."""
    tops = Unit.objects.filter(parent=None).values_list("pk", flat=True)
    if not any(actor.may("accounts.manage", unit_id) for unit_id in tops):
        raise _no_right()


def refuse_self(actor: User, user: User, message: str) -> None:
    if actor.pk == user.pk:
        raise AccountError(message)


def keep_an_administrator(*, without: Grant | User) -> None:
    """Raise ``AccountError`` when the top unit would be left without an administrator.

    Another active person must hold the role there without an end date: one whose time runs out
    would only put the problem off.
    """
    own = Q(pk=without.pk) if isinstance(without, Grant) else Q(user=without)
    mine = Grant.objects.filter(own, role__in=roles_with("people.manage"), unit__parent=None)
    now = timezone.now()
    for unit_id in set(mine.filter(grants_not_over(now)).values_list("unit_id", flat=True)):
        others = Grant.objects.filter(
            role__in=roles_with("people.manage"),
            unit_id=unit_id,
            user__is_active=True,
            starts_at__lte=now,
            ends_at=None,
        ).exclude(own)
        if not others.exists():
            raise AccountError(
                _(
                    "This is the last administrator of the whole agency. "
                    "Make somebody else administrator there first."
                )
            )

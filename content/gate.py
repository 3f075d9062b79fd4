"""What the gate says, asked of the database: the triggers ask the same functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    F,
    Func,
    OuterRef,
    Q,
    TextField,
    Value,
)

from accounts.capabilities import roles_with

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from content.models import Publication


def is_approved(version_id: int) -> bool:
    """Whether the decisions that this version needs exist and still count."""
    return _asked("SELECT content_is_approved(%s)", version_id)


def is_frozen(publication: Publication) -> bool:
    """Whether a freeze keeps it from going out now."""
    return _asked(
        "SELECT content_is_frozen(%s, %s)", publication.official_account_id, publication.version_id
    )


def is_halted(publication: Publication) -> bool:
    """Whether a freeze keeps it from going out, or one did and nobody has let it go since."""
    stopped = publication.pk and publication.halts.filter(released_at=None).exists()
    return bool(stopped) or is_frozen(publication)


class Again(NamedTuple):
    """How a failed publication stands, were it to go again now."""

    is_frozen: bool
    is_halted: bool
    """A freeze has stopped it, and nobody has let it go since: it may wait for that."""
    counts: bool
    """Its approval does, and where it was paid for it says so."""


def again(publication: Publication) -> Again:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT content_is_frozen(%(account)s, %(version)s), EXISTS (SELECT 1 FROM content_halt"
            " WHERE publication_id = %(id)s AND released_at IS NULL),"
            " content_is_approved(%(version)s) AND content_is_labelled(%(version)s)",
            {
                "account": publication.official_account_id,
                "version": publication.version_id,
                "id": publication.pk,
            },
        )
        return Again(*cursor.fetchone())


def is_withdrawn(publication: Publication) -> bool:
    """Whether somebody has withdrawn it, be it out by then or not."""
    return _asked(
        "SELECT EXISTS (SELECT 1 FROM content_withdrawal WHERE publication_id = %s)",
        publication.pk,
    )


def was_halted(publication: Publication, at: datetime) -> bool:
    """Whether it was stopped at that time, and not let go yet."""
    halts = publication.halts.filter(halted_at__lte=at)
    return halts.filter(Q(released_at=None) | Q(released_at__gt=at)).exists()


def wrote(person: User, version_id: int) -> bool:
    """Whether this person wrote any part of a version: of an earlier one of its post too, of what
    the post corrects, continues or was copied from, of the idea that it was begun with, of what it
    took over from the message bank, and of what it shows."""
    return _asked("SELECT content_wrote(%s, %s)", person.pk, version_id)


class Relation(NamedTuple):
    """How somebody who is about to decide stands to a version."""

    wrote: bool
    """See ``wrote``."""
    acts_for: int | None
    """The id of the person in whose place they decide: where no role of their own carries the
    right, but one that they hold on behalf of another."""
    may: bool
    """Whether a role counts here: in the place of who wrote it or decided on it, none does."""


def relation(person: User, version_id: int, roles: Iterable[str]) -> Relation:
    """One query; ``roles`` are those that carry the right to decide."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT content_wrote(%(person)s, %(version)s),"
            " content_acts_for(%(person)s, %(version)s, %(roles)s),"
            " content_may_decide(%(person)s, %(version)s, %(roles)s)",
            {"person": person.pk, "version": version_id, "roles": list(roles)},
        )
        return Relation(*cursor.fetchone())


def wrote_how(person: User, version_id: int) -> str:
    """What of it they wrote: "words", "idea", "template", "narrative", "alt" or "picture"; "" for
    nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT content_wrote_how(%s, %s)", [person.pk, version_id])
        (how,) = cursor.fetchone()
    return str(how)


def wrote_how_where(person: User, version: str) -> Func:
    """``wrote_how`` in a query; None where ``version`` leads to none."""
    return Func(
        Value(person.pk), F(version), function="content_wrote_how", output_field=CharField()
    )


def wrote_where(person: User | F | OuterRef, version: str | int) -> Func:
    """``wrote`` in a query; ``version`` leads to the version, or is its id."""
    who = person if isinstance(person, F | OuterRef) else Value(person.pk)
    what = F(version) if isinstance(version, str) else Value(version)
    return Func(who, what, function="content_wrote", output_field=BooleanField())


def may_decide(person: User, version_id: int, capability: str) -> bool:
    """``may_decide_where`` of one person and one version."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT content_may_decide(%s, %s, %s)",
            [person.pk, version_id, roles_with(capability)],
        )
        (answer,) = cursor.fetchone()
    return bool(answer)


def took_part(person: User | OuterRef) -> Q:
    """Decisions that somebody took, or that another took in their place."""
    return Q(decider=person) | Q(on_behalf_of=person)


def may_decide_where(person: User | F, version: str | int, capability: str) -> Func:
    """In a query, whether a role with the capability reaches wherever a version goes. One that they
    hold in the place of who wrote it, or of who decided on it already, does not count."""
    return Func(
        person if isinstance(person, F) else Value(person.pk),
        F(version) if isinstance(version, str) else Value(version),
        roles_value(roles_with(capability)),
        function="content_may_decide",
        output_field=BooleanField(),
    )


def acts_for_where(person: User, version: str, roles: Any) -> Func:
    """In a query, the id of the person in whose place they would decide on a version: see
    ``Relation.acts_for``. ``roles`` are the names of those that carry the right, or an expression
    that gives them."""
    return Func(
        Value(person.pk),
        OuterRef(version),
        roles if hasattr(roles, "resolve_expression") else roles_value(roles),
        function="content_acts_for",
        output_field=BigIntegerField(),
    )


def roles_value(roles: Iterable[str]) -> Value:
    return Value(list(roles), output_field=ArrayField(TextField()))


def share_account(account_id: int) -> None:
    """Hold an account as it is until the end of the transaction, beside others who do so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM accounts_officialaccount WHERE id = %s FOR SHARE", [account_id]
        )


def media_is_complete(version_id: int) -> bool:
    """Whether what it shows is described, and may be shown now by its rights and consents."""
    return _asked("SELECT content_media_is_complete(%s)", version_id)


def is_labelled(version_id: int) -> bool:
    """Whether every text of it tells readers that it was paid for, if money was spent on it."""
    return _asked("SELECT content_is_labelled(%s)", version_id)


def says_label(version_id: int | None, label: str) -> bool:
    """Whether every text of a version has ``label`` as words of its own, or as a hashtag."""
    return _asked("SELECT content_says_label(%s, %s)", version_id, label)


def can_be_looked_at(version_id: int) -> bool:
    """Whether something of an emergency is out, or nothing of it can go out any more."""
    return _asked("SELECT content_can_be_looked_at(%s)", version_id)


def can_be_looked_at_where(version: str) -> Func:
    """``can_be_looked_at`` in a query; ``version`` leads to the version."""
    return Func(F(version), function="content_can_be_looked_at", output_field=BooleanField())


def share_accounts(account_ids: Iterable[int]) -> None:
    """``share_account`` of several, in the order in which a freeze holds them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM accounts_officialaccount WHERE id = ANY (%s) ORDER BY id FOR SHARE",
            [list(account_ids)],
        )


def _asked(question: str, *about: int | str | None) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, about)
        (answer,) = cursor.fetchone()
    return bool(answer)

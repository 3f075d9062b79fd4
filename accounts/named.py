"""Who of the people whom the register names has a role on the unit of the account, or above.

Nobody else is named; but a role may end afterwards, and an account may move to another unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, F, Func, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import AccountError
from accounts.models import Administrator, Handover, OfficialAccount, Unit, User
from accounts.models.administrator import runs_on, unfinished_administrators
from accounts.models.rights import with_given, with_held
from accounts.seen import mark
from accounts.snapshots import running_of

# Conditions about thousands of accounts walk up from all units at once, and join nothing of the
# query that they stand in: see ``compliance_rules``. They join what is held where piece by piece,
# which costs the same however many people have a role at the top of however many units.
_GIVEN = with_given("accounts.view")
_ANSWERED_FOR = f"""
    {_GIVEN}
    SELECT account.id FROM accounts_officialaccount account
    JOIN above ON above.unit_id = account.unit_id
    JOIN given ON given.user_id = account.person_in_charge_id AND given.unit_id = above.id
"""  # noqa: S608  # our own words
# Two different people: the lowest key is not the highest, which needs no sorting as counting each
# once does. The days are those of ``running_administrators``.
_ADMINISTERED = f"""
    {_GIVEN}
    SELECT account.id FROM accounts_administrator one
    JOIN accounts_officialaccount account ON account.id = one.official_account_id
    JOIN above ON above.unit_id = account.unit_id
    JOIN given ON given.user_id = one.user_id AND given.unit_id = above.id
    WHERE one.starts_on <= %s AND (one.ends_on IS NULL OR one.ends_on >= %s)
    GROUP BY account.id
    HAVING min(one.user_id) < max(one.user_id)
"""  # noqa: S608  # our own words
# Who answers for them, and who works on them on the day that it is where they are: asked once for
# each unit, not for each person; and each person once for each unit, not for each account.
_NAMING_OUTSIDERS = f"""
    {_GIVEN}, there AS MATERIALIZED (
        SELECT id, timezone(time_zone, %s)::date AS today FROM accounts_unit
    ), named AS (
        SELECT account.id, account.unit_id, account.person_in_charge_id AS user_id
        FROM accounts_officialaccount account
        WHERE account.person_in_charge_id IS NOT NULL
        UNION ALL
        SELECT account.id, account.unit_id, one.user_id
        FROM accounts_administrator one
        JOIN accounts_officialaccount account ON account.id = one.official_account_id
        JOIN there ON there.id = account.unit_id
        WHERE one.starts_on <= there.today
          AND (one.ends_on IS NULL OR one.ends_on >= there.today)
    ), people AS MATERIALIZED (
        SELECT DISTINCT unit_id, user_id FROM named
    ), outsiders AS MATERIALIZED (
        SELECT people.unit_id, people.user_id FROM people
        JOIN above ON above.unit_id = people.unit_id
        LEFT JOIN given ON given.user_id = people.user_id AND given.unit_id = above.id
        GROUP BY people.unit_id, people.user_id
        HAVING count(given.user_id) = 0
    )
    SELECT named.id FROM named JOIN outsiders USING (unit_id, user_id)
"""  # noqa: S608  # our own words
_THESE = "SELECT id, id FROM unnest(%s::bigint[]) AS units (id)"


def answered_for() -> Q:
    """That the person in charge may confirm the account today."""
    return Q(pk__in=RawSQL(_ANSWERED_FOR, []))  # noqa: S611  # our own words


def administered(today: date) -> Q:
    """That two people who have a role there work on the account on this day."""
    return Q(pk__in=RawSQL(_ADMINISTERED, [today, today]))  # noqa: S611  # our own words


def names_outsiders() -> Q:
    """That the account names somebody today who has no role on its unit: ``outsiders_of`` says
    whom."""
    return Q(pk__in=RawSQL(_NAMING_OUTSIDERS, [timezone.now()]))  # noqa: S611  # our own words


class WithARole(Func):
    """The keys of everybody who has a role on the unit of one account: for a page or a card, not
    for a list, which asks ``people_with_a_role`` once."""

    template = f"""ARRAY(
        {with_held("accounts.view", "SELECT %(expressions)s, %(expressions)s")}
        SELECT DISTINCT held.user_id FROM held
    )"""  # noqa: S608  # our own words
    output_field = ArrayField(BigIntegerField())

    def __init__(self, unit: str = "unit_id") -> None:
        super().__init__(F(unit))


def people_with_a_role(units: Collection[int], people: Collection[int]) -> dict[int, set[int]]:
    """By unit, which of these people have a role there. One query."""
    return people_with("accounts.view", units, people)


def people_with(
    capability: str, units: Collection[int], among: Collection[int] | None = None
) -> dict[int, set[int]]:
    """By unit, who holds ``capability`` there now; of these people or of all. One query."""
    asked = f"""
        {with_held(capability, _THESE)}
        SELECT DISTINCT held.unit_id, held.user_id FROM held
        WHERE %s::bigint[] IS NULL OR held.user_id = ANY(%s)
    """  # noqa: S608  # our own words
    people = None if among is None else list(among)
    with connection.cursor() as cursor:
        cursor.execute(asked, [list(units), people, people])
        found: dict[int, set[int]] = defaultdict(set)
        for unit_id, user_id in cursor.fetchall():
            found[unit_id].add(user_id)
    return found


def with_who_may_answer(accounts: Collection[OfficialAccount]) -> None:
    """Give accounts that were read ``with_a_role``: who is in charge of them, where they have a
    role there. One query, and none for no accounts."""
    in_charge = {one.person_in_charge_id for one in accounts if one.person_in_charge_id}
    units = {one.unit_id for one in accounts}
    held = people_with_a_role(units, in_charge) if in_charge else {}
    for account in accounts:
        account.with_a_role = held.get(account.unit_id, set())  # type: ignore[attr-defined]  # what pages read


def with_who_may_take_over(handovers: Collection[Handover]) -> None:
    """Give handovers that are open ``with_a_role``: who takes the account over, where they have a
    role on its unit. One query, and none where nothing is open."""
    waiting = [one for one in handovers if one.is_open]
    units = {one.official_account.unit_id for one in waiting}
    held = people_with_a_role(units, {one.incoming_id for one in waiting}) if waiting else {}
    for one in waiting:
        one.with_a_role = held.get(one.official_account.unit_id, set())  # type: ignore[attr-defined]  # what pages read


def with_administering_outsiders(accounts: Iterable[OfficialAccount]) -> None:
    """Give accounts of ``compliance.with_what_rules_read`` their ``outsiders``: who works on them
    today and has no role on their unit, apart from the person in charge. One query."""
    found: dict[OfficialAccount, set[int]] = {}
    for account in accounts:
        today, read = account.unit.today, getattr(account, "assignments", [])
        running = {one.user_id for one in read if runs_on(one.starts_on, one.ends_on, today)}
        found[account] = running - {account.person_in_charge_id} - account.with_a_role  # type: ignore[attr-defined]  # as read
    people = User.objects.filter(pk__in=set().union(*found.values()))
    in_order = list(people.order_by("full_name", "pk"))
    for account, keys in found.items():
        account.outsiders = [one for one in in_order if one.pk in keys]  # type: ignore[attr-defined]  # what the page reads


def seen_with(digest: str, outsiders: Collection[str]) -> str:
    """What a card carries of the register row that it shows, and of whom it names as outsiders:
    they are no part of the row, for a role may end at any time."""
    return mark([digest, *outsiders]) if outsiders else digest


def outsiders_of(accounts: Collection[OfficialAccount]) -> dict[int, list[str]]:
    """By account, the names of those whom it names today and who have no role on its unit. Two
    queries, and one more where accounts were not read by ``snapshots.with_register_row``."""
    named: dict[int, dict[int, str]] = {}
    for account in accounts:
        in_charge: User | None = account.person_in_charge
        people = {one.user_id: str(one.user) for one in running_of(account)}
        named[account.pk] = people | ({in_charge.pk: str(in_charge)} if in_charge else {})
    units = {account.unit_id for account in accounts}
    held = people_with_a_role(units, {key for people in named.values() for key in people})
    return {
        account.pk: [
            name for key, name in named[account.pk].items() if key not in held[account.unit_id]
        ]
        for account in accounts
    }


def left_behind(account: OfficialAccount, unit: Unit) -> list[User]:
    """Who works on the account, today or later, and has a role on its unit, but none on one that it
    may move to: who has none already counts as little there as before."""
    assigned = Administrator.objects.filter(
        unfinished_administrators(account.unit.today), official_account=account
    )
    people = User.objects.filter(pk__in=assigned.order_by().values("user")).order_by(
        "full_name", "pk"
    )
    known = people_with_a_role([account.unit_id, unit.pk], [one.pk for one in people])
    return [one for one in people if one.pk in known[account.unit_id] - known[unit.pk]]


def mark_of_left_behind(unit: Unit, people: Iterable[User]) -> str:
    """What a form carries of whom it named as left behind by a move to the unit."""
    return mark([unit.pk, *sorted(one.pk for one in people)])


def refuse_leaving_behind(account: OfficialAccount, unit: Unit, seen: str) -> None:
    """Raise ``AccountError`` where a move would leave people behind who were not named before.

    It ends nobody's work: on the platform they can sign in as before, and the register says so.
    """
    people = left_behind(account, unit)
    if people and seen != mark_of_left_behind(unit, people):
        raise AccountError(
            _(
                "Without a role on %(unit)s: %(people)s. After the move they still stand here as "
                "administrators of the account, but no longer count as such. Give them a role "
                "there first, or save again to move the account all the same."
            )
            % {"unit": unit, "people": ", ".join(str(one) for one in people)},
            field="unit",
        )

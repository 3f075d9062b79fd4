"""What the database asks of the people whom the register names, whoever writes them there.

The actions ask the same when they name somebody, or let somebody go on for longer, and not again of
who is named already: a role may end, and until somebody else is named the register says who it was.
"""

from __future__ import annotations

import pgtrigger

from accounts.errors import WITH_A_ROLE
from accounts.models.rights import holds, with_held
from govsocial.web.as_of_now import as_of_now

# The system and who is deactivated hold no role.
_IN_CHARGE = "Who is in charge of an account has a role on its unit."
_ASSIGNED = "Who works on an account has a role on its unit."


def refuse_outsider(words: str) -> str:
    """The statement with which a trigger refuses a person: ``errors.lacks_role`` knows it again."""
    return (
        f"RAISE EXCEPTION '{words}' "
        f"USING ERRCODE = 'check_violation', CONSTRAINT = '{WITH_A_ROLE}';"
    )


def _all_hold_a_role(named: str, words: str) -> str:
    """Of thousands that are imported at once nobody is asked about alone.

    The question is planned anew each time: the plan for the one person of an earlier statement
    takes ten times as long for thousands.
    """
    units = f"SELECT unit, unit FROM ({named}) AS one (who, unit)"  # noqa: S608  # our own names
    return as_of_now(f"""
        EXECUTE $ask$
            {with_held("accounts.view", units)}
            SELECT EXISTS (
                SELECT FROM ({named}) AS one (who, unit)
                WHERE NOT EXISTS (
                    SELECT FROM held WHERE held.user_id = one.who AND held.unit_id = one.unit
                )
            )
        $ask$ INTO has_outsiders;
        IF has_outsiders THEN
            {refuse_outsider(words)}
        END IF;
        RETURN NULL;
    """)  # noqa: S608  # our own names


put_in_charge = (
    pgtrigger.Trigger(
        name="in_charge_with_a_role",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="news"),
        declare=[("has_outsiders", "boolean")],
        func=_all_hold_a_role(
            "SELECT person_in_charge_id, unit_id FROM news WHERE person_in_charge_id IS NOT NULL",
            _IN_CHARGE,
        ),
    ),
    pgtrigger.Trigger(
        name="put_in_charge_with_a_role",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(new__person_in_charge__isnull=False)
        & (
            pgtrigger.Q(old__person_in_charge__df=pgtrigger.F("new__person_in_charge"))
            | pgtrigger.Q(old__unit__df=pgtrigger.F("new__unit"))
        ),
        func=as_of_now(f"""
            IF NOT {holds("NEW.person_in_charge_id", "accounts.view", "NEW.unit_id")} THEN
                {refuse_outsider(_IN_CHARGE)}
            END IF;
            RETURN NEW;
        """),
    ),
)
# The person of an assignment never changes: see ``stays_itself``.
assigned_with_a_role = (
    pgtrigger.Trigger(
        name="assigned_with_a_role",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="news"),
        declare=[("has_outsiders", "boolean")],
        func=_all_hold_a_role(
            # Also of an account that is to be written only later in the transaction: it has no
            # unit.
            "SELECT news.user_id, account.unit_id FROM news"
            " LEFT JOIN accounts_officialaccount account ON account.id = news.official_account_id",
            _ASSIGNED,
        ),
    ),
    # To go on for longer is to be assigned for that time. No last day is later than any.
    pgtrigger.Trigger(
        name="goes_on_with_a_role",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            'OLD."ends_on" IS NOT NULL AND (NEW."ends_on" IS NULL OR NEW."ends_on" > OLD."ends_on")'
        ),
        declare=[("unit", "bigint")],
        func=as_of_now(f"""
            SELECT unit_id INTO unit FROM accounts_officialaccount
                WHERE id = NEW.official_account_id;
            IF NOT {holds("NEW.user_id", "accounts.view", "unit")} THEN
                {refuse_outsider(_ASSIGNED)}
            END IF;
            RETURN NEW;
        """),  # noqa: S608  # our own names
    ),
)

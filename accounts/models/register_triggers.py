"""What the database asks of the people whom the register names, whoever writes them there.

The actions ask the same when they name somebody, and not again of who is named already: a role may
end, and until somebody else is named the register says who it was.
"""

from __future__ import annotations

import pgtrigger

from accounts.models.rights import holds
from govsocial.web.as_of_now import as_of_now

# The system and who is deactivated hold no role.
_IN_CHARGE = "RAISE EXCEPTION 'Who is in charge of an account has a role on its unit.'"
_ASSIGNED = "RAISE EXCEPTION 'Who works on an account has a role on its unit.'"


def _all_hold_a_role(named: str, refusal: str) -> str:
    """Of thousands that are imported at once each person is asked about once for each unit."""
    return as_of_now(f"""
        IF EXISTS (
            SELECT FROM (SELECT DISTINCT {named}) AS one (who, unit)
            WHERE NOT {holds("one.who", "accounts.view", "one.unit")}
        ) THEN
            {refusal} USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    """)


put_in_charge = (
    pgtrigger.Trigger(
        name="in_charge_with_a_role",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="news"),
        func=_all_hold_a_role(
            "person_in_charge_id, unit_id FROM news WHERE person_in_charge_id IS NOT NULL",
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
                {_IN_CHARGE} USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """),
    ),
)
# The person of an assignment never changes: see ``stays_itself``.
assigned_with_a_role = pgtrigger.Trigger(
    name="assigned_with_a_role",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="news"),
    func=_all_hold_a_role(
        # Also of an account that is to be written only later in the transaction: it has no unit.
        "news.user_id, account.unit_id FROM news"
        " LEFT JOIN accounts_officialaccount account ON account.id = news.official_account_id",
        _ASSIGNED,
    ),
)

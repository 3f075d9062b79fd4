"""What the public sees of the register, and when that changed. Both are written by the database.

Whatever changes a row of the register, be it a page, an import or a shell, a trigger notes it in
the same transaction: readers compare one number instead of reading five thousand rows.
"""

from __future__ import annotations

import pgtrigger
from django.db import models

# At commit, and once per transaction: until then nobody waits for anybody else's change.
_BUMP = """
    -- Of an import of thousands all rows but the first find it done.
    IF EXISTS (SELECT FROM accounts_registerversion WHERE changed_in = txid_current()) THEN
        RETURN NULL;
    END IF;
    INSERT INTO accounts_registerversion (id, number, changed_at, changed_in)
    VALUES (1, 1, clock_timestamp(), txid_current())
    ON CONFLICT (id) DO UPDATE SET
        number = accounts_registerversion.number + 1,
        changed_at = EXCLUDED.changed_at,
        changed_in = EXCLUDED.changed_in
    WHERE accounts_registerversion.changed_in <> EXCLUDED.changed_in;
    RETURN NULL;
"""
# A code in an address that is printed on walls: it must outlive a change of the handle.
_LIST = """
    INSERT INTO accounts_publiclisting (official_account_id, code, listed_at)
    VALUES (NEW.id, substr(replace(gen_random_uuid()::text, '-', ''), 1, 12), clock_timestamp())
    ON CONFLICT (official_account_id) DO NOTHING;
    RETURN NULL;
"""

PUBLIC_FIELDS = (
    "unit", "platform", "host", "handle", "display_name", "purpose", "url", "platform_id",
    "language", "status", "decree_number", "decree_date", "opened_on", "closed_on",
)  # fmt: skip


def bump_at_insert() -> pgtrigger.Trigger:
    """Raise the version of the register with each new row."""
    return pgtrigger.Trigger(
        name="register_changed",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=_BUMP,
    )


def bump_when(*fields: str) -> pgtrigger.Trigger:
    """Raise the version of the register when one of ``fields`` changes."""
    return pgtrigger.Trigger(
        name="register_changed",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        timing=pgtrigger.Deferred,
        condition=pgtrigger.AnyChange(*fields),
        func=_BUMP,
    )


def list_when_active() -> pgtrigger.Trigger:
    """Show an account to the public from the moment it is first in use. Proposals never are."""
    return pgtrigger.Trigger(
        name="listed",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),
        condition=pgtrigger.Q(new__status="active"),
        func=_LIST,
    )


def not_in_the_future(*fields: str) -> pgtrigger.Trigger:
    """Refuse a day that has not begun anywhere on earth, or that nothing here can read; the action
    asks the zone of the unit. What stands in a row already does not keep the rest of it from being
    changed."""
    news = ", ".join(
        f"CASE WHEN NEW.{name} IS DISTINCT FROM OLD.{name} THEN NEW.{name} END" for name in fields
    )
    return pgtrigger.Trigger(
        name="days_are_past",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*fields),
        # Of a new row OLD is null.
        func=f"""
            IF GREATEST({news}) > (now() AT TIME ZONE 'Pacific/Kiritimati')::date THEN
                RAISE EXCEPTION 'A day of the register is still to come.'
                    USING ERRCODE = 'check_violation';
            END IF;
            -- Before the first day that the application can read.
            IF LEAST({news}) < DATE '0001-01-01' THEN
                RAISE EXCEPTION 'A day of the register is before all calendars.'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


class RegisterVersion(models.Model):
    """One row: how often what the public sees has changed, and when last."""

    number = models.BigIntegerField()
    changed_at = models.DateTimeField()
    changed_in = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="register_has_one_version")
        ]
        triggers = [
            # A number that was there before would mean another state to whoever keeps a copy.
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="only_rises",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.number <= OLD.number OR NEW.id <> OLD.id"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class PublicListing(models.Model):
    """That an official account has been in use, since when, and its code in public addresses."""

    official_account = models.OneToOneField(
        "accounts.OfficialAccount", models.PROTECT, primary_key=True, related_name="listing"
    )
    code = models.CharField(max_length=12, unique=True)
    listed_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            bump_at_insert(),
        ]

    def __str__(self) -> str:
        return self.code

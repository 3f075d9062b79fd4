"""What stays behind of a consent: the reason of a refusal, and what lies in the tables."""

from __future__ import annotations

from django.db import connection

from govsocial.audit.models import Entry
from tests.accounts.conftest import trail


def refused(reason: str) -> Entry:
    (entry,) = trail("accounts.consent.refused")
    assert entry.data["reason"] == reason
    return entry


def everything_at_rest() -> str:
    """Every text that the tables of connections and of the trail hold."""
    tables = (
        "accounts_consentrequest", "accounts_credential", "accounts_revocation",
        "accounts_platformapp", "audit_entry", "django_session",
    )  # fmt: skip
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)

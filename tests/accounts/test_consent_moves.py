"""The states of a request for consent, as the database itself keeps them."""

from __future__ import annotations

import itertools

import pytest
from django.db import InternalError, connection, transaction

from accounts.models import ConsentRequest
from tests.accounts.test_rotation import one_of_each
from tests.cast import Cast

ALLOWED = {
    ("waiting", "answered"),
    ("waiting", "refused"),
    ("answered", "choosing"),
    ("answered", "connected"),
    ("answered", "refused"),
    ("choosing", "answered"),
    ("choosing", "refused"),
}


def put(status: str) -> None:
    """As raw SQL, keeping what the other constraints of the table ask for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_consentrequest SET status = %s,"
            " sealed = CASE WHEN %s IN ('waiting', 'choosing') THEN 'a1.x' ELSE '' END,"
            " settled_at = CASE WHEN %s IN ('connected', 'refused') THEN now() END",
            [status] * 3,
        )


@pytest.mark.parametrize(
    ("before", "after"), list(itertools.permutations(ConsentRequest.Status.values, 2))
)
def test_a_request_moves_one_way_only(cast: Cast, before: str, after: str) -> None:
    one_of_each(cast)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_consentrequest DISABLE TRIGGER USER")
        put(before)
        cursor.execute("ALTER TABLE accounts_consentrequest ENABLE TRIGGER USER")
    if (before, after) in ALLOWED:
        put(after)
        return
    with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
        put(after)

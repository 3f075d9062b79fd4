"""What every connection to the database begins with."""

from __future__ import annotations

from typing import Any

from django.db.backends.signals import connection_created

NO_TRIGGER = "{}"


def start() -> None:
    connection_created.connect(ignore_none, dispatch_uid="govsocial.web.triggers")


def ignore_none(sender: object, connection: Any, **more: object) -> None:
    """Say that no trigger is to be ignored.

    Each trigger of django-pgtrigger asks for this setting. Where it was never made, asking is an
    error that the trigger catches, and every caught error looks through all checks that wait for
    the end of the transaction: with thousands of rows that is most of the time.

    ``pgtrigger.ignore`` sets it for its own statements as before, but leaves it empty behind it
    when it ends within a transaction: from then on each trigger on that connection catches an
    error again, which changes nothing but takes time. So only migrations and tests use it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, false)", [NO_TRIGGER])

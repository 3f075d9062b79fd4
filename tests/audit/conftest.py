from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.db.models import Model

from accounts.models import User
from govsocial.audit.actions import record
from govsocial.audit.events import event
from govsocial.audit.models import Entry

HAPPENED = event("test.small.happened", "number", label="Something small happened")

Happen = Callable[..., list[Entry]]


@pytest.fixture
def happen() -> Happen:
    """Record so many small entries by a person about a target."""

    def record_some(actor: User, target: Model, count: int = 1) -> list[Entry]:
        with transaction.atomic():
            return [record(HAPPENED, actor=actor, target=target, number=n) for n in range(count)]

    return record_some

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.db import transaction

from accounts.events import SESSIONS_ENDED
from govsocial.audit.actions import record


class UserSessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]  # untyped library
    """A person ends their own sessions in other browsers; the trail says so."""

    @transaction.atomic
    def end_sessions(self, sessions: Sequence[Any]) -> None:
        super().end_sessions(sessions)
        if sessions:
            user = self.request.user
            record(SESSIONS_ENDED, actor=user, target=user, sessions=len(sessions))

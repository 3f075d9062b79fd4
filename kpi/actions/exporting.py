from __future__ import annotations

from django.db import transaction

from accounts.models import OfficialAccount, User
from govsocial.audit.actions import record
from kpi.events import ACCOUNTS_EXPORTED, POSTS_EXPORTED


@transaction.atomic
def record_accounts_export(*, actor: User, rows: int) -> None:
    """Note in the trail that figures left the application."""
    record(ACCOUNTS_EXPORTED, actor=actor, target=actor, rows=rows)


@transaction.atomic
def record_posts_export(*, actor: User, official_account: OfficialAccount, rows: int) -> None:
    record(POSTS_EXPORTED, actor=actor, target=official_account, rows=rows)

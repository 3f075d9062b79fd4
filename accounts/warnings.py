"""What an account loses when it is closed, disconnected or becomes another one.

Accounts know no content: ``settings.ACCOUNT_WARNINGS`` lists dotted names of callables that take
the official account and yield sentences for who is about to do it. Each begins with a number, so
that it can follow a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import OfficialAccount

Provider = Callable[[OfficialAccount], Iterable[str]]


def losses_now(official_account: OfficialAccount) -> list[str]:
    """What is being lost already: nothing while the account is in use and connected."""
    if official_account.is_active and official_account.is_connected:
        return []
    return warnings_about(official_account)


def warnings_about(official_account: OfficialAccount) -> list[str]:
    providers: list[Provider] = [import_string(dotted) for dotted in settings.ACCOUNT_WARNINGS]
    return [sentence for provider in providers for sentence in provider(official_account)]

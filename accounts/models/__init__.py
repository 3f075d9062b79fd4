from __future__ import annotations

from accounts.models.official_account import Credential, OfficialAccount
from accounts.models.people import Grant, User
from accounts.models.spending import PlatformSpending, SpendingCap
from accounts.models.unit import Unit

__all__ = [
    "Credential",
    "Grant",
    "OfficialAccount",
    "PlatformSpending",
    "SpendingCap",
    "Unit",
    "User",
]

from __future__ import annotations

from accounts.models.consent import ConsentRequest, Revocation
from accounts.models.credential import ConnectionWarning, Credential
from accounts.models.document import Document
from accounts.models.official_account import Administrator, OfficialAccount
from accounts.models.people import Grant, User
from accounts.models.platform_app import PlatformApp
from accounts.models.spending import PlatformSpending, SpendingCap
from accounts.models.unit import Unit

__all__ = [
    "Administrator",
    "ConnectionWarning",
    "ConsentRequest",
    "Credential",
    "Document",
    "Grant",
    "OfficialAccount",
    "PlatformApp",
    "PlatformSpending",
    "Revocation",
    "SpendingCap",
    "Unit",
    "User",
]

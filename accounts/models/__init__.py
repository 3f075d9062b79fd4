from __future__ import annotations

from accounts.models.credential import Credential
from accounts.models.document import Document
from accounts.models.import_batch import ImportBatch
from accounts.models.official_account import Administrator, OfficialAccount
from accounts.models.people import Grant, User
from accounts.models.spending import PlatformSpending, SpendingCap
from accounts.models.unit import Unit

__all__ = [
    "Administrator",
    "Credential",
    "Document",
    "Grant",
    "ImportBatch",
    "OfficialAccount",
    "PlatformSpending",
    "SpendingCap",
    "Unit",
    "User",
]

from __future__ import annotations

from accounts.models.credential import Credential
from accounts.models.document import Document
from accounts.models.impersonation import (
    ImpersonationEvidence,
    ImpersonationNote,
    ImpersonationReport,
    ImpersonationStatement,
)
from accounts.models.official_account import Administrator, OfficialAccount
from accounts.models.people import Grant, User
from accounts.models.register import PublicListing, RegisterVersion
from accounts.models.unit import Unit

__all__ = [
    "Administrator",
    "Credential",
    "Document",
    "Grant",
    "ImpersonationEvidence",
    "ImpersonationNote",
    "ImpersonationReport",
    "ImpersonationStatement",
    "OfficialAccount",
    "PublicListing",
    "RegisterVersion",
    "Unit",
    "User",
]

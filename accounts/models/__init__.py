from __future__ import annotations

from accounts.models.administrator import Administrator
from accounts.models.attestation import Attestation, AttestationPeriod, Finding
from accounts.models.connection_letter import ConnectionLetter
from accounts.models.consent import ConsentRequest, Revocation
from accounts.models.credential import ConnectionWarning, Credential
from accounts.models.document import Document
from accounts.models.handover import Handover, HandoverItem, HandoverScan
from accounts.models.impersonation import (
    ImpersonationEvidence,
    ImpersonationNote,
    ImpersonationReport,
    ImpersonationStatement,
)
from accounts.models.import_batch import ImportBatch
from accounts.models.official_account import OfficialAccount
from accounts.models.people import Grant, User
from accounts.models.platform_app import PlatformApp
from accounts.models.register import PublicListing, RegisterVersion
from accounts.models.reminder import Reminder
from accounts.models.spending import PlatformSpending, SpendingCap
from accounts.models.unit import Unit
from accounts.models.waiting_letter import WaitingLetter

__all__ = [
    "Administrator",
    "Attestation",
    "AttestationPeriod",
    "ConnectionLetter",
    "ConnectionWarning",
    "ConsentRequest",
    "Credential",
    "Document",
    "Finding",
    "Grant",
    "Handover",
    "HandoverItem",
    "HandoverScan",
    "ImpersonationEvidence",
    "ImpersonationNote",
    "ImpersonationReport",
    "ImpersonationStatement",
    "ImportBatch",
    "OfficialAccount",
    "PlatformApp",
    "PlatformSpending",
    "PublicListing",
    "RegisterVersion",
    "Reminder",
    "Revocation",
    "SpendingCap",
    "Unit",
    "User",
    "WaitingLetter",
]

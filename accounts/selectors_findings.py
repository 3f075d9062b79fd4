"""What is still to be done about the answers "no" of an attestation, and by whom."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Finding, OfficialAccount, User


def findings_visible_to(user: User) -> QuerySet[Finding]:
    return Finding.objects.filter(
        official_account__unit_id__any=user.units_with("accounts.view")
    ).select_related(
        "official_account__unit", "official_account__person_in_charge",
        "attestation__confirmed_by", "attestation__period", "closed_by",
    )  # fmt: skip


def findings_waiting_for(user: User) -> QuerySet[Finding]:
    """The open findings that ``user`` may close: of accounts that they are in charge of and see,
    and of those that they administer."""
    own = Q(
        official_account__person_in_charge=user,
        official_account__unit_id__any=user.units_with("accounts.view"),
    )
    managed = Q(official_account__unit_id__any=user.units_with("accounts.manage"))
    return Finding.objects.filter(own | managed, closed_at=None)


def accounts_with_findings_for(user: User) -> QuerySet[OfficialAccount]:
    """The accounts of ``findings_waiting_for``, by name."""
    waiting = findings_waiting_for(user).filter(official_account=OuterRef("pk"))
    return OfficialAccount.objects.filter(Exists(waiting)).order_by("display_name", "pk")


def open_questions() -> ArraySubquery:
    """Part of a query of accounts: the questions with an open finding, the oldest first."""
    rows = Finding.objects.filter(official_account=OuterRef("pk"), closed_at=None)
    return ArraySubquery(rows.order_by("pk").values("question"))


def with_open_findings(accounts: QuerySet[OfficialAccount]) -> QuerySet[OfficialAccount]:
    """Each account with ``open_findings``: what is still to be done about it."""
    rows = Finding.objects.filter(closed_at=None).select_related("attestation__confirmed_by")
    return accounts.prefetch_related(Prefetch("findings", rows, to_attr="open_findings"))


def open_findings_of(official_account: OfficialAccount) -> QuerySet[Finding]:
    return Finding.objects.filter(official_account=official_account, closed_at=None)

"""Files that prove what the register says: kept with the account, and who took them out."""

from __future__ import annotations

from django.db import transaction

from accounts.details import Upload
from accounts.documents import keep_document
from accounts.events import DECREE_KEPT, DOCUMENT_TAKEN_OUT
from accounts.models import Document, OfficialAccount, User
from govsocial.audit.actions import record


def keep_decree(actor: User, official_account: OfficialAccount, decree: Upload) -> Document:
    """Keep the file of the decree inside the caller's transaction. Earlier files stay kept."""
    kept = keep_document(decree.data, decree.name, by=actor, field="decree_file")
    official_account.decree_file = kept
    official_account.save(update_fields=["decree_file"])
    record(
        DECREE_KEPT,
        actor=actor,
        target=official_account,
        file_name=kept.name,
        file_sha256=kept.sha256,
    )
    return kept


@transaction.atomic
def record_document_taken_out(
    *, actor: User, official_account: OfficialAccount, document: Document
) -> None:
    """Note that somebody downloaded a piece of evidence."""
    record(
        DOCUMENT_TAKEN_OUT,
        actor=actor,
        target=official_account,
        file_name=document.shown_name,
        file_sha256=document.sha256,
    )

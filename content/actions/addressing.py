"""What a document becomes before it is a version: who each account is, what goes out there, and
what is still justified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, Unit, User
from content.actions.media_reach import refuse_media_out_of_reach
from content.actions.outgoing import recipient
from content.actions.variants import prepared
from content.documents import Document
from content.errors import ContentError
from content.finding_rules.personal import identity_numbers
from content.findings import still_justified
from content.models import Post
from content.surroundings import findings_of
from govsocial.web.permissions import require


def addressed(actor: User, unit_id: int, document: Document) -> Document:
    return all_addressed(actor, unit_id, [document])[0]


def all_addressed(actor: User, unit_id: int, documents: Sequence[Document]) -> list[Document]:
    """Write down who each account is now, and what goes out there. Refuses accounts and media of
    units that this person may not write for."""
    named = {pk for document in documents for pk in document.texts}
    accounts = OfficialAccount.objects.select_related("credential").in_bulk(named)
    for document in documents:
        refuse_identity_in_title(document.title)
    if len(accounts) != len(named):
        raise PermissionDenied
    for unit in {account.unit_id for account in accounts.values()}:
        require(actor, "content.draft", unit)
    return [_addressed_to(accounts, unit_id, document) for document in documents]


def _addressed_to(
    accounts: Mapping[int, OfficialAccount], unit_id: int, document: Document
) -> Document:
    refuse_media_out_of_reach(unit_id, document)
    meant = {pk: accounts[pk] for pk in document.texts}
    return replace(
        document,
        recipients={pk: recipient(one) for pk, one in meant.items()},
        prepared=prepared(unit_id, document, meant),
    )


def refuse_identity_in_title(title: str) -> None:
    """Titles stand in lists, letters and the trail, from where nothing is taken back."""
    if any(identity_numbers(title)):
        raise ContentError(_("Leave identity numbers out of the title."), field="title")


def justified(document: Document, unit: Unit, post: Post | None = None) -> Document:
    """Without the justifications of what is not found any more."""
    if not document.justified:
        return document
    found = findings_of(document, unit, post)
    return replace(document, justified=still_justified(document, found))

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied

from accounts.models import User
from content.documents import Document
from content.models import BankUse, PostVersion
from content.selectors_bank import bank_texts_known_to
from content.taken_over import is_left


def take_over(
    version: PostVersion, document: Document, actor: User, from_bank: Collection[int]
) -> None:
    """Note which texts of the message bank a version takes over. A narrative that was put in and
    taken out again before it was saved is none of them; a template is, whatever became of it: it
    fills in more than words.

    What was typed while its writer saw more of the bank is saved all the same. Raises
    ``PermissionDenied`` where this person never saw one of them.
    """
    if not from_bank:
        return
    texts = list(bank_texts_known_to(actor).filter(pk__in=from_bank))
    if len(texts) != len(set(from_bank)):
        raise PermissionDenied
    BankUse.objects.bulk_create(
        BankUse(version=version, text=text)
        for text in texts
        if not text.is_narrative or is_left(text.text, document)
    )

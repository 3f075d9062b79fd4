"""Which texts of the message bank a version takes over: who wrote one wrote part of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.core.exceptions import PermissionDenied

from accounts.models import User
from content.documents import Document
from content.models import BankText, BankUse, Post, PostVersion
from content.selectors.bank import bank_texts_known_to
from content.taken_over import is_left


def taken_texts(actor: User, document: Document, from_bank: Collection[int]) -> list[BankText]:
    """Those of which a document has something. A narrative that was put in and taken out again
    before it was saved is none of them; a template is, whatever became of it: it fills in more than
    words.

    What was typed while its writer saw more of the bank is saved all the same. Raises
    ``PermissionDenied`` where this person never saw one of them.
    """
    if not from_bank:
        return []
    texts = list(bank_texts_known_to(actor).filter(pk__in=from_bank))
    if len(texts) != len(set(from_bank)):
        raise PermissionDenied
    return [one for one in texts if not one.is_narrative or is_left(one.text, document)]


def is_noted(post: Post, texts: Collection[BankText]) -> bool:
    """Whether a version of the post took them over already."""
    noted = BankUse.objects.filter(version__post=post, text__in=texts)
    return not texts or noted.values("text").distinct().count() == len(texts)


def take_over(version: PostVersion, texts: Iterable[BankText]) -> None:
    BankUse.objects.bulk_create(BankUse(version=version, text=text) for text in texts)

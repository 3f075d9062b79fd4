"""Which official accounts the composer offers: all of a few, else the chosen and the found ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.finding import account_has
from accounts.models import OfficialAccount, User
from content.selectors.posts import accounts_to_write_for
from govsocial.web.finding import words_of

# Each one is a box to tick and a text of its own.
MOST_OFFERED = 60
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Offer:
    accounts: list[OfficialAccount]
    is_searched: bool
    """There are too many to list: people look for those that they mean."""
    found: int = 0
    has_more: bool = False


def permitted(user: User, chosen: Collection[int]) -> QuerySet[OfficialAccount]:
    """Accounts that one may write for, and those that the post is meant for already."""
    # One condition on one table: as a query within, PostgreSQL took a second for 2,000 accounts of
    # which it had no statistics yet.
    return accounts_to_write_for(user) | OfficialAccount.objects.filter(pk__in=list(chosen))


def offer(rows: QuerySet[OfficialAccount], ticked: Collection[int], words: str) -> Offer:
    first = list(rows[: MOST_OFFERED + 1])
    if len(first) <= MOST_OFFERED:
        return Offer(first, is_searched=False)
    kept = list(rows.filter(pk__in=list(ticked))) if ticked else []
    asked = words_of(words)
    if not asked:
        return Offer(kept, is_searched=True)
    found = rows.exclude(pk__in=[account.pk for account in kept])
    for word in asked:
        found = found.filter(account_has(word))
    shown = list(found[: MOST_FOUND + 1])
    return Offer(
        [*kept, *shown[:MOST_FOUND]],
        is_searched=True,
        found=len(shown[:MOST_FOUND]),
        has_more=len(shown) > MOST_FOUND,
    )

"""What content tells those who are about to take an official account away."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import ngettext

from accounts.models import OfficialAccount
from content import following
from content.models import Publication


def scheduled(official_account: OfficialAccount) -> Iterable[str]:
    """How many publications will fail, when their time comes and the account is not there."""
    count = Publication.objects.filter(
        following.first_of(Publication.Status.SCHEDULED),
        official_account=official_account,
        status=Publication.Status.SCHEDULED,
        # Those need no connection.
        by_hand=False,
    ).count()
    if count:
        yield ngettext(
            "%(count)s scheduled publication of this account will fail.",
            "%(count)s scheduled publications of this account will fail.",
            count,
        ) % {"count": count}

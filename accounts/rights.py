"""Which rights the connection of an account lacks: those that were declined when it was made, and
those that are asked for only since."""

from __future__ import annotations

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import OfficialAccount
from govsocial.platforms.registry import rights_to_answer

CANNOT_ANSWER: Promise = _(
    "It works, but threads and first comments are refused: it was connected without the right to "
    "answer. Connect again and leave every right ticked."
)


def lacking_to_answer(account: OfficialAccount) -> list[str]:
    """The rights that what follows a post needs there and the connection is known not to have. None
    where nothing is connected, or where the platform tells no rights. Reads the credential."""
    if not account.is_connected or not account.credential.scopes:
        return []
    return [
        one for one in rights_to_answer(account.platform) if one not in account.credential.scopes
    ]


def missing(account: OfficialAccount) -> list[str]:
    """Every right that the connection lacks. Reads the credential."""
    if not hasattr(account, "credential"):
        return []
    return list(dict.fromkeys([*account.credential.missing_scopes, *lacking_to_answer(account)]))


def cannot_answer() -> Q:
    """Accounts for which ``lacking_to_answer`` finds something, if they are connected."""
    found = Q(pk__in=[])
    for platform in OfficialAccount.Platform.values:
        needed = rights_to_answer(platform)
        if needed:
            found |= Q(platform=platform) & ~Q(credential__scopes__contains=list(needed))
    return found & ~Q(credential__scopes=[])

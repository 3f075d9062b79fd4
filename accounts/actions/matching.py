"""Whether what a platform shows is the registered account."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.addresses import same_handle
from accounts.errors import AccountError
from accounts.models import OfficialAccount


def is_registered_one(official_account: OfficialAccount, platform_id: str, handle: str) -> bool:
    """Whether an account seen on the platform is the registered one.

    Where the account has no handle (pages without a name of their own), its id must be known
    already or be what was registered; else handle and, once it is known, id must both be the same.
    """
    registered = official_account.handle
    if not handle or handle == platform_id:
        return bool(platform_id) and platform_id in {official_account.platform_id, registered}
    if not same_handle(official_account.platform, registered, handle):
        return False
    return official_account.platform_id in {"", platform_id}


def refuse_other_identity(official_account: OfficialAccount, platform_id: str, handle: str) -> None:
    """Raise ``AccountError`` unless what the platform shows is the registered account."""
    if not is_registered_one(official_account, platform_id, handle):
        raise AccountError(
            _("This belongs to %(seen)s, not to %(registered)s.")
            % {
                "seen": f"@{handle.lstrip('@')}" if handle else platform_id,
                "registered": official_account.at_handle,
            },
            field="secret",
        )

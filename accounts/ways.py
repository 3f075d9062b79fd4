"""In which ways an official account can be connected now, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.actions.connections import SECRET_NAMES
from accounts.consent_words import sign_in_for
from accounts.models import OfficialAccount, User
from accounts.vault import app_for
from govsocial.platforms.registry import spec


@dataclass(frozen=True, slots=True)
class Ways:
    """``consent``: the platform has it. ``app_missing``: and somebody must configure it first."""

    consent: bool
    app_missing: bool
    by_hand: bool
    may_configure: bool
    tried_against_platform: bool
    sign_in: str = ""
    """As whom a person consents at the platform."""

    @property
    def any(self) -> bool:
        return self.consent or self.by_hand


def ways_to_connect(account: OfficialAccount, user: User) -> Ways:
    if not account.can_connect or account.is_proposed or account.is_closed:
        return Ways(False, False, False, False, True)
    found = spec(account.platform)
    consent = found.authorisation is not None
    configured = not consent or (
        found.register is not None or app_for(account.platform, account.host) is not None
    )
    return Ways(
        consent=consent,
        app_missing=not configured,
        by_hand=account.platform in SECRET_NAMES,
        may_configure=not configured and user.oversees("accounts.manage"),
        tried_against_platform=found.tried_against_platform,
        sign_in=sign_in_for(account) if consent else "",
    )

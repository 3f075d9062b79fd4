"""The secret that a new one takes the place of, and its end at the platform."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.actions.revocations import is_same_token, plan_revocation
from accounts.models import Credential, OfficialAccount, PlatformApp, User
from accounts.vault import CannotOpen, unseal
from govsocial.platforms.base import Secret
from govsocial.platforms.registry import spec


@dataclass(frozen=True, slots=True)
class FormerSecret:
    """A secret that is replaced, of which the platform is to be told."""

    official_account: OfficialAccount
    app: PlatformApp | None
    host: str
    secret: Secret = field(repr=False)

    def plan_end(self, actor: User) -> None:
        """In the caller's transaction, once the new one has its place."""
        plan_revocation(
            actor=actor,
            official_account=self.official_account,
            app=self.app,
            secret=self.secret,
            host=self.host,
        )


def locked_connection(official_account: OfficialAccount) -> Credential | None:
    """What the account is connected with, locked until the caller's transaction ends; None where
    it was disconnected, or never connected."""
    return (
        Credential.objects.select_for_update(of=("self",))
        .select_related("app")
        .filter(official_account=official_account)
        .exclude(status=Credential.Status.REMOVED)
        .first()
    )


def former_secret(
    official_account: OfficialAccount, host: str, app: PlatformApp | None, new: Secret
) -> FormerSecret | None:
    """What ``new``, given to ``app``, is about to replace, where the platform can end it: what was
    granted to an application, or the session that came of an entered secret. Locks the connection.

    ``host`` is where the account was connected so far.
    """
    former = locked_connection(official_account)
    if former is None:
        return None
    try:
        old = unseal(former)
    except CannotOpen:
        return None
    # Some servers give out the same token again.
    if is_same_token(old, new):
        return None
    if former.app is None:
        # What was entered itself stays good: whoever made it may use it for the new connection.
        session_in = spec(official_account.platform).session_in
        has_session = session_in is not None and session_in(old) is not None
        return FormerSecret(official_account, None, host, old) if has_session else None
    if _is_same_consent(official_account, former.app, old, app, new):
        return None
    return FormerSecret(official_account, former.app, former.app.host, old)


def _is_same_consent(
    official_account: OfficialAccount,
    former_app: PlatformApp,
    old: Secret,
    app: PlatformApp | None,
    new: Secret,
) -> bool:
    """Whether one consent gave both to the same application: they would end together."""
    consent_of = spec(official_account.platform).consent_of
    if consent_of is None or app is None or app.client_id != former_app.client_id:
        return False
    consent = consent_of(new)
    return consent is not None and consent == consent_of(old)

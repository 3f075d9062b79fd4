"""Secrets of official accounts, of applications and of second steps: opened only for use.

``settings.CREDENTIAL_KEYS`` maps versions to keys. The newest version encrypts; older ones only
decrypt, until ``manage.py rotate_keys`` has gone over every row. The keys have nothing to do with
``SECRET_KEY``: changing one must not break the other. How texts are sealed stands in
``accounts.sealing``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts import sealing
from accounts.budgets import counts
from accounts.models import Credential, OfficialAccount, PlatformApp
from accounts.money import meter_for
from accounts.sealing import CannotOpen, Place, newest_version
from govsocial.platforms.base import PlatformClient, Secret, connection_ends_at
from govsocial.platforms.errors import (
    AuthRevoked,
    BadAnswer,
    PlatformError,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.oauth import AppCredentials, Authorisation
from govsocial.platforms.registry import authorisation, connect, issuers, spec

__all__ = [
    "AccountSecretStore",
    "CannotOpen",
    "TypedSecretStore",
    "client_for",
    "newest_version",
    "open_text",
    "seal",
    "seal_text",
    "typed_client_for",
    "unseal",
    "version_of",
]

# Where a second step is sealed before it has a row, and was for good in earlier releases: the
# library seals without saying whose it will be. See ``accounts.second_step``.
SECOND_STEP = Place("second step", "mfa_authenticator", ())

LOST_REFRESH = gettext_noop(
    "An earlier refresh was cut off before its answer was stored, and the platform no longer "
    "takes the token from before. Connect the account again."
)
# Two workers may announce a refresh within moments of each other; older ones were cut off.
_STILL_ALIVE = timedelta(seconds=30)
# After these the platform may have given out a new token that never arrived.
_MAY_HAVE_REFRESHED = (Unavailable, UnknownOutcome, BadAnswer)


class Sealed(Protocol):
    """A row with something sealed in it."""

    sealed: Any
    key_version: Any

    @property
    def place(self) -> Place: ...


def seal(official_account_id: int, secret: Secret) -> tuple[str, int]:
    """Return the sealed text and the key version that sealed it."""
    return sealing.seal(json.dumps(dict(secret)), Credential.place_of(official_account_id))


def unseal(credential: Credential) -> Secret:
    """Return the secret. Raises ``CannotOpen`` without telling anything about it."""
    secret: Secret
    if sealing.is_bound(credential.sealed):
        secret = json.loads(open_row(credential))
        return secret
    sealed, version = credential.sealed, credential.key_version
    opened = json.loads(sealing.unseal_unbound(sealed, version, credential.place))
    # Earlier releases wrote the account into the text instead.
    if opened.get("official_account") != credential.official_account_id:
        raise CannotOpen(f"The {credential.place} belongs to another account.")
    secret = opened["secret"]
    return secret


def seal_row(row: Sealed, text: str) -> None:
    """Seal ``text`` into the row, which the caller saves."""
    row.sealed, row.key_version = sealing.seal(text, row.place)


def open_row(row: Sealed) -> str:
    """Return what was sealed into the row. Raises ``CannotOpen``."""
    return sealing.unseal(row.sealed, row.key_version, row.place)


def seal_text(text: str, place: Place = SECOND_STEP) -> str:
    """Return a secret of a second step sealed with the newest key, its version in front."""
    sealed, version = sealing.seal(text, place)
    return f"{version}:{sealed}"


def open_text(sealed: str, place: Place = SECOND_STEP) -> str:
    """Return what ``seal_text`` was given. Raises ``CannotOpen``, also for a text never sealed."""
    text, version = sealed.partition(":")[2], version_of(sealed)
    if place == SECOND_STEP and not sealing.is_bound(text):
        return sealing.unseal_unbound(text, version, place)
    return sealing.unseal(text, version, place)


def version_of(sealed: str) -> int:
    """Return the key version in front of a sealed text."""
    version, separator, _ = sealed.partition(":")
    if not separator or not version.isdecimal():
        raise CannotOpen("A text that should be sealed names no key version.")
    return int(version)


def clocks(secret: Secret) -> dict[str, datetime | None]:
    """When a connection ends and when its access token does, as fields of ``Credential``."""
    access = secret.get("expires_at")
    return {
        "expires_at": connection_ends_at(secret),
        "access_expires_at": datetime.fromisoformat(access) if access else None,
    }


def _go_on() -> None:
    """Nobody watches this caller."""


class AccountSecretStore:
    """The ``SecretStore`` of one official account, on its row in the database.

    A refresh is a step of its own for whoever is being watched: ``before_step`` is called before it
    and after it, as ``OutgoingPost.before_step`` is, so that waiting for the row and the platform
    takes nothing of the time of the call before or after.
    """

    def __init__(
        self, official_account_id: int, *, before_step: Callable[[], None] = _go_on
    ) -> None:
        self.official_account_id = official_account_id
        self._before_step = before_step

    def load(self) -> Secret:
        """Raises ``AuthRevoked`` when the account is not connected."""
        return self._open(self._rows().first())

    def rotate(self, *, stale: Secret, refresh: Callable[[Secret], Secret]) -> Secret:
        """Refresh once for all workers.

        That a refresh begins is committed before the platform is asked. Between its answer and our
        commit a crash loses a token that is given out once; then the announcement still stands, and
        when the token from before is refused, ``AuthRevoked`` says what happened.
        """
        self._before_step()
        secret = self._rotated(stale, refresh)
        self._before_step()
        return secret

    def _rotated(self, stale: Secret, refresh: Callable[[Secret], Secret]) -> Secret:
        begun = timezone.now()
        announced = self._announce(stale, begun)
        if isinstance(announced, Mapping):
            return announced
        try:
            return self._refresh(stale, refresh)
        except AuthRevoked:
            if announced is not None and begun - announced > _STILL_ALIVE:
                raise AuthRevoked(LOST_REFRESH) from None
            raise
        except PlatformError as exc:
            if announced is None and not isinstance(exc, _MAY_HAVE_REFRESHED):
                self._rows().filter(refresh_started_at=begun).update(refresh_started_at=None)
            raise

    def _announce(self, stale: Secret, begun: datetime) -> Secret | datetime | None:
        """The secret when somebody else refreshed it; else since when an older refresh is open."""
        with transaction.atomic(durable=True):
            credential = self._rows().select_for_update().first()
            stored = self._open(credential)
            if dict(stored) != dict(stale) or credential is None:
                return stored
            earlier = credential.refresh_started_at
            if earlier is None:
                credential.refresh_started_at = begun
                credential.save(update_fields=["refresh_started_at"])
            return earlier

    def _refresh(self, stale: Secret, refresh: Callable[[Secret], Secret]) -> Secret:
        # The network call stands inside the row lock on purpose. Platforms hand out each refresh
        # token once: of two workers that refresh at the same time one would store a dead token.
        # Only those who refresh this very account wait. ``durable`` keeps it out of a longer
        # transaction, whose rollback would throw the new token away.
        with transaction.atomic(durable=True):
            credential = self._rows().select_for_update().first()
            stored = self._open(credential)
            if dict(stored) != dict(stale) or credential is None:
                return stored
            fresh = refresh(stored)
            credential.sealed, credential.key_version = seal(self.official_account_id, fresh)
            credential.rotated_at = timezone.now()
            credential.refresh_started_at = None
            ends = clocks(fresh)
            credential.expires_at = ends["expires_at"]
            credential.access_expires_at = ends["access_expires_at"]
            credential.save(
                update_fields=["sealed", "key_version", "rotated_at", "refresh_started_at", *ends]
            )
            return fresh

    def _rows(self) -> QuerySet[Credential]:
        return Credential.objects.filter(official_account_id=self.official_account_id)

    def _open(self, credential: Credential | None) -> Secret:
        if credential is None or credential.status != Credential.Status.GOOD:
            raise AuthRevoked("The official account is not connected.")
        return unseal(credential)


class TypedSecretStore:
    """A secret that nobody has stored yet: to find out whether it is good."""

    def __init__(self, secret: Secret) -> None:
        self.secret = secret

    def load(self) -> Secret:
        return self.secret

    def rotate(self, *, stale: Secret, refresh: Callable[[Secret], Secret]) -> Secret:
        if dict(self.secret) == dict(stale):
            self.secret = refresh(self.secret)
        return self.secret


def credentials_of(app: PlatformApp) -> AppCredentials:
    """The application's credentials, opened. Raises ``CannotOpen``."""
    return AppCredentials(client_id=app.client_id, client_secret=open_row(app), owner=app.owner)


def app_for(platform: str, host: str) -> PlatformApp | None:
    """The configured application through which accounts on this platform are connected."""
    configured = PlatformApp.objects.filter(platform=platform, replaced_at=None, removed_at=None)
    return configured.filter(host=host if spec(platform).addresses is None else "").first()


def authorisation_for(app: PlatformApp) -> Authorisation:
    """How owners of accounts consent through the application."""
    return authorisation(
        app.platform,
        app=credentials_of(app),
        host=app.host,
        allowed_private=settings.PLATFORM_PRIVATE_HOSTS,
        base=settings.PLATFORM_BASE_URL,
        meter=meter_for(app.platform, connecting=True),
    )


def issuers_of(app: PlatformApp) -> frozenset[str]:
    """The names under which the application's platform may say who it is (``iss``, RFC 9207)."""
    return issuers(
        app.platform,
        host=app.host,
        allowed_private=settings.PLATFORM_PRIVATE_HOSTS,
        base=settings.PLATFORM_BASE_URL,
    )


def app_credentials(official_account: OfficialAccount) -> AppCredentials | None:
    """What the account's token is refreshed with, where there is an application for it: the one
    that it was granted to, also when another one has replaced it since."""
    platform = official_account.platform
    if spec(platform).authorisation is None:
        return None
    granted = Credential.objects.filter(official_account=official_account).exclude(app=None)
    in_use = granted.exclude(status=Credential.Status.REMOVED).select_related("app").first()
    app = in_use.app if in_use else app_for(platform, official_account.host)
    return credentials_of(app) if app is not None and app.is_configured else None


def client_for(
    official_account: OfficialAccount, *, before_step: Callable[[], None] = _go_on
) -> PlatformClient:
    """Return a client that acts as the official account; ``before_step`` as in its store."""
    return connect(
        official_account.platform,
        host=official_account.host,
        handle=official_account.handle,
        secrets=AccountSecretStore(official_account.pk, before_step=before_step),
        allowed_private=settings.PLATFORM_PRIVATE_HOSTS,
        base=settings.PLATFORM_BASE_URL,
        app=app_credentials(official_account),
        **counts(official_account),
    )


def typed_client_for(
    official_account: OfficialAccount,
    *,
    host: str,
    store: TypedSecretStore,
    app: AppCredentials | None = None,
) -> PlatformClient:
    """Return a client with a secret that is not stored: nothing changes when it turns out bad.

    What its calls cost counts all the same.
    """
    return connect(
        official_account.platform,
        host=host,
        handle=official_account.handle,
        secrets=store,
        allowed_private=settings.PLATFORM_PRIVATE_HOSTS,
        base=settings.PLATFORM_BASE_URL,
        app=app,
        **counts(official_account, connecting=True),
    )

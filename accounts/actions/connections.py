from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import server_limits
from accounts.actions.former_secrets import former_secret, locked_connection
from accounts.actions.guards import require_until_written
from accounts.actions.identity import refuse_registered_twice
from accounts.actions.matching import (
    public_address,
    refuse_foreign_feed,
    refuse_other_identity,
    refuse_other_server,
    refuse_unkeepable,
)
from accounts.actions.revocations import plan_revocation
from accounts.actions.same_feed import confirm_feed
from accounts.actions.servers import refuse_other_id, told_by_directory
from accounts.addresses import clean_host
from accounts.custody import checked_remark
from accounts.errors import AccountError, is_taken
from accounts.events_connections import (
    ACCOUNT_CONNECTED,
    ACCOUNT_DISCONNECTED,
    ADDRESS_TOLD,
    CONNECTION_REVOKED,
    ID_TOLD,
)
from accounts.models import Credential, OfficialAccount, PlatformApp, User
from accounts.vault import CannotOpen, TypedSecretStore, clocks, seal, typed_client_for, unseal
from govsocial.audit.actions import record
from govsocial.platforms.base import Profile, Secret
from govsocial.platforms.errors import (
    AccountBlocked,
    AuthRevoked,
    BadAnswer,
    HostRefused,
    NotFound,
    PermissionMissing,
    PlatformError,
    RateLimited,
    TokenExpired,
)
from govsocial.platforms.registry import spec
from govsocial.web.permissions import require

# What a person types is stored under the name that the platform's client reads.
SECRET_NAMES = {
    OfficialAccount.Platform.BLUESKY: "app_password",
    OfficialAccount.Platform.MASTODON: "access_token",
    # Nothing secret, and kept in the same place.
    OfficialAccount.Platform.FEED: "feed_url",
}

LONGEST_SCOPE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A secret that was tried on the platform, and whose it is."""

    host: str
    profile: Profile
    secret: Secret = field(repr=False)
    app: PlatformApp | None = None
    missing_scopes: Sequence[str] = ()
    server_limits: Mapping[str, Any] = field(default_factory=dict)
    # Of a feed: the address that was typed, and what was said to be the same.
    typed: str = field(default="", repr=False)
    same_feed: str = ""


def connect_account(
    *,
    actor: User,
    official_account_id: int,
    host: str = "",
    typed_secret: str = "",
    same_feed: str = "",
) -> OfficialAccount:
    """Try a secret on the platform and keep it, when it belongs to the registered account.

    The platform is asked outside of any transaction; what may have changed meanwhile is looked at
    again before the secret is stored. ``same_feed`` is the signed question of ``FeedUnconfirmed``,
    which is raised for a feed that may be another one, when a person has answered it with yes.
    """
    asked = OfficialAccount.objects.get(pk=official_account_id)
    require(actor, "accounts.manage", asked.unit_id)
    refuse_not_in_use(asked)
    name = SECRET_NAMES.get(OfficialAccount.Platform(asked.platform))
    if name is None:
        by_hand = _("Accounts on this platform are managed manually; there is nothing to connect.")
        by_consent = _("This platform is connected by consent, not with a secret.")
        raise AccountError(by_consent if asked.can_connect else by_hand)
    host = clean_host(asked.platform, host)
    # Before anything is sent: another server would be handed the secret.
    refuse_other_server(asked, host)
    told_id = told_by_directory(asked, host)
    typed_secret = typed_secret.strip()
    refuse_foreign_feed(asked, typed_secret)
    store = TypedSecretStore({name: typed_secret} if typed_secret else {})
    names_feed = bool(typed_secret) and asked.platform == OfficialAccount.Platform.FEED
    with _told_beside_its_field(names_feed=names_feed):
        client = typed_client_for(asked, host=host, store=store)
        profile = client.profile()
    with _told_beside_its_field():
        refuse_unkeepable(asked, profile)
    refuse_other_identity(asked, profile.platform_id, profile.handle)
    refuse_other_id(asked, told_id, profile)
    # Looked at last: it is no business of ours what a stranger's secret may do.
    if not spec(asked.platform).read_only:
        with _told_beside_its_field():
            client.check_can_publish()
    proven = Proven(
        host=host,
        profile=profile,
        secret=store.secret,
        server_limits=server_limits.asked(client),
        typed=typed_secret if names_feed else "",
        same_feed=same_feed,
    )
    return keep_connection(actor=actor, official_account_id=asked.pk, proven=proven)


@transaction.atomic
def keep_connection(*, actor: User, official_account_id: int, proven: Proven) -> OfficialAccount:
    """Store a secret that was proven. What was connected before stays until here."""
    official_account = OfficialAccount.objects.select_for_update().get(pk=official_account_id)
    require_until_written(actor, "accounts.manage", official_account.unit_id)
    refuse_not_in_use(official_account)
    profile = proven.profile
    refuse_other_server(official_account, proven.host)
    refuse_other_identity(official_account, profile.platform_id, profile.handle, proven.app)
    id_before, before = official_account.platform_id, official_account.url
    host_before = official_account.host
    official_account.host = proven.host
    official_account.platform_id = profile.platform_id
    official_account.url = public_address(official_account, profile.url)
    _save_identity(actor, official_account)
    # Asked last: what is registered as another account's is no question.
    address = proven.secret.get("feed_url", "")
    confirm_feed(actor, official_account, id_before, address, proven.typed, proven.same_feed)
    former = former_secret(official_account, host_before, proven.app, proven.secret)
    key_version = _store(actor, official_account, proven)
    if former is not None:
        former.plan_end(actor)
    record(
        ACCOUNT_CONNECTED,
        actor=actor,
        target=official_account,
        host=proven.host or str(official_account.get_platform_display()),
        platform_id=profile.platform_id,
        key_version=key_version,
    )
    if id_before not in {"", profile.platform_id}:
        record(
            ID_TOLD,
            actor=actor,
            target=official_account,
            platform_id=profile.platform_id,
            platform_id_before=id_before,
        )
    if before not in {"", official_account.url}:
        record(
            ADDRESS_TOLD,
            actor=actor,
            target=official_account,
            url=official_account.url,
            url_before=before,
        )
    return official_account


def _store(actor: User, official_account: OfficialAccount, proven: Proven) -> int:
    """Keep the secret in the place of any other; return the version of the key it is sealed by."""
    sealed, key_version = seal(official_account.pk, proven.secret)
    Credential.objects.update_or_create(
        official_account=official_account,
        defaults={
            "app": proven.app,
            "sealed": sealed,
            "key_version": key_version,
            "status": Credential.Status.GOOD,
            "problem": "",
            "connected_by": actor,
            "connected_at": timezone.now(),
            "rotated_at": None,
            "refresh_started_at": None,
            "renew_after": None,
            "scopes": _scopes(proven.secret),
            "missing_scopes": list(proven.missing_scopes),
            "server_limits": dict(proven.server_limits),
            "server_limits_at": timezone.now() if proven.server_limits else None,
            "last_success_at": timezone.now(),
            "last_error": "",
            "last_error_at": None,
            "last_error_words": "",
            **clocks(proven.secret),
        },
    )
    return key_version


def _scopes(secret: Secret) -> list[str]:
    """The rights that were given; what cannot be kept is none of those that we ask for."""
    told = secret.get("scope", "").replace(",", " ").split()
    return [one for one in told if one.isascii() and "\0" not in one and len(one) <= LONGEST_SCOPE]


def _save_identity(actor: User, official_account: OfficialAccount) -> None:
    refuse_registered_twice(actor, official_account)
    try:
        with transaction.atomic():
            official_account.save(update_fields=["host", "platform_id", "url"])
    except IntegrityError as exc:
        if not is_taken(exc):
            raise
        # Somebody connected the same account in between, and has committed now.
        refuse_registered_twice(actor, official_account)
        raise AccountError(_("This account is registered already."), field="secret") from exc


def not_connected(official_account: OfficialAccount) -> str:
    """Why there is nothing to disconnect: not yet connected, or never to be."""
    if official_account.can_connect:
        return _("This account is not connected.")
    return _("This account has no connection: its platform is published to and measured by hand.")


@transaction.atomic
def disconnect_account(*, actor: User, official_account_id: int, reason: str) -> OfficialAccount:
    """Forget the secret. That there was one, and who connected it, stays."""
    official_account = OfficialAccount.objects.select_for_update().get(pk=official_account_id)
    require_until_written(actor, "accounts.manage", official_account.unit_id)
    reason = checked_remark(reason, "reason")
    if not forget_secret(official_account, actor=actor):
        raise AccountError(not_connected(official_account))
    record(ACCOUNT_DISCONNECTED, actor=actor, target=official_account, reason=reason)
    return official_account


@transaction.atomic
def mark_revoked(
    *, actor: User, official_account_id: int, reason: str, used_since: datetime
) -> bool:
    """Note that the platform no longer takes the secret: a person must connect again.

    ``used_since`` is a moment before the secret was loaded: one that was stored later is not the
    one that failed, and stays. Returns whether that was news. For workers: ``actor`` is the system
    user, or whoever pressed the button that led to the call.
    """
    credential = (
        Credential.objects.select_for_update(of=("self",))
        .select_related("official_account")
        .filter(official_account_id=official_account_id, status=Credential.Status.GOOD)
        .first()
    )
    if credential is None:
        return False
    if max(credential.connected_at, credential.rotated_at or credential.connected_at) > used_since:
        return False
    credential.status = Credential.Status.REVOKED
    credential.problem = reason[:300]
    credential.save(update_fields=["status", "problem"])
    record(
        CONNECTION_REVOKED,
        actor=actor,
        target=credential.official_account,
        reason=reason[:300],
    )
    return True


def forget_secret(official_account: OfficialAccount, *, actor: User | None = None) -> bool:
    """Empty the credential inside the caller's transaction; return whether there was a secret.

    The platform is told later (``revocations``), in the name of ``actor`` or of the system.
    """
    credential = locked_connection(official_account)
    if credential is None:
        return False
    try:
        secret: Secret = unseal(credential)
    except CannotOpen:
        # Nobody can use it either: nothing is left to revoke.
        secret = {}
    credential.status, credential.sealed, credential.problem = Credential.Status.REMOVED, "", ""
    credential.expires_at = credential.access_expires_at = None
    credential.save()
    # The address of a feed is no access that anybody could end.
    if not spec(official_account.platform).read_only:
        plan_revocation(
            actor=actor or User.objects.system(),
            official_account=official_account,
            app=credential.app if secret else None,
            secret=secret,
            host=official_account.host,
        )
    return True


def refuse_not_in_use(official_account: OfficialAccount) -> None:
    """Raise ``AccountError`` for an account that waits to be taken into use, or is out of it.

    A suspended one may be connected: it is to come back.
    """
    if official_account.is_closed:
        raise AccountError(_("This account is closed. Reopen it first."))
    if official_account.is_proposed:
        raise AccountError(_("This account is only proposed. Take it into use first."))


@contextmanager
def _told_beside_its_field(*, names_feed: bool = False) -> Iterator[None]:
    """Turn what a platform says into a refusal beside the field that it is about.

    ``names_feed``: the address of a feed was typed, and whatever is said is said of that address.
    """
    try:
        yield
    except PlatformError as exc:
        no_feed = names_feed and isinstance(exc, BadAnswer)
        if names_feed and isinstance(exc, PermissionMissing):
            message = _("The website does not let this server read the feed.")
            raise AccountError(message, field="secret") from exc
        message, field = _words_for(NotFound(str(exc)) if no_feed else exc)
        raise AccountError(message, field="secret" if names_feed else field) from exc


def _words_for(exc: PlatformError) -> tuple[str, str]:
    """What a person can do about it, and the field to do it in."""
    if isinstance(exc, AuthRevoked | TokenExpired):
        return _("The platform does not accept this. Check it, or make a new one."), "secret"
    if isinstance(exc, AccountBlocked):
        return _("The platform has blocked the account. Sign in there and see why."), "secret"
    if isinstance(exc, PermissionMissing):
        return (
            _(
                "The platform accepts this, but it does not give the right to publish. "
                "Make a new one with the rights read and write."
            ),
            "secret",
        )
    if isinstance(exc, NotFound):
        return _("There is no feed at this address. Enter the address of the feed."), "secret"
    if isinstance(exc, HostRefused):
        return _("This server cannot be used: its address is not a public one."), "host"
    if isinstance(exc, RateLimited):
        return _("The server asks to wait. Try again in some minutes."), "host"
    return _("The server did not answer as expected. Check its address, or try later."), "host"

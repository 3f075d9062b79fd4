from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.identity import refuse_registered_twice
from accounts.addresses import clean_host, same_handle
from accounts.errors import AccountError
from accounts.events import (
    ACCOUNT_CONNECTED,
    ACCOUNT_DISCONNECTED,
    CONNECTION_REVOKED,
    CREDENTIAL_RESEALED,
)
from accounts.models import Credential, OfficialAccount, User
from accounts.vault import TypedSecretStore, newest_version, seal, typed_client_for, unseal
from govsocial.audit.actions import record
from govsocial.platforms.base import Profile
from govsocial.platforms.errors import (
    AuthRevoked,
    HostRefused,
    PermissionMissing,
    PlatformError,
    RateLimited,
    TokenExpired,
)
from govsocial.web.permissions import require

# What a person types is stored under the name that the platform's client reads.
SECRET_NAMES = {
    OfficialAccount.Platform.BLUESKY: "app_password",
    OfficialAccount.Platform.MASTODON: "access_token",
}


def connect_account(
    *, actor: User, official_account_id: int, host: str, typed_secret: str
) -> OfficialAccount:
    """Try a secret on the platform and keep it, when it belongs to the registered account.

    The platform is asked outside of any transaction; what may have changed meanwhile is looked at
    again before the secret is stored.
    """
    asked = OfficialAccount.objects.get(pk=official_account_id)
    require(actor, "accounts.manage", asked.unit_id)
    _refuse_closed(asked)
    if asked.platform not in SECRET_NAMES:
        raise AccountError(_("Accounts on this platform are not connected with a typed secret."))
    host = clean_host(asked.platform, host)
    name = SECRET_NAMES[OfficialAccount.Platform(asked.platform)]
    store = TypedSecretStore({name: typed_secret})
    with _told_beside_its_field():
        client = typed_client_for(asked, host=host, store=store)
        profile = client.profile()
    _refuse_other_identity(asked, profile)
    # Looked at last: it is no business of ours what a stranger's secret may do.
    with _told_beside_its_field():
        client.check_can_publish()
    return _keep(actor, asked, host, profile, store)


@transaction.atomic
def _keep(
    actor: User, asked: OfficialAccount, host: str, profile: Profile, store: TypedSecretStore
) -> OfficialAccount:
    official_account = OfficialAccount.objects.select_for_update().get(pk=asked.pk)
    require(actor, "accounts.manage", official_account.unit_id)
    _refuse_closed(official_account)
    _refuse_other_identity(official_account, profile)
    official_account.host = host
    official_account.platform_id = profile.platform_id
    official_account.url = profile.url
    _save_identity(actor, official_account)
    sealed, key_version = seal(official_account.pk, store.secret)
    Credential.objects.update_or_create(
        official_account=official_account,
        defaults={
            "sealed": sealed,
            "key_version": key_version,
            "status": Credential.Status.GOOD,
            "problem": "",
            "connected_by": actor,
            "connected_at": timezone.now(),
            "rotated_at": None,
        },
    )
    record(
        ACCOUNT_CONNECTED,
        actor=actor,
        target=official_account,
        host=host,
        platform_id=profile.platform_id,
        key_version=key_version,
    )
    return official_account


def _save_identity(actor: User, official_account: OfficialAccount) -> None:
    refuse_registered_twice(actor, official_account)
    try:
        with transaction.atomic():
            official_account.save(update_fields=["host", "platform_id", "url"])
    except IntegrityError as exc:
        # Somebody connected the same account in between, and has committed now.
        refuse_registered_twice(actor, official_account)
        raise AccountError(_("This account is registered already."), field="secret") from exc


@transaction.atomic
def disconnect_account(*, actor: User, official_account_id: int, reason: str) -> OfficialAccount:
    """Forget the secret. That there was one, and who connected it, stays."""
    official_account = OfficialAccount.objects.select_for_update().get(pk=official_account_id)
    require(actor, "accounts.manage", official_account.unit_id)
    if not forget_secret(official_account):
        raise AccountError(_("This account is not connected."))
    record(ACCOUNT_DISCONNECTED, actor=actor, target=official_account, reason=reason)
    return official_account


@transaction.atomic
def mark_revoked(*, actor: User, official_account_id: int, reason: str) -> bool:
    """Note that the platform no longer takes the secret: a person must connect again.

    Returns whether that was news. For workers: ``actor`` is the system user, or whoever pressed
    the button that led to the call.
    """
    credential = (
        Credential.objects.select_for_update(of=("self",))
        .select_related("official_account")
        .filter(official_account_id=official_account_id, status=Credential.Status.GOOD)
        .first()
    )
    if credential is None:
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


@transaction.atomic
def reseal_credential(*, actor: User, credential_id: int) -> bool:
    """Encrypt a secret with the newest key. Returns whether there was anything to do.

    For ``manage.py rotate_credentials``. The rows are few and the key list is the operator's, so
    whoever may run the command needs no role.
    """
    credential = (
        Credential.objects.select_for_update(of=("self",))
        .select_related("official_account")
        .get(pk=credential_id)
    )
    before = credential.key_version
    if not credential.sealed or before == newest_version():
        return False
    secret = unseal(credential)
    credential.sealed, credential.key_version = seal(credential.official_account_id, secret)
    credential.save(update_fields=["sealed", "key_version"])
    record(
        CREDENTIAL_RESEALED,
        actor=actor,
        target=credential.official_account,
        from_version=before,
        to_version=credential.key_version,
    )
    return True


def forget_secret(official_account: OfficialAccount) -> bool:
    """Empty the credential inside the caller's transaction; return whether there was a secret."""
    forgotten = (
        Credential.objects.filter(official_account=official_account)
        .exclude(status=Credential.Status.REMOVED)
        .update(sealed="", status=Credential.Status.REMOVED, problem="")
    )
    return forgotten == 1


@contextmanager
def _told_beside_its_field() -> Iterator[None]:
    """Turn what a platform says into a refusal beside the field that it is about."""
    try:
        yield
    except PlatformError as exc:
        message, field = _words_for(exc)
        raise AccountError(message, field=field) from exc


def _words_for(exc: PlatformError) -> tuple[str, str]:
    """What a person can do about it, and the field to do it in."""
    if isinstance(exc, AuthRevoked | TokenExpired):
        return _("The platform does not accept this. Check it, or make a new one."), "secret"
    if isinstance(exc, PermissionMissing):
        return (
            _(
                "The platform accepts this, but it does not give the right to publish. "
                "Make a new one with the rights read and write."
            ),
            "secret",
        )
    if isinstance(exc, HostRefused):
        return _("This server cannot be used: its address is not a public one."), "host"
    if isinstance(exc, RateLimited):
        return _("The server asks to wait. Try again in some minutes."), "host"
    return _("The server did not answer as expected. Check its address, or try later."), "host"


def _refuse_other_identity(official_account: OfficialAccount, profile: Profile) -> None:
    known = official_account.platform_id
    same = same_handle(official_account.platform, official_account.handle, profile.handle)
    if not same or (known and known != profile.platform_id):
        raise AccountError(
            _("This belongs to %(seen)s, not to %(registered)s.")
            % {"seen": f"@{profile.handle.lstrip('@')}", "registered": official_account.at_handle},
            field="secret",
        )


def _refuse_closed(official_account: OfficialAccount) -> None:
    if official_account.is_closed:
        raise AccountError(_("This account is closed. Reopen it first."))

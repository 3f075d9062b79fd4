"""A stored secret that no page, log or trail may show."""

from __future__ import annotations

from django.utils import timezone

from accounts import vault
from accounts.models import Credential, OfficialAccount, User

SECRET = "abcd-efgh-ijkl-mnop"


def give_credential(
    account: OfficialAccount, by: User, secret: dict[str, str] | None = None
) -> Credential:
    sealed, version = vault.seal(account.pk, secret or {"app_password": SECRET})
    values = {
        "sealed": sealed,
        "key_version": version,
        "connected_by": by,
        "connected_at": timezone.now(),
        "status": Credential.Status.GOOD,
    }
    # An account has one secret: whoever gives it another one forgets the first.
    given, _new = Credential.objects.update_or_create(official_account=account, defaults=values)
    return given

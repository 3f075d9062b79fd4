from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import sealing, vault
from accounts.events_connections import SECOND_STEP_RESEALED
from accounts.models import User
from accounts.second_step import SECRET_OF, is_bound_to_row, opened
from govsocial.audit.actions import record


@transaction.atomic
def reseal_second_step(*, actor: User, authenticator_id: int) -> bool:
    """Encrypt the secret of a second step with the newest key; return whether that was needed.

    For ``manage.py rotate_keys``, like ``reseal_credential``.
    """
    authenticator = (
        Authenticator.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=authenticator_id)
        .first()
    )
    # Its person may have removed it since it was listed.
    if authenticator is None:
        return False
    name = SECRET_OF[str(authenticator.type)]
    sealed = authenticator.data.get(name)
    # Recovery codes brought from another system stand under another name; govsocial brings none.
    if sealed is None:
        return False
    before = vault.version_of(sealed)
    if sealing.is_current(sealed.partition(":")[2], before) and is_bound_to_row(sealed):
        return False
    authenticator.data[name] = vault.seal_text(opened(sealed), sealed.place)
    authenticator.save(update_fields=["data"])
    record(
        SECOND_STEP_RESEALED,
        actor=actor,
        target=authenticator.user,
        method=str(authenticator.type),
        from_version=before,
        to_version=vault.newest_version(),
    )
    return True

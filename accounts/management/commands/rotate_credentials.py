from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand

from accounts import actions, vault
from accounts.models import Credential, User


class Command(BaseCommand):
    help = (
        "Encrypt every stored credential and second step with the newest key of CREDENTIAL_KEYS. "
        "May be stopped and run again; each row is its own transaction. "
        "Afterwards the older keys can be taken out of the list."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        system = User.objects.system()
        newest = vault.newest_version()
        old = Credential.objects.exclude(key_version=newest).exclude(sealed="").order_by("pk")
        done = sum(
            actions.reseal_credential(actor=system, credential_id=pk)
            for pk in old.values_list("pk", flat=True)
        )
        self.stdout.write(f"{done} credentials encrypted anew; all have key version {newest}.")
        steps = sum(
            actions.reseal_second_step(actor=system, authenticator_id=pk)
            for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True)
        )
        self.stdout.write(f"{steps} secrets of second steps encrypted anew.")

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and official accounts")

    def ready(self) -> None:
        from accounts import (
            checks,
            events,  # noqa: F401  # the trail must know our events
            events_care,  # noqa: F401  # and these
            events_connections,  # noqa: F401  # and these
            events_consents,  # noqa: F401  # and these
            second_step,
        )

        checks.register_checks()
        second_step.connect()

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "content"
    verbose_name = _("Posts and publications")

    def ready(self) -> None:
        from content import (  # noqa: F401  # the trail must know these events
            events_calendar,
            events_lists,
            events_media,
            events_slots,
        )
        from content.checks import register_checks
        from content.reach import register_reach

        register_checks()
        register_reach()

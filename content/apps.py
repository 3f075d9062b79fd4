from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    name = "content"
    verbose_name = _("Posts and publications")

    def ready(self) -> None:
        from content.checks import register_checks
        from content.reach import register_reach

        register_checks()
        register_reach()

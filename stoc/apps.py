from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StocConfig(AppConfig):
    name = "stoc"
    verbose_name = _("STOC culture")

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps

from govsocial.web import lookups, triggers


class WebConfig(AppConfig):
    name = "govsocial.web"
    label = "web"
    default = True

    def ready(self) -> None:
        lookups.register()
        triggers.start()
        # Tasks that pages and commands send go through our application, in every thread, and not
        # through Celery's own default with a broker that nobody has.
        import_module("govsocial.celery").app.set_default()


class WindowsConfig(admin_apps.AdminConfig):
    """Django admin with our site in the place of its own."""

    default = False
    default_site = "govsocial.web.admin.WindowSite"

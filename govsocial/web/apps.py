from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "govsocial.web"
    label = "web"

    def ready(self) -> None:
        # Tasks that pages and commands send go through our application, in every thread, and not
        # through Celery's own default with a broker that nobody has.
        import_module("govsocial.celery").app.set_default()

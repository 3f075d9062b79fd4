"""Django's commands, on this checkout's own database where the environment names none."""

from __future__ import annotations

import os
import sys


def main() -> None:
    settings = os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govsocial.settings.dev")
    if not os.environ.get("DATABASE_URL") and settings != "govsocial.settings.prod":
        from govsocial.local.instance import attach_this_process

        attach_this_process("test" if settings == "govsocial.settings.test" else "demo")
    import django
    from django.core.management import execute_from_command_line

    from govsocial.web.collector import loading, settle

    with loading():
        django.setup()
    settle()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

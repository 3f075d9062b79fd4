from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from govsocial.web.charsets import in_utf8
from govsocial.web.collector import loading, settle
from govsocial.web.room import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govsocial.settings.prod")

with loading():
    application = with_room(in_utf8(get_wsgi_application()))
    # It needs the models, there by now.
    from accounts.public.register import register

register.warm()
settle()

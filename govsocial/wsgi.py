from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from govsocial.web.charsets import in_utf8
from govsocial.web.collector import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govsocial.settings.prod")

application = in_utf8(get_wsgi_application())
from accounts.public.register import register  # noqa: E402  # it needs the models, there by now

register.warm()
settle()

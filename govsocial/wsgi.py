from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from govsocial.web.collector import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govsocial.settings.prod")

application = get_wsgi_application()
# It needs the models, which are there from here on.
from accounts.public.register import register  # noqa: E402

register.warm()
settle()

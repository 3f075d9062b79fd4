"""Where platforms send people back to."""

from __future__ import annotations

import hashlib
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

_KEY_LENGTH = 32


def redirect_uri(server: str = "") -> str:
    """The address to which a platform sends people back, to be registered exactly so.

    Each server that gives out applications itself has one of its own (RFC 9700, 4.4.2.2): anybody
    may run such a server, and one that passed its visitors on to another server or to a platform
    would have that one's code brought back to itself. Platforms where an administrator enters the
    application share one: none of them is a stranger.
    """
    if not server:
        return urljoin(settings.SITE_URL, reverse("consent_callback"))
    key = hashlib.sha256(server.encode()).hexdigest()[:_KEY_LENGTH]
    return urljoin(settings.SITE_URL, reverse("consent_callback_of_server", args=[key]))

"""Which methods a view takes, where Django's decorators have no name for it."""

from __future__ import annotations

from django.views.decorators.http import require_http_methods

# HEAD is GET without its body: whoever watches a page may ask for that of every page.
require_form = require_http_methods(["GET", "HEAD", "POST"])
"""For a page with a form: it is read, or the form is sent (POST)."""

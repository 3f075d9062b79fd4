"""What people are called stands in lists, letters and the trail: one line without hidden signs."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from accounts.errors import AccountError

# Letters that only turn the direction of text: a name must not rewrite what stands beside it.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS_AND_CONTROLS = frozenset({"Cc", "Zl", "Zp"})


def one_line(typed: str, field: str) -> str:
    """Return ``typed`` without spaces around it. Raises ``AccountError`` for line breaks, tabs
    and other signs that nobody sees."""
    text = typed.strip(" \u00a0")
    if any(sign in _TURNS or unicodedata.category(sign) in _BREAKS_AND_CONTROLS for sign in text):
        raise AccountError(
            _("Write this on one line, without line breaks, tabs or hidden signs."), field=field
        )
    return text

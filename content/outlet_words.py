"""``Publication.outlet``, as the trail and notices keep it, in the reader's words."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from accounts.models import OfficialAccount
from govsocial.platforms.registry import limits

# "@samudrakota (X) · 2": kept without words, so that it is the same in every language.
_A_PART = re.compile(r"(?P<account>.+ \((?P<platform>[^()]+)\)) · (?P<number>\d+)")
_WITH_THREADS = frozenset(
    str(label) for key, label in OfficialAccount.Platform.choices if limits(key).thread
)


def in_words(outlet: str) -> str:
    """Name the part of a thread, or the first comment; what is an account alone stays as it is."""
    found = _A_PART.fullmatch(outlet)
    if found is None:
        return outlet
    if found["platform"] not in _WITH_THREADS:
        return _("%(account)s, first comment") % {"account": found["account"]}
    return _("%(account)s, part %(number)s of the thread") % found.groupdict()

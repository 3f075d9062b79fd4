"""``Publication.outlet``, as the trail and notices keep it, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Collection

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


def account_of(outlet: str) -> str:
    """The account alone, without the part."""
    found = _A_PART.fullmatch(outlet)
    return found["account"] if found else outlet


def what_is_on(outlets: Collection[str]) -> str:
    """ "the post on @samudrakota (X)", or "3 parts of the thread on ...": what goes out on one
    account, of which ``outlets`` are not empty, as the middle of a sentence."""
    first, *others = sorted(set(outlets), key=lambda one: (len(one), one))
    found = _A_PART.fullmatch(others[0] if others else first)
    told = {"account": account_of(first)}
    if found is None:
        return _("the post on %(account)s") % told
    if found["platform"] not in _WITH_THREADS:
        if others:
            return _("the post and the first comment on %(account)s") % told
        return _("the first comment on %(account)s") % told
    if others:
        number = 1 + len(others)
        return _("%(number)s parts of the thread on %(account)s") % (told | {"number": number})
    return _("part %(number)s of the thread on %(account)s") % found.groupdict()

"""What people are called stands in lists, letters and the trail: one line without hidden signs."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from accounts.errors import AccountError
from govsocial.web.hidden_signs import has_hidden, readable

_LONGEST = {"name": 200, "short_name": 60}
"""The columns of a unit."""


def one_line(typed: str, field: str) -> str:
    """Return ``typed`` without spaces around it. Raises ``AccountError`` for line breaks, tabs
    and other signs that nobody sees."""
    text = typed.strip(" \u00a0")
    if has_hidden(text):
        raise AccountError(
            _("Write this on one line, without line breaks, tabs or hidden signs."), field=field
        )
    return text


def name_line(typed: str, field: str, *, optional: bool = False) -> str:
    """The same for what something is called: with a letter or a digit. When ``optional`` there
    may be no name."""
    text = one_line(typed, field)
    if not (optional and not text) and not any(sign.isalnum() for sign in text):
        raise AccountError(_("Write a name with at least one letter or digit."), field=field)
    # It would stand on whatever comes before the name: on a quotation mark, on a bracket.
    if unicodedata.category(text[:1] or " ").startswith("M"):
        raise AccountError(_("A name cannot begin with an accent alone."), field=field)
    return text


def unit_name(typed: str, field: str) -> str:
    """A name of a unit, with one way to write each letter and each blank (NFKC, one space at a
    time). Letters of other alphabets that look the same stay others. Raises ``AccountError`` like
    ``name_line``, and for what is too long when it is written so; there may be no short one."""
    spaced = re.sub(" +", " ", unicodedata.normalize("NFKC", typed))
    name = name_line(spaced, field, optional=field == "short_name")
    # One sign may stand for a word: ㈱ is written as (株).
    if len(name) > _LONGEST[field]:
        raise AccountError(
            _("Write at most %(most)s characters. Some signs count as several.")
            % {"most": _LONGEST[field]},
            field=field,
        )
    return name


def several_lines(typed: str, field: str, *, optional: bool = False) -> str:
    """Return what can be read of ``typed`` (``hidden_signs.readable``). Raises ``AccountError``
    when that is nothing, unless it is ``optional``."""
    text = readable(typed)
    if not text and not optional:
        raise AccountError(_("Write at least one sentence."), field=field)
    return text

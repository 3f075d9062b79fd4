"""Names that people can read, as the database keeps them. What is typed is read in ``names``."""

from __future__ import annotations

from django.db import models
from django.db.models.lookups import Exact

# Breaks, controls, what steers the text around it, and blanks that count as letters. By number:
# what a class such as [[:cntrl:]] holds depends on the locale of the database.
_HIDDEN = (
    r"[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e"
    r"\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb"
    r"\U000e0000-\U000e0fff]"
)
_SPACES = r"\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Anything but spaces, and joiners, choices of a shape, marks above and below other signs, steering
# signs of shorthand and music, and what is no sign at all: nobody sees those alone.
_SEEN = (
    rf"[^{_SPACES}\u200c\u200d\ufe00-\ufe0f\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u20d0-\u20ff\ufe20-\ufe2f\ufdd0-\ufdef\ufffe\uffff\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a]"
)


def is_seen(field: str) -> models.Q:
    """That a text is not empty to the eye, and has no sign in it that nobody sees."""
    return models.Q((f"{field}__regex", _SEEN)) & hides_nothing(field)


def hides_nothing(field: str) -> models.Q:
    """That a text, which may be empty, has no sign in it that nobody sees."""
    return ~models.Q((f"{field}__regex", _HIDDEN))


def has_no_spaces(field: str) -> models.Q:
    """That a text has no sign in it that nobody sees, and no space either."""
    return ~models.Q((f"{field}__regex", f"[{_SPACES}]")) & hides_nothing(field)


def is_plain_list(field: str) -> Exact:
    """That a list holds values, and no lists of them, which nothing here can read."""
    depth = models.Func(field, function="ARRAY_NDIMS", output_field=models.IntegerField())
    return Exact(depth, 1)

"""Names that people can read, as the database keeps them. What is typed is read in ``names``."""

from __future__ import annotations

from django.db import models

# Breaks, controls, what steers the text around it, and blanks that count as letters. By number:
# what a class such as [[:cntrl:]] holds depends on the locale of the database.
_HIDDEN = (
    r"[\u0001-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e"
    r"\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb"
    r"\U000e0000-\U000e0fff]"
)
_SPACES = r"\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Anything but spaces, and joiners and choices of a shape, which nobody sees alone.
_SEEN = rf"[^{_SPACES}\u200c\u200d\ufe00-\ufe0f]"


def is_seen(field: str) -> models.Q:
    """That a text is not empty to the eye, and has no sign in it that nobody sees."""
    return models.Q((f"{field}__regex", _SEEN)) & hides_nothing(field)


def hides_nothing(field: str) -> models.Q:
    """That a text, which may be empty, has no sign in it that nobody sees."""
    return ~models.Q((f"{field}__regex", _HIDDEN))


def has_no_spaces(field: str) -> models.Q:
    """That a text has no sign in it that nobody sees, and no space either."""
    return ~models.Q((f"{field}__regex", f"[{_SPACES}]")) & hides_nothing(field)

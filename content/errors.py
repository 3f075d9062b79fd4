from __future__ import annotations

from content.models import PostVersion


class ContentError(Exception):
    """A refusal that a person can read and act on. ``field`` names the input it is about, ``url``
    the page where it is mended when that is another one, ``short`` what it is about in a list."""

    def __init__(
        self, message: str, *, field: str | None = None, url: str = "", short: str = ""
    ) -> None:
        super().__init__(message)
        self.field = field
        self.url = url
        self.short = short


class GateRefused(ContentError):
    """What the approval gate does not let anybody do. ``why`` names the rule for the trail."""

    is_told = False

    def __init__(self, message: str, *, why: str, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.why = why


class EditConflict(ContentError):
    """Somebody saved another version since this one was opened."""

    def __init__(self, message: str, *, current: PostVersion) -> None:
        super().__init__(message)
        self.current = current


class PolicyChanged(ContentError):
    """The policy in force is not the one that the person read."""


class VoidsApproval(ContentError):
    """A change that ends a review or an approval was asked for without saying so."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.models import User
from content.models import Post, PostVersion


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

    def __init__(
        self, message: str, *, why: str, field: str | None = None, short: str = ""
    ) -> None:
        super().__init__(message, field=field, short=short)
        self.why = why


class AnsweredBefore(ContentError):
    """A form that began ``post`` already is sent again, and asks for something else."""

    def __init__(self, post: Post) -> None:
        super().__init__(
            _(
                "Saved already as “%(title)s”. Send it again to make a second post of what it "
                "says now; to change the first one, open it."
            )
            % {"title": post.title}
        )
        self.post = post


class NoDraft(ContentError):
    """Only a draft is submitted, and somebody did that already or decided on it."""


class EditConflict(ContentError):
    """Another version was saved since this one was opened. ``actor`` is who reads that."""

    def __init__(self, *, current: PostVersion, actor: User) -> None:
        super().__init__(saved_meanwhile(current, actor))
        self.current = current


class SavedJustNow(ContentError):
    """What a page sends to be kept may be older than what was saved of it."""


class IsOut(GateRefused):
    """An edit of what is out, or may be, or is over."""


class PolicyChanged(ContentError):
    """The policy in force is not the one that the person read."""


class VoidsApproval(ContentError):
    """A change that ends a review or an approval was asked for without saying so."""


class VoidsDecision(VoidsApproval):
    """The post is submitted or approved, and a save would undo that. ``standing`` is the mark of
    what was decided (``content.standing``), ``is_approval`` whether any stage is approved."""

    def __init__(self, message: str, *, standing: str, is_approval: bool) -> None:
        super().__init__(message)
        self.standing = standing
        self.is_approval = is_approval


class LacksToSubmit(ContentError):
    """What is to be saved and submitted at once lacks ``missing``: nothing was saved, and what was
    decided of the post still counts."""

    def __init__(self, message: str, *, missing: Sequence[ContentError]) -> None:
        super().__init__(message)
        self.missing = missing


def saved_meanwhile(version: PostVersion, reader: User) -> str:
    """Who saved it, in the same words wherever somebody is told of it."""
    if version.editor_id == reader.pk:
        return _("You saved version %(number)s in another tab.") % {"number": version.number}
    return _("%(editor)s saved version %(number)s in the meantime.") % {
        "editor": version.editor,
        "number": version.number,
    }

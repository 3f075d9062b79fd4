"""What became of a film: whether YouTube keeps it, and whether anybody sees it."""

from __future__ import annotations

from govsocial.platforms.errors import Hidden, Refused
from govsocial.platforms.youtube.answers import Video, VideoStatus

LOST = frozenset({"failed", "rejected", "deleted"})
"""States of an upload that nobody will ever see."""
GONE = VideoStatus(upload_status="deleted")
"""Of a film that YouTube does not list under its id."""


class NotKept(Refused):
    """YouTube took the film and shows it to nobody, for good."""


def is_private(video: Video) -> bool:
    """What only the channel itself can see is not on YouTube for anybody."""
    return video.status.privacy_status == "private"


def check_kept(status: VideoStatus) -> None:
    """Raise when nobody will see the film: YouTube could not read it, rejects or hides it."""
    if status.upload_status in LOST:
        reason = status.failure_reason or status.rejection_reason or status.upload_status
        named = reason if reason.isalpha() else status.upload_status
        raise NotKept(f"YouTube does not show the film ({named}).")
    if status.privacy_status == "private":
        raise Hidden(
            "YouTube keeps the film private: it does so until the application has been audited."
        )

"""What is still to be done of a post that is out, or was: which accounts wait for what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from content.models import Post, Publication
from content.outlets import Outlet

STATUS = Publication.Status


def of_page(post: Post, outlets: Iterable[Outlet]) -> dict[str, Any]:
    """The publications that are ``not_out`` of a post that is live, one an account, those that are
    ``not_gone`` though they were withdrawn, and of a post that was corrected those that still stand
    ``uncorrected``, because no correction is out on their account. No query where the publications
    come from ``selectors.publications_of``."""
    known = list(outlets)
    is_live = post.status == Post.Status.LIVE
    was_corrected = post.status == Post.Status.CORRECTED
    parts = [part for one in known for part in one.parts]
    return {
        "not_out": [one.said for one in known if is_live and _waits(one)],
        "uncorrected": [one.said for one in known if was_corrected and _is_wrong(one)],
        "not_gone": [part for part in parts if part.display_status == "withdrawing"],
    }


def _waits(outlet: Outlet) -> bool:
    """Whether something there is not out and does not follow by itself. The page of a post has a
    notice of its own for what is in trouble."""
    one = outlet.said
    if outlet.trouble or one.status not in {STATUS.SCHEDULED, STATUS.SENDING, STATUS.FROZEN}:
        return False
    return not one.part or one.by_hand or one.status == STATUS.FROZEN


def _is_wrong(outlet: Outlet) -> bool:
    first: Any = outlet.parts[0]
    return first.status in Publication.PERHAPS_OUT and not first.is_corrected

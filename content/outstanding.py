"""What is still to be done of a post that is out, or was: which accounts wait for what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from content.models import Post, Publication
from content.outlets import Outlet

STATUS = Publication.Status


def of_page(post: Post, outlets: Iterable[Outlet]) -> dict[str, Any]:
    """The publications that are ``not_out`` of a post that is live, one an account, those that were
    ``withdrawn_if_out``, of which nobody knows that yet, one an account as well, those that are
    ``not_gone`` though they were withdrawn, and of a post that was corrected those that still stand
    ``uncorrected``, because no correction is out on their account. No query where the publications
    come from ``selectors.publications_of``."""
    known = list(outlets)
    is_live = post.status == Post.Status.LIVE
    was_corrected = post.status == Post.Status.CORRECTED
    parts = [part for one in known for part in one.parts]
    return {
        "not_out": [one.said for one in known if is_live and _waits(one)],
        "withdrawn_if_out": [one for one in map(_in_doubt, known) if one],
        "uncorrected": [one.said for one in known if was_corrected and _is_wrong(one)],
        "not_gone": [part for part in parts if part.display_status == "withdrawing"],
    }


def _waits(outlet: Outlet) -> bool:
    """Whether something there is not out and does not follow by itself. The page of a post has a
    notice of its own for what is in trouble."""
    one = outlet.said
    if (
        outlet.trouble
        or _in_doubt(outlet)
        or one.status not in {STATUS.SCHEDULED, STATUS.SENDING, STATUS.FROZEN}
    ):
        return False
    return not one.part or one.by_hand or one.status == STATUS.FROZEN


def _in_doubt(outlet: Outlet) -> Publication | None:
    """The first that was withdrawn while it was on its way, or in the hands of a person, and is
    so still."""
    doubtful = (one for one in outlet.parts if one.status in {STATUS.SENDING, STATUS.UNCONFIRMED})
    return next((one for one in doubtful if hasattr(one, "withdrawal")), None)


def _is_wrong(outlet: Outlet) -> bool:
    first: Any = outlet.parts[0]
    return first.status in Publication.PERHAPS_OUT and not first.is_corrected

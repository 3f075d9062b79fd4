"""What of content is out of somebody's reach, for the trail (``govsocial.audit.reach``)."""

from __future__ import annotations

from content.models import Post, Publication, Retrospective
from content.selectors import posts as selectors
from content.selectors import retrospectives as selectors_retrospectives
from govsocial.audit.reach import within_reach


def register_reach() -> None:
    within_reach("post_id", Post, selectors.posts_visible_to)
    within_reach("publication_id", Publication, selectors.publications_visible_to)
    rows = selectors_retrospectives.retrospectives_visible_to
    within_reach("retrospective_id", Retrospective, rows)

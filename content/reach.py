"""What of content is out of somebody's reach, for the trail (``govsocial.audit.reach``)."""

from __future__ import annotations

from content import selectors, selectors_retrospectives
from content.models import Post, Publication, Retrospective
from govsocial.audit.reach import within_reach


def register_reach() -> None:
    within_reach("post_id", Post, selectors.posts_visible_to)
    within_reach("publication_id", Publication, selectors.publications_visible_to)
    rows = selectors_retrospectives.retrospectives_visible_to
    within_reach("retrospective_id", Retrospective, rows)

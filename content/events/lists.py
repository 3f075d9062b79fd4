"""What lists write to the trail: copies of posts, and the views that people save."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from govsocial.audit.events import event

POST_DUPLICATED = event(
    "content.post.duplicated",
    "source",
    "source_version",
    "accounts_left_out",
    "media_left_out",
    label=_("Post duplicated"),
    sentence=_("%(actor)s copied version %(source_version)s of %(source)s into %(target)s."),
)
VIEW_SAVED = event(
    "content.saved_view.saved",
    "place",
    "is_default",
    label=_("View saved"),
    sentence=_("%(actor)s saved the view %(target)s."),
)
VIEW_CHANGED = event(
    "content.saved_view.changed",
    "place",
    "before",
    "is_default",
    label=_("Saved view changed"),
    sentence=_("%(actor)s changed the saved view %(before)s, now %(target)s."),
)
VIEW_REMOVED = event(
    "content.saved_view.removed",
    "place",
    label=_("Saved view removed"),
    sentence=_("%(actor)s removed the saved view %(target)s."),
)
PUBLICATIONS_EXPORTED = event(
    "content.publication.exported",
    "rows",
    "filters",
    label=_("Publications exported"),
    sentence=_("%(actor)s exported a list of %(rows)s publications."),
)
REVIEWS_EXPORTED = event(
    "content.review.exported",
    "rows",
    "filters",
    label=_("Review queue exported"),
    sentence=_("%(actor)s exported a list of %(rows)s open reviews."),
)

"""What comments, reminders and choices of notifications write to the trail. No event has words of a
comment."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from govsocial.audit.events import event

COMMENT_WRITTEN = event(
    "content.comment.written",
    "version",
    "thread",
    "is_reply",
    "mentioned",
    label=_("Comment written"),
    sentence=_("%(actor)s commented on version %(version)s of %(target)s."),
)
COMMENT_WITHDRAWN = event(
    "content.comment.withdrawn",
    "version",
    "thread",
    label=_("Comment withdrawn"),
    sentence=_("%(actor)s withdrew a comment on version %(version)s of %(target)s."),
)
THREAD_RESOLVED = event(
    "content.thread.resolved",
    "version",
    "thread",
    label=_("Comments resolved"),
    sentence=_("%(actor)s resolved comments on version %(version)s of %(target)s."),
)
THREAD_REOPENED = event(
    "content.thread.reopened",
    "version",
    "thread",
    label=_("Comments opened again"),
    sentence=_("%(actor)s opened comments on version %(version)s of %(target)s again."),
)
REVIEW_REMINDED = event(
    "content.review.reminded",
    "version",
    "hours",
    "people",
    label=_("Reminder of a review"),
    sentence=_(
        "Reminders were given (number: %(people)s): version %(version)s of %(target)s had been "
        "waiting for %(hours)s hours."
    ),
)
REVIEW_SOON = event(
    "content.review.soon",
    "version",
    "hours",
    "people",
    label=_("Reminder of a planned time that is near"),
    sentence=_(
        "Reminders were given (number: %(people)s): the planned time of version %(version)s of "
        "%(target)s is near, and nobody has decided."
    ),
)
REVIEW_ESCALATED = event(
    "content.review.escalated",
    "version",
    "hours",
    "people",
    label=_("Review escalated"),
    sentence=_(
        "Version %(version)s of %(target)s had been waiting for %(hours)s hours and was brought to "
        "those above (number: %(people)s)."
    ),
)
LOOK_REMINDED = event(
    "content.review.look_reminded",
    "version",
    "days",
    "people",
    "escalated",
    label=_("Reminder of a retrospective review"),
    sentence=_(
        "Reminders were given (number: %(people)s): nobody has looked at the emergency notice "
        "%(target)s afterwards for %(days)s days."
    ),
)
EMERGENCY_ENDED = event(
    "content.emergency.ended",
    "version",
    "people",
    label=_("Validity of an emergency notice ended"),
    sentence=_(
        "The validity of the emergency notice %(target)s ended while it was out (people told: "
        "%(people)s)."
    ),
)
WAYS_CHOSEN = event(
    "content.notification.chosen",
    "changed",
    label=_("Notifications chosen"),
    sentence=_("%(actor)s chose how to hear of notifications."),
)

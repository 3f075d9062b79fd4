"""What the composer says instead of saving where nobody changes a post any more."""

from __future__ import annotations

from django.utils.translation import gettext as _

from content.closed import Closed
from content.models import Post
from govsocial.web.templatetags.formats import moment


def told_of_closed(closed: Closed) -> str:
    """What became of the post, and what can be done instead of editing it."""
    if closed.is_leaving:
        return _("This post is being sent, or may be out: it can no longer be edited.")
    if closed.status == Post.Status.CORRECTED:
        return _("This post was corrected already. Write a further correction.")
    if closed.status == Post.Status.LIVE:
        return _told_of_live(closed)
    if closed.status == Post.Status.WITHDRAWN:
        return _(
            "This post was withdrawn and can no longer be edited. Write it anew as a new post."
        )
    if closed.status == Post.Status.ARCHIVED:
        return _("This post is archived and can no longer be edited. Write it anew as a new post.")
    return _("This post was rejected and can no longer be edited. Write it anew as a new post.")


def _told_of_live(closed: Closed) -> str:
    if closed.out_since is None:
        return _("This post was live and was taken back. Write a correction.")
    return _("This post has been live since %(moment)s. Write a correction.") % {
        "moment": moment(closed.out_since)
    }

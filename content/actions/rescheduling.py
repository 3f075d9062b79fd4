from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from content.actions.drafting import edit_post, lock_post
from content.actions.refusals import guarded
from content.errors import ContentError, VoidsApproval
from content.models import Post
from content.standing import WHATEVER
from govsocial.web.permissions import require


@guarded("edit")
def reschedule_post(
    *, actor: User, post_id: int, planned_at: datetime, based_on: int, voids: bool = False
) -> Post:
    """Plan a post for another time: ``edit_post`` with that time, and with all that it refuses.

    Raises ``VoidsApproval`` for a post that was submitted or approved, unless ``voids`` says that
    this person knows what becomes of the review.
    """
    post = lock_post(post_id)
    require(actor, "content.draft", post.unit_id)
    if planned_at <= timezone.now():
        raise ContentError(_("This time has passed. Choose a later one."), field="planned_at")
    version = post.current_version
    if version is None:
        raise ContentError(_("This post has no text yet."))
    changes = version.number == based_on and version.content().planned_at != planned_at
    if changes and post.is_editable and post.status != Post.Status.DRAFT and not voids:
        raise VoidsApproval(
            _("This post is not a draft any more. Read what a new time does to it, then move it.")
        )
    document = replace(version.content(), planned_at=planned_at)
    if version.editor_id != actor.pk:
        document = document.unconfirmed()
    moved = edit_post(
        actor=actor,
        post_id=post.pk,
        document=document,
        based_on=based_on,
        voids=WHATEVER if voids else "",
    ).post
    # Written by the database.
    moved.refresh_from_db(fields=["planned_at"])
    return moved

"""Put aside what is done with: it leaves the lists of the day, and nothing of it is lost."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from content.actions.ending import move_post
from content.actions.refusals import guarded
from content.errors import ContentError
from content.events.posts import POST_ARCHIVED
from content.models import Post, Publication, Relation, Withdrawal
from govsocial.audit.actions import record
from govsocial.web.permissions import require

ARCHIVABLE = (Post.Status.LIVE, Post.Status.CORRECTED, Post.Status.WITHDRAWN)
UNDER_WAY = (
    Publication.Status.SCHEDULED,
    Publication.Status.SENDING,
    Publication.Status.UNCONFIRMED,
    Publication.Status.FROZEN,
)


@guarded("archive")
def archive_post(*, actor: User, post_id: int) -> Post:
    """Archive a post that was out, once nothing of it is still to happen.

    It is neither corrected nor updated any more. Raises ``ContentError`` while something of it is
    on its way, is being taken back, or is being corrected.
    """
    post = Post.objects.select_for_update().get(pk=post_id)
    require(actor, "content.publish", post.unit_id)
    if post.status not in ARCHIVABLE:
        raise ContentError(_("Only what was out is archived."))
    if post.publications.filter(status__in=UNDER_WAY).exists():
        raise ContentError(_("Something of this post is still on its way."))
    being_taken_back = Withdrawal.objects.filter(publication__post=post, outcome="")
    # One that was found not to be out was cancelled: there is nothing to take back.
    if being_taken_back.filter(publication__status=Publication.Status.WITHDRAWN).exists():
        raise ContentError(_("It is still being taken back. Archive it when that is settled."))
    corrections = post.followed_by.filter(relation=Relation.CORRECTION)
    if post.status == Post.Status.LIVE and corrections.filter(status__in=Post.EDITABLE).exists():
        raise ContentError(_("A correction of it is under way. Archive it when that is out."))
    before = post.status
    move_post(post, Post.Status.ARCHIVED, before=ARCHIVABLE)
    record(POST_ARCHIVED, actor=actor, target=post, before=before)
    post.refresh_from_db()
    return post

"""Which campaign a post belongs to: planning data, beside what is approved (``Post.campaign``)."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import units_below
from content.actions.drafting import lock_post
from content.errors import ContentError
from content.events.plan import POST_PLACED, POST_TAKEN_OUT
from content.models import Campaign, Post
from govsocial.audit.actions import record, record_many
from govsocial.web.permissions import require


@transaction.atomic
def place_post(*, actor: User, post_id: int, campaign_id: int | None) -> Post:
    """Put a post into a campaign of its unit or of a unit above; None takes it out.

    Whoever writes for the unit or plans for it may. Raises ``ContentError`` when a campaign is
    closed, and for a post that was paid for.
    """
    post = lock_post(post_id)
    if not (actor.may("content.draft", post.unit_id) or actor.may("content.plan", post.unit_id)):
        raise PermissionDenied
    if post.campaign_id == campaign_id:
        return post
    left = _leave(post)
    # A post that changes place is told as one that came; where it was, the entry before says.
    target = _joined(post, campaign_id)
    post.campaign = target
    post.save(update_fields=["campaign"])
    if target is not None:
        record(POST_PLACED, actor=actor, target=post, campaign=target.name)
    elif left is not None:
        record(POST_TAKEN_OUT, actor=actor, target=post, campaign=left.name)
    return post


@transaction.atomic
def place_new_posts(
    *, actor: User, unit_id: int, placed: Sequence[tuple[Post, int]]
) -> Sequence[Post]:
    """Put posts of one unit that were just begun into the campaigns beside them: as many queries
    for hundreds as for one. Raises ``ContentError`` as ``place_post`` does."""
    require(actor, "content.draft", unit_id)
    rows = Campaign.objects.select_for_update(of=("self",)).select_related("unit").order_by("pk")
    campaigns = {one.pk: one for one in rows.filter(pk__in={pk for _post, pk in placed})}
    for campaign in campaigns.values():
        refuse_for_unit(campaign, unit_id)
    for post, pk in placed:
        post.campaign = campaigns[pk]
    posts = [post for post, _pk in placed]
    Post.objects.bulk_update(posts, ["campaign"])
    entries = [(post, {"campaign": campaigns[pk].name}) for post, pk in placed]
    record_many(POST_PLACED, actor=actor, entries=entries)
    return posts


def _joined(post: Post, campaign_id: int | None) -> Campaign | None:
    if campaign_id is None:
        return None
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
    refuse_for_unit(campaign, post.unit_id)
    return campaign


def refuse_for_unit(campaign: Campaign, unit_id: int) -> None:
    """What the database would refuse too, in words."""
    if unit_id not in units_below(campaign.unit):
        raise ContentError(
            _("This campaign is of another unit. Choose one of this unit or of a unit above."),
            field="campaign",
        )
    if campaign.status == Campaign.Status.CLOSED:
        raise ContentError(
            _("The campaign “%(name)s” is closed.") % {"name": campaign.name}, field="campaign"
        )


def _leave(post: Post) -> Campaign | None:
    left: Campaign | None = post.campaign
    if left is None:
        return None
    if left.status == Campaign.Status.CLOSED:
        raise ContentError(
            _("The campaign “%(name)s” is closed: its posts stay in it.") % {"name": left.name},
            field="campaign",
        )
    if post.spendings.aggregate(all=Sum("amount"))["all"]:
        raise ContentError(
            _("A post that was paid for stays in its campaign. Reverse the spending first."),
            field="campaign",
        )
    return left

"""What the page of a publication shows."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from content.models import Post, Publication, Relation
from content.pages.posts import alone, previews
from content.selectors.posts import posts_visible_to

CANCELLABLE = Publication.CALLED_BACK
SETTLABLE = (Publication.Status.UNCONFIRMED,)


def cancelled_with(publication: Publication) -> list[str]:
    """What follows a publication on its account and is cancelled with it, by name."""
    beside = publication.post.publications.filter(
        version=publication.version_id,
        official_account=publication.official_account_id,
        part__gt=publication.part,
        status__in=CANCELLABLE,
    )
    rows = beside.select_related("official_account").order_by("part")
    return [one.part_label for one in rows]


def corrections_left(publication: Publication, user: User) -> list[Post]:
    """Corrections that would go out where readers never saw the mistake, once this is cancelled:
    submitted or approved, and meant for its account. Of those that ``user`` sees."""
    account = publication.official_account_id
    others = Publication.objects.filter(
        post=publication.post_id, official_account=account, part=0
    ).exclude(status=Publication.Status.CANCELLED)
    if publication.part or others.exclude(pk=publication.pk).exists():
        return []
    corrections = posts_visible_to(user).filter(
        follows=publication.post_id,
        relation=Relation.CORRECTION,
        status__in=Post.EDITABLE,
        listed__accounts__contains=[account],
    )
    return list(corrections.exclude(status=Post.Status.DRAFT).order_by("pk"))


def before_action(publication: Publication, user: User, page: str) -> dict[str, Any]:
    """What is to be known before something is done to a publication on ``page``."""
    return {
        "publication": publication,
        "followers": cancelled_with(publication),
        "corrections": corrections_left(publication, user) if page == "cancel" else [],
    }


def publication_page(publication: Publication, user: User) -> dict[str, Any]:
    content = publication.version.content()
    account = publication.official_account
    rows = publication.attempts.select_related(
        "requested_by", "proof__recorded_by", "proof__screenshot"
    )
    attempts = list(rows.order_by("-number"))
    runs = user.holds("content.publish", account.unit_id)
    return {
        "publication": publication,
        "content": content,
        "preview": alone(previews(publication.post, content, [account])[0], publication.part),
        "attempts": attempts,
        "may_cancel": runs and publication.status in CANCELLABLE,
        "may_settle": runs and publication.status in SETTLABLE and not publication.by_hand,
        "proof": next((one.proof for one in attempts if hasattr(one, "proof")), None),
    }

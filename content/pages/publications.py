"""What the page of a publication shows."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from content.models import Publication
from content.pages.posts import alone, previews

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

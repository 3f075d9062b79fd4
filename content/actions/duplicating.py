from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, User
from content.actions.drafting import LONGEST_TITLE, create_post, lock_post
from content.actions.refusals import guarded
from content.closed import OVER
from content.documents import Declaration, Document, MediaItem
from content.errors import ContentError
from content.events.lists import POST_DUPLICATED
from content.models import MediaFile, Post, PostVersion
from content.selectors.scratch import begun_by
from govsocial.audit.actions import record
from govsocial.web.permissions import require


@guarded("duplicate")
def duplicate_post(
    *, actor: User, post_id: int, number: int, unit_id: int, key: UUID | None = None
) -> Post:
    """Begin a draft in a unit from what a version of a post says, and link it nowhere. Who wrote
    that version does not decide on the copy. It is named as a copy, unless it takes the place of a
    post that is over.

    Texts, facets, pictures and films are kept. The planned time and the campaign are not, and
    nothing that somebody declared or justified: these are of the post that they were said of.
    Accounts that posts are not sent to any more are left out, and so are media that the library of
    the unit does not have: their rights were given to another one. ``key`` is of the form: a second
    time it gives the post that is there.
    """
    post = lock_post(post_id)
    require(actor, "content.view", post.unit_id)
    known = begun_by(actor, key) if key else None
    if known is not None:
        if known.copied_from is None or known.copied_from.post_id != post_id:
            raise ContentError(_("This form was answered already. Open the page again."))
        if known.unit_id != unit_id:
            raise ContentError(
                _("This form began a draft in another unit already. Open the page again."),
                field="unit",
            )
        return known
    require(actor, "content.draft", unit_id)
    version = PostVersion.objects.filter(post=post, number=number).first()
    if version is None:
        raise PermissionDenied
    said = version.content()
    begun = _as_draft(said, actor, unit_id)
    if post.status in OVER:
        begun = replace(begun, title=said.title)
    missing = left_out(said, begun)
    made = create_post(actor=actor, unit_id=unit_id, document=begun, copied_from=version, key=key)
    record(
        POST_DUPLICATED,
        actor=actor,
        target=made,
        source=version.title,
        source_version=number,
        accounts_left_out=missing["accounts"],
        media_left_out=missing["media"],
    )
    return made


def left_out(said: Document, begun: Document) -> dict[str, int]:
    """How many accounts, pictures and films a copy does not have."""
    return {
        "accounts": len(said.texts) - len(begun.texts),
        "media": len(_media_of(said)) - len(_media_of(begun)),
    }


def _media_of(document: Document) -> list[MediaItem]:
    return [*document.media, *([document.film] if document.film else [])]


def _as_draft(said: Document, actor: User, unit_id: int) -> Document:
    accounts = OfficialAccount.objects.filter(
        pk__in=said.texts.keys(),
        status=OfficialAccount.Status.ACTIVE,
        unit_id__any=actor.units_with("content.draft"),
    )
    kept = set(accounts.values_list("pk", flat=True))
    media = MediaFile.objects.filter(
        unit_id=unit_id,
        sha256__in={item.sha256 for item in _media_of(said)},
        record__isnull=False,
        record__archived_at=None,
    )
    there = set(media.values_list("sha256", flat=True))
    return replace(
        said,
        title=_copied(said.title),
        texts={pk: text for pk, text in said.texts.items() if pk in kept},
        media=tuple(item for item in said.media if item.sha256 in there),
        film=said.film if said.film and said.film.sha256 in there else None,
        recipients={},
        prepared={},
        planned_at=None,
        valid_until=None,
        declared=Declaration(),
        justified={},
    )


def _copied(title: str) -> str:
    """Told apart from the first in lists, as long as a title may be."""
    mark = _("(copy)")
    return title if title.endswith(mark) else f"{title[: LONGEST_TITLE - len(mark) - 1]} {mark}"

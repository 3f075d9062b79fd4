"""A new post begins with what somebody typed for one that can no longer be edited."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from accounts.models import User
from content.actions.drafting import follow_post, lock_post
from content.actions.duplicating import duplicate_post
from content.actions.refusals import guarded
from content.closed import OVER
from content.errors import AnsweredBefore, ContentError
from content.models import Post, Relation, Scratch
from content.outcome import OUT

# Of the post that was typed for, and not of what corrects it: as ``follow_post`` leaves them out.
_OF_THE_FIRST = {"planned_at", "valid_until", "next_slot", "ticket"}
# Statements are confirmed of a text, and of a correction they are confirmed anew.
_CONFIRMED = ("confirm_",)
# Nothing that was declared or justified is of a new post: as ``duplicate_post`` leaves it out.
_DECLARED = ("confirm_", "why_", "doubt", "secrecy", "excluded", "personal")


@guarded("follow")
def correct_with_scratch(*, actor: User, post_id: int, key: UUID | None = None) -> Post:
    """Begin a correction of a post that went out while this person was writing, and move there what
    they typed: it stays unsaved, and theirs alone, until they save it.

    ``key`` is of the page on which they typed: a second time it gives the post that is there, and
    ``AnsweredBefore`` is raised where something else was typed by now. Raises ``ContentError``
    where nothing unsaved is kept, and what ``follow_post`` raises.
    """
    first = lock_post(post_id, "current_version")
    begun = _begun_before(first, actor, key)
    if begun is not None:
        return _again(begun, first, actor, key, leaves=_CONFIRMED)
    begun = follow_post(actor=actor, post_id=post_id, relation=Relation.CORRECTION, key=key)
    return _with_typed(begun, first, actor, key, leaves=_CONFIRMED)


@guarded("duplicate")
def rewrite_with_scratch(*, actor: User, post_id: int, key: UUID | None = None) -> Post:
    """Begin a new draft from a post that is over, and move there what this person typed for it: it
    stays unsaved, and theirs alone, until they save it. In place of a correction or an update it is
    another one, as long as what it follows is out.

    Who wrote the post that is over does not decide on the new one: part of its words may be left in
    what was typed. ``key`` is as in ``correct_with_scratch``. Raises ``ContentError`` where nothing
    unsaved is kept or the post is not over, and what ``duplicate_post`` and ``follow_post`` raise.
    """
    over = lock_post(post_id, "follows", "current_version")
    begun = _begun_before(over, actor, key)
    if begun is not None:
        return _again(begun, over, actor, key, leaves=_DECLARED)
    version, first = over.current_version, over.follows
    if over.status not in OVER or version is None:
        raise ContentError(_("Only what was withdrawn, archived or rejected is written anew."))
    if first is not None and first.status in OUT:
        begun = follow_post(
            actor=actor, post_id=first.pk, relation=over.relation, copied_from=version, key=key
        )
    else:
        begun = duplicate_post(
            actor=actor, post_id=post_id, number=version.number, unit_id=over.unit_id, key=key
        )
    return _with_typed(begun, over, actor, key, leaves=_DECLARED)


def _begun_before(old: Post, actor: User, key: UUID | None) -> Post | None:
    """What was begun with what was typed on this page for a locked post. Raises ``ContentError``
    for the key of a form that began something else."""
    if key is None:
        return None
    begun = Post.objects.select_related("copied_from", "current_version")
    known = begun.filter(author=actor, key=key).first()
    if known is None:
        return None
    source = known.copied_from.post_id if known.copied_from else known.follows_id
    if source != old.pk:
        raise ContentError(_("This form was answered already. Open the page again."))
    return known


def _again(
    begun: Post, old: Post, actor: User, key: UUID | None, *, leaves: Collection[str]
) -> Post:
    """The same once more, kept anew on its way here: it went along already."""
    typed = _typed_for(old, actor, key)
    if typed is None:
        return begun
    moved = Scratch.objects.filter(owner=actor, post=begun, closed_at=None)
    if not moved.filter(fields=_fields_of(typed, old, begun, leaves)).exists():
        raise AnsweredBefore(begun)
    typed.delete()
    return begun


def _with_typed(
    begun: Post, old: Post, actor: User, key: UUID | None, *, leaves: Collection[str]
) -> Post:
    """Move what this person typed last for ``old`` to the post that was ``begun``."""
    typed = _typed_for(old, actor, key)
    if typed is None:
        raise ContentError(_("There is no unsaved text of yours any more."))
    fields = _fields_of(typed, old, begun, leaves)
    Scratch.objects.create(
        owner=actor, post=begun, fields=fields, based_on=1, page=uuid4(), kept_at=typed.kept_at
    )
    typed.delete()
    return begun


def _typed_for(old: Post, actor: User, page: UUID | None) -> Scratch | None:
    mine = Scratch.objects.select_for_update().filter(owner=actor, post=old, closed_at=None)
    mine = mine.filter(discarded_at=None)
    return (mine.filter(page=page) if page else mine).first()


def _fields_of(
    typed: Scratch, old: Post, begun: Post, leaves: Collection[str]
) -> dict[str, list[str]]:
    left = tuple(leaves)
    fields = {
        name: words
        for name, words in typed.fields.items()
        if name not in _OF_THE_FIRST and not name.startswith(left)
    }
    if typed.title == old.title:
        fields["title"] = [begun.title]
    return fields

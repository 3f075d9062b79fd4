"""A new post begins with what somebody typed for one that can no longer be edited."""

from __future__ import annotations

from collections.abc import Collection
from uuid import uuid4

from django.utils.translation import gettext as _

from accounts.models import User
from content.actions.drafting import follow_post
from content.actions.duplicating import duplicate_post
from content.actions.refusals import guarded
from content.closed import OUT, OVER
from content.errors import ContentError
from content.models import Post, Relation, Scratch

# Of the post that was typed for, and not of what corrects it: as ``follow_post`` leaves them out.
_OF_THE_FIRST = {"planned_at", "valid_until", "next_slot", "ticket"}
# Statements are confirmed of a text, and of a correction they are confirmed anew.
_CONFIRMED = ("confirm_",)
# Nothing that was declared or justified is of a new post: as ``duplicate_post`` leaves it out.
_DECLARED = ("confirm_", "why_", "doubt", "secrecy", "excluded", "personal")


@guarded("follow")
def correct_with_scratch(*, actor: User, post_id: int) -> Post:
    """Begin a correction of a post that went out while this person was writing, and move there what
    they typed: it stays unsaved, and theirs alone, until they save it.

    Raises ``ContentError`` where nothing unsaved is kept, and what ``follow_post`` raises.
    """
    begun = follow_post(actor=actor, post_id=post_id, relation=Relation.CORRECTION)
    return _with_typed(begun, actor, post_id, leaves=_CONFIRMED)


@guarded("duplicate")
def rewrite_with_scratch(*, actor: User, post_id: int) -> Post:
    """Begin a new draft from a post that is over, and move there what this person typed for it: it
    stays unsaved, and theirs alone, until they save it. In place of a correction or an update it is
    another one, as long as what it follows is out.

    Who wrote the post that is over does not decide on the new one: part of its words may be left in
    what was typed. Raises ``ContentError`` where nothing unsaved is kept or the post is not over,
    and what ``duplicate_post`` and ``follow_post`` raise.
    """
    over = Post.objects.select_related("follows", "current_version").get(pk=post_id)
    version, first = over.current_version, over.follows
    if over.status not in OVER or version is None:
        raise ContentError(_("Only what was withdrawn, archived or rejected is written anew."))
    if first is not None and first.status in OUT:
        begun = follow_post(
            actor=actor, post_id=first.pk, relation=over.relation, copied_from=version
        )
    else:
        begun = duplicate_post(
            actor=actor, post_id=post_id, number=version.number, unit_id=over.unit_id
        )
    return _with_typed(begun, actor, post_id, leaves=_DECLARED)


def _with_typed(begun: Post, actor: User, post_id: int, *, leaves: Collection[str]) -> Post:
    """Move what this person typed last for a post to the one that ``begun`` is."""
    mine = Scratch.objects.select_for_update().filter(owner=actor, post_id=post_id, closed_at=None)
    typed = mine.filter(discarded_at=None).first()
    if typed is None:
        raise ContentError(_("There is no unsaved text of yours any more."))
    left = tuple(leaves)
    fields = {
        name: words
        for name, words in typed.fields.items()
        if name not in _OF_THE_FIRST and not name.startswith(left)
    }
    if typed.title == Post.objects.get(pk=post_id).title:
        fields["title"] = [begun.title]
    Scratch.objects.create(
        owner=actor, post=begun, fields=fields, based_on=1, page=uuid4(), kept_at=typed.kept_at
    )
    typed.delete()
    return begun

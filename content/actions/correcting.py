from __future__ import annotations

from uuid import uuid4

from django.utils.translation import gettext as _

from accounts.models import User
from content.actions.drafting import follow_post
from content.actions.refusals import guarded
from content.errors import ContentError
from content.models import Post, Relation, Scratch

# Of the post that was typed for, and not of what corrects it: as ``follow_post`` leaves them out.
_OF_THE_FIRST = {"planned_at", "valid_until", "next_slot", "ticket"}


@guarded("follow")
def correct_with_scratch(*, actor: User, post_id: int) -> Post:
    """Begin a correction of a post that went out while this person was writing, and move there what
    they typed: it stays unsaved, and theirs alone, until they save it.

    Raises ``ContentError`` where nothing unsaved is kept, and what ``follow_post`` raises.
    """
    begun = follow_post(actor=actor, post_id=post_id, relation=Relation.CORRECTION)
    mine = Scratch.objects.select_for_update().filter(owner=actor, post_id=post_id)
    typed = mine.filter(discarded_at=None).first()
    if typed is None:
        raise ContentError(_("There is no unsaved text of yours any more."))
    first = begun.follows
    fields = {name: words for name, words in typed.fields.items() if _goes_along(name)}
    if first is not None and typed.title == first.title:
        fields["title"] = [begun.title]
    Scratch.objects.create(
        owner=actor, post=begun, fields=fields, based_on=1, page=uuid4(), kept_at=typed.kept_at
    )
    typed.delete()
    return begun


def _goes_along(name: str) -> bool:
    """Statements are confirmed of a text, and of a correction they are confirmed anew."""
    return name not in _OF_THE_FIRST and not name.startswith("confirm_")

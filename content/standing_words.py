"""What is said of a post that was submitted or approved, and of a save that undoes it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from content.models.ended import Ended
from content.standing import Decided


def undone_by_a_save(decided: Decided, reader: User, *, is_new: bool) -> str:
    """Who submitted or approved it, and what a save would undo. ``is_new``: since the reader opened
    the form."""
    told = _decided_meanwhile(decided, reader) if is_new else where_it_stands(decided, reader)
    if decided.is_approval:
        return f"{told} {_ends_approval(decided)}"
    return f"{told} " + _("Saving takes the submission back.")


def _decided_meanwhile(decided: Decided, reader: User) -> str:
    at = {"person": decided.person, "number": decided.number}
    if decided.is_approval:
        return _("%(person)s approved version %(number)s in the meantime.") % at
    if decided.person.pk == reader.pk:
        return _("You submitted version %(number)s in another tab.") % at
    return _("%(person)s submitted version %(number)s in the meantime.") % at


def _ends_approval(decided: Decided) -> str:
    if not decided.is_last:
        return _("Saving ends this approval and takes the submission back.")
    if not decided.called_back:
        return _("Saving ends the approval.")
    ends = ngettext(
        "Saving ends the approval and cancels %(count)s publication.",
        "Saving ends the approval and cancels %(count)s publications.",
        decided.called_back,
    )
    return ends % {"count": decided.called_back}


def where_it_stands(decided: Decided, reader: User) -> str:
    """Who submitted or approved it, for somebody who was about to submit it."""
    at = {"person": decided.person, "number": decided.number}
    if decided.is_approval:
        return _("%(person)s has approved version %(number)s.") % at
    if decided.person.pk == reader.pk:
        return _("You have submitted version %(number)s already.") % at
    return _("%(person)s has submitted version %(number)s.") % at


def still_counts(decided: Decided) -> str:
    """What stands because a save with its submission was refused."""
    if decided.is_approval:
        told = _("Nothing is saved yet: the approval of version %(number)s still counts.")
    else:
        told = _("Nothing is saved yet: the submission of version %(number)s still counts.")
    return told % {"number": decided.number}


def told_of_save(ended: Ended, number: int) -> str:
    """What became of the submission or the approval of an earlier version, after ``number`` was
    saved."""
    saved = _("Saved as version %(number)s.") % {"number": number}
    if not ended.was_approved:
        what = _("The submission of version %(number)s is taken back.")
    elif not ended.called_back:
        what = _("The approval of version %(number)s no longer counts.")
    else:
        what = ngettext(
            "The approval of version %(number)s no longer counts, %(count)s publication is "
            "cancelled.",
            "The approval of version %(number)s no longer counts, %(count)s publications are "
            "cancelled.",
            ended.called_back,
        )
    return f"{saved} {what % {'number': ended.number, 'count': ended.called_back}}"

"""What was decided of a post since somebody opened it, so that no save undoes it without a word."""

from __future__ import annotations

import re

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from content.models import Post, Publication
from content.models.ended import Ended

# As ``standing`` writes it: a review, and the latest decision in it.
_MARK = re.compile(r"[0-9]{1,19}\.[0-9]{1,19}\Z")


def standing(post: Post) -> str:
    """A mark of what an edit would undo: another one after each submission and each decision,
    "" for what an edit takes nothing from. One query, and none for a draft."""
    if post.status == Post.Status.DRAFT or not post.is_editable:
        return ""
    rows = post.reviews.order_by("-pk").annotate(latest=Max("decisions__pk"))
    review, decision = rows.values_list("pk", "latest").first() or (0, 0)
    return f"{review}.{decision or 0}"


def read_mark(text: str) -> str:
    """A mark that a page sent back; "" for anything else, as if nothing had been known."""
    return text if _MARK.match(text) else ""


def to_call_back(post: Post) -> int:
    """How many publications an edit cancels."""
    return post.publications.filter(part=0, status__in=Publication.CALLED_BACK).count()


def decided_meanwhile(post: Post, reader: User) -> str:
    """Who submitted or approved a post that is no draft, and what a save would undo."""
    review = post.reviews.select_related("version", "submitted_by").latest("pk")
    last = review.decisions.select_related("decider").order_by("pk").last()
    if last is None:
        told = _submitted(review.submitted_by, review.version.number, reader)
        ends = _("Saving takes the submission back.")
    else:
        told = _("%(person)s approved version %(number)s in the meantime.")
        told %= {"person": last.decider, "number": review.version.number}
        ends = _ends_approval(post)
    return f"{told} {ends}"


def _ends_approval(post: Post) -> str:
    if post.status == Post.Status.SUBMITTED:
        return _("Saving ends this approval and takes the submission back.")
    cancelled = to_call_back(post)
    if not cancelled:
        return _("Saving ends the approval.")
    ends = ngettext(
        "Saving ends the approval and cancels %(count)s publication.",
        "Saving ends the approval and cancels %(count)s publications.",
        cancelled,
    )
    return ends % {"count": cancelled}


def _submitted(person: User, number: int, reader: User) -> str:
    if person.pk == reader.pk:
        return _("You submitted version %(number)s in another tab.") % {"number": number}
    told = _("%(person)s submitted version %(number)s in the meantime.")
    return told % {"person": person, "number": number}


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

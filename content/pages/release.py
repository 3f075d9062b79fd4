"""What is let go after a freeze: what was ticked, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from content import actions
from content.errors import ContentError
from content.models import Publication
from content.selectors import posts as selectors
from govsocial.web.lists import PAGE_SIZE

MOST_NAMED = 6


def ticked(values: Iterable[str], user: User) -> list[Publication]:
    """The publications that were ticked, as far as this person sees them."""
    ids = [int(one) for one in values if one.isascii() and one.isdecimal() and len(one) < 19]
    rows = selectors.publications_visible_to(user).filter(pk__in=ids[:PAGE_SIZE])
    return list(rows.order_by("pk"))


def release_each(user: User, publications: Iterable[Publication]) -> tuple[str, list[str]]:
    """Let each go by itself: how many went, and which of them at once, in words, "" for none; and
    what did not, with why.

    Two publications may bear the same title on the same account: each is answered for.
    """
    answers = [(one, why_not_released(user, one)) for one in publications]
    refused = [f"{one}: {why}" for one, why in answers if why]
    gone = len(answers) - len(refused)
    if not gone:
        return "", refused
    words = ngettext("%(n)s publication goes again.", "%(n)s publications go again.", gone)
    now = timezone.now()
    late = [one for one, why in answers if not why and one.scheduled_for <= now]
    told = [
        words % {"n": gone},
        _names(_("Going out at once: %(which)s."), [one for one in late if not one.by_hand]),
        _names(_("To be posted by hand now: %(which)s."), [one for one in late if one.by_hand]),
    ]
    return " ".join(one for one in told if one), refused


def _names(words: str, publications: Sequence[Publication]) -> str:
    """The first of them by name; "" for none."""
    if not publications:
        return ""
    named = [f"“{one.version.title}”, {one.official_account.in_words}" for one in publications]
    more = len(named[MOST_NAMED:])
    if more:
        told = ngettext("and %(more)s more", "and %(more)s more", more)
        named[MOST_NAMED:] = [told % {"more": more}]
    return words % {"which": "; ".join(named)}


def why_not_released(user: User, publication: Publication) -> str:
    """Let it go; why not, in words, when it does not, "" when it does."""
    try:
        actions.release_publication(actor=user, publication_id=publication.pk)
    except (ContentError, PermissionDenied) as exc:
        return str(exc)
    return ""

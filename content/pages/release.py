"""What is let go after a freeze: what was ticked, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.utils.translation import ngettext

from accounts.models import User
from content import actions
from content.errors import ContentError
from content.models import Publication
from content.selectors import posts as selectors
from govsocial.web.lists import PAGE_SIZE


def ticked(values: Iterable[str], user: User) -> list[Publication]:
    """The publications that were ticked, as far as this person sees them."""
    ids = [int(one) for one in values if one.isascii() and one.isdecimal() and len(one) < 19]
    rows = selectors.publications_visible_to(user).filter(pk__in=ids[:PAGE_SIZE])
    return list(rows.order_by("pk"))


def release_each(user: User, publications: Iterable[Publication]) -> tuple[str, list[str]]:
    """Let each go by itself: how many went, in words, "" for none; and what did not, with why.

    Two publications may bear the same title on the same account: each is answered for.
    """
    answers = [(one, why_not_released(user, one)) for one in publications]
    refused = [f"{one}: {why}" for one, why in answers if why]
    gone = len(answers) - len(refused)
    if not gone:
        return "", refused
    words = ngettext("%(n)s publication goes again.", "%(n)s publications go again.", gone)
    return words % {"n": gone}, refused


def why_not_released(user: User, publication: Publication) -> str:
    """Let it go; why not, in words, when it does not, "" when it does."""
    try:
        actions.release_publication(actor=user, publication_id=publication.pk)
    except (ContentError, PermissionDenied) as exc:
        return str(exc)
    return ""

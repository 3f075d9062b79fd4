"""Which accounts of a post had it: a page tells these from the ones that nothing went out on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from content.models import Post, Publication
from content.outlets import Outlet

_HAD_IT = (Publication.Status.PUBLISHED, Publication.Status.WITHDRAWN)
_TOLD_OF = (Post.Status.LIVE, Post.Status.CORRECTED, Post.Status.WITHDRAWN, Post.Status.ARCHIVED)


def of_page(
    post: Post,
    previews: Sequence[dict[str, Any]],
    known: Iterable[Outlet],
) -> dict[str, Any]:
    """Of a post that was out, the ``previews`` of the accounts where it is or was, and the other
    outlets as ``not_known_out``: what still waits, is in doubt, failed or was cancelled. Of every
    other post all previews."""
    outlets = list(known)
    had_it = {
        one.official_account.pk
        for one in outlets
        if any(part.status in _HAD_IT for part in one.parts)
    }
    if post.status not in _TOLD_OF or not had_it:
        return {"previews": list(previews), "not_known_out": []}
    return {
        "previews": [one for one in previews if one["account"].pk in had_it],
        "not_known_out": [one for one in outlets if one.official_account.pk not in had_it],
    }

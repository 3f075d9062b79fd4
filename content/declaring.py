"""Whether what was confirmed of an earlier text still holds for the present one.

Whoever confirms the statements does so of a text. A confirmation that comes along from an earlier
version holds as long as the text says the same; of another text it has to be given anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from accounts.models import User
from content.checklist import LISTS, is_confirmed
from content.documents import Document
from content.models import Post, PostVersion

# How far back it is looked for what somebody confirmed before.
MOST_LOOKED_AT = 20


def still_declared(
    document: Document, carried: Mapping[str, int], *, post: Post, actor: User
) -> Document:
    """The document without the confirmations that came along and were given of another text.

    ``carried``: by the key of a list, the number of the version in which it was confirmed. What is
    confirmed and not in it was confirmed just now.
    """
    along = {key: one for key, one in carried.items() if key in document.declared.confirmed}
    if not along:
        return document
    given = {one.number: one for one in post.versions.filter(number__in=set(along.values()))}
    kept = {
        key: version
        for key, version in document.declared.confirmed.items()
        if key not in along or _holds(document, key, given.get(along[key]), actor)
    }
    return replace(document, declared=replace(document.declared, confirmed=kept))


def _holds(document: Document, key: str, given: PostVersion | None, actor: User) -> bool:
    if given is None or given.editor_id != actor.pk:
        return False
    said = given.content()
    confirmed = document.declared.confirmed[key]
    return said.declared.confirmed.get(key) == confirmed and said.says_alike(document)


def declared_of_another_text(document: Document, post: Post | None) -> dict[str, int]:
    """Of the lists that the document lacks, which is the current version of a post or was not saved
    as its next one, by key: the latest version in which the editor of the current one confirmed
    that list, of another text. One query, where a list is lacking in a later version than the
    first."""
    current = post.current_version if post else None
    lacking = [one.key for one in LISTS if not is_confirmed(document, one)]
    if post is None or current is None or not lacking:
        return {}
    versions = [current]
    if current.number > 1:
        earlier = post.versions.filter(number__lt=current.number, editor=current.editor_id)
        versions += earlier.order_by("-number")[:MOST_LOOKED_AT]
    found: dict[str, PostVersion] = {}
    for one in versions:
        for key in one.content().declared.confirmed:
            found.setdefault(key, one)
    return {
        key: found[key].number
        for key in lacking
        if key in found and not found[key].content().says_alike(document)
    }

"""Which page of which post a form of the composer is, as its address and its hidden inputs say."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID, uuid4

from django.http import QueryDict

from content.actions.scratches import Place
from content.forms.pictures import is_key
from content.models import Post
from content.saving import OF_THE_PAGE

# Inputs of the composer; those that belong to the page and not to the post are not kept.
_INPUT = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
_OF_THE_PAGE = re.compile(
    rf"(csrfmiddlewaretoken|find|based_on|scratch_\w+|file_\d+|{'|'.join(OF_THE_PAGE)})\Z"
)
# In an address: the unsaved text to go on with.
RESUME = "resume"
# In an address: the key of a form that begins a post. Browsers fetch the page anew when somebody
# goes back to it, and fill in what was typed: the address alone tells that it is the same form.
FORM = "form"


def keyed(address: str, query: QueryDict) -> str:
    """The address of a form that begins a post, where ``query`` does not name a form yet; else
    "". Each time it is another form."""
    if is_key(query.get(RESUME, "")) or form_of(query):
        return ""
    named = query.copy()
    named[FORM] = str(uuid4())
    return f"{address}?{named.urlencode()}"


def form_of(query: QueryDict) -> UUID | None:
    """The key of a form in its address."""
    return _uuid(query.get(FORM))


def typed_fields(data: QueryDict) -> dict[str, list[str]]:
    """The inputs of a post among what a page sent."""
    return {
        name: values
        for name, values in data.lists()
        if _INPUT.match(name) and not _OF_THE_PAGE.match(name)
    }


def place_of(data: QueryDict, post: Post | None) -> Place:
    """Which page of which post this is, as its hidden inputs say."""
    page = _uuid(data.get("scratch_page")) or uuid4()
    over, seen = _uuid(data.get("scratch_over")), _instant(data.get("scratch_seen", ""))
    if post is not None:
        return Place(post_id=post.pk, page=page, over=over, seen=seen)
    token = _uuid(data.get("scratch_token")) or uuid4()
    return Place(token=token, page=page, over=over, seen=seen)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text and len(text) == 36 else None
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    """A time that a page sent back; None for anything else."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else None

"""Views of lists that a person saved: how a list shows them, and what may stand in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from accounts.requests import person
from content.filters.posts import PostFilter, PublicationFilter, ReviewFilter
from content.models import SavedList, SavedView
from content.models.saved_view import LONGEST_QUERY
from content.selectors.lists import saved_views_of
from govsocial.web.finding import SUFFIX
from govsocial.web.htmx import wants_fragment

ADDRESSES = {
    SavedList.POSTS: "content:post_list",
    SavedList.PUBLICATIONS: "content:publication_list",
    SavedList.REVIEWS: "content:review_list",
}
_FILTERS = {
    SavedList.POSTS: PostFilter,
    SavedList.PUBLICATIONS: PublicationFilter,
    SavedList.REVIEWS: ReviewFilter,
}
# In the address of a list, which view it was opened by: what is left when its filters are removed,
# so that the default one does not come back at once.
VIEW = "view"
EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class Shown:
    """The saved views of one list. ``opens`` is where to go in place of it, if anywhere; ``saving``
    the page on which the present filters get a name, where they have none yet."""

    views: list[dict[str, Any]]
    opens: str
    saving: str
    clear: str


def shown(request: HttpRequest, place: SavedList) -> Shown:
    """What the list shows of them. Opened without a question, it asks that of the default one."""
    views = list(saved_views_of(person(request), place))
    query = cleaned(place, request.GET.urlencode())
    default = next((view for view in views if view.is_default), None)
    rows = [
        {"name": view.name, "url": address_of(view), "is_here": bool(query) and view.query == query}
        for view in views
    ]
    named = not query or any(row["is_here"] for row in rows)
    asks = reverse("content:saved_view_create") + "?" + urlencode({"place": place, "query": query})
    is_plain = not request.GET and not wants_fragment(request)
    return Shown(
        views=rows,
        opens=address_of(default) if default and is_plain else "",
        saving="" if named else asks,
        clear=f"?{VIEW}={EVERYTHING}" if default else "",
    )


def address_of(view: SavedView) -> str:
    own = f"{view.query}&" if view.query else ""
    return f"{reverse(ADDRESSES[SavedList(view.place)])}?{own}{VIEW}={view.pk}"


def cleaned(place: str, query: str) -> str:
    """The filters and the sort of a list in one spelling, whatever else an address holds."""
    known = _FILTERS[SavedList(place)].base_filters
    names = {*known, *(f"{name}{SUFFIX}" for name in known), "sort"}
    asked = QueryDict(query)
    pairs = [
        (name, value)
        for name in sorted(names & asked.keys())
        for value in asked.getlist(name)
        if value
    ]
    text = urlencode(pairs)
    return text if len(text) <= LONGEST_QUERY else ""

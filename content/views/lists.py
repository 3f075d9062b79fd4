"""The lists of posts and publications, and all three lists as files."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.exports import list_response
from accounts.requests import person
from content import actions, list_rows, saved_views
from content.filters.posts import PostFilter, PublicationFilter
from content.models import Post, Publication, SavedList
from content.queue import queue_of
from content.selectors import lists as selectors_lists
from content.selectors import posts as selectors
from content.waiting import waiting_for
from govsocial.web.counting import MOST_COUNTED
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import back_to_list, chips, page_of, page_of_keys, page_of_many, sorted_by
from govsocial.web.ordering import Sorts, in_course
from govsocial.web.permissions import requires

POST_SORTS: Sorts = {
    "title": "title",
    "unit": "unit__name",
    "status": in_course("status", Post.Status),
    "planned": "time_at",
    "updated": "updated_at",
}
PUBLICATION_SORTS: Sorts = {
    "time": "shown_at",
    "title": "version__title",
    "account": "official_account__display_name",
    "status": in_course("status", Publication.Status),
}


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def post_list(request: HttpRequest) -> HttpResponse:
    user, views = person(request), saved_views.shown(request, SavedList.POSTS)
    if views.opens:
        return redirect(views.opens)
    filters = _post_filters(request)
    rows = sorted_by(filters.qs, request, POST_SORTS, "-updated")
    read = partial(selectors_lists.posts_of_page, user)
    most = MOST_COUNTED if filters.reads_words else None
    page = (
        page_of_many(rows, request, read)
        if filters.finds_few
        else page_of_keys(rows, request, read, most=most)
    )
    context = {
        **_filtered(filters, views),
        "page": page,
        "may_draft": user.holds("content.draft"),
    }
    return render(request, page_or_fragment(request, "content/post_list.html"), context)


@require_safe
@requires("content.view")
def publication_list(request: HttpRequest) -> HttpResponse:
    views = saved_views.shown(request, SavedList.PUBLICATIONS)
    if views.opens:
        return redirect(views.opens)
    filters = _publication_filters(request)
    rows = selectors_lists.publications_to_list(filters.qs)
    page = page_of(
        sorted_by(rows, request, PUBLICATION_SORTS, "-time")
        if "sort" in request.GET
        else selectors_lists.WaitingFirst(rows),
        request,
    )
    if request.GET.get("sort", "").lstrip("-") in {"", "time"}:
        page.object_list = selectors.platforms_in_order(page.object_list)
    context = {**_filtered(filters, views), "page": page}
    context["waits"] = 0 if request.GET.get("todo") else waiting_for(request).attention
    return render(request, page_or_fragment(request, "content/publication_list.html"), context)


def _filtered(filters: Any, views: saved_views.Shown) -> dict[str, Any]:
    """What ``components/filters.html`` and ``content/_saved_views.html`` show."""
    shown = chips(filters)
    return {
        "form": filters.form,
        "chips": shown,
        "seldom_set": filters.unfolds(shown),
        "saved": views,
        "clear": views.clear,
    }


@require_safe
@requires("content.view")
def post_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV, or as XLSX with ``?format=xlsx``."""
    filters = _post_filters(request)
    if not filters.is_valid():
        return back_to_list(request, "content:post_list")
    rows = sorted_by(filters.qs, request, POST_SORTS, "-updated")
    header, cells = list_rows.post_header(), list_rows.post_rows(rows)
    count = _noted(request, filters, SavedList.POSTS, rows.count())
    return list_response(
        request, filters, name=_("posts"), title=_("Content"), count=count, header=header,
        rows=cells,
    )  # fmt: skip


@require_safe
@requires("content.view")
def publication_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV, or as XLSX with ``?format=xlsx``."""
    filters = _publication_filters(request)
    if not filters.is_valid():
        return back_to_list(request, "content:publication_list")
    rows = sorted_by(filters.qs, request, PUBLICATION_SORTS, "-time")
    header, cells = list_rows.publication_header(), list_rows.publication_rows(rows)
    count = _noted(request, filters, SavedList.PUBLICATIONS, rows.count())
    return list_response(
        request, filters, name=_("publications"), title=_("Publications"), count=count,
        header=header, rows=cells,
    )  # fmt: skip


@require_safe
@requires("content.view")
def review_export(request: HttpRequest) -> HttpResponseBase:
    """The queue as filtered, those that wait for this person first."""
    mine, others, filters = queue_of(person(request), request.GET)
    if not filters.is_valid():
        return back_to_list(request, "content:review_list")
    rows = list_rows.review_rows([(_("You"), mine), (_("Others"), others)])
    count = _noted(request, filters, SavedList.REVIEWS, mine.count() + others.count())
    return list_response(
        request, filters, name=_("reviews"), title=_("Review"), count=count,
        header=list_rows.review_header(), rows=rows,
    )  # fmt: skip


def _noted(request: HttpRequest, filters: Any, place: SavedList, count: int) -> int:
    asked = list_rows.asked_in(filters, request.GET)
    actions.record_export(actor=person(request), place=place, rows=count, filters=asked)
    return count


def _post_filters(request: HttpRequest) -> PostFilter:
    user = person(request)
    return PostFilter(request.GET, queryset=selectors_lists.listed_posts(user), user=user)


def _publication_filters(request: HttpRequest) -> PublicationFilter:
    user = person(request)
    visible = selectors.with_time_shown(selectors.publications_visible_to(user))
    return PublicationFilter(request.GET, queryset=visible, user=user)

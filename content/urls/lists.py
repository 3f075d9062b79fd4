"""Searching, saved views and copies of posts."""

from __future__ import annotations

from django.urls import path

from content.views import duplicating, saved_views, search

# /content/search/, /content/saved-views/
list_urls = [
    path("search/", search.search, name="search"),
    path("saved-views/", saved_views.saved_view_list, name="saved_view_list"),
    path("saved-views/new/", saved_views.saved_view_create, name="saved_view_create"),
    path("saved-views/<int:view_id>/edit/", saved_views.saved_view_edit, name="saved_view_edit"),
    path(
        "saved-views/<int:view_id>/remove/",
        saved_views.saved_view_remove,
        name="saved_view_remove",
    ),
    path(
        "posts/<int:post_id>/versions/<int:number>/duplicate/",
        duplicating.post_duplicate,
        name="post_duplicate",
    ),
]

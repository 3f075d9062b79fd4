from __future__ import annotations

from django.urls import path

from govsocial.web import gallery, preferences, session_check

app_name = "web"

urlpatterns = [
    path("preferences/language/", preferences.language_set, name="language_set"),
    path("preferences/theme/", preferences.theme_set, name="theme_set"),
    path("session/", session_check.session_check, name="session_check"),
    path("design/", gallery.gallery, name="gallery"),
    path("design/charts/<slug:name>/", gallery.gallery_chart, name="gallery_chart"),
]

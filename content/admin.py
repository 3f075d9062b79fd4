from __future__ import annotations

from django.contrib import admin

from content.models import (
    Attempt,
    Decision,
    MediaFile,
    Post,
    PostVersion,
    Publication,
    Review,
)
from govsocial.web.admin import ViewOnlyAdmin

for model in (Attempt, Decision, MediaFile, Post, PostVersion, Publication, Review):
    admin.site.register(model, ViewOnlyAdmin)

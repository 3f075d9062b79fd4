"""Windows on the tables. Snapshots have keys of two columns, which Django admin cannot show."""

from __future__ import annotations

from django.contrib import admin

from govsocial.web.admin import ViewOnlyAdmin
from kpi.models import AccountDay, CollectionRun, PlatformPost, PullState


@admin.register(PlatformPost)
class PlatformPostAdmin(ViewOnlyAdmin):
    list_display = ("platform_id", "official_account", "posted_at", "kind", "gone_at")
    list_filter = ("kind",)
    list_select_related = ("official_account",)
    search_fields = ("platform_id", "text")


@admin.register(PullState)
class PullStateAdmin(ViewOnlyAdmin):
    list_display = ("official_account", "next_pull_at", "captured_at", "failures", "problem")
    list_select_related = ("official_account",)


@admin.register(CollectionRun)
class CollectionRunAdmin(ViewOnlyAdmin):
    list_display = ("official_account", "started_at", "outcome", "rows", "calls", "error")
    list_filter = ("outcome",)
    list_select_related = ("official_account",)


@admin.register(AccountDay)
class AccountDayAdmin(ViewOnlyAdmin):
    list_display = ("official_account", "day", "collected", "followers", "posts")
    list_select_related = ("official_account",)

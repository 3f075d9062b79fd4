from __future__ import annotations

from django.urls import path

from kpi.views import official_accounts, platform_posts

app_name = "kpi"

urlpatterns = [
    path("", official_accounts.account_list, name="account_list"),
    path("export/", official_accounts.account_export, name="account_export"),
    path("indicators/<slug:key>/", official_accounts.indicator_detail, name="indicator_detail"),
    # /accounts/<id>/
    path(
        "accounts/<int:official_account_id>/",
        official_accounts.account_detail,
        name="account_detail",
    ),
    path(
        "accounts/<int:official_account_id>/charts/<slug:name>/",
        official_accounts.account_chart,
        name="account_chart",
    ),
    path(
        "accounts/<int:official_account_id>/collection/",
        official_accounts.account_collection,
        name="account_collection",
    ),
    path(
        "accounts/<int:official_account_id>/posts/export/",
        platform_posts.platform_post_export,
        name="platform_post_export",
    ),
    # /posts/<id>/
    path(
        "posts/<int:platform_post_id>/",
        platform_posts.platform_post_detail,
        name="platform_post_detail",
    ),
    path(
        "posts/<int:platform_post_id>/chart/",
        platform_posts.platform_post_chart,
        name="platform_post_chart",
    ),
]

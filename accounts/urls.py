from __future__ import annotations

from django.urls import path

from accounts.views import connections, consents, health, official_accounts

app_name = "accounts"

urlpatterns = [
    path("", official_accounts.official_account_list, name="official_account_list"),
    path("export/", official_accounts.official_account_export, name="official_account_export"),
    path(
        "register/", official_accounts.official_account_register, name="official_account_register"
    ),
    path("health/", health.connection_health, name="connection_health"),
    path("health/export/", health.connection_health_export, name="connection_health_export"),
    # /<id>/
    path(
        "<int:official_account_id>/",
        official_accounts.official_account_detail,
        name="official_account_detail",
    ),
    path(
        "<int:official_account_id>/edit/",
        official_accounts.official_account_edit,
        name="official_account_edit",
    ),
    path(
        "<int:official_account_id>/close/",
        official_accounts.official_account_close,
        name="official_account_close",
    ),
    path(
        "<int:official_account_id>/reopen/",
        official_accounts.official_account_reopen,
        name="official_account_reopen",
    ),
    path(
        "<int:official_account_id>/connect/",
        connections.official_account_connect,
        name="official_account_connect",
    ),
    path(
        "<int:official_account_id>/consent/",
        consents.official_account_consent,
        name="official_account_consent",
    ),
    path(
        "<int:official_account_id>/disconnect/",
        connections.official_account_disconnect,
        name="official_account_disconnect",
    ),
]

from __future__ import annotations

from django.urls import include, path

from accounts.views import (
    administrators,
    compliance,
    connections,
    consents,
    health,
    imports,
    lifecycle,
    official_accounts,
)

app_name = "accounts"

urlpatterns = [
    path("", official_accounts.official_account_list, name="official_account_list"),
    path("export/", official_accounts.official_account_export, name="official_account_export"),
    path(
        "register/", official_accounts.official_account_register, name="official_account_register"
    ),
    path("compliance/", compliance.compliance_overview, name="compliance_overview"),
    path("compliance/export/", compliance.compliance_export, name="compliance_export"),
    # import/
    path("import/", imports.import_add, name="import_add"),
    path("import/template/", imports.import_template, name="import_template"),
    path("import/<int:batch_id>/", imports.import_detail, name="import_detail"),
    path("import/<int:batch_id>/confirm/", imports.import_confirm, name="import_confirm"),
    path("import/<int:batch_id>/rejected/", imports.import_rejected, name="import_rejected"),
    # administrators/
    path(
        "administrators/<int:administrator_id>/end/",
        administrators.administrator_end,
        name="administrator_end",
    ),
    path("", include("accounts.urls_care")),
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
        "<int:official_account_id>/documents/<int:document_id>/",
        official_accounts.document_download,
        name="document_download",
    ),
    path(
        "<int:official_account_id>/administrators/add/",
        administrators.administrator_add,
        name="administrator_add",
    ),
    path(
        "<int:official_account_id>/activate/",
        lifecycle.official_account_activate,
        name="official_account_activate",
    ),
    path(
        "<int:official_account_id>/suspend/",
        lifecycle.official_account_suspend,
        name="official_account_suspend",
    ),
    path(
        "<int:official_account_id>/close/",
        lifecycle.official_account_close,
        name="official_account_close",
    ),
    path(
        "<int:official_account_id>/reopen/",
        lifecycle.official_account_reopen,
        name="official_account_reopen",
    ),
    path(
        "<int:official_account_id>/release/",
        lifecycle.official_account_release,
        name="official_account_release",
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

"""Windows on the tables. Every change goes through an action."""

from __future__ import annotations

from django.contrib import admin
from django.db import models

from accounts import admin_care  # noqa: F401  # registers attestation and handover
from accounts.models import (
    ConnectionLetter,
    ConsentRequest,
    Credential,
    Grant,
    OfficialAccount,
    PlatformApp,
    PlatformSpending,
    Revocation,
    SpendingCap,
    Unit,
    User,
    WaitingLetter,
)
from govsocial.web.admin import ViewOnlyAdmin


@admin.register(Unit)
class UnitAdmin(ViewOnlyAdmin):
    list_display = ("name", "short_name", "parent", "time_zone")
    list_select_related = ("parent",)
    search_fields = ("name", "short_name")


@admin.register(User)
class UserAdmin(ViewOnlyAdmin):
    list_display = ("full_name", "email", "position", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("full_name", "email")
    exclude = ("password", "session_epoch")


@admin.register(Grant)
class GrantAdmin(ViewOnlyAdmin):
    list_display = ("user", "role", "unit", "starts_at", "ends_at", "decree", "granted_by")
    list_filter = ("role",)
    list_select_related = ("user", "unit", "granted_by")
    search_fields = ("user__full_name", "unit__name", "decree")


@admin.register(OfficialAccount)
class OfficialAccountAdmin(ViewOnlyAdmin):
    list_display = ("display_name", "handle", "platform", "host", "unit", "status")
    list_filter = ("platform", "status")
    list_select_related = ("unit",)
    search_fields = ("display_name", "handle", "host")
    # Nothing is typed here; Django only wants to know before version 6.
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


@admin.register(Credential)
class CredentialAdmin(ViewOnlyAdmin):
    """That there is a secret and in which state; never the secret, sealed or not."""

    list_display = ("official_account", "status", "key_version", "connected_by", "connected_at")
    list_filter = ("status", "key_version")
    list_select_related = ("official_account", "connected_by")
    exclude = ("sealed",)


@admin.register(PlatformApp)
class PlatformAppAdmin(ViewOnlyAdmin):
    list_display = (
        "platform", "host", "client_id", "changed_by", "changed_at", "replaced_at", "removed_at",
    )  # fmt: skip
    list_select_related = ("changed_by",)
    exclude = ("sealed",)


@admin.register(ConsentRequest)
class ConsentRequestAdmin(ViewOnlyAdmin):
    list_display = ("official_account", "user", "status", "reason", "created_at", "settled_at")
    list_filter = ("status", "reason")
    list_select_related = ("official_account", "user")
    exclude = ("sealed", "state_sha256", "browser_sha256")


@admin.register(Revocation)
class RevocationAdmin(ViewOnlyAdmin):
    list_display = ("official_account", "outcome", "tries", "last_error", "created_at")
    list_filter = ("outcome",)
    list_select_related = ("official_account",)
    exclude = ("sealed",)


@admin.register(ConnectionLetter)
class ConnectionLetterAdmin(ViewOnlyAdmin):
    list_display = ("warning", "person", "outcome", "attempts", "next_try_at", "last_error")
    list_filter = ("outcome",)
    list_select_related = ("warning__credential__official_account", "person")


@admin.register(WaitingLetter)
class WaitingLetterAdmin(ViewOnlyAdmin):
    list_display = ("created_at", "kind", "outcome", "attempts", "next_try_at", "last_error")
    list_filter = ("outcome", "kind")
    exclude = ("sealed", "address_digest")


@admin.register(PlatformSpending)
class PlatformSpendingAdmin(ViewOnlyAdmin):
    list_display = ("platform", "month", "item", "count", "amount")
    list_filter = ("platform", "item")


@admin.register(SpendingCap)
class SpendingCapAdmin(ViewOnlyAdmin):
    list_display = ("platform", "monthly", "kept", "set_by", "set_at")
    list_select_related = ("set_by",)

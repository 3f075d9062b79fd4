from __future__ import annotations

from django.contrib import admin

from govsocial.audit.models import Entry, Seal, Verification
from govsocial.web.admin import ViewOnlyAdmin


@admin.register(Entry)
class EntryAdmin(ViewOnlyAdmin):
    list_display = ["id", "at", "event", "actor_name", "target_type", "target_label"]
    list_select_related = False


@admin.register(Seal)
class SealAdmin(ViewOnlyAdmin):
    list_display = ["id", "first_id", "last_id", "count", "sealed_at", "sha256"]


@admin.register(Verification)
class VerificationAdmin(ViewOnlyAdmin):
    list_display = ["id", "requested_at", "requested_by", "status", "finished_at"]
    list_select_related = ["requested_by"]

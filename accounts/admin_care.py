from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import (
    Attestation,
    AttestationPeriod,
    Finding,
    Handover,
    HandoverItem,
    HandoverScan,
    Reminder,
)
from govsocial.web.admin import ViewOnlyAdmin


@admin.register(AttestationPeriod)
class AttestationPeriodAdmin(ViewOnlyAdmin):
    list_display = ("name", "starts_on", "due_on", "created_by", "withdrawn_at")
    list_select_related = ("created_by",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AttestationPeriod]:
        """Withdrawn ones as well: here is what the tables hold."""
        return AttestationPeriod.every.all()


@admin.register(Attestation)
class AttestationAdmin(ViewOnlyAdmin):
    list_display = ("official_account", "period", "person_in_charge", "confirmed_by")
    list_filter = ("period", "still_ours", "still_needed", "administrators_right", "two_step_on")
    list_select_related = ("official_account", "period", "person_in_charge", "confirmed_by")


@admin.register(Finding)
class FindingAdmin(ViewOnlyAdmin):
    list_display = ("official_account", "question", "opened_at", "closed_at", "closed_by")
    list_filter = ("question",)
    list_select_related = ("official_account", "closed_by")


@admin.register(Handover)
class HandoverAdmin(ViewOnlyAdmin):
    list_display = ("official_account", "outgoing", "incoming", "due_on", "state")
    list_filter = ("state",)
    list_select_related = ("official_account", "outgoing", "incoming")


@admin.register(HandoverItem)
class HandoverItemAdmin(ViewOnlyAdmin):
    list_display = ("handover", "key", "state", "checked_by", "checked_at")
    list_filter = ("state", "key")
    list_select_related = ("handover__official_account", "checked_by")


@admin.register(HandoverScan)
class HandoverScanAdmin(ViewOnlyAdmin):
    list_display = ("handover", "document", "added_by", "added_at")
    list_select_related = ("handover__official_account", "document", "added_by")


@admin.register(Reminder)
class ReminderAdmin(ViewOnlyAdmin):
    list_display = ("kind", "person", "slot", "day", "outcome", "settled_at", "attempts")
    list_filter = ("kind",)
    list_select_related = ("person",)

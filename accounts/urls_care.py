"""Attestation and handover, inside the addresses of official accounts."""

from __future__ import annotations

from django.urls import path

from accounts.views import (
    attestation_periods,
    attestations,
    findings,
    handover_steps,
    handovers,
)

urlpatterns = [
    # /attestations/
    path("attestations/", attestations.attestation_list, name="attestation_list"),
    path("attestations/export/", attestations.attestation_export, name="attestation_export"),
    path("attestations/mine/", attestations.attestation_mine, name="attestation_mine"),
    path(
        "attestations/<int:attestation_id>/",
        attestations.attestation_detail,
        name="attestation_detail",
    ),
    path(
        "attestations/periods/add/",
        attestation_periods.attestation_period_add,
        name="attestation_period_add",
    ),
    path(
        "attestations/periods/<int:period_id>/edit/",
        attestation_periods.attestation_period_edit,
        name="attestation_period_edit",
    ),
    path(
        "attestations/periods/<int:period_id>/withdraw/",
        attestation_periods.attestation_period_withdraw,
        name="attestation_period_withdraw",
    ),
    path("attestations/findings/", findings.finding_list, name="finding_list"),
    path("attestations/findings/export/", findings.finding_export, name="finding_export"),
    path(
        "attestations/findings/<int:finding_id>/close/",
        findings.finding_close,
        name="finding_close",
    ),
    # /handovers/
    path("handovers/", handovers.handover_list, name="handover_list"),
    path("handovers/export/", handovers.handover_export, name="handover_export"),
    path("handovers/<int:handover_id>/", handovers.handover_detail, name="handover_detail"),
    path(
        "handovers/<int:handover_id>/minutes/",
        handovers.handover_minutes,
        name="handover_minutes",
    ),
    path(
        "handovers/<int:handover_id>/checklist/",
        handover_steps.handover_check,
        name="handover_check",
    ),
    path("handovers/<int:handover_id>/sign/", handover_steps.handover_sign, name="handover_sign"),
    path(
        "handovers/<int:handover_id>/sign-in-place/",
        handover_steps.handover_sign_in_place,
        name="handover_sign_in_place",
    ),
    path(
        "handovers/<int:handover_id>/complete/",
        handover_steps.handover_complete,
        name="handover_complete",
    ),
    path(
        "handovers/<int:handover_id>/cancel/",
        handover_steps.handover_cancel,
        name="handover_cancel",
    ),
    path(
        "handovers/<int:handover_id>/postpone/",
        handover_steps.handover_postpone,
        name="handover_postpone",
    ),
    path(
        "handovers/<int:handover_id>/scans/add/",
        handover_steps.handover_scan_add,
        name="handover_scan_add",
    ),
    path(
        "handovers/scans/<int:scan_id>/",
        handover_steps.handover_scan_download,
        name="handover_scan_download",
    ),
    # /<id>/
    path(
        "<int:official_account_id>/attest/",
        attestations.attestation_add,
        name="attestation_add",
    ),
    path("<int:official_account_id>/handover/", handovers.handover_start, name="handover_start"),
]

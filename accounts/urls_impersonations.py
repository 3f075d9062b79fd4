from __future__ import annotations

from django.urls import path

from accounts.views import impersonations

app_name = "impersonations"

urlpatterns = [
    path("", impersonations.report_list, name="report_list"),
    path("export/", impersonations.report_export, name="report_export"),
    path("report/", impersonations.report_make, name="report_make"),
    # /<id>/
    path("<int:report_id>/", impersonations.report_detail, name="report_detail"),
    path("<int:report_id>/move/<slug:status>/", impersonations.report_move, name="report_move"),
    path("<int:report_id>/note/", impersonations.report_note, name="report_note"),
    path("<int:report_id>/assign/", impersonations.report_assign, name="report_assign"),
    path("<int:report_id>/statements/", impersonations.statement_list, name="statement_list"),
    path(
        "<int:report_id>/statements/<int:statement_id>/erase/",
        impersonations.statement_erase,
        name="statement_erase",
    ),
    path(
        "<int:report_id>/evidence/<int:evidence_id>/",
        impersonations.evidence_download,
        name="evidence_download",
    ),
]

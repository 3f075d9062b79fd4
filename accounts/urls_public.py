from __future__ import annotations

from django.urls import path

from accounts.views import public, public_reports

app_name = "official"

urlpatterns = [
    path("", public.register_list, name="register_list"),
    path("check/", public.account_check, name="account_check"),
    path("official.json", public.register_json, name="register_json"),
    path("official.schema.json", public.register_schema, name="register_schema"),
    path("accounts/<slug:code>/", public.account_detail, name="account_detail"),
    path("accounts/<slug:code>/sheet/", public.account_sheet, name="account_sheet"),
    path("accounts/<slug:code>/qr.svg", public.account_qr, name="account_qr"),
    path("report/", public_reports.report_make, name="report_make"),
    path("report/<str:code>/", public_reports.report_status, name="report_status"),
]

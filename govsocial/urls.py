"""Every address of the application. Only this module and celery.py know the domain apps."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from accounts.views.consents import consent_callback, consent_choose, consent_refused
from accounts.views.own import email_closed
from govsocial.web.health import healthz
from govsocial.web.home import home

urlpatterns = [
    path("", home, name="home"),
    path("official-accounts/", include("accounts.urls")),
    # What everybody may see; answered by PublicPagesMiddleware, past sessions and cookies.
    path("official/", include("accounts.urls_public")),
    path("impersonations/", include("accounts.urls_impersonations")),
    path("settings/", include("accounts.urls_settings")),
    # One exact address for every platform to send people back to.
    path("connect/callback/", consent_callback, name="consent_callback"),
    path("connect/callback/<slug:server>/", consent_callback, name="consent_callback_of_server"),
    path("connect/refused/", consent_refused, name="consent_refused"),
    path("connect/<str:consent_id>/choose/", consent_choose, name="consent_choose"),
    path("content/", include("content.urls")),
    path("kpi/", include("kpi.urls")),
    path("audit/", include("govsocial.audit.urls")),
    # Before the library's own: nobody manages addresses there.
    path("auth/email/", email_closed, name="email_closed"),
    path("auth/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("", include("govsocial.web.urls")),
]

handler400 = "govsocial.web.errors.bad_request"
handler403 = "govsocial.web.errors.forbidden"
handler404 = "govsocial.web.errors.not_found"
handler429 = "govsocial.web.errors.too_many_requests"
handler500 = "govsocial.web.errors.server_error"

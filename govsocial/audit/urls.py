from __future__ import annotations

from django.urls import path

from govsocial.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.entry_list, name="entry_list"),
    path("export/", views.entry_export, name="entry_export"),
    path("chain/", views.chain_detail, name="chain_detail"),
    path("verifications/", views.verification_create, name="verification_create"),
    path("<int:entry_id>/", views.entry_detail, name="entry_detail"),
]

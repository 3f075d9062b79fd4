from __future__ import annotations

from django.urls import path

from accounts.views import own, people, platform_apps, spending, units

app_name = "people"

urlpatterns = [
    path("", own.profile_edit, name="profile_edit"),
    path("roles/", own.role_table, name="role_table"),
    # /platforms/
    path("platforms/", platform_apps.platform_app_list, name="platform_app_list"),
    path("platforms/<str:platform>/", platform_apps.platform_app_edit, name="platform_app_edit"),
    path(
        "platforms/<str:platform>/remove/",
        platform_apps.platform_app_remove,
        name="platform_app_remove",
    ),
    path(
        "platforms/servers/<int:platform_app_id>/register-anew/",
        platform_apps.platform_app_renew,
        name="platform_app_renew",
    ),
    # /units/
    path("units/", units.unit_list, name="unit_list"),
    path("units/add/", units.unit_add, name="unit_add"),
    path("units/<int:unit_id>/edit/", units.unit_edit, name="unit_edit"),
    path("units/<int:unit_id>/move/", units.unit_move, name="unit_move"),
    # /people/
    path("people/", people.user_list, name="user_list"),
    path("people/invite/", people.user_invite, name="user_invite"),
    path("people/<int:user_id>/", people.user_detail, name="user_detail"),
    path("people/<int:user_id>/invite-again/", people.user_invite_again, name="user_invite_again"),
    path("people/<int:user_id>/deactivate/", people.user_deactivate, name="user_deactivate"),
    path("people/<int:user_id>/reactivate/", people.user_reactivate, name="user_reactivate"),
    path("people/<int:user_id>/roles/add/", people.grant_add, name="grant_add"),
    # /spending/
    path("spending/", spending.spending_list, name="spending_list"),
    path("spending/export/", spending.spending_export, name="spending_export"),
    path("spending/<slug:platform>/", spending.spending_cap_edit, name="spending_cap_edit"),
    path("grants/<int:grant_id>/end/", people.grant_end, name="grant_end"),
]

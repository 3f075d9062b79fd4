"""Addresses about who must approve, and of looks at emergencies afterwards."""

from __future__ import annotations

from django.urls import path

from content.views import policies, retrospectives

urlpatterns = [
    # /content/policies/
    path("policies/", policies.policy_list, name="policy_list"),
    path("policies/all/", policies.policy_history, name="policy_history"),
    path("policies/all/export/", policies.policy_export, name="policy_export"),
    path("policies/ask/", policies.policy_ask, name="policy_ask"),
    path("policies/set/", policies.policy_set, name="policy_set"),
    path("policies/<int:policy_id>/end/", policies.policy_end, name="policy_end"),
    # /content/retrospectives/
    path("retrospectives/", retrospectives.retrospective_list, name="retrospective_list"),
    path(
        "retrospectives/<int:retrospective_id>/",
        retrospectives.retrospective_detail,
        name="retrospective_detail",
    ),
]

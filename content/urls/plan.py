"""/content/campaigns/, /content/ideas/ and /content/plan-versus-done/"""

from __future__ import annotations

from django.urls import path

from content.views import campaign_parts, campaigns, ideas, plan_done

campaign_urls = [
    path("campaigns/", campaigns.campaign_list, name="campaign_list"),
    path("campaigns/export/", campaigns.campaign_export, name="campaign_export"),
    path("campaigns/add/", campaigns.campaign_add, name="campaign_add"),
    path("campaigns/<int:campaign_id>/", campaigns.campaign_detail, name="campaign_detail"),
    path("campaigns/<int:campaign_id>/edit/", campaigns.campaign_edit, name="campaign_edit"),
    path("campaigns/<int:campaign_id>/start/", campaigns.campaign_start, name="campaign_start"),
    path("campaigns/<int:campaign_id>/close/", campaigns.campaign_close, name="campaign_close"),
    path("campaigns/<int:campaign_id>/reopen/", campaigns.campaign_reopen, name="campaign_reopen"),
    path("campaigns/<int:campaign_id>/plan/add/", campaign_parts.tool_add, name="tool_add"),
    path(
        "campaigns/<int:campaign_id>/plan/<int:tool_id>/remove/",
        campaign_parts.tool_remove,
        name="tool_remove",
    ),
    path(
        "campaigns/<int:campaign_id>/posts/add/",
        campaign_parts.campaign_post_add,
        name="campaign_post_add",
    ),
    path(
        "campaigns/<int:campaign_id>/posts/<int:post_id>/remove/",
        campaign_parts.campaign_post_remove,
        name="campaign_post_remove",
    ),
    path(
        "campaigns/<int:campaign_id>/spending/", campaign_parts.spending_list, name="spending_list"
    ),
    path(
        "campaigns/<int:campaign_id>/spending/export/",
        campaign_parts.spending_export,
        name="spending_export",
    ),
    path(
        "campaigns/<int:campaign_id>/spending/add/",
        campaign_parts.spending_add,
        name="spending_add",
    ),
    path(
        "campaigns/<int:campaign_id>/spending/<int:spending_id>/reverse/",
        campaign_parts.spending_reverse,
        name="spending_reverse",
    ),
]

idea_urls = [
    path("ideas/", ideas.idea_list, name="idea_list"),
    path("ideas/export/", ideas.idea_export, name="idea_export"),
    path("ideas/add/", ideas.idea_add, name="idea_add"),
    path("ideas/<int:idea_id>/", ideas.idea_detail, name="idea_detail"),
    path("ideas/<int:idea_id>/edit/", ideas.idea_edit, name="idea_edit"),
    path("ideas/<int:idea_id>/vote/", ideas.idea_vote, name="idea_vote"),
    path("ideas/<int:idea_id>/write/", ideas.idea_write, name="idea_write"),
    path("ideas/<int:idea_id>/drop/", ideas.idea_drop, name="idea_drop"),
    path("ideas/<int:idea_id>/reopen/", ideas.idea_reopen, name="idea_reopen"),
]

done_urls = [
    path("plan-versus-done/", plan_done.plan_done, name="plan_done"),
    path("plan-versus-done/chart/", plan_done.plan_done_chart, name="plan_done_chart"),
    path("plan-versus-done/posts/", plan_done.plan_done_list, name="plan_done_list"),
    path("plan-versus-done/export/", plan_done.plan_done_export, name="plan_done_export"),
]

urlpatterns = [*campaign_urls, *idea_urls, *done_urls]

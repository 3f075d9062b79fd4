from __future__ import annotations

from django.contrib import admin

from content import models
from govsocial.web.admin import ViewOnlyAdmin

for model in (
    models.ApprovalPolicy,
    models.Attempt,
    models.BankText,
    models.BankUse,
    models.Campaign,
    models.CampaignTool,
    models.Comment,
    models.Decision,
    models.ElectionWindow,
    models.EndedEmergency,
    models.FilmPieces,
    models.Freeze,
    models.Halt,
    models.Idea,
    models.IdeaEdition,
    models.IdeaPost,
    models.IdeaVote,
    models.KnownContact,
    models.LinkCheck,
    models.MediaAlt,
    models.MediaFile,
    models.MediaRecord,
    models.MediaUse,
    models.MediaVariant,
    models.Mention,
    models.NoticeChoice,
    models.NoticeLetter,
    models.Notification,
    models.OpenedPublication,
    models.Post,
    models.PostSearch,
    models.PostVersion,
    models.Publication,
    models.Retrospective,
    models.Review,
    models.ReviewNudge,
    models.Spending,
    models.SavedView,
    models.Thread,
    models.Withdrawal,
    models.WritingRule,
):
    admin.site.register(model, ViewOnlyAdmin)


@admin.register(models.CalendarFeed)
class CalendarFeedAdmin(ViewOnlyAdmin):
    list_display = ("user", "created_at", "revoked_at")
    list_select_related = ("user",)
    exclude = ("token_sha256",)

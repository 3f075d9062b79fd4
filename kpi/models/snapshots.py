"""One row per capture, partitioned by month of ``captured_at`` (see kpi.partitions)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import OfficialAccount
from kpi.models.platform_post import PlatformPost


class Source(models.TextChoices):
    API = "api", _("Platform")
    MANUAL = "manual", _("Entered by hand")


class AccountSnapshot(models.Model):
    """The counters of one account at one moment. None: the platform did not give it."""

    Source = Source

    pk = models.CompositePrimaryKey("official_account_id", "captured_at")
    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, related_name="+", db_index=False
    )
    captured_at = models.DateTimeField()
    followers = models.BigIntegerField(null=True)
    following = models.BigIntegerField(null=True)
    posts = models.BigIntegerField(null=True)
    definition = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.API)
    raw = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("account snapshot")
        verbose_name_plural = _("account snapshots")
        ordering = ["official_account", "captured_at"]


class PostSnapshot(models.Model):
    """The counters of one platform post at one moment. None: the platform did not give it."""

    Source = Source

    pk = models.CompositePrimaryKey("platform_post_id", "captured_at")
    platform_post = models.ForeignKey(
        PlatformPost, models.PROTECT, related_name="+", db_index=False
    )
    # Repeats the post's account, so that one account's captures of a day are read by index. The
    # post's own key keeps it true; a second check of every row would only slow the insert.
    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    captured_at = models.DateTimeField()
    likes = models.BigIntegerField(null=True)
    comments = models.BigIntegerField(null=True)
    shares = models.BigIntegerField(null=True)
    quotes = models.BigIntegerField(null=True)
    saves = models.BigIntegerField(null=True)
    views = models.BigIntegerField(null=True)
    reach = models.BigIntegerField(null=True)
    link_clicks = models.BigIntegerField(null=True)
    profile_clicks = models.BigIntegerField(null=True)
    video_views = models.BigIntegerField(null=True)
    watch_seconds = models.BigIntegerField(null=True)
    engagements = models.BigIntegerField(null=True)
    definition = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.API)
    # Only what differs from the payload as first seen: see kpi.payloads.
    raw = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("post snapshot")
        verbose_name_plural = _("post snapshots")
        ordering = ["platform_post", "captured_at"]
        indexes = [
            models.Index(
                fields=["official_account", "captured_at"], name="post_snapshot_by_account"
            )
        ]

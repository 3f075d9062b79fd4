from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import OfficialAccount
from content.models import Publication
from kpi.metrics import POST_METRICS


class PlatformPost(models.Model):
    """Everything seen on an official account (unggahan), through the application or not.

    The metric columns repeat the latest capture, so that lists sort by them; the history stands in
    ``PostSnapshot``. None means that the platform did not give it.
    """

    class Kind(models.TextChoices):
        POST = "post", pgettext_lazy("platform", "Post")
        REPLY = "reply", _("Reply")
        REPOST = "repost", _("Repost")

    class Origin(models.TextChoices):
        GATE = "gate", _("Through approval")
        OUTSIDE = "outside", _("Outside the workflow")
        BEFORE = "before", _("Before registration")

    # What the agency itself says. A repost is somebody else's words with somebody else's numbers.
    OWN_KINDS = (Kind.POST, Kind.REPLY)

    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, related_name="platform_posts"
    )
    platform_id = models.CharField(max_length=300)
    permalink = models.URLField(max_length=500, blank=True)
    posted_at = models.DateTimeField()
    # The day of ``posted_at`` in the zone of the unit; kept so that periods can be read by index.
    posted_on = models.DateField()
    text = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.POST)
    publication = models.OneToOneField(
        Publication, models.PROTECT, null=True, related_name="platform_post"
    )
    first_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    next_pull_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField(null=True)
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
    # The payload as first seen. A snapshot keeps only what differs from it (kpi.payloads).
    raw = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("platform post")
        verbose_name_plural = _("platform posts")
        ordering = ["-posted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["official_account", "platform_id"], name="platform_post_once"
            ),
        ]
        indexes = [
            models.Index(fields=["official_account", "-posted_at"], name="platform_post_newest"),
            models.Index(fields=["official_account", "posted_on"], name="platform_post_by_day"),
            models.Index(
                fields=["official_account", "next_pull_at"],
                condition=models.Q(next_pull_at__isnull=False),
                name="platform_post_due",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text[:80] or self.platform_id

    @property
    def origin(self) -> Origin:
        """Whether it went through the gate; before registration there was none to go through."""
        if self.publication_id is not None:
            return self.Origin.GATE
        if self.posted_at < self.official_account.created_at:
            return self.Origin.BEFORE
        return self.Origin.OUTSIDE

    def metric_values(self) -> dict[str, int | None]:
        return {name: getattr(self, name) for name in POST_METRICS}

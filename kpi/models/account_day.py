from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import OfficialAccount


class AccountDay(models.Model):
    """What one account did on one local day of its unit. Computed only from snapshots and posts.

    ``gained_*`` is how much the counters of all posts grew that day; ``posted_*`` the present
    totals of the posts made that day. Each comes with ``*_given``: how many posts it is the sum
    of. A sum over nothing given is None, and so is ``posts`` until the list of posts was read up
    to that day. Rules: docs/metrics.md.
    """

    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, related_name="account_days"
    )
    day = models.DateField()
    collected = models.BooleanField(default=False)
    captures = models.PositiveIntegerField(default=0)
    # The growth counted on this day includes that of uncollected days before it.
    spans_gap = models.BooleanField(default=False)
    followers = models.BigIntegerField(null=True)
    followers_delta = models.BigIntegerField(null=True)
    # What the platform meant by its metrics in the last capture of the day.
    definition = models.CharField(max_length=40, blank=True)
    # Posts changed their definition since the captured day before: that growth is not known.
    redefined = models.BooleanField(default=False)
    posts = models.PositiveIntegerField(null=True)
    # Posts with a counter that ended the day lower than the time before.
    falls = models.PositiveIntegerField(default=0)
    gained_likes = models.BigIntegerField(null=True)
    gained_likes_given = models.PositiveIntegerField(default=0)
    gained_comments = models.BigIntegerField(null=True)
    gained_comments_given = models.PositiveIntegerField(default=0)
    gained_shares = models.BigIntegerField(null=True)
    gained_shares_given = models.PositiveIntegerField(default=0)
    gained_quotes = models.BigIntegerField(null=True)
    gained_quotes_given = models.PositiveIntegerField(default=0)
    gained_saves = models.BigIntegerField(null=True)
    gained_saves_given = models.PositiveIntegerField(default=0)
    posted_likes = models.BigIntegerField(null=True)
    posted_likes_given = models.PositiveIntegerField(default=0)
    posted_comments = models.BigIntegerField(null=True)
    posted_comments_given = models.PositiveIntegerField(default=0)
    posted_shares = models.BigIntegerField(null=True)
    posted_shares_given = models.PositiveIntegerField(default=0)
    posted_quotes = models.BigIntegerField(null=True)
    posted_quotes_given = models.PositiveIntegerField(default=0)
    posted_saves = models.BigIntegerField(null=True)
    posted_saves_given = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("account day")
        verbose_name_plural = _("account days")
        ordering = ["official_account", "day"]
        constraints = [
            models.UniqueConstraint(fields=["official_account", "day"], name="account_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.official_account}: {self.day}"

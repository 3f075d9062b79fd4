from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import OfficialAccount
from kpi.metrics import left_out

ONE_RUN_AT_A_TIME = "collection_run_one_at_a_time"
NONE = models.Value({}, models.JSONField())


class PullState(models.Model):
    """When an account is pulled next, who holds the lease, and what it showed last."""

    class Freshness(models.TextChoices):
        FRESH = "fresh", _("Up to date")
        LATE = "late", _("Late")
        FAILING = "failing", _("Failing")
        NEVER = "never", _("Not collected yet")

    official_account = models.OneToOneField(
        OfficialAccount, models.PROTECT, primary_key=True, related_name="pull_state"
    )
    next_pull_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    last_success_at = models.DateTimeField(null=True)
    # Moments of the first and the latest capture, and what the latest one said.
    first_captured_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField(null=True)
    followers = models.BigIntegerField(null=True)
    # False until the whole list of posts was read once.
    listed = models.BooleanField(default=False)
    # Where the list broke off, newest first: a pull goes on from there (kpi.actions.reading).
    list_cursors = models.JSONField(default=list)
    # Up to here every post that the list shows is known. None: nobody knows how many there are.
    posts_known_at = models.DateTimeField(null=True)
    # When the platform was last asked for its own daily figures; once a day is enough.
    days_read_at = models.DateTimeField(null=True)
    # The time zone of the days that are stored; another one of the unit has them rebuilt.
    zone = models.CharField(max_length=63, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    # Figures of the last pull that nothing can have, and how often each: they are kept as missing.
    not_meant = models.JSONField(default=dict, db_default=NONE)

    class Meta:
        verbose_name = _("state of collection")
        verbose_name_plural = _("states of collection")
        indexes = [models.Index(fields=["next_pull_at"], name="pull_state_due")]

    def __str__(self) -> str:
        return str(self.official_account)

    @property
    def left_out(self) -> str:
        return left_out(self.not_meant)

    def freshness(self, now: datetime | None = None) -> Freshness:
        """Failing after three failures in a row; late when two pulls in a row are missing."""
        if self.failures >= 3:
            return self.Freshness.FAILING
        if self.captured_at is None:
            return self.Freshness.NEVER
        patience = timedelta(seconds=max(2 * settings.PULL_INTERVAL_SECONDS, 600))
        late = self.captured_at < (now or timezone.now()) - patience
        return self.Freshness.LATE if late else self.Freshness.FRESH


class CollectionRun(models.Model):
    """One pull of one account, also when it failed."""

    class Outcome(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        LOST = "lost", _("Lost with its worker")

    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, related_name="collection_runs"
    )
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.RUNNING)
    calls = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    new_posts = models.PositiveIntegerField(default=0)
    gone_posts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True)
    message = models.CharField(max_length=300, blank=True)
    # As in PullState.
    not_meant = models.JSONField(default=dict, db_default=NONE)

    class Meta:
        verbose_name = _("collection run")
        verbose_name_plural = _("collection runs")
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["official_account", "-started_at"], name="collection_run_newest")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["official_account"],
                condition=models.Q(outcome="running"),
                name=ONE_RUN_AT_A_TIME,
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="running", finished_at__isnull=True)
                | (~models.Q(outcome="running") & models.Q(finished_at__isnull=False)),
                name="collection_run_finished_has_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official_account}: {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def left_out(self) -> str:
        return left_out(self.not_meant)

"""Two years of figures for a training instance, through the same pull as in production.

The clock of the training platforms is moved day by day, and every number that the pages show comes
from such a pull. What is done already is not done again, so a seeding that was stopped goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from requests.adapters import BaseAdapter

from accounts.models import OfficialAccount, User
from accounts.vault import AccountSecretStore
from govsocial.platforms.base import PlatformClient
from govsocial.platforms.bluesky import BlueskyClient
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Session
from govsocial.platforms.mastodon import MastodonClient
from govsocial.platforms.transport import Attempt
from govsocial.training.adapter import TrainingAdapter
from govsocial.training.app import TrainingPlatforms
from govsocial.training.story import Story
from kpi import partitions
from kpi.actions import pull_account, rebuild_days
from kpi.models import CollectionRun, PullState

# Every day of the last months, every second day before.
DAILY = timedelta(days=120)


@dataclass
class _Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


class _InProcess(Session):
    """Calls the training platforms without a socket, at the moment of the clock."""

    def __init__(self, platforms: TrainingPlatforms, clock: _Clock) -> None:
        super().__init__(settings.TRAINING_URL, guard=Guard(settings.PLATFORM_PRIVATE_HOSTS))
        self._platforms = platforms
        self._clock = clock

    def _adapter(self, attempt: Attempt) -> BaseAdapter:
        return TrainingAdapter(self._platforms, clock=self._clock)


def seed(out: Callable[[str], None]) -> None:
    """Collect the history of every connected account of the training agency."""
    if not settings.TRAINING:
        return
    accounts = OfficialAccount.objects.filter(
        status=OfficialAccount.Status.ACTIVE, credential__status="good"
    )
    system = User.objects.system()
    platforms = TrainingPlatforms(settings.TRAINING_STATE, public_url=settings.TRAINING_URL)
    try:
        story = platforms.story
        partitions.ensure_partitions(story.starts, timezone.now() + timedelta(days=62))
        for account in accounts.order_by("pk"):
            pulls = _collect(account, platforms, actor=system)
            if pulls:
                out(
                    _("Collected two years of %(account)s in %(pulls)s pulls.")
                    % {"account": account, "pulls": pulls}
                )
    finally:
        platforms.close()


def _collect(account: OfficialAccount, platforms: TrainingPlatforms, *, actor: User) -> int:
    story = platforms.story
    state = PullState.objects.filter(pk=account.pk).first()
    reached = state.captured_at if state and state.captured_at else story.starts
    moments = [moment for moment in _moments(story) if moment > reached]
    clock = _Clock(story.starts)
    client = _client(account, _InProcess(platforms, clock))
    for moment in moments:
        clock.now = moment
        run = pull_account(
            official_account_id=account.pk, actor=actor, at=moment, client=client, roll=False
        )
        if run.outcome != CollectionRun.Outcome.DONE:
            raise RuntimeError(f"{account} could not be seeded: {run.message}")
    if moments:
        rebuild_days(account.pk)
        # The history ends before now: the next beat collects the present.
        PullState.objects.filter(pk=account.pk).update(next_pull_at=timezone.now())
    return len(moments)


def _moments(story: Story) -> Iterator[datetime]:
    """A quarter to midnight WIB of the days to collect, oldest first, without the gap."""
    gap_starts, gap_ends = story.gap
    end = min(story.anchor, datetime.now(UTC)) - timedelta(minutes=2)
    moment = story.starts + timedelta(hours=23, minutes=45)
    while moment < end:
        if not gap_starts <= moment < gap_ends:
            yield moment
        daily = moment + timedelta(days=1) >= story.anchor - DAILY
        moment += timedelta(days=1 if daily else 2)
    yield end


def _client(account: OfficialAccount, session: Session) -> PlatformClient:
    secrets = AccountSecretStore(account.pk)
    if account.platform == OfficialAccount.Platform.BLUESKY:
        return BlueskyClient(handle=account.handle, session=session, secrets=secrets)
    return MastodonClient(session=session, secrets=secrets)

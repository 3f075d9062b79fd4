"""Two years of figures for a training instance, through the same pull as in production.

The clock of the training platforms is moved day by day, and every number that the pages show comes
from such a pull. What is done already is not done again, so a seeding that was stopped goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from requests.adapters import BaseAdapter

from accounts.models import OfficialAccount, User
from accounts.vault import AccountSecretStore, app_credentials
from govsocial.platforms.base import PlatformClient, Secret
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Session
from govsocial.platforms.registry import spec
from govsocial.platforms.spec import Addresses, Connection
from govsocial.platforms.transport import Attempt
from govsocial.training.adapter import TrainingAdapter
from govsocial.training.app import TrainingPlatforms
from govsocial.training.story import HISTORY, WIB, Story
from kpi import partitions
from kpi.actions import pull_account, rebuild_days
from kpi.actions.reading import Depth
from kpi.models import CollectionRun, PullState

# Followers every day of the last year and every Sunday before; posts every Sunday and every day of
# the last two weeks: as much as the pages show, and little enough to start a demo with.
DAILY = timedelta(days=370)
DAILY_POSTS = timedelta(days=14)
SUNDAY = 6


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


class _KeptSecrets(AccountSecretStore):
    """Reads the secret once, where clients ask for it before each of some ten thousand calls.

    Nobody connects an account anew while it is being seeded; what a refresh gives is kept too.
    """

    _kept: Secret | None = None

    def load(self) -> Secret:
        if self._kept is None:
            self._kept = super().load()
        return self._kept

    def rotate(self, *, stale: Secret, refresh: Callable[[Secret], Secret]) -> Secret:
        self._kept = super().rotate(stale=stale, refresh=refresh)
        return self._kept


def seed(out: Callable[[str], None]) -> None:
    """Collect the history of every connected account of the training agency."""
    if not settings.TRAINING:
        return
    accounts = OfficialAccount.objects.filter(
        status=OfficialAccount.Status.ACTIVE, credential__status="good"
    )
    system = User.objects.system()
    platforms = TrainingPlatforms(settings.TRAINING_STATE, public_url=settings.TRAINING_URL)
    with connection.cursor() as cursor:
        # Seeding can be done again: a crash of the server may forget its last moments.
        cursor.execute("SET synchronous_commit TO off")
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
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


def _collect(account: OfficialAccount, platforms: TrainingPlatforms, *, actor: User) -> int:
    story = platforms.story
    state = PullState.objects.filter(pk=account.pk).first()
    reached = state.captured_at if state and state.captured_at else story.starts
    moments = [(moment, depth) for moment, depth in _moments(story) if moment > reached]
    clock = _Clock(story.starts)
    client = _client(account, _InProcess(platforms, clock))
    # Nobody else collects while an instance is being seeded: an open run was cut off.
    open_runs = account.collection_runs.filter(outcome=CollectionRun.Outcome.RUNNING)
    open_runs.update(outcome=CollectionRun.Outcome.LOST, finished_at=timezone.now())
    for moment, depth in moments:
        clock.now = moment
        run = pull_account(
            official_account_id=account.pk,
            actor=actor,
            at=moment,
            client=client,
            depth=depth,
            roll=False,
        )
        if run.outcome != CollectionRun.Outcome.DONE:
            raise RuntimeError(f"{account} could not be seeded: {run.message}")
    if moments:
        rebuild_days(account.pk)
        # The history ends before now: the next beat collects the present.
        PullState.objects.filter(pk=account.pk).update(next_pull_at=timezone.now())
    return len(moments)


def _moments(story: Story) -> Iterator[tuple[datetime, Depth]]:
    """When to collect and how much, oldest first: a quarter to midnight WIB, without the gap."""
    gap_starts, gap_ends = story.gap
    end = min(story.anchor, datetime.now(UTC)) - timedelta(minutes=2)
    days = timedelta(days=settings.DEMO_HISTORY_DAYS)
    starts = max(story.starts, story.starts + HISTORY - days)
    moment = starts + timedelta(hours=23, minutes=45)
    while moment < end:
        sunday = moment.astimezone(WIB).weekday() == SUNDAY
        posts = sunday or moment >= story.anchor - DAILY_POSTS
        if (posts or moment >= story.anchor - DAILY) and not gap_starts <= moment < gap_ends:
            yield moment, Depth.LIST if posts else Depth.ACCOUNT
        moment += timedelta(days=1)
    yield end, Depth.EVERYTHING


def _client(account: OfficialAccount, session: Session) -> PlatformClient:
    connection = Connection(
        addresses=Addresses(session.base),
        guard=session.guard,
        handle=account.handle,
        secrets=_KeptSecrets(account.pk),
        app=app_credentials(account),
        session_of=lambda _base: session,
    )
    return spec(account.platform).client(connection)

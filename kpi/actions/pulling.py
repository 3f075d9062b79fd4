"""One pull: begin (a row says so), read without a transaction, write everything in one."""

from __future__ import annotations

import logging
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import mark_revoked, note_outcome, noting_failures
from accounts.models import OfficialAccount, User
from accounts.server_limits import ask_again
from accounts.vault import client_for
from govsocial.constraints import constraint_of
from govsocial.platforms.base import PlatformClient
from govsocial.platforms.errors import AuthRevoked, PlatformError
from govsocial.platforms.registry import has_client, spec
from govsocial.transactions import whole
from kpi.actions import storing
from kpi.actions.reading import Depth, Reading, read
from kpi.models import CollectionRun, PlatformPost, PullState
from kpi.models.collection import ONE_RUN_AT_A_TIME
from kpi.payloads import clean_text, storable
from kpi.rollup import local_day, rebuild_days, roll_days

logger = logging.getLogger(__name__)

# How far back a platform is asked for its daily figures at first (Meta gives 30 days a call), how
# often, and how long it may still correct them.
DAYS_AT_FIRST = timedelta(days=29)
DAYS_EVERY = timedelta(hours=20)
DAYS_CORRECTED = timedelta(days=3)

FIRST_WAIT = 60.0
LONGEST_WAIT = 6 * 3600.0
PERMANENT_WAIT = 24 * 3600.0


class AlreadyRunning(Exception):
    """Another worker pulls this account right now."""


def pull_account(
    *,
    official_account_id: int,
    actor: User,
    at: datetime | None = None,
    client: PlatformClient | None = None,
    depth: Depth = Depth.EVERYTHING,
    roll: bool = True,
) -> CollectionRun:
    """Capture one account as it is now: profile, new posts, and the posts that are due.

    ``at`` is the moment that the capture stands for; only a training instance, whose platforms can
    be asked about the past, has a use for it. ``roll=False`` leaves the days to ``rebuild_days``,
    a smaller ``depth`` leaves out posts: both are for seeding.
    A failure of the platform is written to the run, not raised; one of ours is written and raised.
    Raises ``AlreadyRunning``.
    """
    moment = at or timezone.now()
    # ``at`` may lie in the past; what the secret is held against is the clock of its row.
    started, begun = time.monotonic(), timezone.now()
    account, state, run = _begin(official_account_id, moment)
    with _ended_whatever_happens(account, run):
        reading = _read(account, state, client, moment, _depth(account.platform, depth))
        run.finished_at = moment + timedelta(seconds=time.monotonic() - started)
        _finish(account, run, reading, roll=roll)
    if isinstance(reading.error, AuthRevoked):
        mark_revoked(
            actor=actor,
            official_account_id=account.pk,
            reason=str(reading.error),
            used_since=begun,
        )
    return run


@contextmanager
def _ended_whatever_happens(account: OfficialAccount, run: CollectionRun) -> Iterator[None]:
    """End the run as failed when the application itself fails inside; the failure goes on.

    A run that stays open would keep the account from being pulled until its lease is over, and
    show nobody why. Only the kind of the failure is kept: its words may quote what was fetched.
    """
    ended = False
    try:
        yield
        ended = True
    finally:
        if not ended:
            kind = type(sys.exception()).__name__
            run.finished_at = run.captured_at
            # What was counted of a write that was rolled back.
            run.rows = run.new_posts = run.gone_posts = 0
            broken = PlatformError(f"This application failed: {kind}. Its log says more.")
            _finish(account, run, Reading(error=broken), roll=False)


def _read(
    account: OfficialAccount,
    state: PullState,
    client: PlatformClient | None,
    moment: datetime,
    depth: Depth,
) -> Reading:
    try:
        with noting_failures(account.pk):
            client = client or client_for(account)
            reading = read(
                client,
                account_id=account.pk,
                listed=state.listed,
                cursors=state.list_cursors,
                at=moment,
                depth=depth,
                days_since=_days_due(state, moment) if depth is Depth.EVERYTHING else None,
            )
    except ImproperlyConfigured as exc:
        # The stored secret does not open: an operator must act, and the run must say so.
        reading = Reading(error=PlatformError(str(exc)))
    else:
        note_outcome(account.pk, reading.error)
        if reading.error is None:
            ask_again(account.pk, client, at=timezone.now())
    return reading


def _days_due(state: PullState, moment: datetime) -> date | None:
    """From which day on the platform's own daily figures are due; None: they are not yet again."""
    if state.days_read_at is None:
        return (moment - DAYS_AT_FIRST).date()
    if moment - state.days_read_at < DAYS_EVERY:
        return None
    return (state.days_read_at - DAYS_CORRECTED).date()


def _depth(platform: str, asked: Depth) -> Depth:
    """Posts of a website have no numbers to ask for, and leave its feed without being gone."""
    read_only = has_client(platform) and spec(platform).read_only
    return min(asked, Depth.LIST) if read_only else asked


@whole
def _begin(
    official_account_id: int, moment: datetime
) -> tuple[OfficialAccount, PullState, CollectionRun]:
    state, _created = PullState.objects.select_for_update().get_or_create(
        official_account_id=official_account_id, defaults={"next_pull_at": moment}
    )
    account = OfficialAccount.objects.select_related("unit").get(pk=official_account_id)
    lost_before = moment - timedelta(seconds=settings.PULL_LEASE_SECONDS)
    running = CollectionRun.objects.filter(
        official_account=account, outcome=CollectionRun.Outcome.RUNNING
    )
    running.filter(started_at__lte=lost_before).update(
        outcome=CollectionRun.Outcome.LOST, finished_at=moment
    )
    try:
        with transaction.atomic():
            run = CollectionRun.objects.create(
                official_account=account, started_at=moment, captured_at=moment
            )
    except IntegrityError as exc:
        if constraint_of(exc) != ONE_RUN_AT_A_TIME:
            raise
        raise AlreadyRunning(str(account)) from exc
    return account, state, run


@whole
def _finish(account: OfficialAccount, run: CollectionRun, reading: Reading, *, roll: bool) -> None:
    state = PullState.objects.select_for_update().get(pk=account.pk)
    moment = run.captured_at
    touched: set[date] | None = None
    if reading.profile is not None and (state.captured_at is None or moment > state.captured_at):
        touched = _store(account, run, state, reading)
    _settle(state, run, reading)
    state.save()
    if roll and touched is not None:
        if state.zone == account.unit.time_zone:
            day = local_day(moment, account.unit.zone)
            roll_days(account, state, captured=day, posted=touched)
        else:
            # The unit got another zone, or the account another unit: its days are other days now.
            rebuild_days(account.pk)
    run.calls = reading.calls
    run.save()


def _store(
    account: OfficialAccount, run: CollectionRun, state: PullState, reading: Reading
) -> set[date]:
    """Write the rows of this capture; return the local days whose posts changed."""
    moment = run.captured_at
    assert reading.profile is not None  # noqa: S101  # the caller looked
    storing.store_profile(account, reading.profile, moment)
    known = storing.known_posts(account, list(reading.posts), moment) if reading.posts else {}
    fresh = [post for key, post in reading.posts.items() if key not in known]
    added = storing.add_posts(account, fresh, moment)
    storing.change_posts(
        (known[key], post)
        for key, post in reading.posts.items()
        if key in known
        and (known[key].gone, known[key].text, known[key].permalink)
        != (False, clean_text(post.text), post.permalink)
    )
    captures = [
        (added[key], post, storable(post.raw))
        if key in added
        else (known[key].pk, post, known[key].raw)
        for key, post in reading.posts.items()
        if str(post.kind) in PlatformPost.OWN_KINDS
        and (key in added or (key in known and known[key].due))
    ]
    if captures:
        storing.copy_snapshots(account, captures, moment)
        storing.note_latest(captures, moment, reading.not_meant)
    if reading.gone:
        run.gone_posts = PlatformPost.objects.filter(
            official_account=account, platform_id__in=reading.gone, gone_at=None
        ).update(gone_at=moment, next_pull_at=None)
    if reading.posts:
        storing.match_publications(account)
    if reading.days is not None:
        storing.store_days(account, reading.days, moment, reading.not_meant)
        state.days_read_at = moment
    run.rows, run.new_posts = len(captures), len(added)
    state.captured_at = moment
    state.first_captured_at = state.first_captured_at or moment
    if reading.profile.followers is not None:
        state.followers = reading.profile.followers
    state.listed, state.list_cursors = reading.listed, reading.cursors
    if reading.complete:
        state.posts_known_at = moment
    # The day that is stored: a platform may give a post another time later.
    zone = account.unit.zone
    captured = {pk for pk, _post, _raw in captures}
    touched = {one.posted_on for one in known.values() if one.pk in captured}
    return touched | {local_day(post.posted_at, zone) for post in fresh}


def _settle(state: PullState, run: CollectionRun, reading: Reading) -> None:
    state.leased_until = None
    run.not_meant = state.not_meant = reading.how_often_not_meant
    if reading.error is None:
        run.outcome = CollectionRun.Outcome.DONE
        state.failures, state.problem = 0, ""
        state.last_success_at = run.captured_at
        wait = float(settings.PULL_INTERVAL_SECONDS)
    else:
        run.outcome = CollectionRun.Outcome.FAILED
        run.error = type(reading.error).__name__
        run.message = str(reading.error)[:300]
        state.failures += 1
        state.problem = run.message
        wait = backoff(reading.error, state.failures)
        logger.warning(
            "Pull failed: %s",
            run.error,
            extra={"official_account_id": state.pk, "failures": state.failures},
        )
    state.next_pull_at = run.captured_at + timedelta(seconds=wait)


def backoff(error: PlatformError, failures: int) -> float:
    """Seconds until the next try: doubling with jitter, and never before the platform's word."""
    spread = random.uniform(0.8, 1.2)  # noqa: S311  # spreads load, guards nothing
    if error.permanent:
        return PERMANENT_WAIT * spread
    wait = min(FIRST_WAIT * 2.0 ** min(failures - 1, 20), LONGEST_WAIT) * spread
    return max(wait, (error.retry_after or 0.0) * random.uniform(1.0, 1.1))  # noqa: S311  # as above

"""The training world tells one story: repeatable, growing, and falling only where it says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import regex

from govsocial.training import texts
from govsocial.training.agency import ACCOUNTS, TrainingAccount
from govsocial.training.app import TrainingPlatforms
from govsocial.training.curves import Appeal, Reactions
from govsocial.training.history import Timeline
from govsocial.training.story import HISTORY, WIB, Story
from govsocial.training.world import reactions_at
from tests.training.conftest import ANCHOR, Caller, Clock

STORY = Story(anchor=ANCHOR)
by_account = pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.key)


def followers_by_day(app: TrainingPlatforms, account: TrainingAccount) -> list[int]:
    first = app.story.starts + timedelta(hours=12)
    return [
        app.world.followers(account, (first + timedelta(days=day)).timestamp())
        for day in range(HISTORY.days)
    ]


def test_a_moment_asked_twice_has_the_same_answer(caller: Caller, kominfo: TrainingAccount) -> None:
    caller.moment = ANCHOR - timedelta(days=400, hours=5)
    path = f"/xrpc/app.bsky.feed.getAuthorFeed?actor={kominfo.handle}&limit=100"
    before = caller.get(path).text
    caller.moment = ANCHOR
    assert caller.get(path).text != before
    caller.moment = ANCHOR - timedelta(days=400, hours=5)
    assert caller.get(path).text == before


@by_account
def test_the_same_seed_and_anchor_tell_the_same_story(account: TrainingAccount) -> None:
    first, second = Timeline(STORY, account), Timeline(STORY, account)
    assert first.posts == second.posts
    other = Timeline(Story(anchor=ANCHOR, seed=7), account)
    assert [p.text for p in other.posts] != [p.text for p in first.posts]


@by_account
def test_the_future_does_not_change_the_past(
    app: TrainingPlatforms, account: TrainingAccount
) -> None:
    fresh = Timeline(app.story, account)
    before = list(fresh.posts)
    fresh.reach((ANCHOR + timedelta(days=90)).timestamp())
    assert fresh.posts[: len(before)] == before


def test_followers_fall_nowhere_but_in_the_purge(app: TrainingPlatforms) -> None:
    for account in ACCOUNTS:
        days = followers_by_day(app, account)
        falls = [day for day in range(1, len(days)) if days[day] < days[day - 1]]
        expected = []
        if account.key == app.story.jump_account:
            start = app.story.starts.astimezone(WIB).date()
            expected = [(app.story.purge_day - start).days]
        assert falls == expected


@by_account
def test_counters_of_posts_never_fall(app: TrainingPlatforms, account: TrainingAccount) -> None:
    timeline = app.world.timelines[account.key]
    for post in timeline.posts[-40::4]:
        ages = [*range(0, 600, 20), *range(600, 90_000, 1800), 10**6, 10**7]
        seen = [reactions_at(post.at + age)(post) for age in ages]
        for name in ("likes", "reposts", "replies", "quotes", "bookmarks"):
            values = [getattr(counted, name) for counted in seen]
            assert values == sorted(values)
            assert values[0] == 0


def test_most_reactions_come_within_two_days(app: TrainingPlatforms) -> None:
    posts = app.world.timelines["bluesky:samudrakota"].posts[200:600]
    after = sum(reactions_at(p.at + 2 * 86400)(p).likes for p in posts)
    final = sum(p.appeal.final.likes for p in posts)
    assert 0.8 < after / final < 0.95


def test_the_jump_brings_followers_and_no_engagement(app: TrainingPlatforms) -> None:
    story = app.story
    account = story.account(story.jump_account)
    days = followers_by_day(app, account)
    start = story.starts.astimezone(WIB).date()
    jump = (story.jump_day - start).days
    assert days[jump] - days[jump - 1] >= story.jump_followers
    usual = max(days[n] - days[n - 1] for n in range(1, jump))
    assert days[jump] - days[jump - 1] > 50 * usual

    def likes(first: int, last: int) -> float:
        low = (story.starts + timedelta(days=first)).timestamp()
        high = (story.starts + timedelta(days=last)).timestamp()
        posts = [p for p in app.world.timelines[account.key].posts if low < p.at < high]
        return sum(p.appeal.final.likes for p in posts) / len(posts)

    assert likes(jump + 1, jump + 40) < 1.3 * likes(jump - 60, jump - 1)


def test_the_viral_day_has_the_most_liked_post_and_new_followers(app: TrainingPlatforms) -> None:
    story = app.story
    timeline = app.world.timelines[story.viral_account]
    ranked = sorted(timeline.posts, key=lambda post: post.appeal.final.likes)
    assert ranked[-1].at == story.viral_at.timestamp()
    assert ranked[-1].appeal.final.likes > 8 * ranked[-2].appeal.final.likes
    before = timeline.followers.at(story.viral_at.timestamp())
    after = timeline.followers.at((story.viral_at + timedelta(days=3)).timestamp())
    assert after - before > story.viral_followers


@by_account
def test_weekends_are_quiet(app: TrainingPlatforms, account: TrainingAccount) -> None:
    posts = app.world.timelines[account.key].posts
    weekdays = [datetime.fromtimestamp(post.at, tz=WIB).weekday() for post in posts]
    assert weekdays.count(6) * 2 < min(weekdays.count(day) for day in range(5))
    hours = {datetime.fromtimestamp(post.at, tz=WIB).hour for post in posts}
    assert hours <= set(range(6, 21))


@by_account
def test_every_text_fits_the_smallest_platform(
    app: TrainingPlatforms, account: TrainingAccount
) -> None:
    for post in app.world.timelines[account.key].posts:
        assert len(regex.findall(r"\X", post.text)) <= 300
        assert "{" not in post.text


def test_there_are_at_least_sixty_different_texts() -> None:
    assert len({template.text for template in texts.TEMPLATES}) >= 60


def test_the_jump_viral_day_and_gap_lie_within_the_history() -> None:
    gap_from, gap_to = STORY.gap
    days = [STORY.viral_day, STORY.jump_day, STORY.purge_day]
    assert all(STORY.starts.date() < day < STORY.anchor_day for day in days)
    assert STORY.starts < gap_from < gap_to < STORY.anchor
    # What the gap would hide cannot be shown.
    events = [event.starts for event in STORY.follower_events]
    assert not [moment for moment in events if gap_from <= moment < gap_to]


def test_one_account_goes_on_outside_the_workflow(
    app: TrainingPlatforms, caller: Caller, clock: Clock, dinkes: TrainingAccount
) -> None:
    def total(account: TrainingAccount) -> int:
        return app.world.count(account, clock().timestamp())

    before = {account.key: total(account) for account in ACCOUNTS}
    clock.forward(minutes=26)
    assert total(dinkes) == before[dinkes.key] + 1
    clock.forward(days=60)
    after = {account.key: total(account) for account in ACCOUNTS}
    assert after.pop(dinkes.key) > before.pop(dinkes.key) + 10
    assert after == before


@pytest.mark.parametrize("account_key", ["bluesky:samudrakota", "mastodon:bpbd_samudra"])
def test_a_published_post_gets_a_few_likes_in_a_minute_and_more_in_two_days(
    app: TrainingPlatforms, caller: Caller, clock: Clock, account_key: str
) -> None:
    account = app.story.account(account_key)
    post_id = publish(caller, account)

    def likes() -> int:
        if account.platform == "mastodon":
            return int(caller.get(f"/api/v1/statuses/{post_id}").json()["favourites_count"])
        caller.token = None  # the access token lives two hours; reading is public
        posts = caller.xrpc("app.bsky.feed.getPosts", uris=post_id).json()["posts"]
        return int(posts[0]["likeCount"])

    assert likes() == 0
    clock.forward(seconds=60)
    minute = likes()
    assert 1 <= minute <= 15
    clock.forward(days=2)
    assert likes() > 4 * minute


def publish(caller: Caller, account: TrainingAccount) -> str:
    if account.platform == "mastodon":
        caller.token = account.secret
        return str(caller.post("/api/v1/statuses", data={"status": "Halo"}).json()["id"])
    caller.sign_in(account)
    path = "/xrpc/com.atproto.repo.createRecord"
    return str(caller.post(path, json=caller.record(account, "Halo")).json()["uri"])


def test_a_post_is_not_there_before_it_was_published(
    caller: Caller, kominfo: TrainingAccount
) -> None:
    uri = publish(caller, kominfo)
    assert caller.xrpc("app.bsky.feed.getPosts", uris=uri).json()["posts"]
    caller.moment = ANCHOR - timedelta(seconds=1)
    assert caller.xrpc("app.bsky.feed.getPosts", uris=uri).json()["posts"] == []


@pytest.mark.parametrize(
    "moment", ["yesterday", "2026-11-22T10:00:00", "1990-01-01T00:00:00Z", "2100-01-01T00:00:00Z"]
)
def test_a_moment_that_cannot_be_told_is_refused(caller: Caller, moment: Any) -> None:
    answer = caller.get("/api/v2/instance", headers={"X-Training-Clock": moment})
    assert answer.status_code == 400


def test_a_story_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Story(anchor=datetime.fromisoformat("2026-11-22T10:00:00"))


def test_a_walk_through_the_years_needs_one_sign_in(
    caller: Caller, kominfo: TrainingAccount
) -> None:
    caller.sign_in(kominfo)
    seen = []
    for days in (730, 500, 250, 0):
        caller.moment = ANCHOR - timedelta(days=days)
        seen.append(caller.xrpc("app.bsky.actor.getProfile", actor=kominfo.handle).json())
    counts = [profile["followersCount"] for profile in seen]
    assert counts == sorted(set(counts))


def test_a_page_costs_what_is_on_it_however_long_the_history(
    caller: Caller, kominfo: TrainingAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out: list[float] = []
    original = Appeal.at

    def counting(self: Appeal, now: float, awake_now: float) -> Reactions:
        worked_out.append(now)
        return original(self, now, awake_now)

    monkeypatch.setattr(Appeal, "at", counting)
    caller.xrpc("app.bsky.actor.getProfile", actor=kominfo.handle)
    assert worked_out == []
    for limit in (10, 100):
        worked_out.clear()
        caller.xrpc("app.bsky.feed.getAuthorFeed", actor=kominfo.handle, limit=limit)
        assert len(worked_out) == limit

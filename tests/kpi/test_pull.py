from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Credential, OfficialAccount, User
from accounts.vault import seal
from govsocial.audit.models import Entry
from govsocial.platforms.base import PostKind, SeenPost
from govsocial.platforms.errors import (
    AppMissing,
    AuthRevoked,
    NotFound,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Unavailable,
)
from kpi import actions
from kpi.actions.pulling import backoff
from kpi.models import (
    AccountDay,
    AccountSnapshot,
    CollectionRun,
    PlatformPost,
    PostSnapshot,
    PullState,
)
from kpi.payloads import restore
from tests.kpi.conftest import Pull
from tests.kpi.fakes import DAY, HOUR, MONDAY, FakeClient, seen


def connect(account: OfficialAccount) -> Credential:
    sealed, version = seal(account.pk, {"password": "made up"})
    return Credential.objects.create(
        official_account=account,
        sealed=sealed,
        key_version=version,
        connected_by=User.objects.system(),
        connected_at=MONDAY,
    )


def test_the_first_pull_lists_everything_and_keeps_zero_apart_from_not_given(
    pull: Pull, client: FakeClient
) -> None:
    client.page = 2
    client.feed = [
        seen("a", MONDAY - DAY, likes=0, comments=3),
        seen("b", MONDAY - 2 * DAY, likes=5),
        seen("c", MONDAY - 300 * DAY),
    ]

    run = pull(MONDAY)

    assert (run.outcome, run.rows, run.new_posts, run.calls) == ("done", 3, 3, 3)
    assert AccountSnapshot.objects.get().followers == 1000
    stored = PostSnapshot.objects.order_by("platform_post__platform_id")
    assert list(stored.values_list("likes", "comments", "views")) == [
        (0, 3, None),
        (5, None, None),
        (None, None, None),
    ]
    post = PlatformPost.objects.get(platform_id="at://a")
    assert (post.likes, post.comments, post.shares) == (0, 3, None)
    assert post.captured_at == MONDAY
    assert PullState.objects.get().followers == 1000


def test_a_later_pull_reads_no_further_than_the_page_that_ends_in_known_posts(
    pull: Pull, client: FakeClient
) -> None:
    client.page = 2
    client.feed = [seen(str(n), MONDAY - n * DAY, likes=n) for n in range(100, 110)]
    pull(MONDAY)
    client.calls.clear()
    client.feed.append(seen("new", MONDAY, likes=1))

    run = pull(MONDAY + HOUR)

    assert client.calls == ["profile", "posts"]
    assert (run.rows, run.new_posts) == (1, 1)


def test_a_due_post_beyond_the_page_is_asked_for_by_name(pull: Pull, client: FakeClient) -> None:
    client.page = 1
    client.feed = [seen("old", MONDAY - 30 * DAY, likes=1), seen("new", MONDAY - 100 * DAY)]
    client.feed.append(seen("newest", MONDAY - 29 * DAY, likes=2))
    pull(MONDAY)
    client.set("old", likes=9)
    client.calls.clear()

    pull(MONDAY + DAY)

    assert client.calls == ["profile", "posts", "metrics"]
    assert PlatformPost.objects.get(platform_id="at://old").likes == 9


def test_the_same_moment_twice_is_one_capture(pull: Pull, client: FakeClient) -> None:
    client.feed = [seen("a", likes=1)]
    pull(MONDAY)
    again = pull(MONDAY)

    assert (again.outcome, again.rows) == ("done", 0)
    assert AccountSnapshot.objects.count() == PostSnapshot.objects.count() == 1


def test_two_pulls_at_once_make_one_and_the_other_steps_back(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    refused: list[bool] = []

    def second() -> None:
        with pytest.raises(actions.AlreadyRunning):
            pull(MONDAY, through=FakeClient())
        refused.append(True)

    client.during = second
    pull(MONDAY)

    assert refused == [True]
    assert CollectionRun.objects.get().outcome == "done"


def test_a_run_that_was_lost_with_its_worker_is_said_to_be_and_the_next_one_works(
    account: OfficialAccount, pull: Pull
) -> None:
    CollectionRun.objects.create(
        official_account=account, started_at=MONDAY - HOUR, captured_at=MONDAY - HOUR
    )

    pull(MONDAY)

    assert list(CollectionRun.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "lost",
        "done",
    ]


def test_a_deleted_post_is_marked_and_never_deleted(pull: Pull, client: FakeClient) -> None:
    client.feed = [seen("kept", MONDAY - 2 * HOUR, likes=1), seen("gone", MONDAY - HOUR, likes=4)]
    client.feed.append(seen("last", MONDAY, likes=0))
    pull(MONDAY)
    client.delete("gone")

    run = pull(MONDAY + 2 * HOUR)

    post = PlatformPost.objects.get(platform_id="at://gone")
    assert run.gone_posts == 1
    assert (post.gone_at, post.next_pull_at, post.likes) == (MONDAY + 2 * HOUR, None, 4)
    assert not PlatformPost.objects.exclude(pk=post.pk).filter(gone_at__isnull=False).exists()


def test_a_post_that_comes_back_is_captured_again(pull: Pull, client: FakeClient) -> None:
    client.feed = [seen("a", MONDAY - HOUR, likes=4), seen("b", MONDAY - 2 * HOUR)]
    pull(MONDAY)
    whole = list(client.feed)
    client.delete("a")
    pull(MONDAY + HOUR)
    client.feed = whole
    pull(MONDAY + 2 * HOUR)

    post = PlatformPost.objects.get(platform_id="at://a")
    assert post.gone_at is None
    assert post.captured_at == MONDAY + 2 * HOUR


def test_a_repost_is_seen_but_its_numbers_belong_to_somebody_else(
    pull: Pull, client: FakeClient
) -> None:
    client.feed = [seen("theirs", kind=PostKind.REPOST, likes=9000)]
    run = pull(MONDAY)

    assert (run.new_posts, run.rows) == (1, 0)
    assert not AccountDay.objects.filter(posts__gt=0).exists()


def test_the_payload_is_kept_once_and_can_be_given_back(pull: Pull, client: FakeClient) -> None:
    client.feed = [seen("a", likes=1)]
    pull(MONDAY)
    client.set("a", likes=2)
    pull(MONDAY + HOUR)

    post = PlatformPost.objects.get()
    first, second = PostSnapshot.objects.order_by("captured_at")
    assert first.raw == {}
    assert second.raw == {"counts": {"likes": 2}}
    assert restore(post.raw, second.raw) == {"uri": "at://a", "counts": {"likes": 2}}


def test_text_that_postgresql_cannot_hold_is_kept_as_well_as_it_can_be(
    pull: Pull, client: FakeClient
) -> None:
    odd = seen("a\\t", likes=1)
    client.feed = [
        type(odd)(
            platform_id=odd.platform_id,
            permalink="",
            posted_at=odd.posted_at,
            text="tab\there\0 and \\N",
            kind=odd.kind,
            likes=1,
            raw={"text": "nul \0, half \ud83d, tab \t, slash \\N", "n": 1},
        )
    ]
    pull(MONDAY)
    client.set("a\\t", likes=3)
    assert pull(MONDAY + HOUR).rows == 1

    post = PlatformPost.objects.get()
    assert post.text == "tab\there\ufffd and \\N"
    assert post.raw["text"].startswith("nul \ufffd, half ?")


def test_an_impossible_number_is_a_bad_answer_and_not_stored(
    pull: Pull, client: FakeClient
) -> None:
    client.feed = [seen("a", likes=-1)]
    run = pull(MONDAY)

    assert (run.outcome, run.error, run.rows) == ("failed", "BadAnswer", 0)


def test_what_came_before_a_failure_is_kept_and_the_list_is_read_later(
    pull: Pull, client: FakeClient
) -> None:
    client.fails["posts"] = Unavailable("The platform is down.")
    run = pull(MONDAY)

    state = PullState.objects.get()
    assert (run.outcome, run.error, run.message) == (
        "failed",
        "Unavailable",
        "The platform is down.",
    )
    assert AccountSnapshot.objects.count() == 1
    assert (state.failures, state.listed, state.last_success_at) == (1, False, None)

    client.fails.clear()
    client.feed = [seen("a")]
    pull(MONDAY + HOUR)
    state.refresh_from_db()
    assert (state.failures, state.listed, state.problem) == (0, True, "")


def ten_posts() -> list[SeenPost]:
    return [seen(str(n), MONDAY - (n + 1) * DAY, likes=n) for n in range(10)]


def test_a_long_list_goes_on_where_it_broke_off_until_it_is_whole(
    pull: Pull, client: FakeClient
) -> None:
    client.page = 1
    client.feed = ten_posts()
    client.breaks = {"at://2": RateLimited("Slow down.", retry_after=60)}

    pull(MONDAY)
    assert PlatformPost.objects.count() == 3
    assert PullState.objects.get().list_cursors == ["at://2"]

    client.breaks = {"at://6": Unavailable("Down.")}
    client.feed.append(seen("new", MONDAY))
    client.calls.clear()
    pull(MONDAY + HOUR)
    # Two pages that are new and known, four more of the rest, and the one that failed.
    assert client.calls.count("posts") == 2 + 4 + 1
    assert PlatformPost.objects.count() == 8

    client.breaks = {}
    pull(MONDAY + 2 * HOUR)
    state = PullState.objects.get()
    assert PlatformPost.objects.count() == 11
    assert (state.listed, state.list_cursors) == (True, [])
    assert state.posts_known_at == MONDAY + 2 * HOUR


def test_a_break_while_reading_what_is_new_costs_no_second_reading_of_the_whole(
    pull: Pull, client: FakeClient
) -> None:
    client.page = 1
    client.feed = ten_posts()
    pull(MONDAY)
    client.feed += [seen(f"new{n}", MONDAY + n * HOUR) for n in range(4)]
    client.breaks = {"at://new2": Unavailable("Down.")}
    pull(MONDAY + 5 * HOUR)
    state = PullState.objects.get()
    assert (state.listed, state.list_cursors) == (True, ["at://new2"])
    assert state.posts_known_at == MONDAY

    client.breaks = {}
    client.feed.append(seen("newest", MONDAY + 5 * HOUR))
    client.calls.clear()
    pull(MONDAY + 6 * HOUR)

    state.refresh_from_db()
    assert (state.listed, state.list_cursors) == (True, [])
    assert client.calls.count("posts") == 2 + 3
    assert PlatformPost.objects.count() == 15


def test_a_place_that_the_platform_forgot_has_the_list_read_from_its_beginning(
    pull: Pull, client: FakeClient
) -> None:
    client.page = 3
    client.feed = ten_posts()
    client.breaks = {"at://2": Unavailable("Down.")}
    pull(MONDAY)
    client.breaks = {"at://2": NotFound("No such place.")}
    pull(MONDAY + HOUR)
    assert PullState.objects.get().list_cursors == []

    client.breaks = {}
    pull(MONDAY + 2 * HOUR)

    assert PlatformPost.objects.count() == 10
    assert PullState.objects.get().listed


@pytest.mark.parametrize(
    ("error", "likes"), [(PermissionMissing("No list."), 9), (RateLimited("Slow down."), 1)]
)
def test_due_posts_are_read_when_the_list_failed_unless_the_platform_asked_for_quiet(
    pull: Pull, client: FakeClient, error: PlatformError, likes: int
) -> None:
    client.feed = [seen("a", MONDAY - HOUR, likes=1)]
    pull(MONDAY)
    client.set("a", likes=9)
    client.fails["posts"] = error

    run = pull(MONDAY + HOUR)

    assert (run.outcome, run.error) == ("failed", type(error).__name__)
    assert PlatformPost.objects.get().likes == likes


def test_the_platforms_word_on_when_to_come_back_is_kept(pull: Pull, client: FakeClient) -> None:
    client.fails["profile"] = RateLimited("Too many calls.", retry_after=7200)
    pull(MONDAY)

    wait = PullState.objects.get().next_pull_at - MONDAY
    assert timedelta(seconds=7200) <= wait <= timedelta(seconds=7920)


@pytest.mark.parametrize(
    ("failures", "least", "most"), [(1, 48, 72), (2, 96, 144), (5, 768, 1152), (99, 17280, 25920)]
)
def test_waits_double_with_jitter_up_to_six_hours(failures: int, least: float, most: float) -> None:
    assert least <= backoff(Unavailable("down"), failures) <= most


@pytest.mark.parametrize(
    ("refusal", "waits_a_day"),
    [
        (PermissionMissing("May not read."), True),
        # The administrator enters the application, and nobody pulls by hand.
        (AppMissing("Not entered."), False),
    ],
)
def test_a_permanent_refusal_waits_a_day(
    pull: Pull, client: FakeClient, refusal: PlatformError, waits_a_day: bool
) -> None:
    client.fails["posts"] = refusal
    pull(MONDAY)

    wait = PullState.objects.get().next_pull_at - MONDAY
    assert wait >= timedelta(hours=19) if waits_a_day else wait < timedelta(minutes=2)


def test_a_revoked_secret_stops_collecting_until_a_person_connects_again(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    credential = connect(account)
    client.fails["profile"] = AuthRevoked("The token was revoked.")

    run = pull(MONDAY)

    credential.refresh_from_db()
    assert run.error == "AuthRevoked"
    assert (credential.status, credential.problem) == ("revoked", "The token was revoked.")
    assert Entry.objects.get(event="accounts.connection.revoked").actor == User.objects.system()
    PullState.objects.update(next_pull_at=MONDAY - DAY)
    assert actions.claim_due_pulls() == []


def test_a_task_delivered_twice_does_no_harm(account: OfficialAccount) -> None:
    from kpi import tasks

    now = MONDAY + 365 * DAY
    CollectionRun.objects.create(official_account=account, started_at=now, captured_at=now)
    tasks.pull_account(account.pk)

    assert CollectionRun.objects.get().outcome == "running"

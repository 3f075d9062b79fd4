"""A pull that the application itself breaks off says so at once, and blocks no further pull."""

from __future__ import annotations

from typing import cast as as_type

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from accounts.models import OfficialAccount
from govsocial.platforms.errors import NotFromPlatform, PlatformError
from kpi import tasks
from kpi.actions import pulling
from kpi.models import CollectionRun, PlatformPost, PullState
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.kpi.conftest import Pull
from tests.kpi.fakes import HOUR, MONDAY, FakeClient, seen

SECRET = "eyJhbGciOi.token"


def test_an_error_that_no_client_should_raise_ends_the_run_and_is_raised(
    pull: Pull, client: FakeClient, account: OfficialAccount, cast: Cast
) -> None:
    credential = give_credential(account, cast.bayu)
    client.feed = [seen("a", likes=1)]
    client.fails["posts"] = as_type(PlatformError, ValueError(f"Invalid IPv6 URL {SECRET}"))
    with pytest.raises(ValueError, match="IPv6"):
        pull(MONDAY)
    run, state = CollectionRun.objects.get(), PullState.objects.get()
    assert (run.outcome, run.finished_at) == ("failed", MONDAY)
    assert run.message == "This application failed: ValueError. Its log says more."
    assert (state.failures, state.leased_until) == (1, None)
    assert state.next_pull_at > MONDAY
    credential.refresh_from_db()
    assert credential.last_error == "ValueError", "the page of health does not say good"
    # The next one need not wait for the lease to end.
    client.fails.clear()
    assert pull(MONDAY + HOUR / 60).outcome == "done"
    assert (state.pk, PullState.objects.get().failures) == (state.pk, 0)


def test_what_cannot_be_written_ends_the_run_without_rows(
    pull: Pull, client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.feed = [seen("a", likes=1)]

    def breaks(*_given: object, **_named: object) -> None:
        raise RuntimeError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(pulling, "roll_days", breaks)
        patched.setattr(pulling, "rebuild_days", breaks)
        with pytest.raises(RuntimeError):
            pull(MONDAY)
    run = CollectionRun.objects.get()
    assert (run.outcome, run.rows, run.new_posts) == ("failed", 0, 0)
    assert not PlatformPost.objects.exists()
    assert pull(MONDAY + HOUR / 60).new_posts == 1


def test_a_pull_that_takes_longer_than_its_lease_is_ended_and_recorded(
    pull: Pull, client: FakeClient
) -> None:
    assert tasks.pull_account.soft_time_limit == settings.PULL_LEASE_SECONDS
    client.fails["posts"] = as_type(PlatformError, SoftTimeLimitExceeded())
    with pytest.raises(SoftTimeLimitExceeded):
        pull(MONDAY)
    run = CollectionRun.objects.get()
    assert (run.outcome, run.finished_at) == ("failed", MONDAY)
    assert run.message.startswith("This application failed: SoftTimeLimitExceeded.")
    client.fails.clear()
    assert pull(MONDAY + HOUR / 60).outcome == "done"


def test_a_page_of_a_proxy_in_place_of_the_platform_marks_no_post_as_deleted(
    pull: Pull, client: FakeClient
) -> None:
    client.feed = [seen("a", MONDAY - 2 * HOUR), seen("b", MONDAY - HOUR), seen("c", MONDAY)]
    pull(MONDAY)
    client.delete("b")
    client.fails["metrics"] = NotFromPlatform("GET x.example/b: a page.", status=404)
    run = pull(MONDAY + 2 * HOUR)
    assert (run.outcome, run.error, run.gone_posts) == ("failed", "NotFromPlatform", 0)
    post = PlatformPost.objects.get(platform_id="at://b")
    assert (post.gone_at, post.next_pull_at is None) == (None, False)

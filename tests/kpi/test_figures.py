"""A figure is shown with the name that its platform gives it."""

from __future__ import annotations

from dataclasses import replace

from django.core.paginator import Paginator

from accounts.models import OfficialAccount
from kpi import pages, pictures, selectors
from kpi.figures import latest_figures
from kpi.models import PlatformPost
from tests.kpi.conftest import Pull
from tests.kpi.fakes import DAY, HOUR, MONDAY, FakeClient, seen
from tests.triggers import without_trigger


def test_given_and_givable_figures_carry_the_platforms_own_name(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    client.feed = [replace(seen("a", likes=7, comments=None), definition="bluesky/1")]
    pull(MONDAY)
    shown = latest_figures(PlatformPost.objects.get())
    named = {str(row["label"]): (row["value"], row["native"]) for row in shown["rows"]}
    assert named["Likes"] == (7, "likeCount")
    # Bluesky gives it, and did not this time.
    assert named["Comments"] == (None, "replyCount")
    assert "Reach" in [str(label) for label in shown["never_given"]]


def test_captures_have_no_column_for_what_the_platform_never_gives(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    client.feed = [replace(seen("a", likes=7), definition="bluesky/1")]
    pull(MONDAY)
    post = PlatformPost.objects.get()
    page = Paginator(selectors.snapshots_of(post), 14).get_page(1)
    (row,) = pages.capture_rows(post, page, latest_figures(post)["metrics"])
    cells = {str(cell["label"]): cell["value"] for cell in row["cells"]}
    assert cells["Likes"] == 7
    assert cells["Comments"] is None, "given by the platform, and not this time"
    assert "Reach" not in cells


def test_a_new_post_grows_by_captures_and_an_older_one_by_days(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    for number in range(3):
        client.feed = [seen("a", likes=number, comments=0, shares=0)]
        pull(MONDAY + number * HOUR)
    post = PlatformPost.objects.get()

    def days() -> list[object]:
        chart = pictures.post_growth(post, list(selectors.snapshots_of(post)))
        return [day for day, _words in chart.rows]

    assert days() == [f"2 November 2026 {hour}:00" for hour in (10, 11, 12)]
    client.feed = [seen("a", likes=9, comments=0, shares=0)]
    pull(MONDAY + 2 * DAY)
    assert days() == ["2 November 2026", "4 November 2026"]


def test_a_value_without_a_known_definition_is_shown_all_the_same(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    with without_trigger("accounts.OfficialAccount:stays_itself"):
        OfficialAccount.objects.update(platform="telegram")
    client.feed = [seen("a", views=40)]
    pull(MONDAY)
    shown = latest_figures(PlatformPost.objects.get())
    assert [(row["value"], row["native"]) for row in shown["rows"]] == [(40, "")]

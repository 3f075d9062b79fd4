"""A figure is shown with the name that its platform gives it."""

from __future__ import annotations

from dataclasses import replace

from accounts.models import OfficialAccount
from kpi.figures import latest_figures
from kpi.models import PlatformPost
from tests.kpi.conftest import Pull
from tests.kpi.fakes import MONDAY, FakeClient, seen


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


def test_a_value_without_a_known_definition_is_shown_all_the_same(
    account: OfficialAccount, pull: Pull, client: FakeClient
) -> None:
    OfficialAccount.objects.update(platform="telegram")
    client.feed = [seen("a", views=40)]
    pull(MONDAY)
    shown = latest_figures(PlatformPost.objects.get())
    assert [(row["value"], row["native"]) for row in shown["rows"]] == [(40, "")]

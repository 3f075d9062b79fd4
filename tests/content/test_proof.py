"""What went out is borne out by decisions and by the trail, and what is not is named."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from content.models import Decision, Publication, Review
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, later, make_stage
from tests.content.test_layers import without_triggers
from tests.content.test_policies import TWO, policy


@pytest.fixture
def stage(cast: Cast) -> Stage:
    policy(cast, TWO)
    return make_stage(cast).submit()


def verified() -> tuple[int, dict[str, object]]:
    out, code = io.StringIO(), 0
    try:
        call_command("verify_approvals", "--json", stdout=out)
    except SystemExit as exc:
        code = int(exc.code or 0)
    return code, json.loads(out.getvalue())


def unproven() -> list[str]:
    _, answer = verified()
    rows = answer["unproven"]
    assert isinstance(rows, list)
    return [f"{row['what']} {row['state']}" for row in rows]


def test_what_was_decided_and_went_out_is_borne_out(stage: Stage) -> None:
    stage.approve(stage.cast.made).approve().send(FakePlatform())
    other = make_stage(stage.cast).submit()
    other.approve(stage.cast.made)
    assert verified() == (0, {"decisions": 3, "publications": 1, "unproven": []})
    out = io.StringIO()
    call_command("verify_approvals", stdout=out)
    assert out.getvalue().splitlines()[-1] == "All are borne out."


def test_a_decision_written_by_sql_in_the_name_of_an_approver_is_named(stage: Stage) -> None:
    stage.approve(stage.cast.made)
    Decision.objects.create(
        review=Review.objects.get(), version_digest=stage.digest, stage=2, verdict="approve",
        decider=stage.cast.sari, expires_at=later(days=1), confirmed_list="ethics",
        confirmed_version=1,
    )  # fmt: skip
    code, _ = verified()
    assert (code, unproven()) == (1, ["decision approve"])
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_approvals", stdout=out)
    assert "Sari Wulandari" in out.getvalue()


def test_what_was_called_live_past_the_gate_is_named(stage: Stage) -> None:
    stage.approve(stage.cast.made)
    version = stage.fresh().current_version
    assert version is not None
    with without_triggers():
        Publication.objects.create(
            post=stage.post, version=version, official_account=stage.account, key="k",
            digest=version.digest, status="published", scheduled_for=timezone.now(),
            sent_at=timezone.now(), published_at=timezone.now(), permalink="https://bsky.app/1",
        )  # fmt: skip
    assert unproven() == ["publication published"]

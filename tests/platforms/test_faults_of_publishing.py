"""Faults on every platform that only sending and looking for a post can meet."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from govsocial.platforms.budget import Unlimited
from govsocial.platforms.errors import BudgetSpent
from tests.platforms import bluesky_stage, x_stage
from tests.platforms.fakes import Reply, Server
from tests.platforms.stages import Stage, stages

STAGES = [stage for stage in stages() if stage.publish]


def these(wanted: list[Stage]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("stage", wanted, ids=str)


@pytest.fixture
def only_the_reserve_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def take(self: Unlimited, costs: Mapping[str, int], *, publishing: bool) -> None:
        if not publishing:
            raise BudgetSpent("Only what is kept for publishing is left.", retry_after=60)

    monkeypatch.setattr(Unlimited, "take", take)


@pytest.mark.usefixtures("only_the_reserve_is_left")
@these(STAGES)
def test_what_is_kept_for_publishing_lets_a_post_out_and_lets_it_be_found(
    server: Server, stage: Stage
) -> None:
    stage.good(server)
    if stage.name != "threads":  # which counts no reads
        with pytest.raises(BudgetSpent):
            stage.client(server).posts()
    stage.client(server).publish(stage.outgoing())
    assert len(server.calls(stage.publish)) == 1
    assert stage.shows is not None
    stage.shows(server, stage.outgoing(), 0)
    assert stage.client(server).find(stage.outgoing()) is not None


@pytest.mark.usefixtures("only_the_reserve_is_left")
def test_what_is_kept_for_publishing_is_for_the_names_in_a_post_too(server: Server) -> None:
    bluesky_stage.good(server)
    server.on(bluesky_stage.RESOLVE, Reply(200, {"did": "did:plc:dinas"}))
    client = bluesky_stage.client(server)
    client.publish(bluesky_stage.post("Bersama @dinas.example"))
    (sent,) = server.calls(bluesky_stage.PUBLISH)
    assert "did:plc:dinas" in sent.body.decode()


@pytest.mark.usefixtures("only_the_reserve_is_left")
def test_a_post_on_x_is_looked_for_where_the_account_has_to_be_asked_for(server: Server) -> None:
    x_stage.good(server)
    post = x_stage.outgoing()
    x_stage.shows(server, post, 0)
    assert x_stage.client(server, account_id="").find(post) is not None
    assert len(server.calls(x_stage.PROFILE)) == 1

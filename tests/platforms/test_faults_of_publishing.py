"""Faults on every platform that only sending and looking for a post can meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
import time_machine

from govsocial.platforms.base import OutgoingPost
from govsocial.platforms.budget import Unlimited
from govsocial.platforms.errors import BadAnswer, BudgetSpent, PlatformError, Refused, Unavailable
from govsocial.platforms.finding import ASKED_AT
from tests.gathering import each
from tests.platforms import bluesky_stage, x_stage
from tests.platforms.fakes import Answering, Reply, Reset, Server
from tests.platforms.stages import Stage, stages

STAGES = [stage for stage in stages() if stage.publish]


def these(wanted: list[Stage]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("stage", wanted, ids=str)


@pytest.fixture
def only_the_reserve_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def take(self: Unlimited, costs: Mapping[str, int], *, publishing: bool, server: str) -> None:
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


BY_WORDS = [stage for stage in STAGES if stage.name != "bluesky"]
"""On Bluesky the key of ours says whether a post is there, and sending it again is no second."""


def sent_without_an_answer(server: Server, stage: Stage, fault: Answering) -> OutgoingPost:
    """What is looked for after ``fault`` ended the one call; nothing is listed, nor known."""
    kept: dict[str, str] = {}
    stage.good(server)
    server.on(stage.publish, fault, Reply(404, {"error": {"code": 404}}))
    post = replace(stage.outgoing(), created_at=datetime.now(UTC) + timedelta(hours=1))
    with pytest.raises(PlatformError):
        stage.client(server).publish(replace(post, keep=kept.update))
    return replace(post, handles=kept)


@these(BY_WORDS)
def test_a_post_that_is_not_listed_is_not_safe_to_send_before_it_can_have_settled(
    server: Server, stage: Stage
) -> None:
    post = sent_without_an_answer(server, stage, Reset())
    for minutes in (0, 4):
        then = datetime.now(UTC) + timedelta(minutes=minutes)
        with time_machine.travel(then), pytest.raises(Unavailable):
            stage.client(server).find(post)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert stage.client(server).find(post) is None


@these([stage for stage in BY_WORDS if stage.name != "tiktok"])
def test_a_call_that_certainly_did_nothing_is_not_waited_for(server: Server, stage: Stage) -> None:
    post = sent_without_an_answer(server, stage, Reply(429, {}))
    assert stage.client(server).find(post) is None
    earlier = sent_without_an_answer(server, stage, Reset()).handles
    server.on(stage.publish, Reply(429, {}))
    kept = dict(earlier)
    again = replace(post, handles=earlier, keep=kept.update)
    with pytest.raises(PlatformError):
        stage.client(server).publish(again)
    assert kept[ASKED_AT] == earlier[ASKED_AT]


@these(STAGES)
@each("status", [307, 308])
def test_a_post_that_is_to_be_sent_elsewhere_is_certainly_not_out(
    server: Server, stage: Stage, status: int
) -> None:
    stage.good(server)
    server.on(stage.publish, Reply(status, headers={"Location": "/elsewhere"}))
    with pytest.raises(BadAnswer, match="wants this sent to another address"):
        stage.client(server).publish(stage.outgoing())
    assert len(server.calls(stage.publish)) == 1
    assert server.calls(f"{stage.publish.partition(' ')[0]} /elsewhere") == []


LINK = "https://samudrakota.example/siaga"


@these(STAGES)
def test_a_link_of_its_own_is_sent_or_refused_and_never_left_out(
    server: Server, stage: Stage
) -> None:
    stage.good(server)
    with_media = replace(stage.outgoing(), link=LINK)
    for post in (with_media, replace(with_media, images=(), video=None)):
        before, published = len(server.received), len(server.calls(stage.publish))
        try:
            stage.client(server).publish(post)
        except Refused:
            assert len(server.calls(stage.publish)) == published
        else:
            sent = b"".join(one.body for one in server.received[before:])
            assert LINK in unquote(sent.decode())
    stage.client(server).publish(replace(with_media, text=f"{with_media.text} {LINK}"))


def test_a_link_becomes_a_card_on_bluesky(server: Server) -> None:
    bluesky_stage.good(server)
    post = bluesky_stage.post(link=LINK, title="Siaga banjir")
    bluesky_stage.client(server).publish(post)
    (sent,) = server.calls(bluesky_stage.PUBLISH)
    assert sent.json()["record"]["embed"] == {
        "$type": "app.bsky.embed.external",
        "external": {"uri": LINK, "title": "Siaga banjir", "description": ""},
    }
    with pytest.raises(Refused, match="no link beside this post"):
        bluesky_stage.client(server).publish(replace(bluesky_stage.outgoing(), link=LINK))

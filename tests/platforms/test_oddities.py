"""One figure or one post that cannot be meant costs nothing but itself, on every platform."""

from __future__ import annotations

from typing import Any

import pytest

from govsocial.platforms.errors import BadAnswer
from govsocial.platforms.http import Answer
from govsocial.platforms.mastodon.answers import Account, Status
from govsocial.platforms.oddities import ByName, PartlyRead, noting, readable, with_figures
from tests.platforms.fakes import Server
from tests.platforms.fault_tools import changed, understood
from tests.platforms.stages import Stage, stages

ANSWER = Answer(200, {}, b"", "GET kota.example/")
ODD = [-1, 3.0, "3", True, [], {"a": 1}, 2**63]


def status(number: int, **more: Any) -> dict[str, Any]:
    made = {"id": str(number), "created_at": "2026-11-02T03:00:00Z", "favourites_count": 4}
    return {**made, **more}


@pytest.mark.parametrize("odd", ODD)
def test_a_figure_that_cannot_be_meant_is_not_given_and_noted(odd: Any) -> None:
    page = [status(1, favourites_count=odd, replies_count=2), status(2)]
    with noting() as noted:
        read = [one for one, _raw in readable(Status, page, ANSWER)]
    assert [(one.favourites_count, one.replies_count) for one in read] == [(None, 2), (4, None)]
    assert (dict(noted.figures), noted.posts) == ({"favourites_count": 1}, 0)


def test_a_post_that_cannot_be_read_is_left_out_and_noted() -> None:
    with noting() as noted:
        page = [status(1, media_attachments=None), status(2), status(3, created_at="soon")]
        assert [one.id for one, _raw in readable(Status, page, ANSWER)] == ["2"]
    assert (dict(noted.figures), noted.posts) == ({}, 2)
    with pytest.raises(BadAnswer):
        readable(Status, page, ANSWER, searched=True)


def test_nothing_usable_is_a_bad_answer() -> None:
    odd = status(1, favourites_count=-1)
    for page in ([odd], [odd, status(2, created_at=None)]):
        with pytest.raises(BadAnswer):
            readable(Status, page, ANSWER)
    assert readable(Status, [], ANSWER) == []
    assert len(readable(Status, [odd], ANSWER, first=False)) == 1, "the end of a long list"
    account = {"id": "1", "username": "kota", "following_count": -2}
    with pytest.raises(BadAnswer):
        with_figures(Account, account, ANSWER)
    seen = with_figures(Account, {**account, "followers_count": 7}, ANSWER)
    assert (seen.followers_count, seen.following_count) == (7, None)
    with noting() as noted:
        assert with_figures(Account, {**account, "following_count": None}, ANSWER)
        hidden = {**account, "followers_count": -1, "following_count": 1}
        assert with_figures(Account, hidden, ANSWER).followers_count is None
    assert not noted.figures, "what is not told, or hidden, is not odd"


def test_what_was_asked_for_by_name_and_cannot_be_read_is_named() -> None:
    by_name = ByName()
    read = by_name.each(Status, [status(1), status(2, created_at=None), {}], ANSWER)
    assert [one.id for one, _raw in read] == ["1"]
    with pytest.raises(PartlyRead) as partly:
        by_name.all_of([])
    assert partly.value.names == {"2", ""}
    with pytest.raises(BadAnswer):
        by_name.read(Status, "no object", ANSWER)


LISTED = {"data", "videos", "items", "feed"}


def _with_odd_post(body: Any) -> Any:
    """A page with one post more, of which nothing can be read."""
    if isinstance(body, list):
        return [*body, {"id": "x"}]
    return {
        name: [*inner, {"post": {}}] if name in LISTED else inner for name, inner in body.items()
    } | ({"data": _with_odd_post(body["data"])} if isinstance(body.get("data"), dict) else {})


@pytest.mark.parametrize("stage", [one for one in stages() if one.name != "feed"], ids=str)
def test_one_odd_post_costs_none_of_the_others_of_a_page(server: Server, stage: Stage) -> None:
    stage.good(server)
    # YouTube lists names; the films are read by another call.
    route = stage.metrics if stage.name == "youtube" else stage.posts
    before = understood(stage.client(server).posts())
    server.on(route, changed(server.answer_of(route), _with_odd_post))
    with noting() as noted:
        assert understood(stage.client(server).posts()) == before
    assert noted.posts

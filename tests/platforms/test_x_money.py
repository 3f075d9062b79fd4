"""What calls to X cost, and that nothing is spent beyond the cap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from govsocial.platforms.errors import (
    BudgetSpent,
    PlatformError,
    Refused,
)
from govsocial.platforms.registry import spec
from govsocial.platforms.x.prices import PRICE_LISTS, Item
from tests.gathering import each
from tests.platforms import x_stage as x
from tests.platforms.fakes import Reply, Server


def test_every_billed_call_is_set_aside_and_settled_by_what_came(server: Server) -> None:
    x.good(server)
    server.on(f"{x.DELETE}7", Reply(200, {"data": {"deleted": True}}))
    purse = x.Purse()
    client = x.client_of(server, x.store(), meter=purse)
    client.profile()
    client.posts()
    client.metrics(["1", "2"])
    client.publish(x.outgoing())
    client.publish(x.outgoing(images=[], text="Baca contoh.go.id"))
    client.delete("7")
    assert purse.items == [
        ("user read", 1),
        ("post read", 1),
        ("post read", 1),
        ("media metadata", 1),
        ("create post", 1),
        ("create post with URL", 1),
        ("delete post", 1),
    ]
    assert purse.open == 0
    assert purse.spent == Decimal("0.250")


def test_own_posts_are_cheaper_where_the_account_owns_the_application(server: Server) -> None:
    x.good(server)
    purse = x.Purse()
    owned = replace(x.APP, owner="SamudraKota")
    client = x.client_of(server, x.store(), app=owned, meter=purse)
    client.posts()
    client.metrics([x.IDS[0]])
    assert purse.items == [("owned read", 1), ("owned read", 1)]


@pytest.mark.parametrize("owner", ["", "dinaskota"])
def test_other_accounts_pay_the_whole_price(server: Server, owner: str) -> None:
    x.good(server)
    purse = x.Purse()
    x.client_of(server, x.store(), app=replace(x.APP, owner=owner), meter=purse).posts()
    x.client_of(server, x.store(handle=""), app=replace(x.APP, owner=owner), meter=purse).posts()
    assert purse.items == [("post read", 1), ("post read", 1)]


def test_nothing_is_sent_beyond_the_cap(server: Server) -> None:
    x.good(server)
    client = x.client_of(server, x.store(), meter=x.Purse("0.1"))
    client.publish(x.outgoing())
    sent = len(server.received)
    with pytest.raises(BudgetSpent):
        client.publish(x.outgoing(images=[], text="Tautan https://a.example"))
    with pytest.raises(BudgetSpent):
        client.posts()
    assert len(server.received) == sent


@each(
    ("answer", "count"),
    [
        (x.plain(403, "Forbidden"), 0),
        (Reply(429, {}), 0),
        (Reply(500), 1),
        (Reply(201, b"<html>"), 1),
    ],
)
def test_what_may_be_out_is_counted_and_what_was_refused_is_not(
    server: Server, answer: Reply, count: int
) -> None:
    x.good(server)
    server.on(x.PUBLISH, answer)
    purse = x.Purse()
    with pytest.raises(PlatformError):
        x.client_of(server, x.store(), meter=purse).publish(x.outgoing(images=[]))
    assert purse.items == [("create post", count)]
    assert purse.open == 0


def test_looking_whether_a_post_is_out_belongs_to_publishing(server: Server) -> None:
    x.good(server)
    x.shows(server, x.outgoing(), 0)
    purse = x.Purse()
    client = x.client_of(server, x.store(), meter=purse)
    client.find(x.outgoing())
    assert (purse.items[0][0], purse.from_kept) == ("post read", [True])
    client.metrics(["1"])
    assert purse.from_kept == [True, False], "collecting does not"


def test_a_renewed_token_does_not_charge_twice(server: Server) -> None:
    x.good(server)
    server.on(x.PUBLISH, x.EXPIRED, Reply(201, {"data": {"id": "7"}}))
    purse = x.Purse()
    x.client_of(server, x.store(), meter=purse).publish(x.outgoing(images=[]))
    assert purse.items == [("create post", 1)]


def test_the_price_list_is_dated_and_whole() -> None:
    days = [one.effective_from for one in PRICE_LISTS]
    assert days == sorted(set(days))
    for one in PRICE_LISTS:
        assert set(one.amounts) == set(Item)
        assert all(Decimal(amount) > 0 for amount in one.amounts.values())
        assert one.source
    assert set(spec("x").publishing_items) < set(Item)


def test_a_list_that_is_entered_ahead_counts_from_its_day_of_utc() -> None:
    present = PRICE_LISTS[-1]
    ahead = replace(present, effective_from=date(2027, 1, 1))
    known = replace(spec("x"), price_lists=(present, ahead))
    jakarta = ZoneInfo("Asia/Jakarta")
    for moment, counts in (
        (datetime(2020, 1, 1, tzinfo=UTC), present),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), present),
        (datetime(2027, 1, 1, 6, 59, 59, tzinfo=jakarta), present),
        (datetime(2027, 1, 1, 7, tzinfo=jakarta), ahead),
        (datetime(2027, 1, 1, tzinfo=UTC), ahead),
    ):
        assert known.prices_at(moment) is counts, moment
    assert spec("mastodon").prices_at(datetime(2027, 1, 1, tzinfo=UTC)) is None


def test_every_cost_is_of_a_quota_that_is_declared(server: Server) -> None:
    x.good(server)
    taken: list[str] = []

    class Note:
        def take(self, costs: Mapping[str, int], *, publishing: bool, server: str) -> None:
            for quota in costs:
                taken.append(quota)

        def learn(self, headers: Any, *, status: int, server: str) -> None:
            return None

    client = x.client_of(server, x.store(), budget=Note())
    client.profile()
    client.posts()
    client.metrics(["1"])
    client.publish(x.outgoing())
    x.shows(server, x.outgoing(), 0)
    client.find(x.outgoing())
    server.on(f"{x.DELETE}7", Reply(200, {"data": {"deleted": True}}))
    client.delete("7")
    assert set(taken) == {quota.name for quota in spec("x").quotas}


def test_an_account_id_that_is_none_gets_into_no_path(server: Server) -> None:
    x.good(server)
    with pytest.raises(Refused):
        x.client(server, account_id="../me").posts()
    assert server.received == []

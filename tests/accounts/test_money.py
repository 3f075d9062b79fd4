"""Money: what billed calls cost, the cap, and that no race passes it."""

from __future__ import annotations

import csv
import re
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts import actions, money, spending
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.models import PlatformSpending, SpendingCap, User
from accounts.money import PostgresMeter
from govsocial.audit.models import Entry
from govsocial.platforms import registry
from govsocial.platforms.budget import PriceList
from govsocial.platforms.errors import BudgetSpent
from govsocial.platforms.spec import Spec
from tests import factories
from tests.cast import Cast, the_cast

PRICES = {
    "post read": "0.005",
    "create post": "0.015",
    "create post with URL": "0.200",
    "free": "0",
}
LIST_OF_APRIL = PriceList(effective_from=date(2026, 4, 20), amounts=PRICES, source="a made-up list")
LIST = reverse("people:spending_list")
CAP = reverse("people:spending_cap_edit", args=["bluesky"])
EXPORT = reverse("people:spending_export")


@pytest.fixture(autouse=True)
def billed(monkeypatch: pytest.MonkeyPatch) -> Spec:
    """Bluesky as it would be if it charged for calls."""
    known = replace(
        registry.spec("bluesky"),
        price_lists=(LIST_OF_APRIL,),
        publishing_items=("create post", "create post with URL"),
    )
    monkeypatch.setattr(spending, "billed_specs", lambda: {"bluesky": known})
    monkeypatch.setattr("accounts.actions.spending.billed_specs", lambda: {"bluesky": known})
    monkeypatch.setattr(money, "spec", lambda platform: known)
    return known


@pytest.fixture
def meter(billed: Spec) -> PostgresMeter:
    return PostgresMeter("bluesky", billed)


def allow(cast: Cast, monthly: str, kept: str = "0") -> SpendingCap:
    return actions.set_spending_cap(
        actor=cast.bayu, platform="bluesky", monthly=Decimal(monthly), kept=Decimal(kept)
    )


def spent(item: str = "") -> tuple[int, Decimal]:
    row = PlatformSpending.objects.filter(item=item).first()
    return (row.count, row.amount) if row else (0, Decimal(0))


def test_a_price_is_set_aside_and_replaced_by_what_was_delivered(
    cast: Cast, meter: PostgresMeter
) -> None:
    allow(cast, "1")
    reserved = meter.reserve("post read", 100)
    assert reserved == Decimal("0.5")
    assert spent() == spent("post read") == (100, Decimal("0.5"))
    meter.settle("post read", reserved=reserved, count=7)
    assert spent() == spent("post read") == (7, Decimal("0.035"))
    meter.settle("create post", reserved=meter.reserve("create post", 1), count=0)
    assert spent("create post") == (0, Decimal(0))
    assert spent() == (7, Decimal("0.035"))


def test_a_call_costs_what_the_list_of_its_day_says(
    cast: Cast, billed: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    dearer = PriceList(
        effective_from=date(2027, 1, 2), amounts={**PRICES, "post read": "0.010"}, source="another"
    )
    known = replace(billed, price_lists=(*billed.price_lists, dearer))
    monkeypatch.setattr(spending, "billed_specs", lambda: {"bluesky": known})
    meter = PostgresMeter("bluesky", known)
    allow(cast, "1")

    def shown() -> tuple[Decimal, date | None]:
        (page,) = spending.spending_visible_to(cast.bayu)
        return dict(page.prices)["Post read"], page.prices_from

    with time_machine.travel("2027-01-01T23:59:59Z", tick=False):
        assert shown() == (Decimal("0.005"), date(2026, 4, 20))
        reserved = meter.reserve("post read", 100)
        assert reserved == Decimal("0.5")
    with time_machine.travel("2027-01-02T00:00:00Z", tick=False):
        # It was made yesterday.
        meter.settle("post read", reserved=reserved, count=10)
        assert spent() == (10, Decimal("0.05"))
        assert shown() == (Decimal("0.010"), date(2027, 1, 2))
        with pytest.raises(BudgetSpent):
            meter.reserve("post read", 96)
        reserved = meter.reserve("post read", 95)
        meter.settle("post read", reserved=reserved, count=1)
    assert spent() == (11, Decimal("0.06"))


def test_a_thing_that_is_read_again_on_the_same_day_is_charged_once(
    cast: Cast, meter: PostgresMeter
) -> None:
    allow(cast, "10")

    def read(item: str, *names: str) -> None:
        reserved = meter.reserve(item, 100)
        meter.settle(item, reserved=reserved, count=len(names), resources=names)

    with time_machine.travel("2026-11-25T10:00:00Z", tick=False):
        read("post read", "1", "2", "3")
        read("post read", "2", "3", "4")
        assert spent("post read") == (4, Decimal("0.02"))
    with time_machine.travel("2026-11-26T00:00:01Z", tick=False):
        read("post read", "4")
    assert spent("post read") == (5, Decimal("0.025"))


def test_without_redis_everything_read_is_charged(
    cast: Cast, meter: PostgresMeter, settings: Any
) -> None:
    allow(cast, "10")
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    for _time in range(2):
        reserved = meter.reserve("post read", 10)
        meter.settle("post read", reserved=reserved, count=2, resources=("1", "2"))
    assert spent("post read") == (4, Decimal("0.02"))


def test_nothing_is_spent_past_the_cap_or_without_one(cast: Cast, meter: PostgresMeter) -> None:
    with pytest.raises(BudgetSpent) as caught:
        meter.reserve("post read", 1)
    assert caught.value.retry_after == money.WAIT
    assert spent() == (0, Decimal(0))
    allow(cast, "0.01")
    meter.reserve("post read", 2)
    with pytest.raises(BudgetSpent):
        meter.reserve("post read", 1)
    with pytest.raises(BudgetSpent):
        meter.reserve("create post", 1)
    assert spent() == (2, Decimal("0.01"))
    meter.settle("free", reserved=meter.reserve("free", 3), count=3)
    allow(cast, "0")
    with pytest.raises(BudgetSpent):
        meter.reserve("post read", 1)


def test_what_is_kept_for_publishing_is_not_read_away(cast: Cast, meter: PostgresMeter) -> None:
    allow(cast, "1", kept="0.5")
    meter.reserve("post read", 100)
    with pytest.raises(BudgetSpent):
        meter.reserve("post read", 1)
    meter.reserve("create post with URL", 2)
    with pytest.raises(BudgetSpent):
        meter.reserve("create post with URL", 1)


def test_what_is_kept_pays_for_finding_and_connecting(cast: Cast, billed: Spec) -> None:
    allow(cast, "1", kept="1")
    for connecting in (True, False):
        meter = PostgresMeter("bluesky", billed, connecting=connecting)
        meter.reserve("post read", 100, publishing=not connecting)


def test_a_month_begins_anew_and_a_call_is_settled_where_it_was_set_aside(
    cast: Cast, meter: PostgresMeter
) -> None:
    allow(cast, "1")
    with time_machine.travel(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), tick=False):
        reserved = meter.reserve("post read", 200)
    with time_machine.travel(datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC), tick=False):
        meter.settle("post read", reserved=reserved, count=10)
        meter.reserve("post read", 200)
    rows = PlatformSpending.objects.filter(item="").order_by("month")
    assert [(row.month, row.count) for row in rows] == [
        (date(2026, 11, 1), 10),
        (date(2026, 12, 1), 200),
    ]


def test_an_item_without_a_price_is_a_mistake(meter: PostgresMeter) -> None:
    with pytest.raises(LookupError):
        meter.reserve("like", 1)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_do_not_pass_the_cap(billed: Spec) -> None:
    """Forty calls of two items race for money that is enough for a part of them."""
    allow(the_cast(), "1")
    start = threading.Barrier(8)
    taken: list[Decimal] = []
    refused: list[str] = []

    def work(item: str) -> None:
        mine = PostgresMeter("bluesky", billed)
        start.wait(timeout=10)
        for _ in range(5):
            try:
                taken.append(mine.reserve(item, 3))
            except BudgetSpent:
                refused.append(item)
        connection.close()

    workers = [
        threading.Thread(target=work, args=(item,))
        for item in ["create post", "create post with URL"] * 4
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(taken) + len(refused) == 40
    assert refused
    assert sum(taken) <= 1
    assert sum(taken) + Decimal("0.6") > 1, "what was left was too little for the dearer call"
    total = PlatformSpending.objects.get(item="")
    items = PlatformSpending.objects.exclude(item="")
    assert total.amount == sum(taken) == sum(row.amount for row in items)
    assert total.count == 3 * len(taken) == sum(row.count for row in items)


def test_the_database_keeps_the_rows_sane_and_for_ever(cast: Cast, meter: PostgresMeter) -> None:
    cap = allow(cast, "1")
    meter.reserve("post read", 1)
    row = PlatformSpending.objects.get(item="post read")
    for change in ({"amount": -1}, {"month": date(2026, 11, 2)}, {"count": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlatformSpending.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        SpendingCap.objects.filter(pk=cap.pk).update(kept=2)
    for one in (row, cap):
        with pytest.raises(InternalError), transaction.atomic():
            one.delete()


def test_setting_a_cap_is_told_in_the_trail(cast: Cast) -> None:
    allow(cast, "25", kept="5")
    allow(cast, "25", kept="5")
    allow(cast, "40")
    entries = Entry.objects.filter(event="accounts.spending.capped").order_by("id")
    assert [entry.data for entry in entries] == [
        {"cap": "25.00", "cap_before": "", "kept": "5.00"},
        {"cap": "40.00", "cap_before": "25.00", "kept": "0.00"},
    ]
    assert "40.00 US dollars" in entries[1].sentence


@pytest.mark.parametrize(
    ("monthly", "kept", "field"),
    [("-1", "0", "monthly"), ("1e7", "0", "monthly"), ("5", "6", "kept")],
)
def test_a_cap_that_makes_no_sense_is_refused(
    cast: Cast, monthly: str, kept: str, field: str
) -> None:
    with pytest.raises(AccountError) as caught:
        allow(cast, monthly, kept)
    assert caught.value.field == field
    with pytest.raises(AccountError):
        actions.set_spending_cap(actor=cast.bayu, platform="mastodon", monthly=Decimal(1))


@pytest.fixture
def unit_administrator(cast: Cast) -> User:
    """Manages accounts of one unit alone."""
    person = factories.user("Wayan Sudarma")
    factories.grant(person, Role.ADMINISTRATOR, cast.diskominfo)
    return person


def test_only_those_of_the_whole_agency_see_and_set_money(
    cast: Cast, client: Client, unit_administrator: User
) -> None:
    for person in (unit_administrator, cast.sari, cast.laila):
        with pytest.raises(PermissionDenied):
            actions.set_spending_cap(actor=person, platform="bluesky", monthly=Decimal(1))
        client.force_login(person)
        for address in (LIST, CAP, EXPORT):
            assert client.get(address).status_code == 403
        assert client.post(CAP, {"monthly": "1"}).status_code == 403
    assert SpendingCap.objects.count() == 0
    client.force_login(unit_administrator)
    assert LIST not in client.get(reverse("people:profile_edit")).content.decode()
    client.force_login(cast.bayu)
    assert LIST in client.get(reverse("people:profile_edit")).content.decode()
    assert client.get(reverse("people:spending_cap_edit", args=["mastodon"])).status_code == 404


@pytest.fixture
def administrator(cast: Cast, client: Client) -> Client:
    factories.reads_english(cast.bayu)
    client.force_login(cast.bayu)
    return client


def test_the_page_shows_what_was_spent_the_cap_the_prices_and_what_links_cost(
    cast: Cast,
    administrator: Client,
    meter: PostgresMeter,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    empty = administrator.get(LIST).content.decode()
    assert "No cap is set" in empty
    assert "Nothing was spent yet." in empty
    allow(cast, "12.50", kept="2")
    meter.reserve("post read", 300)
    for month in range(1, 13):
        PlatformSpending.objects.create(
            platform="bluesky", month=date(2025, month, 1), item="", count=1, amount=1
        )
        PlatformSpending.objects.create(
            platform="bluesky", month=date(2025, month, 1), item="create post", count=1, amount=1
        )
    # As exact as on the page: a cap is set against what the page shows.
    assert "$1.50 is spent this month" in administrator.get(CAP).content.decode()
    with django_assert_max_num_queries(15):
        page = administrator.get(LIST).content.decode()
    for words in (
        "Post read",
        *("$1.50<", "$12.50<", "$11.00<"),
        "a made-up list",
        "20 April 2026",
        "A link makes a post dearer: $0.20 instead of $0.015.",
        "What is read again on the same day (UTC) is counted once.",
    ):
        assert words in page, words
    assert not re.search(r"\$[1-9][\d,]*\.\d{3}", page), "cents: three places read as thousands"
    assert "January 2025" not in page, "twelve months are shown"
    allow(cast, "1")
    assert "The cap of this month is used up." in administrator.get(LIST).content.decode()


def test_a_cap_is_typed_as_people_write_numbers_and_kept_when_it_is_wrong(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.bayu)
    answer = client.post(CAP, {"monthly": "1.250,50", "kept": "250,5"})
    assert answer.status_code == 302
    cap = SpendingCap.objects.get()
    assert (cap.monthly, cap.kept, cap.set_by) == (Decimal("1250.50"), Decimal("250.50"), cast.bayu)
    wrong = client.post(CAP, {"monthly": "10", "kept": "20"})
    assert wrong.status_code == 422
    assert 'value="20"' in wrong.content.decode()
    numbers = ("-1", "NaN", "Infinity", "1e400", "1e5", "1_000", "9" * 50, "1,234")
    for typed in ("", "banyak", *numbers):
        assert client.post(CAP, {"monthly": typed}).status_code == 422, typed
    cap.refresh_from_db()
    assert cap.monthly == Decimal("1250.50")


def test_the_export_has_every_month_and_is_told_in_the_trail(
    cast: Cast, administrator: Client, meter: PostgresMeter
) -> None:
    allow(cast, "1")
    meter.reserve("create post with URL", 1)
    answer = administrator.get(EXPORT)
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")  # type: ignore[attr-defined]
    (header, row) = csv.reader(StringIO(text))
    assert header == ["Platform", "Month", "Item", "How many", "US dollars"]
    assert row[0] == "Bluesky"
    assert row[2:4] == ["Post sent that has a link", "1"]
    assert row[4] == "0.20"
    entry = Entry.objects.get(event="accounts.spending.exported")
    assert entry.data == {"rows": 1}


def test_without_a_billed_platform_the_page_says_so(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spending, "billed_specs", dict)
    assert "No platform charges for calls" in administrator.get(LIST).content.decode()


def test_only_a_client_of_a_billed_platform_has_a_meter(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = factories.official_account(cast.diskominfo)
    assert money.meter_for(account.platform) is not None
    monkeypatch.setattr(money, "spec", registry.spec)
    assert money.meter_for(account.platform) is None

"""Accounts without a client, or not in use: nothing is pulled, and no page says that it is late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import OfficialAccount, Unit
from kpi import actions, home, pages
from kpi.models import AccountDay, PullState
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast


@pytest.fixture
def by_hand(cast: Cast) -> OfficialAccount:
    return factories.official_account(
        cast.diskominfo, platform="whatsapp", host="", handle="whatsapp.com/channel/1"
    )


def test_no_pull_is_planned_for_what_is_kept_by_hand(cast: Cast, by_hand: OfficialAccount) -> None:
    connected = factories.official_account(cast.diskominfo)
    give_credential(connected, cast.bayu)
    assert actions.claim_due_pulls() == [connected.pk]
    assert not PullState.objects.filter(official_account=by_hand).exists()


def test_no_suspended_account_is_claimed(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo, status="suspended")
    give_credential(account, cast.bayu)
    assert actions.claim_due_pulls() == []


def test_the_pages_of_an_account_say_why_nothing_is_pulled(
    cast: Cast, by_hand: OfficialAccount, client_as: Callable[[object], Client]
) -> None:
    suspended = factories.official_account(cast.diskominfo, status="suspended")
    assert pages.freshness_of(by_hand) == "by_hand"
    assert pages.freshness_of(suspended) == "idle"
    client = client_as(factories.reads_english(cast.ratna))
    for account in (by_hand, suspended):
        for name in ("kpi:account_detail", "kpi:account_collection"):
            page = client.get(reverse(name, args=[account.pk]))
            assert page.status_code == 200
            assert "not being updated" not in page.content.decode()


def test_nobody_is_led_to_a_handle_that_was_given_up(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    url = "https://www.instagram.com/festivalsamudra"
    account = factories.official_account(
        cast.diskominfo, platform="instagram", host="", handle="festivalsamudra", url=url
    )
    address = reverse("kpi:account_detail", args=[account.pk])
    client = client_as(cast.ratna)
    assert f'href="{url}"' in client.get(address).content.decode()
    for status in ("closed", "released"):
        OfficialAccount.objects.filter(pk=account.pk).update(
            status=status, closed_on="2026-03-31", closed_reason="Digabung"
        )
    assert url not in client.get(address).content.decode()


def test_the_list_has_no_row_for_what_nobody_measures_and_says_how_many_are_kept_by_hand(
    cast: Cast, by_hand: OfficialAccount, client_as: Callable[[object], Client]
) -> None:
    waits = factories.official_account(cast.diskominfo)
    ended: dict[str, Any] = {"closed_on": timezone.localdate(), "closed_reason": "x"}
    factories.official_account(cast.diskominfo, status="suspended")
    factories.official_account(cast.diskominfo, status="proposed")
    factories.official_account(cast.diskominfo, status="closed", **ended)
    released = factories.official_account(cast.diskominfo, status="released", **ended)
    client = client_as(factories.reads_english(cast.ratna))
    answer = client.get(reverse("kpi:account_list"))
    assert [row.account for row in answer.context["page"]] == [waits]
    assert answer.context["summary"]["accounts"] == 1
    page = answer.content.decode()
    assert "1 account in use is managed manually and not measured" in page
    link = f"{reverse('accounts:official_account_list')}?status=active&amp;connection=hand"
    assert f'href="{link}"' in page
    register = client.get(link.replace("&amp;", "&")).context["page"]
    assert list(register.object_list) == [by_hand]
    export = b"".join(client.get(reverse("kpi:account_export")).streaming_content).decode()  # type: ignore[attr-defined]  # streamed
    assert waits.handle in export
    assert by_hand.handle not in export
    assert released.handle not in export


def test_an_account_that_was_closed_keeps_its_row_while_it_has_figures(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    ended: dict[str, Any] = {"closed_on": timezone.localdate(), "closed_reason": "x"}
    closed = factories.official_account(cast.diskominfo, status="closed", **ended)
    day = timezone.localdate() - timedelta(days=3)
    AccountDay.objects.create(official_account=closed, day=day, collected=True, followers=40)
    answer = client_as("ratna").get(reverse("kpi:account_list"))
    (row,) = answer.context["page"]
    assert (row.account, row.totals.followers_end) == (closed, 40)
    assert answer.context["summary"]["behind"] == 0


def test_a_filter_that_cannot_be_read_finds_nothing(
    cast: Cast, by_hand: OfficialAccount, client_as: Callable[[object], Client]
) -> None:
    factories.official_account(cast.diskominfo)
    client = client_as(factories.reads_english(cast.ratna))
    for query in ("platform=whatsapp", "unit=0"):
        answer = client.get(f"{reverse('kpi:account_list')}?{query}")
        assert not answer.context["page"].object_list
        assert f'id="id_{query.split("=")[0]}_error"' in answer.content.decode()
        assert "A filter in this address is not known." in answer.content.decode()
        export = client.get(f"{reverse('kpi:account_export')}?{query}")
        assert export["Location"] == f"{reverse('kpi:account_list')}?{query}"


def test_the_list_is_light_and_takes_few_queries_with_hundreds_of_accounts_and_units(
    cast: Cast,
    client_as: Callable[[object], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    Unit.objects.bulk_create(
        Unit(name=f"Kelurahan Tanjung Harapan Nomor {number}", parent=cast.dinkes)
        for number in range(300)
    )
    OfficialAccount.objects.bulk_create(
        OfficialAccount(
            unit=cast.diskominfo,
            platform="instagram",
            handle=f"layanan.masyarakat.kota{number}",
            display_name=f"Layanan masyarakat terpadu nomor {number} Kota Samudra",
            status="active",
            registered_by=cast.bayu,
        )
        for number in range(300)
    )
    AccountDay.objects.bulk_create(
        AccountDay(
            official_account=account, day=timezone.localdate() - timedelta(days=back),
            collected=True, followers=1_234_567 - back * 1000, gained_likes=12_345,
        )
        for account in OfficialAccount.objects.all()
        for back in (1, 31)
    )  # fmt: skip
    client = client_as("ratna")
    for query in ("", f"unit={cast.diskominfo.pk}&platform=instagram&search=layanan&sort=-change"):
        with django_assert_max_num_queries(15):
            answer = client.get(f"{reverse('kpi:account_list')}?{query}")
        assert len(answer.context["page"]) == 30
        assert len(answer.content) <= 100_000


def test_the_home_page_expects_no_figures_of_what_is_kept_by_hand(
    cast: Cast, by_hand: OfficialAccount, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = cast.ratna
    assert list(home.cards(request)) == []
    factories.official_account(cast.diskominfo)
    (card,) = home.cards(request)
    assert card.context["accounts"] == 1

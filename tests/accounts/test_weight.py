"""Lists of the register in an agency with 300 units: at most 100 kB and 15 queries."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import OfficialAccount, Unit
from tests.cast import Cast

MOST_BYTES = 100_000


@pytest.fixture
def large(cast: Cast) -> None:
    """Three hundred units with long names, each with two accounts that lack everything."""
    for number in range(300):
        Unit.objects.create(
            name=f"Unit Pelaksana Teknis Daerah Kelurahan Tanjung Harapan {number:03}",
            parent=cast.dinkes,
        )
    OfficialAccount.objects.bulk_create(
        OfficialAccount(
            unit=unit, platform=platform, handle=f"layanan.masyarakat.terpadu{unit.pk}",
            host="", display_name=f"Layanan masyarakat terpadu Kelurahan nomor {unit.pk}",
            status="active", registered_by=cast.bayu,
        )
        for unit in Unit.objects.filter(parent=cast.dinkes)
        for platform in ("instagram", "facebook")
    )  # fmt: skip


@pytest.mark.usefixtures("large")
def test_the_lists_are_light_with_hundreds_of_units(
    cast: Cast,
    client_as: Callable[[object], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_as("bayu")
    for name in (
        "people:unit_list",
        "accounts:official_account_list",
        "accounts:compliance_overview",
        "accounts:connection_health",
    ):
        for query in ("", "page=3"):
            with django_assert_max_num_queries(15):
                answer = client.get(f"{reverse(name)}?{query}")
            assert answer.status_code == 200
            assert answer.context["page"].paginator.num_pages > 3
            assert len(answer.content) <= MOST_BYTES, (name, len(answer.content))


@pytest.mark.usefixtures("large")
def test_every_unit_stands_on_some_page_of_the_tree_and_once(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    client, seen = client_as("bayu"), []
    pages = client.get(reverse("people:unit_list")).context["page"].paginator.num_pages
    for number in range(1, pages + 1):
        shown = client.get(f"{reverse('people:unit_list')}?page={number}").context["page"]
        seen += [unit.pk for unit in shown]
    assert len(seen) == len(set(seen)) == 303

"""The copy of the register is the same, whoever's request made it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from accounts.models import OfficialAccount, PublicListing
from accounts.public import snapshot
from accounts.public.directory import Listing, Wanted
from accounts.public.snapshot import register

ZONES = ["Asia/Jakarta", "Asia/Jayapura", "America/Lima", "UTC"]


@pytest.mark.parametrize("zone", ZONES)
def test_the_day_of_a_confirmation_is_that_of_the_unit(
    accounts: dict[str, OfficialAccount], zone: str
) -> None:
    unit = accounts["instagram"].unit
    unit.time_zone = "Asia/Jakarta"
    unit.save()
    row = PublicListing.objects.select_related("official_account__unit").get(
        official_account=accounts["instagram"]
    )
    # In Jakarta it is the 18th already, in Lima and by the clock of the world not yet.
    row.last_confirmed_at = datetime(2026, 3, 17, 17, 30, tzinfo=UTC)  # type: ignore[attr-defined]  # as load() annotates it
    public = register.now().snapshot.accounts[0].unit
    with timezone.override(zone):
        assert snapshot._account(row, public).attested_on == date(2026, 3, 18)


@pytest.mark.parametrize("first", ["id", "en"])
@pytest.mark.parametrize("search", ["situs web", "website", "WhatsApp"])
def test_a_platform_is_found_by_its_name_in_every_language(
    accounts: dict[str, OfficialAccount], first: str, search: str
) -> None:
    snapshot._platform_words.cache_clear()
    with translation.override(first):
        seen = register.now().snapshot
    found = Listing(seen, Wanted.read({"search": search}, seen)).matching
    expected = [] if search == "WhatsApp" else ["samudrakota.go.id"]
    assert [one.handle for one in found] == expected

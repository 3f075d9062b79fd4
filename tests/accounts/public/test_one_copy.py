"""The copy of the register is the same, whoever's request made it and after whatever copy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import OfficialAccount
from accounts.public import loading
from accounts.public.directory import Listing, Wanted
from accounts.public.register import register

ZONES = ["Asia/Jakarta", "Asia/Jayapura", "America/Lima", "UTC"]
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_the_day_of_a_confirmation_is_that_of_the_unit(
    accounts: dict[str, OfficialAccount], zone: str
) -> None:
    unit = accounts["instagram"].unit
    unit.time_zone = "Asia/Jakarta"
    unit.save()
    public = register.now().snapshot.accounts[0].unit
    # In Jakarta it is the 18th already, in Lima and by the clock of the world not yet.
    row = loading._rows()[0]._replace(confirmed_at=datetime(2026, 3, 17, 17, 30, tzinfo=UTC))
    with timezone.override(zone):
        assert loading._account(row, public).attested_on == date(2026, 3, 18)


@pytest.mark.parametrize("first", ["id", "en"])
@pytest.mark.parametrize("search", ["situs web", "website", "WhatsApp"])
def test_a_platform_is_found_by_its_name_in_every_language(
    accounts: dict[str, OfficialAccount], first: str, search: str
) -> None:
    loading._platform_words.cache_clear()
    with translation.override(first):
        seen = register.now().snapshot
    found = Listing(seen, Wanted.read({"search": search}, seen)).matching
    expected = [] if search == "WhatsApp" else ["samudrakota.go.id"]
    assert [one.handle for one in found] == expected


def test_a_new_copy_takes_over_what_has_not_changed(accounts: dict[str, OfficialAccount]) -> None:
    first = loading.load(1, datetime(2026, 3, 1, tzinfo=UTC))
    accounts["x"].purpose = "Kabar"
    accounts["x"].save()
    dinkes = accounts["facebook"].unit
    dinkes.name, dinkes.short_name = "Dinas Kesehatan Baru", ""
    dinkes.save()
    second = loading.load(2, datetime(2026, 3, 2, tzinfo=UTC), before=first)
    anew = {one.platform for one in second.accounts if one is not first.account(one.code)}
    assert anew == {"x", "facebook"}
    assert second == loading.load(2, datetime(2026, 3, 2, tzinfo=UTC))
    assert second.account(_code(accounts["x"])).purpose == "Kabar"  # type: ignore[union-attr]  # it is listed
    assert second.account(_code(accounts["facebook"])).unit.label == "Dinas Kesehatan Baru"  # type: ignore[union-attr]  # it is listed


def test_a_new_copy_forgets_what_is_public_no_longer(
    accounts: dict[str, OfficialAccount],
) -> None:
    first = loading.load(1, datetime(2026, 3, 1, tzinfo=UTC))
    OfficialAccount.objects.filter(pk=accounts["x"].pk).update(status="suspended")
    second = loading.load(2, datetime(2026, 3, 2, tzinfo=UTC), before=first)
    code = _code(accounts["x"])
    assert (first.account(code).state, second.account(code).state) == ("active", "suspended")  # type: ignore[union-attr]  # it is listed
    assert "x" in {one.platform for one in first.alike("samudrakot4", "x")}
    assert "x" not in {one.platform for one in second.alike("samudrakot4", "x")}


def test_a_database_put_back_from_a_backup_is_read_anew(
    accounts: dict[str, OfficialAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    def page() -> str:
        address = reverse("official:account_detail", args=[_code(accounts["x"])])
        return Client().get(address).content.decode()

    # The number counts on from the older one, and comes to where it was with something else.
    for name, changed_at in (("Kota Lama", MARCH), ("Kota Baru", MARCH + timedelta(days=1))):
        OfficialAccount.objects.filter(pk=accounts["x"].pk).update(display_name=name)
        monkeypatch.setattr("accounts.public.register._version", partial(tuple, (7, changed_at)))
        register._looked_at = 0.0
        assert name in page()


def _code(account: OfficialAccount) -> str:
    return str(account.listing.code)

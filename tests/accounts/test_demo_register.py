"""The training agency's register reads like one that was kept for a while."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.demo_register import ACCOUNTS, fill_register
from accounts.import_cells import cells_of, columns_of
from accounts.importing import check
from accounts.models import OfficialAccount, Unit
from accounts.register_rows import header, rows_of, with_people
from govsocial.training.story import HISTORY
from tests import factories
from tests.cast import Cast


def units_of(cast: Cast) -> dict[str, Unit]:
    bpbd = factories.unit("BPBD", parent=cast.city)
    units = {"Diskominfo": cast.diskominfo, "Dinas Kesehatan": cast.dinkes, "BPBD": bpbd}
    for kept in ACCOUNTS:
        if not kept.name:
            # What seeding has connected before; it posts as far back as the story goes.
            host = "mastodon.example" if kept.platform == "mastodon" else ""
            factories.official_account(
                units[kept.unit], platform=kept.platform, host=host, handle=kept.handle
            )
    return units


def test_accounts_were_opened_decreed_registered_and_closed_in_this_order(cast: Cast) -> None:
    units = units_of(cast)
    assert fill_register(cast.bayu, units) == len(ACCOUNTS)
    accounts = list(OfficialAccount.objects.all())
    today = timezone.localdate()
    days = [timezone.localdate(account.created_at) for account in accounts]
    assert len({account.created_at for account in accounts}) == len(accounts)
    assert len(set(days)) > len(accounts) / 2, "not all on one day"
    for account, registered in zip(accounts, days, strict=True):
        assert account.opened_on is not None
        assert account.opened_on <= registered < today
        assert account.decree_date is None or account.decree_date <= registered
        if account.closed_on:
            assert registered < account.closed_on < today
    connected = {(kept.platform, kept.handle) for kept in ACCOUNTS if not kept.name}
    opened = [one.opened_on for one in accounts if (one.platform, one.handle) in connected]
    assert max(day for day in opened if day) < today - HISTORY - timedelta(days=1)
    before = list(OfficialAccount.objects.order_by("pk").values())
    assert fill_register(cast.bayu, units) == 0
    assert list(OfficialAccount.objects.order_by("pk").values()) == before


def test_its_rows_come_back_with_nothing_but_another_handle(cast: Cast) -> None:
    fill_register(cast.bayu, units_of(cast))
    open_ones = OfficialAccount.objects.filter(status="active")
    accounts = with_people(open_ones.filter(platform__in=["instagram", "x", "facebook", "tiktok"]))
    rows = [[str("" if cell is None else cell) for cell in row] for row in rows_of(accounts)]
    keys = columns_of([str(words) for words in header()])
    for number, row in enumerate(rows):
        row[keys.index("handle")] = f"salinan{number}"
        row[keys.index("url")] = ""
    checked = check(cast.bayu, cells_of(keys, rows))
    assert len(checked) > 2
    assert {one.number: one.errors for one in checked if not one.is_good} == {}
    assert all(one.wanted["person_in_charge_id"] for one in checked)
    assert all(one.wanted["administrators"] for one in checked)

"""The training agency's register reads like one that was kept for a while."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.demo_register import ACCOUNTS, fill_register
from accounts.models import OfficialAccount
from govsocial.training.story import HISTORY
from tests import factories
from tests.conftest import Cast


def test_accounts_were_opened_decreed_registered_and_closed_in_this_order(cast: Cast) -> None:
    bpbd = factories.unit("BPBD", parent=cast.city)
    units = {"Diskominfo": cast.diskominfo, "Dinas Kesehatan": cast.dinkes, "BPBD": bpbd}
    for kept in ACCOUNTS:
        if not kept.name:
            # What seeding has connected before; it posts as far back as the story goes.
            host = "mastodon.example" if kept.platform == "mastodon" else ""
            factories.official_account(
                units[kept.unit], platform=kept.platform, host=host, handle=kept.handle
            )
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

"""The status of an account moves only as the register allows, and says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.actions import official_accounts
from accounts.errors import AccountError
from accounts.models import OfficialAccount
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.register_stage import register, save_details, typed
from tests.accounts.secrets import give_credential
from tests.cast import Cast

ClientAs = Callable[[object], Client]
MOVES: dict[str, Callable[..., OfficialAccount]] = {
    "activate": actions.activate_official_account,
    "suspend": actions.suspend_official_account,
    "close": actions.close_official_account,
    "reopen": actions.reopen_official_account,
    "release": actions.release_official_account,
}
ALLOWED = {
    ("proposed", "activate"): "active",
    ("proposed", "close"): "closed",
    ("active", "suspend"): "suspended",
    ("active", "close"): "closed",
    ("suspended", "activate"): "active",
    ("suspended", "close"): "closed",
    ("closed", "reopen"): "active",
    ("closed", "release"): "released",
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("status", ["proposed", "active", "suspended", "closed", "released"])
def test_a_status_moves_only_where_the_register_allows_it(
    cast: Cast, client_as: ClientAs, status: str, move: str
) -> None:
    ended: dict[str, Any] = {"closed_on": timezone.localdate(), "closed_reason": "x"}
    account = factories.official_account(
        cast.diskominfo, status=status, **(ended if status in {"closed", "released"} else {})
    )
    expected = ALLOWED.get((status, move))
    page = reverse(f"accounts:official_account_{move}", args=[account.pk])
    opened = client_as("bayu").get(page)
    assert opened.status_code == 200
    # What cannot be done is not asked about.
    assert ("<textarea" in opened.content.decode()) is (expected is not None)
    with pytest.raises(PermissionDenied):
        MOVES[move](actor=cast.dwi, official_account_id=account.pk, reason="x")
    answer = client_as("bayu").post(page, {"reason": "Menurut nota dinas"})
    account.refresh_from_db()
    if expected is None:
        assert (answer.status_code, account.status) == (422, status)
        with pytest.raises(AccountError):
            MOVES[move](actor=cast.bayu, official_account_id=account.pk, reason="x")
        return
    assert (answer.status_code, account.status) == (302, expected)
    past = {"activate": "activated", "suspend": "suspended", "close": "closed"}
    name = past.get(move, {"reopen": "reopened", "release": "released"}.get(move, ""))
    assert trail(f"accounts.official_account.{name}")[0].data["reason"] == "Menurut nota dinas"
    assert account.is_closed == (account.closed_on is not None)


@pytest.mark.parametrize("status", ["active", "closed", "released"])
def test_a_page_offers_each_move_once_and_none_for_a_released_handle(
    cast: Cast, client_as: ClientAs, status: str
) -> None:
    ended: dict[str, Any] = {"closed_on": timezone.localdate(), "closed_reason": "x"}
    account = factories.official_account(
        cast.diskominfo, status=status, **({} if status == "active" else ended)
    )
    detail = reverse("accounts:official_account_detail", args=[account.pk])
    page = client_as("bayu").get(detail).content.decode()
    offered = [
        move
        for move in ("close", "reopen", "release")
        for _ in range(page.count(reverse(f"accounts:official_account_{move}", args=[account.pk])))
    ]
    assert offered == {"active": ["close"], "closed": ["reopen", "release"]}.get(status, [])


def test_the_database_refuses_a_move_that_the_register_does_not_know(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    with pytest.raises(InternalError), transaction.atomic():
        OfficialAccount.objects.filter(pk=account.pk).update(status="proposed")


def test_a_released_handle_may_be_registered_anew(cast: Cast) -> None:
    account = register(cast)
    for move in ("close", "release"):
        MOVES[move](actor=cast.bayu, official_account_id=account.pk, reason="x")
    again = register(cast)
    assert again.pk != account.pk
    with pytest.raises(AccountError, match="already"):
        register(cast)


def test_an_account_is_closed_on_a_day_that_was(cast: Cast, client_as: ClientAs) -> None:
    account = register(cast, opened_on=date(2020, 5, 1))
    page = reverse("accounts:official_account_close", args=[account.pk])
    for day in ("2999-01-01", "2019-01-01"):
        answer = client_as("bayu").post(page, {"reason": "x", "closed_on": day})
        assert answer.status_code == 422
        assert "closed_on" in answer.context["form"].errors
    client_as("bayu").post(page, {"reason": "x", "closed_on": "2024-12-31"})
    assert OfficialAccount.objects.get(pk=account.pk).closed_on == date(2024, 12, 31)


def test_suspending_keeps_the_connection_and_closing_forgets_it(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    give_credential(account, cast.bayu)
    MOVES["suspend"](actor=cast.bayu, official_account_id=account.pk, reason="x")
    assert OfficialAccount.objects.get(pk=account.pk).is_connected
    MOVES["close"](actor=cast.bayu, official_account_id=account.pk, reason="x")
    assert not OfficialAccount.objects.get(pk=account.pk).is_connected


def test_an_account_was_not_opened_after_it_was_closed(cast: Cast, client_as: ClientAs) -> None:
    account = factories.official_account(
        cast.diskominfo, status="closed", closed_on=date(2026, 3, 31), closed_reason="Digabung"
    )
    client = client_as(factories.reads_english(cast.bayu))
    address = reverse("accounts:official_account_edit", args=[account.pk])
    data = typed(cast, handle=account.handle, host=account.host, opened_on="2026-04-01")
    answer = save_details(client, address, data)
    assert answer.status_code == 422
    told = {"opened_on": ["It was closed before that day, on 31 March 2026."]}
    assert answer.context["form"].errors == told
    assert 'value="2026-04-01"' in answer.content.decode()
    with pytest.raises(AccountError, match="closed before that day") as refusal:
        actions.change_official_account(
            actor=cast.bayu,
            official_account_id=account.pk,
            unit_id=account.unit_id,
            handle=account.handle,
            host=account.host,
            display_name=account.display_name,
            opened_on=date(2026, 4, 1),
        )
    assert refusal.value.field == "opened_on"
    assert save_details(client, address, data | {"opened_on": "2026-03-31"}).status_code == 302


def test_a_rule_that_nobody_looked_at_is_not_told_as_registered_already(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(official_accounts, "refuse_problems", lambda *_a, **_k: None)
    with pytest.raises(IntegrityError, match="two_step_is_dated"), transaction.atomic():
        register(cast, two_step="on")
    monkeypatch.setattr(official_accounts, "refuse_registered_twice", lambda *_a: None)
    register(cast)
    with pytest.raises(AccountError, match="registered already"), transaction.atomic():
        register(cast)

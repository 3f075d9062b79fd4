"""What was signed stays, whoever writes past the application; what goes on goes on."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts import actions
from accounts.capabilities import Role
from accounts.checklists import CHECKLISTS, Side
from accounts.errors import AccountError
from accounts.forms_care import FindingForm
from accounts.handover_page import HandoverPage
from accounts.models import (
    AttestationPeriod,
    Finding,
    Handover,
    HandoverItem,
    OfficialAccount,
    User,
)
from accounts.models.handover_triggers import OUTGOING_KEYS
from tests import factories
from tests.accounts.care.conftest import attest, settle, sign_both, start
from tests.cast import Cast

ITEMS = "UPDATE accounts_handoveritem SET"


def write(sql: str, *values: int | str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def refused(sql: str, *values: int | str) -> None:
    with pytest.raises(DatabaseError):
        write(sql, *values)


def close(cast: Cast, account: OfficialAccount) -> None:
    actions.close_official_account(
        actor=cast.bayu, official_account_id=account.pk, reason="Digabung"
    )


def release(cast: Cast, account: OfficialAccount) -> None:
    actions.release_official_account(
        actor=cast.bayu, official_account_id=account.pk, reason="Nama dilepas"
    )


def test_the_items_of_a_side_are_frozen_once_it_has_signed(cast: Cast, handover: Handover) -> None:
    settle(cast.bayu, handover)
    one = "note = 'x' WHERE handover_id = %s AND key = %s"
    assert write(f"{ITEMS} {one}", handover.pk, "recovery_phone") == 1
    actions.sign_handover(actor=cast.sari, handover_id=handover.pk)
    refused(f"{ITEMS} {one}", handover.pk, "recovery_phone")
    refused(f"{ITEMS} state = 'open' WHERE handover_id = %s AND key = 'devices'", handover.pk)
    refused(
        "INSERT INTO accounts_handoveritem (handover_id, key, state, note) "
        "VALUES (%s, 'baru', 'open', '')",
        handover.pk,
    )
    # The other side goes on until it has signed as well.
    assert write(f"{ITEMS} {one}", handover.pk, "password") == 1
    actions.sign_handover(actor=cast.rina, handover_id=handover.pk)
    refused(f"{ITEMS} {one}", handover.pk, "password")
    assert (
        not HandoverItem.objects.filter(note="x")
        .exclude(key__in=["recovery_phone", "password"])
        .exists()
    )


def test_the_database_knows_whose_each_item_of_every_checklist_is() -> None:
    for items in CHECKLISTS.values():
        for item in items:
            assert (f"'{item.key}'" in OUTGOING_KEYS) == (item.side == Side.OUTGOING)


def test_a_signature_stays_while_the_other_is_still_missing(cast: Cast, handover: Handover) -> None:
    settle(cast.bayu, handover)
    actions.sign_in_place(actor=cast.bayu, handover_id=handover.pk, reason="Sakit")
    row = "UPDATE accounts_handover SET {} WHERE id = %s"
    for forged in (
        "in_place_reason = 'Cuti'",
        f"outgoing_signed_by_id = {cast.dwi.pk}",
        f"outgoing_signed_by_id = {cast.sari.pk}, in_place_reason = ''",
        "outgoing_signed_at = now()",
        "outgoing_signed_at = NULL, outgoing_signed_by_id = NULL",
    ):
        refused(row.format(forged), handover.pk)
    assert write(row.format("due_on = due_on + 1"), handover.pk) == 1
    actions.sign_handover(actor=cast.rina, handover_id=handover.pk)
    refused(row.format("incoming_signed_at = now() - interval '1 day'"), handover.pk)
    refused(row.format("incoming_signed_at = NULL, incoming_signed_by_id = NULL"), handover.pk)
    factories.grant(cast.made, Role.ADMINISTRATOR, cast.diskominfo)
    another = User.objects.get(pk=cast.made.pk)
    assert actions.complete_handover(actor=another, handover_id=handover.pk).in_place_reason


@pytest.mark.parametrize("how", ["complete", "reopen", "cancel"])
def test_an_account_that_was_closed_meanwhile_is_handed_over_only_once_it_is_open_again(
    cast: Cast, account: OfficialAccount, handover: Handover, how: str
) -> None:
    sign_both(cast, handover)
    close(cast, account)
    if how == "complete":
        with pytest.raises(AccountError, match="was closed meanwhile"):
            actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
        refused(
            "UPDATE accounts_handover SET state = 'completed', ended_by_id = %s, ended_at = now() "
            "WHERE id = %s",
            cast.bayu.pk,
            handover.pk,
        )
        account.refresh_from_db()
        assert account.person_in_charge == cast.sari
        shown = HandoverPage(Handover.objects.get(pk=handover.pk), cast.bayu)
        assert not shown.may_complete
        assert "reopen the account first" in shown.next_step
    elif how == "reopen":
        actions.reopen_official_account(
            actor=cast.bayu, official_account_id=account.pk, reason="Dipakai lagi"
        )
        actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
        account.refresh_from_db()
        assert account.person_in_charge == cast.rina
    else:
        actions.cancel_handover(actor=cast.bayu, handover_id=handover.pk, reason="Ditutup")


def test_a_handle_is_not_released_while_a_handover_is_under_way(
    cast: Cast, account: OfficialAccount, handover: Handover
) -> None:
    close(cast, account)
    with pytest.raises(AccountError, match="Cancel it first"):
        release(cast, account)
    refused("UPDATE accounts_officialaccount SET status = 'released' WHERE id = %s", account.pk)
    actions.cancel_handover(actor=cast.bayu, handover_id=handover.pk, reason="Ditutup")
    release(cast, account)
    with pytest.raises(AccountError, match="closed"):
        start(cast, account)
    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.create(
            official_account=account,
            outgoing=cast.sari,
            incoming=cast.made,
            reason="x",
            due_on=timezone.localdate(),
            checklist=1,
            started_by=cast.bayu,
        )


@pytest.mark.parametrize("over", ["closed", "released"])
def test_a_finding_about_an_account_that_is_over_is_closed_without_touching_the_account(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, over: str
) -> None:
    attest(cast.sari, account, two_step_on=False, problem="Mati")
    (finding,) = account.findings.all()
    assert "two_step_is_on" in FindingForm(finding=Finding.objects.get()).fields
    close(cast, account)
    if over == "released":
        release(cast, account)
    assert "two_step_is_on" not in FindingForm(finding=Finding.objects.get()).fields
    actions.close_finding(actor=cast.bayu, finding_id=finding.pk, outcome="Tidak dipakai lagi")
    assert account.findings.get().outcome == "Tidak dipakai lagi"
    account.refresh_from_db()
    assert (account.status, account.two_step) == (over, "off"), "nobody looked again"


def values() -> dict[str, Any]:
    return {
        "handle": "'lain'",
        "purpose": "'x'",
        "decree_number": "'SK 1'",
        "url": "'https://a.id'",
    }


def test_what_the_register_says_of_a_released_account_stays(
    cast: Cast, account: OfficialAccount
) -> None:
    row = "UPDATE accounts_officialaccount SET {} WHERE id = %s"
    news = [f"{name} = {value}" for name, value in values().items()]
    # Bayu has a role on both units.
    news += [f"person_in_charge_id = {cast.bayu.pk}", f"unit_id = {cast.dinkes.pk}"]
    close(cast, account)
    # A closed one can still be put right.
    assert [write(row.format(one), account.pk) for one in news] == [1] * len(news)
    release(cast, account)
    for one in [*news, "handle = 'lagi'", "closed_on = closed_on - 1", "status = 'active'"]:
        if one in news:
            one = one.replace("'lain'", "'lagi'").replace(str(cast.dinkes.pk), str(cast.city.pk))
            one = one.replace("'x'", "'y'").replace("SK 1", "SK 2").replace("a.id", "b.id")
            one = one.replace(f"charge_id = {cast.bayu.pk}", f"charge_id = {cast.ratna.pk}")
        refused(row.format(one), account.pk)
    # Writing what is there already is no change, and reading under a lock goes on.
    assert write(row.format("handle = handle"), account.pk) == 1
    assert OfficialAccount.objects.get(pk=account.pk).handle == "lain"

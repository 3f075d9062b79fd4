"""What changed in who holds an account is shown to whoever confirms it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts import actions
from accounts.models import Attestation, AttestationPeriod, Document, OfficialAccount
from accounts.sheets import card_for
from accounts.snapshots import by_question, differences, picture_of
from tests import factories
from tests.accounts.care.conftest import attest, sign_both, start
from tests.cast import Cast

NEW = (
    "verified",
    "decree_file",
    "recovery_email_holder",
    "recovery_phone_holder",
    "two_step_checked_on",
)


@pytest.fixture
def said(cast: Cast, account: OfficialAccount, period: AttestationPeriod) -> Attestation:
    return attest(cast.sari, account)


def now(account: OfficialAccount, **changes: Any) -> dict[str, Any]:
    OfficialAccount.objects.filter(pk=account.pk).update(**changes)
    return picture_of(OfficialAccount.objects.get(pk=account.pk))


def test_another_holder_decree_badge_and_check_are_changes_since_last_time(
    cast: Cast, account: OfficialAccount, said: Attestation
) -> None:
    decree = Document.objects.create(
        sha256="ab" * 32, name="SK.pdf", media_type="application/pdf", size=4, uploaded_by=cast.bayu
    )
    picture = now(
        account, verified=True, decree_file=decree, recovery_email_holder="Kabid Humas",
        recovery_phone_holder="Sekretariat", two_step="off", two_step_checked_on=date(2026, 3, 4),
    )  # fmt: skip
    with translation.override("en"):
        told = {one.field: (one.before, one.after) for one in differences(said.snapshot, picture)}
    assert {name: told[name][1] for name in NEW} == {
        "verified": "Yes",
        "decree_file": "SK.pdf (abababababab)",
        "recovery_email_holder": "Kabid Humas",
        "recovery_phone_holder": "Sekretariat",
        "two_step_checked_on": "4 March 2026",
    }
    assert told["recovery_email_holder"][0] == "not given"
    shown = OfficialAccount.objects.get(pk=account.pk)
    assert card_for(shown, said, period=said.period).changes >= len(NEW)


def test_an_old_picture_that_did_not_know_them_shows_neither_a_change_nor_an_empty_value(
    account: OfficialAccount, said: Attestation
) -> None:
    old = {key: value for key, value in said.snapshot.items() if key not in NEW}
    picture = now(account, verified=True, recovery_email_holder="Kabid Humas")
    assert {one.field for one in differences(old, picture)} == {"two_step"}
    with translation.override("en"):
        labels = {label for rows in by_question(old).values() for label, _value in rows}
        known = {label for rows in by_question(picture).values() for label, _value in rows}
    assert "Holder of the recovery e-mail" in known - labels


def test_two_step_sign_in_that_was_looked_at_again_and_is_as_it_was_is_no_change(
    account: OfficialAccount, said: Attestation
) -> None:
    today = timezone.localdate()
    before = now(account, two_step="on", two_step_checked_on=today - timedelta(days=90))
    assert differences(before, now(account, two_step_checked_on=today)) == []
    earlier = now(account, two_step_checked_on=today - timedelta(days=99))
    assert [one.field for one in differences(before, earlier)] == ["two_step_checked_on"]


def test_the_minutes_name_who_held_it_before(
    cast: Cast, account: OfficialAccount, client_as: Any
) -> None:
    now(account, recovery_email_holder="Sari Wulandari (lama)")
    made = start(cast, account)
    sign_both(cast, made)
    actions.complete_handover(actor=cast.bayu, handover_id=made.pk)
    client = client_as(factories.reads_english(cast.bayu))
    page = client.get(reverse("accounts:handover_minutes", args=[made.pk])).content.decode()
    assert "Holder of the recovery e-mail" in page
    assert "New holder: Kepala Bidang Humas (until now: Sari Wulandari (lama))" in page

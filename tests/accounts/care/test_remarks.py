"""Reasons, notes, problems and outcomes: words that people can read, and no secrets in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, importing
from accounts.actions.handover_steps import Check
from accounts.custody import checked_remark
from accounts.errors import AccountError
from accounts.models import (
    Administrator,
    Attestation,
    AttestationPeriod,
    Handover,
    OfficialAccount,
)
from govsocial.web.hidden_signs import readable
from tests.accounts.care.conftest import attest, start
from tests.accounts.conftest import trail
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]
SECRET = "Kata sandi: Rahasia123! surel budi@gmail.com, 081234567890"
UNSEEN = ["\u200b", "\u2060", " \u00a0\u2003", "\u202e\u200d", "\n\t", "\u0301", "\U000e0041"]


@pytest.mark.parametrize("typed", UNSEEN)
def test_what_nobody_sees_is_nothing(typed: str) -> None:
    assert readable(typed) == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Dua\r\nbaris ", "Dua\nbaris"),
        ("ak\u202enu", "aknu"),
        ("a\u200bb\tc", "ab c"),
        ("\U0001f469\u200d\U0001f4bb pindah", "\U0001f469\u200d\U0001f4bb pindah"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("\n\nSatu\n\nDua\n", "Satu\n\nDua"),
        ("-", "-"),
    ],
)
def test_lines_and_emoji_stay_and_hidden_signs_do_not(typed: str, kept: str) -> None:
    assert readable(typed) == kept


def _assigned(cast: Cast, account: OfficialAccount) -> Administrator:
    return Administrator.objects.filter(official_account=account, user=cast.sari).get()


def test_no_reason_about_an_account_is_unseen_or_a_secret(
    cast: Cast,
    account: OfficialAccount,
) -> None:
    assigned, today = _assigned(cast, account), timezone.localdate()
    by, which = cast.bayu, dict[str, Any](official_account_id=account.pk)
    moves: list[Callable[[str], object]] = [
        lambda reason: actions.suspend_official_account(actor=by, reason=reason, **which),
        lambda reason: actions.activate_official_account(actor=by, reason=reason, **which),
        lambda reason: actions.end_administrator(
            actor=by, administrator_id=assigned.pk, ends_on=today, reason=reason
        ),
        lambda reason: actions.close_official_account(actor=by, reason=reason, **which),
        lambda reason: actions.reopen_official_account(actor=by, reason=reason, **which),
        lambda reason: actions.close_official_account(actor=by, reason=reason, **which),
        lambda reason: actions.release_official_account(actor=by, reason=reason, **which),
        lambda reason: actions.deactivate_user(actor=by, user_id=cast.dwi.pk, reason=reason),
        lambda reason: actions.reactivate_user(actor=by, user_id=cast.dwi.pk, reason=reason),
        lambda reason: actions.end_grant(
            actor=by, grant_id=cast.dwi.grants.get().pk, reason=reason
        ),
    ]
    for move in moves:
        for wrong in ("\u200b", "\u2060", SECRET):
            with pytest.raises(AccountError) as refused:
                move(wrong)
            assert refused.value.field == "reason"
        move("Surat\u202e tugas")
    for event in ("activated", "suspended", "closed", "reopened", "released"):
        assert trail(f"accounts.official_account.{event}")[0].data["reason"] == "Surat tugas"
    assert trail("accounts.user.deactivated")[0].data["reason"] == "Surat tugas"


def test_no_decree_is_a_secret(
    cast: Cast,
    account: OfficialAccount,
) -> None:
    today = timezone.localdate()
    gives: list[Callable[[str], object]] = [
        lambda decree: start(cast, account, decree=decree),
        lambda decree: actions.assign_administrator(
            actor=cast.bayu, official_account_id=account.pk, user_id=cast.rina.pk,
            starts_on=today, decree=decree,
        ),
        lambda decree: actions.grant_role(
            actor=cast.bayu, user_id=cast.nur.pk, role="reviewer", unit_id=cast.diskominfo.pk,
            decree=decree,
        ),
    ]  # fmt: skip
    for give in gives:
        for wrong in ("SK\u202e 1", "Kata sandi: Rahasia123!"):
            with pytest.raises(AccountError) as refused:
                give(wrong)
            assert refused.value.field == "decree"
        give("SK 800/77/2026")


def test_a_handover_is_filled_in_and_ended_with_words_that_can_be_read(
    cast: Cast,
    handover: Handover,
) -> None:
    for reason in ("\u200b", "\u2060"):
        with pytest.raises(AccountError):
            start(cast, handover.official_account, reason=reason)
        with pytest.raises(AccountError) as refused:
            actions.cancel_handover(actor=cast.bayu, handover_id=handover.pk, reason=reason)
        assert refused.value.field == "reason"
        with pytest.raises(AccountError, match="why") as refused:
            actions.check_items(
                actor=cast.sari, handover_id=handover.pk,
                checks={"documents": Check(state="not_needed", note=reason)},
            )  # fmt: skip
        assert refused.value.field == "documents-note"
    assert Handover.objects.get().state == "started"


def test_a_no_says_visibly_what_is_wrong_and_what_was_done(
    cast: Cast,
    account: OfficialAccount,
    period: AttestationPeriod,
    client_as: ClientAs,
) -> None:
    for problem in ("\u200b", "\u2060"):
        with pytest.raises(AccountError) as refused:
            attest(cast.sari, account, problem, still_needed=False)
        assert refused.value.field == "problem"
    assert not Attestation.objects.exists()
    attest(cast.sari, account, "Sepi\u202e", still_needed=False)
    assert Attestation.objects.get().problem == "Sepi"
    finding = account.findings.get()
    page = reverse("accounts:finding_close", args=[finding.pk])
    assert client_as("sari").post(page, {"outcome": "\u2060"}).status_code == 422
    assert client_as("sari").post(page, {"outcome": "Ditutup"}).status_code == 302


def test_the_page_asks_again_for_a_reason_that_nobody_sees(
    cast: Cast,
    account: OfficialAccount,
    client_as: ClientAs,
) -> None:
    page = reverse("accounts:official_account_close", args=[account.pk])
    for wrong in ("\u200b", SECRET):
        answer = client_as("bayu").post(page, {"reason": wrong})
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {"reason"}
    account.refresh_from_db()
    assert not account.is_closed


def test_what_an_account_is_for_is_public_and_no_password(
    cast: Cast,
    account: OfficialAccount,
    client_as: ClientAs,
) -> None:
    cells = {
        "unit": "Diskominfo", "platform": "instagram", "handle": "kota", "display_name": "Kota",
    }  # fmt: skip
    told = "Aduan warga, 0812 3456 7890, humas@samudrakota.example"
    rows = [(2, cells | {"purpose": "Kata sandi: Rahasia123!"}), (3, cells | {"purpose": told})]
    bad, good = importing.check(cast.bayu, rows)
    assert "passwords and codes" in bad.errors["purpose"][0]
    assert "purpose" not in good.errors
    page = reverse("accounts:official_account_edit", args=[account.pk])
    answer = client_as("bayu").post(page, {"purpose": "Kata sandi: Rahasia123!"})
    assert "passwords and codes" in answer.content.decode()


def test_a_remark_may_be_left_out_where_none_is_asked_for() -> None:
    assert checked_remark("\u200b", "note", optional=True) == ""
    with pytest.raises(AccountError):
        checked_remark("\u200b", "note")

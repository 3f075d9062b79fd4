"""What people write about custody says who holds something, and never what it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions, importing
from accounts.actions.handover_steps import Check
from accounts.checklists import Side
from accounts.custody import refuse_holder, refuse_remark
from accounts.errors import AccountError
from accounts.models import Attestation, AttestationPeriod, Finding, Handover, OfficialAccount
from tests.accounts.care.conftest import asked, attest, marks, settle, shown, start
from tests.accounts.conftest import trail
from tests.cast import Cast
from tests.gathering import each

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]
TOLD = "Leave out passwords, codes"
SECRET = "kata sandi: rahasia123, 081234567890, a@b.co"
HOLDERS = [
    "Kepala Dinas 2024",
    "Subbag Humas lantai 3",
    "Kepala Bidang Humas 2024–2029",
    "Sekretaris (SK 800/41/2026)",
    "Sekretaris, SK Nomor 188.45/123/KOMINFO/2026",
    "Sari Wulandari, Diskominfo",
    "Budi at Humas",
    "Tim 112",
    "Ruang 201 lantai 2",
    "SK 17-03-2026",
    "sejak 2026-03-17",
    "Dewan 2024, 2025, 2026",
    "Kepala UPT 045/12/2026",
    "Pranata Humas Ahli Muda",
    "Pass Photo",
]
NOTES = [
    "Kata sandi 2-langkah sudah aktif",
    "Kata sandi ke-2, PIN ke-2",
    "Password is shared by 3 people",
    "Kata sandi: sudah diganti",
    "Kata sandi sudah diganti 17-03-2026 pukul 08.30",
    "kata sandi diganti, 3 Maret 2026",
    "Password: changed on 3 March 2026",
    "Kata sandi: tim humas yang memegang",
    "Pin: unggahan teratas",
    "PIN kartu SIM diserahkan",
    "@samudrakota di Instagram",
    "hubungi @samudra.kota",
    "Look at samudrakota.go.id",
    "Tiket 20261234567",
    "NIP 198001012005011001",
    "OTP lewat telepon dinas",
    "Password is kept by the Head of Humas",
    "Kata sandi adalah tanggung jawab Humas",
    "01-02-2026 08.30",
    "Serah terima pukul 08.00–10.00 WIB, dan 13:15-14:00 di ruang 3",
    "Rapat at kantor. Besok lagi",
    "Kata sandi: beres",
    "token API dicabut",
    "Kode pemulihan dicetak dan disimpan di brankas",
    "Kata sandi 2026 diganti",
    "Handed over on 17/03/2026 at 10.00",
    "https://www.instagram.com/samudrakota",
    "https://www.youtube.com/@samudrakota",
    "Kata sandi: diganti.",
    "Tidak ada telepon; memakai 2 kunci",
    "Serah terima nomor 0123/2026",
]
SECRETS = [
    "0812–3456–7890 budi",
    "budi (at) gmail dot com",
    "budi (at) gmail dot com 0812–3456–7890",
    "budi[at]gmail[dot]com",
    "budi at gmail dot com",
    "budi at gmail.com",
    "budi @ gmail.com",
    "budi@samudrakota.go.id",
    "b@x.co",
    "081234567890",
    "+62 812 3456 7890",
    "(021) 555-1234",
    "0812 . 3456 . 7890",
    "0812—3456—7890",
    "0812\u20113456\u20117890",
    "0812\u22123456\u22127890",
    "\uff10\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff10",
    "0812\u200b3456\u200b7890",
    "0812/3456/7890",
    "08.12-23.45-6789",
    "0812_3456_7890",
    "0812[3456]7890",
    "0812\xb73456\xb77890",
    "081,234,567,890",
    "kata sandi: rahasia123",
    "Kata sandi: rahasia",
    "kata sandi akun Instagram: Samudra2026!",
    "password Samudra2026",
    "Password = hunter2",
    'password: "hunter2"',
    "PIN 1234",
    "PIN: 123456",
    "pinnya 9876",
    "OTP 445566",
    "kode OTP adalah 445566",
    "kode pemulihan: 1234 5678",
    "backup codes 12345678",
    "kata sandinya merdeka45",
    "sandi: merdeka",
    "kata sandi: rahasia123, 081234567890, a@b.co",
    "pwd:abc123",
]


@each("text", HOLDERS)
def test_who_holds_it_may_stand_anywhere(text: str) -> None:
    assert (refuse_holder(text), refuse_remark(text)) == ("", "")


@each("text", NOTES)
def test_days_decrees_handles_and_what_was_done_may_stand_in_a_note(text: str) -> None:
    assert refuse_remark(text) == ""


@each("text", SECRETS)
def test_what_it_is_stands_nowhere(text: str) -> None:
    for typed in (text, f"Kasi Humas, {text}", f"{text}.", f"Diganti.\n{text}\nSelesai"):
        assert "never kept here" in refuse_holder(typed), typed
        assert TOLD in refuse_remark(typed), typed


@each("part", ["1    ", "a dot ", "sandi ", "1/", "a@a.", "(at)", "pass a", "a."])
def test_no_text_takes_long_to_look_at(part: str) -> None:
    begun = time.process_time()
    refuse_holder(part * 100)
    refuse_remark(part * 100)
    # Generous: it takes a tenth of a second, and would take minutes.
    assert time.process_time() - begun < 10


def test_a_note_of_the_checklist_holds_no_secret(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    address = reverse("accounts:handover_check", args=[handover.pk])
    key = "documents"
    data = marks(handover) | {f"{key}-state": "done", f"{key}-note": SECRET}
    answer = client_as("sari").post(address, data)
    assert answer.status_code == 422
    assert f'id="id_{key}-note_error"' in answer.content.decode()
    assert f'value="{SECRET}"' in answer.content.decode()
    with pytest.raises(AccountError, match=TOLD) as refused:
        actions.check_items(
            actor=cast.sari,
            handover_id=handover.pk,
            checks={key: Check(state="done", note=SECRET)},
        )
    assert refused.value.field == f"{key}-note"
    assert not trail("accounts.handover.checked")
    data[f"{key}-note"] = "Kata sandi sudah diganti 17-03-2026"
    assert client_as("sari").post(address, data).status_code == 302


def test_a_reason_of_a_handover_holds_no_secret(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    with pytest.raises(AccountError, match=TOLD):
        start(cast, account, reason=SECRET)
    made = start(cast, account)
    later = (made.due_on + timedelta(days=1)).isoformat()
    settle(cast.sari, made, Side.OUTGOING)
    for name, more in (
        ("cancel", {}),
        ("postpone", {"due_on": later}),
        ("sign_in_place", shown(made)),
    ):
        address = reverse(f"accounts:handover_{name}", args=[made.pk])
        answer = client_as("bayu").post(address, {"reason": SECRET, **more})
        assert answer.status_code == 422, name
        assert TOLD in answer.content.decode()
        assert "rahasia123" in answer.content.decode()
    made.refresh_from_db()
    assert (made.state, made.cancelled_reason, made.in_place_reason) == ("started", "", "")
    assert not trail("accounts.handover.postponed")


def test_an_attestation_and_its_outcome_hold_no_secret(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    answers = {"still_ours": "no", "still_needed": "yes", "administrators_right": "yes"}
    data = {**answers, "two_step_on": "yes", **asked(account), "problem": SECRET}
    address = reverse("accounts:attestation_add", args=[account.pk])
    answer = client_as("sari").post(address, data)
    assert answer.status_code == 422
    assert TOLD in answer.content.decode()
    with pytest.raises(AccountError, match=TOLD):
        attest(cast.sari, account, SECRET, still_ours=False)
    assert not Attestation.objects.exists()
    assert client_as("sari").post(address, data | {"problem": "Diretas"}).status_code == 302
    with pytest.raises(AccountError, match=TOLD) as refused:
        actions.close_finding(actor=cast.sari, finding_id=Finding.objects.get().pk, outcome=SECRET)
    assert refused.value.field == "outcome"


def test_an_import_takes_no_secret_as_a_holder(cast: Cast) -> None:
    cells = {
        "unit": "Diskominfo",
        "platform": "instagram",
        "handle": "samudrakota",
        "display_name": "Kota",
    }
    wrong = {"recovery_email_holder": "budi (at) gmail dot com 0812–3456–7890"}
    bad, good = importing.check(
        cast.bayu,
        [(2, cells | wrong), (3, cells | {"recovery_email_holder": "Kepala Dinas 2024"})],
    )
    assert "never kept here" in bad.errors["recovery_email_holder"][0]
    assert "recovery_email_holder" not in good.errors

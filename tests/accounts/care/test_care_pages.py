"""The pages of attestation and handover, as people of different roles get them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import actions
from accounts.checklists import Side
from accounts.models import (
    Attestation,
    AttestationPeriod,
    Finding,
    Handover,
    OfficialAccount,
    User,
)
from accounts.selectors_attestation import attestation_state
from accounts.snapshots import digest_of
from govsocial.web import navigation
from tests import factories
from tests.accounts.care.conftest import (
    account_of,
    attest,
    make_period,
    seen,
    settle,
    sign_both,
    start,
)
from tests.accounts.conftest import trail
from tests.conftest import Cast

ClientAs = Callable[[object], Client]
MINE = "accounts:attestation_mine"
PDF = b"%PDF-1.4\n%%EOF"
YES = {
    "still_ours": "yes",
    "still_needed": "yes",
    "administrators_right": "yes",
    "two_step_on": "yes",
}


@pytest.fixture(autouse=True)
def everybody_reads_english(cast: Cast) -> None:
    User.objects.update(language="en")


def answers(account: OfficialAccount, **changes: str) -> dict[str, str]:
    data = {**YES, "seen": seen(account), **changes}
    return {f"{account.pk}-{name}": value for name, value in data.items() if value}


# One's own accounts, on one page.


def test_forty_accounts_are_answered_on_one_page_each_for_itself(
    cast: Cast,
    period: AttestationPeriod,
    client_as: ClientAs,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    mine = [account_of(cast, cast.sari, display_name=f"Kanal {n:02}") for n in range(41)]
    client = client_as("sari")
    with django_assert_max_num_queries(15):
        page = client.get(reverse(MINE))
    assert len(page.content) < 100_000
    assert page.content.decode().count("-all_right") == 40
    data: dict[str, str] = {}
    for account in mine[:40]:
        data |= answers(account)
    kept = client.post(reverse(MINE), data, follow=True)
    assert Attestation.objects.count() == 40
    assert "40 accounts are confirmed" in kept.content.decode()
    assert kept.content.decode().count("-all_right") == 1, "the last one follows"


def test_what_is_complete_is_kept_and_what_is_not_comes_back_as_typed(
    cast: Cast, period: AttestationPeriod, client_as: ClientAs
) -> None:
    whole, half, wrong, left = (account_of(cast, cast.sari) for _ in range(4))
    data = answers(whole) | answers(half, two_step_on="")
    data |= answers(wrong, still_ours="no") | answers(whole, problem="Catatan saya")
    data |= {f"{half.pk}-problem": "Yang saya ketik"}
    data |= {f"{left.pk}-seen": seen(left)}
    answer = client_as("sari").post(reverse(MINE), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert [said.official_account for said in Attestation.objects.all()] == [whole]
    assert "Answer yes or no." in page
    assert "Say what is wrong." in page
    assert "Yang saya ketik" in page
    assert Attestation.objects.get().note == "Catatan saya"
    assert page.count("errorlist") == 2, "nobody is blamed for what they left for later"
    assert f'name="{whole.pk}-still_ours"' not in page
    fixed = answers(half) | answers(wrong, still_ours="no", problem="Diambil orang")
    assert client_as("sari").post(reverse(MINE), fixed).status_code == 302
    assert Finding.objects.get().question == "still_ours"
    assert Attestation.objects.count() == 3


def test_one_tick_is_four_times_yes_but_not_against_a_no(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    both = {f"{account.pk}-all_right": "on", f"{account.pk}-still_needed": "no"}
    both[f"{account.pk}-seen"] = seen(account)
    answer = client_as("sari").post(reverse(MINE), both)
    assert answer.status_code == 422
    assert "said yes to all four and no to this one" in answer.content.decode()
    del both[f"{account.pk}-still_needed"]
    assert client_as("sari").post(reverse(MINE), both).status_code == 302
    assert Attestation.objects.get().noes == []


def test_what_changed_is_shown_beside_its_question(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    make_period(cast.bayu, starts=-100, due=-80, name="Lama")
    page = client_as("sari").get(reverse(MINE)).content.decode()
    assert "First confirmation" in page
    attest(cast.sari, account)
    make_period(cast.bayu, starts=-5, due=20, name="Baru")
    OfficialAccount.objects.filter(pk=account.pk).update(handle="lain.example")
    page = client_as("sari").get(reverse(MINE)).content.decode()
    assert "<del>kota.example</del> <ins>lain.example</ins>" in page
    assert "2 changes" in page, "the handle, and two-step sign-in that the first answers set"


def test_answers_about_what_was_not_shown_or_is_not_ones_own_are_not_kept(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    others = account_of(cast, cast.dwi)
    forged = client_as("sari").post(reverse(MINE), answers(others), follow=True)
    assert "no longer waits for you" in forged.content.decode()
    stale = answers(account)
    OfficialAccount.objects.filter(pk=account.pk).update(handle="lain.example")
    answer = client_as("sari").post(reverse(MINE), stale)
    assert answer.status_code == 422
    assert "has changed since you looked" in answer.content.decode()
    assert not Attestation.objects.exists()
    again = answer.context["sheet"].cards[0].digest
    assert client_as("sari").post(reverse(MINE), {**stale, f"{account.pk}-seen": again})
    assert Attestation.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"0-all_right": "on"},
        {"99999999999999999999-still_ours": "yes"},
        {"-still_ours": "yes", "x-all_right": "on"},
    ],
    ids=str,
)
def test_nonsense_is_answered_in_words(
    cast: Cast,
    account: OfficialAccount,
    period: AttestationPeriod,
    client_as: ClientAs,
    data: dict[str, str],
) -> None:
    answer = client_as("sari").post(reverse(MINE), data, follow=True)
    assert answer.status_code == 200
    assert "nothing was confirmed" in answer.content.decode()


@pytest.mark.parametrize("value", ["maybe", "\0", "x" * 70_000])
def test_hostile_answers_are_no_answers(
    cast: Cast,
    account: OfficialAccount,
    period: AttestationPeriod,
    client_as: ClientAs,
    value: str,
) -> None:
    for field in ("still_ours", "note", "seen"):
        data = answers(account, **{field: value})
        assert client_as("sari").post(reverse(MINE), data).status_code in {302, 422}
    assert Attestation.objects.filter(still_ours=True).count() == Attestation.objects.count()


def test_nothing_waits_is_said(cast: Cast, client_as: ClientAs) -> None:
    assert "No attestation period has begun" in client_as("dwi").get(reverse(MINE)).content.decode()
    make_period(cast.bayu)
    assert "Nothing waits for you" in client_as("dwi").get(reverse(MINE)).content.decode()


# One account, on behalf and corrected.


def test_an_administrator_answers_on_behalf_and_corrects(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    address, client = reverse("accounts:attestation_add", args=[account.pk]), client_as("bayu")
    assert "on behalf of Sari Wulandari" in client.get(address).content.decode()
    answer = client.post(address, {**YES, "seen": seen(account)}, follow=True)
    assert "Bayu Pratama, on behalf of Sari Wulandari" in answer.content.decode()
    page = client.get(address).content.decode()
    assert "Correct the answers" in page
    changed = {**YES, "still_needed": "no", "problem": "Sepi", "seen": seen(account)}
    assert client.post(address, changed).status_code == 422, "a correction says why"
    client.post(address, {**changed, "note": "Salah pilih"})
    first, second = Attestation.objects.order_by("pk")
    assert second.supersedes == first
    old = client.get(reverse("accounts:attestation_detail", args=[first.pk])).content.decode()
    assert "Corrected since" in old
    assert reverse("accounts:attestation_detail", args=[second.pk]) in old


def test_strangers_get_404_and_known_viewers_403(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    said = attest(cast.sari, account, "Mati", two_step_on=False)
    made = start(cast, account)
    finding = Finding.objects.get()
    about = [
        reverse("accounts:attestation_add", args=[account.pk]),
        reverse("accounts:finding_close", args=[finding.pk]),
    ]
    for address in about:
        assert client_as("nur").get(address).status_code == 404
        assert client_as("dwi").get(address).status_code == 403
        assert client_as("dwi").post(address, {"outcome": "x"}).status_code == 403
        assert client_as("sari").get(address).status_code == 200
    for name in ("attestation_detail", "handover_detail", "handover_minutes"):
        pk = said.pk if name == "attestation_detail" else made.pk
        address = reverse(f"accounts:{name}", args=[pk])
        assert client_as("nur").get(address).status_code == 404
        assert client_as("dwi").get(address).status_code == 200
    for name in ("check", "sign", "scan_add"):
        address = reverse(f"accounts:handover_{name}", args=[made.pk])
        assert client_as("nur").post(address).status_code == 404
        assert client_as("dwi").post(address).status_code == 403
        assert client_as("dwi").get(address).status_code == 405
    for name in ("cancel", "postpone", "sign_in_place", "complete"):
        address = reverse(f"accounts:handover_{name}", args=[made.pk])
        assert client_as("sari").post(address, {"reason": "x"}).status_code == 403
    assert Handover.objects.get().state == "started"


# The list.


def test_the_list_says_who_is_late_by_how_many_days(
    cast: Cast, client_as: ClientAs, account: OfficialAccount
) -> None:
    make_period(cast.bayu, starts=-40, due=-9)
    done, wrong = account_of(cast, cast.dwi), account_of(cast, cast.dwi)
    attest(cast.dwi, done)
    attest(cast.dwi, wrong, "Mati", two_step_on=False)
    closed = account_of(cast, cast.dwi)
    actions.close_official_account(actor=cast.bayu, official_account_id=closed.pk, reason="x")
    client = client_as("bayu")
    answer = client.get(reverse("accounts:attestation_list"))
    page = answer.content.decode()
    assert "9 days late" in page
    (unit,) = answer.context["units"]
    assert (unit.asked, unit.confirmed, unit.findings, unit.late, unit.waiting) == (3, 2, 1, 1, 0)
    assert next(iter(answer.context["page"])) == account, "what is late comes first"
    shown = client.get(reverse("accounts:attestation_list"), {"state": "overdue"})
    assert [one.pk for one in shown.context["page"]] == [account.pk]
    found = client.get(reverse("accounts:attestation_list"), {"search": "wulandari"})
    assert [one.pk for one in found.context["page"]] == [account.pk]
    lines = list(csv.reader(io.StringIO(_csv(client, {"state": "overdue"}))))
    assert lines[1][4:7] == ["Sari Wulandari", "Late", "9"]
    (entry,) = trail("accounts.attestation.exported")
    assert entry.data == {"rows": 1, "filters": "state=overdue"}


def _csv(client: Client, query: dict[str, str]) -> str:
    answer: Any = client.get(reverse("accounts:attestation_export"), query)
    text: str = b"".join(answer.streaming_content).decode("utf-8-sig")
    return text


def test_a_past_period_can_be_looked_at(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    old = make_period(cast.bayu, starts=-100, due=-80, name="Lama")
    attest(cast.sari, account)
    make_period(cast.bayu, starts=-5, due=20, name="Baru")
    client, address = client_as("laila"), reverse("accounts:attestation_list")
    (now,) = client.get(address).context["page"]
    (then,) = client.get(address, {"period": old.pk}).context["page"]
    assert (now.attestation_state, then.attestation_state) == ("waiting", "confirmed")
    for bad in ("0", "x", "9" * 30, "-1", "\0"):
        assert client.get(address, {"period": bad}).status_code == 200


def test_attestation_state_is_a_rule_that_a_list_can_filter_by(
    cast: Cast,
    account: OfficialAccount,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    everything = OfficialAccount.objects.all()
    assert attestation_state(everything).get().attestation_state == "not_asked"  # type: ignore[attr-defined]  # annotated
    period = make_period(cast.bayu, starts=-40, due=-9)
    late = factories.official_account(cast.diskominfo, person_in_charge=cast.sari)
    with django_assert_max_num_queries(2):
        states = {one.pk: one.attestation_state for one in attestation_state(everything)}  # type: ignore[attr-defined]  # annotated
    assert states == {account.pk: "overdue", late.pk: "not_asked"}, "registered after the due day"
    attest(cast.sari, account)
    with django_assert_max_num_queries(1):
        stated: Any = attestation_state(everything, period)
        rows = stated.filter(attestation_state="confirmed")
        assert [one.pk for one in rows] == [account.pk]


def test_periods_are_made_and_changed_by_who_administers_the_top(
    cast: Cast, client_as: ClientAs
) -> None:
    from accounts.capabilities import Role

    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    address = reverse("accounts:attestation_period_add")
    today = timezone.localdate()
    data = {
        "name": "Semester II",
        "starts_on": today.isoformat(),
        "due_on": (today + timedelta(days=30)).isoformat(),
        "remind_days_before": "14, 7, 1",
        "escalate_after_days": "14",
    }
    assert client_as("nur").post(address, data).status_code == 403
    bad = client_as("bayu").post(address, {**data, "remind_days_before": "dua"})
    assert bad.status_code == 422
    assert "whole numbers" in bad.content.decode()
    assert client_as("bayu").post(address, data).status_code == 302
    made = AttestationPeriod.objects.get()
    edit = reverse("accounts:attestation_period_edit", args=[made.pk])
    assert client_as("nur").post(edit, data).status_code == 403
    assert client_as("bayu").post(edit, {**data, "name": "Semester dua"}).status_code == 302
    assert AttestationPeriod.objects.get().name == "Semester dua"
    overlap = client_as("bayu").post(address, data)
    assert "overlap with Semester dua" in overlap.content.decode()


def test_findings_are_listed_and_closed_with_words(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    attest(cast.sari, account, "Ponsel hilang", two_step_on=False)
    client, address = client_as("sari"), reverse("accounts:finding_list")
    assert "Ponsel hilang" in client.get(address).content.decode()
    close = reverse("accounts:finding_close", args=[Finding.objects.get().pk])
    assert client.post(close, {"outcome": ""}).status_code == 422
    assert client.post(close, {"outcome": "Dipasang", "two_step_is_on": "yes"}).status_code == 302
    assert "No open findings" in client.get(address).content.decode()
    assert "Dipasang" in client.get(f"{address}?closed=yes").content.decode()


# Handovers.


def test_a_handover_goes_its_whole_way_through_pages(
    cast: Cast,
    account: OfficialAccount,
    client_as: ClientAs,
    settings: Settings,
    tmp_path: Any,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    begin = reverse("accounts:handover_start", args=[account.pk])
    page = client_as("bayu").get(f"{begin}?outgoing={cast.sari.pk}").content.decode()
    assert "Rina Lestari" in page
    assert "Nur Aisyah" not in page, "no role in the unit"
    data = {
        "outgoing": cast.sari.pk,
        "incoming": cast.rina.pk,
        "moves_charge": "on",
        "due_on": (timezone.localdate() + timedelta(days=7)).isoformat(),
        "reason": "Pindah tugas",
        "decree": "SK 800/77/2026",
    }
    assert client_as("bayu").post(begin, {**data, "reason": ""}).status_code == 422
    assert client_as("bayu").post(begin, {**data, "incoming": cast.nur.pk}).status_code == 422
    assert client_as("bayu").post(begin, data).status_code == 302
    made = Handover.objects.get()
    there = reverse("accounts:handover_detail", args=[made.pk])
    early = client_as("sari").post(reverse("accounts:handover_sign", args=[made.pk]))
    assert early.status_code == 409
    assert "5 items are open" in early.content.decode()
    for who, side in (("sari", Side.OUTGOING), ("rina", Side.INCOMING)):
        keys = [item.key for item in made.items.all() if item.side == side]
        sent = {f"{key}-state": "done" for key in keys}
        sent |= {f"{keys[0]}-state": "not_needed", f"{keys[0]}-note": ""}
        check = reverse("accounts:handover_check", args=[made.pk])
        refused = client_as(who).post(check, sent)
        assert refused.status_code == 422
        assert "Say why it does not apply." in refused.content.decode()
        sent[f"{keys[0]}-note"] = "Tidak ada"
        assert client_as(who).post(check, sent).status_code == 302
        assert "Sign: I " in client_as(who).get(there).content.decode()
        client_as(who).post(reverse("accounts:handover_sign", args=[made.pk]))
    scan = reverse("accounts:handover_scan_add", args=[made.pk])
    bad = client_as("rina").post(scan, {"file": io.BytesIO(b"")})
    assert bad.status_code == 422
    signed = io.BytesIO(PDF)
    signed.name = "berita-acara.pdf"
    assert client_as("rina").post(scan, {"file": signed}).status_code == 302
    done = client_as("bayu").post(
        reverse("accounts:handover_complete", args=[made.pk]), follow=True
    )
    assert "is handed over to Rina Lestari" in done.content.decode()
    account.refresh_from_db()
    assert account.person_in_charge == cast.rina
    again = client_as("bayu").post(reverse("accounts:handover_complete", args=[made.pk]))
    assert again.status_code == 409
    file = reverse("accounts:handover_scan_download", args=[made.scans.get().pk])
    assert client_as("sari").get(file).content == PDF
    assert client_as("nur").get(file).status_code == 404
    minutes = client_as("sari").get(reverse("accounts:handover_minutes", args=[made.pk]))
    assert "SK 800/77/2026" in minutes.content.decode()
    assert "Not yet" not in minutes.content.decode()


def test_minutes_stay_as_they_were_when_the_register_goes_on(
    cast: Cast, account: OfficialAccount, handover: Handover, client_as: ClientAs
) -> None:
    decreed = {"decree_number": "SK 800/41/2026", "decree_date": date(2026, 3, 21)}
    OfficialAccount.objects.filter(pk=account.pk).update(**decreed)
    sign_both(cast, handover)
    actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
    OfficialAccount.objects.filter(pk=account.pk).update(purpose="Tujuan baru")
    page = client_as("sari").get(reverse("accounts:handover_minutes", args=[handover.pk]))
    minutes = page.content.decode()
    assert "Tujuan baru" not in minutes
    assert f"<dd>{account.at_handle}</dd>" in minutes
    assert "SK 800/41/2026, 21 March 2026" in minutes
    assert "2026-03-21" not in minutes
    assert "timeline" not in minutes
    handover.refresh_from_db()
    assert handover.snapshot is not None
    assert handover.snapshot["decree"] == "SK 800/41/2026 · 2026-03-21"
    assert handover.snapshot_sha256 == digest_of(handover.snapshot)


def test_a_signature_is_offered_once_the_list_is_settled(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    page = reverse("accounts:handover_detail", args=[handover.pk])
    button = re.compile(r"<button[^>]*>Sign: I hand over")
    before = button.search(client_as("sari").get(page).content.decode())
    settle(cast.sari, handover, Side.OUTGOING)
    after = button.search(client_as("sari").get(page).content.decode())
    assert before
    assert after
    assert " disabled" in before.group()
    assert " disabled" not in after.group()


def test_who_works_elsewhere_by_now_still_finds_and_signs_the_handover(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    from accounts.capabilities import Role

    cast.sari.grants.update(ends_at=timezone.now())
    factories.grant(cast.sari, Role.APPROVER, cast.dinkes)
    settle(cast.bayu, handover, Side.OUTGOING)
    client = client_as("sari")
    assert "kota.example" in client.get(reverse("accounts:handover_list")).content.decode()
    assert client.post(reverse("accounts:handover_sign", args=[handover.pk])).status_code == 302
    assert Handover.objects.get().outgoing_signed_by == cast.sari


def test_reasons_are_asked_for_and_kept(
    cast: Cast, handover: Handover, client_as: ClientAs
) -> None:
    client = client_as("bayu")
    settle(cast.bayu, handover, Side.OUTGOING)
    for name in ("sign_in_place", "postpone", "cancel"):
        address = reverse(f"accounts:handover_{name}", args=[handover.pk])
        assert client.get(address).status_code == 200
        later = (timezone.localdate() + timedelta(days=30)).isoformat()
        assert client.post(address, {"reason": "", "due_on": later}).status_code == 422
        assert client.post(address, {"reason": "Sakit", "due_on": later}).status_code == 302
    page = client.get(reverse("accounts:handover_detail", args=[handover.pk])).content.decode()
    assert "Signed in their place by Bayu Pratama" in page
    assert "Cancelled by Bayu Pratama." in page


def test_the_page_of_deactivating_lists_what_somebody_would_leave_behind(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    address = reverse("people:user_deactivate", args=[cast.sari.pk])
    hand_over = reverse("accounts:handover_start", args=[account.pk])
    page = client_as("bayu").get(address).content.decode()
    assert "Sari Wulandari still answers for official accounts" in page
    assert f"{hand_over}?outgoing={cast.sari.pk}" in page
    made = start(cast, account)
    page = client_as("bayu").get(address).content.decode()
    assert reverse("accounts:handover_detail", args=[made.pk]) in page
    none = reverse("people:user_deactivate", args=[cast.made.pk])
    assert "still answers for" not in client_as("bayu").get(none).content.decode()


def test_the_home_page_says_what_waits_for_whom(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    made = start(cast, account)
    page = client_as("sari").get(reverse("home"))
    assert "1 account waits for your confirmation" in page.content.decode()
    assert page.context["waiting"] >= 2, "to confirm, and to sign"
    counts = {link.key: link.count for _place, link in navigation.links(page.wsgi_request)}
    assert counts["accounts"] == 2
    assert "Handovers that wait for you" in page.content.decode()
    assert "wait for you" not in client_as("rina").get(reverse("home")).content.decode()
    settle(cast.sari, made, Side.OUTGOING)
    actions.sign_handover(actor=cast.sari, handover_id=made.pk)
    assert "Handovers that wait" in client_as("rina").get(reverse("home")).content.decode()


def test_the_page_of_an_account_shows_how_far_it_is(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    address = reverse("accounts:official_account_detail", args=[account.pk])
    assert (
        "Nobody has confirmed this account yet." in client_as("dwi").get(address).content.decode()
    )
    attest(cast.bayu, account, "Mati", two_step_on=False)
    made = start(cast, account)
    page = client_as("sari").get(address).content.decode()
    assert "on behalf of Sari Wulandari" in page
    assert reverse("accounts:finding_close", args=[Finding.objects.get().pk]) in page
    assert reverse("accounts:handover_detail", args=[made.pk]) in page


def test_no_page_needs_more_than_fifteen_queries_however_many_rows(
    cast: Cast,
    client_as: ClientAs,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_period(cast.bayu, starts=-40, due=-9)
    for number in range(60):
        unit = factories.unit(f"Kelurahan {number}", parent=cast.diskominfo)
        one = account_of(cast, cast.sari, display_name=f"Kanal {number}")
        OfficialAccount.objects.filter(pk=one.pk).update(unit=unit)
        if number % 3 == 0:
            attest(cast.sari, one, "Mati", two_step_on=False)
        if number % 2 == 0:
            start(cast, one)
    names: dict[str, list[int]] = {
        "attestation_list": [],
        "attestation_export": [],
        "attestation_mine": [],
        "attestation_period_add": [],
        "finding_list": [],
        "handover_list": [],
        "attestation_detail": [Attestation.objects.first().pk],  # type: ignore[union-attr]  # made above
        "finding_close": [Finding.objects.first().pk],  # type: ignore[union-attr]  # made above
        "handover_detail": [Handover.objects.first().pk],  # type: ignore[union-attr]  # made above
        "handover_minutes": [Handover.objects.first().pk],  # type: ignore[union-attr]  # made above
        "handover_start": [OfficialAccount.objects.last().pk],  # type: ignore[union-attr]  # made above
        "attestation_add": [OfficialAccount.objects.last().pk],  # type: ignore[union-attr]  # made above
        "official_account_detail": [OfficialAccount.objects.last().pk],  # type: ignore[union-attr]  # made above
    }
    for who in ("bayu", "sari"):
        for name, arguments in names.items():
            client = client_as(who)
            with django_assert_max_num_queries(15):
                answer: Any = client.get(reverse(f"accounts:{name}", args=arguments))
                parts = answer.streaming_content if answer.streaming else [answer.content]
                size = len(b"".join(parts))
            assert answer.status_code in {200, 403}, name
            assert size < 100_000, name
    for address in (reverse("people:user_deactivate", args=[cast.sari.pk]), reverse("home")):
        client = client_as("bayu")
        with django_assert_max_num_queries(15):
            client.get(address)

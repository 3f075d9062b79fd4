"""The pages of attestation: one's own accounts, one account, the list of who is late."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import actions
from accounts.models import Attestation, AttestationPeriod, Finding, OfficialAccount
from accounts.seen import carried, marks_of_period
from accounts.selectors_attestation import attestation_state
from tests import factories
from tests.accounts.care.conftest import account_of, asked, attest, make_period
from tests.accounts.conftest import trail
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("everybody_reads_english")

ClientAs = Callable[[object], Client]
MINE = "accounts:attestation_mine"
YES = {
    "still_ours": "yes",
    "still_needed": "yes",
    "administrators_right": "yes",
    "two_step_on": "yes",
}


def answers(account: OfficialAccount, **changes: str) -> dict[str, str]:
    data = {**YES, **asked(account), **changes}
    return {f"{account.pk}-{name}": value for name, value in data.items() if value}


def test_thirty_accounts_are_answered_on_one_page_each_for_itself(
    cast: Cast,
    period: AttestationPeriod,
    client_as: ClientAs,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    mine = [account_of(cast, cast.sari, display_name=f"Kanal {n:02}") for n in range(31)]
    client = client_as("sari")
    with django_assert_max_num_queries(15):
        page = client.get(reverse(MINE))
    assert len(page.content) < 100_000
    assert page.content.decode().count("-all_right") == 30
    data: dict[str, str] = {}
    for account in mine[:30]:
        data |= answers(account)
    kept = client.post(reverse(MINE), data, follow=True)
    assert Attestation.objects.count() == 30
    assert "30 accounts are confirmed" in kept.content.decode()
    assert kept.content.decode().count("-all_right") == 1, "the last one follows"


def test_what_is_complete_is_kept_and_what_is_not_comes_back_as_typed(
    cast: Cast, period: AttestationPeriod, client_as: ClientAs
) -> None:
    whole, half, wrong, left = (account_of(cast, cast.sari) for _ in range(4))
    data = answers(whole) | answers(half, two_step_on="")
    data |= answers(wrong, still_ours="no") | answers(whole, problem="Catatan saya")
    data |= {f"{half.pk}-problem": "Yang saya ketik"}
    data |= {f"{left.pk}-{name}": value for name, value in asked(left).items()}
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
    kept = client_as("sari").post(reverse(MINE), fixed, follow=True)
    (told,) = map(str, kept.context["messages"])
    assert told == "1 account is confirmed. Of 1 account it is noted what is wrong."
    assert Finding.objects.get().question == "still_ours"
    assert Attestation.objects.count() == 3


def test_one_tick_is_four_times_yes_but_not_against_a_no(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    both = {f"{account.pk}-all_right": "on", f"{account.pk}-still_needed": "no"}
    both |= {f"{account.pk}-{name}": value for name, value in asked(account).items()}
    answer = client_as("sari").post(reverse(MINE), both)
    assert answer.status_code == 422
    assert "said “yes” to all four and “no” to this one" in answer.content.decode()
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
    assert "3 changes" in page, "the handle, and what the first answers said of two-step sign-in"


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


def test_an_administrator_answers_on_behalf_and_corrects(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, client_as: ClientAs
) -> None:
    address, client = reverse("accounts:attestation_add", args=[account.pk]), client_as("bayu")
    assert "on behalf of Sari Wulandari" in client.get(address).content.decode()
    answer = client.post(address, {**YES, **asked(account)}, follow=True)
    assert "Bayu Pratama, on behalf of Sari Wulandari" in answer.content.decode()
    page = client.get(address).content.decode()
    assert "Correct the answers" in page
    changed = {**YES, "still_needed": "no", "problem": "Sepi", **asked(account)}
    changed["said"] = str(Attestation.objects.get().pk)
    assert client.post(address, changed).status_code == 422, "a correction says why"
    client.post(address, {**changed, "note": "Salah pilih"})
    first, second = Attestation.objects.order_by("pk")
    assert second.supersedes == first
    old = client.get(reverse("accounts:attestation_detail", args=[first.pk])).content.decode()
    assert "Corrected since" in old
    assert reverse("accounts:attestation_detail", args=[second.pk]) in old


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
    own = client_as("sari").get(reverse("accounts:attestation_mine")).content.decode()
    assert "9 days late" in own
    late = client_as("dwi").get(reverse("accounts:attestation_mine")).content.decode()
    assert "late" not in late.split("</h1>")[1].split("<section")[0], "nothing of theirs waits"
    (unit,) = answer.context["units"]
    assert (unit.asked, unit.confirmed, unit.findings, unit.late, unit.waiting) == (3, 2, 1, 1, 0)
    assert next(iter(answer.context["page"])) == account, "what is late comes first"
    shown = client.get(reverse("accounts:attestation_list"), {"state": "overdue"})
    assert [one.pk for one in shown.context["page"]] == [account.pk]
    assert shown.context["units"] == [unit], "how far the unit is does not hang on what is shown"
    found = client.get(reverse("accounts:attestation_list"), {"search": "wulandari"})
    assert [one.pk for one in found.context["page"]] == [account.pk]
    assert found.context["counts"].asked == 1
    lines = list(csv.reader(io.StringIO(_csv(client, {"state": "overdue"}))))
    assert lines[1][4:8] == ["Sari Wulandari", "", "Late", "9"]
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
    renamed = {**data, "name": "Semester dua", "seen": carried(marks_of_period(made))}
    assert client_as("bayu").post(edit, renamed).status_code == 302
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
    still = client.post(close, {"outcome": "Teknisi dipanggil", "two_step_is_on": "no"})
    assert still.status_code == 422
    assert still.context["form"].errors["two_step_is_on"], "beside the answer"
    assert "The finding stays open" in still.content.decode()
    assert "Teknisi dipanggil" in still.content.decode(), "what was typed is kept"
    assert "Ponsel hilang" in client.get(address).content.decode()
    assert client.post(close, {"outcome": "Dipasang", "two_step_is_on": "yes"}).status_code == 302
    assert "No open findings" in client.get(address).content.decode()
    assert "Dipasang" in client.get(f"{address}?state=closed").content.decode()


@pytest.mark.parametrize(("who", "acts"), [("bayu", True), ("sari", True), ("laila", False)])
def test_only_who_can_act_on_the_list_has_a_column_for_it(
    cast: Cast, client_as: ClientAs, account: OfficialAccount, who: str, acts: bool
) -> None:
    make_period(cast.bayu)
    client = client_as(factories.reads_english(getattr(cast, who)))
    page = client.get(reverse("accounts:attestation_list")).content.decode()
    assert str(account.display_name) in page
    assert ('<th scope="col" class="no-print">Action</th>' in page) == acts
    assert ('data-label="Action"' in page) == acts

"""What a person in charge says about an account, and who may say it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts import actions
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.models import (
    Administrator,
    Attestation,
    AttestationPeriod,
    Finding,
    OfficialAccount,
)
from accounts.models.attestation import Question
from accounts.selectors_attestation import agency_today
from accounts.snapshots import differences, digest_of, picture_of
from tests import factories
from tests.accounts.care.conftest import (
    ALL_RIGHT,
    account_of,
    assign,
    attest,
    make_period,
    seen,
)
from tests.accounts.conftest import trail
from tests.cast import Cast


def test_the_person_in_charge_confirms_and_the_register_row_is_kept_with_it(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    shown = seen(account)
    said = attest(cast.sari, account)
    assert (said.period, said.person_in_charge, said.confirmed_by) == (period, cast.sari, cast.sari)
    assert not said.on_behalf
    assert said.noes == []
    assert said.snapshot_sha256 == digest_of(said.snapshot) == shown
    assert said.snapshot["handle"] == "kota.example"
    (entry,) = trail("accounts.attestation.confirmed")
    assert (entry.unit_id, entry.target_id) == (cast.diskominfo.pk, str(account.pk))
    assert entry.data["snapshot_sha256"] == shown
    assert entry.on_behalf_of_name == ""
    account.refresh_from_db()
    assert (account.two_step, account.two_step_checked_on) == ("on", timezone.localdate())
    assert trail("accounts.official_account.two_step_checked")[0].data["before"] == "Not known"


def test_an_administrator_confirms_on_behalf_and_it_is_recorded_as_such(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    said = attest(cast.bayu, account)
    assert said.on_behalf
    assert said.person_in_charge == cast.sari
    (entry,) = trail("accounts.attestation.confirmed")
    assert (entry.actor_id, entry.on_behalf_of_id) == (cast.bayu.pk, cast.sari.pk)


@pytest.mark.parametrize("who", ["dwi", "rina", "made", "ratna", "laila", "nur", "inactive"])
def test_nobody_else_confirms(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod, who: str
) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    with pytest.raises(PermissionDenied):
        attest(getattr(cast, who), account)
    assert not Attestation.objects.exists()
    attest(cast.sari, account)


def test_who_lost_the_role_in_the_unit_confirms_no_more(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    cast.sari.grants.update(ends_at=timezone.now())
    with pytest.raises(PermissionDenied):
        attest(cast.sari, account)


def test_an_account_is_confirmed_once_in_a_period(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    attest(cast.sari, account)
    with pytest.raises(AccountError, match="Sari Wulandari has confirmed"):
        attest(cast.bayu, account)
    assert Attestation.objects.count() == 1


def test_what_was_not_shown_is_not_confirmed(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    before = seen(account)
    assign(account, cast.dwi, cast.bayu)
    for digest in (before, "", "0" * 64):
        with pytest.raises(AccountError, match="has changed since"):
            actions.attest_account(
                actor=cast.sari, official_account_id=account.pk, period_id=period.pk,
                seen_sha256=digest, answers=ALL_RIGHT,
            )  # fmt: skip
    assert attest(cast.sari, account)


@pytest.mark.parametrize("status", ["proposed", "closed", "released"])
def test_only_accounts_in_use_are_confirmed(
    cast: Cast, period: AttestationPeriod, status: str
) -> None:
    fields = {"closed_on": date(2026, 1, 1), "closed_reason": "Digabung"}
    shut = account_of(cast, cast.sari, status=status, **(fields if status != "proposed" else {}))
    with pytest.raises(AccountError, match="not in use"):
        attest(cast.sari, shut)
    assert attest(cast.sari, account_of(cast, cast.sari, status="suspended"))


def test_without_a_person_in_charge_or_a_period_there_is_nothing_to_say(cast: Cast) -> None:
    nobodys = account_of(cast, None)
    with pytest.raises(AccountError, match="Nobody is in charge"):
        attest(cast.bayu, nobodys)
    with pytest.raises(PermissionDenied):
        attest(cast.sari, nobodys)
    with pytest.raises(AccountError, match="No attestation period"):
        attest(cast.sari, account_of(cast, cast.sari))
    make_period(cast.bayu, starts=1, due=30)
    with pytest.raises(AccountError, match="No attestation period"):
        attest(cast.sari, account_of(cast, cast.sari))


def test_a_no_opens_a_finding_with_what_to_do_and_sets_what_it_says(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    with pytest.raises(AccountError, match="Say what is wrong") as refused:
        attest(cast.sari, account, two_step_on=False)
    assert refused.value.field == "problem"
    said = attest(cast.sari, account, "Ponsel diganti", two_step_on=False, still_needed=False)
    assert said.noes == [Question.NEEDED, Question.TWO_STEP]
    findings = Finding.objects.filter(official_account=account, closed_at=None)
    assert {finding.question for finding in findings} == {"still_needed", "two_step_on"}
    assert "device that the agency holds" in str(findings.get(question="two_step_on").what_to_do)
    account.refresh_from_db()
    assert account.two_step == "off"
    (entry,) = trail("accounts.attestation.answered_no")
    assert entry.data["noes"] == ["still_needed", "two_step_on"]
    assert entry.data["reason"] == "Ponsel diganti"
    assert len(trail("accounts.finding.opened")) == 2


def test_the_same_no_again_is_the_same_finding(cast: Cast, account: OfficialAccount) -> None:
    make_period(cast.bayu, starts=-100, due=-80, name="Lama")
    today = timezone.now()
    attest(cast.sari, account, "Belum", two_step_on=False)
    make_period(cast.bayu, starts=-5, due=20, name="Baru")
    attest(cast.sari, account, "Masih belum", two_step_on=False)
    assert Finding.objects.filter(closed_at=None).count() == 1
    assert Finding.objects.get().opened_at > today


def test_a_finding_is_closed_with_words_by_who_answers_for_the_account(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    attest(cast.sari, account, "Mati", two_step_on=False)
    finding = Finding.objects.get()
    for stranger in (cast.dwi, cast.ratna, cast.nur):
        with pytest.raises(PermissionDenied):
            actions.close_finding(
                actor=stranger, finding_id=finding.pk, outcome="x", two_step_is_on=True
            )
    with pytest.raises(AccountError, match="how it is now"):
        actions.close_finding(actor=cast.sari, finding_id=finding.pk, outcome="Menyala")
    with pytest.raises(AccountError, match="what was done"):
        actions.close_finding(
            actor=cast.sari, finding_id=finding.pk, outcome="  ", two_step_is_on=True
        )
    with pytest.raises(AccountError, match="stays open: two-step sign-in is still off") as refused:
        actions.close_finding(
            actor=cast.sari, finding_id=finding.pk, outcome="Dicoba", two_step_is_on=False
        )
    assert refused.value.field == "two_step_is_on"
    account.refresh_from_db()
    assert account.two_step == "off", "nothing is kept of a refusal"
    finding.refresh_from_db()
    assert (finding.closed_at, finding.outcome) == (None, "")
    actions.close_finding(
        actor=cast.sari, finding_id=finding.pk, outcome="Dinyalakan", two_step_is_on=True
    )
    account.refresh_from_db()
    assert account.two_step == "on"
    (entry,) = trail("accounts.finding.closed")
    assert entry.data["reason"] == "Dinyalakan"
    with pytest.raises(AccountError, match="closed already"):
        actions.close_finding(
            actor=cast.bayu, finding_id=finding.pk, outcome="Lagi", two_step_is_on=True
        )


def correct(actor: object, said: Attestation, reason: str, **answers: bool) -> Attestation:
    return actions.correct_attestation(
        actor=actor,  # type: ignore[arg-type]  # a user
        attestation_id=said.pk,
        seen_sha256=seen(said.official_account),
        answers=ALL_RIGHT | answers,
        reason=reason,
        problem="" if all((ALL_RIGHT | answers).values()) else "Salah",
    )


def test_a_correction_is_a_new_row_over_the_old_one_and_ends_mistaken_findings(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    first = attest(cast.sari, account, "Salah lihat", two_step_on=False, still_needed=False)
    with pytest.raises(AccountError, match="Say why"):
        correct(cast.sari, first, "")
    with pytest.raises(PermissionDenied):
        correct(cast.dwi, first, "Iseng")
    second = correct(cast.sari, first, "Akun lain yang dimaksud", still_needed=False)
    assert second.supersedes == first
    assert Attestation.objects.get(pk=first.pk).two_step_on is False, "what was said stays"
    assert {one.question: one.closed_at is None for one in Finding.objects.all()} == {
        "two_step_on": False,
        "still_needed": True,
    }
    assert Finding.objects.get(question="two_step_on").outcome == "Akun lain yang dimaksud"
    with pytest.raises(AccountError, match="has answered since"):
        correct(cast.sari, first, "Lagi")
    assert correct(cast.sari, second, "Masih perlu").supersedes == second


def test_a_correction_of_a_correction_ends_what_the_first_answers_found(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    noes = {"administrators_right": False, "still_needed": False}
    first = attest(cast.sari, account, "Salah", **noes)
    second = correct(cast.sari, first, "Nama benar", administrators_right=False)
    assert Finding.objects.get(closed_at=None).attestation == first
    correct(cast.sari, second, "Admin benar")
    assert not Finding.objects.filter(closed_at=None).exists()
    assert Finding.objects.get(question="administrators_right").outcome == "Admin benar"


def test_a_correction_ends_nothing_that_an_earlier_period_found(
    cast: Cast, account: OfficialAccount
) -> None:
    make_period(cast.bayu, starts=-100, due=-80, name="Lama")
    attest(cast.sari, account, "Salah", still_needed=False)
    make_period(cast.bayu, starts=-5, due=20, name="Baru")
    said = attest(cast.sari, account, "Salah", still_needed=False)
    correct(cast.sari, said, "Masih perlu")
    assert Finding.objects.get().closed_at is None


def test_answers_of_a_past_period_are_not_corrected(cast: Cast, account: OfficialAccount) -> None:
    make_period(cast.bayu, starts=-100, due=-80, name="Lama")
    old = attest(cast.sari, account)
    make_period(cast.bayu, starts=-5, due=20, name="Baru")
    with pytest.raises(AccountError, match="Only the last answers of the current"):
        correct(cast.sari, old, "Terlambat")


def test_what_changed_since_last_time_is_told_by_field(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    before = picture_of(account)
    assert differences(before, picture_of(account)) == []
    assign(account, cast.dwi, cast.bayu)
    yesterday = timezone.localdate() - timedelta(days=1)
    Administrator.objects.filter(user=cast.sari).update(ends_on=yesterday)
    OfficialAccount.objects.filter(pk=account.pk).update(handle="baru.example", two_step="unknown")
    after = picture_of(OfficialAccount.objects.get(pk=account.pk))
    told = {one.field: one for one in differences(before, after)}
    assert list(told) == ["handle", "administrators"]
    assert (told["handle"].before, told["handle"].after) == ("kota.example", "baru.example")
    assert told["administrators"].joined == ("Dwi Hartono",)
    assert told["administrators"].left == ("Sari Wulandari",)
    (moved,) = differences(after, after | {"unit_id": cast.dinkes.pk})
    assert moved.field == "unit", "to one that is called as the other was then"


def test_a_picture_from_before_a_field_was_known_shows_no_change(
    cast: Cast, account: OfficialAccount
) -> None:
    now = picture_of(account)
    old = {name: value for name, value in now.items() if name != "purpose"}
    assert differences(old, now) == []
    assert digest_of(old) != digest_of(now)


def test_periods_are_made_at_the_top_and_do_not_overlap(cast: Cast) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    for nobody in (cast.nur, cast.ratna, cast.dwi):
        with pytest.raises(PermissionDenied):
            make_period(nobody)
    made = make_period(cast.bayu)
    assert made.remind_days_before == [14, 7, 1]
    with pytest.raises(AccountError, match="overlap with 2026") as refused:
        make_period(cast.bayu, starts=20, due=40, name="Tumpang tindih")
    assert refused.value.field == "due_on"
    make_period(cast.bayu, starts=21, due=40, name="Berikutnya")
    with pytest.raises(AccountError, match="after the first day"):
        make_period(cast.bayu, starts=50, due=50)
    (first, _second) = trail("accounts.attestation_period.opened")
    assert first.data["due_on"] == (agency_today() + timedelta(days=20)).isoformat()


def change_period(cast: Cast, period: AttestationPeriod, due_on: date) -> AttestationPeriod:
    return actions.change_attestation_period(
        actor=cast.bayu,
        period_id=period.pk,
        name=period.name,
        due_on=due_on,
        remind_days_before=period.remind_days_before,
        escalate_after_days=period.escalate_after_days,
    )


def test_the_due_day_may_move_and_the_trail_tells_from_when(
    cast: Cast, period: AttestationPeriod
) -> None:
    later = period.due_on + timedelta(days=7)
    assert change_period(cast, period, later).due_on == later
    (entry,) = trail("accounts.attestation_period.changed")
    assert entry.data["due_on_before"] == period.due_on.isoformat()
    change_period(cast, period, later)
    assert len(trail("accounts.attestation_period.changed")) == 1, "nothing changed"


def test_the_tables_themselves_keep_what_was_said(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    said = attest(cast.sari, account, "Mati", two_step_on=False)
    finding = Finding.objects.get()
    actions.close_finding(
        actor=cast.sari, finding_id=finding.pk, outcome="Nyala", two_step_is_on=True
    )
    writes: list[Callable[[], object]] = [
        lambda: Attestation.objects.filter(pk=said.pk).update(two_step_on=True),
        lambda: Attestation.objects.filter(pk=said.pk).delete(),
        lambda: Finding.objects.filter(pk=finding.pk).update(outcome="Lain"),
        lambda: Finding.objects.filter(pk=finding.pk).delete(),
        lambda: AttestationPeriod.objects.filter(pk=period.pk).update(
            starts_on=period.starts_on - timedelta(days=1)
        ),
        lambda: AttestationPeriod.objects.filter(pk=period.pk).delete(),
    ]
    for write in writes:
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_the_table_takes_no_answer_of_somebody_else(
    cast: Cast, account: OfficialAccount, period: AttestationPeriod
) -> None:
    other = account_of(cast, cast.sari)
    said = attest(cast.sari, account)
    strange = picture_of(other) | {"handle": "lain"}
    forged: dict[str, dict[str, Any]] = {
        "by a stranger": {"confirmed_by_id": cast.dwi.pk},
        "in charge is somebody else": {"person_in_charge_id": cast.dwi.pk},
        "over another account's": {"supersedes_id": said.pk, "note": "x"},
        "no without words": {"two_step_on": False},
        "no digest": {"snapshot_sha256": "x"},
        "nothing shown": {"snapshot": {}, "snapshot_sha256": digest_of({})},
        "something else shown": {"snapshot": strange, "snapshot_sha256": digest_of(strange)},
    }
    honest: dict[str, Any] = {
        "period": period,
        "official_account": other,
        "person_in_charge_id": cast.sari.pk,
        "confirmed_by_id": cast.sari.pk,
        "snapshot": picture_of(other),
        "snapshot_sha256": digest_of(picture_of(other)),
        **ALL_RIGHT,
    }
    for changes in forged.values():
        with pytest.raises(IntegrityError), transaction.atomic():
            Attestation.objects.create(**{**honest, **changes})
    Attestation.objects.create(**honest)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attestation.objects.create(**honest)


def test_periods_that_overlap_are_refused_by_the_table_as_well(
    cast: Cast, period: AttestationPeriod
) -> None:
    with (
        pytest.raises(IntegrityError, match="do_not_overlap"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO accounts_attestationperiod (unit_id, name, starts_on, due_on, "
            "remind_days_before, escalate_after_days, created_by_id, created_at) "
            "SELECT unit_id, 'x', due_on, due_on + 5, '{}', 14, created_by_id, now() "
            "FROM accounts_attestationperiod"
        )

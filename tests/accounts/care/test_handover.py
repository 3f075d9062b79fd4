"""An account goes from one person to another: who may do which step, and what it changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from pytest_django import Settings

from accounts import actions
from accounts.actions.handover_steps import Check
from accounts.capabilities import Role
from accounts.checklists import CHECKLISTS, NEWEST, Side
from accounts.errors import AccountError
from accounts.handover_page import HandoverPage
from accounts.models import Administrator, Handover, HandoverItem, OfficialAccount, User
from accounts.selectors_handover import handovers_waiting_for
from accounts.snapshots import digest_of, picture_of
from govsocial.audit.selectors import history_of
from tests import factories
from tests.accounts.care.conftest import account_of, assign, moved, settle, sign_both, start
from tests.accounts.conftest import trail
from tests.accounts.register_stage import PDF
from tests.cast import Cast


def test_a_handover_starts_with_the_newest_checklist_and_changes_nothing_yet(
    cast: Cast, account: OfficialAccount, handover: Handover
) -> None:
    assert handover.state == "started"
    assert [item.key for item in handover.items.all()] == [one.key for one in CHECKLISTS[NEWEST]]
    account.refresh_from_db()
    assert account.person_in_charge == cast.sari
    (entry,) = trail("accounts.handover.started")
    assert entry.unit_id == cast.diskominfo.pk
    assert (entry.data["outgoing"], entry.data["incoming"]) == ("Sari Wulandari", "Rina Lestari")


@pytest.mark.parametrize("who", ["sari", "rina", "dwi", "ratna", "nur"])
def test_only_administrators_of_the_unit_start_cancel_complete_and_sign_in_place(
    cast: Cast, account: OfficialAccount, who: str
) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    actor = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        start(cast, account, actor=actor)
    made = start(cast, account)
    with pytest.raises(PermissionDenied):
        actions.cancel_handover(actor=actor, handover_id=made.pk, reason="x")
    with pytest.raises(PermissionDenied):
        actions.complete_handover(actor=actor, handover_id=made.pk)
    with pytest.raises(PermissionDenied):
        actions.sign_in_place(actor=actor, handover_id=made.pk, reason="x")
    with pytest.raises(PermissionDenied):
        actions.postpone_handover(
            actor=actor, handover_id=made.pk, due_on=timezone.localdate(), reason="x"
        )


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"incoming_id": "sari"}, "incoming", "somebody else"),
        ({"outgoing_id": "dwi"}, "outgoing", "neither in charge"),
        ({"incoming_id": "inactive"}, "incoming", "deactivated"),
        ({"incoming_id": "nur"}, "incoming", "no role in"),
        ({"due_on": date(2020, 1, 1)}, "due_on", "is over"),
    ],
    ids=str,
)
def test_what_cannot_be_a_handover_is_refused_beside_its_field(
    cast: Cast, account: OfficialAccount, changes: dict[str, Any], field: str, words: str
) -> None:
    wanted = {
        name: getattr(cast, value).pk if isinstance(value, str) else value
        for name, value in changes.items()
    }
    with pytest.raises(AccountError, match=words) as refused:
        start(cast, account, **wanted)
    assert refused.value.field == field
    assert start(cast, account)


def test_only_who_is_in_charge_hands_the_charge_over(cast: Cast, account: OfficialAccount) -> None:
    assign(account, cast.dwi, cast.bayu)
    with pytest.raises(AccountError, match="not in charge") as refused:
        start(cast, account, outgoing_id=cast.dwi.pk)
    assert refused.value.field == "moves_charge"
    assert start(cast, account, outgoing_id=cast.dwi.pk, moves_charge=False)


def test_one_handover_of_an_account_is_under_way_at_a_time(
    cast: Cast, account: OfficialAccount, handover: Handover
) -> None:
    with pytest.raises(AccountError, match="under way already"):
        start(cast, account)
    actions.cancel_handover(actor=cast.bayu, handover_id=handover.pk, reason="Batal pindah")
    assert start(cast, account)


def test_a_closed_account_is_not_handed_over(cast: Cast) -> None:
    shut = account_of(
        cast, cast.sari, status="closed", closed_on=date(2026, 1, 1), closed_reason="Digabung"
    )
    with pytest.raises(AccountError, match="closed"):
        start(cast, shut)


def test_each_side_fills_in_its_items_and_the_trail_says_who(
    cast: Cast, handover: Handover
) -> None:
    done = {"open_work": Check(state="done", note="Diserahkan di kantor")}
    actions.check_items(actor=cast.sari, handover_id=handover.pk, checks=done)
    item = handover.items.get(key="open_work")
    assert (item.state, item.checked_by, item.note) == ("done", cast.sari, "Diserahkan di kantor")
    assert len(trail("accounts.handover.checked")) == 1
    actions.check_items(actor=cast.bayu, handover_id=handover.pk, checks=done)
    assert len(trail("accounts.handover.checked")) == 1, "nothing changed"
    with pytest.raises(AccountError, match="Not yours"):
        actions.check_items(
            actor=cast.sari, handover_id=handover.pk, checks={"password": Check(state="done")}
        )
    with pytest.raises(AccountError, match="Not yours"):
        actions.check_items(
            actor=cast.rina, handover_id=handover.pk, checks={"devices": Check(state="done")}
        )
    for stranger in (cast.dwi, cast.ratna, cast.nur):
        with pytest.raises(PermissionDenied):
            actions.check_items(actor=stranger, handover_id=handover.pk, checks=done)


@pytest.mark.parametrize(
    ("check", "field"),
    [
        (Check(state="not_needed"), "devices-note"),
        (Check(state="maybe"), "devices-state"),
    ],
)
def test_an_answer_that_is_none_is_refused_beside_it(
    cast: Cast, handover: Handover, check: Check, field: str
) -> None:
    with pytest.raises(AccountError) as refused:
        actions.check_items(actor=cast.sari, handover_id=handover.pk, checks={"devices": check})
    assert refused.value.field == field
    kept = {"devices": Check(state="not_needed", note="Hanya lewat komputer kantor")}
    actions.check_items(actor=cast.sari, handover_id=handover.pk, checks=kept)
    assert handover.items.get(key="devices").state == "not_needed"


def test_both_sign_themselves_in_order_and_with_nothing_open(
    cast: Cast, handover: Handover
) -> None:
    with pytest.raises(AccountError, match="5 items are open"):
        actions.sign_handover(actor=cast.sari, handover_id=handover.pk)
    with pytest.raises(AccountError, match="Sari Wulandari has to sign first"):
        actions.sign_handover(actor=cast.rina, handover_id=handover.pk)
    settle(cast.sari, handover, Side.OUTGOING)
    with pytest.raises(AccountError, match="Only who hands over"):
        actions.sign_handover(actor=cast.bayu, handover_id=handover.pk)
    with pytest.raises(PermissionDenied):
        actions.sign_handover(actor=cast.dwi, handover_id=handover.pk)
    actions.sign_handover(actor=cast.sari, handover_id=handover.pk)
    with pytest.raises(AccountError, match="signed already"):
        actions.sign_handover(actor=cast.sari, handover_id=handover.pk)
    with pytest.raises(AccountError, match="signed for already"):
        actions.check_items(
            actor=cast.bayu, handover_id=handover.pk, checks={"devices": Check(state="open")}
        )
    with pytest.raises(AccountError, match="4 items are open"):
        actions.sign_handover(actor=cast.rina, handover_id=handover.pk)
    settle(cast.rina, handover, Side.INCOMING)
    signed = actions.sign_handover(actor=cast.rina, handover_id=handover.pk)
    assert (signed.outgoing_signed_by, signed.incoming_signed_by) == (cast.sari, cast.rina)
    assert len(trail("accounts.handover.signed_out") + trail("accounts.handover.signed_in")) == 2


def test_a_manager_signs_in_the_place_of_who_is_gone_and_it_is_recorded(
    cast: Cast, handover: Handover
) -> None:
    User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    settle(cast.bayu, handover, Side.OUTGOING)
    signed = actions.sign_in_place(
        actor=cast.bayu, handover_id=handover.pk, reason="Pensiun mendadak"
    )
    assert signed.was_stood_in_for
    assert (signed.outgoing_signed_by, signed.in_place_reason) == (cast.bayu, "Pensiun mendadak")
    (entry,) = trail("accounts.handover.signed_in_place")
    assert entry.data == {"outgoing": "Sari Wulandari", "reason": "Pensiun mendadak"}
    with pytest.raises(AccountError, match="signed already"):
        actions.sign_in_place(actor=cast.bayu, handover_id=handover.pk, reason="Lagi")


@pytest.mark.parametrize("part", ["outgoing_id", "incoming_id"])
def test_a_manager_who_takes_part_neither_ticks_nor_signs_nor_completes_for_the_other(
    cast: Cast, account: OfficialAccount, part: str
) -> None:
    assign(account, cast.bayu, cast.bayu)
    made = start(cast, account, **{part: cast.bayu.pk}, moves_charge=False)
    own = Side.OUTGOING if part == "outgoing_id" else Side.INCOMING
    other = Side.INCOMING if own == Side.OUTGOING else Side.OUTGOING
    with pytest.raises(AccountError, match="Not yours to fill in"):
        settle(cast.bayu, made, other)
    with pytest.raises(AccountError, match="yourself"):
        actions.sign_in_place(actor=cast.bayu, handover_id=made.pk, reason="Cepat")
    for side, person in ((Side.OUTGOING, made.outgoing), (Side.INCOMING, made.incoming)):
        settle(person, made, side)
        actions.sign_handover(actor=person, handover_id=made.pk)
    page = HandoverPage(Handover.objects.get(pk=made.pk), cast.bayu)
    assert page.manages
    assert not page.may_complete
    assert made not in handovers_waiting_for(cast.bayu)
    with pytest.raises(AccountError, match="somebody else who administers"):
        actions.complete_handover(actor=cast.bayu, handover_id=made.pk)
    factories.grant(cast.made, Role.ADMINISTRATOR, cast.diskominfo)
    third = User.objects.get(pk=cast.made.pk)
    assert HandoverPage(Handover.objects.get(pk=made.pk), third).may_complete
    assert made in handovers_waiting_for(third)
    done = actions.complete_handover(actor=third, handover_id=made.pk)
    assert done.ended_by == third


def test_the_table_takes_no_completion_by_one_of_the_two(cast: Cast, handover: Handover) -> None:
    sign_both(cast, handover)
    picture = picture_of(handover.official_account)
    over = {"state": "completed", "ended_at": timezone.now(), "snapshot": picture}
    row = Handover.objects.filter(pk=handover.pk)
    with pytest.raises(IntegrityError, match="third person"), transaction.atomic():
        row.update(**over, snapshot_sha256=digest_of(picture), ended_by=cast.rina)
    over |= moved(cast, handover)
    row.update(**over, snapshot_sha256=digest_of(picture), ended_by=cast.bayu)


def test_completion_moves_charge_and_assignments_in_one_go(
    cast: Cast, account: OfficialAccount, handover: Handover
) -> None:
    sign_both(cast, handover)
    done = actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
    today = timezone.localdate()
    account.refresh_from_db()
    assert (done.state, account.person_in_charge) == ("completed", cast.rina)
    old = Administrator.objects.get(official_account=account, user=cast.sari)
    new = Administrator.objects.get(official_account=account, user=cast.rina)
    assert (old.ends_on, new.starts_on, new.ends_on) == (today, today, None)
    assert (new.decree, done.assignment) == ("SK 800/77/2026", new)
    assert done.snapshot is not None
    assert done.snapshot["person_in_charge"] == [cast.sari.pk, "Sari Wulandari"], "as it was"
    assert done.snapshot_sha256 == digest_of(done.snapshot)
    (entry,) = trail("accounts.official_account.handed_over")
    assert entry.target_id == str(account.pk)
    assert entry.data["person_in_charge"] == "Rina Lestari"
    for act in (actions.complete_handover,):
        with pytest.raises(AccountError, match="is over"):
            act(actor=cast.bayu, handover_id=handover.pk)


def test_who_administers_already_keeps_the_assignment_and_the_charge_may_stay(
    cast: Cast, account: OfficialAccount
) -> None:
    kept = assign(account, cast.rina, cast.bayu)
    made = start(cast, account, moves_charge=False)
    sign_both(cast, made)
    done = actions.complete_handover(actor=cast.bayu, handover_id=made.pk)
    account.refresh_from_db()
    assert (done.assignment, account.person_in_charge) == (kept, cast.sari)
    assert Administrator.objects.filter(user=cast.rina).count() == 1


def test_nothing_is_completed_before_both_signed_or_when_the_ground_is_gone(
    cast: Cast, account: OfficialAccount, handover: Handover
) -> None:
    with pytest.raises(AccountError, match="Both have to sign"):
        actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
    sign_both(cast, handover)
    cast.rina.grants.update(ends_at=timezone.now())
    with pytest.raises(AccountError, match="no role in"):
        actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
    factories.grant(cast.rina, Role.DRAFTER, cast.diskominfo)
    OfficialAccount.objects.filter(pk=account.pk).update(person_in_charge=cast.made)
    with pytest.raises(AccountError, match="no longer in charge"):
        actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
    assert Administrator.objects.get(user=cast.sari).ends_on is None, "all or nothing"


def test_a_signed_scan_reaches_the_new_assignment_before_or_after_completion(
    cast: Cast, account: OfficialAccount, handover: Handover, settings: Settings, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(PermissionDenied):
        actions.add_scan(actor=cast.dwi, handover_id=handover.pk, data=PDF, name="ba.pdf")
    with pytest.raises(AccountError, match="no PDF and no picture"):
        actions.add_scan(actor=cast.sari, handover_id=handover.pk, data=b"MZ", name="ba.pdf")
    sign_both(cast, handover)
    done = actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
    assert done.assignment is not None
    assert done.assignment.minutes is None
    scan = actions.add_scan(actor=cast.rina, handover_id=handover.pk, data=PDF, name="ba.pdf")
    assert Administrator.objects.get(pk=done.assignment.pk).minutes == scan.document
    assert trail("accounts.handover.scan_added")[0].data["document_id"] == scan.document.pk


def test_a_handover_is_postponed_with_a_reason(cast: Cast, handover: Handover) -> None:
    later = handover.due_on + timedelta(days=5)
    actions.postpone_handover(actor=cast.bayu, handover_id=handover.pk, due_on=later, reason="Cuti")
    (entry,) = trail("accounts.handover.postponed")
    assert entry.data["due_on_before"] == handover.due_on.isoformat()
    with pytest.raises(AccountError, match="is over") as refused:
        actions.postpone_handover(
            actor=cast.bayu, handover_id=handover.pk, due_on=date(2020, 1, 1), reason="x"
        )
    assert refused.value.field == "due_on"


def test_history_is_told_in_the_language_of_its_reader_with_days_as_people_write_them(
    cast: Cast, account: OfficialAccount
) -> None:
    due = timezone.localdate() + timedelta(days=100)
    made = start(cast, account, due_on=due)
    settle(cast.sari, made, Side.OUTGOING)
    newest, *_rest, oldest = history_of(made)
    assert "“Own devices signed out and cleaned”." in newest.sentence
    assert [str(one) for one in newest.changes] == ["Answer: Not yet → Done"], "told once"
    assert f"due on {due.day} {due:%B %Y}" in oldest.sentence
    assert trail("accounts.handover.checked")[0].data["state"] == "Done"
    with translation.override("id"):
        newest, *_rest, oldest = history_of(made)
        assert date_format(due, "j F Y") in oldest.sentence
    assert [str(one) for one in newest.changes] == ["Jawaban: Belum → Selesai"]


@pytest.mark.parametrize("how", ["completed", "cancelled"])
def test_what_is_over_is_frozen(cast: Cast, handover: Handover, how: str) -> None:
    sign_both(cast, handover)
    if how == "completed":
        actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
    else:
        actions.cancel_handover(actor=cast.bayu, handover_id=handover.pk, reason="Batal")
    row = Handover.objects.filter(pk=handover.pk)
    assert row.get().state == how
    for act in (actions.sign_handover, actions.complete_handover):
        with pytest.raises(AccountError, match="is over"):
            act(actor=cast.bayu, handover_id=handover.pk)
    with pytest.raises(AccountError, match="is over"):
        actions.cancel_handover(actor=cast.bayu, handover_id=handover.pk, reason="x")
    writes: list[Callable[[], object]] = [
        lambda: row.update(due_on=date(2027, 1, 1)),
        lambda: row.update(state="started"),
        lambda: row.delete(),
        lambda: HandoverItem.objects.filter(handover=handover).update(note="x"),
        lambda: HandoverItem.objects.filter(handover=handover).delete(),
        lambda: HandoverItem.objects.create(handover=handover, key="baru"),
    ]
    for write in writes:
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_the_table_takes_no_forged_signature_and_no_leap(cast: Cast, handover: Handover) -> None:
    settle(cast.bayu, handover)
    row, now = Handover.objects.filter(pk=handover.pk), timezone.now()
    out = {"outgoing_signed_by": cast.sari, "outgoing_signed_at": now}
    forged: list[dict[str, Any]] = [
        {"state": "outgoing_signed"},
        {"state": "completed", **out, "ended_by": cast.bayu, "ended_at": now},
        {"state": "outgoing_signed", "outgoing_signed_by": cast.bayu, "outgoing_signed_at": now},
        {
            "state": "outgoing_signed",
            "outgoing_signed_by": cast.rina,
            "outgoing_signed_at": now,
            "in_place_reason": "x",
        },
        {"incoming_signed_by": cast.bayu, "incoming_signed_at": now},
        {"incoming": cast.sari},
        {"state": "cancelled"},
    ]
    for changes in forged:
        with pytest.raises(DatabaseError), transaction.atomic():
            row.update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.create(
            official_account=handover.official_account,
            outgoing=cast.sari,
            incoming=cast.made,
            reason="x",
            due_on=handover.due_on,
            checklist=1,
            started_by=cast.bayu,
        )
    row.update(state="outgoing_signed", **out)

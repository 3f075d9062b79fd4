from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import actions
from accounts.actions.handover_assignments import begin_assignment, end_assignments, move_custody
from accounts.actions.handover_steps import Check
from accounts.actions.official_accounts import today_of
from accounts.checklists import CHECKLISTS, NEWEST, Side
from accounts.models import (
    Administrator,
    Attestation,
    AttestationPeriod,
    Handover,
    OfficialAccount,
    User,
)
from accounts.models.attestation import Question
from accounts.seen import carried, mark_of_item, marks_of_checklist
from accounts.selectors_attestation import agency_today, current_period
from accounts.snapshots import digest_of, picture_of
from tests import factories
from tests.cast import Cast

ALL_RIGHT = {str(question): True for question in Question}


@pytest.fixture
def period(cast: Cast) -> AttestationPeriod:
    """Began ten days ago and is due in twenty."""
    return make_period(cast.bayu)


def make_period(
    by: User, *, starts: int = -10, due: int = 20, name: str = "2026"
) -> AttestationPeriod:
    today = agency_today()
    return actions.open_attestation_period(
        actor=by,
        name=name,
        starts_on=today + timedelta(days=starts),
        due_on=today + timedelta(days=due),
        remind_days_before=[14, 7, 1],
        escalate_after_days=14,
    )


def account_of(cast: Cast, person: User | None, **fields: object) -> OfficialAccount:
    """An account of Diskominfo with ``person`` in charge and as its administrator."""
    made = factories.official_account(cast.diskominfo, person_in_charge=person, **fields)
    if person is not None:
        assign(made, person, cast.bayu)
    if not made.is_released:
        # So that a period of the past asks about it.
        old = timezone.now() - timedelta(days=400)
        OfficialAccount.objects.filter(pk=made.pk).update(created_at=old)
    return OfficialAccount.objects.get(pk=made.pk)


def assign(account: OfficialAccount, person: User, by: User, **fields: object) -> Administrator:
    fields.setdefault("starts_on", timezone.localdate() - timedelta(days=100))
    return Administrator.objects.create(
        official_account=account, user=person, assigned_by=by, **fields
    )


@pytest.fixture
def everybody_reads_english(cast: Cast) -> None:
    User.objects.update(language="en")


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    """Sari is in charge of it; Bayu administers the unit."""
    return account_of(cast, cast.sari, handle="kota.example", display_name="Kota Samudra")


def seen(account: OfficialAccount) -> str:
    return digest_of(picture_of(OfficialAccount.objects.get(pk=account.pk)))


def asked(account: OfficialAccount) -> dict[str, str]:
    """What the page with the questions carries along, opened just now."""
    period = current_period()
    return {"seen": seen(account), "period": str(period.pk) if period else ""}


def attest(
    actor: User, account: OfficialAccount, problem: str = "", **answers: bool
) -> Attestation:
    period = current_period()
    return actions.attest_account(
        actor=actor,
        official_account_id=account.pk,
        period_id=period.pk if period else None,
        seen_sha256=seen(account),
        answers=ALL_RIGHT | answers,
        problem=problem,
    )


@pytest.fixture
def handover(cast: Cast, account: OfficialAccount) -> Handover:
    """From Sari to Rina, just started by Bayu."""
    return start(cast, account)


def start(cast: Cast, account: OfficialAccount, **changes: object) -> Handover:
    wanted: dict[str, object] = {
        "actor": cast.bayu,
        "official_account_id": account.pk,
        "outgoing_id": cast.sari.pk,
        "incoming_id": cast.rina.pk,
        "reason": "Pindah tugas",
        "due_on": timezone.localdate() + timedelta(days=7),
        "decree": "SK 800/77/2026",
        "moves_charge": True,
        **changes,
    }
    return actions.start_handover(**wanted)  # type: ignore[arg-type]  # test keywords


def settle(actor: User, handover: Handover, *sides: Side) -> None:
    checks = {
        item.key: Check(state="done", holder="Kepala Bidang Humas" if item.holds else "")
        for item in CHECKLISTS[NEWEST]
        if item.side in (sides or tuple(Side))
    }
    actions.check_items(actor=actor, handover_id=handover.pk, checks=checks)


def marks(handover: Handover) -> dict[str, str]:
    """What the form of the checklist carries along, opened just now."""
    return {f"{item.key}-seen": mark_of_item(item) for item in handover.items.all()}


def shown(handover: Handover) -> dict[str, str]:
    """What the forms that sign and complete carry along, opened just now."""
    return {"seen": carried(marks_of_checklist(handover.items.all()))}


def sign_both(cast: Cast, handover: Handover) -> None:
    settle(cast.sari, handover, Side.OUTGOING)
    actions.sign_handover(actor=cast.sari, handover_id=handover.pk)
    settle(cast.rina, handover, Side.INCOMING)
    actions.sign_handover(actor=cast.rina, handover_id=handover.pk)


def moved(cast: Cast, handover: Handover) -> dict[str, Administrator]:
    """Move in the register what a completion moves; what it keeps of that with the handover."""
    today = today_of(handover.official_account)
    end_assignments(cast.bayu, handover, today)
    made, _is_new = begin_assignment(cast.bayu, handover, today)
    move_custody(cast.bayu, handover)
    return {"assignment": made}

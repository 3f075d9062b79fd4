"""Attestation and handover in the training agency: a period that is late, one handover half done.

Run again it changes nothing: each piece looks for what it would make.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import actions
from accounts.actions.handover_steps import Check
from accounts.capabilities import Role
from accounts.models import (
    Administrator,
    Attestation,
    AttestationPeriod,
    Handover,
    OfficialAccount,
    User,
)
from accounts.models.attestation import Question
from accounts.selectors_attestation import agency_today
from accounts.snapshots import digest_of, picture_of

PERIOD = "Konfirmasi semester II 2026"
# Who is in charge, by the unit that an account belongs to.
IN_CHARGE = {
    "Diskominfo": "sari@samudrakota.example",
    "Dinas Kesehatan": "nur@samudrakota.example",
    "BPBD": "made@samudrakota.example",
}
SECOND = {
    "Diskominfo": "dwi@samudrakota.example",
    "Dinas Kesehatan": "fajar@samudrakota.example",
    "BPBD": "made@samudrakota.example",
}


@transaction.atomic
def seed(administrator: User) -> None:
    """Put somebody in charge of every account that has nobody, ask, and let some answer."""
    people = {user.email: user for user in User.objects.filter(is_active=True)}
    for account in OfficialAccount.objects.select_related("unit").order_by("pk"):
        _put_in_charge(administrator, account, people)
    _ask(administrator)
    _hand_over(administrator, people)


def _put_in_charge(actor: User, account: OfficialAccount, people: dict[str, User]) -> None:
    unit = str(account.unit)
    person, second = people.get(IN_CHARGE.get(unit, "")), people.get(SECOND.get(unit, ""))
    if person is None or second is None or account.is_closed:
        return
    # Whoever practises may have ended these roles.
    for one in {person, second}:
        if not one.may("accounts.view", account.unit_id):
            actions.grant_role(
                actor=actor, user_id=one.pk, role=Role.REVIEWER, unit_id=account.unit_id
            )
    # One that the register gave no day of its own: the period that is over asked about it as well.
    now = timezone.now()
    if account.created_at > now - timedelta(hours=12):
        long_ago = now - timedelta(days=200)
        OfficialAccount.objects.filter(pk=account.pk).update(created_at=long_ago)
    if account.person_in_charge_id is None:
        account.person_in_charge = person
        account.save(update_fields=["person_in_charge"])
    if not account.administrators.exists():
        starts_on = agency_today() - timedelta(days=200)
        for user in {person, second}:
            Administrator.objects.create(
                official_account=account, user=user, starts_on=starts_on, assigned_by=actor
            )


def _ask(administrator: User) -> None:
    if AttestationPeriod.objects.exists():
        return
    today = agency_today()
    period = actions.open_attestation_period(
        actor=administrator,
        name=PERIOD,
        starts_on=today - timedelta(days=40),
        due_on=today - timedelta(days=9),
        remind_days_before=[14, 7, 1],
        escalate_after_days=14,
    )
    asked = OfficialAccount.objects.filter(
        person_in_charge__isnull=False, status=OfficialAccount.Status.ACTIVE
    )
    for place, account in enumerate(asked.select_related("person_in_charge").order_by("pk")):
        # Every third goes on waiting; the second of the others has something wrong.
        if place % 3 != 2 and not Attestation.objects.filter(official_account=account).exists():
            _answer(account, period, two_step=place != 1)


def _answer(account: OfficialAccount, period: AttestationPeriod, *, two_step: bool) -> None:
    if account.person_in_charge is None:
        return
    actions.attest_account(
        actor=account.person_in_charge,
        official_account_id=account.pk,
        period_id=period.pk,
        seen_sha256=digest_of(picture_of(account)),
        answers={str(question): True for question in Question} | {str(Question.TWO_STEP): two_step},
        problem="" if two_step else "Verifikasi dua langkah mati sejak ponsel dinas diganti.",
    )


def _hand_over(administrator: User, people: dict[str, User]) -> None:
    outgoing, incoming = (
        people.get("sari@samudrakota.example"),
        people.get("rina@samudrakota.example"),
    )
    if Handover.objects.exists() or outgoing is None or incoming is None:
        return
    account = OfficialAccount.objects.filter(
        person_in_charge=outgoing, status=OfficialAccount.Status.ACTIVE
    ).first()
    if account is None:
        return
    handover = actions.start_handover(
        actor=administrator,
        official_account_id=account.pk,
        outgoing_id=outgoing.pk,
        incoming_id=incoming.pk,
        moves_charge=True,
        reason="Sari Wulandari pindah tugas ke Bappeda.",
        due_on=agency_today() + timedelta(days=10),
        decree="SK Wali Kota Samudra 800/77/2026",
    )
    actions.check_items(
        actor=outgoing,
        handover_id=handover.pk,
        checks={
            "recovery_email": Check(state="done", holder="Kepala Bidang Humas"),
            "recovery_phone": Check(state="done", holder="Sekretariat Diskominfo"),
            "documents": Check(state="done"),
        },
    )

"""A role that ends between the question of an action and its writing: refused in words, and nothing
is written. The role ends on another connection, and is committed there."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, importing
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.models import (
    Administrator,
    Attestation,
    AttestationPeriod,
    Finding,
    Grant,
    Handover,
    ImportBatch,
    OfficialAccount,
    User,
)
from tests import factories
from tests.accounts.care.conftest import (
    ALL_RIGHT,
    account_of,
    assign,
    attest,
    make_period,
    seen,
    settle,
    sign_both,
    start,
)
from tests.accounts.conftest import trail
from tests.accounts.register_stage import register
from tests.accounts.test_import import keep, row
from tests.cast import the_cast

pytestmark = pytest.mark.django_db(transaction=True)
ClientAs = Callable[[object], Client]
Meanwhile = Callable[..., None]


def end_roles(person: User) -> None:
    def end() -> None:
        Grant.objects.filter(user=person, ends_at=None).update(ends_at=timezone.now())
        connection.close()

    thread = threading.Thread(target=end)
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let somebody's roles end right after the next time that an action asks for them, or after
    that which is the ``last``."""

    def end_after_asking(person: User, wanted: str = "accounts.view", last: int = 1) -> None:
        asked, answers = User.may, []

        def may(self: User, capability: str, unit_id: int) -> bool:
            answer = asked(self, capability, unit_id)
            if (self.pk, capability) == (person.pk, wanted):
                answers.append(answer)
                if len(answers) == last:
                    end_roles(person)
            return answer

        monkeypatch.setattr(User, "may", may)

    return end_after_asking


def told_beside(field: str, person: User, act: Callable[[], object]) -> None:
    with pytest.raises(AccountError, match=f"{person} has no role on this unit") as refused:
        act()
    assert refused.value.field == field
    assert isinstance(refused.value.__cause__, IntegrityError), "the database was asked last"


def refused_meanwhile(
    meanwhile: Meanwhile,
    person: User,
    capability: str,
    act: Callable[[], object],
    last: int = 1,
) -> None:
    """Refused like somebody who had no role from the start, by the rule of the database."""
    meanwhile(person, capability, last)
    with pytest.raises(PermissionDenied, match="do not have the right") as refused:
        act()
    assert isinstance(refused.value.__cause__, IntegrityError), "the database was asked last"


def test_nobody_is_put_in_charge(meanwhile: Meanwhile) -> None:
    cast = the_cast()
    meanwhile(cast.sari)
    told_beside(
        "person_in_charge", cast.sari, lambda: register(cast, person_in_charge_id=cast.sari.pk)
    )
    assert not OfficialAccount.objects.exists()
    account = register(cast)
    meanwhile(cast.made)
    told_beside(
        "person_in_charge",
        cast.made,
        lambda: actions.change_official_account(
            actor=cast.bayu, official_account_id=account.pk, unit_id=account.unit_id,
            handle=account.handle, host="", display_name="Baru",
            person_in_charge_id=cast.made.pk,
        ),
    )  # fmt: skip
    account.refresh_from_db()
    assert (account.person_in_charge, account.display_name) == (None, "Kota Samudra")


def test_nobody_is_assigned_and_nobody_goes_on(meanwhile: Meanwhile) -> None:
    cast = the_cast()
    account = register(cast)
    today = account.unit.today
    kept = assign(account, cast.rina, cast.bayu, ends_on=today)
    meanwhile(cast.dwi)
    told_beside(
        "user",
        cast.dwi,
        lambda: actions.assign_administrator(
            actor=cast.bayu, official_account_id=account.pk, user_id=cast.dwi.pk, starts_on=today
        ),
    )
    meanwhile(cast.rina)
    told_beside(
        "ends_on",
        cast.rina,
        lambda: actions.end_administrator(
            actor=cast.bayu,
            administrator_id=kept.pk,
            ends_on=today.replace(year=today.year + 1, day=1),
            reason="Lanjut",
        ),
    )
    assert list(Administrator.objects.values_list("user", "ends_on")) == [(cast.rina.pk, today)]
    assert not trail("accounts.administrator.assigned")


def test_the_page_answers_in_words(meanwhile: Meanwhile, client_as: ClientAs) -> None:
    cast = the_cast()
    account = register(cast)
    factories.reads_english(cast.bayu)
    meanwhile(cast.dwi)
    answer = client_as(cast.bayu).post(
        reverse("accounts:administrator_add", args=[account.pk]),
        {"user": cast.dwi.pk, "starts_on": account.unit.today.isoformat()},
    )
    assert answer.status_code == 422
    assert "Dwi Hartono has no role on this unit" in answer.content.decode()


def test_nobody_signs_for_or_takes_over_an_account(meanwhile: Meanwhile) -> None:
    cast = the_cast()
    first, second = (account_of(cast, cast.sari) for _number in range(2))
    ready, unsigned = start(cast, first), start(cast, second, incoming_id=cast.made.pk)
    sign_both(cast, ready)
    settle(cast.bayu, unsigned)
    actions.sign_handover(actor=cast.sari, handover_id=unsigned.pk)
    meanwhile(cast.rina)
    told_beside(
        "incoming",
        cast.rina,
        lambda: actions.complete_handover(actor=cast.bayu, handover_id=ready.pk),
    )
    meanwhile(cast.made)
    told_beside(
        "incoming",
        cast.made,
        lambda: actions.sign_handover(actor=cast.made, handover_id=unsigned.pk),
    )
    first.refresh_from_db()
    assert first.person_in_charge == cast.sari
    assert not Administrator.objects.exclude(user=cast.sari).exists()


@pytest.mark.parametrize("column", ["person_in_charge", "administrators"])
def test_a_list_is_shown_again_with_what_is_wrong_now(
    monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    cast = the_cast()
    batch = keep(cast.bayu, row(1), row(2, **{column: cast.nur.email}))
    check = importing.check

    def ends_after_the_check(*said: object) -> object:
        checked = check(*said)  # type: ignore[arg-type]  # handed on
        end_roles(cast.nur)
        return checked

    monkeypatch.setattr(importing, "check", ends_after_the_check)
    again = actions.import_accounts(actor=cast.bayu, batch_id=batch.pk)
    assert (again.is_done, again.good, again.bad) == (False, 1, 1)
    (wrong,) = (kept for kept in again.rows if kept["errors"])
    assert "has no role on this unit" in str(wrong["errors"][column])
    assert not OfficialAccount.objects.exists()
    assert not trail("accounts.official_account.registered")
    monkeypatch.undo()
    assert actions.import_accounts(actor=cast.bayu, batch_id=batch.pk).imported == 1
    assert ImportBatch.objects.get().is_done


def test_another_rule_of_the_database_is_no_missing_role(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast = the_cast()
    account = register(cast)
    monkeypatch.setattr("accounts.actions.administrators._refuse_days", lambda *said: None)
    with pytest.raises(IntegrityError, match="administrator_ends_after_it_starts"):
        actions.assign_administrator(
            actor=cast.bayu,
            official_account_id=account.pk,
            user_id=cast.dwi.pk,
            starts_on=account.unit.today,
            ends_on=account.unit.today.replace(year=2020, day=1),
        )


def test_who_acts_is_refused_a_handover_that_is_theirs_no_more(meanwhile: Meanwhile) -> None:
    cast = the_cast()
    first, second, third = (account_of(cast, cast.sari) for _number in range(3))
    begun, settled, signed = start(cast, first), start(cast, second), start(cast, third)
    settle(cast.bayu, settled)
    sign_both(cast, signed)
    another = account_of(cast, cast.sari)
    acts: list[tuple[Callable[[], object], int]] = [
        (lambda: start(cast, another), 1),
        (lambda: settle(cast.bayu, begun), 2),
        (
            lambda: actions.sign_in_place(
                actor=cast.bayu, handover_id=settled.pk, reason="Sudah pindah"
            ),
            1,
        ),
        (
            lambda: actions.cancel_handover(
                actor=cast.bayu, handover_id=begun.pk, reason="Salah orang"
            ),
            1,
        ),
        (lambda: actions.complete_handover(actor=cast.bayu, handover_id=signed.pk), 1),
    ]
    stood = list(Handover.objects.order_by("pk").values())
    for act, last in acts:
        refused_meanwhile(meanwhile, cast.bayu, "accounts.manage", act, last)
        factories.grant(cast.bayu, Role.ADMINISTRATOR, cast.city)
    assert list(Handover.objects.order_by("pk").values()) == stood
    assert not begun.items.exclude(state="open").exists()
    assert acts[3][0]()


def test_who_answers_is_refused_without_a_role(meanwhile: Meanwhile) -> None:
    cast = the_cast()
    period = make_period(cast.bayu)
    account, other = (account_of(cast, cast.sari) for _number in range(2))
    # Of who is in charge the card would say so: they are asked again first.
    refused_meanwhile(meanwhile, cast.bayu, "accounts.manage", lambda: attest(cast.bayu, account))
    factories.grant(cast.bayu, Role.ADMINISTRATOR, cast.city)
    assert not Attestation.objects.exists()
    said = attest(cast.sari, other, "Mati", still_needed=False)

    def correct() -> object:
        return actions.correct_attestation(
            actor=cast.bayu, attestation_id=said.pk, seen_sha256=seen(other),
            answers=ALL_RIGHT, reason="Keliru",
        )  # fmt: skip

    def close() -> object:
        return actions.close_finding(
            actor=cast.sari, finding_id=Finding.objects.get().pk, outcome="Sudah"
        )

    refused_meanwhile(meanwhile, cast.bayu, "accounts.manage", correct)
    factories.grant(cast.bayu, Role.ADMINISTRATOR, cast.city)
    refused_meanwhile(meanwhile, cast.sari, "accounts.view", close)
    factories.grant(cast.sari, Role.APPROVER, cast.diskominfo)
    assert Attestation.objects.get() == said
    assert Finding.objects.get().closed_at is None
    assert close()
    assert correct()
    empty = make_period(cast.bayu, starts=30, due=60, name="Berikut")
    refused_meanwhile(
        meanwhile,
        cast.bayu,
        "accounts.manage",
        lambda: actions.withdraw_attestation_period(
            actor=cast.bayu, period_id=empty.pk, reason="Keliru"
        ),
    )
    assert set(AttestationPeriod.objects.all()) == {period, empty}


def test_who_gives_a_role_is_refused_without_their_own(meanwhile: Meanwhile) -> None:
    cast = the_cast()
    people, grants = User.objects.count(), Grant.objects.count()
    refused_meanwhile(
        meanwhile,
        cast.bayu,
        "people.manage",
        lambda: actions.grant_role(
            actor=cast.bayu, user_id=cast.dwi.pk, role="auditor", unit_id=cast.diskominfo.pk
        ),
    )
    factories.grant(cast.bayu, Role.ADMINISTRATOR, cast.city)
    refused_meanwhile(
        meanwhile,
        cast.bayu,
        "people.manage",
        lambda: actions.invite_user(
            actor=cast.bayu, email="baru@samudrakota.example", full_name="Baru", position="",
            language="id", role="auditor", unit_id=cast.diskominfo.pk,
        ),
    )  # fmt: skip
    assert (User.objects.count(), Grant.objects.count()) == (people, grants + 1)


def test_the_page_refuses_who_acts_like_a_stranger(
    meanwhile: Meanwhile, client_as: ClientAs
) -> None:
    cast = the_cast()
    handover = start(cast, account_of(cast, cast.sari))
    factories.reads_english(cast.bayu)
    # The page asks as well.
    meanwhile(cast.bayu, "accounts.manage", last=2)
    answer = client_as(cast.bayu).post(
        reverse("accounts:handover_cancel", args=[handover.pk]), {"reason": "Salah orang"}
    )
    assert answer.status_code == 403
    assert "do not have the right" in answer.content.decode()
    handover.refresh_from_db()
    assert handover.is_open

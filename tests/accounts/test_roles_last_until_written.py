"""What is written without a word about by whom, so that the database cannot ask once more: a role
ends before it and it is refused, or after it. The role ends on another connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts import actions
from accounts.actions import platform_apps
from accounts.models import (
    Administrator,
    AttestationPeriod,
    Grant,
    Handover,
    HandoverScan,
    ImpersonationEvidence,
    ImpersonationNote,
    ImpersonationReport,
    ImpersonationStatement,
    ImportBatch,
    OfficialAccount,
    PlatformApp,
    User,
)
from govsocial.audit.models import Entry
from govsocial.platforms.oauth import AppCredentials
from tests.accounts.care.conftest import account_of, assign, make_period, start
from tests.accounts.meanwhile import Act, begin, finish
from tests.accounts.register_stage import PDF
from tests.accounts.secrets import give_credential
from tests.accounts.test_impersonations import imitating, report
from tests.accounts.test_import import keep, row
from tests.cast import Cast, the_cast

pytestmark = pytest.mark.django_db(transaction=True)
WRITTEN = (
    Grant, OfficialAccount, Administrator, Handover, HandoverScan, AttestationPeriod, PlatformApp,
    ImportBatch, ImpersonationReport, ImpersonationNote, ImpersonationStatement,
)  # fmt: skip


def suspend(cast: Cast) -> Act:
    account = account_of(cast, cast.sari)
    return lambda: actions.suspend_official_account(
        actor=cast.bayu, official_account_id=account.pk, reason="Diretas"
    )


def change(cast: Cast) -> Act:
    account = account_of(cast, cast.sari)
    return lambda: actions.change_official_account(
        actor=cast.bayu, official_account_id=account.pk, unit_id=account.unit_id,
        handle=account.handle, host=account.host, display_name="Baru",
    )  # fmt: skip


def disconnect(cast: Cast) -> Act:
    account = account_of(cast, cast.sari)
    give_credential(account, by=cast.bayu)
    return lambda: actions.disconnect_account(
        actor=cast.bayu, official_account_id=account.pk, reason="Diretas"
    )


def assign_somebody(cast: Cast) -> Act:
    account = account_of(cast, cast.sari)
    return lambda: actions.assign_administrator(
        actor=cast.bayu,
        official_account_id=account.pk,
        user_id=cast.dwi.pk,
        starts_on=account.unit.today,
    )


def end_somebody(cast: Cast) -> Act:
    account = account_of(cast, cast.sari)
    kept = assign(account, cast.dwi, cast.bayu)
    return lambda: actions.end_administrator(
        actor=cast.bayu, administrator_id=kept.pk, ends_on=account.unit.today, reason="Pindah"
    )


def postpone(cast: Cast) -> Act:
    handover = start(cast, account_of(cast, cast.sari))
    later = handover.due_on + timedelta(days=7)
    return lambda: actions.postpone_handover(
        actor=cast.bayu, handover_id=handover.pk, due_on=later, reason="Cuti"
    )


def add_scan(cast: Cast) -> Act:
    handover = start(cast, account_of(cast, cast.sari))
    return lambda: actions.add_scan(
        actor=cast.bayu, handover_id=handover.pk, data=PDF, name="berita-acara.pdf"
    )


def end_grant(cast: Cast) -> Act:
    theirs = Grant.objects.get(user=cast.dwi)
    return lambda: actions.end_grant(actor=cast.bayu, grant_id=theirs.pk, reason="Pindah")


def assign_report(cast: Cast) -> Act:
    made = imitating(cast)
    return lambda: actions.assign_report(
        actor=cast.bayu,
        report_id=made.pk,
        assignee_id=cast.sari.pk,
        official_account_id=made.official_account_id,
    )


def open_period(cast: Cast) -> Act:
    return lambda: make_period(cast.bayu)


def change_period(cast: Cast) -> Act:
    period = make_period(cast.bayu)
    return lambda: actions.change_attestation_period(
        actor=cast.bayu,
        period_id=period.pk,
        name="Lain",
        due_on=period.due_on,
        remind_days_before=period.remind_days_before,
        escalate_after_days=period.escalate_after_days,
    )


def register(cast: Cast) -> Act:
    return lambda: actions.register_official_account(
        actor=cast.bayu, unit_id=cast.dinkes.pk, platform="instagram", handle="baru",
        display_name="Baru",
    )  # fmt: skip


def import_list(cast: Cast) -> Act:
    batch = keep(cast.bayu, row(1), row(2, unit="Diskominfo"))
    return lambda: actions.import_accounts(actor=cast.bayu, batch_id=batch.pk).is_done


def set_app(cast: Cast) -> Act:
    return lambda: actions.set_platform_app(
        actor=cast.bayu, platform="facebook", client_id="123456", client_secret="abcdefabcdef"
    )


def remove_app(cast: Cast) -> Act:
    set_app(cast)()
    return lambda: actions.remove_platform_app(actor=cast.bayu, platform="facebook", reason="Bocor")


def app_anew(cast: Cast) -> Act:
    given = AppCredentials(client_id="lama", client_secret="given-by-the-server")
    app = platform_apps._keep_given(
        cast.bayu, "mastodon", "mastodon.example", given, instead_of=None
    )
    return lambda: actions.register_app_anew(actor=cast.bayu, platform_app_id=app.pk, reason="Lupa")


def move_report(cast: Cast) -> Act:
    made = imitating(cast)
    return lambda: actions.move_report(
        actor=cast.bayu, report_id=made.pk, status="checking", reason=""
    )


def note(cast: Cast) -> Act:
    made = imitating(cast)
    return lambda: actions.note_on_report(actor=cast.bayu, report_id=made.pk, text="Catatan")


def read_statements(cast: Cast) -> Act:
    made = imitating(cast)
    return lambda: actions.read_statements(actor=cast.bayu, report_id=made.pk)


def erase_reporter(cast: Cast) -> Act:
    statement = report(cast).statement
    return lambda: actions.erase_reporter(
        actor=cast.bayu, statement_id=statement.pk, reason="Diminta"
    )


def take_evidence(cast: Cast) -> Act:
    report(cast, evidence=[("layar.pdf", PDF)])
    evidence = ImpersonationEvidence.objects.get()

    def take() -> bool:
        actions.take_evidence(actor=cast.bayu, evidence=evidence)
        return True

    return take


def end_role(person: User) -> None:
    Grant.objects.filter(user=person, ends_at=None).update(ends_at=timezone.now())


def shut_out(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


ACTIONS = (
    suspend, change, disconnect, assign_somebody, end_somebody, postpone, add_scan, end_grant,
    assign_report, open_period, change_period, register, import_list, set_app, remove_app, app_anew,
    move_report, note, read_statements, erase_reporter, take_evidence,
)  # fmt: skip
each = pytest.mark.parametrize(
    ("prepared", "end"), [(suspend, shut_out), *((prepared, end_role) for prepared in ACTIONS)]
)


def written() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in WRITTEN]


@each
def test_who_lost_their_role_first_is_refused(
    prepared: Callable[[Cast], Act], end: Callable[[User], None]
) -> None:
    cast = the_cast()
    act = prepared(cast)
    refusals: list[PermissionDenied] = []
    entries = Entry.objects.count()

    def act_refused() -> None:
        with pytest.raises(PermissionDenied) as refused:
            act()
        refusals.append(refused.value)

    with transaction.atomic():
        end(cast.bayu)
        stood = written()
        waiting = begin(act_refused)
    finish(waiting)
    assert len(refusals) == 1
    assert written() == stood
    assert Entry.objects.count() == entries


@each
def test_a_role_ends_after_what_it_let_somebody_write(
    prepared: Callable[[Cast], Act],
    end: Callable[[User], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast = the_cast()
    act = prepared(cast)
    read = User.reach_now
    ends: list[threading.Thread] = []

    def reach_now(self: User) -> dict[int, frozenset[str]]:
        answer = read(self)
        if self.pk == cast.bayu.pk and not ends:
            ends.append(begin(lambda: end(cast.bayu)))
            assert read(self) == answer, "the role ended before what it let them write"
        return answer

    monkeypatch.setattr(User, "reach_now", reach_now)
    entries = Entry.objects.count()
    assert act()
    finish(ends[0])
    assert not read(cast.bayu)
    assert Entry.objects.count() > entries

"""What two people do at the same moment. Real threads, real locks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts import actions, tasks, vault
from accounts.actions import platform_apps
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.models import (
    Administrator,
    Credential,
    Grant,
    ImportBatch,
    OfficialAccount,
    PlatformApp,
    Unit,
    User,
)
from accounts.selectors import people_who_manage
from govsocial.platforms.oauth import AppCredentials
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.secrets import give_credential
from tests.cast import the_cast

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run all at the same moment; return "done" or the name of the refusal, in order."""
    together = threading.Barrier(len(acts))
    ends = ["lost"] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            together.wait(timeout=10)
            act()
            ends[place] = "done"
        except (AccountError, PermissionDenied) as exc:
            ends[place] = type(exc).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return ends


def second_administrator(cast_city: Unit) -> User:
    other = factories.user("Gede Putra")
    factories.grant(other, Role.ADMINISTRATOR, cast_city)
    return other


def test_two_administrators_who_deactivate_each_other_leave_one() -> None:
    cast = the_cast()
    other = second_administrator(cast.city)
    ends = at_once(
        lambda: actions.deactivate_user(actor=cast.bayu, user_id=other.pk, reason="x"),
        lambda: actions.deactivate_user(actor=other, user_id=cast.bayu.pk, reason="x"),
    )
    assert sorted(ends) == ["PermissionDenied", "done"]
    assert User.objects.filter(pk__in=[cast.bayu.pk, other.pk], is_active=True).count() == 1


def test_two_administrators_who_end_each_others_role_leave_one() -> None:
    cast = the_cast()
    other = second_administrator(cast.city)
    mine, theirs = (
        Grant.objects.get(user=user, role=Role.ADMINISTRATOR) for user in (cast.bayu, other)
    )
    ends = at_once(
        lambda: actions.end_grant(actor=cast.bayu, grant_id=theirs.pk, reason="x"),
        lambda: actions.end_grant(actor=other, grant_id=mine.pk, reason="x"),
    )
    assert sorted(ends) == ["PermissionDenied", "done"]
    assert Grant.objects.filter(role=Role.ADMINISTRATOR, ends_at=None).count() == 1


def test_one_leaving_while_the_other_is_shut_out_leaves_one() -> None:
    cast = the_cast()
    other = second_administrator(cast.city)
    mine = Grant.objects.get(user=cast.bayu, role=Role.ADMINISTRATOR)
    ends = at_once(
        lambda: actions.end_grant(actor=cast.bayu, grant_id=mine.pk, reason="x"),
        lambda: actions.deactivate_user(actor=cast.bayu, user_id=other.pk, reason="x"),
    )
    assert ends.count("done") == 1
    assert cast.bayu.may("people.manage", cast.city.pk) or other.may("people.manage", cast.city.pk)


def test_one_address_invited_twice_becomes_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.tasks.send_new_sign_in_letters.apply_async", lambda **_: None)
    cast = the_cast()

    def invite() -> None:
        actions.invite_user(
            actor=cast.bayu,
            email="siti@samudrakota.example",
            full_name="Siti Rahma",
            position="",
            language="id",
            role=Role.DRAFTER,
            unit_id=cast.dinkes.pk,
        )

    assert sorted(at_once(invite, invite)) == ["AccountError", "done"]


def test_one_role_given_twice_is_one_grant() -> None:
    cast = the_cast()

    def give() -> None:
        actions.grant_role(
            actor=cast.bayu, user_id=cast.dwi.pk, role=Role.REVIEWER, unit_id=cast.diskominfo.pk
        )

    assert sorted(at_once(give, give)) == ["AccountError", "done"]


def test_one_account_registered_twice_is_one_row() -> None:
    cast = the_cast()

    def register() -> None:
        actions.register_official_account(
            actor=cast.bayu,
            unit_id=cast.dinkes.pk,
            platform="mastodon",
            handle="samudrakota",
            host="mas.to",
            display_name="Kota Samudra",
        )

    assert sorted(at_once(register, register, register)) == ["AccountError", "AccountError", "done"]
    assert OfficialAccount.objects.count() == 1


def test_two_lists_of_the_same_accounts_in_another_order_are_one_import() -> None:
    cast = the_cast()
    other = second_administrator(cast.city)
    head = ["unit", "platform", "handle", "display_name"]
    rows = [["Dinkes", "instagram", f"puskesmas{number}", "Puskesmas"] for number in range(1500)]
    mine, theirs = (
        actions.keep_import(actor=actor, file_name="akun.csv", rows=[head, *some])
        for actor, some in ((cast.bayu, rows), (other, rows[::-1]))
    )
    ends = at_once(
        lambda: actions.import_accounts(actor=cast.bayu, batch_id=mine.pk),
        lambda: actions.import_accounts(actor=other, batch_id=theirs.pk),
    )
    assert ends == ["done", "done"]
    assert OfficialAccount.objects.count() == 1500
    late, first = ImportBatch.objects.order_by("imported")[::-1]
    assert (first.status, first.imported) == ("done", 1500)
    assert (late.status, late.good, late.bad) == ("waiting", 0, 1500), "its new preview"


def test_two_units_moved_below_each_other_make_no_circle() -> None:
    cast = the_cast()
    ends = at_once(
        lambda: actions.move_unit(
            actor=cast.bayu, unit_id=cast.dinkes.pk, parent_id=cast.diskominfo.pk
        ),
        lambda: actions.move_unit(
            actor=cast.bayu, unit_id=cast.diskominfo.pk, parent_id=cast.dinkes.pk
        ),
    )
    assert sorted(ends) == ["AccountError", "done"]


def test_an_import_confirmed_twice_at_once_happens_once() -> None:
    cast = the_cast()
    batch = actions.keep_import(
        actor=cast.bayu,
        file_name="akun.csv",
        rows=[
            ["unit", "platform", "handle", "display_name"],
            *[["Dinkes", "Instagram", f"puskesmas{n}", f"Puskesmas {n}"] for n in range(20)],
        ],
    )

    def confirm() -> None:
        actor = User.objects.get(pk=cast.bayu.pk)
        actions.import_accounts(actor=actor, batch_id=batch.pk)

    assert at_once(confirm, confirm) == ["done", "done"]
    assert OfficialAccount.objects.count() == 20
    assert len(trail("accounts.import.done")) == 1


def test_the_same_person_is_made_administrator_once_by_two_who_do_it_at_once() -> None:
    cast = the_cast()
    account = factories.official_account(cast.diskominfo)

    def assign() -> None:
        actions.assign_administrator(
            actor=cast.bayu,
            official_account_id=account.pk,
            user_id=cast.dwi.pk,
            starts_on=timezone.localdate(),
        )

    assert sorted(at_once(assign, assign)) == ["AccountError", "done"]
    assert Administrator.objects.count() == 1


def test_two_people_who_are_the_first_to_connect_on_a_server_use_one_application(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast = the_cast()
    both_found_none = threading.Barrier(2)
    given = iter(["one", "two"])

    def register(*args: object, **more: object) -> AppCredentials:
        return AppCredentials(client_id=next(given), client_secret="given-by-the-server")

    def seal_late(row: PlatformApp, text: str) -> None:
        both_found_none.wait(timeout=10)
        vault.seal_row(row, text)

    monkeypatch.setattr(platform_apps, "register_app", register)
    monkeypatch.setattr(platform_apps, "seal_row", seal_late)
    used: list[PlatformApp | None] = []

    def ask() -> None:
        used.append(
            platform_apps.app_to_consent_with(
                actor=cast.bayu, platform="mastodon", host="kota.example"
            )
        )

    assert at_once(ask, ask) == ["done", "done"]
    app = PlatformApp.objects.get()
    assert used == [app, app]
    assert {one.client_id for one in used if one} == {app.client_id}
    assert len(trail("accounts.platform_app.configured")) == 1


def test_beats_at_once_warn_of_a_connection_once() -> None:
    cast = the_cast()
    account = factories.official_account(cast.diskominfo)
    credential = give_credential(account, cast.bayu)
    Credential.objects.update(expires_at=timezone.now() + timedelta(days=6))
    second_administrator(cast.city)
    assert at_once(*[tasks.warn_of_ends] * 3) == ["done"] * 3
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(
        person.email for person in people_who_manage(cast.diskominfo)
    )
    assert credential.warnings.get().letters == 2
    assert len(trail("accounts.connection.warned")) == 1

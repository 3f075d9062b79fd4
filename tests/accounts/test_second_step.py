"""With ``REQUIRE_MFA`` the session must have passed the second step; to have one is not enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import vault
from accounts.second_step import opened
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.test_sign_in import code_for, is_signed_in, sign_in
from tests.accounts.test_vault import FIRST, SECOND
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("one_step_of_time")
ClientAs = Callable[[object], Client]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PEOPLE = "/settings/people/"


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.REQUIRE_MFA = True
    settings.CREDENTIAL_KEYS = {1: FIRST}


@pytest.fixture
def enrolled(cast: Cast) -> Cast:
    """Bayu, administrator, has an authenticator app and recovery codes."""
    TOTP.activate(cast.bayu, SECRET)
    RecoveryCodes.activate(cast.bayu)
    return cast


def at_rest() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        (found,) = cursor.fetchone()
    return str(found)


def test_password_and_code_open_what_the_password_alone_does_not(enrolled: Cast) -> None:
    browser = Client()
    sign_in(browser, enrolled.bayu.email)
    for address in (PEOPLE, "/admin/"):
        assert browser.get(address).status_code == 302
    assert not is_signed_in(browser)
    browser.post(reverse("mfa_authenticate"), {"code": code_for(SECRET)})
    for address in (PEOPLE, "/admin/"):
        assert browser.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        PEOPLE,
        "/admin/",
        "/admin/accounts/user/",
        reverse("mfa_deactivate_totp"),
        reverse("mfa_view_recovery_codes"),
        reverse("mfa_generate_recovery_codes"),
        reverse("account_email"),
        reverse("account_change_password"),
        reverse("account_reauthenticate"),
    ],
)
def test_a_session_without_the_second_step_is_asked_for_it_and_comes_back(
    enrolled: Cast, client_as: ClientAs, address: str
) -> None:
    """A session from before the set-up, or opened around it, with the cookie in the wrong hands."""
    browser = client_as("bayu")
    asked = reverse("mfa_reauthenticate")
    assert browser.get(address)["Location"] == f"{asked}?next={address}"
    assert browser.post(address, {"action": "x"})["Location"] == f"{asked}?next=/"
    assert browser.post(asked, {"code": "000000"}).status_code == 200
    assert browser.get(address)["Location"] == f"{asked}?next={address}"
    passed = browser.post(f"{asked}?next={address}", {"code": code_for(SECRET), "next": address})
    assert passed["Location"] == address
    assert not (browser.get(address).headers.get("Location") or "").startswith(asked)


def test_a_step_passed_with_the_former_key_does_not_count(
    enrolled: Cast, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    browser.post(reverse("mfa_reauthenticate"), {"code": code_for(SECRET)})
    assert browser.get(PEOPLE).status_code == 200
    Authenticator.objects.filter(user=enrolled.bayu).delete()
    TOTP.activate(enrolled.bayu, "A" * 32)
    assert browser.get(PEOPLE).status_code == 302


def test_a_recovery_code_is_a_second_step_too(enrolled: Cast) -> None:
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    browser = Client()
    sign_in(browser, enrolled.bayu.email)
    browser.post(reverse("mfa_authenticate"), {"code": codes[3]})
    assert browser.get(PEOPLE).status_code == 200
    again = Client()
    sign_in(again, enrolled.bayu.email)
    again.post(reverse("mfa_authenticate"), {"code": codes[3]})
    assert not is_signed_in(again), "a recovery code works once"


def test_the_database_holds_no_secret_of_a_second_step(enrolled: Cast) -> None:
    assert SECRET not in at_rest()
    totp, codes = Authenticator.objects.get(type="totp"), Authenticator.objects.last()
    assert opened(totp.data["secret"]) == SECRET
    assert opened(codes.data["seed"]) not in at_rest()
    assert totp.data["secret"].startswith("1:")


def test_a_second_step_opens_for_its_own_person_only(enrolled: Cast) -> None:
    """Whoever can write to the table cannot give another person the key of their own app."""
    TOTP.activate(enrolled.dwi, "A" * 32)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mfa_authenticator SET data = (SELECT data FROM mfa_authenticator"
            " WHERE user_id = %s AND type = 'totp') WHERE user_id = %s AND type = 'totp'",
            [enrolled.dwi.pk, enrolled.bayu.pk],
        )
    own = Authenticator.objects.get(user=enrolled.dwi, type="totp")
    assert TOTP(own).validate_code(code_for("A" * 32))
    planted = Authenticator.objects.get(user=enrolled.bayu, type="totp")
    with pytest.raises(vault.CannotOpen):
        TOTP(planted).validate_code(code_for("A" * 32))
    planted.save()
    with pytest.raises(vault.CannotOpen):
        opened(Authenticator.objects.get(pk=planted.pk).data["secret"])


def test_a_second_step_of_an_earlier_release_works_and_is_bound_by_rotation(
    enrolled: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    totp = Authenticator.objects.get(user=enrolled.bayu, type="totp")
    unbound = vault.seal_text(SECRET)
    Authenticator.objects.filter(pk=totp.pk).update(data={"secret": unbound})
    assert TOTP(Authenticator.objects.get(pk=totp.pk)).validate_code(code_for(SECRET))
    call_command("rotate_keys")
    assert "1 second steps encrypted anew" in capsys.readouterr().out
    text = Authenticator.objects.get(pk=totp.pk).data["secret"]
    with pytest.raises(vault.CannotOpen):
        vault.open_text(text)
    assert opened(text) == SECRET


@pytest.mark.parametrize("stored", [SECRET, "", "x:y", "7:gAAAA", "1:gAAAA"])
def test_what_was_not_sealed_with_our_keys_opens_nothing(enrolled: Cast, stored: str) -> None:
    """Whoever can write to the table cannot plant a key of their own."""
    with pytest.raises(vault.CannotOpen) as refused:
        vault.open_text(stored)
    assert SECRET not in str(refused.value)
    assert refused.value.__context__ is None


def test_rotation_brings_second_steps_to_the_newest_key_and_they_still_work(
    enrolled: Cast, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CREDENTIAL_KEYS = {1: FIRST, 2: SECOND}
    TOTP.activate(enrolled.dwi, "A" * 32)
    call_command("rotate_keys")
    assert "2 second steps encrypted anew" in capsys.readouterr().out
    call_command("rotate_keys")
    assert "0 second steps encrypted anew" in capsys.readouterr().out
    settings.CREDENTIAL_KEYS = {2: SECOND}
    browser = Client()
    sign_in(browser, enrolled.bayu.email)
    browser.post(reverse("mfa_authenticate"), {"code": code_for(SECRET)})
    assert is_signed_in(browser)
    told = trail("accounts.second_step.resealed")
    assert {entry.target_id for entry in told} == {str(enrolled.bayu.pk)}
    assert [entry.data for entry in told] == [
        {"method": method, "from_version": 1, "to_version": 2}
        for method in ("totp", "recovery_codes")
    ]


@pytest.mark.django_db(transaction=True)
def test_the_migration_seals_what_lay_in_the_clear_and_back() -> None:
    user = factories.user("Siti Rahma", email="siti@samudrakota.example")
    clear = {"totp": {"secret": SECRET}, "recovery_codes": {"seed": "00ff" * 20, "used_mask": 3}}
    for kind, data in clear.items():
        Authenticator.objects.create(user=user, type=kind, data=data)
    module = MigrationExecutor(connection).loader.get_migration(
        "accounts", "0003_seal_second_steps"
    )
    (operation,) = module.operations
    assert isinstance(operation, RunPython)
    assert operation.reverse_code is not None
    apps = MigrationExecutor(connection).loader.project_state().apps
    with connection.schema_editor() as editor:
        operation.code(apps, editor)
        operation.code(apps, editor)
    assert SECRET not in at_rest()
    assert TOTP(Authenticator.objects.get(type="totp")).validate_code(code_for(SECRET))
    assert Authenticator.objects.get(type="recovery_codes").data["used_mask"] == 3
    with connection.schema_editor() as editor:
        operation.reverse_code(apps, editor)
    assert {row.type: row.data for row in Authenticator.objects.all()} == clear

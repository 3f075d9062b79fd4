from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import actions, tasks
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.models import User, WaitingLetter
from tests import factories
from tests.accounts.conftest import trail
from tests.cast import Cast

ClientAs = Callable[[object], Client]
NEW_PASSWORD = "perahu-pinisi-berlayar-71"


def invite(cast: Cast, actor: User, **changes: object) -> User:
    wanted: dict[str, object] = {
        "email": "siti@samudrakota.example",
        "full_name": "Siti Rahma",
        "position": "Pranata Humas",
        "language": "id",
        "role": Role.DRAFTER,
        "unit_id": cast.diskominfo.pk,
        **changes,
    }
    return actions.invite_user(actor=actor, **wanted)  # type: ignore[arg-type]  # test keywords


def test_an_invited_person_has_a_role_no_password_and_a_link_on_the_way(
    cast: Cast,
    queued: list[tuple[object, ...]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        siti = invite(cast, cast.bayu)
        assert queued == []  # nothing leaves before the row is there for good
    assert queued == [()]
    assert not siti.has_usable_password()
    assert siti.may("content.draft", cast.diskominfo.pk)
    assert [entry.target_label for entry in trail("accounts.user.invited")] == ["Siti Rahma"]
    assert len(trail("accounts.grant.given")) == 1


@pytest.mark.parametrize("who", ["dwi", "sari", "ratna", "laila", "nur", "inactive"])
def test_others_invite_nobody(cast: Cast, queued: list[tuple[object, ...]], who: str) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    with pytest.raises(PermissionDenied):
        invite(cast, getattr(cast, who))
    assert not User.objects.filter(full_name="Siti Rahma").exists()


@pytest.mark.parametrize("email", ["dwi@samudrakota.example", "DWI@Samudrakota.example"])
def test_an_address_belongs_to_one_person_whatever_its_case(cast: Cast, email: str) -> None:
    with pytest.raises(AccountError) as refused:
        invite(cast, cast.bayu, email=email)
    assert refused.value.field == "email"


def link_sent_to(user: User) -> str:
    tasks.send_sign_in_letters()
    (message,) = outbox.outbox
    assert message.to == [user.email]
    outbox.outbox.clear()
    found = re.search(r"https?://\S+", str(message.body))
    assert found
    return found[0]


def choose_password(link: str, password: str = NEW_PASSWORD) -> bool:
    """Follow the link in a fresh browser; return whether it let a password be chosen."""
    browser = Client()
    first = browser.get(link, follow=True)
    form = first.context.get("form") if first.context else None
    if form is None or not first.redirect_chain or "password1" not in form.fields:
        return False
    address = first.redirect_chain[-1][0]
    answer = browser.post(address, {"password1": password, "password2": password})
    return answer.status_code == 302


def test_the_link_lets_a_password_be_chosen_once(
    cast: Cast, settings: Settings, queued: list[tuple[object, ...]]
) -> None:
    settings.SITE_URL = "https://testserver"
    siti = invite(cast, cast.bayu)
    link = link_sent_to(siti)
    assert link.startswith("https://testserver/")
    assert choose_password(link)
    browser = Client()
    signed_in = browser.post(
        reverse("account_login"), {"login": siti.email, "password": NEW_PASSWORD}
    )
    assert signed_in.status_code == 302
    assert signed_in["Location"] == reverse("home")
    assert browser.get(reverse("accounts:official_account_list")).status_code == 200
    assert not choose_password(link, "perahu-lain-di-laut-99")


def test_the_link_expires(cast: Cast, settings: Settings, queued: list[tuple[object, ...]]) -> None:
    siti = invite(cast, cast.bayu)
    link = link_sent_to(siti)
    later = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT, days=1)
    with time_machine.travel(later):
        assert not choose_password(link)
    siti.refresh_from_db()
    assert not siti.has_usable_password()


def test_a_weak_password_is_refused_and_the_link_still_works(
    cast: Cast, queued: list[tuple[object, ...]]
) -> None:
    siti = invite(cast, cast.bayu)
    link = link_sent_to(siti)
    assert not choose_password(link, "123456789012")
    assert choose_password(link)


def test_the_message_speaks_the_language_of_the_person(
    cast: Cast, queued: list[tuple[object, ...]]
) -> None:
    invite(cast, cast.bayu, language="en")
    tasks.send_sign_in_letters()
    (message,) = outbox.outbox
    assert "Dear Siti Rahma" in message.body
    assert "Kota Samudra" in message.subject
    assert "\n" not in message.subject


@pytest.mark.parametrize("meanwhile", ["nothing", "a password", "shut out"])
def test_nobody_who_has_a_password_or_is_shut_out_by_then_gets_a_link(
    cast: Cast, queued: list[tuple[object, ...]], meanwhile: str
) -> None:
    siti = invite(cast, cast.bayu)
    if meanwhile == "a password":
        siti.set_password(NEW_PASSWORD)
        siti.save()
    elif meanwhile == "shut out":
        actions.deactivate_user(actor=cast.bayu, user_id=siti.pk, reason="Batal")
    tasks.send_sign_in_letters()
    assert len(outbox.outbox) == (meanwhile == "nothing")
    letter = WaitingLetter.objects.get()
    assert (letter.settled_at is not None, letter.sealed) == (True, "")


def test_an_invitation_is_sent_again_only_while_it_is_open(
    cast: Cast,
    queued: list[tuple[object, ...]],
    client_as: ClientAs,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    siti = invite(cast, cast.bayu)
    client = client_as("bayu")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("people:user_invite_again", args=[siti.pk]))
        client.post(reverse("people:user_invite_again", args=[cast.dwi.pk]))
    assert queued == [()]
    assert len(trail("accounts.user.invited_again")) == 1


def test_a_deactivated_person_is_out_at_once_and_old_sessions_never_come_back(
    cast: Cast, client_as: ClientAs
) -> None:
    browser, home = client_as("dwi"), reverse("accounts:official_account_list")
    assert browser.get(home).status_code == 200
    actions.deactivate_user(actor=cast.bayu, user_id=cast.dwi.pk, reason="Pindah tugas")
    assert browser.get(home).status_code == 302
    sign_in = {"login": cast.dwi.email, "password": factories.PASSWORD}
    fresh = Client()
    fresh.post(reverse("account_login"), sign_in)
    assert "_auth_user_id" not in fresh.session
    (entry,) = trail("accounts.user.deactivated")
    assert entry.data == {"reason": "Pindah tugas"}

    actions.reactivate_user(actor=cast.bayu, user_id=cast.dwi.pk, reason="Kembali")
    assert browser.get(home).status_code == 302
    fresh.post(reverse("account_login"), sign_in)
    assert fresh.get(home).status_code == 200
    assert len(trail("accounts.user.reactivated")) == 1


@pytest.mark.parametrize("who", ["dwi", "sari", "ratna", "laila", "nur", "inactive"])
def test_others_deactivate_and_reactivate_nobody(cast: Cast, who: str) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    actor = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        actions.deactivate_user(actor=actor, user_id=cast.rina.pk, reason="x")
    with pytest.raises(PermissionDenied):
        actions.reactivate_user(actor=actor, user_id=cast.inactive.pk, reason="x")


def test_one_with_roles_in_two_units_is_deactivated_only_by_who_administers_both(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    page = reverse("people:user_deactivate", args=[cast.fajar.pk])
    person = reverse("people:user_detail", args=[cast.fajar.pk])
    assert page in client_as("nur").get(person).content.decode()
    factories.grant(cast.fajar, Role.REVIEWER, cast.diskominfo)
    assert page not in client_as("nur").get(person).content.decode()
    assert client_as("nur").get(page).status_code == 403, "before a reason is typed"
    assert client_as("bayu").get(page).status_code == 200
    with pytest.raises(PermissionDenied):
        actions.deactivate_user(actor=cast.nur, user_id=cast.fajar.pk, reason="x")
    actions.deactivate_user(actor=cast.bayu, user_id=cast.fajar.pk, reason="Pindah")
    assert cast.fajar.reach_now() == {}


def test_nobody_deactivates_themselves_the_last_administrator_or_the_system(cast: Cast) -> None:
    with pytest.raises(AccountError, match="yourself"):
        actions.deactivate_user(actor=cast.bayu, user_id=cast.bayu.pk, reason="x")
    factories.grant(
        cast.rina, Role.ADMINISTRATOR, cast.city, ends_at=timezone.now() + timedelta(days=1)
    )
    with pytest.raises(AccountError, match="last administrator"):
        actions.deactivate_user(actor=cast.rina, user_id=cast.bayu.pk, reason="x")
    with pytest.raises(User.DoesNotExist):
        actions.reactivate_user(actor=cast.bayu, user_id=User.objects.system().pk, reason="x")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": "sari@samudrakota.example"}, "email"),
        ({"full_name": ""}, "full_name"),
        ({"full_name": "x" * 151}, "full_name"),
        ({"role": "root"}, "role"),
        ({"unit": "0"}, "unit"),
        ({"language": "xx"}, "language"),
    ],
    ids=str,
)
def test_a_bad_invitation_is_told_beside_its_field_and_keeps_what_was_typed(
    cast: Cast, client_as: ClientAs, changes: dict[str, str], field: str
) -> None:
    data = {
        "full_name": "Siti Rahma",
        "email": "siti@samudrakota.example",
        "position": "Pranata Humas Ahli",
        "language": "id",
        "role": "drafter",
        "unit": str(cast.diskominfo.pk),
        **changes,
    }
    response = client_as("bayu").post(reverse("people:user_invite"), data)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "Pranata Humas Ahli" in response.content.decode()


def test_people_change_their_own_profile_and_nothing_else(cast: Cast, client_as: ClientAs) -> None:
    data = {
        "full_name": "Dwi Hartono, S.I.Kom.",
        "position": "Pranata Humas",
        "language": "en",
        "theme": "dark",
        "email": "forged@samudrakota.example",
        "is_active": "",
    }
    assert client_as("dwi").post(reverse("people:profile_edit"), data).status_code == 302
    cast.dwi.refresh_from_db()
    assert (cast.dwi.full_name, cast.dwi.theme) == ("Dwi Hartono, S.I.Kom.", "dark")
    assert cast.dwi.email == "dwi@samudrakota.example"
    (entry,) = trail("accounts.user.changed")
    assert entry.data == {"changed": ["full_name", "position", "language", "theme"]}
    with override("en"):
        assert entry.sentence.endswith(": Full name, Position, Language, Appearance.")


def test_what_is_chosen_on_any_page_goes_through_the_action_and_into_the_trail(
    cast: Cast, client_as: ClientAs
) -> None:
    browser = client_as("dwi")
    browser.post("/preferences/language/", {"language": "en"})
    browser.post("/preferences/theme/", {"theme": "dark"})
    browser.post("/preferences/theme/", {"theme": "dark"})
    entries = trail("accounts.user.preferences_changed")
    assert [entry.data for entry in entries] == [{"changed": ["language"]}, {"changed": ["theme"]}]
    assert {entry.actor for entry in entries} == {cast.dwi}
    assert not trail("accounts.user.changed"), "the profile is as it was"
    elsewhere = client_as("dwi").get(reverse("people:profile_edit")).content.decode()
    assert 'lang="en"' in elsewhere, "the choice follows the person to another browser"
    assert 'data-theme="dark"' in elsewhere

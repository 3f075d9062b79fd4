"""Letters and cards about connections that end: each once, whatever happens to the broker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, tasks
from accounts.capabilities import Role
from accounts.models import ConnectionWarning, Credential, OfficialAccount
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.secrets import SECRET, give_credential
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    made = factories.official_account(cast.diskominfo, display_name="Kanal Kota")
    give_credential(made, cast.bayu)
    return made


def ends_in(account: OfficialAccount, **left: float) -> None:
    Credential.objects.filter(official_account=account).update(
        expires_at=timezone.now() + timedelta(**left)
    )


def beat() -> list[str]:
    """What the task of beat sends: the subjects of the letters."""
    mail.outbox.clear()
    tasks.warn_of_ends()
    return [str(letter.subject) for letter in mail.outbox]


@pytest.mark.parametrize(
    ("left", "days"),
    [
        ({"days": 30}, None),
        ({"days": 15}, None),
        ({"days": 13}, 14),
        ({"days": 7, "hours": 1}, 14),
        ({"days": 6}, 7),
        ({"days": 2}, 7),
        ({"hours": 20}, 1),
        ({"hours": -3}, 1),
    ],
)
def test_the_letter_that_is_due_is_sent_once(
    account: OfficialAccount, left: dict[str, float], days: int | None
) -> None:
    ends_in(account, **left)
    first, again = beat(), beat()
    assert again == []
    if days is None:
        assert first == []
        return
    assert len(first) == 1
    assert str(days) in first[0]
    warning = ConnectionWarning.objects.get()
    assert (warning.days, warning.letters) == (days, 1)
    (entry,) = trail("accounts.connection.warned")
    assert entry.data == {"days": days, "letters": 1}


def test_each_step_has_its_letter_and_a_new_end_begins_anew(account: OfficialAccount) -> None:
    end = timezone.now() + timedelta(days=13)
    Credential.objects.update(expires_at=end)
    for _ in range(3):
        beat()
    ConnectionWarning.objects.filter(days=14).get()
    ends_in(account, days=12)
    assert len(beat()) == 1, "another end, another letter"


def test_the_letter_says_what_ends_and_where_to_act_to_those_who_can(
    cast: Cast, account: OfficialAccount
) -> None:
    local = factories.user("Siti Rahma", email="siti@samudrakota.example", language="en")
    factories.grant(local, Role.ADMINISTRATOR, cast.diskominfo)
    elsewhere = factories.user("Joko Susilo")
    factories.grant(elsewhere, Role.ADMINISTRATOR, cast.dinkes)
    gone = factories.user("Tono Hadi", is_active=False)
    factories.grant(gone, Role.ADMINISTRATOR, cast.diskominfo)
    ends_in(account, days=6)
    beat()
    letters = {letter.to[0]: str(letter.body) for letter in mail.outbox}
    assert letters.keys() == {cast.bayu.email, local.email}
    text = letters[local.email]
    assert "Kanal Kota" in text
    assert reverse("accounts:official_account_connect", args=[account.pk]) in text
    assert "Dear Siti Rahma" in text
    assert SECRET not in text


def test_a_revocation_is_told_once_for_each_connection(
    cast: Cast, account: OfficialAccount
) -> None:
    system = cast.bayu
    actions.mark_revoked(
        actor=system, official_account_id=account.pk, reason="gone", used_since=timezone.now()
    )
    assert len(beat()) == 1
    assert beat() == []
    Credential.objects.update(status="good", connected_at=timezone.now())
    assert beat() == []
    actions.mark_revoked(
        actor=system, official_account_id=account.pk, reason="gone again", used_since=timezone.now()
    )
    assert len(beat()) == 1


def test_a_mail_server_that_fails_is_asked_again(
    account: OfficialAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_in(account, days=6)

    def down(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr("accounts.mail.send_mail", down)
        assert beat() == []
    assert ConnectionWarning.objects.get().sent_at is None
    assert not trail("accounts.connection.warned")
    assert len(beat()) == 1


def test_a_letter_that_is_no_longer_true_is_not_sent(account: OfficialAccount) -> None:
    ends_in(account, days=6)
    actions.plan_warnings()
    ends_in(account, days=60)
    assert beat() == []
    assert ConnectionWarning.objects.get().letters == 0


def test_a_closed_account_is_no_longer_anybodys_worry(cast: Cast, account: OfficialAccount) -> None:
    ends_in(account, days=6)
    actions.close_official_account(
        actor=cast.bayu, official_account_id=account.pk, reason="Digabung"
    )
    assert beat() == []


def test_the_table_takes_each_warning_once(account: OfficialAccount) -> None:
    ends_in(account, days=6)
    actions.plan_warnings()
    warning = ConnectionWarning.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ConnectionWarning.objects.create(
            credential=warning.credential, days=warning.days, about=warning.about
        )
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        warning.delete()


def test_the_home_page_shows_what_ends_to_those_who_can_act(
    account: OfficialAccount, client_as: ClientAs
) -> None:
    ends_in(account, days=6)
    health = reverse("accounts:connection_health")
    assert health in client_as("bayu").get(reverse("home")).content.decode()
    assert health not in client_as("sari").get(reverse("home")).content.decode()
    ends_in(account, days=60)
    assert health not in client_as("bayu").get(reverse("home")).content.decode()

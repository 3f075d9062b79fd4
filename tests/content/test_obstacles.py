"""What is scheduled from an account that cannot publish is called so before its time comes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions as register
from accounts.models import User
from content.models import Publication
from content.selectors import publications_that_will_fail
from tests import factories
from tests.accounts.secrets import give_credential
from tests.conftest import Cast
from tests.content.stage import Stage, make_stage

ClientAs = Callable[[object], Client]
OBSTACLES = [
    ("suspended", "The account is suspended"),
    ("closed", "The account is closed"),
    ("disconnected", "The account is not connected"),
]


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """One publication that is scheduled, from an account that is connected and in use."""
    made = make_stage(cast)
    give_credential(made.account, cast.bayu)
    return made.submit().approve()


def obstruct(stage: Stage, how: str) -> Publication:
    action = {
        "suspended": register.suspend_official_account,
        "closed": register.close_official_account,
        "disconnected": register.disconnect_account,
    }[how]
    action(actor=stage.cast.bayu, official_account_id=stage.account.pk, reason="Ditertibkan")
    return Publication.objects.get(pk=stage.publication.pk)


def words(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def reads(client_as: ClientAs, person: User) -> Client:
    return client_as(factories.reads_english(person))


@pytest.mark.parametrize("how", [how for how, _words in OBSTACLES])
def test_the_home_page_says_which_account_and_how_many_until_it_publishes_again(
    stage: Stage, client_as: ClientAs, how: str
) -> None:
    sari = reads(client_as, stage.cast.sari)
    calm = "Every publication is out or on its way."
    assert calm in words(sari, reverse("home"))
    assert not publications_that_will_fail(stage.cast.sari).exists()
    publication = obstruct(stage, how)
    told = words(sari, reverse("home"))
    state = "not connected" if how == "disconnected" else how
    assert f"{stage.account} is {state}" in told
    assert "1 scheduled publication will fail." in told
    assert calm not in told
    # The row of the database and the row in hand say the same.
    assert list(publications_that_will_fail(stage.cast.sari)) == [publication]
    assert publication.obstacle


def test_a_suspended_account_taken_into_use_again_threatens_nobody(
    stage: Stage, client_as: ClientAs
) -> None:
    obstruct(stage, "suspended")
    register.activate_official_account(
        actor=stage.cast.bayu, official_account_id=stage.account.pk, reason="Sudah tertib"
    )
    assert "will fail" not in words(reads(client_as, stage.cast.sari), reverse("home"))
    assert stage.publication.obstacle is None

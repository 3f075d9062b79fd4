"""What is scheduled from an account that cannot publish is called so before its time comes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import actions as register
from accounts.models import User
from content.models import Publication
from content.selectors.posts import publications_that_will_fail
from govsocial.web import navigation
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast
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
    calm = "Nothing needs attention."
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


@pytest.mark.parametrize(("how", "why"), OBSTACLES)
def test_its_pages_say_so_to_who_writes_as_well(
    stage: Stage, client_as: ClientAs, how: str, why: str
) -> None:
    dwi = reads(client_as, stage.cast.dwi)
    addresses = [
        reverse("content:publication_list"),
        reverse("content:publication_detail", args=[stage.publication.pk]),
        reverse("content:post_detail", args=[stage.post.pk]),
    ]
    # The list can be filtered by it, too.
    before = {address: words(dwi, address).count("will fail") for address in addresses}
    assert list(before.values()) == [1, 0, 0]
    obstruct(stage, how)
    for address in addresses:
        told = words(dwi, address)
        assert told.count("Scheduled, will fail") > before[address], address
        assert why in told, address


@pytest.mark.parametrize("how", [how for how, _words in OBSTACLES])
def test_the_page_of_the_account_counts_what_fails_while_it_cannot_publish(
    stage: Stage, client_as: ClientAs, how: str
) -> None:
    bayu = reads(client_as, stage.cast.bayu)
    address = reverse("accounts:official_account_detail", args=[stage.account.pk])
    told = "1 scheduled publication of this account will fail."
    calm = words(bayu, address)
    assert told not in calm
    assert "Nothing needs to be done." in calm
    obstruct(stage, how)
    assert told in words(bayu, address)
    assert "Nothing needs to be done." not in words(bayu, address)


def test_the_navigation_counts_what_will_fail_as_the_home_page_does(
    stage: Stage, client_as: ClientAs
) -> None:
    sari = client_as("sari")

    def counted() -> tuple[int | None, int | None, int]:
        page = sari.get(reverse("home"))
        request = page.wsgi_request
        counts = {place.key: link.count for place, link in navigation.links(request)}
        return counts["publications"], counts["home"], page.context["waiting"]

    assert counted() == (None, None, 0)
    obstruct(stage, "suspended")
    assert counted() == (1, 1, 1)


def test_many_of_them_cost_the_list_no_query_more(stage: Stage, client_as: ClientAs) -> None:
    dwi, address = client_as("dwi"), reverse("content:publication_list")
    dwi.get(address)
    asked = []
    for more in (0, 4):
        for _ in range(more):
            make_stage(stage.cast).submit().approve()
        with CaptureQueriesContext(connection) as queries:
            dwi.get(address)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_suspended_account_taken_into_use_again_threatens_nobody(
    stage: Stage, client_as: ClientAs
) -> None:
    obstruct(stage, "suspended")
    register.activate_official_account(
        actor=stage.cast.bayu, official_account_id=stage.account.pk, reason="Sudah tertib"
    )
    assert "will fail" not in words(reads(client_as, stage.cast.sari), reverse("home"))
    assert stage.publication.obstacle is None

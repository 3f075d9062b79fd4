"""Who takes an account away is told before what is scheduled from it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from content.models import Publication
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.content.stage import make_stage

ClientAs = Callable[[object], Client]
TOLD = "1 scheduled publication of this account will fail."


@pytest.mark.parametrize("what", ["edit", "close", "disconnect"])
def test_the_page_counts_what_will_fail_before_it_happens(
    cast: Cast, client_as: ClientAs, what: str
) -> None:
    cast.bayu.language = "en"
    cast.bayu.save()
    stage, client = make_stage(cast), client_as("bayu")
    give_credential(stage.account, cast.bayu)
    address = reverse(f"accounts:official_account_{what}", args=[stage.account.pk])
    assert "will fail" not in client.get(address).content.decode()
    stage.submit().approve()
    assert stage.publication.status == Publication.Status.SCHEDULED
    assert TOLD in client.get(address).content.decode()


def test_a_change_of_details_takes_nothing_away_unless_the_handle_changes(
    cast: Cast, client_as: ClientAs
) -> None:
    stage, client = make_stage(cast), client_as(factories.reads_english(cast.bayu))
    give_credential(stage.account, cast.bayu)
    stage.submit().approve()
    address = reverse("accounts:official_account_edit", args=[stage.account.pk])
    condition = "If the handle or the server is changed, the stored secret is forgotten, "
    page = client.get(address).content.decode()
    assert f"{condition}the account must be connected again, and {TOLD}" in page
    assert page.count(TOLD) == 1
    assert "Change the details of @" in page


def test_opening_an_account_again_threatens_nobody(cast: Cast, client_as: ClientAs) -> None:
    stage = make_stage(cast)
    stage.submit().approve()
    address = reverse("accounts:official_account_reopen", args=[stage.account.pk])
    assert "will fail" not in client_as("bayu").get(address).content.decode()

"""What needs attention on the home page before it has failed."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Credential
from content import actions
from content.models import Publication
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.content.stage import Stage, document, make_stage

ClientAs = Callable[[object], Client]


def another(stage: Stage) -> Stage:
    """One more publication on the same account."""
    post = actions.create_post(
        actor=stage.cast.dwi,
        unit_id=stage.cast.diskominfo.pk,
        document=document(stage.account, text="Pasar murah."),
    )
    return Stage(stage.cast, stage.account, post).submit().approve()


def test_scheduled_publications_of_an_account_without_connection_are_told_to_who_publishes(
    cast: Cast, client_as: ClientAs
) -> None:
    stage = make_stage(cast).submit().approve()
    another(stage)
    elsewhere = make_stage(cast).submit().approve()
    Credential.objects.update(status="revoked")
    assert set(Publication.objects.values_list("status", flat=True)) == {"scheduled"}
    browser = client_as(factories.reads_english(cast.sari))
    page = browser.get(reverse("home"))
    text = " ".join(page.content.decode().split())
    for account, told in (
        (stage.account, "2 scheduled publications will fail."),
        (elsewhere.account, "1 scheduled publication will fail."),
    ):
        assert f"{account} is not connected" in text
        assert told in text
        detail = reverse("accounts:official_account_detail", args=[account.pk])
        assert detail in text
        assert browser.get(detail).status_code == 200
    assert "Every publication is out or on its way." not in text
    (card,) = [
        one for one in page.context["aside_cards"] if one.template == "content/_home_trouble.html"
    ]
    assert card.waiting == 3
    for account in (stage.account, elsewhere.account):
        give_credential(account, cast.bayu)
    calm = browser.get(reverse("home")).content.decode()
    assert "is not connected" not in calm
    assert "Every publication is out or on its way." in calm
    Credential.objects.filter(official_account=stage.account).update(status="revoked")
    again = " ".join(browser.get(reverse("home")).content.decode().split())
    assert f"{stage.account} is not connected" in again
    assert f"{elsewhere.account} is not connected" not in again


def test_who_publishes_elsewhere_is_not_told(cast: Cast, client_as: ClientAs) -> None:
    make_stage(cast).submit().approve()
    Credential.objects.update(status="revoked")
    for person in (cast.dwi, cast.laila):
        page = client_as(factories.reads_english(person)).get(reverse("home"))
        assert "is not connected" not in page.content.decode()


def test_it_costs_no_query_more(cast: Cast, client_as: ClientAs) -> None:
    stage = make_stage(cast).submit().approve()
    credential = give_credential(stage.account, cast.bayu)
    browser = client_as("sari")
    browser.get(reverse("home"))
    counts = []
    for status in ("good", "revoked"):
        Credential.objects.update(status=status)
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(reverse("home"))
        counts.append(len(asked))
    assert str(stage.account) in page.content.decode()
    assert credential is not None
    assert counts[0] == counts[1]

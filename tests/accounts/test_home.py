"""What waits for whoever connects official accounts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Credential, OfficialAccount
from govsocial.web import navigation
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.fixture
def accounts(cast: Cast) -> dict[str, OfficialAccount]:
    made = {
        name: factories.official_account(cast.diskominfo, display_name=f"Kanal {name}")
        for name in ("working", "revoked", "removed", "never", "closed")
    }
    for name in ("working", "revoked", "removed"):
        give_credential(made[name], cast.bayu)
    revoked = Credential.objects.filter(official_account=made["revoked"])
    revoked.update(status=Credential.Status.REVOKED)
    removed = Credential.objects.filter(official_account=made["removed"])
    removed.update(status=Credential.Status.REMOVED, sealed="")
    OfficialAccount.objects.filter(pk=made["closed"].pk).update(
        status="closed", closed_on=timezone.localdate(), closed_reason="Digabung"
    )
    return made


def test_the_administrator_sees_what_to_connect_with_the_way_to_do_it(
    cast: Cast, accounts: dict[str, OfficialAccount], client_as: ClientAs
) -> None:
    answer = client_as("bayu").get(reverse("home"))
    page = answer.content.decode()
    ways = {
        name: reverse("accounts:official_account_connect", args=[account.pk]) in page
        for name, account in accounts.items()
    }
    assert [name for name, shown in ways.items() if shown] == ["revoked", "removed", "never"]
    assert page.index("Kanal revoked") < page.index("Kanal never"), "what stopped working first"
    assert answer.context["waiting"] == 3
    counts = {link.key: link.count for _place, link in navigation.links(answer.wsgi_request)}
    assert (counts["accounts"], counts["home"]) == (3, 3)


@pytest.mark.parametrize("who", ["dwi", "sari", "ratna", "laila", "nur"])
def test_others_are_not_bothered_with_it(
    cast: Cast, accounts: dict[str, OfficialAccount], client_as: ClientAs, who: str
) -> None:
    answer = client_as(who).get(reverse("home"))
    assert "/connect/" not in answer.content.decode()
    counts = {link.key: link.count for _place, link in navigation.links(answer.wsgi_request)}
    assert counts["accounts"] is None


def test_nothing_to_connect_is_no_card(cast: Cast, client_as: ClientAs) -> None:
    give_credential(factories.official_account(cast.diskominfo), cast.bayu)
    assert "/connect/" not in client_as("bayu").get(reverse("home")).content.decode()

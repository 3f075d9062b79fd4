"""Which rights a connection lacks, where they are asked for only since it was made."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts import rights
from accounts.health import State, health_of
from accounts.models import Credential, OfficialAccount
from accounts.selectors import accounts_with_health
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast

ClientAs = Callable[[object], Client]


def test_a_connection_from_before_answers_were_asked_for_says_so(
    cast: Cast, client_as: ClientAs
) -> None:
    made = factories.official_account(cast.diskominfo, platform="facebook", host="")
    give_credential(made, cast.bayu)
    kept = Credential.objects.filter(official_account=made)
    for scopes, lacking in (
        ([], []),
        (["pages_manage_posts", "pages_manage_engagement"], []),
        (["pages_manage_posts"], ["pages_manage_engagement"]),
    ):
        kept.update(scopes=scopes)
        (row,) = accounts_with_health(cast.bayu).filter(pk=made.pk)
        found = health_of(row)
        assert (found.state, found.missing_scopes) == (
            State.SCOPES if lacking else State.GOOD, lacking,
        )  # fmt: skip
    page = reverse("accounts:official_account_detail", args=[made.pk])
    told = client_as(factories.reads_english(cast.bayu)).get(page).content.decode()
    assert "threads and first comments are refused" in told
    assert "<code>pages_manage_engagement</code>" in told
    kept.update(status="revoked")
    assert rights.lacking_to_answer(OfficialAccount.objects.get(pk=made.pk)) == []

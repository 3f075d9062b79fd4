"""That an account is not connected is known before anybody approves what a person must post."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import Credential, OfficialAccount
from content import actions
from content.models import Post
from content.preflight import notes, unconnected
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.content.stage import Stage, document, make_stage

SignIn = Callable[[object], Client]
NOT_YET = "is not connected: a person posts there by hand what was approved."
AGAIN = "must be connected again. Until then, a person posts there by hand what was approved."


def words(page: bytes) -> str:
    return " ".join(page.decode().split())


@pytest.mark.parametrize(
    ("status", "told"),
    [(None, NOT_YET), ("removed", NOT_YET), ("revoked", AGAIN), ("good", "")],
)
def test_the_note_follows_the_state_of_the_connection_and_names_the_account(
    cast: Cast, status: str | None, told: str
) -> None:
    account = factories.official_account(cast.diskominfo)
    if status:
        give_credential(account, cast.bayu)
        sealed = {"sealed": ""} if status == "removed" else {}
        Credential.objects.update(status=status, **sealed)
    found = notes(OfficialAccount.objects.get(pk=account.pk), "Halo", [])
    assert [note.startswith(f"{account} {told}") for note in found] == ([True] if told else [])


def test_the_note_is_told_in_indonesian(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    with translation.override("id"):
        assert notes(account, "Halo", []) == [
            f"{account} belum terhubung: naskah yang disetujui ditayangkan petugas."
        ]


@pytest.mark.parametrize("platform", ["wiki", "feed"])
def test_nothing_is_said_of_an_account_that_is_not_written_for(cast: Cast, platform: str) -> None:
    account = factories.unsaved_account(cast.diskominfo, platform=platform)
    assert list(unconnected([account])) == []


def test_who_writes_reads_it_in_the_preview_and_on_the_draft(cast: Cast, client_as: SignIn) -> None:
    stage = make_stage(cast, connected=False)
    client = client_as(factories.reads_english(cast.dwi))
    typed = {"unit": cast.diskominfo.pk, "accounts": [stage.account.pk], "text": "Halo"}
    told = f"{stage.account} {NOT_YET}"
    preview = client.post(reverse("content:post_preview"), typed)
    draft = client.get(reverse("content:post_detail", args=[stage.post.pk]))
    for answer in (preview, draft):
        assert told in words(answer.content)
        assert "mended" not in words(answer.content), "it stops nothing"
    give_credential(stage.account, cast.bayu)
    assert NOT_YET not in words(client.post(reverse("content:post_preview"), typed).content)


def test_who_decides_reads_it_of_every_account_and_may_approve_all_the_same(
    cast: Cast, client_as: SignIn
) -> None:
    first, second = (factories.official_account(cast.diskominfo) for _number in range(2))
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(first, second)
    )
    stage = Stage(cast, first, post).submit()
    client = client_as(factories.reads_english(cast.sari))
    page = words(client.get(reverse("content:post_detail", args=[post.pk])).content)
    for account in (first, second):
        assert page.count(f"{account} {NOT_YET}") == 1
    give_credential(second, cast.bayu)
    page = words(client.get(reverse("content:post_detail", args=[post.pk])).content)
    assert f"{second} {NOT_YET}" not in page
    stage.approve()
    assert stage.fresh().status == Post.Status.SCHEDULED
    page = words(client.get(reverse("content:post_detail", args=[post.pk])).content)
    assert NOT_YET not in page, "from now on the publication says who posts it"


def test_many_accounts_cost_no_query_each(cast: Cast, client_as: SignIn) -> None:
    client = client_as("dwi")
    asked = []
    for many in (1, 12):
        accounts = [factories.official_account(cast.diskominfo) for _number in range(many)]
        post = actions.create_post(
            actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts)
        )
        typed = {
            "unit": cast.diskominfo.pk,
            "accounts": [account.pk for account in accounts],
            "text": "Halo",
        }
        with CaptureQueriesContext(connection) as preview:
            client.post(reverse("content:post_preview"), typed)
        with CaptureQueriesContext(connection) as draft:
            client.get(reverse("content:post_detail", args=[post.pk]))
        asked.append((len(preview), len(draft)))
    assert asked[0] == asked[1]
    assert max(asked[0]) <= 15

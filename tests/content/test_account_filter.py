"""The lists of posts and publications, filtered by accounts that are found by words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import OfficialAccount
from content.models import Post, Publication
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, make_stage

SignIn = Callable[[object], Client]
LISTS = ["content:post_list", "content:publication_list"]
MOST_BYTES = 100_000


@pytest.fixture
def stages(cast: Cast) -> tuple[Stage, Stage]:
    """Two posts that went through approval, each on an account of its own."""
    first, second = make_stage(cast, title="Rabies"), make_stage(cast, title="Beasiswa")
    for stage, handle, name in (
        (first, "hewan.samudrakota.example", "Kesehatan Hewan"),
        (second, "sekolah.samudrakota.example", "Sekolah 112"),
    ):
        stage.submit().approve()
        OfficialAccount.objects.filter(pk=stage.account.pk).update(handle=handle, display_name=name)
        stage.account.refresh_from_db()
    return first, second


@pytest.fixture
def client(cast: Cast, client_as: SignIn) -> Client:
    return client_as(factories.reads_english(cast.dwi))


def titles(answer: Any) -> set[str]:
    return {
        row.version.title if isinstance(row, Publication) else row.title
        for row in answer.context["page"].object_list
        if isinstance(row, Post | Publication)
    }


@pytest.mark.parametrize("name", LISTS)
def test_words_of_a_handle_or_a_name_find_what_is_on_the_account(
    stages: tuple[Stage, Stage], client: Client, name: str
) -> None:
    for words in ("hewan", "@hewan", "KESEHATAN", "kesehatan @hewan.samudra", "hewan bluesky"):
        answer = client.get(reverse(name), {"account_words": words})
        assert titles(answer) == {"Rabies"}, words
        assert answer.context["chips"] == [("account", words, f"Account: {words}")]
        assert f'value="{words}"' in answer.content.decode()
    # A number that is typed is a word, and no row of the database.
    assert titles(client.get(reverse(name), {"account_words": "112"})) == {"Beasiswa"}
    both = client.get(reverse(name), {"account_words": "samudrakota"})
    assert titles(both) == {"Rabies", "Beasiswa"}


@pytest.mark.parametrize("name", LISTS)
def test_an_address_with_an_account_still_works_and_names_it(
    stages: tuple[Stage, Stage], client: Client, name: str
) -> None:
    account = stages[0].account
    answer = client.get(reverse(name), {"account": account.pk})
    assert titles(answer) == {"Rabies"}
    assert answer.context["chips"] == [("account", str(account.pk), f"Account: {account}")]
    page = answer.content.decode()
    assert f'name="account_words" value="{account}"' in page
    assert f'<input type="hidden" name="account" value="{account.pk}">' in page


@pytest.mark.parametrize("name", LISTS)
def test_the_account_stays_when_the_form_is_sent_again_and_goes_with_its_words(
    stages: tuple[Stage, Stage], client: Client, name: str
) -> None:
    account = stages[0].account
    both: dict[str, str | int] = {"account": account.pk, "account_words": str(account)}
    again = client.get(reverse(name), both | {"status": ""})
    assert titles(again) == {"Rabies"}
    # The chip takes away both, and keeps what else is asked.
    assert 'href="?status="' in again.content.decode()
    assert titles(client.get(reverse(name), both | {"account_words": ""})) == {"Rabies", "Beasiswa"}
    other = client.get(reverse(name), both | {"account_words": "sekolah"})
    assert titles(other) == {"Beasiswa"}
    assert 'type="hidden" name="account"' not in other.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_what_means_no_account_is_said_beside_the_field_and_finds_nothing(
    stages: tuple[Stage, Stage], client: Client, name: str
) -> None:
    for query in (
        {"account": "0"}, {"account": "abc"}, {"account": "²"}, {"account": "9" * 30},
        {"account_words": "tidakada"}, {"account_words": "@"}, {"account_words": "\0"},
        {"account_words": "a" * 201},
    ):  # fmt: skip
        answer = client.get(reverse(name), query)
        assert answer.status_code == 200
        assert titles(answer) == set(), query
        page = answer.content.decode()
        assert 'id="id_account_error"' in page
        assert "A filter in this address is not known." in page.split("</form>")[-1]


@pytest.mark.parametrize("name", LISTS)
def test_accounts_of_other_units_are_not_found(
    stages: tuple[Stage, Stage], cast: Cast, client: Client, name: str
) -> None:
    other = factories.official_account(cast.dinkes, display_name="Puskesmas")
    for query in ({"account": str(other.pk)}, {"account_words": "puskesmas"}):
        answer = client.get(reverse(name), query)
        assert answer.context["form"].errors.keys() == {"account"}


def test_the_export_takes_the_same_address(stages: tuple[Stage, Stage], client: Client) -> None:
    export = reverse("content:post_export")
    for query in ({"account": stages[0].account.pk}, {"account_words": "hewan"}):
        rows = b"".join(client.get(export, query).streaming_content).decode()  # type: ignore[attr-defined]  # streamed
        assert "Rabies" in rows
        assert "Beasiswa" not in rows
    wrong = client.get(export, {"account": "0"})
    assert wrong.status_code == 302
    assert wrong["Location"] == f"{reverse('content:post_list')}?account=0"


@pytest.mark.parametrize("name", LISTS)
def test_the_page_is_light_with_thousands_of_accounts(
    stages: tuple[Stage, Stage],
    cast: Cast,
    client: Client,
    name: str,
    django_assert_max_num_queries: Any,
) -> None:
    OfficialAccount.objects.bulk_create(
        OfficialAccount(
            unit=cast.diskominfo,
            platform="instagram",
            handle=f"layanan{number}",
            display_name=f"Layanan masyarakat nomor {number}",
            registered_by=cast.bayu,
        )
        for number in range(2_000)
    )
    for query in ("", "account_words=layanan", f"account={stages[0].account.pk}"):
        with django_assert_max_num_queries(15):
            answer = client.get(f"{reverse(name)}?{query}")
        assert answer.status_code == 200
        assert len(answer.content) <= MOST_BYTES, query

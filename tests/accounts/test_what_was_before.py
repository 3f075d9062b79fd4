"""What the register said once and says no more: days of closing, files that others replaced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import actions
from accounts.details import Upload
from accounts.models import Document, OfficialAccount
from govsocial.audit.models import Entry
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.register_stage import PDF, register
from tests.cast import Cast

ClientAs = Callable[[object], Client]
FIRST, SECOND = Upload(PDF, "SK-1.pdf"), Upload(PDF + b"\n", "SK-2.pdf")


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def closed(cast: Cast) -> OfficialAccount:
    return actions.close_official_account(
        actor=cast.bayu, official_account_id=register(cast).pk, reason="Digabung",
        closed_on=date(2026, 10, 5),
    )  # fmt: skip


@pytest.fixture
def replaced(cast: Cast) -> tuple[OfficialAccount, Document]:
    account = register(cast, decree=FIRST)
    old = account.decree_file
    assert old is not None
    return bring(cast, account, SECOND), old


def bring(cast: Cast, account: OfficialAccount, decree: Upload) -> OfficialAccount:
    return actions.change_official_account(
        actor=cast.bayu, official_account_id=account.pk, unit_id=account.unit_id,
        handle=account.handle, host="", display_name=account.display_name, decree=decree,
    )  # fmt: skip


def seen_by(client: Client, account: OfficialAccount) -> str:
    page = client.get(reverse("accounts:official_account_detail", args=[account.pk]))
    return " ".join(page.content.decode().split())


def download(client: Client, account: OfficialAccount, document: Document) -> int:
    address = reverse("accounts:document_download", args=[account.pk, document.pk])
    return client.get(address).status_code


def test_the_day_of_closing_is_told_and_stays_told_after_reopening(
    cast: Cast, closed: OfficialAccount, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.laila))
    now = "<bdi>5 October 2026</bdi>"
    history = seen_by(client, closed).partition('class="timeline"')[2]
    assert history.count(now) == 1
    assert history.count("Digabung") == 1, "in the sentence, not once more below it"
    actions.reopen_official_account(
        actor=cast.bayu, official_account_id=closed.pk, reason="Dipakai lagi"
    )
    (opened,) = trail("accounts.official_account.reopened")
    with translation.override("en"):
        assert [str(one) for one in opened.changes] == [
            "Closed on: 5 October 2026 → not given",
            "Reason of closing: Digabung → not given",
        ]
    assert seen_by(client, closed).count(now) == 2


@pytest.mark.parametrize("what", ["closed", "reopened"])
def test_an_entry_of_before_the_day_was_kept_still_reads(cast: Cast, what: str) -> None:
    old = Entry(
        event=f"accounts.official_account.{what}", actor_name="Sari",
        target_label="@samudrakota", data={"reason": "Digabung"},
    )  # fmt: skip
    assert old.changes == []
    with translation.override("en"):
        assert old.sentence == f"Sari {what} @samudrakota. Reason: “Digabung”"


def test_a_replaced_decree_is_read_by_whoever_sees_the_account(
    cast: Cast, replaced: tuple[OfficialAccount, Document], client_as: ClientAs,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    account, old = replaced
    laila = client_as(factories.reads_english(cast.laila))
    with django_assert_max_num_queries(15):
        page = seen_by(laila, account)
    address = reverse("accounts:document_download", args=[account.pk, old.pk])
    row = page.partition("<dt>Replaced decrees and minutes</dt>")[2].partition("</dd>")[0]
    assert f'href="{address}">SK-1.pdf</a>' in row, row
    assert page.count(">SK-2.pdf</a>") == 0, "the present one has its own place"
    assert download(laila, account, old) == 200
    assert trail("accounts.document.exported")[-1].data["file_name"] == "SK-1.pdf"
    assert download(client_as("fajar"), account, old) == 404


def test_files_of_other_accounts_stay_theirs_whatever_is_in_them(
    cast: Cast, replaced: tuple[OfficialAccount, Document], client_as: ClientAs
) -> None:
    account, old = replaced
    same = register(cast, handle="lain", decree=FIRST).decree_file
    theirs = actions.register_official_account(
        actor=cast.bayu, unit_id=cast.diskominfo.pk,
        platform="instagram", handle="ketiga", display_name="Ketiga", decree=SECOND,
    )  # fmt: skip
    never = register(cast, handle="keempat")
    client = client_as("laila")
    assert same is not None
    assert theirs.decree_file is not None
    assert download(client, account, same) == 404
    assert download(client, account, theirs.decree_file) == 404
    assert download(client, never, old) == 404
    assert seen_by(client, account).count(">SK-1.pdf</a>") == 1


def test_a_decree_that_comes_back_is_no_replaced_one(
    cast: Cast, replaced: tuple[OfficialAccount, Document], client_as: ClientAs
) -> None:
    account, _old = replaced
    bring(cast, account, FIRST)
    page = seen_by(client_as("laila"), account)
    assert (page.count(">SK-1.pdf</a>"), page.count(">SK-2.pdf</a>")) == (0, 1)


def test_replaced_minutes_of_an_assignment_are_read_too(cast: Cast, client_as: ClientAs) -> None:
    account = register(cast)
    assigned = actions.assign_administrator(
        actor=cast.bayu, official_account_id=account.pk, user_id=cast.sari.pk,
        starts_on=date(2026, 1, 5), minutes=Upload(PDF, "Berita acara 1.pdf"),
    )  # fmt: skip
    old = assigned.minutes
    actions.end_administrator(
        actor=cast.bayu, administrator_id=assigned.pk, ends_on=date(2026, 3, 1),
        reason="Pindah", minutes=Upload(PDF + b"\n", "Berita acara 2.pdf"),
    )  # fmt: skip
    assert old is not None
    client = client_as("laila")
    assert ">Berita acara 1.pdf</a>" in seen_by(client, account)
    assert download(client, account, old) == 200
    assert download(client_as("fajar"), account, old) == 404

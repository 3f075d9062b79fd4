"""What the register held before a change: in the trail, on its pages and in its export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from accounts import actions, importing
from accounts.details import Upload
from accounts.kept_values import LABELS, in_words, item_in_words
from accounts.models import OfficialAccount, User
from accounts.seen import WRITTEN
from govsocial.audit.models import Entry
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.register_stage import PDF, register
from tests.accounts.test_import import row
from tests.cast import Cast

ClientAs = Callable[[object], Client]
CHANGED = "accounts.official_account.changed"


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    made = register(cast, decree_number="SK 1/2026", decree_date=date(2026, 1, 5))
    return change(cast, made, person_in_charge_id=cast.sari.pk)


def change(cast: Cast, account: OfficialAccount, **changes: Any) -> OfficialAccount:
    names = ("unit_id", "handle", "host", "display_name")
    wanted = {name: getattr(account, name) for name in names} | changes
    return actions.change_official_account(
        actor=cast.bayu, official_account_id=account.pk, **wanted
    )


def told(cast: Cast, client_as: ClientAs, name: str, *args: int) -> str:
    page = client_as(factories.reads_english(cast.laila)).get(reverse(name, args=args))
    return " ".join(page.getvalue().decode().split())


def test_who_was_in_charge_and_by_which_decree_is_told_with_what_came_after(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    change(
        cast, account, decree_number="SK 2/2026", decree_date=date(2026, 6, 7),
        person_in_charge_id=cast.bayu.pk, two_step="on", two_step_checked_on=date(2026, 7, 8),
    )  # fmt: skip
    User.objects.filter(pk=cast.sari.pk).update(full_name="Sari Wulandari Putri")
    entry = trail(CHANGED)[-1]
    for page in (
        told(cast, client_as, "accounts:official_account_detail", account.pk),
        told(cast, client_as, "audit:entry_list"),
        told(cast, client_as, "audit:entry_detail", entry.pk),
    ):
        for one, two in (
            ("SK 1/2026", "SK 2/2026"),
            ("5 January 2026", "7 June 2026"),
            ("Sari Wulandari", "Bayu Pratama"),
            ("Not known", "On"),
        ):
            arrow = '<span aria-hidden="true">→</span><span class="visually-hidden">changed to'
            assert f"<bdi>{one}</bdi> {arrow}</span> <bdi>{two}</bdi>" in page
    exported = told(cast, client_as, "audit:entry_export")
    assert "Number of the decree: SK 1/2026 → SK 2/2026; Date of the decree: 5 January" in exported
    assert "Person in charge: Sari Wulandari → Bayu Pratama" in exported


def test_what_goes_with_another_handle_is_kept_too(cast: Cast, account: OfficialAccount) -> None:
    url = "https://www.instagram.com/samudrakota/"
    OfficialAccount.objects.filter(pk=account.pk).update(platform_id="1784", url=url)
    change(cast, account, handle="kotasamudra")
    data = trail(CHANGED)[-1].data
    before, after = (
        dict(zip(data["changed"], data[key], strict=True)) for key in ("before", "after")
    )
    assert before == {"handle": "samudrakota", "url": url, "platform_id": "1784"}
    assert after == {"handle": "kotasamudra", "url": "", "platform_id": ""}


def test_a_file_is_told_by_its_name_and_digest(cast: Cast, account: OfficialAccount) -> None:
    first = change(cast, account, decree=Upload(PDF, "SK 1.pdf")).decree_file
    second = change(cast, account, decree=Upload(PDF + b"\n", "SK 2.pdf")).decree_file
    assert first
    assert second
    (one,) = trail(CHANGED)[-1].changes
    assert one.before == f"SK 1.pdf ({first.sha256[:12]})"
    assert one.after == f"SK 2.pdf ({second.sha256[:12]})"


def test_a_long_text_is_whole_on_the_page_of_the_entry_only(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    change(cast, account, purpose="Layanan " * 30 + "<akhir>")
    whole = "Layanan " * 30 + "&lt;akhir&gt;"
    assert whole in told(cast, client_as, "audit:entry_detail", trail(CHANGED)[-1].pk)
    page = told(cast, client_as, "accounts:official_account_detail", account.pk)
    history = page[page.index('class="timeline"') :]
    assert "Layanan Layanan" in history
    assert whole not in history


def test_an_entry_of_before_values_were_kept_still_names_its_fields(
    cast: Cast, account: OfficialAccount
) -> None:
    old = Entry(
        event=CHANGED, actor_name="Sari", target_label="@samudrakota",
        data={"changed": ["decree_number", "two_step"]},
    )  # fmt: skip
    assert old.changes == []
    with translation.override("en"):
        assert old.sentence.endswith("Number of the decree, Two-step sign-in.")
    assert [key for key, _value in old.data_in_words] == ["changed"]


def test_nothing_is_written_down_where_nothing_changed(
    cast: Cast, account: OfficialAccount
) -> None:
    before = len(trail(CHANGED))
    change(cast, account, decree_number="SK 1/2026")
    assert len(trail(CHANGED)) == before


def test_the_same_choices_in_another_order_are_no_change(
    cast: Cast, account: OfficialAccount
) -> None:
    change(cast, account, audiences=["g2b", "g2c"])
    account.refresh_from_db()
    assert account.audiences == ["g2c", "g2b"], "in the order of the form"
    # As an import kept it once, in the order of its cell.
    OfficialAccount.objects.filter(pk=account.pk).update(audiences=["g2b", "g2c"])
    before = len(trail(CHANGED))
    change(cast, account, audiences=["g2c", "g2b"])
    assert len(trail(CHANGED)) == before
    change(cast, account, audiences=["g2c"])
    assert trail(CHANGED)[-1].data["after"] == ["g2c"]
    (checked,) = importing.check(cast.bayu, [(2, row(1, audiences="g2b, g2c"))])
    assert checked.wanted["audiences"] == ["g2c", "g2b"]


def test_every_field_of_the_form_is_kept_and_odd_values_still_read() -> None:
    assert set(WRITTEN) <= set(LABELS)
    assert in_words("two_step", "gone") == "gone"
    assert item_in_words("state", "gone") == "gone"
    assert in_words("decree_date", "soon") == "soon"
    assert in_words("decree_file_id", "") == in_words("person_in_charge_id", "") == ""

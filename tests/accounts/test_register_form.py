"""The form of an account, and what its history says of a change."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.details import LABELS, NAMES
from accounts.register_forms import OfficialAccountForm
from govsocial.audit.models import Entry
from tests import factories
from tests.accounts.register_stage import PDF, register, typed
from tests.cast import Cast

ClientAs = Callable[[object], Client]


def folded(answer: Any) -> dict[str, bool]:
    """Which sections of the form are folded, by their title."""
    parts = re.findall(
        r'<details class="card fold" (open)?>\s*<summary[^>]*>\s*<h2>(.*?)</h2>',
        answer.content.decode(),
    )
    return {title: not is_open for is_open, title in parts}


def test_what_is_seldom_needed_is_folded_until_it_says_something_or_is_wrong(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    address = reverse("accounts:official_account_register")
    purpose, decree, people, custody = (
        "What it is for", "Decree", "Who answers for it", "Custody and sign-in on the platform",
    )  # fmt: skip
    empty = client.get(address)
    assert folded(empty) == {purpose: True, decree: True, people: True, custody: True}
    # Folded or not, all fields are there: without scripts the form is the same.
    assert empty.content.decode().count('name="decree_number"') == 1
    wrong = client.post(
        address,
        typed(cast, handle="", purpose="Kabar", decree_date="2999-01-01"),
    )
    assert wrong.status_code == 422
    assert folded(wrong) == {purpose: False, decree: False, people: True, custody: True}
    account = register(cast, person_in_charge_id=cast.sari.pk)
    edit = client.get(reverse("accounts:official_account_edit", args=[account.pk]))
    assert folded(edit)[people] is False


LOST = "The file was not saved with the rest. Choose it again."


def test_a_chosen_file_is_never_lost_without_a_word(cast: Cast, client_as: ClientAs) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    address = reverse("accounts:official_account_register")
    decree = SimpleUploadedFile("sk.pdf", PDF)
    answer = client.post(address, typed(cast, handle="", decree_file=decree))
    assert answer.status_code == 422
    # Beside the field, in a section that is unfolded, and in the summary.
    assert answer.content.decode().count(LOST) == 2
    assert folded(answer)["Decree"] is False
    other = SimpleUploadedFile("sk.docx", b"PK a letter")
    both = client.post(address, typed(cast, handle="", decree_file=other)).content.decode()
    assert LOST not in both
    assert both.count("This file is no PDF and no picture that can be read.") == 2
    assert LOST not in client.post(address, typed(cast, handle="")).content.decode()
    assert client.get(address).content.decode().count(LOST) == 0


def test_the_history_names_the_fields_that_were_changed_and_what_they_held(
    cast: Cast, client_as: ClientAs
) -> None:
    account = register(cast)
    actions.change_official_account(
        actor=cast.bayu,
        official_account_id=account.pk,
        unit_id=account.unit_id,
        handle=account.handle,
        host=account.host,
        display_name="Kota Samudra Raya",
        recovery_email_holder="Kepala Bidang Humas",
        person_in_charge_id=cast.sari.pk,
    )
    page = client_as(factories.reads_english(cast.bayu)).get(
        reverse("accounts:official_account_detail", args=[account.pk])
    )
    told = (
        "Bayu Pratama changed the details of @samudrakota (Instagram): Display name, "
        "Person in charge, Holder of the recovery e-mail."
    )
    assert told in page.content.decode()
    kept = Entry.objects.get(event="accounts.official_account.changed").data
    assert kept == {
        "changed": ["display_name", "person_in_charge_id", "recovery_email_holder"],
        "before": [account.display_name, "", ""],
        "after": ["Kota Samudra Raya", f"{cast.sari.pk}:Sari Wulandari", "Kepala Bidang Humas"],
    }


def test_every_field_that_can_be_changed_has_its_name_in_the_history(cast: Cast) -> None:
    form = OfficialAccountForm(user=cast.bayu)
    for name in NAMES:
        shown = form.fields[name.removesuffix("_id")].label
        assert str(LABELS[name]) == (
            "Two-step sign-in checked on" if name == "two_step_checked_on" else str(shown)
        )

"""One row of many is found by words; a few rows are a select."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.capabilities import Role
from accounts.finding import account_field, person_field, person_named
from accounts.models import Grant, ImpersonationReport, OfficialAccount, User
from govsocial.web.finding import LONGEST, MOST_FOUND, words_of
from tests import factories
from tests.cast import Cast
from tests.gathering import each


def form_of(query: str | None = None, *, most: int = 3, **field: Any) -> forms.Form:
    class Ask(forms.Form):
        who = person_field(label="Who", queryset=User.objects.all(), most_options=most, **field)

    return Ask() if query is None else Ask(QueryDict(query))


def test_few_rows_are_a_select_that_knows_what_was_chosen(cast: Cast) -> None:
    html = str(form_of(f"who={cast.dwi.pk}", most=50)["who"])
    assert html.startswith("<select")
    assert f'<option value="{cast.dwi.pk}" selected>Dwi Hartono</option>' in html
    assert form_of(f"who={cast.dwi.pk}", most=50).is_valid()
    empty = form_of("who=", most=50, required=False)
    assert empty.is_valid()
    assert empty.cleaned_data == {"who": None}


@pytest.mark.parametrize("words", ["dwi", "hartono dwi", "dwi@samudrakota.example", "DWI"])
def test_words_of_one_person_mean_this_person(cast: Cast, words: str) -> None:
    form = form_of(f"who_words={words}")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["who"] == cast.dwi


def test_many_are_offered_to_choose_from_and_the_one_that_was_picked_counts(cast: Cast) -> None:
    twins = [factories.user("Kembar Sama", email=f"kembar{n}@samudrakota.example") for n in (1, 2)]
    form = form_of("who_words=kembar")
    assert "More than one" in str(form.errors)
    html = str(form["who"])
    assert 'name="who_words" value="kembar"' in html
    for twin in twins:
        assert f'<input type="radio" name="who" value="{twin.pk}">' in html
        assert twin.email in html
    picked = form_of(f"who_words=kembar&who={twins[1].pk}")
    assert picked.is_valid()
    assert picked.cleaned_data["who"] == twins[1]
    # The name that the page itself writes means the one person, also without a number.
    written = form_of(f"who_words={person_named(twins[0])}")
    assert written.is_valid()
    assert written.cleaned_data["who"] == twins[0]


def test_a_row_that_the_words_do_not_mean_does_not_count(cast: Cast) -> None:
    form = form_of(f"who_words=rina&who={cast.dwi.pk}")
    assert form.is_valid()
    assert form.cleaned_data["who"] == cast.rina
    assert not form_of(f"who_words={'dwi ' * LONGEST}&who={cast.dwi.pk}").is_valid()
    emptied = form_of(f"who_words=&who={cast.dwi.pk}", required=False)
    assert emptied.is_valid()
    assert emptied.cleaned_data["who"] is None


def test_no_more_are_offered_than_a_person_reads(cast: Cast) -> None:
    User.objects.bulk_create(
        User(email=f"banyak{n}@samudrakota.example", full_name=f"Banyak {n}") for n in range(60)
    )
    form = form_of("who_words=banyak")
    assert f"More than {MOST_FOUND} match" in str(form.errors)
    assert str(form["who"]).count('type="radio"') == MOST_FOUND


@each(
    ("query", "told"),
    [
        ("", "required"), ("who=", "required"), ("who_words=", "required"),
        ("who=0", "has this number"), ("who=x", "has this number"), ("who=%C2%B2", "this number"),
        ("who=99999999999999999999", "has this number"), ("who_words=tidakada", "matches"),
        ("who_words=%00", "matches"), ("who_words=%25", "matches"), ("who_words=_", "matches"),
        (f"who_words={'a' * (LONGEST + 1)}", "at most"),
        ("who_words=%3Cscript%3E", "&lt;script&gt;"),
    ],
)  # fmt: skip
def test_what_means_nobody_is_said_beside_the_field(cast: Cast, query: str, told: str) -> None:
    form = form_of(query)
    assert not form.is_valid()
    assert told in str(form["who"].errors)
    assert "<script>" not in str(form["who"])


def test_what_was_chosen_before_is_shown_by_its_name(cast: Cast) -> None:
    class Ask(forms.Form):
        account = account_field(label="A", queryset=OfficialAccount.objects.all(), most_options=0)

    account = factories.official_account(cast.dinkes)
    for initial in (account, account.pk, str(account.pk)):
        html = str(Ask(initial={"account": initial})["account"])
        assert f'name="account_words" value="{account}"' in html
        assert f'type="hidden" name="account" value="{account.pk}"' in html
        assert 'type="search"' in html


def test_a_field_without_its_rows_says_so() -> None:
    with pytest.raises(ValueError, match="rows first"):
        account_field().rows("x")


def test_words_are_cut_into_few() -> None:
    assert words_of(" @ \0 a\0b  · c ") == ["a", "b", "c"]
    assert len(words_of("a " * 100)) == 8


@pytest.fixture
def crowd(cast: Cast) -> list[User]:
    """A thousand people with a role in the whole city, and two thousand accounts."""
    people = User.objects.bulk_create(
        User(email=f"pegawai{n}@samudrakota.example", full_name=f"Pegawai Kota Nomor {n:04}")
        for n in range(1_000)
    )
    Grant.objects.bulk_create(
        Grant(
            user=person, role=Role.ADMINISTRATOR, unit=cast.city, granted_by=cast.bayu,
            starts_at=cast.bayu.date_joined,
        )
        for person in people
    )  # fmt: skip
    OfficialAccount.objects.bulk_create(
        OfficialAccount(
            unit=cast.dinkes, platform="instagram", handle=f"layanan{n}", registered_by=cast.bayu,
            display_name=f"Layanan {n}", status="active",
        )
        for n in range(2_000)
    )  # fmt: skip
    return people


def test_every_form_that_asks_for_a_person_or_an_account_is_light_in_a_large_agency(
    cast: Cast,
    crowd: list[User],
    client_as: Callable[[object], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    account = OfficialAccount.objects.filter(unit=cast.dinkes)[0]
    # What nobody answers for is handed over by nobody.
    OfficialAccount.objects.filter(pk=account.pk).update(person_in_charge=crowd[1])
    report = ImpersonationReport.objects.create(
        platform="instagram", suspect="@palsu", unit=cast.city, reference="LP-1"
    )
    addresses = [
        reverse("accounts:official_account_register"),
        reverse("accounts:official_account_edit", args=[account.pk]),
        reverse("accounts:administrator_add", args=[account.pk]),
        reverse("accounts:handover_start", args=[account.pk]),
        reverse("people:grant_add", args=[crowd[0].pk]),
        reverse("impersonations:report_assign", args=[report.pk]),
    ]
    client = client_as("bayu")
    for address in addresses:
        with django_assert_max_num_queries(15):
            answer = client.get(address)
        assert answer.status_code == 200
        assert len(answer.content) < 60_000, address
        assert b'_words"' in answer.content, address

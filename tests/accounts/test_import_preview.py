"""What people see of an upload before anything is registered."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from accounts.import_columns import KEYS, label_of
from accounts.import_pages import PREVIEW_ROWS
from tests import factories
from tests.accounts.test_import import keep, row
from tests.cast import Cast

ClientAs = Callable[[object], Client]


def test_the_preview_says_what_happens_then_what_is_wrong_then_what_is_good(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    batch = keep(cast.bayu, *[row(n, unit="?" if n % 20 == 5 else "Dinkes") for n in range(42)])
    address = reverse("accounts:import_detail", args=[batch.pk])
    page = client.get(address)
    words = [
        "40 rows can be registered", "2 rows have something wrong", "Nothing is connected",
        "Register the 40 good rows", "Rows with something wrong", "Puskesmas 5", "Good rows",
        "Puskesmas 0",
    ]  # fmt: skip
    places = [page.content.decode().index(one) for one in words]
    assert places == sorted(places)
    assert [line["is_good"] for line in page.context["lines"]] == [False] * 2 + [True] * (
        PREVIEW_ROWS - 2
    )
    # The wrong cell stands first in its row.
    assert page.context["lines"][0]["cells"][0]["label"] == label_of("unit")
    second = client.get(f"{address}?page=2").content.decode()
    assert "Rows with something wrong" not in second
    assert "Puskesmas 41" in client.get(f"{address}?page={42 // PREVIEW_ROWS + 1}").content.decode()
    for show, count in (("bad", 2), ("good", 40), ("elsewhere", 42)):
        found = client.get(f"{address}?show={show}")
        assert found.context["page"].paginator.count == count


def test_a_file_without_a_good_row_offers_only_to_mend_it(cast: Cast, client_as: ClientAs) -> None:
    batch = keep(cast.bayu, row(1, unit="?"))
    client = client_as(factories.reads_english(cast.bayu))
    page = client.get(reverse("accounts:import_detail", args=[batch.pk])).content.decode()
    assert "Nothing can be registered from this file" in page
    assert reverse("accounts:import_confirm", args=[batch.pk]) not in page
    assert "?show=" not in page


def test_the_preview_of_the_fullest_rows_is_light(
    cast: Cast, client_as: ClientAs, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    full = dict.fromkeys(KEYS, "Panjang sekali & lebih " * 40)
    long = {"purpose": "Kabar & layanan " * 15, "recovery_email_holder": "Bidang Humas " * 10}
    rows = [
        row(number, **long, decree_number="800/41/2026", audiences="g2c, g2b, g2g", two_step="on",
            two_step_checked_on="2026-01-05", opened_on="2019-05-20", verified="yes",
            recovery_phone_holder="Sekretariat " * 12, decree_date="2026-03-17", language="id",
            url=f"https://www.instagram.com/puskesmas{number}")
        for number in range(60)
    ]  # fmt: skip
    client = client_as("bayu")
    for batch in (keep(cast.bayu, *rows), keep(cast.bayu, *[full] * 60)):
        with django_assert_max_num_queries(15):
            page = client.get(reverse("accounts:import_detail", args=[batch.pk]))
        assert len(page.content) <= 100_000


def test_a_cell_of_choices_or_a_date_says_how_it_is_read(cast: Cast, client_as: ClientAs) -> None:
    cells = {"two_step": "on", "two_step_checked_on": "03/04/2025", "audiences": "g2c; G2B"}
    batch = keep(cast.bayu, row(1, verified="1", status="Aktif", **cells), row(2, status="?"))
    client = client_as(cast.bayu)
    page = client.get(reverse("accounts:import_detail", args=[batch.pk]))
    wrong, good = page.context["lines"]
    shown = {cell["label"]: cell["meaning"] for cell in good["cells"]}
    with translation.override("id"):
        assert shown[label_of("verified")] == "Ya"
        assert shown[label_of("two_step")] == "Aktif"
        assert shown[label_of("two_step_checked_on")] == "3 April 2025"
        assert shown[label_of("audiences")].count(", ") == 1
        # What says the same already is not said twice, and what is not read has no meaning.
        assert shown[label_of("status")] == shown[label_of("handle")] == ""
    assert wrong["cells"][0]["meaning"] == ""


def test_the_help_gives_examples_in_the_language_of_the_reader(
    cast: Cast, client_as: ClientAs
) -> None:
    page = client_as(cast.bayu).get(reverse("accounts:import_add")).content.decode()
    assert f'href="{reverse("accounts:official_account_list")}">Batal' in page
    for example in ("Aktif", "Ya"):
        assert f": {example}</span>" in page


def test_what_was_imported_is_said_once_with_the_way_to_it(cast: Cast, client_as: ClientAs) -> None:
    batch = keep(cast.bayu, row(1), row(2))
    client = client_as(factories.reads_english(cast.bayu))
    page = client.post(
        reverse("accounts:import_confirm", args=[batch.pk]), follow=True
    ).content.decode()
    assert page.count("2 accounts were registered") == 1
    assert "are registered" not in page
    newest = f"{reverse('accounts:official_account_list')}?sort=-since"
    assert f'href="{newest}">See the 2 new accounts' in page
    assert f'href="{reverse("accounts:import_add")}">Upload another file' in page
    listed = client.get(newest).context["page"].object_list
    assert {one.display_name for one in listed[:2]} == {"Puskesmas 1", "Puskesmas 2"}


def test_a_hidden_sign_that_is_refused_is_shown_where_it_stands(
    cast: Cast, client_as: ClientAs
) -> None:
    batch = keep(cast.bayu, row(1, display_name="\u202eterbalik"), row(2, purpose="Satu\nDua"))
    page = client_as("bayu").get(reverse("accounts:import_detail", args=[batch.pk]))
    words = page.content.decode()
    assert "\u202e" not in words
    marked = '<bdi><mark class="hidden-sign">U+202E</mark>terbalik</bdi>'
    assert words.count(marked) == 2, "in the title of the row and in its cell"
    assert 'Satu<mark class="hidden-sign">U+000A</mark>Dua' in words

"""Registering a list of accounts: every error beside its cell, all good rows or none, once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from accounts import actions, import_cells, importing
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.import_columns import COLUMNS, KEYS, label_of
from accounts.models import ImportBatch, OfficialAccount, User
from tests import factories
from tests.accounts.conftest import trail
from tests.cast import Cast

ClientAs = Callable[[object], Client]
HEAD = ["unit", "platform", "handle", "display_name"]


def row(number: int, **cells: str) -> dict[str, str]:
    return {
        "unit": "Dinkes",
        "platform": "Instagram",
        "handle": f"puskesmas{number}",
        "display_name": f"Puskesmas {number}",
        **cells,
    }


def keep(actor: User, *rows: dict[str, str], head: Sequence[str] | None = None) -> ImportBatch:
    head = head or list(dict.fromkeys(key for one in rows for key in one))
    cells = [[one.get(key, "") for key in head] for one in rows]
    return actions.keep_import(actor=actor, file_name="akun.csv", rows=[head, *cells])


def errors(actor: User, **cells: str) -> dict[str, list[str]]:
    (checked,) = importing.check(actor, [(2, row(1, **cells))])
    return dict(checked.errors)


def upload(client: Client, text: str | bytes, name: str = "akun.csv") -> Any:
    data = text.encode() if isinstance(text, str) else text
    return client.post(reverse("accounts:import_add"), {"file": SimpleUploadedFile(name, data)})


def as_csv(*rows: dict[str, str], delimiter: str = ",") -> str:
    head = list(dict.fromkeys(key for one in rows for key in one))
    file = io.StringIO()
    writer = csv.DictWriter(file, head, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def test_good_rows_become_accounts_with_everything_that_they_say(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as("bayu")
    said = row(
        1, purpose="Kabar", status="proposed", language="en",
        url="https://www.instagram.com/puskesmas1", audiences="G2C; g2b", media_kinds="Blog, wiki",
        channel_kind="networking", verified="yes", decree_number="1/2026",
        decree_date="17/03/2026", person_in_charge="NUR@samudrakota.example",
        recovery_email_holder="Kabid", recovery_phone_holder="Sekretariat", two_step="on",
        two_step_checked_on="2026-01-02", opened_on="5-6-2019",
    )  # fmt: skip
    answer = upload(client, as_csv(said, row(2)))
    assert answer.status_code == 302
    assert not OfficialAccount.objects.exists(), "nothing before it is confirmed"
    assert client.get(answer["Location"]).status_code == 200
    batch = ImportBatch.objects.get()
    confirm = reverse("accounts:import_confirm", args=[batch.pk])
    assert client.post(confirm).status_code == 302
    account = OfficialAccount.objects.get(handle="puskesmas1")
    assert (account.unit, account.status, account.person_in_charge) == (
        cast.dinkes, "proposed", cast.nur,
    )  # fmt: skip
    assert (account.audiences, account.media_kinds) == (["g2c", "g2b"], ["blog", "wiki"])
    assert (account.decree_date, account.opened_on) == (date(2026, 3, 17), date(2019, 6, 5))
    assert (account.verified, account.two_step, account.language) == (True, "on", "en")
    plain = OfficialAccount.objects.get(handle="puskesmas2")
    assert (plain.status, plain.media_kinds) == ("active", ["social_network", "media_sharing"])
    assert len(trail("accounts.official_account.registered")) == 2
    (entry,) = trail("accounts.import.done")
    assert (entry.data["accounts"], entry.data["left_out"]) == (2, 0)
    assert entry.data["file_sha256"] == batch.sha256
    assert ImportBatch.objects.get().rows == [], "names are kept no longer than needed"


def test_confirmed_again_it_does_nothing_twice(cast: Cast, client_as: ClientAs) -> None:
    batch = keep(cast.bayu, row(1), row(2))
    confirm = reverse("accounts:import_confirm", args=[batch.pk])
    for _again in range(3):
        assert client_as("bayu").post(confirm).status_code == 302
    assert OfficialAccount.objects.count() == 2
    assert len(trail("accounts.import.done")) == 1
    with pytest.raises(InternalError), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(status="waiting", imported=None)


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"unit": ""}, {"unit"}),
        ({"unit": "Dinas Yang Tidak Ada"}, {"unit"}),
        ({"platform": "Friendster"}, {"platform"}),
        ({"handle": "dua kata"}, {"handle"}),
        ({"handle": "x" * 201}, {"handle"}),
        ({"platform": "Mastodon", "handle": "puskesmas"}, {"host"}),
        ({"platform": "Mastodon", "handle": "p", "host": "127.0.0.1"}, {"host"}),
        ({"display_name": "x" * 201}, {"display_name"}),
        ({"display_name": "dua\nbaris"}, {"display_name"}),
        ({"status": "closed"}, {"status"}),
        ({"language": "Sunda"}, {"language"}),
        ({"url": "puskesmas.example"}, {"url"}),
        ({"audiences": "g2c, g2x"}, {"audiences"}),
        ({"verified": "perhaps"}, {"verified"}),
        ({"decree_date": "31-02-2026"}, {"decree_date"}),
        ({"decree_date": "2999-01-01"}, {"decree_date"}),
        ({"person_in_charge": "siapa@samudrakota.example"}, {"person_in_charge"}),
        ({"person_in_charge": "dwi@samudrakota.example"}, {"person_in_charge"}),
        (
            {"person_in_charge": "nur@samudrakota.example, laila@samudrakota.example"},
            {"person_in_charge"},
        ),
        (
            {"administrators": "nur@samudrakota.example; siapa@samudrakota.example"},
            {"administrators"},
        ),
        ({"administrators": "dwi@samudrakota.example"}, {"administrators"}),
        ({"administrators_from": "2026-01-05"}, {"administrators"}),
        (
            {"administrators": "nur@samudrakota.example", "administrators_from": "1980-01-05"},
            {"administrators_from"},
        ),
        ({"recovery_email_holder": "a@b.example"}, {"recovery_email_holder"}),
        ({"recovery_phone_holder": "0812-3456-7890"}, {"recovery_phone_holder"}),
        ({"two_step": "on"}, {"two_step_checked_on"}),
        ({"purpose": "x" * 301}, {"purpose"}),
        (
            {"unit": "?", "platform": "?", "decree_date": "?", "two_step": "off", "url": "?"},
            {"unit", "platform", "decree_date", "two_step_checked_on", "url"},
        ),
    ],
    ids=lambda value: "-".join(sorted(value))[:60],
)
def test_everything_that_is_wrong_with_a_row_is_told_beside_its_cell(
    cast: Cast, client_as: ClientAs, cells: dict[str, str], wrong: set[str]
) -> None:
    found = errors(cast.bayu, **cells)
    assert set(found) == wrong
    factories.reads_english(cast.bayu)
    batch = keep(cast.bayu, row(1, **cells), row(2))
    assert (batch.good, batch.bad) == (1, 1)
    page = client_as("bayu").get(reverse("accounts:import_detail", args=[batch.pk]))
    (line, _good) = page.context["lines"]
    assert {cell["label"] for cell in line["cells"] if cell["errors"]} == {
        label_of(key) for key in wrong
    }


def test_a_unit_is_found_by_name_or_short_name_where_the_actor_keeps_accounts(cast: Cast) -> None:
    assert errors(cast.bayu, unit="dinas kesehatan") == {}
    factories.unit("Bidang Humas Kesehatan", parent=cast.dinkes, short_name="Humas")
    factories.unit("Humas", parent=cast.diskominfo, short_name="BHM")
    assert set(errors(cast.bayu, unit="Humas")) == {"unit"}
    gede = factories.user("Gede Putra")
    factories.grant(gede, Role.ADMINISTRATOR, cast.diskominfo)
    assert set(errors(gede, unit="Dinkes")) == {"unit"}
    assert errors(gede, unit="Humas") == {}, "only one of them is within reach"


def test_duplicates_are_found_within_the_file_and_against_the_register(cast: Cast) -> None:
    factories.official_account(cast.diskominfo, platform="instagram", host="", handle="Ada")
    released: dict[str, Any] = {"closed_on": timezone.localdate(), "closed_reason": "x"}
    factories.official_account(
        cast.diskominfo, platform="instagram", host="", handle="lepas", status="released",
        **released,
    )  # fmt: skip
    gede = factories.user("Gede Putra")
    factories.grant(gede, Role.ADMINISTRATOR, cast.dinkes)
    rows = [
        row(1), row(2, handle="@PUSKESMAS1"), row(3, handle="ada"), row(4, handle="lepas"),
        row(5, platform="x", handle="puskesmas1"),
    ]  # fmt: skip
    checked = importing.check(gede, list(enumerate(rows, start=2)))
    assert [one.is_good for one in checked] == [True, False, False, True, True]
    assert "2" in checked[1].errors["handle"][0]
    assert "Diskominfo" not in str(checked[2].errors), "a unit that the actor does not see"
    seen = importing.check(cast.bayu, [(2, rows[2])])
    assert "Dinas Komunikasi" in str(seen[0].errors)


def test_what_changed_since_the_preview_stops_the_import_and_is_shown(
    cast: Cast, client_as: ClientAs
) -> None:
    batch = keep(cast.bayu, row(1), row(2))
    factories.official_account(cast.dinkes, platform="instagram", host="", handle="puskesmas2")
    confirm = reverse("accounts:import_confirm", args=[batch.pk])
    page = client_as("bayu").post(confirm, follow=True)
    assert OfficialAccount.objects.count() == 1, "nothing half-imported"
    assert (page.context["batch"].good, page.context["batch"].bad) == (1, 1)
    assert not page.context["batch"].is_done
    client_as("bayu").post(confirm)
    assert OfficialAccount.objects.count() == 2
    assert trail("accounts.import.done")[0].data["left_out"] == 1


def test_somebody_who_lost_the_right_since_the_preview_imports_nothing(
    cast: Cast, client_as: ClientAs
) -> None:
    gede = factories.user("Gede Putra")
    grant = factories.grant(gede, Role.ADMINISTRATOR, cast.dinkes)
    batch = keep(gede, row(1))
    assert gede.holds("accounts.manage"), "read once, as in a request"
    type(grant).objects.filter(pk=grant.pk).update(ends_at=timezone.now())
    with pytest.raises(PermissionDenied):
        actions.import_accounts(actor=gede, batch_id=batch.pk)
    factories.grant(gede, Role.ADMINISTRATOR, cast.diskominfo)
    again = actions.import_accounts(actor=gede, batch_id=batch.pk)
    assert (again.is_done, again.good, again.bad) == (False, 0, 1)
    assert not OfficialAccount.objects.exists()


def test_uploads_of_others_and_expired_ones_are_not_found(cast: Cast, client_as: ClientAs) -> None:
    other = factories.user("Gede Putra")
    factories.grant(other, Role.ADMINISTRATOR, cast.city)
    batch = keep(cast.bayu, row(1, unit="?"))
    pages = [reverse(f"accounts:import_{name}", args=[batch.pk]) for name in ("detail", "rejected")]
    confirm = reverse("accounts:import_confirm", args=[batch.pk])
    assert [client_as(other).get(page).status_code for page in pages] == [404, 404]
    assert client_as(other).post(confirm).status_code == 404
    assert client_as("dwi").post(confirm).status_code == 403
    with pytest.raises(ImportBatch.DoesNotExist):
        actions.import_accounts(actor=other, batch_id=batch.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert [client_as("bayu").get(page).status_code for page in pages] == [404, 404]
        assert client_as("bayu").post(confirm).status_code == 404
        keep(cast.bayu, row(2))
    assert ImportBatch.objects.get(pk=batch.pk).rows == []


def test_rejected_rows_come_back_with_their_errors_and_can_be_uploaded_again(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as("bayu")
    batch = keep(cast.bayu, row(1), row(2, unit="=SUM(1)", decree_date="kapan"))
    client.post(reverse("accounts:import_confirm", args=[batch.pk]))
    page = reverse("accounts:import_rejected", args=[batch.pk])
    sheet = load_workbook(io.BytesIO(client.get(page).content)).active
    assert sheet is not None
    rows = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert len(rows) == 2
    assert rows[1][:2] == [3, "=SUM(1)"]
    assert "Unit:" in str(rows[1][-1])
    text = client.get(f"{page}?format=csv").getvalue()
    assert upload(client, text, "ditolak.csv").status_code == 302
    again = ImportBatch.objects.order_by("-pk")[0]
    assert (again.good, again.bad) == (0, 1)
    assert again.rows[0]["cells"]["unit"] == "=SUM(1)"


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_template_is_what_the_import_reads_in_either_language(
    cast: Cast, client_as: ClientAs, form: str, language: str
) -> None:
    cast.bayu.language = language
    cast.bayu.save()
    answer = client_as("bayu").get(reverse("accounts:import_template"), {"format": form})
    if form == "csv":
        head = answer.getvalue().decode("utf-8-sig").strip().split(",")
    else:
        book = load_workbook(io.BytesIO(answer.content))
        assert len(book.worksheets) == 3, "accounts, help, choices"
        head = [str(cell.value) for cell in book.worksheets[0][1]]
        assert book.worksheets[1].max_row == len(COLUMNS) + 1
    assert import_cells.columns_of(head) == list(KEYS)


def test_choices_are_understood_in_either_language(cast: Cast) -> None:
    with translation.override("id"):
        said = str(OfficialAccount.Platform.FEED.label)
    assert errors(cast.bayu, platform=said, handle="puskesmas.example") == {}
    assert errors(cast.bayu, platform="feed", handle="puskesmas.example") == {}


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ([*HEAD, "kata sandi"], "kata sandi"),
        ([*HEAD, "unit"], "Unit"),
        (HEAD[1:], "Unit"),
    ],
)
def test_a_head_that_cannot_be_read_is_refused_as_a_whole(
    cast: Cast, client_as: ClientAs, head: list[str], told: str
) -> None:
    with pytest.raises(AccountError, match=told) as refused:
        keep(cast.bayu, row(1), head=head)
    assert refused.value.field == "file"
    factories.reads_english(cast.bayu)
    answer = upload(client_as("bayu"), ",".join(head) + "\n" + ",".join("x" for _ in head))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_only_who_keeps_accounts_uploads(cast: Cast, client_as: ClientAs) -> None:
    assert upload(client_as("dwi"), as_csv(row(1))).status_code == 403
    with pytest.raises(PermissionDenied):
        keep(cast.dwi, row(1))
    assert client_as("bayu").post(reverse("accounts:import_add"), {}).status_code == 422


def test_hostile_cells_are_shown_as_text(cast: Cast, client_as: ClientAs) -> None:
    batch = keep(cast.bayu, row(1, display_name="<script>alert(1)</script>", unit="<b>"))
    page = client_as("bayu").get(reverse("accounts:import_detail", args=[batch.pk]))
    assert b"<script>alert" not in page.content
    assert b"&lt;script&gt;" in page.content


def test_thousands_of_rows_take_few_queries(
    cast: Cast, client_as: ClientAs, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_as("bayu")
    text = as_csv(*[row(number, purpose="x") for number in range(600)], delimiter=";")
    with django_assert_max_num_queries(20):
        answer = upload(client, text)
    with django_assert_max_num_queries(15):
        page = client.get(answer["Location"])
    assert len(page.content) < 100_000
    batch = ImportBatch.objects.get()
    with django_assert_max_num_queries(30):
        client.post(reverse("accounts:import_confirm", args=[batch.pk]))
    assert OfficialAccount.objects.count() == 600


def test_an_account_registered_at_the_very_moment_stops_the_whole_import(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = keep(cast.bayu, row(1), row(2))
    factories.official_account(cast.dinkes, platform="instagram", host="", handle="puskesmas2")
    seen = importing._Reader.refuse_registered
    looks: list[int] = []

    def blind_at_first(self: Any, rows: Any) -> None:
        looks.append(len(rows))
        if len(looks) > 1:
            seen(self, rows)

    monkeypatch.setattr(importing._Reader, "refuse_registered", blind_at_first)
    again = actions.import_accounts(actor=cast.bayu, batch_id=batch.pk)
    assert (again.is_done, again.good, again.bad) == (False, 1, 1)
    assert OfficialAccount.objects.count() == 1
    assert trail("accounts.official_account.registered") == []


@pytest.mark.parametrize(
    ("said", "means"), [("Ya", "on"), ("tidak", "off"), ("Yes", "on"), ("Aktif", "on")]
)
def test_the_second_step_is_answered_as_people_answer(cast: Cast, said: str, means: str) -> None:
    cells = row(1, two_step=said, two_step_checked_on="2026-01-02")
    (checked,) = importing.check(cast.bayu, [(2, cells)])
    assert checked.is_good
    assert checked.wanted["two_step"] == means

"""Drafts from a list: whatever its columns say, nothing but drafts comes of it, and once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from accounts.models import Grant, OfficialAccount
from content import actions
from content.actions.importing import checked_rows, mark_of
from content.errors import ContentError, GateRefused
from content.events.plan import POST_PLACED
from content.models import DraftImport, Post, PostVersion, Publication, Review
from content.tasks import forget_unsaved
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.plans import campaign
from tests.gathering import each

ADD = reverse("content:draft_import_add")
TEMPLATE = reverse("content:draft_import_template")
HEAD = ["Title", "Text", "Official accounts"]


@pytest.fixture
def client(cast: Cast, client_as: Callable[[object], Client]) -> Client:
    return client_as(factories.reads_english(cast.dwi))


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    return factories.official_account(cast.diskominfo)


def csv_of(*rows: Sequence[str]) -> SimpleUploadedFile:
    lines = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    return SimpleUploadedFile("rencana.csv", lines.encode())


def xlsx_of(*rows: Sequence[Any]) -> SimpleUploadedFile:
    book = Workbook()
    sheet = book.create_sheet("Draf", 0)
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("rencana.xlsx", out.getvalue())


def upload(client: Client, cast: Cast, file: SimpleUploadedFile) -> Any:
    return client.post(ADD, {"unit": cast.diskominfo.pk, "file": file})


def kept(cast: Cast, *rows: Sequence[str]) -> DraftImport:
    return actions.keep_draft_import(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, file_name="rencana.csv", rows=rows
    )


def confirm(cast: Cast, one: DraftImport) -> DraftImport:
    one.refresh_from_db()
    shown = mark_of(checked_rows(cast.dwi, one))
    return actions.import_drafts(actor=cast.dwi, import_id=one.pk, shown=shown)


def errors(cast: Cast, head: Sequence[str], *row: str) -> list[str]:
    (checked,) = checked_rows(cast.dwi, kept(cast, [*HEAD[:1], *head], ["Judul", *row]))
    assert checked.is_good is not bool(checked.errors)
    return [message for told in checked.errors.values() for message in told]


def test_a_list_becomes_drafts_with_all_that_it_says_in_the_zone_of_the_unit(
    cast: Cast, client: Client, account: OfficialAccount, django_assert_max_num_queries: Any
) -> None:
    cast.diskominfo.time_zone = "Asia/Makassar"
    cast.diskominfo.save(update_fields=["time_zone"])
    head = [*HEAD, f"Text for {account.get_platform_display()} {account.handle}", "Waktu tayang",
            "Class of content", "It is also", "Function", "Stage of use", "Audience",
            "Sensitivity"]  # fmt: skip
    head[4] = "planned_at"
    rows: list[list[Any]] = [
        ["Vaksin", "Untuk semua", f"@{account.handle}", "Khusus", datetime(2127, 1, 5, 9, 30),  # noqa: DTZ001  # as a spreadsheet has it
         "information", "dialogue", "Inform", "socialisation", "g2c, g2b", "sensitive"],
        ["Tanpa apa-apa", "", "", "", "", "", "", "", "", "", ""],
    ]  # fmt: skip
    answer = upload(client, cast, xlsx_of(head, *rows))
    one = DraftImport.objects.get()
    address = reverse("content:draft_import_detail", args=[one.pk])
    assert answer["Location"] == address
    assert not Post.objects.exists()
    with django_assert_max_num_queries(15):
        page = client.get(address)
    assert "2 rows become drafts." in page.content.decode()
    assert "09:30 WITA" in page.content.decode()
    confirmed = reverse("content:draft_import_confirm", args=[one.pk])
    for _twice in range(2):
        client.post(confirmed, {"shown": page.context["shown"]})
    first, second = Post.objects.order_by("pk").select_related("current_version")
    assert {one.status for one in (first, second)} == {"draft"}
    said = first.current_version.content()  # type: ignore[union-attr]  # it has one
    assert (said.title, said.text, said.texts) == ("Vaksin", "Untuk semua", {account.pk: "Khusus"})
    assert said.planned_at == datetime(2127, 1, 5, 1, 30, tzinfo=UTC)
    assert (said.facets.classes, said.facets.function) == (("information", "dialogue"), "inform")
    assert (said.facets.audiences, said.facets.sensitivity) == (("g2c", "g2b"), "sensitive")
    assert said.declared.confirmed == {}
    assert first.author == cast.dwi
    (told,) = Entry.objects.filter(event="content.post.imported")
    assert told.data == {"unit": "Diskominfo", "file_sha256": one.sha256, "posts": 2}
    assert "2 drafts were made" in client.get(address).content.decode()
    # The same list again, by whoever.
    again = upload(client, cast, xlsx_of(head, *rows))
    assert again.status_code == 422
    assert "imported before" in again.content.decode()
    assert Post.objects.count() == 2


@each(
    "column",
    [
        "status", "Status", "STATUS NASKAH", "digest", "approved_by", "Disetujui oleh", "version",
        "id", "post_id", "current_version_id", "canonical", "Published at",
    ],
)  # fmt: skip
def test_a_list_that_speaks_of_approvals_is_refused_and_told(cast: Cast, column: str) -> None:
    before = Entry.objects.count()
    with pytest.raises(GateRefused, match="makes drafts and nothing else"):
        kept(cast, [*HEAD, column], ["Judul", "Teks", "", "approved"])
    told = Entry.objects.latest("pk")
    assert Entry.objects.count() == before + 1
    assert (told.event, told.data) == (
        "content.gate.refused", {"attempt": "import", "why": "only_drafts"},
    )  # fmt: skip
    assert not DraftImport.objects.exists()


def test_no_import_makes_anything_but_drafts_whatever_is_forged(
    cast: Cast, account: OfficialAccount
) -> None:
    one = kept(cast, HEAD, ["Judul", "Teks", account.handle])
    # As if somebody could write the kept rows: keys that no column has are of no use.
    cells = {**one.rows[0]["cells"], "status": "approved", "digest": "0" * 64, "editor": "1"}
    DraftImport.objects.update(rows=[{"n": 2, "cells": cells}])
    confirm(cast, one)
    post = Post.objects.get()
    assert (post.status, post.author, PostVersion.objects.count()) == ("draft", cast.dwi, 1)
    assert not Review.objects.exists()
    assert not Publication.objects.exists()
    events = set(Entry.objects.filter(target_id=str(post.pk)).values_list("event", flat=True))
    assert "content.post.created" in events
    with pytest.raises(DatabaseError), transaction.atomic():
        DraftImport.objects.update(status="waiting", posts=[])
    with pytest.raises(DatabaseError), transaction.atomic():
        DraftImport.objects.all().delete()


def test_accounts_of_others_are_no_accounts_and_the_right_is_asked_again(
    cast: Cast, account: OfficialAccount
) -> None:
    theirs = factories.official_account(cast.dinkes)
    (told,) = errors(cast, HEAD[1:], "Teks", theirs.handle)
    assert told == errors(cast, HEAD[1:], "Teks lain", "@tidak.ada")[0].replace(
        "@tidak.ada", theirs.handle
    )
    with pytest.raises(PermissionDenied):
        actions.keep_draft_import(
            actor=cast.dwi, unit_id=cast.dinkes.pk, file_name="x", rows=[HEAD, ["a", "b", ""]]
        )
    refused = Entry.objects.latest("pk")
    assert refused.data == {"attempt": "import", "why": "no_right"}
    one = kept(cast, HEAD, ["Judul", "Teks", account.handle])
    shown = mark_of(checked_rows(cast.dwi, one))
    with pytest.raises(DraftImport.DoesNotExist):
        actions.import_drafts(actor=cast.rina, import_id=one.pk, shown=shown)
    Grant.objects.filter(user=cast.dwi).update(ends_at=timezone.now())
    with pytest.raises(PermissionDenied):
        actions.import_drafts(actor=cast.dwi, import_id=one.pk, shown=shown)
    assert Entry.objects.latest("pk").data == {"attempt": "import", "why": "no_right"}
    assert not Post.objects.exists()


def test_what_is_not_as_it_was_shown_is_not_imported(cast: Cast, account: OfficialAccount) -> None:
    one = kept(cast, HEAD, ["Satu", "Teks", account.handle], ["Dua", "Teks", ""])
    with pytest.raises(ContentError, match="something else than when you looked"):
        actions.import_drafts(actor=cast.dwi, import_id=one.pk, shown="")
    shown = mark_of(checked_rows(cast.dwi, one))
    OfficialAccount.objects.update(status="suspended")
    with pytest.raises(ContentError, match="something wrong"):
        actions.import_drafts(actor=cast.dwi, import_id=one.pk, shown=shown)
    assert not Post.objects.exists()
    assert len(DraftImport.objects.get().rows) == 2


def test_the_same_list_confirmed_from_two_uploads_makes_drafts_once(cast: Cast) -> None:
    first, second = (kept(cast, HEAD, ["Judul", "Teks", ""]) for _twice in range(2))
    confirm(cast, first)
    with pytest.raises(ContentError, match="imported before"):
        confirm(cast, second)
    with pytest.raises(DatabaseError), transaction.atomic():
        DraftImport.objects.filter(pk=second.pk).update(status="done", posts=[1])
    assert Post.objects.count() == 1


@each(
    "head, row, said",
    [
        ([HEAD[2]], ["@a, @b"], 2),
        (["Publication time"], ["besok pagi"], "besok pagi"),
        (["Publication time"], ["2026-12-01"], "2026-12-01"),
        (["Publication time"], ["2020-12-01 09:00"], "This time has passed."),
        (["Publication time"], ["9999-12-01 09:00"], "9999"),
        (["Class of content"], ["approved"], "approved"),
        (["It is also"], ["information"], "main class first"),
        (["Audience"], ["g2c, semua"], "semua"),
        (["Text"], ["a\u0001b"], "invisible"),
        (["Text"], ["x" * 20_001], "20,000"),
        (["Text"], ["Teks", "lebih"], "More cells"),
        (["Text for X @nobody"], ["Teks"], "nobody"),
    ],
)
def test_what_is_wrong_is_said_by_column_and_nothing_is_imported(
    cast: Cast, head: list[str], row: list[str], said: str | int
) -> None:
    told = errors(cast, head, *row)
    if isinstance(said, int):
        assert len(told) == said
    else:
        assert said in " ".join(told)
    one = DraftImport.objects.latest("pk")
    with pytest.raises(ContentError, match="something wrong"):
        confirm(cast, one)
    assert not Post.objects.exists()


def test_link_first_comment_and_campaign_come_from_the_list(
    cast: Cast, client: Client, account: OfficialAccount
) -> None:
    plan = campaign(cast, name="Bebas rabies", code="IKU 3.2")
    closed = campaign(cast, name="Lama", code="LAMA")
    actions.close_campaign(actor=cast.dwi, campaign_id=closed.pk, conclusion="Selesai.")
    link, comment = "https://samudrakota.go.id/rabies", "#BebasRabies"
    head = ["Title", "Text", "Official accounts", "Link", "First comment", "Campaign"]
    rows = [
        ["Satu", "Teks", account.handle, f" {link} ", comment, "iku 3.2"],
        ["Dua", "Teks", "", "", "", "bebas  RABIES"],
        ["Tiga", "Teks", "", "", "", ""],
    ]
    one = kept(cast, head, *rows)
    page = client.get(reverse("content:draft_import_detail", args=[one.pk])).content.decode()
    assert page.count("in the campaign Bebas rabies") == 2
    confirm(cast, one)
    first, second, third = Post.objects.order_by("pk").select_related("current_version")
    said = first.current_version.content()  # type: ignore[union-attr]  # it has one
    assert (said.link, said.first_comment) == (link, comment)
    assert [one.campaign_id for one in (first, second, third)] == [plan.pk, plan.pk, None]
    told = Entry.objects.filter(event=POST_PLACED.name)
    assert [entry.data for entry in told] == [{"campaign": "Bebas rabies"}] * 2
    campaign(cast, name="IKU 3.2", code="")
    for wrong, words in {
        (3, "samudrakota.go.id/rabies"): "Write the whole address",
        (4, "x" * 10_001): "10",
        (5, "Lama"): "no campaign that posts of this unit may join",
        (5, "IKU 3.2"): "Several campaigns",
    }.items():
        cells = [wrong[1] if at == wrong[0] else "" for at in range(1, 6)]
        (found,) = errors(cast, head[1:], *cells)
        assert words in found


@each("title", ["", "x" * 201, "NIK 3275011205900003", "a\u202eb"])
def test_a_title_is_as_the_composer_wants_it(cast: Cast, title: str) -> None:
    (row,) = checked_rows(cast.dwi, kept(cast, HEAD, [title, "Teks", ""]))
    assert set(row.errors) == {"title"}


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/worksheets/sheet1.xml", b" " * (30 * 1024 * 1024))
    return out.getvalue()


def test_files_that_are_no_list_are_refused_in_words(cast: Cast, client: Client) -> None:
    formula = xlsx_of(HEAD, ["=1+1", "x", ""])
    files: dict[str, SimpleUploadedFile] = {
        "formula": formula,
        "unpacked": SimpleUploadedFile("a.xlsx", _bomb()),
        "neither": SimpleUploadedFile("a.csv", b"%PDF-1.7"),
        "rows below": csv_of(HEAD, *([f"Judul {number}", "", ""] for number in range(201))),
        "nobody knows": csv_of([*HEAD, "Warna"], ["a", "b", "", "biru"]),
        "lacks columns": csv_of(HEAD[1:], ["a", ""]),
        "column twice": csv_of([*HEAD, "Text"], ["a", "b", "", "c"]),
        "no rows": csv_of(HEAD),
    }
    for said, file in files.items():
        answer = upload(client, cast, file)
        assert answer.status_code == 422, said
        assert said in answer.content.decode(), said
    assert client.post(ADD, {"unit": cast.dinkes.pk, "file": csv_of(HEAD)}).status_code == 422
    assert not DraftImport.objects.exists()


def test_uploads_are_their_owner_s_and_end_after_a_day(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    one = kept(cast, HEAD, ["Judul", "Teks", ""])
    for name in ("detail", "confirm"):
        address = reverse(f"content:draft_import_{name}", args=[one.pk])
        rina = client_as(cast.rina)
        answer = rina.post(address) if name == "confirm" else rina.get(address)
        assert answer.status_code == 404
    DraftImport.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    forget_unsaved()
    one.refresh_from_db()
    assert one.rows == []
    address = reverse("content:draft_import_detail", args=[one.pk])
    assert client_as(cast.dwi).get(address).status_code == 404


def test_the_template_is_what_the_import_reads_in_either_language(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    for who in (cast.dwi, factories.reads_english(cast.rina)):
        browser = client_as(who)
        book = load_workbook(io.BytesIO(browser.get(TEMPLATE).content))
        head = [str(cell.value) for cell in next(book.worksheets[0].iter_rows())]
        text = browser.get(TEMPLATE, {"format": "csv"})
        first = b"".join(text.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        assert first.strip().split(",")[:2] == head[:2]
        one = kept(cast, head, ["Judul", *[""] * (len(head) - 1)])
        (row,) = checked_rows(cast.dwi, one)
        assert row.is_good


def test_a_long_list_is_imported_with_as_many_queries_as_a_short_one(
    cast: Cast, account: OfficialAccount
) -> None:
    needed = []
    for most in (2, 30):
        rows = [
            [f"Naskah {most} {number}", f"Baca https://contoh.go.id/{most}/{number}", str(account)]
            for number in range(most)
        ]
        begun = kept(cast, HEAD, *rows)
        shown = mark_of(checked_rows(cast.dwi, begun))
        with CaptureQueriesContext(connection) as queries:
            done = actions.import_drafts(actor=cast.dwi, import_id=begun.pk, shown=shown)
        assert len(done.posts) == most
        needed.append(len(queries))
    assert needed[0] == needed[1] <= 32
    told = Entry.objects.filter(event="content.post.created")
    assert told.count() == PostVersion.objects.filter(number=1).count() == 32
    posts = Post.objects.select_related("current_version")
    assert all(one.current_version and one.current_version.post_id == one.pk for one in posts)

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin import site
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from accounts.capabilities import Role
from accounts.models import User
from govsocial.audit.actions import record
from govsocial.audit.context import audit_context
from govsocial.audit.events import EXPORTED, event
from govsocial.audit.filters import event_choices
from govsocial.audit.models import Entry, Seal, Verification
from govsocial.audit.sealing import seal_entries
from govsocial.audit.selectors import entries_visible_to, history_of
from govsocial.audit.tasks import verify_trail
from tests import factories
from tests.audit.conftest import Happen
from tests.cast import Cast
from tests.content.stage import make_stage

LIST = "/audit/"
ClientAs = Callable[[User | str | None], Client]

SIGNED = event(
    "test.letter.signed",
    "reason",
    "letter_sha256",
    "pages",
    label="Letter signed",
    sentence="%(actor)s signed %(target)s (%(letter_sha256)s, %(pages)s). Reason: %(reason)s",
)


def numbers(response: Any) -> set[int]:
    return {entry.pk for entry in response.context["page"]}


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("anonymous", 302),
        ("inactive", 302),
        ("dwi", 403),
        ("sari", 403),
        ("ratna", 403),
        ("bayu", 200),
        ("laila", 200),
    ],
)
@pytest.mark.parametrize("page", ["audit:entry_list", "audit:entry_export", "audit:chain_detail"])
def test_the_trail_is_read_by_those_who_may(
    client_as: ClientAs, who: str, status: int, page: str
) -> None:
    assert client_as(who).get(reverse(page)).status_code == status


def test_an_entry_of_another_unit_is_not_there(
    cast: Cast, client_as: ClientAs, happen: Happen
) -> None:
    auditor = factories.user("Auditor Dinkes")
    factories.grant(auditor, Role.AUDITOR, cast.dinkes)
    (here,) = happen(cast.nur, factories.official_account(cast.dinkes))
    (there,) = happen(cast.sari, factories.official_account(cast.diskominfo))
    (nowhere,) = happen(cast.sari, cast.sari)

    assert set(entries_visible_to(auditor)) == {here}
    assert set(entries_visible_to(cast.sari)) == set()
    assert {here, there, nowhere} <= set(entries_visible_to(cast.laila))

    client = client_as(auditor)
    assert numbers(client.get(LIST)) == {here.pk}
    assert client.get(here.get_absolute_url()).status_code == 200
    assert client.get(there.get_absolute_url()).status_code == 404
    assert client.get(nowhere.get_absolute_url()).status_code == 404


@pytest.fixture
def laila(client_as: ClientAs) -> Client:
    return client_as("laila")


def test_the_list_tells_in_sentences(cast: Cast, laila: Client) -> None:
    with audit_context(address="203.0.113.7", request_id="req-1"):
        entry = record(
            SIGNED,
            actor=cast.sari,
            target=cast.city,
            reason="<b>Segera</b>",
            letter_sha256="ab" * 32,
            pages=None,
        )
    html = laila.get(LIST, {"event": "test.letter.signed"}).content.decode()
    assert "Sari Wulandari signed Kota Samudra (abababababab, " in html
    assert "&lt;b&gt;Segera&lt;/b&gt;" in html
    assert "203.0.113.7" in html

    page = laila.get(entry.get_absolute_url()).content.decode()
    assert "ab" * 32 in page
    assert "req-1" in page
    assert "test.letter.signed" in page


def test_filters_choose_entries_and_show_as_chips(
    cast: Cast, laila: Client, happen: Happen
) -> None:
    (sari,) = happen(cast.sari, cast.diskominfo)
    (dwi,) = happen(cast.dwi, factories.official_account(cast.diskominfo))
    today = timezone.localdate()

    def found(**query: str) -> set[int]:
        return numbers(laila.get(LIST, query)) & {sari.pk, dwi.pk}

    assert found() == {sari.pk, dwi.pk}
    assert found(search="wulan") == {sari.pk}
    assert found(search="Diskom Sari") == {sari.pk}
    assert found(search="'; & | ! :*") == set()
    assert found(actor="Dwi") == {dwi.pk}
    assert found(event="test") == {sari.pk, dwi.pk}
    assert found(event="test.small.happened") == {sari.pk, dwi.pk}
    assert found(event="sign_in") == set()
    assert found(target_type="accounts.officialaccount") == {dwi.pk}
    assert found(target=f"accounts.unit:{cast.diskominfo.pk}") == {sari.pk}
    assert found(since=today.isoformat(), until=today.isoformat()) == {sari.pk, dwi.pk}
    assert found(until=(today - timedelta(days=1)).isoformat()) == set()
    assert found(since=(today + timedelta(days=1)).isoformat()) == set()

    chips = laila.get(LIST, {"actor": "Dwi", "event": "sign_in"}).context["chips"]
    assert [(key, value) for key, value, _words in chips] == [
        ("event", "sign_in"),
        ("actor", "Dwi"),
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"since": "kemarin"},
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"event": "no.such.event"},
        {"target_type": "x"},
        {"target": "x:y:z"},
        {"search": "\0"},
        {"search": "😀 _ ٣"},
        {"page": "999999"},
        {"page": "x"},
        {"request": "x" * 200},
    ],
    ids=str,
)
def test_a_bad_filter_never_breaks_the_page(
    laila: Client, happen: Happen, cast: Cast, query: dict[str, str]
) -> None:
    happen(cast.sari, cast.diskominfo, 2)
    assert laila.get(LIST, query).status_code == 200


@pytest.mark.parametrize("path", ["list", "detail"])
def test_a_page_of_the_trail_takes_few_queries(
    cast: Cast,
    laila: Client,
    happen: Happen,
    django_assert_max_num_queries: Any,
    path: str,
) -> None:
    with audit_context(request_id="req-1"):
        entries = happen(cast.sari, cast.diskominfo, 120)
    seal_entries()
    query = "?search=sari&actor=sari&target_type=accounts.unit&event=test&since=2020-01-01"
    url = LIST + query if path == "list" else entries[0].get_absolute_url()
    with django_assert_max_num_queries(15):
        response = laila.get(url)
    assert response.status_code == 200
    assert len(response.content) < 100_000


def test_the_search_has_an_index(cast: Cast, happen: Happen) -> None:
    happen(cast.sari, cast.diskominfo)
    from govsocial.audit.filters import EntryFilter

    found = EntryFilter({"search": "sari"}, queryset=Entry.objects.order_by()).qs
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "audit_entry_words" in found.explain()


def read_csv(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def test_an_export_holds_what_is_filtered_and_is_itself_an_entry(
    cast: Cast, laila: Client, happen: Happen
) -> None:
    happen(cast.dwi, cast.diskominfo)
    made = happen(cast.sari, cast.diskominfo, 60)
    laila.cookies["django_language"] = "en"
    cast.laila.language = "en"
    cast.laila.save()
    with translation.override("id"):
        rows = read_csv(laila.get("/audit/export/", {"actor": "sari"}))
    assert [row["Number"] for row in rows] == [str(entry.pk) for entry in reversed(made)]
    assert rows[0]["Who"] == "Sari Wulandari"

    told = Entry.objects.filter(event=EXPORTED.name).get()
    assert (told.actor, told.data) == (cast.laila, {"filters": ["actor=sari"], "entries": 60})


def test_an_export_is_no_formula(cast: Cast, laila: Client, happen: Happen) -> None:
    unit = factories.unit("=HYPERLINK(1)", parent=cast.city)
    happen(cast.sari, unit)
    (row,) = read_csv(laila.get("/audit/export/", {"target_type": "accounts.unit"}))
    assert not any((value or "").startswith("=") for value in row.values())


def test_the_chain_is_shown_and_verified_from_the_page(
    cast: Cast,
    laila: Client,
    happen: Happen,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(verify_trail, "delay", asked.append)
    happen(cast.sari, cast.diskominfo, 3)
    seal_entries()
    seal = Seal.objects.get()
    assert f"{seal.pk}:{seal.sha256}" in laila.get(LIST).content.decode()
    assert laila.get("/audit/verifications/").status_code == 405

    with django_capture_on_commit_callbacks(execute=True):
        assert laila.post("/audit/verifications/").status_code == 302
    waiting = Verification.objects.get()
    assert asked == [waiting.pk]
    assert waiting.requested_by == cast.laila
    part = laila.get("/audit/chain/", headers={"hx-request": "true"}).content.decode()
    assert "every 3s" in part
    assert "<html" not in part

    verify_trail(waiting.pk)
    html = laila.get("/audit/chain/").content.decode()
    assert "<html" in html
    assert "every 3s" not in html
    assert "badge-good" in html


def test_a_broken_chain_is_shown(cast: Cast, laila: Client, happen: Happen) -> None:
    Verification.objects.create(
        requested_by=cast.laila,
        status="broken",
        finished_at=timezone.now(),
        broken_what="missing",
        broken_seal_id=7,
        broken_entry_id=70,
    )
    html = laila.get("/audit/chain/").content.decode()
    assert "badge-bad" in html
    assert "70" in html


def test_history_of_an_object_is_told_to_whoever_sees_the_object(
    cast: Cast, happen: Happen, django_assert_num_queries: Any
) -> None:
    other = factories.official_account(cast.diskominfo)
    (one,) = happen(cast.sari, cast.diskominfo)
    (two,) = happen(cast.dwi, other)
    happen(cast.dwi, cast.dinkes)
    with django_assert_num_queries(1):
        lines = history_of(cast.diskominfo, other)
    assert [line.entry_id for line in lines] == [two.pk, one.pk]
    assert lines[1].sentence.startswith("Sari Wulandari: Something small happened")
    assert history_of() == []


def test_every_event_can_be_chosen_by_its_words(db: None) -> None:
    choices = dict(event_choices())
    assert {"sign_in", "sign_in.session.started", "audit.trail.exported"} <= choices.keys()


def test_a_sentence_is_told_in_the_language_of_the_reader(cast: Cast) -> None:
    entry = record(
        SIGNED, actor=cast.sari, target=cast.city, reason="x", letter_sha256="", pages=1234
    )
    entry.on_behalf_of_name = "Ratna Kusuma"
    with translation.override("en"):
        assert entry.sentence == (
            "Sari Wulandari on behalf of Ratna Kusuma signed Kota Samudra"
            " (not given, 1,234). Reason: “x”"
        )
    with translation.override("id"):
        assert "1.234" in entry.sentence


def test_titles_and_reasons_are_quoted_and_cannot_turn_the_sentence_around(cast: Cast) -> None:
    post = make_stage(cast, title="Jauh\u202e <b>").post
    entry = record(
        SIGNED, actor=cast.sari, target=post, reason="Ganti\u202e", letter_sha256="ab", pages=2
    )
    with translation.override("en"):
        title, reason = entry.target_label, entry.data["reason"]
        assert entry.sentence == f"Sari Wulandari signed “{title}” (ab, 2). Reason: “{reason}”"
        title, reason = escape(title), escape(reason)
        assert "&lt;b&gt;" in title
        assert entry.sentence_html == (
            f"Sari Wulandari signed “<bdi>{title}</bdi>” (ab, 2). Reason: “<bdi>{reason}</bdi>”"
        )
        told = history_of(post)[0].sentence
    assert told == entry.sentence_html


def test_an_entry_whose_event_or_keys_are_gone_still_reads(cast: Cast) -> None:
    entry = Entry(event="old.thing.done", actor_name="Sari", target_label="Surat", data={})
    assert entry.sentence == "Sari: old.thing.done (Surat)"
    entry.event = SIGNED.name
    assert entry.sentence == "Sari: Letter signed (Surat)"


@pytest.mark.parametrize("model", [Entry, Seal, Verification])
def test_admin_is_a_window_only(cast: Cast, model: type[Any]) -> None:
    request = RequestFactory().get("/")
    request.user = cast.bayu
    admin = site.get_model_admin(model)
    assert admin.has_view_permission(request)
    assert not admin.has_add_permission(request)
    assert not admin.has_change_permission(request)
    assert not admin.has_delete_permission(request)
    assert admin.get_actions(request) == {}

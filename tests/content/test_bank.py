"""Templates and narratives: kept by reviewers, valid for a time, never changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Unit
from content import actions
from content.documents import Facets
from content.errors import ContentError
from content.finding_rules.around import Narrative, Surroundings
from content.findings import find
from content.models import BankText
from content.surroundings import findings_of
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import FACETS, document, make_stage
from tests.content.test_findings import written
from tests.gathering import each

NOON = datetime(2026, 11, 27, 5, tzinfo=UTC)
FLOOD = "Pemerintah Kota Samudra menanggung biaya {layanan} bagi warga terdampak banjir."
LIST, ADD, PICK, NEW = (
    reverse(f"content:{name}") for name in ("bank_list", "bank_add", "bank_pick", "post_create")
)


def today(days: int = 0) -> date:
    return timezone.localdate() + timedelta(days=days)


def wording(**said: Any) -> actions.Wording:
    values: dict[str, Any] = {"title": "Biaya berobat", "purpose": "Saat banjir", "text": FLOOD}
    return actions.Wording(**{**values, "valid_from": today(-30), **said})


def added(cast: Cast, unit: Unit | None = None, kind: str = "narrative", **said: Any) -> BankText:
    return actions.add_bank_text(
        actor=cast.sari, unit_id=(unit or cast.diskominfo).pk, kind=kind, wording=wording(**said)
    )


@pytest.fixture
def client(cast: Cast, client_as: Callable[[object], Client]) -> Client:
    return client_as(factories.reads_english(cast.dwi))


def address(name: str, text: BankText) -> str:
    return reverse(f"content:bank_{name}", args=[text.pk])


def narrative_rules(text: str, cast: Cast, **about: Any) -> list[str]:
    found = findings_of(document(factories.official_account(cast.diskominfo), text=text, **about),
                        cast.diskominfo)  # fmt: skip
    return [one.rule for one in found if one.rule in {"narrative", "placeholder"}]


def test_a_text_is_added_replaced_and_withdrawn_and_each_is_on_record(cast: Cast) -> None:
    first = added(cast, valid_until=today(30))
    second = actions.replace_bank_text(
        actor=cast.sari, text_id=first.pk, wording=wording(title="Biaya berobat 2")
    )
    with pytest.raises(ContentError, match="Another text took its place"):
        actions.replace_bank_text(actor=cast.sari, text_id=first.pk, wording=wording())
    actions.withdraw_bank_text(actor=cast.sari, text_id=second.pk, reason="Aturan baru.")
    with pytest.raises(ContentError, match="withdrawn already"):
        actions.withdraw_bank_text(actor=cast.sari, text_id=second.pk, reason="Lagi.")
    rows = {one.pk: one for one in BankText.objects.select_related("replaced_by")}
    assert [rows[one.pk].state_on(today()) for one in (first, second)] == ["replaced", "withdrawn"]
    events = Entry.objects.filter(event__startswith="content.bank_text.").order_by("pk")
    assert [(one.event.rpartition(".")[2], one.data["kind"]) for one in events] == [
        ("added", "narrative"), ("replaced", "narrative"), ("withdrawn", "narrative"),
    ]  # fmt: skip
    assert FLOOD not in str(list(events.values("data")))


def test_only_those_who_keep_the_bank_of_the_unit_change_it(cast: Cast) -> None:
    text = added(cast)
    for who in (cast.dwi, cast.bayu, cast.nur, cast.ratna):
        with pytest.raises(PermissionDenied):
            actions.add_bank_text(
                actor=who, unit_id=cast.diskominfo.pk, kind="template", wording=wording()
            )
        with pytest.raises(PermissionDenied):
            actions.withdraw_bank_text(actor=who, text_id=text.pk, reason="x")
    assert BankText.objects.count() == 1


def test_the_database_keeps_every_text_as_it_was(cast: Cast) -> None:
    text = added(cast)
    template = added(cast, kind="template")
    rows = BankText.objects.filter(pk=text.pk)
    copy = {
        "unit_id": cast.dinkes.pk,
        "kind": "narrative",
        "title": "x",
        "purpose": "x",
        "text": FLOOD,
        "mark": text.mark,
        "valid_from": today(),
        "made_by": cast.sari,
    }
    attempts: list[Callable[[], object]] = [
        lambda: rows.update(text="Diganti diam-diam."),
        lambda: rows.update(valid_until=today(900)),
        lambda: rows.update(withdrawn_at=timezone.now()),
        rows.delete,
        lambda: BankText.objects.create(**copy, replaces=text),
        lambda: BankText.objects.create(**{**copy, "mark": "pendek"}),
        lambda: BankText.objects.create(
            **{**copy, "unit_id": cast.diskominfo.pk}, replaces=template
        ),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    actions.withdraw_bank_text(actor=cast.sari, text_id=text.pk, reason="Aturan baru.")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(withdrawn_by=None, withdrawn_at=None, withdrawn_because="")


@each(
    "said, field",
    [
        ({"title": "\u200b"}, "title"),
        ({"purpose": " "}, "purpose"),
        ({"text": "{nama} {tempat}"}, "text"),
        ({"text": "x" * 3_001}, "text"),
        ({"title": "NIK 3275011205900003"}, "title"),
        ({"valid_until": date(2020, 1, 1)}, "valid_until"),
        ({"facets": Facets(classes=("approved",))}, "primary_class"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    cast: Cast, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(ContentError) as refused:
        added(cast, **said)
    assert refused.value.field == field


def test_a_narrative_whose_writer_alone_could_approve_says_so_before_and_after(
    cast: Cast, client: Client, client_as: Callable[[object], Client],
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    text = added(cast, title="Biaya banjir")
    alone = "Sari Wulandari does not decide on a post with it"
    picked = client.get(PICK, {"unit": cast.diskominfo.pk}).content.decode()
    assert "written by Sari Wulandari" in picked
    assert alone in picked
    stage = make_stage(cast, text=FLOOD.replace("{layanan}", "berobat"))
    version = stage.fresh().current_version
    assert version is not None
    actions.edit_post(
        actor=cast.dwi,
        post_id=stage.post.pk,
        document=replace(version.content(), title="Banjir"),
        based_on=1,
        from_bank={text.pk},
    )
    detail = reverse("content:post_detail", args=[stage.post.pk])
    submit = reverse("content:post_submit", args=[stage.post.pk])
    told = client.post(submit, {"based_on": "2"}, follow=True).content.decode()
    assert "Submitted, but nobody may decide on it now" in told
    with django_assert_max_num_queries(15):
        told = client.get(detail).content.decode()
    assert "It uses the narrative “Biaya banjir”, which Sari Wulandari wrote" in told
    assert "A role that is held on behalf of Sari Wulandari does not count for it." in told
    sari = client_as(factories.reads_english(cast.sari))
    assert "You wrote the narrative “Biaya banjir”" in sari.get(detail).content.decode()
    factories.grant(cast.rina, Role.APPROVER, cast.city)
    assert alone not in client.get(PICK, {"unit": cast.diskominfo.pk}).content.decode()
    assert "Stuck:" not in client.get(detail).content.decode()


def test_the_composer_names_who_wrote_what_it_begins_with(cast: Cast, client: Client) -> None:
    begun = {"narrative": added(cast).pk}
    told = "Sari Wulandari wrote it and does not decide on this post"
    alone = client.get(NEW, begun, follow=True).content.decode()
    assert f"{told}, and nobody else may approve in this unit now" in alone
    factories.grant(cast.rina, Role.APPROVER, cast.city)
    assert f"{told}." in client.get(NEW, begun, follow=True).content.decode()


def test_units_below_see_and_use_it_and_others_do_not(
    cast: Cast, client: Client, client_as: Callable[[object], Client],
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    factories.grant(cast.sari, Role.APPROVER, cast.city)
    of_city = added(cast, cast.city, title="Untuk semua")
    own = added(cast, cast.diskominfo, title="Milik Diskominfo")
    for number in range(8):
        added(cast, cast.diskominfo, kind="template", title=f"Templat {number}")
    with django_assert_max_num_queries(15):
        shown = client.get(LIST).content.decode()
    assert "Untuk semua" in shown
    assert "Milik Diskominfo" in shown
    fajar = client_as(cast.fajar)
    shown = fajar.get(LIST).content.decode()
    assert "Untuk semua" in shown
    assert "Milik Diskominfo" not in shown
    assert fajar.get(address("detail", own)).status_code == 404
    assert fajar.get(address("detail", of_city)).status_code == 200
    assert "Milik Diskominfo" not in fajar.get(PICK, {"unit": cast.diskominfo.pk}).content.decode()
    assert FLOOD not in fajar.get(NEW, {"narrative": own.pk}, follow=True).content.decode()
    assert client.post(address("withdraw", own), {"reason": "x"}).status_code == 403


def test_only_what_is_valid_today_is_offered_while_writing(
    cast: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    good = added(cast, title="Berlaku", valid_until=today())
    added(cast, title="Sudah lewat", valid_until=today(-1))
    added(cast, title="Belum mulai", valid_from=today(2))
    gone = added(cast, title="Ditarik")
    actions.withdraw_bank_text(actor=cast.sari, text_id=gone.pk, reason="Aturan baru.")
    template = added(cast, kind="template", title="Jadwal layanan", text="Buka {hari}.",
                     facets=FACETS)  # fmt: skip
    shown = client.get(PICK, {"unit": cast.diskominfo.pk, "words": ""}).content.decode()
    offered = [one for one in ("Berlaku", "Sudah lewat", "Belum mulai", "Ditarik") if one in shown]
    assert offered == ["Berlaku"]
    assert good.text in shown
    with django_assert_max_num_queries(15):
        shown = client.get(f"{NEW}?template={template.pk}&form={uuid4()}").content.decode()
    assert "Buka {hari}." in shown
    boxes = [line for line in shown.splitlines() if 'value="information"' in line]
    assert any("checked" in box for box in boxes)
    for stale in (gone.pk, 999_999, "x", "9" * 40):
        shown = client.get(NEW, {"narrative": stale}, follow=True).content.decode()
        assert "Nothing was taken over" in shown
        assert "terdampak banjir" not in shown
    states = {
        state: [row["text"].title for row in client.get(LIST, {"state": state}).context["rows"]]
        for state in ("expired", "upcoming", "withdrawn")
    }
    assert states == {
        "expired": ["Sudah lewat"], "upcoming": ["Belum mulai"], "withdrawn": ["Ditarik"],
    }  # fmt: skip


def test_the_pages_keep_what_was_typed_and_say_what_is_wrong(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    sari = client_as(factories.reads_english(cast.sari))
    typed = {"unit": cast.diskominfo.pk, "kind": "narrative", "title": "Judul", "purpose": "Guna",
             "text": "{kosong}", "valid_from": "2026-11-01", "other_classes": "x"}  # fmt: skip
    answer = sari.post(ADD, {**typed, "unit": cast.dinkes.pk})
    assert answer.status_code == 422
    del typed["other_classes"]
    answer = sari.post(ADD, typed)
    assert (answer.status_code, "{kosong}" in answer.content.decode()) == (422, True)
    answer = sari.post(ADD, {**typed, "text": FLOOD, "primary_class": "information"})
    text = BankText.objects.get()
    assert answer["Location"] == address("detail", text)
    assert text.suggested().classes == ("information",)
    answer = sari.post(address("replace", text), {**typed, "text": f"{FLOOD} Segera."})
    newer = BankText.objects.get(replaces=text)
    assert answer["Location"] == address("detail", newer)
    assert sari.get(address("replace", newer)).status_code == 200
    assert sari.post(address("withdraw", newer), {"reason": ""}).status_code == 422
    sari.post(address("withdraw", newer), {"reason": "Aturan baru."})
    assert "Aturan baru." in sari.get(address("detail", newer)).content.decode()


@each(
    "text, about, is_found",
    [
        (FLOOD.replace("{layanan}", "berobat"), {"is_over": True}, True),
        (FLOOD.replace("{layanan}", "rumah sakit").upper(), {"is_over": True}, True),
        (f"Kabar baik!\n\n{FLOOD}", {"valid_until": date(2026, 11, 26)}, True),
        (FLOOD, {"valid_until": date(2026, 11, 27)}, False),
        (FLOOD, {"valid_from": date(2026, 11, 28)}, True),
        ("Pemerintah Kota Samudra menanggung semua biaya.", {"is_over": True}, False),
    ],
)
def test_a_narrative_that_does_not_count_is_found(
    text: str, about: dict[str, Any], is_found: bool
) -> None:
    said = {"valid_from": date(2026, 1, 1), **about}
    around = Surroundings(
        at=NOON, narratives=[Narrative(title="Biaya berobat", text=FLOOD, **said)]
    )
    rules = [one.rule for one in find(written(text), around)]
    assert ("narrative" in rules) is is_found


def test_posts_are_asked_about_what_ended_and_not_about_what_took_its_place(cast: Cast) -> None:
    held = FLOOD.replace("{layanan}", "berobat")
    text = added(cast, valid_until=today(3))
    assert narrative_rules(held, cast) == []
    assert narrative_rules(held, cast, planned_at=timezone.now() + timedelta(days=5)) == [
        "narrative"
    ]
    newer = f"{FLOOD} Bawa KTP."
    actions.replace_bank_text(actor=cast.sari, text_id=text.pk, wording=wording(text=newer))
    assert narrative_rules(held, cast) == ["narrative"]
    assert narrative_rules(f"{held} Bawa KTP.", cast) == []
    assert narrative_rules("Buka pada {hari}.", cast) == ["placeholder"]
    # Another unit's narrative is none of this one's.
    closed = "Layanan Dinkes tutup sampai akhir tahun."
    factories.grant(cast.sari, Role.REVIEWER, cast.dinkes)
    added(cast, cast.dinkes, text=closed, valid_until=today(-1))
    assert narrative_rules(closed, cast) == []

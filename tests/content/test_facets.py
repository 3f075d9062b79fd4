"""Facets and the checklist: needed before a submission, under the digest, shown and compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from content import actions, comparing
from content.codebook import CHAPTERS
from content.documents import Declaration, Document, Facets
from content.errors import ContentError
from content.facets import ContentClass
from content.models import Post, Publication, Relation
from content.selectors.facets import class_ratio_of
from tests import factories
from tests.cast import Cast
from tests.content.stage import (
    DECLARED,
    FACETS,
    FakePlatform,
    Stage,
    answers,
    holding_until,
    later,
    make_stage,
)
from tests.gathering import each

SignIn = Callable[[object], Client]


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def test_every_value_has_a_definition_and_two_examples() -> None:
    for chapter in CHAPTERS:
        assert chapter.source
        for code in chapter.codes:
            assert code.definition
            assert len(set(code.examples)) == 2
    assert {code.value for code in CHAPTERS[0].codes} == set(ContentClass.values)


@each(
    "facets, field",
    {
        "no class": (replace(FACETS, classes=()), "primary_class"),
        "an unknown class": (replace(FACETS, classes=("lain",)), "primary_class"),
        "a class twice": (replace(FACETS, classes=("input", "input")), "primary_class"),
        "no function": (replace(FACETS, function=""), "function"),
        "no stage": (replace(FACETS, stage=""), "stage"),
        "nobody to read it": (replace(FACETS, audiences=()), "audiences"),
        "an unknown sensitivity": (replace(FACETS, sensitivity="biasa"), "sensitivity"),
        "an emergency without an end": (replace(FACETS, sensitivity="emergency"), "valid_until"),
    },
)
def test_a_draft_may_lack_facets_and_a_submission_may_not(
    cast: Cast, facets: Facets, field: str
) -> None:
    stage = make_stage(cast, facets=facets)
    with pytest.raises(ContentError) as refused:
        stage.submit()
    assert refused.value.field == field
    assert stage.fresh().status == Post.Status.DRAFT


@each(
    "declared, field",
    {
        "nothing confirmed": (replace(DECLARED, confirmed={}), "confirm_ethics"),
        "an old version": (
            replace(DECLARED, confirmed={"ethics": 0, "conduct": 1}),
            "confirm_ethics",
        ),
        "one list alone": (replace(DECLARED, confirmed={"ethics": 1}), "confirm_conduct"),
        "a doubt without words": (replace(DECLARED, doubts=("ethics.6",)), "doubt"),
        "a doubt about nothing": (replace(DECLARED, doubts=("lain",), doubt="?"), "doubts"),
        "no source": (replace(DECLARED, source=" "), "source"),
        "no day": (replace(DECLARED, data_date=None), "data_date"),
        "no class of secrecy": (replace(DECLARED, secrecy=""), "secrecy"),
        "restricted": (replace(DECLARED, secrecy="restricted"), "secrecy"),
        "excluded not answered": (replace(DECLARED, excluded=""), "excluded"),
        "excluded": (replace(DECLARED, excluded="yes"), "excluded"),
        "not sure": (replace(DECLARED, excluded="unsure"), "excluded"),
        "personal data not answered": (replace(DECLARED, personal=""), "personal"),
        "personal data, not sure": (replace(DECLARED, personal="unsure"), "personal"),
        "personal data without a basis": (replace(DECLARED, personal="lawful"), "personal_basis"),
    },
)
def test_what_is_not_confirmed_or_answered_is_not_submitted(
    cast: Cast, declared: Declaration, field: str
) -> None:
    stage = make_stage(cast, declared=declared)
    with pytest.raises(ContentError) as refused:
        stage.submit()
    assert refused.value.field == field


def test_facts_are_not_of_a_day_ahead(cast: Cast) -> None:
    ahead = timezone.localdate() + timedelta(days=2)
    with pytest.raises(ContentError) as refused:
        make_stage(cast, declared=replace(DECLARED, data_date=ahead)).submit()
    assert refused.value.field == "data_date"


def test_a_symbolic_post_needs_no_source_and_a_doubt_goes_along(cast: Cast) -> None:
    declared = replace(
        DECLARED, source="", data_date=None, doubts=("ethics.6",), doubt="Angka dari lisan."
    )
    stage = make_stage(cast, facets=replace(FACETS, classes=("symbolic",)), declared=declared)
    stage.submit()
    assert stage.fresh().status == Post.Status.SUBMITTED


def test_an_emergency_notice_holds_when_it_goes_out(cast: Cast) -> None:
    urgent = replace(FACETS, sensitivity="emergency")
    for lacking, field in (
        ({"valid_until": None}, "valid_until"),
        ({"valid_until": later(hours=-1)}, "valid_until"),
        ({"valid_until": later(hours=3), "planned_at": later(hours=2)}, "planned_at"),
    ):
        with pytest.raises(ContentError) as refused:
            make_stage(cast, facets=urgent, **lacking).submit()
        assert refused.value.field == field
    end = later(hours=3)
    told = holding_until("Mengungsilah.", end)
    assert make_stage(cast, facets=urgent, valid_until=end, text=told).submit()


def test_nobody_submits_what_somebody_else_confirmed(stage: Stage) -> None:
    with pytest.raises(ContentError, match="Dwi Hartono"):
        stage.submit(by=stage.cast.rina)
    stage.edit("Vaksin gratis untuk semua.", by=stage.cast.rina)
    with pytest.raises(ContentError, match="Rina Lestari"):
        stage.submit(by=stage.cast.dwi)
    stage.submit(by=stage.cast.rina)


def test_the_form_of_a_colleague_begins_unconfirmed(stage: Stage, client_as: SignIn) -> None:
    address = reverse("content:post_edit", args=[stage.post.pk])
    forms = {who: client_as(who).get(address).context["form"] for who in ("dwi", "rina")}
    assert [forms[who]["confirm_ethics"].value() for who in forms] == [True, False]
    assert forms["rina"]["source"].value() == DECLARED.source


def test_everything_is_under_the_digest_and_read_again(stage: Stage) -> None:
    document = stage.fresh().current_version.content()  # type: ignore[union-attr]  # it has one
    changed = [
        replace(document, facets=replace(FACETS, classes=("input",))),
        replace(document, declared=replace(DECLARED, source="Lain")),
        replace(document, justified={"0" * 16: "Karena."}),
        replace(document, valid_until=later(days=1)),
    ]
    assert len({one.canonical() for one in [document, *changed]}) == 5
    assert all(Document.parse(one.canonical()) == one for one in changed)


def test_a_version_of_before_is_read_and_only_lacks_the_answers() -> None:
    old = (
        '{"facets":{"audiences":[],"classes":["input"],"function":"","sensitivity":"ordinary",'
        '"stage":""},"language":"id","media":[],"planned_at":null,"schema":2,"text":"T",'
        '"title":"J","valid_until":null,"variants":{}}'
    )
    document = Document.parse(old)
    assert document.facets.classes == ("input",)
    assert document.declared == Declaration()
    assert document.justified == {}


def test_a_comparison_shows_every_field_that_differs(stage: Stage) -> None:
    before = stage.fresh().current_version
    assert before is not None
    content = before.content()
    document = replace(
        content,
        text="Lain.",
        facets=Facets(
            classes=("dialogue", "input"), function="educate", stage="transaction",
            audiences=("g2b",), sensitivity="sensitive",
        ),
        valid_until=later(days=1),
        declared=Declaration(personal="lawful", personal_basis="Izin.", doubts=("ethics.1",)),
    )  # fmt: skip
    actions.edit_post(actor=stage.cast.dwi, post_id=stage.post.pk, document=document, based_on=1)
    after = stage.fresh().current_version
    assert after is not None
    with translation.override("id"):
        rows = comparing.compare(before, after, post=stage.post).rows
        labels = {row.label for row in rows}
    assert {
        "Teks", "Kelas konten", "Fungsi", "Tahap pemanfaatan", "Khalayak", "Kepekaan",
        "Berlaku sampai", "Sumber data", "Data per tanggal", "Klasifikasi keamanan",
        "Dasar hukum pemrosesan", "Diragukan", "Delapan pernyataan etika",
    } <= labels  # fmt: skip


def test_the_composer_keeps_what_is_typed_and_refuses_forged_values(
    stage: Stage, client_as: SignIn
) -> None:
    factories.reads_english(stage.cast.dwi)
    typed = {
        "title": "J", "unit": stage.cast.diskominfo.pk, "accounts": [stage.account.pk],
        "text": "Loket buka Sabtu.", "language": "id", **answers(), "other_classes": ["input"],
    }  # fmt: skip
    client = client_as("dwi")
    answer = client.post(reverse("content:post_create"), typed)
    assert answer.status_code == 302
    content = Post.objects.latest("pk").current_version.content()  # type: ignore[union-attr]  # it has one
    assert content.facets.classes == ("information", "input")
    assert content.declared == DECLARED
    for name in ("primary_class", "function", "stage", "audiences", "secrecy", "doubts"):
        forged = client.post(reverse("content:post_create"), {**typed, name: "lain"})
        assert forged.status_code == 422, name
        assert "Loket buka Sabtu." in forged.content.decode()
    alone = {**typed, "primary_class": ""}
    assert (
        "Choose the main class first."
        in client.post(reverse("content:post_create"), alone).content.decode()
    )


def test_what_is_missing_is_listed_all_at_once(stage: Stage, client_as: SignIn) -> None:
    factories.reads_english(stage.cast.dwi)
    typed = {"title": "J", "unit": stage.cast.diskominfo.pk, "language": "id", "submit": "1"}
    client = client_as("dwi")
    answer = client.post(reverse("content:post_create"), typed)
    shown = client.get(answer["Location"]).content.decode()
    for told in (
        "What kind of content it is (4)",
        'href="#id_stage">Choose the stage of use.</a>',
        'href="#id_secrecy">Choose the security class of what it says.</a>',
    ):
        assert told in shown
    assert 'href="#id_primary_class"' in shown
    assert 'id="id_primary_class"' in shown


def live(stage: Stage, classes: tuple[str, ...]) -> Post:
    one = make_stage(stage.cast, facets=replace(FACETS, classes=classes))
    one.submit().approve().send(FakePlatform())
    return one.fresh()


def test_the_ratio_counts_what_went_out_in_this_quarter_by_its_main_class_and_for_good(
    stage: Stage, client_as: SignIn
) -> None:
    cast, unit = stage.cast, stage.cast.diskominfo
    factories.reads_english(cast.dwi)
    informed, asked, greeted = (
        live(stage, classes) for classes in (("information",), ("input", "symbolic"), ("symbolic",))
    )
    correction = actions.follow_post(
        actor=cast.dwi, post_id=informed.pk, relation=Relation.CORRECTION
    )
    corrected = Stage(cast, informed.publications.get().official_account, correction)
    corrected.edit("Ralat.").submit().approve().send(FakePlatform())
    assert Post.objects.get(pk=informed.pk).status == Post.Status.CORRECTED
    for post in (informed, asked, greeted):
        actions.archive_post(actor=cast.sari, post_id=post.pk)
    ratio = class_ratio_of(unit)
    assert (ratio.normative, ratio.performative, ratio.unclassed, ratio.withdrawn) == (3, 1, 0, 0)
    actions.withdraw_publication(
        actor=cast.sari, publication_id=greeted.publications.get().pk, reason="Salah."
    )
    assert greeted.publications.get().status == Publication.Status.WITHDRAWN
    ratio = class_ratio_of(unit)
    assert (ratio.normative, ratio.performative, ratio.withdrawn) == (3, 0, 1)
    address = reverse("content:class_ratio")
    shown = client_as("dwi").get(address, {"unit": unit.pk}).content.decode()
    for told in ("3 normative : 0 performative", "1 was withdrawn and does not count"):
        assert told in shown
    with time_machine.travel(timezone.now() + timedelta(days=100)):
        later_on = class_ratio_of(unit)
    for other in (class_ratio_of(cast.dinkes), later_on):
        assert (other.classed, other.withdrawn) == (0, 0)


def test_the_ratio_takes_two_queries_and_is_for_ones_own_units(
    stage: Stage, client_as: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = client_as("dwi")
    address = reverse("content:class_ratio")
    # What every page asks first: session, person, rights.
    with django_assert_max_num_queries(3) as asked:  # type: ignore[attr-defined]  # a context
        client.get(address)
    with django_assert_max_num_queries(len(asked) + 2):  # type: ignore[attr-defined]  # a context
        client.get(address, {"unit": stage.cast.diskominfo.pk})
    assert client.get(address, {"unit": stage.cast.dinkes.pk}).status_code == 404
    for forged in ("", "x", "-1", "9" * 30):
        assert client.get(address, {"unit": forged}).content == b""


def test_the_list_is_filtered_by_class(stage: Stage, client_as: SignIn) -> None:
    make_stage(stage.cast, title="Konsultasi", facets=replace(FACETS, classes=("input",)))
    client = client_as("dwi")
    shown = client.get(reverse("content:post_list"), {"kind": "input"}).content.decode()
    assert "Konsultasi" in shown
    assert "Jadwal vaksinasi" not in shown
    unknown = client.get(reverse("content:post_list"), {"kind": "lain"}).content.decode()
    assert "Konsultasi" not in unknown


def test_the_codebook_and_the_post_tell_what_was_chosen(stage: Stage, client_as: SignIn) -> None:
    client = client_as("sari")
    codebook = client.get(reverse("content:codebook")).content.decode()
    assert "Penyediaan informasi" in codebook
    assert "PermenPANRB 83/2012" in codebook
    stage.submit()
    shown = client.get(reverse("content:post_detail", args=[stage.post.pk])).content.decode()
    for told in (
        "Penyediaan informasi",
        "Dinas Kesehatan",
        "Dibaca dan dinyatakan (daftar edisi 1)",
    ):
        assert told in shown

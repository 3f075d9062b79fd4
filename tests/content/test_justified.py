"""Findings on the way of a post: resolved or justified before a submission, told to approvers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import OfficialAccount
from content import actions
from content.documents import EMERGENCY
from content.errors import ContentError
from content.models import ElectionWindow, KnownContact, Post, Retrospective
from content.surroundings import findings_of
from govsocial.audit.models import Entry
from govsocial.web.templatetags.formats import moment
from tests import factories
from tests.cast import Cast
from tests.content.stage import WIB, Stage, answers, document, later, make_stage
from tests.content.test_emergencies import emergency

SignIn = Callable[[object], Client]
TEXT = "Pertanyaan ke Posko Banjir 0812-3456-7890."


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast, text=TEXT)


def known(cast: Cast, **fields: object) -> KnownContact:
    values = {
        "actor": cast.bayu, "unit_id": cast.city.pk, "kind": "phone", "value": "+62 812 3456 7890",
        "reason": "Nomor posko.",
    }  # fmt: skip
    return actions.add_known_contact(**(values | fields))


def key_of(stage: Stage) -> str:
    version = stage.fresh().current_version
    assert version is not None
    (found,) = findings_of(version.content(), stage.post.unit)
    return found.key


def justify(stage: Stage, why: str, text: str = TEXT) -> None:
    version = stage.fresh().current_version
    assert version is not None
    changed = document(stage.account, text=text, justified={key_of(stage): why, "f" * 16: "Lain."})
    actions.edit_post(
        actor=stage.cast.dwi, post_id=stage.post.pk, document=changed, based_on=version.number
    )


def test_a_finding_stops_a_submission_until_it_is_justified(
    stage: Stage, client_as: SignIn
) -> None:
    with pytest.raises(ContentError) as refused:
        stage.submit()
    assert refused.value.field == f"why_{key_of(stage)}"
    assert "7890" not in str(refused.value)
    justify(stage, "Nomor posko yang diumumkan BPBD.")
    stage.submit()
    page = client_as("sari").get(reverse("content:post_detail", args=[stage.post.pk]))
    assert "Nomor posko yang diumumkan BPBD." in page.content.decode()


def test_a_reason_goes_with_its_finding(stage: Stage) -> None:
    key = key_of(stage)
    justify(stage, "Nomor posko.")
    content = stage.fresh().current_version.content()  # type: ignore[union-attr]  # it has one
    assert content.justified == {key: "Nomor posko."}, "and none of what was not found"
    actions.edit_post(
        actor=stage.cast.dwi,
        post_id=stage.post.pk,
        document=replace(content, text="Teks lain.", texts={stage.account.pk: "Teks lain."}),
        based_on=2,
    )
    content = stage.fresh().current_version.content()  # type: ignore[union-attr]  # it has one
    assert content.justified == {}


def test_the_form_asks_for_a_reason_and_keeps_it(stage: Stage, client_as: SignIn) -> None:
    client = client_as("dwi")
    address = reverse("content:post_edit", args=[stage.post.pk])
    name = f"why_{key_of(stage)}"
    page = client.get(address).content.decode()
    assert f'name="{name}"' in page
    assert f'data-finding="{key_of(stage)}"' in page
    assert page.count('id="preview-told"') == 1
    assert "versi tersimpan" in page
    typed = {
        "title": "Jadwal vaksinasi", "unit": stage.cast.diskominfo.pk, "based_on": "1",
        "accounts": [stage.account.pk], "text": TEXT, "language": "id", **answers(),
        name: "Nomor posko.", "why_zzz": "x", f"why_{'a' * 16}": "Palsu.", "submit": "1",
    }  # fmt: skip
    refused = client.post(address, {**typed, "title": ""})
    assert refused.status_code == 422
    assert "Nomor posko." in refused.content.decode()
    assert client.post(address, typed).status_code == 302
    assert stage.fresh().status == Post.Status.SUBMITTED
    content = stage.post.current_version.content()  # type: ignore[union-attr]  # it has one
    assert content.justified == {name.removeprefix("why_"): "Nomor posko."}


def test_an_emergency_that_does_not_tell_its_end_is_told_the_sentence_and_goes_with_a_reason(
    cast: Cast, client_as: SignIn
) -> None:
    stage = emergency(cast, text="Mengungsilah sekarang.")
    client, address = client_as("dwi"), reverse("content:post_edit", args=[stage.post.pk])
    end = later(hours=6).astimezone(WIB)
    typed = {
        "title": "Banjir", "unit": cast.diskominfo.pk, "based_on": "1", "language": "id",
        "accounts": [stage.account.pk], "text": "Mengungsilah sekarang.", **answers(),
        "sensitivity": EMERGENCY, "valid_until": "",
    }  # fmt: skip
    asked = client.post(address, typed | {"submit": "1"}, follow=True).content.decode()
    assert "tulis jam yang sama di dalam teks" in asked
    typed |= {"based_on": "2", "valid_until": f"{end:%Y-%m-%dT%H:%M}", "submit": "1"}
    shown = client.post(address, typed, follow=True).content.decode()
    with override("id"):
        sentence = f"Berlaku sampai {moment(end, WIB)}."
    assert f"Batas berlaku: tambahkan “{sentence}”" in shown
    assert f'data-adding="{sentence}"' in shown
    # What is found while one types is what the form asks a reason for.
    name = f"why_{key_of(stage)}"
    assert f'name="{name}"' in shown
    live = client.post(reverse("content:post_preview"), typed).context["found"]
    assert [f"why_{one.key}" for one in live] == [name]
    typed |= {"based_on": "3", name: "Sampai dicabut BPBD."}
    client.post(address, typed)
    assert stage.fresh().status == Post.Status.SUBMITTED
    stage.approve()
    assert Retrospective.objects.get().done_at is None


def test_what_is_typed_is_looked_through_at_once(stage: Stage, client_as: SignIn) -> None:
    typed = {"title": "", "unit": stage.cast.diskominfo.pk, "text": "NIK 3275011205900003"}
    answer = client_as("dwi").post(reverse("content:post_preview"), typed)
    shown = answer.content.decode()
    assert "32••••••••••••03" in shown
    assert "3275011205900003" not in shown
    # The form is told which findings are left, and a line above its buttons how many.
    (one,) = answer.context["found"]
    assert f'data-found="{one.key} "' in shown
    assert 'id="preview-told" hx-swap-oob="true"' in shown
    assert "1 temuan" in shown


def test_no_identity_number_comes_into_the_trail(stage: Stage, client_as: SignIn) -> None:
    number = "3275011205900003"
    bad = document(stage.account, title=f"Warga {number}")
    with pytest.raises(ContentError) as refused:
        actions.create_post(actor=stage.cast.dwi, unit_id=stage.cast.diskominfo.pk, document=bad)
    assert refused.value.field == "title"
    typed = {"title": f"Warga {number}", "unit": stage.cast.diskominfo.pk, "language": "id"}
    assert client_as("dwi").post(reverse("content:post_create"), typed).status_code == 422
    stage.edit(f"Data {number}")
    told = [f"{entry.target_label} {entry.data}" for entry in Entry.objects.all()]
    assert told
    assert not any(number in one for one in told)


def test_a_known_contact_counts_for_the_unit_and_below(stage: Stage) -> None:
    of_others = known(stage.cast, unit_id=stage.cast.dinkes.pk)
    with pytest.raises(ContentError):
        stage.submit()
    contact = known(stage.cast)
    assert contact.value == of_others.value == "081234567890"
    stage.submit()
    assert Entry.objects.filter(event="content.contact.added").count() == 2


def test_a_removed_contact_is_asked_about_again(stage: Stage) -> None:
    contact = known(stage.cast)
    actions.remove_known_contact(actor=stage.cast.bayu, contact_id=contact.pk, reason="Berganti.")
    with pytest.raises(ContentError):
        stage.submit()
    with pytest.raises(ContentError):
        actions.remove_known_contact(actor=stage.cast.bayu, contact_id=contact.pk, reason="Lagi.")
    assert known(stage.cast).pk != contact.pk


def test_the_number_of_a_channel_in_the_register_is_known(stage: Stage) -> None:
    factories.official_account(
        stage.cast.dinkes, platform="whatsapp", handle="https://wa.me/6281234567890"
    )
    assert OfficialAccount.objects.filter(platform="whatsapp").exists()
    stage.submit()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "phone", "value": "halo"}, "value"),
        ({"kind": "phone", "value": "112"}, "value"),
        ({"kind": "email", "value": "humas"}, "value"),
        ({"kind": "domain", "value": "gmail.com"}, "value"),
        ({"kind": "domain", "value": "go.id"}, "value"),
        ({"kind": "nik", "value": "3275011205900003"}, "kind"),
        ({"reason": " \u200b"}, "reason"),
    ],
)
def test_what_is_no_contact_of_an_agency_is_refused(
    cast: Cast, fields: dict[str, str], field: str
) -> None:
    with pytest.raises(ContentError) as refused:
        known(cast, **fields)
    assert refused.value.field == field
    assert not KnownContact.objects.exists()


def test_only_administrators_of_the_unit_keep_the_lists(cast: Cast) -> None:
    for who in (cast.dwi, cast.sari, cast.laila):
        with pytest.raises(PermissionDenied):
            known(cast, actor=who)
        with pytest.raises(PermissionDenied):
            window(cast, actor=who)
    contact, made = known(cast), window(cast)
    with pytest.raises(PermissionDenied):
        actions.remove_known_contact(actor=cast.sari, contact_id=contact.pk, reason="x")
    with pytest.raises(PermissionDenied):
        actions.withdraw_election_window(actor=cast.sari, window_id=made.pk, reason="x")


def test_the_lists_are_never_rewritten(cast: Cast) -> None:
    contact, made = known(cast), window(cast)
    with pytest.raises(ContentError):
        known(cast)
    for row, change in ((contact, {"value": "0"}), (made, {"words": ["x"]})):
        rows = type(row).objects.filter(pk=row.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()


def window(cast: Cast, **fields: object) -> ElectionWindow:
    today = timezone.localdate()
    values = {
        "actor": cast.bayu, "unit_id": cast.city.pk, "name": "Pilkada", "citation": "PKPU 2/2026",
        "starts_on": today - timedelta(days=1), "ends_on": today + timedelta(days=1),
        "words": ["Coblos ", "coblos", "nomor  urut", " "],
    }  # fmt: skip
    return actions.make_election_window(**(values | fields))


def test_political_words_are_asked_about_while_a_window_is_open(cast: Cast) -> None:
    made = window(cast)
    assert made.words == ["coblos", "nomor urut"]
    stage = make_stage(cast, text="Ayo coblos besok.")
    with pytest.raises(ContentError, match="Pilkada"):
        stage.submit()
    # Bent words have the stem that the search gives them.
    bent = document(stage.account, text="Warga mencoblos pukul tujuh. #NomorUrutnya")
    found = findings_of(bent, cast.diskominfo)
    assert [one.excerpt for one in found if one.rule == "political"] == ["coblos", "nomor urut"]
    actions.withdraw_election_window(actor=cast.bayu, window_id=made.pk, reason="Salah tanggal.")
    stage.submit()
    names = {"content.election_window.made", "content.election_window.withdrawn"}
    assert set(Entry.objects.filter(event__in=names).values_list("event", flat=True)) == names


def test_a_window_ends_after_it_starts_and_has_words(cast: Cast) -> None:
    today = timezone.localdate()
    for fields, field in (
        ({"ends_on": today - timedelta(days=2)}, "ends_on"),
        ({"words": [" ", "--"]}, "words"),
        ({"name": "\u200b"}, "name"),
        ({"words": ["x" * 61]}, "words"),
    ):
        with pytest.raises(ContentError) as refused:
            window(cast, **fields)
        assert refused.value.field == field


@pytest.mark.parametrize("many", [0, 60])
def test_the_pages_of_the_lists(
    cast: Cast,
    client_as: SignIn,
    django_assert_max_num_queries: Callable[..., object],
    many: int,
) -> None:
    for number in range(many):
        known(cast, value=f"0812-3456-{7000 + number}")
        window(cast, name=f"Pemilu {number}")
    bayu, dwi = client_as("bayu"), client_as("dwi")
    for name in ("known_contact", "election_window"):
        address = reverse(f"content:{name}_list")
        with django_assert_max_num_queries(15):  # type: ignore[attr-defined]  # a context
            answer = bayu.get(address, {"search": ""})
        assert answer.status_code == 200
        assert len(answer.content) < 100_000
        assert dwi.get(address).status_code == 403
        assert bayu.get(address, {"search": "tidak ada"}).status_code == 200
        assert bayu.get(reverse(f"content:{name}_add")).status_code == 200
        assert bayu.post(reverse(f"content:{name}_add"), {"x": "1"}).status_code == 422


def test_a_contact_is_added_and_removed_on_its_pages(cast: Cast, client_as: SignIn) -> None:
    client = client_as("bayu")
    typed = {
        "unit": cast.city.pk, "kind": "email", "value": "Humas@SamudraKota.go.id",
        "reason": "Surel humas.",
    }  # fmt: skip
    assert client.post(reverse("content:known_contact_add"), typed).status_code == 302
    assert client.post(reverse("content:known_contact_add"), typed).status_code == 422
    contact = KnownContact.objects.get()
    assert contact.value == "humas@samudrakota.go.id"
    address = reverse("content:known_contact_remove", args=[contact.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Berganti."}).status_code == 302
    assert client.get(address).status_code == 404
    contact.refresh_from_db()
    assert contact.removed_by == cast.bayu


def test_pages_of_a_post_with_findings_need_few_queries(
    cast: Cast, client_as: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    """With everything that is asked about: a number, an address, a link, a window, an account."""
    known(cast, value="0811-111-1111")
    window(cast)
    text = "Telepon 0812-3456-7890, surel ani@gmail.com, baca https://samudrakota.go.id/a"
    stage = make_stage(cast, text=text)
    client = client_as("dwi")
    pk = stage.post.pk
    typed = {
        "title": "J", "unit": cast.diskominfo.pk, "accounts": [stage.account.pk], "text": text,
        "language": "id", **answers(),
    }  # fmt: skip
    for name, args in (("post_detail", [pk]), ("post_edit", [pk]), ("post_version", [pk, 1])):
        with django_assert_max_num_queries(15):  # type: ignore[attr-defined]  # a context
            assert client.get(reverse(f"content:{name}", args=args)).status_code == 200
    missing = reverse("content:post_edit", args=[pk]) + "?missing=1"
    with django_assert_max_num_queries(22):  # type: ignore[attr-defined]  # a context
        assert client.get(missing).status_code == 200
    with django_assert_max_num_queries(15):  # type: ignore[attr-defined]  # a context
        assert client.post(reverse("content:post_preview"), typed).status_code == 200

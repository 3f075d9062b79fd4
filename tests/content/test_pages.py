"""The pages of content: who sees what, bad input, and queries that do not grow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from content import actions
from content.models import MediaFile, Post, Publication
from govsocial.platforms.errors import Refused, UnknownOutcome
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, address, answers, later, make_stage, picture

SignIn = Callable[[User | str], Client]
MOST_QUERIES = 15


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def page(name: str, *args: object) -> str:
    return reverse(f"content:{name}", args=args)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("anonymous", 302),
        ("inactive", 302),
        ("nur", 404),
        ("fajar", 404),
        ("ratna", 200),
        ("dwi", 200),
        ("sari", 200),
        ("laila", 200),
    ],
)
def test_a_post_is_there_for_those_who_may_see_its_unit(
    stage: Stage, client_as: SignIn, who: str, status: int
) -> None:
    assert client_as(who).get(page("post_detail", stage.post.pk)).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("anonymous", 302),
        ("inactive", 302),
        ("nur", 404),
        ("ratna", 403),
        ("made", 403),
        ("dwi", 403),
        ("bayu", 403),
        ("sari", 302),
    ],
)
def test_who_can_approve(stage: Stage, client_as: SignIn, who: str, status: int) -> None:
    stage.submit()
    answer = client_as(who).post(
        page("post_approve", stage.post.pk), {"digest": stage.digest, "confirmed": 1}
    )
    assert answer.status_code == status
    assert (stage.fresh().status == Post.Status.SCHEDULED) == (who == "sari")


def test_approving_what_changed_meanwhile_shows_the_page_again(
    stage: Stage, client_as: SignIn
) -> None:
    stage.submit()
    seen = stage.digest
    stage.edit("Teks lain.").submit()
    answer = client_as("sari").post(
        page("post_approve", stage.post.pk),
        {"digest": seen, "note": "Sudah saya baca.", "confirmed": 1},
    )
    assert answer.status_code == 409
    assert "Sudah saya baca." in answer.content.decode()
    assert stage.fresh().status == Post.Status.SUBMITTED


@pytest.mark.parametrize("action", ["post_request_changes", "post_reject"])
def test_a_decision_against_needs_a_reason(stage: Stage, client_as: SignIn, action: str) -> None:
    stage.submit()
    client = client_as("sari")
    address = page(action, stage.post.pk)
    assert client.post(address, {"digest": stage.digest, "note": " "}).status_code == 409
    assert stage.fresh().status == Post.Status.SUBMITTED
    told = client.post(address, {"digest": stage.digest, "note": "Sebutkan sumbernya."})
    assert told.status_code == 302
    assert "Sebutkan sumbernya." in client.get(told["Location"]).content.decode()


def form_data(stage: Stage, **fields: Any) -> dict[str, Any]:
    values = {
        "title": "Jadwal baru",
        "unit": stage.cast.diskominfo.pk,
        "accounts": [stage.account.pk],
        "text": "Teks.",
        "language": "id",
        "planned_at": "",
        **answers(),
    }
    return values | fields


def test_writing_and_submitting_in_one_go(stage: Stage, client_as: SignIn) -> None:
    answer = client_as("dwi").post(page("post_create"), form_data(stage, submit="1"))
    post = Post.objects.latest("pk")
    assert answer["Location"] == page("post_detail", post.pk)
    assert post.status == Post.Status.SUBMITTED


def test_a_time_in_the_past_is_refused_but_one_that_passed_meanwhile_is_kept_with_a_warning(
    cast: Cast, client_as: SignIn
) -> None:
    lain = make_stage(cast, planned_at=later(hours=-2))
    client = client_as(factories.reads_english(cast.dwi))
    warning = "This time has passed since it was saved."
    edit = page("post_edit", lain.post.pk)
    shown = client.get(edit)
    assert warning in shown.content.decode()
    assert shown.context["form"].groups()["time"].is_open
    saved = shown.context["form"]["planned_at"].value()
    asked = form_data(lain, based_on=1)
    refused = client.post(edit, asked | {"planned_at": "2020-01-02T08:00"})
    assert refused.status_code == 422
    assert "This time has passed. Choose a later one." in refused.content.decode()
    assert "2020-01-02T08:00" in refused.content.decode()
    kept = client.post(edit, asked | {"planned_at": f"{saved:%Y-%m-%dT%H:%M}"})
    assert kept.status_code == 302


def test_a_submission_that_lacks_something_is_saved_and_says_what(
    stage: Stage, client_as: SignIn
) -> None:
    client = client_as("dwi")
    answer = client.post(page("post_create"), form_data(stage, accounts=[], submit="1"))
    post = Post.objects.latest("pk")
    assert answer["Location"] == f"{page('post_edit', post.pk)}?missing=1"
    shown = client.get(answer["Location"]).content.decode()
    assert "Teks." in shown
    assert post.status == Post.Status.DRAFT


def test_bad_input_keeps_what_was_typed_and_the_uploaded_picture(
    stage: Stage, client_as: SignIn
) -> None:
    upload = SimpleUploadedFile("poster.png", picture(), "image/png")
    answer = client_as("dwi").post(
        page("post_create"), form_data(stage, title="", file_0=upload, alt_0="Poster.")
    )
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Teks." in shown
    assert MediaFile.objects.get().sha256 in shown
    assert not Post.objects.exclude(pk=stage.post.pk).exists()


@pytest.mark.parametrize(
    "bytes_of",
    [b"", b"<svg onload=alert(1)></svg>", b"GIF89a", picture()[:40], b"\x89PNG\r\n\x1a\n" * 9],
)
def test_what_is_not_a_picture_is_refused_beside_its_field(
    stage: Stage, client_as: SignIn, bytes_of: bytes
) -> None:
    upload = SimpleUploadedFile("poster.png", bytes_of, "image/png")
    answer = client_as("dwi").post(page("post_create"), form_data(stage, file_0=upload))
    assert answer.status_code == 422
    assert not MediaFile.objects.exists()


def test_forged_fields_reach_no_other_unit(stage: Stage, client_as: SignIn) -> None:
    elsewhere = factories.official_account(stage.cast.dinkes)
    client = client_as("dwi")
    for forged in ({"unit": stage.cast.dinkes.pk}, {"accounts": [elsewhere.pk]}):
        assert client.post(page("post_create"), form_data(stage, **forged)).status_code == 422
    media = actions.store_image(
        actor=stage.cast.fajar, unit_id=stage.cast.dinkes.pk, data=picture()
    )
    client.post(page("post_create"), form_data(stage, kept_0=media.sha256, alt_0="x"))
    version = Post.objects.latest("pk").current_version
    assert version is not None
    assert version.content().media == ()
    address = page("media_file", stage.cast.dinkes.pk, media.sha256)
    assert client.get(address).status_code == 404


def test_the_preview_counts_as_the_platform_counts_and_saves_nothing(
    stage: Stage, client_as: SignIn
) -> None:
    client = client_as("dwi")
    answer = client.post(page("post_preview"), form_data(stage, text="👩‍👩‍👧‍👦" * 3, title=""))
    assert answer.status_code == 200
    assert "3" in answer.content.decode().split("300")[0][-40:]
    assert Post.objects.count() == 1
    assert client.post(page("post_preview"), {}).status_code == 200


def test_two_people_editing_are_told_and_nothing_is_overwritten(
    stage: Stage, client_as: SignIn
) -> None:
    stage.edit("Dari Rina.", by=stage.cast.rina)
    answer = client_as("dwi").post(
        page("post_edit", stage.post.pk), form_data(stage, text="Dari Dwi.", based_on=1)
    )
    assert answer.status_code == 409
    assert "Dari Dwi." in answer.content.decode()
    version = stage.fresh().current_version
    assert version is not None
    assert version.content().text == "Dari Rina."


def test_what_one_sees_is_escaped(cast: Cast, client_as: SignIn) -> None:
    stage = make_stage(cast, text="<script>alert(1)</script>", title="<b>x</b>")
    shown = client_as("dwi").get(page("post_detail", stage.post.pk)).content.decode()
    assert "<script>alert(1)" not in shown
    assert "<b>x</b>" not in shown


def test_every_page_of_a_publication(stage: Stage, client_as: SignIn) -> None:
    stage.submit().approve()
    client = client_as("sari")
    detail = page("publication_detail", stage.publication.pk)
    assert client.get(detail).status_code == 200
    stage.send(FakePlatform(failures=[Refused("Too long.")]))
    assert "Too long." in client.get(detail).content.decode()
    assert client.post(page("publication_retry", stage.publication.pk)).status_code == 302
    stage.send(FakePlatform(lost_answers=[UnknownOutcome("No answer.")]))
    settle = page("publication_settle", stage.publication.pk)
    assert client.get(settle).status_code == 200
    wrong = client.post(settle, {"is_live": "yes", "reason": "Terlihat.", "permalink": ""})
    assert wrong.status_code == 422
    right = {"is_live": "yes", "reason": "Terlihat.", "permalink": address(stage.account)}
    assert client.post(settle, right).status_code == 302
    assert stage.publication.status == Publication.Status.PUBLISHED


def test_cancelling_asks_for_a_reason_and_names_the_account(
    stage: Stage, client_as: SignIn
) -> None:
    stage.submit().approve()
    client = client_as("sari")
    address = page("publication_cancel", stage.publication.pk)
    assert stage.account.at_handle in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Ditunda."}).status_code == 302
    assert client_as("dwi").post(address, {"reason": "Saya mau."}).status_code == 403


@pytest.mark.parametrize("query", ["post=²", "post=99999999999999999999", "post=-1", "post=%00"])
def test_odd_numbers_in_the_address_of_the_preview_are_no_accident(
    stage: Stage, client_as: SignIn, query: str
) -> None:
    answer = client_as("dwi").post(f"{page('post_preview')}?{query}", form_data(stage, unit="²"))
    assert answer.status_code in {200, 404}
    detail = page("post_detail", stage.post.pk)
    assert client_as("dwi").get(f"{detail}?account=²").status_code == 200


@pytest.mark.parametrize("planned", ["0001-01-01T00:00", "9999-12-31T23:59", "besok"])
def test_a_date_that_is_not_of_our_time_is_said_beside_its_field(
    stage: Stage, client_as: SignIn, planned: str
) -> None:
    answer = client_as("dwi").post(page("post_create"), form_data(stage, planned_at=planned))
    assert answer.status_code == 422
    assert "id_planned_at_error" in answer.content.decode()


@pytest.mark.parametrize(
    "link", ["ftp://x.example/1", "javascript:alert(1)", "https://x.example/" + "a" * 600]
)
def test_the_address_of_a_post_is_an_address_of_the_web(
    stage: Stage, client_as: SignIn, link: str
) -> None:
    stage.submit().approve()
    stage.send(FakePlatform(lost_answers=[UnknownOutcome("No answer.")]))
    settle = page("publication_settle", stage.publication.pk)
    told = {"is_live": "yes", "reason": "Terlihat.", "permalink": link}
    assert client_as("sari").post(settle, told).status_code == 422


def test_a_picture_whose_file_is_gone_is_not_found(stage: Stage, client_as: SignIn) -> None:
    media = actions.store_image(
        actor=stage.cast.dwi, unit_id=stage.cast.diskominfo.pk, data=picture("olive")
    )
    media.path.unlink()
    address = page("media_file", stage.cast.diskominfo.pk, media.sha256)
    assert client_as("dwi").get(address).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Jadwal\u202egnaro"),
        ("title", "Jadwal\x1b"),
        ("text", "Teks\x08"),
        ("text", "a" * 20_001),
        ("kept_0", "0" * 64),
        ("kept_0", "\x00"),
    ],
)
def test_what_nobody_could_mean_is_refused_and_nothing_is_lost(
    stage: Stage, client_as: SignIn, field: str, value: str
) -> None:
    client = client_as("dwi")
    answer = client.post(page("post_create"), form_data(stage, **{field: value}))
    assert answer.status_code == 422
    assert Post.objects.count() == 1
    assert client.post(page("post_preview"), form_data(stage, **{field: value})).status_code == 200


def test_a_picture_that_was_changed_on_disk_is_not_shown_to_who_decides(
    stage: Stage, client_as: SignIn
) -> None:
    media = actions.store_image(
        actor=stage.cast.dwi, unit_id=stage.cast.diskominfo.pk, data=picture("plum")
    )
    address = page("media_file", stage.cast.diskominfo.pk, media.sha256)
    assert client_as("sari").get(address).status_code == 200
    media.path.write_bytes(media.path.read_bytes() + b"x")
    assert client_as("sari").get(address).status_code == 404


@pytest.mark.parametrize("name", ["post_approve", "post_request_changes", "post_reject"])
def test_the_address_of_a_refused_decision_opened_again_shows_the_post(
    stage: Stage, client_as: SignIn, name: str
) -> None:
    stage.submit()
    answer = client_as("sari").get(page(name, stage.post.pk))
    assert answer["Location"] == page("post_detail", stage.post.pk)
    assert stage.fresh().status == Post.Status.SUBMITTED


@pytest.mark.parametrize("name", ["publication_cancel", "publication_settle"])
def test_pages_about_a_publication_that_moved_on_lead_back_to_it(
    stage: Stage, client_as: SignIn, name: str
) -> None:
    stage.submit().approve()
    stage.send(FakePlatform())
    answer = client_as("sari").get(page(name, stage.publication.pk))
    assert answer["Location"] == page("publication_detail", stage.publication.pk)

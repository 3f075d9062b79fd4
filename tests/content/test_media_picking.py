"""A picture of the library is chosen for a post that is being written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from content import actions
from content.composing import described
from content.models import MediaFile, Post
from tests import factories
from tests.cast import Cast
from tests.content.films import film
from tests.content.media_stage import ready, say, upload
from tests.content.stage import picture
from tests.gathering import each

PICK = "content:media_pick"


@pytest.fixture
def client(cast: Cast, client_as: Callable[[object], Client]) -> Client:
    return client_as(factories.reads_english(cast.dwi))


@pytest.fixture
def media(cast: Cast) -> MediaFile:
    made = upload(cast.dwi, cast.diskominfo, picture("red"))
    say(cast.dwi, made, title="Kucing oranye", alt="Seekor kucing di meja.")
    return made


def picked(client: Client, media: MediaFile, **asked: Any) -> tuple[int, str]:
    query: dict[str, Any] = {"slot": 2, "unit": media.unit_id, **asked}
    answer = client.get(reverse("content:media_picked", args=[media.pk]), query)
    return answer.status_code, answer.content.decode()


def test_the_unit_s_pictures_are_offered_and_found_by_words(
    cast: Cast, client: Client, media: MediaFile
) -> None:
    moving = upload(cast.dwi, cast.diskominfo, film(seconds=1), name="film.mp4")
    away = upload(cast.dwi, cast.diskominfo, picture("blue"))
    actions.archive_media(actor=cast.dwi, media_id=away.pk)
    theirs = upload(cast.fajar, cast.dinkes, picture("green"))
    shown = client.get(reverse(PICK), {"slot": 0, "unit": cast.diskominfo.pk}).content.decode()
    assert media.sha256 in shown
    assert shown.count("Not said yet") == 2
    ready(cast.dwi, cast.diskominfo, picture("yellow"))
    shown = client.get(reverse(PICK), {"slot": 0, "unit": cast.diskominfo.pk}).content.decode()
    assert shown.count("Not said yet") == 2, "what may be shown has no mark"
    for other in (moving, away, theirs):
        assert other.sha256 not in shown
    for words, is_found in (("oranye", True), ("meja", True), ("anjing", False)):
        asked: dict[str, Any] = {"unit": cast.diskominfo.pk, "words": words}
        answer = client.get(reverse(PICK), asked)
        assert (media.sha256 in answer.content.decode()) is is_found


def test_a_post_of_no_unit_is_asked_for_its_unit_first(client: Client) -> None:
    shown = client.get(reverse(PICK), {"slot": "0", "unit": ""}).content.decode()
    assert "Choose the unit of the post first" in shown


def test_the_slot_comes_back_with_the_picture_and_its_words(
    client: Client, media: MediaFile
) -> None:
    status, slot = picked(client, media)
    assert status == 200
    assert 'id="slot-2"' in slot
    assert f'name="kept_2" value="{media.sha256}"' in slot
    assert "Seekor kucing di meja." in slot
    assert "Tulisan saya" in picked(client, media, alt_2="Tulisan saya")[1]


def test_what_was_chosen_is_saved_with_the_post(
    cast: Cast, client: Client, media: MediaFile
) -> None:
    sent = {
        "title": "T", "unit": cast.diskominfo.pk, "text": "Halo", "language": "id",
        "kept_2": media.sha256, "alt_2": "Kucing",
    }  # fmt: skip
    assert client.post(reverse("content:post_create"), sent).status_code == 302
    version = Post.objects.get().current_version
    assert version is not None
    assert [item.sha256 for item in version.content().media] == [media.sha256]
    assert media.uses.count() == 1


@each(
    "asked",
    [
        {"slot": 10}, {"slot": ""}, {"slot": "a"}, {"slot": -1}, {"unit": ""}, {"unit": 10**16},
        {"slot": "9" * 400},
    ],
)  # fmt: skip
def test_a_forged_question_is_not_found(
    cast: Cast, client: Client, asked: dict[str, object]
) -> None:
    media = upload(cast.dwi, cast.diskominfo, picture("red"))
    assert picked(client, media, **asked)[0] == 404


def test_neither_films_nor_what_was_put_away_get_into_a_post_by_a_forged_field(
    cast: Cast, client: Client
) -> None:
    moving = upload(cast.dwi, cast.diskominfo, film(seconds=1), name="film.mp4")
    away = upload(cast.dwi, cast.diskominfo, picture("blue"))
    actions.archive_media(actor=cast.dwi, media_id=away.pk)
    theirs = upload(cast.fajar, cast.dinkes, picture("green"))
    for one in (moving, away, theirs):
        sent = {
            "title": "T", "unit": cast.diskominfo.pk, "text": "Halo", "language": "id",
            "kept_0": one.sha256, "alt_0": "x",
        }  # fmt: skip
        answer = client.post(reverse("content:post_create"), sent)
        assert answer.status_code == 422
        assert "This picture is not in this unit" in answer.content.decode()
        assert picked(client, one)[0] == 404
    assert not Post.objects.exists()


def test_from_its_page_a_picture_begins_a_post_without_any_script(
    cast: Cast, client: Client, media: MediaFile
) -> None:
    other = upload(cast.dwi, cast.diskominfo, picture("blue"))
    theirs = upload(cast.fajar, cast.dinkes, picture("green"))
    create = reverse("content:post_create")
    query = f"?media={media.pk}&media={theirs.pk}&media={other.pk}&media=x&media=1{'0' * 30}"
    shown = client.get(create + query, follow=True).content.decode()
    assert f'name="kept_0" value="{media.sha256}"' in shown
    assert f'name="kept_1" value="{other.sha256}"' in shown
    assert theirs.sha256 not in shown
    assert "Seekor kucing di meja." in shown
    detail = client.get(reverse("content:media_detail", args=[media.pk])).content.decode()
    assert f"{create}?media={media.pk}" in detail


def composer(cast: Cast, **typed: Any) -> dict[str, Any]:
    return {
        "title": "", "unit": cast.diskominfo.pk, "text": "Belum selesai", "language": "id",
        "scratch_token": str(uuid4()), "scratch_page": str(uuid4()), **typed,
    }  # fmt: skip


def test_a_new_picture_is_completed_from_the_composer_and_nothing_typed_is_lost(
    cast: Cast, client: Client
) -> None:
    new = reverse("content:post_create")
    file = SimpleUploadedFile("kucing.png", picture("red"))
    said = {"file_0": file, "alt_0": "Kucing di meja."}
    left = client.post(new, composer(cast, describe="slot-0", **said))
    media = MediaFile.objects.get()
    assert media.record.title == "kucing"
    path, _, query = left["Location"].partition("?")
    assert path == reverse("content:media_edit", args=[media.pk])
    page = client.get(left["Location"]).content.decode()
    assert "go back to the post" in page
    assert "Kucing di meja." in page
    back = parse_qs(query)["next"][0]
    described_as = {
        "alt": "Seekor kucing.", "licence": "own", "people": "no", "minors": "no",
        "made_with_ai": "no", "edition": media.record.edition,
    }  # fmt: skip
    assert client.post(path, {**described_as, "next": back})["Location"] == back
    shown = client.get(back.partition("#")[0]).content.decode()
    assert "Belum selesai" in shown
    assert f'name="kept_0" value="{media.sha256}"' in shown
    assert "Kucing di meja." in shown
    assert "Only you see it until you save it." in shown
    assert "Complete it now" not in shown
    assert not Post.objects.exists()


def test_the_words_of_somebody_else_s_unsaved_post_are_not_taken_over(
    cast: Cast, client: Client, client_as: Callable[[object], Client]
) -> None:
    said = {"file_0": SimpleUploadedFile("a.png", picture("red")), "alt_0": "Rahasia saya."}
    left = client.post(reverse("content:post_create"), composer(cast, describe="slot-0", **said))
    assert "Rahasia saya." not in client_as(cast.rina).get(left["Location"]).content.decode()
    forged = left["Location"].partition("?")[0] + "?kept=" + "9" * 40
    assert client.get(forged).status_code == 200


def test_nobody_is_led_from_the_library_to_another_site(client: Client, media: MediaFile) -> None:
    address = reverse("content:media_edit", args=[media.pk])
    for other in ("https://contoh.example/", "//contoh.example", "javascript:alert(1)"):
        assert client.get(address, {"next": other}).context["next"] == ""


def test_the_way_to_the_library_asks_for_a_file_and_for_the_unit(
    cast: Cast, client: Client
) -> None:
    theirs = upload(cast.fajar, cast.dinkes, picture("green"))
    for typed, wrong in (
        ({"describe": "slot-0"}, "Choose a file first."),
        ({"describe": "slot-0", "unit": ""}, "This field is required."),
        ({"describe": theirs.pk}, "This is not in the media library of the unit."),
        ({"describe": "9" * 400}, "This is not in the media library of the unit."),
    ):
        answer = client.post(reverse("content:post_create"), composer(cast, **typed))
        assert (answer.status_code, wrong in answer.content.decode()) == (422, True), typed


def test_a_film_that_was_uploaded_on_the_way_is_chosen(cast: Cast, client: Client) -> None:
    new = reverse("content:post_create")
    left = client.post(new, composer(cast, describe="upload"))
    back = parse_qs(left["Location"].partition("?")[2])["next"][0]
    moving = upload(cast.dwi, cast.diskominfo, film(seconds=1), name="film.mp4")
    form = client.get(described(back, moving).partition("#")[0]).context["form"]
    assert form["film"].value() == str(moving.pk)
    assert form.groups()["film"].is_open


# A file of one's own is shown as soon as it is chosen.


def placed(client: Client, unit: object, **files: bytes) -> tuple[int, str]:
    data: dict[str, Any] = {
        name: SimpleUploadedFile(f"{name}.png", content) for name, content in files.items()
    }
    typed = {"unit": unit, "alt_1": "Warga mengantre.", **data}
    answer = client.post(reverse("content:picture_place", args=[1]), typed)
    return answer.status_code, answer.content.decode()


def test_a_chosen_file_is_stored_and_shown_with_what_was_typed_about_it(
    cast: Cast, client: Client
) -> None:
    status, slot = placed(client, cast.diskominfo.pk, file_1=picture("purple"))
    stored = MediaFile.objects.get()
    assert (status, stored.unit, stored.uploaded_by) == (200, cast.diskominfo, cast.dwi)
    assert 'id="slot-1"' in slot
    assert f'name="kept_1" value="{stored.sha256}"' in slot
    assert "Warga mengantre." in slot
    # As it would be in the form: its rights are asked for beside it.
    assert 'name="describe"' in slot


def test_a_file_that_is_none_is_refused_beside_its_field(cast: Cast, client: Client) -> None:
    status, slot = placed(client, cast.diskominfo.pk, file_1=b"<svg onload=alert(1)>")
    assert status == 422
    assert 'class="errorlist"' in slot
    assert "Warga mengantre." in slot
    assert not MediaFile.objects.exists()


def test_what_has_no_unit_yet_waits_in_the_form(cast: Cast, client: Client) -> None:
    """Nor is anything stored for a unit of others."""
    for unit in ("", "x", cast.dinkes.pk, 9**17):
        assert placed(client, unit, file_1=picture("purple")) == (204, "")
    beyond = client.post(reverse("content:picture_place", args=[10]), {"unit": cast.diskominfo.pk})
    assert beyond.status_code == 404
    assert not MediaFile.objects.exists()

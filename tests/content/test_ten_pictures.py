"""A post has up to ten pictures; how many of them an account takes, its platform says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from content import actions
from content.documents import MediaItem
from content.forms.pictures import MOST_PICTURES
from content.models import MediaFile, Post, Scratch
from tests import factories
from tests.cast import Cast
from tests.content.media_stage import COMPLETE, say
from tests.content.stage import answers, document, media_item, picture

CREATE = "content:post_create"


@pytest.fixture
def client(cast: Cast, client_as: Callable[[object], Client]) -> Client:
    return client_as(factories.reads_english(cast.dwi))


def file(number: int) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{number}.png", picture(size=(400 + number, 400)))


def typed(cast: Cast, **fields: Any) -> dict[str, Any]:
    typed = {"title": "T", "unit": cast.diskominfo.pk, "text": "Halo, warga Samudra."}
    return {**typed, "language": "id", **answers(), **fields}


def with_pictures(many: int) -> dict[str, Any]:
    files = {f"file_{number}": file(number) for number in range(many)}
    return files | {f"alt_{number}": f"Gambar {number}" for number in range(many)}


def kept(cast: Cast, many: int) -> tuple[MediaItem, ...]:
    return tuple(
        media_item(
            actions.store_image(
                actor=cast.dwi, unit_id=cast.diskominfo.pk, data=picture(size=(400 + number, 400))
            ),
            f"Gambar {number}",
        )
        for number in range(many)
    )


def test_ten_pictures_are_saved_in_their_order_and_submitted(cast: Cast, client: Client) -> None:
    account = factories.official_account(cast.diskominfo)
    sent = typed(cast, accounts=[account.pk], submit="1", **with_pictures(10))
    assert client.post(reverse(CREATE), sent).status_code == 302
    post = Post.objects.get()
    assert post.status == Post.Status.DRAFT, "nobody said by what right they are shown"
    for media in MediaFile.objects.all():
        say(cast.dwi, media, **COMPLETE)
    client.post(reverse("content:post_submit", args=[post.pk]), {"based_on": "1"})
    post.refresh_from_db()
    assert post.status == Post.Status.SUBMITTED
    assert post.current_version is not None
    saved = post.current_version.content().media
    assert [item.alt for item in saved] == [f"Gambar {number}" for number in range(10)]
    assert [item.width for item in saved] == [400 + number for number in range(10)]


@pytest.mark.parametrize(("platform", "most"), [("x", 4), ("bluesky", None)])
def test_a_platform_that_takes_fewer_says_so_of_its_account(
    cast: Cast, client: Client, platform: str, most: int | None
) -> None:
    account = factories.official_account(cast.diskominfo, platform=platform, handle="samudrakota")
    pictures = kept(cast, 10)
    sent = typed(cast, accounts=[account.pk]) | {
        f"kept_{number}": item.sha256 for number, item in enumerate(pictures)
    }
    sent |= {f"alt_{number}": item.alt for number, item in enumerate(pictures)}
    page = client.post(reverse("content:post_preview"), sent).content.decode()
    assert page.count("<figure>") == 10
    assert (f"at most {most} pictures" in page) is (most is not None)
    assert ("Must be mended" in page) is (most is not None)


@pytest.mark.parametrize("beyond", ["file_10", "kept_10", "file_" + "9" * 300])
@pytest.mark.parametrize("full", [False, True])
def test_a_picture_beyond_the_last_place_is_refused_beside_the_pictures(
    cast: Cast, client: Client, beyond: str, full: bool
) -> None:
    account = factories.official_account(cast.diskominfo)
    value = file(90) if beyond.startswith("file") else "0" * 64
    pictures = with_pictures(MOST_PICTURES if full else 1)
    answer = client.post(
        reverse(CREATE), typed(cast, accounts=[account.pk], **pictures, **{beyond: value})
    )
    assert answer.status_code == 422
    assert not Post.objects.exists()
    page = answer.content.decode()
    told = "A post has at most 10 pictures. Those beyond were not saved."
    beside = page[
        page.index("<legend>Pictures") : page.index("</fieldset>", page.index("id_alt_9"))
    ]
    assert beside.count(told) == 1
    assert page.count(told) == 2, "above the form as well"
    assert MediaFile.objects.count() == (MOST_PICTURES if full else 1), "the others are kept"


def test_a_search_for_accounts_keeps_that_refusal(cast: Cast, client: Client) -> None:
    answer = client.post(reverse(CREATE), typed(cast, title="", look="1", file_10=file(90)))
    assert "Those beyond were not saved." in answer.content.decode()


@pytest.mark.parametrize(("many", "opened"), [(0, 1), (3, 3), (9, 9), (10, 10)])
def test_places_open_one_by_one_and_the_page_stays_light(
    cast: Cast,
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    many: int,
    opened: int,
) -> None:
    account = factories.official_account(cast.diskominfo)
    post = actions.create_post(
        actor=cast.dwi,
        unit_id=cast.diskominfo.pk,
        document=document(account, media=kept(cast, many)),
    )
    addresses = {
        name: reverse(f"content:{name}", args=[post.pk]) for name in ("post_edit", "post_detail")
    }
    with django_assert_max_num_queries(15):
        page = client.get(addresses["post_edit"]).content.decode()
    assert page.count('<details class="own-text more-picture">') == 10 - opened
    assert page.count("picture-thumb") == many
    assert f'hx-params="not {",".join(f"file_{number}" for number in range(10))}"' in page
    with django_assert_max_num_queries(15):
        client.get(addresses["post_detail"])


def test_a_refused_form_of_ten_pictures_is_shown_again_with_few_queries(
    cast: Cast, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    held = {f"kept_{number}": item.sha256 for number, item in enumerate(kept(cast, 10))}
    with django_assert_max_num_queries(15):
        answer = client.post(reverse(CREATE), typed(cast, title="", **held))
    assert answer.status_code == 422
    assert answer.content.decode().count("picture-thumb") == 10


def test_pictures_change_places_with_their_words_and_nothing_else_is_lost(
    cast: Cast, client: Client
) -> None:
    first, second, third = kept(cast, 3)
    sent = typed(
        cast, title="", accounts=[], text="Belum selesai",
        kept_0=first.sha256, kept_2=second.sha256, kept_5=third.sha256,
        alt_0="Satu", alt_2="Dua", alt_5="Tiga", remove_2="on", order="earlier-5",
    )  # fmt: skip
    answer = client.post(reverse(CREATE), sent)
    form, page = answer.context["form"], answer.content.decode()
    assert answer.status_code == 200, "what is wrong elsewhere can wait"
    assert not Post.objects.exists()
    now = {at: (form[f"kept_{at}"].value(), form[f"alt_{at}"].value()) for at in (0, 2, 5)}
    assert now == {
        0: (first.sha256, "Satu"), 2: (third.sha256, "Tiga"), 5: (second.sha256, "Dua"),
    }  # fmt: skip
    assert (bool(form["remove_2"].value()), bool(form["remove_5"].value())) == (False, True)
    assert "Belum selesai" in page
    assert "Picture 2 of 3" in page
    assert page.count(" autofocus") == 1, "the keyboard goes on where it was"
    assert 'value="earlier-2" autofocus' in page
    assert 'value="earlier-0"' not in page, "there is none before the first"
    assert 'value="later-5"' not in page
    # It is kept for whoever leaves the page now.
    scratch = Scratch.objects.get()
    assert (scratch.fields["alt_2"], "order" in scratch.fields) == (["Tiga"], False)
    for forged in ("earlier-0", "later-9", "later-5", "x\0", "later-99"):
        same = client.post(reverse(CREATE), sent | {"order": forged}).context["form"]
        assert same["alt_5"].value() == "Tiga", forged


def test_a_new_order_is_another_version_with_the_pictures_in_it(cast: Cast, client: Client) -> None:
    first, second = kept(cast, 2)
    sent = typed(cast, kept_0=first.sha256, alt_0="Satu", kept_1=second.sha256, alt_1="Dua")
    client.post(reverse(CREATE), sent)
    post = Post.objects.get()
    address = reverse("content:post_edit", args=[post.pk])
    form = client.post(address, sent | {"based_on": "1", "order": "later-0"}).context["form"]
    moved = {name: form[name].value() for name in ("kept_0", "alt_0", "kept_1", "alt_1")}
    assert client.post(address, {**sent, **moved, "based_on": "1"}).status_code == 302
    version = post.versions.get(number=2)
    assert [(one.sha256, one.alt) for one in version.content().media] == [
        (second.sha256, "Dua"), (first.sha256, "Satu"),
    ]  # fmt: skip

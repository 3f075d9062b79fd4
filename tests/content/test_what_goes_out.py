"""What is really sent to a platform is made before the submission, bound to the version, shown, and
sent byte by byte: the pictures made for it, the film, the title and the link."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from content import actions
from content.actions.outgoing import outgoing_post
from content.comparing import compare
from content.documents import Document, MediaItem, Prepared, digest_of
from content.errors import ContentError
from content.media_addresses import signed_address
from content.media_items import item_of
from content.models import MediaFile, MediaVariant, Post, PostVersion, Publication
from content.preflight import problems
from govsocial.platforms.base import OutgoingPost
from tests import factories
from tests.cast import Cast
from tests.content.films import film
from tests.content.media_stage import COMPLETE, ready, upload
from tests.content.stage import FakePlatform, Stage, answers, connected_account, document, picture

LINK = "https://samudrakota.example/rabies"


def made_for(cast: Cast, platform: str, **fields: Any) -> Stage:
    account = connected_account(cast.diskominfo, platform=platform, host="")
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(account, **fields)
    )
    return Stage(cast, account, post)


def content_of(stage: Stage) -> Document:
    version = stage.fresh().current_version
    assert version is not None
    return version.content()


def sent_of(stage: Stage) -> Prepared:
    return content_of(stage).sent_to(stage.account.pk)


def sent_by_worker(stage: Stage) -> OutgoingPost:
    platform = FakePlatform()
    stage.submit().approve()
    assert stage.send(platform).status == Publication.Status.PUBLISHED
    (sent,) = platform.kept.values()
    return sent


@pytest.fixture
def moving(cast: Cast) -> MediaFile:
    return ready(cast.dwi, cast.diskominfo, film(seconds=3, sound=False), "banjir.mp4")


# Pictures made for a platform


@pytest.fixture
def made(cast: Cast) -> Stage:
    """A PNG that Instagram does not take, and the JPEG that was made of it."""
    media = ready(cast.dwi, cast.diskominfo, picture(size=(640, 640)))
    return made_for(cast, "instagram", media=(item_of(media, "Kucing."),))


def test_a_picture_made_for_the_platform_is_bound_to_the_version_and_sent(made: Stage) -> None:
    document, (item,) = content_of(made), sent_of(made).images
    assert item.sha256 == MediaVariant.objects.get().file.sha256
    assert (item.media_type, item.alt) == ("image/jpeg", "Kucing.")
    other = replace(item, sha256="0" * 64)
    forged = replace(document, prepared={made.account.pk: replace(sent_of(made), images=(other,))})
    assert digest_of(forged.canonical()) != made.digest
    (image,) = sent_by_worker(made).images
    assert image.data == Path(MediaFile(sha256=item.sha256).path).read_bytes()
    assert (image.media_type, image.alt) == ("image/jpeg", "Kucing.")


def test_what_was_made_for_a_platform_is_not_chosen_as_a_picture_of_its_own(
    made: Stage, client_as: Callable[[object], Client]
) -> None:
    client = client_as(factories.reads_english(made.cast.dwi))
    (item,) = sent_of(made).images
    answer = client.post(
        reverse("content:post_create"), typed(made.cast, kept_0=item.sha256, alt_0="Kucing.")
    )
    assert answer.status_code == 422
    assert "This picture is not in this unit" in answer.content.decode()
    with pytest.raises(PermissionDenied):
        made_for(made.cast, "bluesky", media=(item,))


def test_a_made_picture_that_was_changed_on_disk_is_not_sent(cast: Cast) -> None:
    media = ready(cast.dwi, cast.diskominfo, picture("teal", size=(650, 650)))
    made = made_for(cast, "instagram", media=(item_of(media, "Kucing."),)).submit().approve()
    MediaFile(sha256=sent_of(made).images[0].sha256).path.write_bytes(picture("red"))
    platform = FakePlatform()
    assert made.send(platform).status == Publication.Status.FAILED
    assert platform.calls == 0


def test_what_is_not_ready_is_said_and_saving_again_makes_it(made: Stage) -> None:
    path = MediaFile(sha256=sent_of(made).images[0].sha256).path
    path.unlink()
    with pytest.raises(ContentError, match="not ready yet"):
        made.submit()
    saved = replace(content_of(made), title="Judul lain")
    actions.edit_post(actor=made.cast.dwi, post_id=made.post.pk, document=saved, based_on=1)
    assert path.exists()
    assert made.submit().fresh().status == Post.Status.SUBMITTED


def test_a_version_from_before_keeps_its_digest_and_is_saved_again_first(made: Stage) -> None:
    """Schema 3 knew neither films nor what is made: what was approved so is sent as it is."""
    now = json.loads(content_of(made).canonical())
    for name in ("headline", "link", "film"):
        del now[name]
    for variant in now["variants"].values():
        del variant["sent"]
    for item in now["media"]:
        del item["seconds"]
    old = json.dumps(now | {"schema": 3}, sort_keys=True, separators=(",", ":"))
    version = PostVersion.objects.create(
        post=made.post, number=2, editor=made.cast.dwi, title="Jadwal vaksinasi",
        canonical=old, digest=digest_of(old),
    )  # fmt: skip
    Post.objects.filter(pk=made.post.pk).update(current_version=version)
    said = content_of(made)
    assert (said.film, said.link, said.prepared) == (None, "", {})
    assert sent_of(made) == Prepared(text=said.text, images=said.media)
    with pytest.raises(ContentError, match="not ready yet"):
        made.submit()
    actions.edit_post(actor=made.cast.dwi, post_id=made.post.pk, document=said, based_on=2)
    assert made.submit().fresh().status == Post.Status.SUBMITTED


# Link and title


def test_a_link_is_a_card_where_there_is_one_and_else_the_last_line(cast: Cast) -> None:
    card = made_for(cast, "bluesky", link=LINK, headline="Jadwal")
    assert sent_of(card) == Prepared(text="Vaksin rabies gratis.", link=LINK, title="Jadwal")
    assert sent_of(made_for(cast, "facebook", link=LINK, headline="Jadwal")).title == ""
    line = sent_of(made_for(cast, "x", link=LINK, headline="Jadwal"))
    assert line == Prepared(text=f"Vaksin rabies gratis.\n{LINK}")
    said = sent_of(made_for(cast, "mastodon", link=LINK, text=f"Baca {LINK}, ya."))
    assert said.text == f"Baca {LINK}, ya.", "not said twice"
    longer = sent_of(made_for(cast, "x", link=LINK, text=f"Baca {LINK}/jadwal"))
    assert longer.text.endswith(f"\n{LINK}"), "another address"
    sent = sent_by_worker(card)
    assert (sent.link, sent.title, sent.text) == (LINK, "Jadwal", "Vaksin rabies gratis.")


def test_beside_a_picture_there_is_no_card(cast: Cast) -> None:
    media = item_of(ready(cast.dwi, cast.diskominfo), "Kucing.")
    sent = sent_of(made_for(cast, "bluesky", link=LINK, media=(media,)))
    assert (sent.link, sent.text) == ("", f"Vaksin rabies gratis.\n{LINK}")


def test_the_link_counts_as_its_platform_counts(cast: Cast) -> None:
    with pytest.raises(ContentError, match="281 characters long; 280 fit"):
        made_for(cast, "x", link=LINK, text="a" * 257).submit()
    made_for(cast, "x", link=LINK, text="a" * 256).submit()


# Films


def test_a_film_goes_out_with_its_description_and_title(cast: Cast, moving: MediaFile) -> None:
    item = item_of(moving, "Air surut di Jalan Pesisir.")
    with pytest.raises(ContentError, match="takes no post without a title") as refused:
        made_for(cast, "youtube", film=item).submit()
    assert refused.value.field == "headline"
    stage = made_for(cast, "youtube", film=item, headline="Banjir surut")
    sent = sent_by_worker(stage)
    assert sent.title == "Banjir surut"
    assert sent.video is not None
    assert (sent.video.alt, sent.video.seconds) == (item.alt, moving.seconds)
    assert sent.video.read(0, sent.video.size) == moving.path.read_bytes()
    assert moving.uses.filter(version__post=stage.post).exists()


def test_a_film_that_was_changed_on_disk_is_not_sent(cast: Cast) -> None:
    # Of its own: files of tests lie in one place, by what they are.
    moving = ready(cast.dwi, cast.diskominfo, film(seconds=2, sound=False), "lain.mp4")
    stage = made_for(cast, "bluesky", film=item_of(moving, "Air surut.")).submit().approve()
    moving.path.write_bytes(moving.path.read_bytes()[:-1] + b"x")
    platform = FakePlatform()
    publication = stage.send(platform)
    assert (publication.status, platform.calls) == (Publication.Status.FAILED, 0)
    assert publication.problem == "The video is not the video that was approved."


def test_a_platform_that_fetches_films_gets_the_approved_bytes(
    cast: Cast, moving: MediaFile
) -> None:
    stage = made_for(cast, "instagram", film=item_of(moving, "Air surut.")).submit().approve()
    video = outgoing_post(stage.publication).video
    assert video is not None
    assert video.url is not None
    assert signed_address(stage.publication, moving.sha256) is not None
    path = video.url.partition("samudrakota.example")[2]
    assert Client().get(path).status_code == 404, "it is not being sent"

    class Fetching(FakePlatform):
        fetched = b""

        def publish(self, post: OutgoingPost) -> Any:
            assert post.video is not None
            assert post.video.url is not None
            part = Client().get(
                post.video.url.partition("samudrakota.example")[2], headers={"Range": "bytes=4-9"}
            )
            Fetching.fetched = b"".join(part)
            return super().publish(post)

    stage.send(Fetching())
    assert Fetching.fetched == moving.path.read_bytes()[4:10]


def test_what_a_platform_does_not_take_of_a_film_is_told_beside_it(cast: Cast) -> None:
    def said(platform: str, **facts: Any) -> list[tuple[str, str]]:
        usual: dict[str, Any] = {
            "sha256": "0" * 64, "media_type": "video/mp4", "alt": "Air surut.", "width": 640,
            "height": 480, "size": 1_000_000, "seconds": 30.0,
        }  # fmt: skip
        photo = MediaItem(**(usual | {"media_type": "image/jpeg", "seconds": None}))
        media = [photo] if facts.pop("mixed", False) else []
        account = connected_account(cast.diskominfo, platform=platform, host="")
        found = problems(account, "Halo", media, film=MediaItem(**(usual | facts)), title="Judul")
        return [(one.field, one.message) for one in found]

    assert said("x") == []
    ((field, told),) = said("x", seconds=141.0)
    assert field == "film"
    assert "it is too long: at most 140 seconds" in told
    assert "too large" in said("x", size=600_000_000)[0][1]
    assert "too short" in said("instagram", seconds=1.0)[0][1]
    assert said("x", mixed=True)[0][0] == "film"
    assert "not both" in said("x", mixed=True)[0][1]
    assert said("threads", mixed=True) == []
    assert "Describe the video" in said("x", alt=" ")[0][1]


def test_neither_a_picture_as_film_nor_a_film_of_another_unit_gets_into_a_post(
    cast: Cast, moving: MediaFile, client_as: Callable[[object], Client]
) -> None:
    client = client_as(factories.reads_english(cast.dwi))
    photo = ready(cast.dwi, cast.diskominfo)
    theirs = upload(cast.fajar, cast.dinkes, film(seconds=1, sound=False), "film.mp4")
    for forged in (photo.pk, theirs.pk, 10**30, "x", "²"):
        answer = client.post(reverse("content:post_create"), typed(cast, film=forged))
        assert answer.status_code == 422, forged
        assert "id_film" in answer.content.decode()
    forged_by_hand: list[dict[str, Any]] = [
        {"film": item_of(photo, "x")}, {"media": (item_of(moving, "x"),)},
        {"film": item_of(theirs, "x")},
    ]  # fmt: skip
    for fields in forged_by_hand:
        with pytest.raises(PermissionDenied):
            made_for(cast, "bluesky", **fields)
    assert not Post.objects.exists()


# The composer


def typed(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {
        "title": "T", "unit": cast.diskominfo.pk, "text": "Halo, warga Samudra.", "language": "id",
        **answers(), **fields,
    }  # fmt: skip


def test_film_link_and_title_are_written_shown_and_compared(
    cast: Cast,
    moving: MediaFile,
    client_as: Callable[[object], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_as(factories.reads_english(cast.dwi))
    account = connected_account(cast.diskominfo)
    begun = client.get(
        f"{reverse('content:post_create')}?media={moving.pk}", follow=True
    ).content.decode()
    assert f'<option value="{moving.pk}" selected>' in begun
    assert "banjir (0:03)" in begun
    said = typed(cast, accounts=[account.pk], film=moving.pk, headline=" Banjir  surut ", link=LINK)
    preview = client.post(reverse("content:post_preview"), said).content.decode()
    assert moving.sha256 in preview
    assert "<video" in preview
    assert LINK in preview
    assert client.post(reverse("content:post_create"), said).status_code == 302
    post = Post.objects.select_related("current_version").get()
    assert post.current_version is not None
    content = post.current_version.content()
    assert (content.headline, content.link) == ("Banjir surut", LINK)
    assert content.film is not None
    assert content.film.alt == COMPLETE["alt"], "taken from the library"
    with django_assert_max_num_queries(15):
        shown = client.get(reverse("content:post_edit", args=[post.pk])).content.decode()
    assert f'<option value="{moving.pk}" selected>' in shown
    assert "Banjir surut · " in shown, "in the head of its closed part"
    with django_assert_max_num_queries(15):
        detail = client.get(reverse("content:post_detail", args=[post.pk])).content.decode()
    assert "<video" in detail
    changed = replace(content, film=None, link="", headline="Banjir")
    actions.edit_post(actor=cast.dwi, post_id=post.pk, document=changed, based_on=1)
    after = post.versions.get(number=2)
    labels = {row.label for row in compare(post.current_version, after, post=post).rows}
    assert {"Video", "Link", "Published title"} <= labels


def test_a_link_that_is_none_is_refused_beside_its_field_and_kept(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    client = client_as(factories.reads_english(cast.dwi))
    for link in ("samudra kota", "javascript:alert(1)", "https://", f"{LINK} {LINK}"):
        answer = client.post(reverse("content:post_create"), typed(cast, link=link))
        page = answer.content.decode()
        assert answer.status_code == 422, link
        assert "Write the whole address" in page
        assert f'value="{link}"' in page
    assert not Post.objects.exists()


def test_the_composer_opens_folded_and_where_something_is_missing(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    client = client_as(factories.reads_english(cast.dwi))
    page = client.get(reverse("content:post_create"), follow=True).content.decode()
    assert page.count('class="fold form-group"') == 6
    assert 'form-group" open' not in page
    stage = made_for(cast, "bluesky", declared=replace(document().declared, source=""))
    address = reverse("content:post_edit", args=[stage.post.pk]) + "?missing=1"
    page = client.get(address).content.decode()
    assert page.count('form-group" open') == 1
    assert "5 of 5 answered" in page
    assert "Before you submit (1)" in page
    assert (
        '<a href="#id_source">Say where the facts come from: informational posts need a source.</a>'
        in page
    )


def test_findings_are_named_in_short_among_what_is_missing(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    client = client_as(factories.reads_english(cast.dwi))
    stage = made_for(cast, "bluesky", text="Hubungi 0812-3456-7890.", thread=("Bagian dua.",))
    address = reverse("content:post_edit", args=[stage.post.pk]) + "?missing=1"
    page = client.get(address).content.decode()
    assert "What was found in the post (1)" in page
    assert re.search(r'<a href="#id_why_[0-9a-f]{16}">Telephone number: [^<]{5,40}</a>', page)
    assert page.count('form-group" open') == 1, "a thread is shown"


def test_what_will_be_made_of_a_picture_is_said_before_it_is_saved(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    client = client_as(factories.reads_english(cast.dwi))
    media = ready(cast.dwi, cast.diskominfo, picture(size=(1_600, 1_600)))
    account = connected_account(cast.diskominfo, platform="instagram", host="")
    said = typed(cast, accounts=[account.pk], kept_0=media.sha256, alt_0="Kucing.")
    page = client.post(reverse("content:post_preview"), said).content.decode()
    assert "Picture 1 goes out as JPEG of 1,440 × 1,440 pixels" in page
    assert "Must be mended" not in page

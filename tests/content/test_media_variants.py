"""What is made of a picture so that a platform takes it, and what is told instead."""

from __future__ import annotations

import hashlib
import io
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from PIL import Image

from content import actions
from content.documents import MediaItem, digest_of
from content.models import MediaFile, MediaRecord, MediaVariant, PostVersion
from content.variants import Rule, fit, made
from govsocial.audit.models import Entry
from govsocial.platforms.base import Limits
from govsocial.platforms.registry import limits
from tests.cast import Cast
from tests.content.films import film
from tests.content.media_stage import upload
from tests.content.stage import document, make_stage, media_item, picture
from tests.gathering import each


def noise(size: tuple[int, int], kind: str = "PNG") -> bytes:
    drawn = Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3))
    out = io.BytesIO()
    drawn.save(out, kind)
    return out.getvalue()


def taking(**values: object) -> Limits:
    usual = limits("instagram")
    kept = {name: getattr(usual, name) for name in usual.__slots__}
    return Limits(**(kept | values))


def test_what_fits_is_itself(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo, picture(size=(800, 800), kind="JPEG"))
    assert actions.variant_for(media, limits("instagram")) == media
    assert not MediaVariant.objects.exists()


def test_another_kind_too_wide_or_too_large_is_made_to_fit_once(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo, noise((1_600, 1_600)))
    taken = taking(image_bytes=400_000)
    variant = actions.variant_for(media, taken)
    assert variant is not None
    assert variant.media_type == "image/jpeg"
    assert variant.size <= 400_000
    assert variant.width == variant.height <= 1_440
    data = variant.read()
    assert data is not None
    assert hashlib.sha256(data).hexdigest() == variant.sha256
    assert Image.open(io.BytesIO(data)).size == (variant.width, variant.height)
    assert actions.variant_for(media, taken) == variant
    link = MediaVariant.objects.get()
    assert (link.original, link.file, link.rule) == (media, variant, "jpeg;400000;1440")
    entry = Entry.objects.get(event="content.media.variant_made")
    assert entry.data["variant_sha256"] == variant.sha256
    # It was made here: nobody finds it in the library.
    assert not MediaRecord.objects.filter(media=variant).exists()


def test_the_same_picture_and_rule_give_the_same_bytes() -> None:
    rule = Rule(types=["image/jpeg"], most_bytes=60_000, widest=500)
    first, again = (made(noise((700, 600)), rule) for _time in range(2))
    assert first == again
    assert first is not None


def test_platforms_that_take_the_same_share_what_is_made(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo, noise((1_500, 1_000)))
    one = actions.variant_for(media, taking(image_bytes=300_000))
    other = actions.variant_for(media, taking(image_bytes=300_000, text=5, images=2))
    assert one == other


@each(
    "words, size, kind",
    [
        ("narrow", (200, 200), "JPEG"),
        ("as wide as high", (2_000, 400), "JPEG"),
        ("as wide as high", (400, 2_000), "JPEG"),
    ],
)
def test_nothing_is_cropped_or_enlarged_but_told(
    cast: Cast, words: str, size: tuple[int, int], kind: str
) -> None:
    media = upload(cast.dwi, cast.diskominfo, picture(size=size, kind=kind))
    assert actions.variant_for(media, limits("instagram")) is None
    assert words in " ".join(fit(media, limits("instagram")).obstacles)


def test_what_no_step_makes_small_enough_is_none() -> None:
    assert made(noise((300, 300)), Rule(types=["image/png"], most_bytes=100)) is None
    assert made(b"no picture", Rule(types=["image/png"], most_bytes=100)) is None


def test_what_can_be_seen_through_becomes_white_in_a_jpeg() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (400, 400), (0, 0, 0, 0)).save(out, "PNG")
    shown = made(out.getvalue(), Rule(types=["image/jpeg"], most_bytes=10**6))
    assert shown is not None
    assert Image.open(io.BytesIO(shown.data)).getpixel((9, 9)) == (255, 255, 255)


def test_a_film_goes_as_it_is_or_not_at_all(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo, film(seconds=1), name="film.mp4")
    assert actions.variant_for(media, limits("bluesky")) == media
    assert actions.variant_for(media, limits("instagram")) is None
    assert "too short" in fit(media, limits("instagram")).obstacles[0]
    assert "takes no films" in fit(media, taking(video=None)).obstacles[0]


def test_a_picture_goes_to_no_platform_of_films(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    assert fit(media, limits("youtube")).obstacles
    assert actions.variant_for(media, limits("youtube")) is None


def test_a_variant_that_a_version_names_is_a_use_of_its_original(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo, noise((1_500, 1_500)))
    variant = actions.variant_for(media, taking(image_bytes=300_000))
    assert variant is not None
    item: MediaItem = media_item(variant, "Kucing")
    stage = make_stage(cast)
    # No form chooses a variant; what a version of before names is a use as well.
    canonical = document(stage.account, media=(item,)).canonical()
    PostVersion.objects.create(
        post=stage.post, number=2, editor=cast.dwi, title="Kucing", canonical=canonical,
        digest=digest_of(canonical),
    )  # fmt: skip
    assert media.uses.count() == 1


def test_a_picture_whose_file_is_gone_has_no_variant(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo, noise((1_600, 1_600)))
    media.path.unlink()
    assert actions.variant_for(media, limits("instagram")) is None


@pytest.mark.django_db(transaction=True)
def test_two_who_make_it_at_once_get_the_same(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo, noise((1_500, 700)))

    def make(_number: int) -> int:
        try:
            variant = actions.variant_for(media, taking(image_bytes=200_000, image_ratio=None))
            assert variant is not None
            return variant.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(make, range(4)))) == 1
    assert MediaVariant.objects.count() == 1
    assert MediaFile.objects.count() == 2

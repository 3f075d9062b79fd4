"""What is uploaded is checked by what it is, cleaned, kept once, and told of."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image, ImageCms

from content import actions, cleaning, previews
from content.errors import ContentError
from content.models import FilmPieces, MediaFile, MediaRecord
from govsocial.audit.models import Entry
from tests.cast import Cast
from tests.content.films import PLACE, film, phone_film
from tests.content.media_stage import geotagged, upload
from tests.content.stage import picture
from tests.gathering import each
from tests.web.test_pictures import drawn
from tests.web.test_polyglots import TAILS


def test_what_was_taken_out_is_told_kept_as_a_fact_and_written_to_the_trail(cast: Cast) -> None:
    file = SimpleUploadedFile("Kunjungan Wali Kota.jpg", geotagged())
    stored = actions.store_upload(actor=cast.dwi, unit_id=cast.diskominfo.pk, file=file)
    kinds = ["author", "camera", "place", "time"]
    assert (stored.is_new, list(stored.removed)) == (True, kinds)
    media = MediaFile.objects.get()
    assert media.removed == kinds
    assert media.record.title == "Kunjungan Wali Kota"
    assert b"Made" not in media.path.read_bytes()
    entry = Entry.objects.get(event="content.media.uploaded")
    assert entry.data["metadata_removed"] == kinds
    assert "Made" not in str(entry.data)
    assert entry.unit_id == cast.diskominfo.pk


def test_the_same_picture_with_other_hidden_data_is_kept_once_and_told_again(cast: Cast) -> None:
    plain = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(plain, "JPEG")
    first = upload(cast.dwi, cast.diskominfo, plain.getvalue())
    assert first.removed == []
    file = SimpleUploadedFile("lagi.jpg", geotagged())
    again = actions.store_upload(actor=cast.rina, unit_id=cast.diskominfo.pk, file=file)
    assert (again.media, again.is_new) == (first, False)
    assert "place" in again.removed
    entry = Entry.objects.get(event="content.media.uploaded_again")
    assert entry.actor_name == "Rina Lestari"
    assert "place" in entry.data["metadata_removed"]
    assert MediaFile.objects.get().uploaded_by == cast.dwi


def test_what_was_taken_out_of_the_library_comes_back_as_the_same_file(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo, geotagged())
    assert upload(cast.dwi, cast.diskominfo, media.path.read_bytes()) == media
    assert MediaFile.objects.count() == 1


def test_what_was_put_away_is_brought_back_by_uploading_it_again(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    actions.archive_media(actor=cast.dwi, media_id=media.pk)
    upload(cast.dwi, cast.diskominfo)
    assert not MediaRecord.objects.get().is_archived
    assert Entry.objects.filter(event="content.media.restored").count() == 1


def test_a_film_is_kept_with_its_facts_and_a_small_picture(cast: Cast) -> None:
    taken = phone_film()
    media = upload(cast.dwi, cast.diskominfo, taken, name="klip.mov")
    assert (media.media_type, media.width, media.height) == ("video/mp4", 48, 64)
    assert media.seconds == pytest.approx(3, abs=0.2)
    assert media.codecs == ["h264", "aac"]
    assert "place" in (media.removed or [])
    assert media.compared() is not None
    assert media.size == media.path.stat().st_size
    assert PLACE.encode() not in media.path.read_bytes()
    assert media.path.read_bytes()[4:8] == b"ftyp"
    assert FilmPieces.objects.get().sha256 == media.sha256
    small = previews.preview_of(media)
    assert small is not None
    with Image.open(small) as shown:
        assert shown.size == (48, 64)
    assert upload(cast.rina, cast.diskominfo, taken) == media


def refused() -> Iterable[tuple[str, bytes]]:
    """Words, and what they are said of: made when asked for, as films take their time."""
    whole = film()
    return {
        "SVG": b"\xef\xbb\xbf <?xml version='1.0'?><svg onload='x()'/>",
        "web page": b"<!DOCTYPE html><script>x</script>",
        "is a PDF": b"%PDF-1.7 ...",
        "archive": TAILS["archive"],
        "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1",
        "not a picture": b"",
        "JPEG, PNG or WebP": drawn("GIF"),
        "archive is hidden": picture() + TAILS["archive"],
        "PDF is hidden": picture() + TAILS["document"],
        "program or web page is hidden": picture() + TAILS["script"],
        "archive is hidden in this file": whole + TAILS["archive"],
        "program or web page is hidden in this": whole + TAILS["script"],
        "several picture tracks": film(further=1),
        "not H.264": film(codec="mpeg4"),
        "damaged": whole[:1200],
    }.items()


@each("words, data", refused)
def test_what_cannot_be_used_is_refused_in_words_that_say_what_it_is(
    cast: Cast, words: str, data: bytes
) -> None:
    with pytest.raises(ContentError, match=words):
        upload(cast.dwi, cast.diskominfo, data, name="foto.jpg")
    assert not MediaFile.objects.exists()


def test_too_much_is_refused_before_it_is_unpacked(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(bomb, "PNG")
    with pytest.raises(ContentError, match="too many pixels"):
        upload(cast.dwi, cast.diskominfo, bomb.getvalue())
    with pytest.raises(ContentError, match="larger than 10 MB"):
        upload(cast.dwi, cast.diskominfo, picture() + bytes(cleaning.LARGEST_UPLOAD))
    monkeypatch.setattr("content.actions.media.LARGEST_FILM", 1_000)
    with pytest.raises(ContentError, match="Export it smaller"):
        upload(cast.dwi, cast.diskominfo, film())


def test_nothing_is_stored_for_a_unit_of_others(cast: Cast) -> None:
    for data in (picture(), film()):
        with pytest.raises(PermissionDenied):
            upload(cast.dwi, cast.dinkes, data)
        with pytest.raises(PermissionDenied):
            upload(cast.sari, cast.diskominfo, data)
    assert not MediaFile.objects.exists()


def colours(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_meaning_of_colours_is_kept(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clean = cleaning.cleaned(drawn(kind, icc_profile=profile))
    assert colours(clean.data).info["icc_profile"] == profile
    assert clean.removed == ()
    broken = cleaning.cleaned(drawn(kind, icc_profile=b"no profile at all"))
    assert "icc_profile" not in colours(broken.data).info
    assert broken.removed == ("profile",)


def test_a_picture_for_print_becomes_one_for_screens() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (20, 20), (0, 255, 255, 0)).save(out, "JPEG")
    shown = colours(cleaning.cleaned(out.getvalue()).data)
    red, green, blue = shown.convert("RGB").getpixel((5, 5))  # type: ignore[misc]  # three colours
    assert shown.mode == "RGB"
    assert red > 200 > 60 > max(green, blue)


def test_what_can_be_seen_through_stays_so() -> None:
    out = io.BytesIO()
    drawing = Image.new("P", (8, 8))
    drawing.putpalette([255, 0, 0, 0, 255, 0] + [0] * 762)
    drawing.save(out, "PNG", transparency=0)
    shown = colours(cleaning.cleaned(out.getvalue()).data)
    assert shown.convert("RGBA").getpixel((3, 3)) == (255, 0, 0, 0)


def test_movement_is_told_as_taken_out() -> None:
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    assert cleaning.cleaned(out.getvalue()).removed == ("movement",)


@pytest.mark.django_db(transaction=True)
def test_many_who_upload_the_same_at_once_get_one_row(cast: Cast) -> None:
    def store(act: Callable[[], MediaFile]) -> int:
        try:
            return act().pk
        finally:
            connection.close()

    acts = [lambda: upload(cast.dwi, cast.diskominfo, geotagged())] * 6
    with ThreadPoolExecutor(6) as pool:
        rows = list(pool.map(store, acts))
    assert len(set(rows)) == 1
    assert MediaRecord.objects.count() == 1
    assert Entry.objects.filter(event="content.media.uploaded").count() == 1

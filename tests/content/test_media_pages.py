"""The pages of the media library: who sees what, what is found, what is told, what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.details import Upload
from accounts.models import User
from content import actions
from content.models import MediaFile, MediaRecord
from content.selectors.media import uses_of
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.films import film
from tests.content.media_stage import COMPLETE, geotagged, ready, say, upload
from tests.content.stage import make_stage, media_item, picture
from tests.gathering import each
from tests.web.test_pictures import drawn

SignIn = Callable[[User | str], Client]
MOST_QUERIES = 15


def page(name: str, *args: object) -> str:
    return reverse(f"content:{name}", args=args)


@pytest.fixture
def client(cast: Cast, client_as: SignIn) -> Client:
    return client_as(factories.reads_english(cast.dwi))


@pytest.fixture
def media(cast: Cast) -> MediaFile:
    return upload(cast.dwi, cast.diskominfo, geotagged())


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("many", [0, 70])
def test_pages_need_few_queries_at_any_size(
    cast: Cast,
    client_as: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    many: int,
) -> None:
    first = ready(cast.dwi, cast.diskominfo)
    files = MediaFile.objects.bulk_create(
        MediaFile(
            sha256=f"{number:064x}", unit=cast.diskominfo, media_type="image/png", size=number + 1,
            width=1, height=1, uploaded_by=cast.dwi, removed=[],
        )
        for number in range(many)
    )  # fmt: skip
    MediaRecord.objects.bulk_create(MediaRecord(media=one, title="Foto") for one in files)
    if many:
        make_stage(cast, media=(media_item(first, "Kucing"),)).submit().approve().times(many // 3)
    addresses = [page("media_list"), page("media_list") + "?used=yes&rights=unknown&search=foto"]
    addresses += [page("media_detail", first.pk)]
    drafts = [page("media_edit", first.pk), page("media_upload")]
    drafts.append(f"{page('media_pick')}?slot=0&unit={cast.diskominfo.pk}")
    for who in ("dwi", "laila", "ratna"):
        client = client_as(who)
        for address in [*addresses, *(drafts if who == "dwi" else [])]:
            with django_assert_max_num_queries(MOST_QUERIES):
                answer = client.get(address)
            assert answer.status_code == 200, (who, address)
            assert len(answer.content) < 100_000


def addresses_of(media: MediaFile) -> list[tuple[str, str]]:
    """Every address of a medium with the method that it takes."""
    own = [media.unit_id, media.sha256]
    return [
        ("get", page("media_detail", media.pk)),
        ("get", page("media_file", *own)),
        ("get", page("media_preview", *own)),
        ("get", page("media_document", media.pk, "proof")),
        ("get", page("media_document", media.pk, "consent")),
        ("get", page("media_edit", media.pk)),
        ("post", page("media_edit", media.pk)),
        ("post", page("media_archive", media.pk)),
        ("post", page("media_restore", media.pk)),
        ("get", f"{page('media_picked', media.pk)}?slot=0&unit={media.unit_id}"),
    ]


def test_media_of_other_units_are_not_there_at_all(
    cast: Cast, client_as: SignIn, media: MediaFile
) -> None:
    scan = Upload(drawn("JPEG"), "izin.jpg")
    say(cast.dwi, media, proof_file=scan, consent_file=scan)
    stranger = client_as("fajar")
    for method, address in addresses_of(media):
        assert getattr(stranger, method)(address).status_code == 404, address
    for name in ("media_list", "media_pick"):
        answer = stranger.get(f"{page(name)}?slot=0&unit={cast.diskominfo.pk}")
        assert media.sha256 not in text(answer)
    # Nor by the same bytes under their own unit.
    assert stranger.get(page("media_file", cast.dinkes.pk, media.sha256)).status_code == 404
    assert MediaRecord.objects.get().edition == 2


def test_who_only_reads_changes_nothing(cast: Cast, client_as: SignIn, media: MediaFile) -> None:
    for who in ("sari", "made", "laila", "bayu"):
        reader = client_as(who)
        assert reader.get(page("media_detail", media.pk)).status_code == 200
        for name in ("media_edit", "media_archive", "media_restore"):
            assert reader.post(page(name, media.pk)).status_code == 403, (who, name)
        assert "/edit/" not in text(reader.get(page("media_detail", media.pk)))
        assert reader.get(page("media_upload")).status_code == 403
    assert MediaRecord.objects.get().edition == 1


def test_a_consent_is_opened_by_who_works_on_posts_and_each_time_is_in_the_trail(
    cast: Cast, client_as: SignIn, media: MediaFile
) -> None:
    scan = Upload(drawn("JPEG"), "setuju.jpg")
    say(cast.dwi, media, people="yes", consent_file=scan, proof_file=scan)
    consent, proof = (page("media_document", media.pk, name) for name in ("consent", "proof"))
    for who, status in (("dwi", 200), ("made", 200), ("sari", 200), ("laila", 403), ("ratna", 403)):
        assert client_as(who).get(consent).status_code == status, who
    shown = text(client_as("laila").get(page("media_detail", media.pk)))
    assert consent not in shown
    assert proof in shown
    answer = client_as("laila").get(proof)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    taken = Entry.objects.filter(event="content.media.document_taken_out")
    assert sorted(entry.data["document"] for entry in taken) == ["consent"] * 3 + ["proof"]
    assert client_as("dwi").get(page("media_document", media.pk, "record")).status_code == 404


def test_files_are_given_so_that_no_browser_runs_them(
    cast: Cast, client: Client, media: MediaFile
) -> None:
    moving = upload(cast.dwi, cast.diskominfo, film(), name="film.mp4")
    for one in (media, moving):
        for name in ("media_file", "media_preview"):
            answer = client.get(page(name, one.unit_id, one.sha256))
            assert answer.status_code == 200
            kind = one.media_type if name == "media_file" else "image/jpeg"
            assert answer["Content-Type"] == kind
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer["Cache-Control"].startswith("private")
    part = client.get(
        page("media_file", moving.unit_id, moving.sha256), headers={"Range": "bytes=4-7"}
    )
    assert part.status_code == 206
    assert b"".join(part.streaming_content) == b"ftyp"  # type: ignore[attr-defined]  # streamed


def test_a_file_that_is_no_longer_itself_is_not_given(
    client: Client, media: MediaFile, settings: Settings, tmp_path: Path
) -> None:
    # Files are named by what they are: other tests have the same ones.
    settings.MEDIA_ROOT = tmp_path
    media.path.parent.mkdir(parents=True)
    media.path.write_bytes(b"<script>")
    assert client.get(page("media_file", media.unit_id, media.sha256)).status_code == 404


@contextmanager
def sending(client: Client, unit_id: int, *files: tuple[str, bytes]) -> Iterator[Any]:
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    yield client.post(page("media_upload"), {"unit": unit_id, "chosen": sent})


def test_several_files_are_kept_or_refused_each_by_itself(cast: Cast, client: Client) -> None:
    files = [
        ("satu.jpg", geotagged()),
        ("dua.png", picture("teal")),
        ("tiga.svg", b"<svg onload=alert(1)>"),
        ("<b>\u202eempat.png", picture() + b"<script>x</script>"),
        ("lima.mov", film(kind="mov")),
    ]
    with sending(client, cast.diskominfo.pk, *files) as answer:
        told = text(answer)
    assert answer.status_code == 200
    assert MediaFile.objects.count() == 3
    assert "3 files are in the library" in " ".join(told.split())
    assert "2 were not taken" in " ".join(told.split())
    assert "the place where it was taken" in told
    assert "Nothing hidden was found in it." in told
    assert "This is an SVG drawing" in told
    assert "&lt;b&gt;empat.png" in told
    assert "<b>" not in told
    with sending(client, cast.diskominfo.pk, *files[:2]) as again:
        assert text(again).count("It was in the library already.") == 2
    assert MediaFile.objects.count() == 3


def test_an_upload_of_nothing_usable_keeps_the_form(cast: Cast, client: Client) -> None:
    with sending(client, cast.diskominfo.pk, ("a.svg", b"<svg>")) as answer:
        assert answer.status_code == 422
    with sending(client, cast.diskominfo.pk) as answer:
        assert answer.status_code == 422
        assert "This field is required" in text(answer)
    many = [(f"{number}.svg", b"<svg>") for number in range(21)]
    with sending(client, cast.diskominfo.pk, *many) as answer:
        assert "at most 20 files" in text(answer)
    with sending(client, cast.dinkes.pk, ("a.png", picture())) as answer:
        assert answer.status_code == 422
    assert not MediaFile.objects.exists()


def test_an_answer_to_htmx_is_the_part_that_it_swaps(cast: Cast, client: Client) -> None:
    answer = client.post(
        page("media_upload"),
        {"unit": cast.diskominfo.pk, "chosen": SimpleUploadedFile("a.png", picture())},
        headers={"HX-Request": "true"},
    )
    assert "<html" not in text(answer)
    assert 'id="upload"' in text(answer)


FOUND = [
    ("search=kucing", {"kucing"}),
    ("search=posyandu+made", {"posyandu"}),
    ("kind=film", {"film"}),
    ("kind=picture", {"kucing", "posyandu"}),
    ("rights=known", {"kucing"}),
    ("rights=unproven", {"posyandu"}),
    ("rights=unknown", {"film"}),
    ("consent=missing", {"posyandu"}),
    ("consent=not_needed", {"kucing"}),
    ("used=yes", {"kucing"}),
    ("used=no", {"posyandu", "film"}),
    ("uploaded_by_words=rina", {"film"}),
    ("state=archived", {"lama"}),
    ("state=all&search=lama", {"lama"}),
    ("search=lama", set()),
    ("kind=music", set()),
    ("", {"kucing", "posyandu", "film"}),
]


def fill(cast: Cast) -> None:
    cat = upload(cast.dwi, cast.diskominfo, picture("red"))
    say(cast.dwi, cat, **COMPLETE, title="kucing")
    make_stage(cast, media=(media_item(cat, "Kucing"),))
    baby = upload(cast.dwi, cast.diskominfo, picture("green"))
    say(cast.dwi, baby, title="posyandu", licence="stock", owner="Made", people="yes", minors="no")
    moving = upload(cast.rina, cast.diskominfo, film(seconds=1), name="film.mp4")
    say(cast.rina, moving, title="film")
    old = upload(cast.dwi, cast.diskominfo, picture("blue"))
    say(cast.dwi, old, title="lama")
    actions.archive_media(actor=cast.dwi, media_id=old.pk)


def test_filters_find_what_they_say_and_the_export_holds_the_same(
    cast: Cast, client: Client
) -> None:
    fill(cast)
    for asked, titles in FOUND:
        shown = text(client.get(f"{page('media_list')}?{asked}"))
        names = {"kucing", "posyandu", "film", "lama"}
        found = {name for name in names if f'<span class="media-name">{name}</span>' in shown}
        assert found == titles, asked
        answer: Any = client.get(f"{page('media_export')}?{asked}")
        if "music" in asked:
            assert answer.status_code == 302
            continue
        rows = b"".join(answer.streaming_content).decode().splitlines()[1:]
        assert len(rows) == len(titles), asked
    assert Entry.objects.filter(event="content.media.exported").count() == len(FOUND) - 1
    book = client.get(page("media_export") + "?format=xlsx")
    assert book.content[:2] == b"PK"


def test_an_export_holds_no_formula(cast: Cast, client: Client, media: MediaFile) -> None:
    say(cast.dwi, media, title="=HYPERLINK(1)")
    answer: Any = client.get(page("media_export"))
    assert "'=HYPERLINK(1)" in b"".join(answer.streaming_content).decode()


def test_the_page_says_what_is_missing_where_it_is_used_and_what_was_done(
    cast: Cast, client: Client, media: MediaFile
) -> None:
    say(cast.dwi, media, **COMPLETE)
    seen, thread = (media_item(media, "Kucing"),), ("Dua.", "Tiga.")
    stage = make_stage(cast, media=seen, thread=thread).submit().approve()
    stage.edit("Lain")
    say(cast.dwi, media, licence="")
    hidden = make_stage(cast, media=(media_item(media, "Kucing"),), title="Kedua")
    shown = text(client.get(page("media_detail", media.pk)))
    for words in (
        "Say by what right it is published.", "Jadwal vaksinasi", "in an earlier version", "Kedua",
        "the place where it was taken", "Dwi Hartono uploaded", "Cancelled", media.sha256,
    ):  # fmt: skip
        assert words in shown, words
    uses = uses_of(media, cast.dwi)
    assert [post.shows_it_now for post in uses.posts] == [True, False]  # type: ignore[attr-defined]  # annotated
    assert uses.posts[0] == hidden.post
    assert [one.part for one in uses.posts[1].showing_it] == [0], "what follows is words alone"  # type: ignore[attr-defined]  # prefetched
    assert 'action="' + page("media_archive", media.pk) not in shown, "it is used"


def record_form(media: MediaFile, **values: object) -> dict[str, object]:
    record = MediaRecord.objects.get(media=media)
    usual = {"people": "unknown", "minors": "unknown", "made_with_ai": "unknown", "licence": ""}
    return {**usual, "edition": record.edition, **values}


def test_what_is_said_is_saved_and_shown(cast: Cast, client: Client, media: MediaFile) -> None:
    sent = record_form(
        media, title="Posyandu", alt="Kader\r\nposyandu", licence="cc_by", owner="Made",
        proof_url="contoh.id/foto", people="yes", minors="yes", consent_by_guardians="on",
        consent_place="Map 3", made_with_ai="yes",
        consent_file=SimpleUploadedFile("setuju.jpg", drawn("JPEG")),
    )  # fmt: skip
    answer = client.post(page("media_edit", media.pk), sent)
    assert answer.status_code == 302
    record = MediaRecord.objects.get()
    assert (record.alt, record.licence, record.made_with_ai) == ("Kader\nposyandu", "cc_by", "yes")
    assert record.proof_url == "https://contoh.id/foto"
    assert record.consent_file is not None
    shown = text(client.get(page("media_detail", media.pk)))
    assert "Missing before it may be shown" not in shown
    form = text(client.get(page("media_edit", media.pk)))
    assert "kept: setuju.jpg" in form
    sent = record_form(media, title="Posyandu", people="yes", alt="Kader posyandu")
    told = text(client.post(page("media_edit", media.pk), sent, follow=True))
    assert "Saved. Still missing before it may be shown: Say by what right" in told
    # The gate asks the post for the alternative text, and not the library.
    told = text(
        client.post(page("media_edit", media.pk), record_form(media, licence="own"), follow=True)
    )
    assert "Still missing before it may be shown: Say whether people can be recognised" in told
    assert "no alternative text for it yet; each post says its own" in told
    assert "Describe it for people" not in told
    assert MediaRecord.objects.get().consent_file is not None, "no new file: the old one stays"


@each(
    "words, status, values",
    [
        ("Say which right it is.", 409, {"licence": "other"}),
        ("Somebody changed these details", 409, {"edition": 7}),
        ("turn the reading direction", 422, {"title": "a\u202eb"}),
        ("invisible control", 422, {"owner": "a\x07b"}),
        ("Select a valid choice", 422, {"licence": "mine"}),
        ("Enter a valid URL", 422, {"proof_url": "javascript:alert(1)"}),
        ("Enter a valid date", 422, {"licence_until": "besok"}),
        ("at most 200", 422, {"title": "a" * 201}),
    ],
)
def test_a_wrong_answer_is_told_and_what_was_typed_is_kept(
    cast: Cast, client: Client, words: str, status: int, values: dict[str, object]
) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    sent = record_form(media, description="Apa yang saya tulis", **values)
    answer = client.post(page("media_edit", media.pk), sent)
    assert answer.status_code == status
    assert words in text(answer)
    assert "Apa yang saya tulis" in text(answer)


def test_hostile_words_are_words(cast: Cast, client: Client, media: MediaFile) -> None:
    bad = "<script>alert(1)</script>{{ 7|add:7 }}\"'><img src=x>"
    say(cast.dwi, media, title=bad, alt=bad, description=bad, owner=bad, source=bad)
    for address in (
        page("media_list"),
        page("media_detail", media.pk),
        page("media_edit", media.pk),
    ):
        shown = text(client.get(address))
        assert "<script>alert" not in shown
        assert "<img src=x>" not in shown


def test_put_away_and_brought_back_by_two_buttons(client: Client, media: MediaFile) -> None:
    assert client.post(page("media_archive", media.pk)).status_code == 302
    assert "Put away" in text(client.get(page("media_detail", media.pk)))
    assert client.post(page("media_restore", media.pk)).status_code == 302
    assert client.get(page("media_archive", media.pk)).status_code == 405
    assert not MediaRecord.objects.get().is_archived

"""What is said about a medium: by whom it may be said, what the database holds, and what it is used
for."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from accounts.details import Upload
from content import actions
from content.documents import digest_of
from content.errors import ContentError
from content.media_fields import with_present_words
from content.models import MediaRecord, MediaUse, MediaVariant, PostVersion
from govsocial.audit.models import Entry
from govsocial.audit.selectors import history_of
from tests.cast import Cast
from tests.content.media_stage import COMPLETE, say, upload
from tests.content.stage import Stage, document, make_stage, media_item, picture
from tests.gathering import each
from tests.web.test_pictures import drawn

SCAN = drawn("JPEG")
REFUSALS = (IntegrityError, InternalError)


def using(cast: Cast, data: bytes | None = None) -> tuple[Stage, int]:
    """A post that shows a picture of the library, and the number of the picture."""
    media = upload(cast.dwi, cast.diskominfo, data)
    stage = make_stage(cast, media=(media_item(media, "Seekor kucing"),))
    return stage, media.pk


def test_what_changed_is_in_the_trail_and_long_words_are_not(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    record = say(cast.dwi, media, **COMPLETE, owner="Made", description="Acara dengan Bu Siti")
    assert record.edition == 2
    entry = Entry.objects.get(event="content.media.described")
    changed = dict(zip(entry.data["changed"], entry.data["after"], strict=True))
    assert (changed["licence"], changed["people"], changed["owner"]) == ("own", "no", "Made")
    assert "Siti" not in str(entry.data)
    assert "kucing" not in str(entry.data)
    assert any(
        "Made by the agency itself" in str([*map(str, line.changes)]) for line in history_of(record)
    )
    # The page says the words that stand now; of earlier ones there is a mark alone.
    record = say(cast.dwi, media, description="Acara tanpa nama")
    last, first = [
        " ".join(map(str, line.changes))
        for line in with_present_words(record, history_of(record))
        if line.changes
    ]
    assert last.endswith("→ “Acara tanpa nama”")
    assert "another text (fingerprint" in last
    assert "Siti" not in first


def test_saying_the_same_again_writes_nothing(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    say(cast.dwi, media, **COMPLETE)
    assert say(cast.dwi, media, **COMPLETE).edition == 2
    assert Entry.objects.filter(event="content.media.described").count() == 1


def test_of_two_who_were_shown_the_same_the_second_is_told(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    say(cast.rina, media, owner="Rina")
    with pytest.raises(actions.RecordChanged):
        actions.describe_media(
            actor=cast.dwi, media_id=media.pk, edition=1, values={"owner": "Dwi"}
        )
    assert MediaRecord.objects.get().owner == "Rina"


def test_only_who_writes_for_the_unit_says_anything_about_it(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    for stranger in (cast.fajar, cast.sari, cast.laila, cast.bayu):
        with pytest.raises(PermissionDenied):
            say(stranger, media, owner="Saya")
        with pytest.raises(PermissionDenied):
            actions.archive_media(actor=stranger, media_id=media.pk)
        with pytest.raises(PermissionDenied):
            actions.restore_media(actor=stranger, media_id=media.pk)
    assert MediaRecord.objects.get().edition == 1


def test_proof_and_consent_are_kept_as_files_and_no_other_kind_of_file_is(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    record = say(cast.dwi, media, proof_file=Upload(SCAN, "izin.jpg"), owner="Made")
    assert record.proof_file is not None
    assert record.proof_file.read() == SCAN
    entry = Entry.objects.get(event="content.media.described")
    assert f"{record.proof_file.sha256}:izin.jpg" in entry.data["after"]
    with pytest.raises(ContentError, match="no PDF") as refused:
        say(cast.dwi, media, consent_file=Upload(b"<html>", "izin.pdf"), owner="Lain")
    assert refused.value.field == "consent_file"
    assert MediaRecord.objects.get().owner == "Made", "nothing of it was written"


@each(
    "field, values",
    [
        ("licence_note", {"licence": "other"}),
        ("people", {"minors": "yes", "people": "no"}),
        ("people", {"minors": "yes"}),
    ],
)
def test_answers_that_cannot_be_together_are_refused_beside_their_field(
    cast: Cast, field: str, values: dict[str, str]
) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    with pytest.raises(ContentError) as refused:
        say(cast.dwi, media, **values)
    assert refused.value.field == field


def test_a_version_that_shows_it_is_a_use_of_it_whoever_writes_the_version(cast: Cast) -> None:
    stage, media_id = using(cast)
    version = stage.fresh().current_version
    assert version is not None
    assert list(MediaUse.objects.values_list("media", "version")) == [(media_id, version.pk)]
    stage.edit("Tanpa gambar")
    assert MediaUse.objects.count() == 1
    # Also what comes in around the actions is known.
    copy = PostVersion(
        post=stage.post, number=3, editor=cast.dwi, title="T", canonical=version.canonical,
        digest=version.digest,
    )  # fmt: skip
    copy.save()
    assert MediaUse.objects.filter(version=copy).count() == 1


def test_the_picture_of_another_unit_is_not_used_by_the_same_bytes(cast: Cast) -> None:
    elsewhere = upload(cast.fajar, cast.dinkes)
    _stage, media_id = using(cast)
    assert elsewhere.pk != media_id
    assert not elsewhere.uses.exists()


def test_what_a_post_shows_or_showed_is_not_put_away(cast: Cast) -> None:
    stage, media_id = using(cast)
    stage.edit("Tanpa gambar")
    with pytest.raises(ContentError, match="stays in the library"):
        actions.archive_media(actor=cast.dwi, media_id=media_id)


def test_what_was_put_away_is_not_put_into_a_post(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    actions.archive_media(actor=cast.dwi, media_id=media.pk)
    assert Entry.objects.filter(event="content.media.archived").count() == 1
    item = media_item(media, "Seekor kucing")
    with pytest.raises(PermissionDenied):
        make_stage(cast, media=(item,))
    canonical = document(title="T", media=(item,)).canonical()
    around = PostVersion(
        post=make_stage(cast).post, number=2, editor=cast.dwi, title="T", canonical=canonical,
        digest=digest_of(canonical),
    )  # fmt: skip
    with pytest.raises(REFUSALS, match="brought back"), transaction.atomic():
        around.save()
    actions.restore_media(actor=cast.dwi, media_id=media.pk)
    make_stage(cast, media=(item,))
    assert media.uses.count() == 1


def attempts(media_id: int, used_id: int) -> dict[str, str]:
    """Writes around the actions, and words of the refusal of each."""
    record = f"content_mediarecord WHERE media_id = {media_id}"
    change = "UPDATE content_mediarecord SET edition = edition + 1,"
    now, who = "archived_at = now()", "archived_by_id = (SELECT min(id) FROM accounts_user)"
    return {
        f"DELETE FROM {record}": "Cannot (update or )?delete",
        f"DELETE FROM content_mediause WHERE media_id = {used_id}": "Cannot (update or )?delete",
        f"UPDATE content_mediause SET media_id = {media_id}": "Cannot update",
        f"UPDATE content_mediarecord SET owner = 'x' WHERE media_id = {media_id}": "next edition",
        f"{change} media_id = {used_id} WHERE media_id = {media_id}": "media",
        f"{change} {now}, {who} WHERE media_id = {used_id}": "not put away",
        f"{change} {now} WHERE media_id = {media_id}": "archived_by_somebody",
        f"{change} licence = 'mine' WHERE media_id = {media_id}": "media_record_licence",
        f"{change} people = 'maybe' WHERE media_id = {media_id}": "media_record_answers",
        f"{change} licence = 'other' WHERE media_id = {media_id}": "other_right_is_told",
        f"{change} minors = 'yes' WHERE media_id = {media_id}": "minors_are_people",
        f"UPDATE content_mediafile SET seconds = 3 WHERE id = {media_id}": "Cannot update",
    }


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_database_refuses_what_no_action_would_write(cast: Cast) -> None:
    free = upload(cast.dwi, cast.diskominfo)
    _stage, used_id = using(cast, picture("teal"))
    for sql, words in attempts(free.pk, used_id).items():
        with pytest.raises(REFUSALS, match=words), transaction.atomic():
            run(sql)
    for kind, seconds in (("video/mp4", None), ("image/png", 3.0)):
        with pytest.raises(IntegrityError, match="have_a_length"), transaction.atomic():
            type(free).objects.create(
                sha256="0" * 64, unit=cast.diskominfo, media_type=kind, size=1, width=1, height=1,
                seconds=seconds, uploaded_by=cast.dwi,
            )  # fmt: skip


def test_a_variant_belongs_to_the_unit_of_its_original(cast: Cast) -> None:
    ours, theirs = upload(cast.dwi, cast.diskominfo), upload(cast.fajar, cast.dinkes)
    with pytest.raises(REFUSALS, match="belongs to the unit"), transaction.atomic():
        MediaVariant.objects.create(original=ours, file=theirs, rule="x")
    with pytest.raises(IntegrityError, match="of_another"), transaction.atomic():
        MediaVariant.objects.create(original=ours, file=ours, rule="x")


def test_putting_away_twice_or_bringing_back_what_is_there_writes_nothing(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    actions.restore_media(actor=cast.dwi, media_id=media.pk)
    first = actions.archive_media(actor=cast.dwi, media_id=media.pk)
    again = actions.archive_media(actor=cast.rina, media_id=media.pk)
    assert again.archived_by == first.archived_by == cast.dwi
    assert first.archived_at is not None
    assert first.archived_at <= timezone.now()
    assert Entry.objects.filter(event="content.media.restored").count() == 0

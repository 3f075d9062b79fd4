"""Who uploaded what a post shows, or wrote its alternative text in the library, wrote part."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.utils import translation

from accounts.capabilities import Role
from accounts.models import User
from content import actions, gate
from content.models import MediaAlt, MediaFile, MediaRecord, MediaUse, MediaVariant, Post, Review
from content.rights import rights_on
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.media_stage import COMPLETE, ready, say, upload
from tests.content.stage import Stage, connected_account, document, make_stage, media_item, picture
from tests.content.test_begun_with import REFUSED, refused_to, told_to

SAID = "Teks alternatif karya Sari."


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """Sari drafts as well, so that she may fill the library."""
    factories.grant(cast.sari, Role.DRAFTER, cast.diskominfo)
    return cast


def showing(cast: Cast, media: MediaFile, alt: str) -> Stage:
    """Dwi's post with a picture."""
    account = connected_account(cast.diskominfo)
    shown = document(account, media=(media_item(media, alt),))
    post = actions.create_post(actor=cast.dwi, unit_id=cast.diskominfo.pk, document=shown)
    return Stage(cast, account, post)


def version_of(stage: Stage) -> int:
    version = stage.fresh().current_version
    assert version is not None
    return version.pk


def how(stage: Stage, *people: User) -> list[str]:
    return [gate.wrote_how(one, version_of(stage)) for one in people]


def test_who_wrote_the_alternative_text_does_not_approve_what_shows_it(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    say(cast.sari, media, **COMPLETE | {"alt": SAID})
    stage = showing(cast, media, SAID).submit()
    refused_to(cast.sari, stage)
    assert told_to(client_as(factories.reads_english(cast.sari)), stage) == (
        "You wrote an alternative text that this post uses, so somebody else decides on it."
    )
    factories.grant(cast.rina, Role.APPROVER, cast.diskominfo)
    assert stage.approve(cast.rina).fresh().status == Post.Status.SCHEDULED


def test_a_former_text_counts_where_it_stands_and_words_that_were_there_before_do_not(
    cast: Cast,
) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    earlier = showing(cast, media, "Kucing disuntik.")
    say(cast.sari, media, alt=SAID)
    say(cast.rina, media, alt="Teks Rina.")
    say(cast.sari, media, alt="Kucing disuntik.")
    stage = showing(cast, media, f"Foto:  {SAID}\r\nDi balai kota.")
    assert how(stage, cast.sari, cast.rina) == ["alt", ""]
    assert how(earlier, cast.sari) == [""], "Dwi wrote it first"
    stage.edit("Tanpa gambar.")
    assert how(stage, cast.sari) == [""]
    assert how(showing(cast, media, "Kalimat Dwi sendiri."), cast.sari, cast.rina) == ["", ""]


def test_who_uploaded_what_is_shown_does_not_approve_it(cast: Cast) -> None:
    media = ready(cast.sari, cast.diskominfo)
    stage = showing(cast, media, "Kalimat Dwi sendiri.").submit()
    refused_to(cast.sari, stage)
    review = Review.objects.get()
    with translation.override("en"):
        rights = rights_on(review, cast.sari, accounts=review.accounts, decisions=[])
    assert rights.why_not == (
        "You uploaded a picture or video that this post shows, so somebody else decides on it."
    )
    assert stage.edit("Tanpa gambar.").submit().approve().fresh().status == Post.Status.SCHEDULED


def test_what_was_made_for_a_platform_counts_for_who_uploaded_its_original(cast: Cast) -> None:
    media = ready(cast.sari, cast.diskominfo, picture(size=(640, 640)))
    account = connected_account(cast.diskominfo, platform="instagram", host="")
    shown = document(account, media=(media_item(media, "Kalimat Dwi."),))
    post = actions.create_post(actor=cast.dwi, unit_id=cast.diskominfo.pk, document=shown)
    assert MediaVariant.objects.get().original == media
    assert how(Stage(cast, account, post), cast.sari, cast.rina) == ["picture", ""]


def test_no_alternative_text_changes_without_a_row_of_who_wrote_it(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    stage = make_stage(cast)
    rows = MediaRecord.objects.filter(media=media)
    row = {"media": media, "alt": "Diam-diam.", "editor": cast.rina, "after_version": 10**9}
    for change in (
        lambda: rows.update(alt="Diam-diam.", edition=2),
        lambda: MediaAlt.objects.create(edition=1, **row),
        lambda: MediaAlt.objects.create(edition=2, **row | {"alt": " \n"}),
    ):
        with pytest.raises(REFUSED), transaction.atomic():
            change()
    kept = MediaAlt.objects.create(edition=2, **row)
    kept.refresh_from_db()
    assert kept.after_version == version_of(stage), "the database says what was there before"
    with pytest.raises(REFUSED), transaction.atomic():
        MediaAlt.objects.update(editor=cast.dwi)
    # One that somebody put there ahead keeps nobody from writing.
    say(cast.rina, media, alt="Kalimat Rina.")
    assert list(MediaAlt.objects.values_list("edition", "alt")) == [
        (2, "Diam-diam."), (2, "Kalimat Rina."),
    ]  # fmt: skip
    assert rows.get().alt == "Kalimat Rina."
    entry = Entry.objects.get(event="content.media.described")
    assert (entry.data["changed"], entry.data["edition"]) == (["alt"], 2)


def test_nothing_is_said_to_be_shown_once_it_is_submitted(cast: Cast) -> None:
    media = ready(cast.sari, cast.diskominfo)
    stage = make_stage(cast)
    MediaUse.objects.create(media=media, version_id=version_of(stage))
    stage.edit("Lain.").submit().approve()
    with pytest.raises(REFUSED, match="before it is submitted"), transaction.atomic():
        MediaUse.objects.create(media=media, version_id=version_of(stage))
    assert gate.is_approved(version_of(stage))

"""What a medium lacks, in sentences, and the same as the database works it out for lists."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from content.media_rules import of_consent, of_rights, shortcomings
from content.media_states import consent_state, rights_state
from content.models import MediaFile, MediaRecord
from content.models.media_record import Licence
from tests.cast import Cast
from tests.content.media_stage import say, upload
from tests.gathering import each

TODAY = date(2026, 11, 27)
PAST, AHEAD = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
ALT = "Petugas menyuntik kucing oranye."
GOOD: dict[str, Any] = {
    "licence": "own", "licence_until": None, "owner": "", "proof_url": "", "proof_file_id": None,
    "people": "no", "minors": "unknown", "consent_place": "", "consent_file_id": None,
    "consent_until": None, "consent_by_guardians": False,
}  # fmt: skip
PEOPLE = {"people": "yes", "minors": "no", "consent_place": "Arsip, map 3"}
CHILDREN = PEOPLE | {"minors": "yes", "consent_by_guardians": True}


def lacking(alt: str = ALT, **said: Any) -> list[str]:
    return shortcomings(SimpleNamespace(**{**GOOD, **said}), alt, on=TODAY)


@each(
    "said",
    [
        {},
        {"licence_until": TODAY},
        {"licence": "permission", "proof_url": "https://contoh.id/izin"},
        {"licence": "stock", "proof_file_id": 3},
        {"licence": "cc_by", "proof_url": "https://contoh.id", "owner": "Made"},
        {"licence": "public_domain"},
        PEOPLE,
        PEOPLE | {"consent_until": TODAY},
        {**PEOPLE, "consent_place": "", "consent_file_id": 4},
        CHILDREN,
    ],
)
def test_what_is_complete_lacks_nothing(said: dict[str, Any]) -> None:
    assert lacking(**said) == []


@each(
    "words, alt, said",
    [
        ("Describe it", "  ", {}),
        ("name of a file", "IMG_20261120.JPG", {}),
        ("name of a file", "DSC-0042", {}),
        ("by what right", ALT, {"licence": ""}),
        ("proof of the right", ALT, {"licence": "permission"}),
        ("proof of the right", ALT, {"licence": "other"}),
        ("name of the owner", ALT, {"licence": "cc_by", "proof_url": "https://contoh.id"}),
        ("The right ended on 26 November 2026", ALT, {"licence_until": PAST}),
        ("whether people can be recognised", ALT, {"people": "unknown"}),
        ("where their consent is kept", ALT, PEOPLE | {"consent_place": " "}),
        ("whether there are minors", ALT, PEOPLE | {"minors": "unknown"}),
        ("parents or guardians", ALT, CHILDREN | {"consent_by_guardians": False}),
        ("The consent ended on", ALT, PEOPLE | {"consent_until": PAST}),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(
    words: str, alt: str, said: dict[str, Any]
) -> None:
    (told,) = lacking(alt, **said)
    assert words in told


def test_today_is_what_counts_where_no_day_is_given() -> None:
    over = {**GOOD, "licence_until": timezone.localdate() - timedelta(days=1)}
    assert len(shortcomings(SimpleNamespace(**over), ALT)) == 1


def said_in_every_way() -> list[dict[str, Any]]:
    rights = [
        {"licence": licence, "proof_url": proof, "owner": owner, "licence_until": until}
        for licence, proof, owner, until in product(
            [one for one in Licence if one != Licence.OTHER], ["", "https://contoh.id"],
            ["", "Made"], [None, PAST, AHEAD],
        )
    ]  # fmt: skip
    consents = [
        {"people": people, "minors": minors, "consent_place": place, "consent_until": until,
         "consent_by_guardians": guardians}
        for people, minors, place, until, guardians in product(
            ["unknown", "yes", "no"], ["unknown", "yes", "no"], ["", "Map 3"],
            [None, PAST, AHEAD], [True, False],
        )
        if people == "yes" or minors != "yes"
    ]  # fmt: skip
    return [*rights, *consents]


@pytest.mark.django_db
def test_the_database_and_the_sentences_agree(cast: Cast) -> None:
    """A state says that all is well exactly where no sentence says otherwise."""
    ways = said_in_every_way()
    media = upload(cast.dwi, cast.diskominfo)
    files = MediaFile.objects.bulk_create(
        MediaFile(
            sha256=f"{number:064x}", unit=media.unit, media_type="image/png", size=1, width=1,
            height=1, uploaded_by=cast.dwi,
        )
        for number in range(len(ways))
    )  # fmt: skip
    MediaRecord.objects.bulk_create(
        MediaRecord(media=file, **way) for file, way in zip(files, ways, strict=True)
    )
    rows = MediaFile.objects.filter(pk__in=[file.pk for file in files]).select_related("record")
    good = {"known", "given", "not_needed"}
    for row in rows.annotate(rights=rights_state(TODAY), consent=consent_state(TODAY)):
        assert (row.rights in good) is not bool(list(of_rights(row.record, TODAY))), row.record
        assert (row.consent in good) is not bool(list(of_consent(row.record, TODAY))), row.record
    assert len({way.rights for way in rows.annotate(rights=rights_state(TODAY))}) == 4


def test_a_record_of_the_database_can_be_asked(cast: Cast) -> None:
    media = upload(cast.dwi, cast.diskominfo)
    assert len(shortcomings(MediaRecord.objects.get(), "")) == 3
    record = say(cast.dwi, media, licence="own", people="no")
    assert shortcomings(record, ALT) == []

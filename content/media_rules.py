"""What a picture or a film still lacks before it may be shown to everybody. Pure: facts in, words
out; whoever submits, reviews or lists asks the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Protocol

from django.utils import timezone
from django.utils.translation import gettext as _

from content.models.media_record import NAMED, PROVED, Answer, Licence
from govsocial.web.hidden_signs import readable
from govsocial.web.templatetags.formats import date_long

# The name of a file says nothing to somebody who cannot see it.
_FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|webp|gif|heic|mp4|mov)\Z|(?:IMG|DSC|PXL|VID|WA)[-_]?\d+", re.I
)


class Facts(Protocol):
    """What a ``MediaRecord`` says."""

    licence: str
    licence_until: date | None
    owner: str
    proof_url: str
    proof_file_id: Any
    people: str
    minors: str
    consent_place: str
    consent_file_id: Any
    consent_until: date | None
    consent_by_guardians: bool


def shortcomings(record: Facts, alt: str, *, on: date | None = None) -> list[str]:
    """Why it may not be shown yet, one sentence each; empty when nothing is missing.

    ``alt`` is the alternative text that goes out with it; ``on`` the day on which it is to be
    shown, today when None.
    """
    return [*of_alt(alt), *in_the_library(record, on=on)]


def in_the_library(record: Facts, *, on: date | None = None) -> list[str]:
    """As ``shortcomings``, without the alternative text: each post says its own."""
    day = on or timezone.localdate()
    return [*of_rights(record, day), *of_consent(record, day)]


def of_alt(alt: str) -> Iterator[str]:
    words = alt.strip()
    if not readable(words):
        yield _("Describe it for people who cannot see it (alternative text).")
    elif _FILE_NAME.fullmatch(words):
        yield _("The alternative text is the name of a file. Say what there is to see.")


def of_rights(record: Facts, day: date) -> Iterator[str]:
    """By what right it is published, and what proves it."""
    if record.licence == Licence.UNKNOWN:
        yield _("Say by what right it is published.")
        return
    if record.licence in PROVED and not (record.proof_url or record.proof_file_id):
        yield _("Add the proof of the right: a file or an address.")
    if record.licence in NAMED and not record.owner.strip():
        yield _("This licence asks for the name of the owner.")
    if record.licence_until is not None and record.licence_until < day:
        yield _("The right ended on %(day)s.") % {"day": date_long(record.licence_until)}


def of_consent(record: Facts, day: date) -> Iterator[str]:
    """Whether those who can be recognised agreed; for minors, their guardians."""
    if record.people == Answer.UNKNOWN:
        yield _("Say whether people can be recognised in it.")
    if record.people != Answer.YES:
        return
    if not (record.consent_place.strip() or record.consent_file_id):
        yield _("People can be recognised: say where their consent is kept, or add it.")
    if record.minors == Answer.UNKNOWN:
        yield _("Say whether there are minors among them.")
    if record.minors == Answer.YES and not record.consent_by_guardians:
        yield _("There are minors among them: their parents or guardians must have agreed.")
    if record.consent_until is not None and record.consent_until < day:
        yield _("The consent ended on %(day)s.") % {"day": date_long(record.consent_until)}

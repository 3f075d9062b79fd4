"""What whoever submits a post confirms and answers. Reference data: a document keeps the version
of each list that was confirmed. There is one of each so far; the next is put beside it and not in
its place, so that what was confirmed can be read as it stood.

The statements are in Indonesian as their sources have them; they are quoted, not translated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from content.checklist_versions import CONDUCT_VERSIONS, ETHICS_VERSIONS
from content.documents import Declaration, Document
from content.errors import ContentError
from content.facets import ContentClass
from govsocial.web.hidden_signs import readable


@dataclass(frozen=True, slots=True)
class Point:
    """One statement; ``key`` is its list and its number in it."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Statements:
    """A list that is read and confirmed as a whole. ``source`` cites it; ``effective_from`` is when
    this version of it began to be asked for here."""

    key: str
    version: int
    effective_from: date
    title: str | Promise
    source: str
    points: Sequence[Point]


def _points(key: str, *words: str) -> tuple[Point, ...]:
    return tuple(Point(f"{key}.{number}", said) for number, said in enumerate(words, start=1))


ETHICS = Statements(
    "ethics",
    ETHICS_VERSIONS[-1],
    date(2026, 11, 27),
    _("The eight ethics statements"),
    "PermenPANRB 83/2012, Pedoman Pemanfaatan Media Sosial Instansi Pemerintah",
    _points(
        "ethics",
        "Menjunjung tinggi kehormatan instansi.",
        "Memiliki keahlian, kompetensi, objektivitas, kejujuran, dan integritas.",
        "Menjaga rahasia negara dan melaksanakan sumpah jabatan.",
        "Menegakkan etika agar tercipta citra dan reputasi instansi.",
        "Menghormati kode etik pegawai negeri.",
        "Menyampaikan dan menerima informasi publik yang benar, tepat, dan akurat.",
        "Menghargai, menghormati, dan membina solidaritas serta nama baik instansi dan perorangan.",
        "Melaksanakan keterbukaan informasi publik sesuai ketentuan.",
    ),
)
CONDUCT = Statements(
    "conduct",
    CONDUCT_VERSIONS[-1],
    date(2026, 11, 27),
    _("The eight points for civil servants on social media"),
    "Surat Edaran MenPANRB 137/2018, 21 Mei 2018",
    _points(
        "conduct",
        "Memegang teguh Pancasila dan tidak berpihak.",
        "Menjaga etika dan reputasi.",
        "Menjaga rahasia dan tidak menyesatkan.",
        "Tidak menyalahgunakan informasi intern.",
        "Mempererat persatuan dan kesatuan.",
        "Informasi jelas sumbernya dan benar.",
        "Tidak memuat hoaks, fitnah, provokasi, radikalisme, terorisme, atau pornografi.",
        "Tidak memuat kebencian atau SARA.",
    ),
)
LISTS = (ETHICS, CONDUCT)
POINTS = {point.key: point for one in LISTS for point in one.points}


class Secrecy(models.TextChoices):
    """Security classes of records (klasifikasi keamanan arsip). Only the first one goes out."""

    ORDINARY = "ordinary", _("Ordinary (biasa)")
    RESTRICTED = "restricted", _("Restricted (terbatas)")
    SECRET = "secret", _("Secret (rahasia)")
    TOP_SECRET = "top_secret", _("Top secret (sangat rahasia)")


class Excluded(models.TextChoices):
    """Whether it has information that Article 17 of Law 14/2008 (KIP) excludes."""

    NO = "no", _("No")
    UNSURE = "unsure", _("I am not sure")
    YES = "yes", _("Yes")


class PersonalData(models.TextChoices):
    """Whether it shows data of people who can be recognised (Law 27/2022, PDP)."""

    NONE = "none", _("No personal data")
    LAWFUL = "lawful", _("Yes, and there is a lawful basis for it")
    UNSURE = "unsure", _("I am not sure")


def is_confirmed(document: Document, one: Statements) -> bool:
    """Whether the list was confirmed in the version that is asked for now."""
    return document.declared.confirmed.get(one.key) == one.version


def missing_declarations(
    document: Document, before: Mapping[str, int] | None = None
) -> Iterator[ContentError]:
    """Every answer that a submission lacks, or that stops it. ``before`` has, by the key of a list,
    the version in which it was confirmed of another text."""
    declared, before = document.declared, before or {}
    for one in LISTS:
        if not is_confirmed(document, one):
            told = gettext("Read the statements and confirm them: %(title)s.")
            if one.key in before:
                told = gettext(
                    "The text changed since version %(number)s; confirm again: %(title)s."
                )
            words = {"title": one.title, "number": before.get(one.key)}
            yield ContentError(told % words, field=f"confirm_{one.key}")
    if not set(declared.doubts) <= POINTS.keys():
        yield ContentError(gettext("Choose from the values that are offered."), field="doubts")
    if declared.doubts and not readable(declared.doubt):
        yield ContentError(gettext("Say what you are in doubt about."), field="doubt")
    if ContentClass.INFORMATION in document.facets.classes:
        yield from _missing_source(declared)
    elif document.is_emergency and not readable(declared.source):
        yield ContentError(
            gettext("Say where the facts come from: every emergency notice needs a source."),
            field="source",
        )
    yield from _missing_secrecy(declared)
    yield from _missing_personal(declared)


def _missing_source(declared: Declaration) -> Iterator[ContentError]:
    if not readable(declared.source):
        yield ContentError(
            gettext("Say where the facts come from: informational posts need a source."),
            field="source",
        )
    if declared.data_date is None:
        yield ContentError(gettext("Give the day that the facts are of."), field="data_date")
    # Where the day begins first: it may be tomorrow there already.
    elif declared.data_date > timezone.localdate(timezone=ZoneInfo("Asia/Jayapura")):
        yield ContentError(gettext("The day of the facts cannot be ahead."), field="data_date")


def _missing_secrecy(declared: Declaration) -> Iterator[ContentError]:
    if not declared.secrecy:
        yield ContentError(gettext("Choose the security class of what it says."), field="secrecy")
    elif declared.secrecy != Secrecy.ORDINARY:
        yield ContentError(
            gettext("Only what is classed as ordinary is published. Ask your PPID."),
            field="secrecy",
        )
    if not declared.excluded:
        yield ContentError(
            gettext("Answer whether it has information that Article 17 of Law 14/2008 excludes."),
            field="excluded",
        )
    elif declared.excluded != Excluded.NO:
        yield ContentError(
            gettext("Excluded information is not published. Ask your PPID before you submit."),
            field="excluded",
        )


def _missing_personal(declared: Declaration) -> Iterator[ContentError]:
    if not declared.personal:
        yield ContentError(gettext("Answer whether it shows personal data."), field="personal")
    elif declared.personal == PersonalData.LAWFUL and not readable(declared.personal_basis):
        yield ContentError(
            gettext("Name the lawful basis, for example consent."), field="personal_basis"
        )
    elif declared.personal not in {PersonalData.NONE, PersonalData.LAWFUL}:
        yield ContentError(
            gettext("Clear up whether it shows personal data before you submit."), field="personal"
        )

"""A document in words: its facets, what was declared and justified, for pages and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils.translation import gettext as _

from content.checklist import LISTS, POINTS, Excluded, PersonalData, Secrecy
from content.documents import Document
from content.facets import Audience, ContentClass, Function, Sensitivity, Stage, names_of
from content.findings import Finding
from govsocial.web.hidden_signs import readable
from govsocial.web.templatetags.formats import date_long, moment

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Justified:
    """A finding and why it may stand; "" where nobody said so. ``finding`` None: it is gone."""

    finding: Finding | None
    why: str

    @property
    def is_open(self) -> bool:
        """Whether the post is neither submitted with it nor approved without a word."""
        return self.finding is not None and not (self.finding.may_stand and readable(self.why))


def facet_rows(document: Document, zone: tzinfo | None = None) -> list[Row]:
    facets = document.facets
    rows = [
        (_("Class of content"), names_of(ContentClass, facets.classes)),
        (_("Function"), names_of(Function, [one for one in [facets.function] if one])),
        (_("Stage of use"), names_of(Stage, [one for one in [facets.stage] if one])),
        (_("Audience"), names_of(Audience, facets.audiences)),
        (_("Sensitivity"), names_of(Sensitivity, [facets.sensitivity])),
    ]
    rows = [(label, words or _("Not chosen yet")) for label, words in rows]
    if document.valid_until:
        rows.append((_("Valid until"), _at(document.valid_until, zone)))
    return rows


def declared_rows(document: Document) -> list[Row]:
    """What whoever submits confirmed and answered, as far as they did."""
    declared = document.declared
    rows: list[Row] = []
    if declared.source:
        rows.append((_("Source of the facts"), declared.source))
    if declared.data_date:
        rows.append((_("Facts as of"), date_long(declared.data_date)))
    answers = (
        (_("Security class"), Secrecy, declared.secrecy),
        (_("Excluded information (Article 17 of Law 14/2008)"), Excluded, declared.excluded),
        (_("Personal data (Law 27/2022)"), PersonalData, declared.personal),
    )
    for label, kind, value in answers:
        rows.append((label, names_of(kind, [value]) if value else _("Not answered yet")))
    if declared.personal_basis:
        rows.append((_("Lawful basis"), declared.personal_basis))
    rows += [(str(one.title), _confirmed(document, one.key)) for one in LISTS]
    if declared.doubts or declared.doubt:
        points = [POINTS[key].words if key in POINTS else key for key in declared.doubts]
        rows.append((_("In doubt"), "\n".join([*points, declared.doubt])))
    return rows


def answered(document: Document) -> tuple[int, int]:
    """How many of the questions that everybody is asked are answered, and how many these are: as
    the composer counts them."""
    declared = document.declared
    said = [declared.confirmed.get(one.key) is not None for one in LISTS]
    said += [bool(one) for one in (declared.secrecy, declared.excluded, declared.personal)]
    return sum(said), len(said)


def _confirmed(document: Document, key: str) -> str:
    edition = document.declared.confirmed.get(key)
    if edition is None:
        return _("Not confirmed yet")
    # A version is the post's own: the list has editions.
    return _("Read and confirmed (edition %(edition)s of the list)") % {"edition": edition}


def justified_rows(document: Document, found: Sequence[Finding]) -> list[Justified]:
    """What is found now, and what was justified when it was written and is not found any more."""
    keys = {one.key for one in found}
    rows = [Justified(one, document.justified.get(one.key, "")) for one in found]
    gone = [why for key, why in document.justified.items() if key not in keys]
    return [*rows, *(Justified(None, why) for why in gone)]


def compared(document: Document, zone: tzinfo | None = None) -> dict[str, str]:
    """Everything besides texts and pictures, by label, for a comparison of two versions."""
    rows = [*facet_rows(document, zone), *declared_rows(document)]
    words = dict(rows)
    words[_("Reasons for what was found")] = "\n".join(document.justified.values())
    return words


def _at(value: datetime, zone: tzinfo | None) -> str:
    return moment(value, zone) if zone else moment(value)

"""What kind of content a post is: the values of each facet, with their names and sources.

Classes after DePaula, Dincelli and Harrison (2018), doi 10.1016/j.giq.2017.10.003: the four main
ones, which are fixed. Functions after Silvianto (Kompas, 17 February 2022). Stages after Khan
(2013). Audiences are those of official accounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.kinds import Audience as Audience
from content.documents import EMERGENCY, ORDINARY, Facets
from content.errors import ContentError


class ContentClass(models.TextChoices):
    INFORMATION = "information", _("Information provision")
    INPUT = "input", _("Input seeking")
    DIALOGUE = "dialogue", _("Dialogue")
    SYMBOLIC = "symbolic", _("Symbolic and self-presentation")


# DePaula et al. call the first three normative and the last one performative.
NORMATIVE = (ContentClass.INFORMATION, ContentClass.INPUT, ContentClass.DIALOGUE)
PERFORMATIVE = (ContentClass.SYMBOLIC,)


class Function(models.TextChoices):
    INFORM = "inform", _("Inform")
    EDUCATE = "educate", _("Educate")
    ENTERTAIN = "entertain", _("Entertain")


class Stage(models.TextChoices):
    SOCIALISATION = "socialisation", _("Information socialisation")
    COLLABORATION = "collaboration", _("Mass collaboration")
    TRANSACTION = "transaction", _("Social transaction")


class Sensitivity(models.TextChoices):
    ORDINARY = ORDINARY, _("Ordinary")
    SENSITIVE = "sensitive", _("Sensitive")
    EMERGENCY = EMERGENCY, _("Emergency")


def missing_facets(facets: Facets) -> Iterator[ContentError]:
    """Every facet that is not chosen, or is none of the values: a document may come any way."""
    if not facets.classes:
        told = gettext(
            "Choose what kind of content it is. Information needs a source and the day of its "
            "facts as well."
        )
        yield ContentError(told, field="primary_class")
    if not facets.function:
        yield ContentError(
            gettext("Choose whether it informs, educates or entertains."), field="function"
        )
    if not facets.stage:
        yield ContentError(gettext("Choose the stage of use."), field="stage")
    if not facets.audiences:
        yield ContentError(gettext("Choose who it is for."), field="audiences")
    yield from unknown_facets(facets)


def unknown_facets(facets: Facets) -> Iterator[ContentError]:
    """What is chosen and is none of the values."""
    yield from _unknown(facets.classes, ContentClass, "primary_class")
    yield from _unknown([one for one in [facets.function] if one], Function, "function")
    yield from _unknown([one for one in [facets.stage] if one], Stage, "stage")
    yield from _unknown(facets.audiences, Audience, "audiences")
    yield from _unknown([facets.sensitivity], Sensitivity, "sensitivity")


def _unknown(
    values: Sequence[str], kind: type[models.TextChoices], field: str
) -> Iterator[ContentError]:
    if len(set(values)) != len(values) or not set(values) <= set(kind.values):
        yield ContentError(gettext("Choose from the values that are offered."), field=field)


def names_of(kind: type[models.TextChoices], values: Iterable[str]) -> str:
    """``values`` in words; one that is not known any more as it is written."""
    known = dict(kind.choices)
    return ", ".join(str(known.get(value, value)) for value in values)

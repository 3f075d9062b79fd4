"""How rights and consent of a medium stand, worked out by the database: lists filter by it.

The same rules as in ``content.media_rules``, which says them in sentences; a test compares the two.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Case, CharField, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from content.models.media_record import NAMED, PROVED, Answer, Licence


class RightsState(models.TextChoices):
    KNOWN = "known", pgettext_lazy("rights", "Known")
    UNKNOWN = "unknown", pgettext_lazy("rights", "Not said yet")
    UNPROVEN = "unproven", pgettext_lazy("rights", "Proof is missing")
    OVER = "over", pgettext_lazy("rights", "Ended")


class ConsentState(models.TextChoices):
    GIVEN = "given", pgettext_lazy("consent", "Given")
    NOT_NEEDED = "not_needed", pgettext_lazy("consent", "Not needed")
    UNKNOWN = "unknown", pgettext_lazy("consent", "Not said yet")
    MISSING = "missing", pgettext_lazy("consent", "Missing")
    OVER = "over", pgettext_lazy("consent", "Ended")


SHOWN: dict[str, tuple[str, str]] = {
    "known": ("good", "check"),
    "given": ("good", "check"),
    "not_needed": ("", "check"),
    "unknown": ("watch", "ring"),
    "unproven": ("bad", "bang"),
    "missing": ("bad", "bang"),
    "over": ("bad", "clock"),
}
"""Tone and shape of a state; its word stands beside it."""


def label_of(kind: type[models.TextChoices], state: str) -> str | Promise:
    return dict(kind.choices)[state]


def rights_state(on: date) -> Case:
    at = "record__"
    proved = ~Q(**{f"{at}proof_url": ""}) | Q(**{f"{at}proof_file__isnull": False})
    named = ~Q(**{f"{at}owner": ""})
    return _case(
        (Q(**{f"{at}licence": Licence.UNKNOWN}), RightsState.UNKNOWN),
        (Q(**{f"{at}licence_until__lt": on}), RightsState.OVER),
        (Q(**{f"{at}licence__in": PROVED}) & ~proved, RightsState.UNPROVEN),
        (Q(**{f"{at}licence__in": NAMED}) & ~named, RightsState.UNPROVEN),
        default=RightsState.KNOWN,
    )


def consent_state(on: date) -> Case:
    at = "record__"
    people = Q(**{f"{at}people": Answer.YES})
    kept = ~Q(**{f"{at}consent_place": ""}) | Q(**{f"{at}consent_file__isnull": False})
    minors = Q(**{f"{at}minors": Answer.YES})
    return _case(
        (Q(**{f"{at}people": Answer.NO}), ConsentState.NOT_NEEDED),
        (~people, ConsentState.UNKNOWN),
        (~kept | (minors & Q(**{f"{at}consent_by_guardians": False})), ConsentState.MISSING),
        (Q(**{f"{at}consent_until__lt": on}), ConsentState.OVER),
        (Q(**{f"{at}minors": Answer.UNKNOWN}), ConsentState.UNKNOWN),
        default=ConsentState.GIVEN,
    )


def _case(*cases: tuple[Q, str], default: str) -> Case:
    whens = [When(condition, then=Value(str(state))) for condition, state in cases]
    return Case(*whens, default=Value(str(default)), output_field=CharField())

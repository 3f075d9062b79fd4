"""What a submission still lacks, by the parts of the composer: a list that is read at one look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from content.composer_groups import FIELDS
from content.errors import ContentError
from content.forms.declared import WHY

_PICTURE = re.compile(r"images\Z|(?:file|alt|kept|remove)_\d+\Z")
_THREAD = re.compile(r"thread_\d+\Z")
# In the order of the page.
_LABELS: dict[str, str | Promise] = {
    "": _("Account and text"),
    "pictures": _("Pictures"),
    "film": _("Video"),
    "following": _("Thread and first comment"),
    "link": _("Link and published title"),
    "time": _("Time, campaign and language"),
    "facets": _("What kind of content it is"),
    "checklist": _("Before you submit"),
    "findings": _("What was found in the post"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """``words`` lead to ``url``, where it is mended."""

    words: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPart:
    label: str | Promise
    lacks: Sequence[Lack]


def parts_of(missing: Iterable[ContentError]) -> list[MissingPart]:
    by_part: dict[str, list[Lack]] = {key: [] for key in _LABELS}
    for one in missing:
        lack = Lack(words=one.short or str(one), url=one.url or f"#id_{one.field or 'title'}")
        by_part[_part(one.field or "")].append(lack)
    return [MissingPart(label=_LABELS[key], lacks=lacks) for key, lacks in by_part.items() if lacks]


def _part(field: str) -> str:
    if WHY.match(field):
        return "findings"
    if _PICTURE.match(field):
        return "pictures"
    if _THREAD.match(field):
        return "following"
    return next((key for key, names in FIELDS.items() if field in names), "")

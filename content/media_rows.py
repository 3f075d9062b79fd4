"""The media library as a table, for those who answer for rights and consent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from content import media_states
from content.media_fields import LABELS, shown
from content.media_states import ConsentState, RightsState
from content.pages.media import kind_of, removed_words

_SAID = (
    "title", "alt", "licence", "licence_note", "owner", "source", "licence_until", "proof_url",
    "people", "minors", "consent_place", "consent_until", "consent_by_guardians", "made_with_ai",
)  # fmt: skip


def header() -> list[object]:
    return [
        _("Number"), _("Unit"), _("Kind"), _("Rights"), pgettext("media", "Consent"),
        *(LABELS[n] for n in _SAID),
        _("Used in a post"), _("Put away"), _("Size in bytes"), _("Width"), _("Height"),
        _("Seconds"), _("Removed"), _("Fingerprint"), _("Uploaded by"), _("Uploaded at"),
    ]  # fmt: skip


def rows_of(media: Iterable[Any]) -> Iterator[list[object]]:
    """Rows of ``library_of``."""
    for one in media:
        record = one.record
        yield [
            one.pk, str(one.unit), kind_of(one),
            media_states.label_of(RightsState, one.rights),
            media_states.label_of(ConsentState, one.consent),
            *(shown(record, name) for name in _SAID),
            _("yes") if one.is_used else _("no"),
            _("yes") if record.is_archived else _("no"),
            one.size, one.width, one.height, one.seconds, removed_words(one.removed), one.sha256,
            str(one.uploaded_by), one.created_at,
        ]  # fmt: skip

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from govsocial.audit.models import Entry

HEADER = [
    _("Number"),
    _("Time (UTC)"),
    _("Event"),
    _("What happened"),
    _("Who"),
    _("Roles at the time"),
    _("On behalf of"),
    _("Address"),
    _("Request"),
    _("Kind of object"),
    _("Object id"),
    _("Object"),
    _("Unit id"),
    _("Data"),
]


def rows(entries: QuerySet[Entry], language: str) -> Iterator[list[object]]:
    """Rows of the export, read as they are sent: by then the request's language is over."""
    for entry in entries.iterator(chunk_size=1000):
        with translation.override(language):
            sentence = " ".join(filter(None, [entry.sentence, "; ".join(map(str, entry.changes))]))
        yield [
            entry.pk,
            entry.at.isoformat(),
            entry.event,
            sentence,
            entry.actor_name,
            ", ".join(entry.actor_roles),
            entry.on_behalf_of_name,
            entry.address,
            entry.request_id,
            entry.target_type,
            entry.target_id,
            entry.target_label,
            entry.unit_id,
            json.dumps(entry.data, ensure_ascii=False, sort_keys=True),
        ]

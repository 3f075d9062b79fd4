"""What a platform gave on the way of a publication: sealed at rest, forgotten when it is over."""

from __future__ import annotations

import json
from collections.abc import Mapping

from accounts import vault
from accounts.actions.keys import Kind, reseal_by, sealed_rows_of
from content.models import Publication

SEALED = Kind("publications", sealed_rows_of(Publication), reseal_by(Publication))
"""For ``manage.py rotate_keys``, by ``settings.SEALED_KINDS``."""


def handles_of(publication: Publication) -> dict[str, str]:
    """The latest word on each handle. Raises ``CannotOpen``."""
    if not publication.sealed:
        return {}
    opened: dict[str, str] = json.loads(vault.open_row(publication))
    return opened


def keep_handles(publication: Publication, handles: Mapping[str, str]) -> None:
    """Add to the handles of a locked publication and save them."""
    known = handles_of(publication) | dict(handles)
    vault.seal_row(publication, json.dumps(known))
    publication.save(update_fields=["sealed", "key_version"])

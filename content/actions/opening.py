"""That somebody who may decide had before them what they decide on."""

from __future__ import annotations

from accounts.models import User
from content.models import OpenedVersion, PostVersion


def open_version(*, actor: User, version: PostVersion) -> None:
    """Note that the page of a post shows all of this version to somebody who may decide on it.

    Opening it again is not wrong. Whether they may, is asked by the database alone, in the one
    statement that the page can spare: it raises ``IntegrityError``. Looking is no event.
    """
    OpenedVersion.objects.bulk_create(
        [OpenedVersion(version=version, digest=version.digest, person=actor)],
        update_conflicts=True,
        unique_fields=["version", "person"],
        update_fields=["opened_at"],
    )

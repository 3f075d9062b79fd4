"""The lists of content as rows of a file, column by column as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from content.facets import ContentClass, Sensitivity
from content.models import PostSearch, Publication, Review
from content.states import with_shown_status, word

AT_ONCE = 500
# What no row of a file shows is not read for one.
_LEFT = ("words",)
_CLASSES = dict(ContentClass.choices)
_SENSITIVITY = dict(Sensitivity.choices)


def post_header() -> list[str]:
    return [
        _("Title"), _("Unit"), _("Author"), _("Status"), _("Version"), _("Accounts"),
        _("Class of content"), _("Sensitivity"), _("Publication time"), _("Last change"),
    ]  # fmt: skip


def post_rows(rows: QuerySet[PostSearch]) -> Iterator[list[object]]:
    """Read in pieces, while the file is on its way."""
    heavy = [f"post__current_version__{name}" for name in ("canonical", "document")]
    wide = (
        with_shown_status(rows)
        .select_related("unit", "author", "post__current_version")
        .defer(*_LEFT, *heavy)
    )
    for row in wide.iterator(chunk_size=AT_ONCE):
        version = row.post.current_version
        yield [
            row.title, str(row.unit), str(row.author), word(row.shown_status),
            version.number if version else None, len(row.accounts), _classes(row.classes),
            str(_SENSITIVITY.get(row.sensitivity, row.sensitivity)), row.time_at,
            row.updated_at,
        ]  # fmt: skip


def publication_header() -> list[str]:
    return [
        _("Post"), _("Unit"), _("Account"), _("Part"), _("Status"), _("Planned for"),
        _("Published at"), _("Address"),
    ]  # fmt: skip


def publication_rows(rows: QuerySet[Publication]) -> Iterator[list[object]]:
    light = rows.defer("version__canonical", "version__document")
    for row in light.iterator(chunk_size=AT_ONCE):
        yield [
            row.version.title, str(row.post.unit), str(row.official_account), row.part_label,
            word(row.display_status), row.scheduled_for, row.published_at, row.permalink,
        ]  # fmt: skip


def review_header() -> list[str]:
    return [
        _("Title"), _("Unit"), _("Version"), _("Submitted by"), _("Submitted at"),
        _("Planned for"), _("Emergency"), _("Waiting for"),
    ]  # fmt: skip


def review_rows(groups: Iterable[tuple[object, QuerySet[Review]]]) -> Iterator[list[object]]:
    """``groups`` are pairs: who decides, in words, and their reviews."""
    for whose, rows in groups:
        light = rows.defer("version__canonical", "version__document")
        for row in light.iterator(chunk_size=AT_ONCE):
            yield [
                row.version.title, str(row.post.unit), row.version.number,
                str(row.submitted_by), row.submitted_at, row.post.planned_at,
                _("Yes") if row.is_emergency else _("No"), whose,
            ]  # fmt: skip


def _classes(values: Iterable[str]) -> str:
    return ", ".join(str(_CLASSES.get(value, value)) for value in values)


def asked_in(filters: Any, query: Any) -> dict[str, str]:
    """What was asked for, for the trail: the filters that are known, as they were typed."""
    return {key: str(value) for key, value in query.items() if key in filters.filters}

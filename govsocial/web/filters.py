"""What the filters of every list share."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet


class StrictFilterSet(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters that find nothing when one of them cannot be read: a list that ignored it would be
    taken for what was asked."""

    @property
    def qs(self) -> QuerySet[Any]:
        if self.is_bound and not self.is_valid():
            none: QuerySet[Any] = self.queryset.none()
            return none
        rows: QuerySet[Any] = super().qs
        return rows

"""What the filters of every list share: one that is not known leaves the list empty, and the page
says which (``components/unknown_filter.html``), on staff's lists as on the public one."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
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


def unknown_in(form: forms.BaseForm) -> str:
    """The labels of the filters that cannot be read, for a sentence; empty when all can."""
    return ", ".join(str(field.label) for field in form if field.errors)

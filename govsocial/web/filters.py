"""What the filters of every list share: one that is not known leaves the list empty, and the page
says which (``components/unknown_filter.html``), on staff's lists as on the public one."""

from __future__ import annotations

import copy
from collections import OrderedDict
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet


class _Declared(OrderedDict[str, Any]):
    """The filters of a class. Each set of them takes copies, but not of all that they are made of:
    fields copy their widgets, their choices and rows are only read, and there are hundreds."""

    def __deepcopy__(self, _memo: object) -> OrderedDict[str, Any]:
        return OrderedDict((name, _own(declared)) for name, declared in self.items())


def _own(declared: Any) -> Any:
    own = copy.copy(declared)
    own.extra = dict(declared.extra)
    if own.method is not None:
        # What calls it knows the filter that it belongs to.
        own.method = own.method
    return own


class StrictFilterSet(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    """Filters that find nothing when one of them cannot be read: a list that ignored it would be
    taken for what was asked."""

    @classmethod
    def get_filters(cls) -> OrderedDict[str, Any]:
        return _Declared(super().get_filters())

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

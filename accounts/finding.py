"""How people search for an official account or a colleague: by the words that they know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField, ModelChoiceIterator

from accounts.models import OfficialAccount, Unit, User
from accounts.models.naming import told_apart
from accounts.selectors import units_below
from govsocial.web.finding import FoundField, FoundFilter
from govsocial.web.forms import LongSelect


class _UnitNames(ModelChoiceIterator):  # type: ignore[misc]  # untyped library
    """The options without their rows: a list would make hundreds of units to name them."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for pk, name, short_name in self.queryset.values_list("pk", "name", "short_name"):
            yield pk, short_name or name


class _UnitField(ModelChoiceField):  # type: ignore[misc]  # untyped library
    iterator = _UnitNames


class UnitFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]  # untyped library
    """The filter ``unit`` of a list: a unit and all below it.

    ``field.queryset`` is the units to choose from; ``field_name`` leads to the unit of a row.
    """

    field_class = _UnitField

    def __init__(self, **more: Any) -> None:
        super().__init__(
            **{
                "label": _("Unit"),
                "queryset": Unit.objects.none(),
                "empty_label": _("All units"),
                "widget": LongSelect,
                **more,
            }
        )

    def filter(self, qs: QuerySet[Any], value: Unit | None) -> QuerySet[Any]:
        if value is None:
            return qs
        return qs.filter(**{f"{self.field_name}_id__any": units_below(value)})


def account_has(word: str) -> Q:
    """In the name, the handle (with or without @), or in the name of the platform."""
    plain = word.strip("@()")
    platforms = [
        value
        for value, label in OfficialAccount.Platform.choices
        if plain and plain.casefold() in (str(label).casefold(), *str(label).casefold().split())
    ]
    return Q(display_name__icontains=word) | Q(handle__icontains=plain) | Q(platform__in=platforms)


def person_has(word: str) -> Q:
    return Q(full_name__icontains=word) | Q(email__icontains=word) | Q(position__icontains=word)


def person_named(person: User) -> str:
    """The name with what tells two people of the same name apart."""
    return f"{person.full_name} · {person.email}"


def account_named(account: OfficialAccount) -> str:
    return account.in_words


def account_filter(**more: Any) -> FoundFilter:
    """The filter ``account`` of a list; ``filters["account"].field.queryset`` is its accounts."""
    return FoundFilter(
        label=_("Account"),
        matching=account_has,
        label_of=account_named,
        labels_of=told_apart,
        placeholder=_("Name or @handle"),
        **more,
    )


def person_filter(**more: Any) -> FoundFilter:
    """A filter of a list by a person; its ``field.queryset`` is who can be asked for."""
    return FoundFilter(
        matching=person_has, label_of=person_named, placeholder=_("Name or e-mail"), **more
    )


def account_field(**more: Any) -> FoundField:
    """One official account; ``group_of`` is ``unit_of`` where its rows come by unit, with it."""
    more.setdefault("empty_label", _("Choose an account"))
    more.setdefault("error_messages", {"required": _("Choose an account.")})
    return FoundField(
        matching=account_has,
        label_of=account_named,
        labels_of=told_apart,
        placeholder=_("Name or @handle"),
        **more,
    )


def unit_of(account: OfficialAccount) -> str:
    return str(account.unit)


def person_field(**more: Any) -> FoundField:
    return FoundField(
        matching=person_has,
        label_of=person_named,
        placeholder=_("Name or e-mail"),
        **more,
    )

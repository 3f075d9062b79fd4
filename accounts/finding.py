"""How people search for an official account or a colleague: by the words that they know."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OfficialAccount, User
from govsocial.web.finding import FoundField, FoundFilter


def account_has(word: str) -> Q:
    """In the name, the handle (with or without @), or as the name of the platform."""
    plain = word.strip("@()")
    platforms = [
        value
        for value, label in OfficialAccount.Platform.choices
        if plain and str(label).casefold() == plain.casefold()
    ]
    return Q(display_name__icontains=word) | Q(handle__icontains=plain) | Q(platform__in=platforms)


def person_has(word: str) -> Q:
    return Q(full_name__icontains=word) | Q(email__icontains=word) | Q(position__icontains=word)


def person_named(person: User) -> str:
    """The name with what tells two people of the same name apart."""
    return f"{person.full_name} · {person.email}"


def account_filter(**more: Any) -> FoundFilter:
    """The filter ``account`` of a list; ``filters["account"].field.queryset`` is its accounts."""
    return FoundFilter(
        label=_("Account"),
        matching=account_has,
        placeholder=_("Name or @handle"),
        **more,
    )


def person_filter(**more: Any) -> FoundFilter:
    """A filter of a list by a person; its ``field.queryset`` is who can be asked for."""
    return FoundFilter(
        matching=person_has, label_of=person_named, placeholder=_("Name or e-mail"), **more
    )


def account_field(**more: Any) -> FoundField:
    return FoundField(matching=account_has, placeholder=_("Name or @handle"), **more)


def person_field(**more: Any) -> FoundField:
    return FoundField(
        matching=person_has,
        label_of=person_named,
        placeholder=_("Name or e-mail"),
        **more,
    )

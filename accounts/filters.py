from __future__ import annotations

from typing import Any

import django_filters
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.capabilities import Role
from accounts.models import Credential, Grant, OfficialAccount, Unit, User


class OfficialAccountFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    search = django_filters.CharFilter(label=_("Search"), method="by_words")
    unit = django_filters.ModelChoiceFilter(
        label=_("Unit"), queryset=Unit.objects.none(), method="by_unit", empty_label=_("All units")
    )
    platform = django_filters.ChoiceFilter(
        label=_("Platform"),
        choices=OfficialAccount.Platform.choices,
        empty_label=_("All platforms"),
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=OfficialAccount.Status.choices, empty_label=_("Any status")
    )
    connection = django_filters.ChoiceFilter(
        label=_("Connection"),
        choices=[
            ("good", _("Connected")),
            ("revoked", _("Must be connected again")),
            ("none", _("Not connected")),
        ],
        empty_label=_("Any connection"),
        method="by_connection",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = selectors.units_visible_to(user, "accounts.view")

    def by_words(
        self, rows: QuerySet[OfficialAccount], name: str, value: str
    ) -> QuerySet[OfficialAccount]:
        for word in _words(value):
            rows = rows.filter(
                Q(display_name__icontains=word)
                | Q(handle__icontains=word.lstrip("@"))
                | Q(host__icontains=word)
                | Q(unit__name__icontains=word)
                | Q(unit__short_name__icontains=word)
            )
        return rows

    def by_unit(
        self, rows: QuerySet[OfficialAccount], name: str, value: Unit
    ) -> QuerySet[OfficialAccount]:
        return rows.filter(unit__in=list(selectors.units_below(value)))

    def by_connection(
        self, rows: QuerySet[OfficialAccount], name: str, value: str
    ) -> QuerySet[OfficialAccount]:
        if value == "none":
            return rows.filter(Q(credential=None) | Q(credential__status=Credential.Status.REMOVED))
        return rows.filter(credential__status=value)


class PersonFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    search = django_filters.CharFilter(label=_("Search"), method="by_words")
    role = django_filters.ChoiceFilter(
        label=_("Role"), choices=Role.choices, method="by_role", empty_label=_("All roles")
    )
    unit = django_filters.ModelChoiceFilter(
        label=_("Unit"), queryset=Unit.objects.none(), method="by_unit", empty_label=_("All units")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("active", _("Active")),
            ("invited", _("Invited")),
            ("inactive", _("Deactivated")),
        ],
        method="by_state",
        empty_label=_("Any state"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = selectors.units_visible_to(user, "people.manage")

    def by_words(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        for word in _words(value):
            rows = rows.filter(
                Q(full_name__icontains=word)
                | Q(email__icontains=word)
                | Q(position__icontains=word)
            )
        return rows

    def by_role(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return rows.filter(_has_running(Q(role=value)))

    def by_unit(self, rows: QuerySet[User], name: str, value: Unit) -> QuerySet[User]:
        return rows.filter(_has_running(Q(unit__in=list(selectors.units_below(value)))))

    def by_state(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        if value == "inactive":
            return rows.filter(is_active=False)
        # An unusable password begins with this sign: the person has not chosen one yet.
        invited = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return rows.filter(invited if value == "invited" else ~invited, is_active=True)


def _words(typed: str) -> list[str]:
    # PostgreSQL takes no NUL, and nobody searches for more words than this.
    return typed.replace("\0", " ").split()[:8]


def _has_running(condition: Q) -> Exists:
    grants = Grant.objects.filter(selectors.running_grants(), condition, user=OuterRef("pk"))
    return Exists(grants)

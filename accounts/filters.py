from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import compliance, selectors
from accounts.capabilities import Role
from accounts.compliance_rules import CATALOGUE, OPEN
from accounts.finding import UnitFilter, person_filter
from accounts.models import Credential, Grant, OfficialAccount, Unit, User
from accounts.models.kinds import Audience, MediaKind, TwoStep
from accounts.models.people import grants_not_over
from accounts.named import names_outsiders
from govsocial.platforms.registry import Platform
from govsocial.web.filters import StrictFilterSet
from govsocial.web.forms import LongSelect

# In a field as narrow as those that are folded away.
_EVERY = pgettext_lazy("filter", "All")
WITHOUT_A_ROLE = "role"
"""What is missing where the rules may be kept without: a third administrator has no role."""


class _ChoiceFilter(django_filters.ChoiceFilter):  # type: ignore[misc]  # untyped library
    """Written at once: eleven selects on one page are a third of its time otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=LongSelect, **kwargs)


class WordsFilter(django_filters.CharFilter):  # type: ignore[misc]  # untyped library
    """The box for words, with what they are looked for in; ``by_words`` of the set looks."""

    def __init__(self, *, placeholder: str | Promise) -> None:
        widget = forms.TextInput(attrs={"type": "search", "placeholder": placeholder})
        super().__init__(label=_("Search"), method="by_words", widget=widget)


class OfficialAccountFilter(StrictFilterSet):
    """The list of the register. Everything lives in the address, and the export takes the same."""

    search = WordsFilter(placeholder=_("Name, handle, decree, person"))
    unit = UnitFilter()
    platform = _ChoiceFilter(
        label=_("Platform"),
        choices=OfficialAccount.Platform.choices,
        empty_label=_("All platforms"),
    )
    status = _ChoiceFilter(
        label=_("Status"), choices=OfficialAccount.Status.choices, empty_label=_("Any status")
    )
    connection = _ChoiceFilter(
        label=_("Connection"),
        choices=[
            ("good", _("Connected")),
            ("revoked", _("Must be connected again")),
            ("none", _("Not connected")),
            ("proposed", _("Only proposed")),
            ("hand", _("Managed manually")),
        ],
        empty_label=_("Any connection"),
        method="by_connection",
    )
    missing = _ChoiceFilter(
        label=_("What is missing"),
        choices=[
            ("any", _("Anything")),
            ("none", _("Nothing: complete")),
            (WITHOUT_A_ROLE, _("A role on the unit, for somebody whom the account names")),
            *((rule.key, rule.words) for rule in CATALOGUE),
        ],
        empty_label=_("No filter"),
        method="by_missing",
    )
    person = person_filter(label=_("Person in charge"), field_name="person_in_charge")
    two_step = _ChoiceFilter(
        label=_("Two-step sign-in"), choices=TwoStep.choices, empty_label=_EVERY
    )
    verified = _ChoiceFilter(
        label=_("Verified badge"),
        choices=[("yes", _("Yes")), ("no", _("No")), ("unknown", _("Nobody has looked"))],
        empty_label=_EVERY,
        method="by_badge",
    )
    audience = _ChoiceFilter(
        label=_("Audience"),
        choices=Audience.choices,
        empty_label=_EVERY,
        field_name="audiences",
        method="by_one_of_several",
    )
    media = _ChoiceFilter(
        label=_("Kind of media"),
        choices=MediaKind.choices,
        empty_label=_("All kinds"),
        field_name="media_kinds",
        method="by_one_of_several",
    )

    SELDOM = ("connection", "person", "two_step", "verified", "audience", "media")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = selectors.units_visible_to(user, "accounts.view")
        self.filters["person"].field.queryset = selectors.people_in_charge_for(user)
        for name in self.SELDOM:
            self.filters[name].field.seldom = True

    def by_words(
        self, rows: QuerySet[OfficialAccount], name: str, value: str
    ) -> QuerySet[OfficialAccount]:
        """Each word must be found somewhere: in the account, its unit or its people."""
        for word in _words(value):
            units = Unit.objects.filter(Q(name__icontains=word) | Q(short_name__icontains=word))
            people = User.objects.filter(full_name__icontains=word)
            rows = rows.filter(
                Q(display_name__icontains=word)
                | Q(handle__icontains=word.lstrip("@"))
                | Q(host__icontains=word)
                | Q(url__icontains=word)
                | Q(purpose__icontains=word)
                | Q(decree_number__icontains=word)
                | Q(unit__in=units.order_by().values("pk"))
                | Q(person_in_charge__in=people.order_by().values("pk"))
            )
        return rows

    def by_connection(
        self, rows: QuerySet[OfficialAccount], name: str, value: str
    ) -> QuerySet[OfficialAccount]:
        can_connect = Q(platform__in=[str(platform) for platform in Platform])
        if value == "hand":
            return rows.exclude(can_connect)
        if value in {"none", "proposed"}:
            removed = Q(credential=None) | Q(credential__status=Credential.Status.REMOVED)
            proposed = Q(status=OfficialAccount.Status.PROPOSED)
            return rows.filter(can_connect, removed, proposed if value == "proposed" else ~proposed)
        return rows.filter(credential__status=value)

    def by_missing(
        self, rows: QuerySet[OfficialAccount], name: str, value: str
    ) -> QuerySet[OfficialAccount]:
        if value in {"any", "none"}:
            return compliance.complete(rows, is_complete=value == "none")
        if value == WITHOUT_A_ROLE:
            return rows.filter(names_outsiders(), status__in=OPEN)
        return compliance.lacking(rows, value)

    def by_badge(
        self, rows: QuerySet[OfficialAccount], name: str, value: str
    ) -> QuerySet[OfficialAccount]:
        return rows.filter(verified={"yes": True, "no": False, "unknown": None}[value])

    def by_one_of_several(
        self, rows: QuerySet[OfficialAccount], name: str, value: str
    ) -> QuerySet[OfficialAccount]:
        return rows.filter(**{f"{name}__contains": [value]})


class PersonFilter(StrictFilterSet):
    search = django_filters.CharFilter(label=_("Search"), method="by_words")
    role = django_filters.ChoiceFilter(
        label=_("Role"), choices=Role.choices, method="by_role", empty_label=_("All roles")
    )
    unit = UnitFilter(method="by_unit")
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
        return rows.filter(_has_grant(Q(role=value)))

    def by_unit(self, rows: QuerySet[User], name: str, value: Unit) -> QuerySet[User]:
        return rows.filter(_has_grant(Q(unit_id__any=selectors.units_below(value))))

    def by_state(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        if value == "inactive":
            return rows.filter(is_active=False)
        # An unusable password begins with this sign: the person has not chosen one yet.
        invited = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return rows.filter(invited if value == "invited" else ~invited, is_active=True)


def _words(typed: str) -> list[str]:
    # PostgreSQL takes no NUL, and nobody searches for more words than this.
    return typed.replace("\0", " ").split()[:8]


def _has_grant(condition: Q) -> Exists:
    grants = Grant.objects.filter(grants_not_over(), condition, user=OuterRef("pk"))
    return Exists(grants)

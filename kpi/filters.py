"""Search and filters of the lists; they live in the address."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.finding import UnitFilter
from accounts.models import OfficialAccount, User
from accounts.selectors import units_visible_to
from govsocial.platforms.registry import Platform
from govsocial.web.filters import StrictFilterSet
from kpi.models import PlatformPost


def _search(placeholder: object) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": placeholder})


MEASURED = {str(platform) for platform in Platform}


class AccountFilter(StrictFilterSet):
    """Of ``selectors.measured``."""

    search = django_filters.CharFilter(
        method="find", label=_("Search"), widget=_search(_("Name or handle"))
    )
    platform = django_filters.ChoiceFilter(
        choices=[one for one in OfficialAccount.Platform.choices if one[0] in MEASURED],
        label=_("Platform"),
        empty_label=_("Any platform"),
    )
    unit = UnitFilter()

    class Meta:
        model = OfficialAccount
        fields = ["search", "platform", "unit"]

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = units_visible_to(user, "kpi.view")

    def find(
        self, accounts: QuerySet[OfficialAccount], name: str, value: str
    ) -> QuerySet[OfficialAccount]:
        return accounts.filter(Q(display_name__icontains=value) | Q(handle__icontains=value))


class PostFilter(StrictFilterSet):
    """Of ``selectors.with_origin``."""

    search = django_filters.CharFilter(
        field_name="text",
        lookup_expr="icontains",
        label=_("Search"),
        widget=_search(_("Words of the post")),
    )
    origin = django_filters.ChoiceFilter(
        field_name="came_from",
        choices=PlatformPost.Origin.choices,
        label=_("Origin"),
        empty_label=_("Any origin"),
    )

    class Meta:
        model = PlatformPost
        fields = ["search", "origin"]

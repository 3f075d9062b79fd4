"""Search and filters of the media library; they live in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.filters import WordsFilter
from accounts.finding import UnitFilter, person_filter
from accounts.models import User
from accounts.selectors import units_visible_to
from content.media_states import ConsentState, RightsState
from content.models import MediaFile
from content.selectors.media import found_in
from govsocial.web.filters import StrictFilterSet

KINDS = {"picture": _("Pictures"), "film": _("Films")}


class MediaFilter(StrictFilterSet):
    """The library, without what was put away unless ``state`` asks for it."""

    SELDOM = ("used", "uploaded_by", "state")

    search = WordsFilter(placeholder=_("Title, description, owner"))
    unit = UnitFilter()
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=list(KINDS.items()), method="by_kind", empty_label=_("All kinds")
    )
    rights = django_filters.ChoiceFilter(
        label=pgettext_lazy("media", "Rights"),
        choices=RightsState.choices,
        empty_label=_("Any state"),
    )
    consent = django_filters.ChoiceFilter(
        label=pgettext_lazy("media", "Consent"),
        choices=ConsentState.choices,
        empty_label=_("Any state"),
    )
    used = django_filters.ChoiceFilter(
        label=_("Use"),
        choices=[("yes", _("Used in a post")), ("no", _("Not used yet"))],
        method="by_use",
        empty_label=_("Used or not"),
    )
    uploaded_by = person_filter(label=_("Uploaded by"))
    state = django_filters.ChoiceFilter(
        label=pgettext_lazy("media", "State"),
        choices=[("archived", _("Put away")), ("all", _("Any state"))],
        method="by_state",
        empty_label=_("In the library"),
    )

    class Meta:
        model = MediaFile
        fields = ["search", "unit", "kind", "rights", "consent", "used", "uploaded_by", "state"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = units_visible_to(user, "content.view")
        uploaders = MediaFile.objects.filter(unit_id__any=user.units_with("content.view"))
        people = User.objects.filter(pk__in=uploaders.values("uploaded_by"))
        self.filters["uploaded_by"].field.queryset = people.order_by("full_name", "pk")
        for name in self.SELDOM:
            self.filters[name].field.seldom = True

    def filter_queryset(self, queryset: QuerySet[MediaFile]) -> QuerySet[MediaFile]:
        rows: QuerySet[MediaFile] = super().filter_queryset(queryset)
        asked = self.form.cleaned_data.get("state")
        return rows if asked else rows.filter(record__archived_at=None)

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found_in(rows, value)

    def by_kind(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        films = Q(media_type__startswith="video/")
        return rows.filter(films if value == "film" else ~films)

    def by_use(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(is_used=value == "yes")

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows if value == "all" else rows.filter(record__archived_at__isnull=False)

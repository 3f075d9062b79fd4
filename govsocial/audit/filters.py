"""Search and filters of the trail; they live in the address."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govsocial.audit.events import declared, group_of
from govsocial.audit.models import Entry
from govsocial.audit.selectors import target_types
from govsocial.audit.sentences import kind_in_words
from govsocial.web.days import midnight
from govsocial.web.filters import StrictFilterSet

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class EntryFilter(StrictFilterSet):
    search = django_filters.CharFilter(
        method="find",
        label=_("Search"),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or reference")}),
    )
    event = django_filters.ChoiceFilter(
        method="of_event",
        choices=lambda: event_choices(),
        label=_("Event"),
        empty_label=_("Any event"),
    )
    actor = django_filters.CharFilter(method="by", label=_("Who"), max_length=150)
    target_type = django_filters.ChoiceFilter(
        choices=[],
        label=_("Kind of object"),
        empty_label=_("Any kind"),
    )
    since = django_filters.DateFilter(method="from_day", label=_("From"), widget=_DAY)
    until = django_filters.DateFilter(method="to_day", label=_("To"), widget=_DAY)
    target = django_filters.CharFilter(
        method="about", label=_("Object"), max_length=200, widget=forms.HiddenInput
    )
    request = django_filters.CharFilter(
        field_name="request_id", label=_("Request"), max_length=64, widget=forms.HiddenInput
    )

    class Meta:
        model = Entry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Read once: a callable would ask the database each time that the choices are looked at.
        kinds = [(kind, kind_in_words(kind)) for kind in target_types()]
        self.filters["target_type"].extra["choices"] = kinds

    def find(self, entries: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        """Words that begin like this in the names of people and objects, or a whole reference."""
        words = re.findall(r"\w+", value)
        if not words:
            return entries.none()
        query = SearchQuery(
            " & ".join(f"{word}:*" for word in words), config="simple", search_type="raw"
        )
        vector = SearchVector("actor_name", "target_label", config="simple")
        return entries.annotate(words=vector).filter(Q(words=query) | Q(request_id=value.strip()))

    def of_event(self, entries: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        if "." in value:
            return entries.filter(event=value)
        return entries.filter(event__in=[known for known in declared() if group_of(known) == value])

    def by(self, entries: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        people = get_user_model().objects.filter(full_name__icontains=value)
        # Materialised: a few ids let the index of entries by person do its work.
        return entries.filter(actor_id__in=list(people.values_list("pk", flat=True)[:200]))

    def from_day(self, entries: QuerySet[Entry], name: str, value: date) -> QuerySet[Entry]:
        return entries.filter(at__gte=midnight(value))

    def to_day(self, entries: QuerySet[Entry], name: str, value: date) -> QuerySet[Entry]:
        if value == date.max:
            return entries
        return entries.filter(at__lt=midnight(value + timedelta(days=1)))

    def about(self, entries: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        kind, _colon, number = value.partition(":")
        return entries.filter(target_type=kind, target_id=number)

    def in_words(self) -> list[str]:
        """What is set, for the event of an export: "event=content.post.approved"."""
        cleaned: dict[str, Any] = self.form.cleaned_data if self.form.is_valid() else {}
        return [f"{key}={value}"[:300] for key, value in cleaned.items() if value]


def event_choices() -> list[tuple[str, str]]:
    """Groups ("everything in Content"), each followed by its events."""
    found: list[tuple[str, str]] = []
    for name, event in declared().items():
        group = group_in_words(event.group)
        if event.group not in {value for value, _words in found}:
            found.append((event.group, gettext("%(group)s: everything") % {"group": group}))
        found.append((name, f"{group}: {event.label}"))
    return found


def group_in_words(group: str) -> str:
    if group == "sign_in":
        return gettext("Signing in")
    try:
        return str(apps.get_app_config(group).verbose_name)
    except LookupError:
        return group

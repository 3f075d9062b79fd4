"""Search and filters of the lists; they live in the address."""

from __future__ import annotations

import django_filters
from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, QuerySet, TextField, Value
from django.utils.translation import gettext_lazy as _

from accounts.finding import UnitFilter, account_filter
from accounts.models import OfficialAccount, User
from accounts.selectors import units_visible_to
from content import selectors
from content.facets import ContentClass
from content.models import Post, Publication
from govsocial.web.filters import StrictFilterSet


class _IsFor(Func):
    """Whether the document of a version has a text for one of these accounts (ids as text).

    A post has few accounts and a search may find thousands: what is looked up are the few.
    """

    arity = 2
    template = "EXISTS (SELECT 1 FROM jsonb_object_keys(%(expressions)s))"
    arg_joiner = " -> 'variants') AS one (account) WHERE one.account = ANY ("
    output_field = BooleanField()


class _Search(StrictFilterSet):
    search = django_filters.CharFilter(
        method="find",
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Title or text")}),
    )


class PostFilter(_Search):
    status = django_filters.ChoiceFilter(
        choices=Post.Status.choices, label=_("Status"), empty_label=_("Any status")
    )
    kind = django_filters.ChoiceFilter(
        choices=ContentClass.choices,
        label=_("Class of content"),
        empty_label=_("Any class"),
        method="of_class",
    )
    unit = UnitFilter()
    account = account_filter(method="meant_for")

    class Meta:
        model = Post
        fields = ["search", "status", "kind", "unit", "account"]

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        units = user.units_with("content.view")
        self.filters["unit"].field.queryset = units_visible_to(user, "content.view")
        self.filters["account"].field.queryset = OfficialAccount.objects.filter(unit_id__any=units)

    def filter_queryset(self, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """What is archived is found by that status alone."""
        posts: QuerySet[Post] = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("status"):
            return posts
        return posts.exclude(status=Post.Status.ARCHIVED)

    def find(self, posts: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        return posts.filter(current_version__title__icontains=value) | posts.filter(
            current_version__canonical__icontains=value
        )

    def of_class(self, posts: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        """Those that have the class, as the main one or as another."""
        has = {"facets": {"classes": [value]}}
        return posts.filter(current_version__document__contains=has)

    def meant_for(
        self, posts: QuerySet[Post], name: str, value: OfficialAccount | str
    ) -> QuerySet[Post]:
        if isinstance(value, OfficialAccount):
            return posts.filter(current_version__document__variants__has_key=str(value.pk))
        found = self.filters["account"].field.rows(value).order_by().values_list("pk", flat=True)
        ids = Value([str(pk) for pk in found], output_field=ArrayField(TextField()))
        return posts.filter(_IsFor(F("current_version__document"), ids))


class PublicationFilter(_Search):
    todo = django_filters.ChoiceFilter(
        choices=[
            ("posting", _("To be posted by hand")),
            ("withdrawal", _("To be deleted by hand")),
        ],
        method="waits_for",
        label=_("For a person"),
        empty_label=_("Everything"),
    )
    status = django_filters.ChoiceFilter(
        choices=Publication.Status.choices, label=_("Status"), empty_label=_("Any status")
    )
    way = django_filters.ChoiceFilter(
        method="goes_out",
        choices=[("hand", _("By hand")), ("application", _("By the application"))],
        label=_("How it goes out"),
        empty_label=_("Either way"),
    )
    account = account_filter(field_name="official_account")

    class Meta:
        model = Publication
        fields = ["search", "status", "account", "todo", "way"]

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters["account"].field.queryset = OfficialAccount.objects.filter(
            unit_id__any=user.units_with("content.view")
        )

    def goes_out(
        self, publications: QuerySet[Publication], name: str, value: str
    ) -> QuerySet[Publication]:
        return publications.filter(by_hand=value == "hand")

    def waits_for(
        self, publications: QuerySet[Publication], name: str, value: str
    ) -> QuerySet[Publication]:
        if value == "posting":
            return publications.filter(by_hand=True, status__in=selectors.UNPOSTED)
        return publications.filter(withdrawal__outcome="", withdrawal__needs_person=True)

    def find(
        self, publications: QuerySet[Publication], name: str, value: str
    ) -> QuerySet[Publication]:
        return publications.filter(version__title__icontains=value)

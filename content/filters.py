"""Search and filters of the lists; they live in the address."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import OfficialAccount, Unit, User
from content.models import Post, Publication


class _Search(django_filters.FilterSet):
    search = django_filters.CharFilter(
        method="find",
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Title or text")}),
    )


class PostFilter(_Search):
    status = django_filters.ChoiceFilter(
        choices=Post.Status.choices, label=_("Status"), empty_label=_("Any status")
    )
    unit = django_filters.ModelChoiceFilter(
        queryset=Unit.objects.none(), label=_("Unit"), empty_label=_("Any unit")
    )
    account = django_filters.ModelChoiceFilter(
        queryset=OfficialAccount.objects.none(),
        label=_("Account"),
        empty_label=_("Any account"),
        method="meant_for",
    )

    class Meta:
        model = Post
        fields = ["search", "status", "unit", "account"]

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        units = user.units_with("content.view")
        self.filters["unit"].queryset = Unit.objects.filter(pk__any=units)
        self.filters["account"].queryset = OfficialAccount.objects.filter(unit_id__any=units)

    def find(self, posts: QuerySet[Post], name: str, value: str) -> QuerySet[Post]:
        return posts.filter(current_version__title__icontains=value) | posts.filter(
            current_version__canonical__icontains=value
        )

    def meant_for(self, posts: QuerySet[Post], name: str, value: OfficialAccount) -> QuerySet[Post]:
        return posts.filter(current_version__document__variants__has_key=str(value.pk))


class PublicationFilter(_Search):
    status = django_filters.ChoiceFilter(
        choices=Publication.Status.choices, label=_("Status"), empty_label=_("Any status")
    )
    account = django_filters.ModelChoiceFilter(
        queryset=OfficialAccount.objects.none(),
        field_name="official_account",
        label=_("Account"),
        empty_label=_("Any account"),
    )

    class Meta:
        model = Publication
        fields = ["search", "status", "account"]

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters["account"].queryset = OfficialAccount.objects.filter(
            unit_id__any=user.units_with("content.view")
        )

    def find(
        self, publications: QuerySet[Publication], name: str, value: str
    ) -> QuerySet[Publication]:
        return publications.filter(version__title__icontains=value)

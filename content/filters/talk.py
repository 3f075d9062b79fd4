"""Search and filters of comments and notifications; they live in the address."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from content.models import Comment, NoticeKind, Notification, Post, Thread
from govsocial.web.filters import StrictFilterSet


class ThreadFilter(StrictFilterSet):
    search = django_filters.CharFilter(
        method="find",
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Words or a name")}),
    )
    state = django_filters.ChoiceFilter(
        choices=[("open", _("Open")), ("resolved", _("Resolved"))],
        label=_("Status"),
        empty_label=_("Any status"),
        method="in_state",
    )

    class Meta:
        model = Thread
        fields = ["search", "state"]

    def find(self, threads: QuerySet[Thread], name: str, value: str) -> QuerySet[Thread]:
        comments = Comment.objects.filter(thread__post=self.post)
        said = comments.filter(Q(text__icontains=value) | Q(author__full_name__icontains=value))
        return threads.filter(Q(pk__in=said.values("thread")) | Q(quote__icontains=value))

    def in_state(self, threads: QuerySet[Thread], name: str, value: str) -> QuerySet[Thread]:
        return threads.filter(resolved_at__isnull=value == "open")

    def __init__(self, *args: object, post: Post, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.post = post


class NotificationFilter(StrictFilterSet):
    search = django_filters.CharFilter(
        field_name="post__current_version__title",
        lookup_expr="icontains",
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Title")}),
    )
    state = django_filters.ChoiceFilter(
        choices=[("unread", _("Unread")), ("read", _("Read"))],
        label=_("Status"),
        empty_label=_("All"),
        method="in_state",
    )
    kind = django_filters.ChoiceFilter(
        choices=NoticeKind.choices, label=_("About"), empty_label=_("Everything")
    )

    class Meta:
        model = Notification
        fields = ["search", "state", "kind"]

    def in_state(
        self, rows: QuerySet[Notification], name: str, value: str
    ) -> QuerySet[Notification]:
        return rows.filter(read_at__isnull=value == "unread")

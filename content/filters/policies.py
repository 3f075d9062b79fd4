"""Search and filters of the lists about approval; they live in the address."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.finding import UnitFilter, account_filter
from accounts.models import OfficialAccount, Unit, User
from accounts.selectors import units_below, units_visible_to
from content.models import ApprovalPolicy, Retrospective, Sensitivity
from content.selectors.policies import accounts_to_ask_for
from govsocial.web.filters import StrictFilterSet

OPEN, LATE, DONE = "open", "late", "done"
IN_FORCE, ENDED = "in-force", "ended"
OWN, NONE = "own", "none"


def _search(placeholder: object) -> django_filters.CharFilter:
    return django_filters.CharFilter(
        method="find",
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": placeholder}),
    )


class _ByUnit(StrictFilterSet):
    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters["unit"].field.queryset = units_visible_to(user, "content.view")
        if "account" in self.filters:
            self.filters["account"].field.queryset = accounts_to_ask_for(user)


class UnitPolicyFilter(_ByUnit):
    search = _search(_("Name of a unit"))
    unit = UnitFilter(method="below")
    account = account_filter(method="of_account")
    policy = django_filters.ChoiceFilter(
        choices=[(OWN, _("With a policy of its own")), (NONE, _("Without a policy of its own"))],
        label=_("Policy"),
        empty_label=_("With or without"),
        method="with_policy",
    )

    class Meta:
        model = Unit
        fields = ["search", "unit", "account", "policy"]

    def find(self, units: QuerySet[Unit], name: str, value: str) -> QuerySet[Unit]:
        return units.filter(Q(name__icontains=value) | Q(short_name__icontains=value))

    def below(self, units: QuerySet[Unit], name: str, value: Unit) -> QuerySet[Unit]:
        return units.filter(pk__any=units_below(value))

    def of_account(
        self, units: QuerySet[Unit], name: str, value: OfficialAccount | str
    ) -> QuerySet[Unit]:
        if isinstance(value, OfficialAccount):
            return units.filter(pk=value.unit_id)
        found = self.filters["account"].field.rows(value).order_by()
        return units.filter(pk__in=found.values("unit_id"))

    def with_policy(self, units: QuerySet[Unit], name: str, value: str) -> QuerySet[Unit]:
        own = ApprovalPolicy.objects.filter(ends_at=None).order_by().values("unit_id")
        return units.filter(pk__in=own) if value == OWN else units.exclude(pk__in=own)


class PolicyFilter(_ByUnit):
    search = _search(_("Reason, unit or account"))
    state = django_filters.ChoiceFilter(
        choices=[(IN_FORCE, _("In force")), (ENDED, _("Ended"))],
        label=_("Status"),
        empty_label=_("In force and ended"),
        method="in_state",
    )
    unit = UnitFilter()
    account = account_filter(field_name="official_account")
    posts = django_filters.ChoiceFilter(
        field_name="sensitivity",
        choices=Sensitivity.choices,
        label=_("Sensitivity"),
        empty_label=_("Any sensitivity"),
    )

    class Meta:
        model = ApprovalPolicy
        fields = ["search", "state", "unit", "account", "posts"]

    def find(
        self, policies: QuerySet[ApprovalPolicy], name: str, value: str
    ) -> QuerySet[ApprovalPolicy]:
        return policies.filter(
            Q(reason__icontains=value)
            | Q(unit__name__icontains=value)
            | Q(unit__short_name__icontains=value)
            | Q(official_account__display_name__icontains=value)
        )

    def in_state(
        self, policies: QuerySet[ApprovalPolicy], name: str, value: str
    ) -> QuerySet[ApprovalPolicy]:
        return policies.filter(ends_at__isnull=value == IN_FORCE)


class RetrospectiveFilter(_ByUnit):
    search = _search(_("Title of the notice"))
    state = django_filters.ChoiceFilter(
        choices=[
            (OPEN, pgettext_lazy("retrospective", "Open")),
            (LATE, _("Overdue")),
            (DONE, _("Looked at")),
        ],
        label=_("Status"),
        empty_label=_("Any status"),
        method="in_state",
    )
    unit = UnitFilter(field_name="review__post__unit")
    verdict = django_filters.ChoiceFilter(
        choices=Retrospective.Verdict.choices, label=_("Verdict"), empty_label=_("Any verdict")
    )

    class Meta:
        model = Retrospective
        fields = ["search", "state", "unit", "verdict"]

    def find(self, rows: QuerySet[Retrospective], name: str, value: str) -> QuerySet[Retrospective]:
        return rows.filter(review__version__title__icontains=value)

    def in_state(
        self, rows: QuerySet[Retrospective], name: str, value: str
    ) -> QuerySet[Retrospective]:
        if value == DONE:
            return rows.filter(done_at__isnull=False)
        rows = rows.filter(done_at=None)
        return rows.filter(due_at__lt=timezone.now()) if value == LATE else rows

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.finding import account_filter
from accounts.models import OfficialAccount, User
from content.models import PublishingSlot, Weekday
from govsocial.web.filters import StrictFilterSet


class SlotFilter(StrictFilterSet):
    account = account_filter(field_name="official_account")
    weekday = django_filters.ChoiceFilter(
        choices=Weekday.choices, label=_("Day"), empty_label=_("Any day")
    )

    class Meta:
        model = PublishingSlot
        fields = ["account", "weekday"]

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.filters["account"].field.queryset = OfficialAccount.objects.filter(
            unit_id__any=user.units_with("content.view")
        )

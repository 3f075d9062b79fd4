"""What the trail keeps of measuring."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from govsocial.audit.events import event

ACCOUNTS_EXPORTED = event(
    "kpi.accounts.exported",
    "rows",
    label=_("KPI figures exported"),
    sentence=_("%(actor)s exported the figures of %(rows)s accounts."),
)
POSTS_EXPORTED = event(
    "kpi.posts.exported",
    "rows",
    label=_("Platform posts exported"),
    sentence=_("%(actor)s exported %(rows)s posts of %(target)s with their figures."),
)

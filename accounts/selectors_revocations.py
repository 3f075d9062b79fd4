"""Access out of use that may still stand at its platform, for who keeps the accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from accounts.models import Credential, Revocation, User
from accounts.models.consent import PUT_OFF_AT_MOST

# How long the page of the health tells of an access that may stand and that nobody ends any more.
SETTLED_SHOWN = timedelta(days=30)
OVERDUE = "overdue"
OVERDUE_SESSIONS = "overdue_sessions"
UNANSWERED = "unanswered"
LEFT_TO_PEOPLE = "left_to_people"
KINDS = (OVERDUE, OVERDUE_SESSIONS, UNANSWERED, LEFT_TO_PEOPLE)


def access_out_of_use(user: User, most: int) -> dict[str, dict[str, Any]]:
    """Secrets out of use of the accounts that ``user`` keeps, closed ones too, by kind: how many,
    and the ``most`` that wait for longest or were settled last. Empty for a kind with none.

    ``OVERDUE``: the platform should have been told by now. ``OVERDUE_SESSIONS``: the same of the
    sessions of app passwords, where no application has a permission. ``UNANSWERED``: the platform
    never answered, and nobody tries again; access by an app password is none of them, for it ends
    with that, as the page of the account says. ``LEFT_TO_PEOPLE``: only a person at the platform
    can end it; what cannot be opened any more has no application here. Whoever has connected the
    account again since would end that as well, and is told on its page alone. One query.
    """
    kept = _of_a_kind().filter(official_account__unit_id__any=user.units_with("accounts.manage"))
    counted = kept.annotate(
        count=Window(Count("pk"), partition_by="kind"),
        number=Window(
            RowNumber(),
            partition_by="kind",
            order_by=[F("settled_at").desc(), F("created_at").asc()],
        ),
    )
    shown = counted.filter(number__lte=most).select_related("official_account")
    found: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    for one in shown.order_by("kind", "number"):
        of_kind = found[one.kind]
        of_kind["count"] = one.count
        of_kind.setdefault("some", []).append(one)
    return found


def _of_a_kind() -> QuerySet[Any]:
    outcome, now = Revocation.Outcome, timezone.now()
    late = {"settled_at": None, "created_at__lte": now - PUT_OFF_AT_MOST}
    lately = {"settled_at__gt": now - SETTLED_SHOWN}
    left = [outcome.NOT_HERE, outcome.NOT_KNOWN]
    anew = Credential.objects.filter(
        official_account=OuterRef("official_account"),
        status=Credential.Status.GOOD,
        connected_at__gt=OuterRef("created_at"),
    )
    return Revocation.objects.annotate(
        kind=Case(
            When(**late, app__isnull=False, then=Value(OVERDUE)),
            When(**late, then=Value(OVERDUE_SESSIONS)),
            When(**lately, outcome=outcome.UNANSWERED, app__isnull=False, then=Value(UNANSWERED)),
            When(~Exists(anew), **lately, outcome__in=left, then=Value(LEFT_TO_PEOPLE)),
        )
    ).filter(kind__isnull=False)

"""Which texts of the message bank a person sees, and which may be put into a post now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.capabilities import roles_with
from accounts.models import User
from content.models import BankText

_ABOVE = """
    WITH RECURSIVE above(id, parent_id) AS (
        SELECT id, parent_id FROM accounts_unit WHERE id = ANY(%s)
        UNION
        SELECT one.id, one.parent_id FROM accounts_unit one JOIN above ON one.id = above.parent_id
    )
    SELECT id FROM above
"""
_KNOWN = """
    SELECT unnest(content_units_above(g.unit_id) || content_units_below(g.unit_id))
    FROM accounts_grant g WHERE g.user_id = %s AND g.role = ANY(%s)
    AND g.starts_at <= statement_timestamp()
"""


def _for_units(units: Collection[int]) -> QuerySet[BankText]:
    """Texts of these units and of those above them: they hold for all below."""
    above = RawSQL(_ABOVE, [list(units)])  # noqa: S611  # no input
    return BankText.objects.filter(unit_id__in=above)


def bank_texts_visible_to(user: User) -> QuerySet[BankText]:
    rows = _for_units(user.units_with("content.view"))
    return rows.select_related("unit", "made_by", "withdrawn_by", "replaced_by", "replaces")


def bank_texts_known_to(user: User) -> QuerySet[BankText]:
    """Those that this person sees, and those that they saw by a role that has ended since."""
    known = RawSQL(_KNOWN, [user.pk, roles_with("content.view")])  # noqa: S611  # no input
    return BankText.objects.filter(unit_id__in=known)


def in_state(rows: QuerySet[BankText], state: str, day: date) -> QuerySet[BankText]:
    """Those that stand so on ``day``, by the rule of ``BankText.state_on``."""
    if state == BankText.State.WITHDRAWN:
        return rows.filter(withdrawn_at__isnull=False)
    rows = rows.filter(withdrawn_at=None)
    if state == BankText.State.REPLACED:
        return rows.filter(replaced_by__isnull=False)
    rows = rows.filter(replaced_by=None)
    if state == BankText.State.UPCOMING:
        return rows.filter(valid_from__gt=day)
    if state == BankText.State.EXPIRED:
        return rows.filter(valid_until__lt=day)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


def bank_texts_to_use(user: User, unit_id: int | None = None) -> QuerySet[BankText]:
    """Valid today, for posts of ``unit_id`` or of any unit that this person writes for."""
    units = user.units_with("content.draft")
    if unit_id is not None:
        units = units & {unit_id}
    rows = in_state(_for_units(units), BankText.State.VALID, timezone.localdate())
    return rows.select_related("unit", "made_by").order_by("title", "-pk")


def found_in(rows: QuerySet[BankText], words: str) -> QuerySet[BankText]:
    """Rows with every one of the words somewhere in title, purpose or text."""
    for word in words.split()[:8]:
        rows = rows.filter(
            Q(title__icontains=word) | Q(purpose__icontains=word) | Q(text__icontains=word)
        )
    return rows

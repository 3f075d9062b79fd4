"""The register as rows of a spreadsheet: what the export holds, and what says where it is from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import QuerySet
from django.db.models.functions import JSONArray
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import compliance
from accounts.models import OfficialAccount, User
from accounts.models.administrator import running_administrators
from accounts.models.kinds import Audience, MediaKind
from accounts.models.unit import day_where

_MEDIA = dict(MediaKind.choices)
_AUDIENCES = dict(Audience.choices)
AT_ONCE = 1000


def header() -> list[object]:
    return [
        _("Display name"), _("Handle"), _("Platform"), _("Server"), _("Unit"), _("Status"),
        _("Connection"), _("Address"), _("Id on the platform"), _("Purpose"), _("Audiences"),
        _("Kinds of media"), _("Kind of channel"), _("Language of posts"), _("Verified badge"),
        _("Number of the decree"), _("Date of the decree"), _("File of the decree"),
        _("Person in charge"), _("Administrators today"), _("Without a role on the unit"),
        _("Holder of the recovery e-mail"), _("Holder of the recovery phone"),
        _("Two-step sign-in"), _("Two-step sign-in checked on"), _("Opened on"),
        _("Closed on"), _("Reason of closing"),
        _("Rules met"), _("Rules that apply"), _("Missing"), _("Registered"),
    ]  # fmt: skip


def with_people(rows: QuerySet[OfficialAccount]) -> QuerySet[OfficialAccount]:
    """Each account with ``administrator_people`` of today, keys and names. One query for the whole
    export."""
    return rows.select_related("unit", "credential", "person_in_charge", "decree_file").annotate(
        administrator_people=ArrayAgg(
            JSONArray("administrators__user_id", "administrators__user__full_name"),
            filter=running_administrators(day_where("unit"), "administrators__"),
            order_by=("administrators__user__full_name", "administrators__user_id"),
            default=[],
        ),
    )


def rows_of(accounts: Iterable[Any]) -> Iterator[list[object]]:
    """Accounts of ``with_people``, judged by the rules a thousand at a time."""
    for account in _judged(accounts):
        yield [
            account.display_name,
            account.handle,
            account.get_platform_display(),
            account.host,
            account.unit.name,
            account.get_status_display(),
            account.connection_words,
            account.page or account.url,
            account.platform_id,
            account.purpose,
            _listed(account.audiences, _AUDIENCES),
            _listed(account.media_kinds, _MEDIA),
            account.get_channel_kind_display(),
            account.language_words,
            {True: _("Yes"), False: _("No")}.get(account.verified),
            account.decree_number,
            account.decree_date,
            str(account.decree_file) if account.decree_file else None,
            account.person_in_charge.full_name if account.person_in_charge else None,
            ", ".join(name for _key, name in account.administrator_people) or None,
            ", ".join(_without_a_role(account)) or None,
            account.recovery_email_holder,
            account.recovery_phone_holder,
            account.get_two_step_display(),
            account.two_step_checked_on,
            account.opened_on,
            account.closed_on,
            account.closed_reason,
            account.rules_met if account.rules_asked else None,
            account.rules_asked or None,
            "; ".join(str(rule.words) for rule in account.rules_missing),
            account.created_at,
        ]


def _without_a_role(account: Any) -> list[str]:
    """Whom the row names and the rules do not count: deactivated, or without a role there."""
    named = {key: name for key, name in account.administrator_people}
    if account.person_in_charge:
        named[account.person_in_charge_id] = account.person_in_charge.full_name
    return [name for key, name in named.items() if key not in account.with_a_role]


def _judged(accounts: Iterable[Any]) -> Iterator[Any]:
    waiting = iter(accounts)
    while some := list(islice(waiting, AT_ONCE)):
        compliance.count_rules(some)
        yield from some


def about(
    user: User, chips: Sequence[tuple[str, str, str]], count: int
) -> list[tuple[str, object]]:
    """What the second sheet says: which part of the register, when, and who took it out."""
    filters = "; ".join(words for _key, _value, words in chips)
    return [
        (_("List"), _("Register of official accounts")),
        (_("Filters"), filters or _("None: everything that this person sees")),
        (_("Accounts"), count),
        (_("Taken out on"), timezone.now()),
        (_("Taken out by"), user.full_name),
    ]


def _listed(values: Sequence[str], words: dict[str, Any]) -> str:
    return ", ".join(str(words.get(value, value)) for value in values)

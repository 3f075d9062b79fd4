"""The rules of the register, as data and code; what is made of them is in ``compliance``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Credential, OfficialAccount
from accounts.models.administrator import runs_on
from accounts.models.attestation import confirmations
from accounts.models.kinds import TwoStep
from accounts.named import administered, answered_for
from govsocial.platforms.registry import Platform

Severity = Literal["must", "should"]
OPEN = (
    OfficialAccount.Status.PROPOSED,
    OfficialAccount.Status.ACTIVE,
    OfficialAccount.Status.SUSPENDED,
)
"""Statuses in which an account is held against the rules; a closed one is a record."""
IN_USE = (OfficialAccount.Status.ACTIVE, OfficialAccount.Status.SUSPENDED)
ENOUGH_ADMINISTRATORS = 2
_CONNECTED = [str(platform) for platform in Platform]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    key: str
    words: str | Promise
    why: str | Promise
    source: str | Promise
    severity: Severity
    met: Callable[[date], Q]
    """The condition as SQL, for an account that is asked."""
    holds: Callable[[OfficialAccount, date], bool]
    """The same in Python."""
    asked: Q | None = None
    """Which accounts are asked; None: all."""
    asks: Callable[[OfficialAccount], bool] = lambda account: True
    section: str = "identity"
    """Where it is mended: a section of the form, "administrators", "attestation" or "connect"."""

    def mended_at(self, account: OfficialAccount) -> str:
        """The address of the page on which a person mends it."""
        if self.section == "administrators":
            return reverse("accounts:administrator_add", args=[account.pk])
        if self.section == "attestation" and account.person_in_charge_id:
            return reverse("accounts:attestation_add", args=[account.pk])
        if self.section == "connect":
            return reverse("accounts:official_account_connect", args=[account.pk])
        page = reverse("accounts:official_account_edit", args=[account.pk])
        # Without a person in charge nobody can confirm it.
        section = "people" if self.section == "attestation" else self.section
        return f"{page}#{section}"


def days_of(key: str) -> int:
    """How many days the evidence of a rule counts: ``settings.REGISTER_RULE_DAYS``."""
    return int(settings.REGISTER_RULE_DAYS[key])


def _present(name: str) -> Callable[[date], Q]:
    return lambda today: ~Q(**{name: ""})


def _filled(*names: str) -> Callable[[OfficialAccount, date], bool]:
    return lambda account, today: all(getattr(account, name) for name in names)


def _with_a_role(account: OfficialAccount) -> Collection[int]:
    """Who has a role on its unit, of the people whom the account names at least."""
    known: Collection[int] = account.with_a_role  # type: ignore[attr-defined]  # annotated
    return known


def _is_answered_for(account: OfficialAccount, today: date) -> bool:
    return account.person_in_charge_id in _with_a_role(account)


# Conditions that read other tables do so by a query of their own and join nothing: they are judged
# for thousands of accounts, whatever else is read with them (``compliance.by_completeness``).
def _proven(today: date) -> Q:
    good = Credential.objects.filter(status="good").order_by().values("official_account")
    return ~Q(platform_id="") & Q(pk__in=good)


class Assigned(NamedTuple):
    """What the rule about administrators reads of an assignment: a list of accounts reads nothing
    else of hundreds of them."""

    user_id: int
    starts_on: date
    ends_on: date | None


def _assignments(account: OfficialAccount) -> list[Assigned]:
    """What ``compliance.with_what_rules_read`` read, else the administrators as rows."""
    known: list[Assigned] | None = getattr(account, "assignments", None)
    if known is not None:
        return known
    return [
        Assigned(one.user_id, one.starts_on, one.ends_on) for one in account.administrators.all()
    ]


def _is_administered(account: OfficialAccount, today: date) -> bool:
    people = {
        one.user_id for one in _assignments(account) if runs_on(one.starts_on, one.ends_on, today)
    }
    return len(people.intersection(_with_a_role(account))) >= ENOUGH_ADMINISTRATORS


def _checked_since(today: date) -> date:
    return today - timedelta(days=days_of("two_step"))


def _two_step_is_good(account: OfficialAccount, today: date) -> bool:
    checked = account.two_step_checked_on
    return (
        account.two_step == TwoStep.ON
        and checked is not None
        and (checked >= _checked_since(today))
    )


_ORDER = _("Permenpan RB 83/2012, guidelines for social media of agencies")
_PRACTICE = _("Practice of public registers (US Digital Registry)")


def _confirmed_since(today: date) -> datetime:
    """When the first day begins that counts, in the agency's zone: a moment for every reader."""
    first = today - timedelta(days=days_of("confirmed"))
    return datetime.combine(first, time.min, ZoneInfo(settings.TIME_ZONE))


def _confirmed(today: date) -> Q:
    lately = confirmations().filter(confirmed_at__gte=_confirmed_since(today))
    return Q(pk__in=lately.order_by().values("official_account"))


def _is_confirmed(account: OfficialAccount, today: date) -> bool:
    last: datetime | None = account.last_confirmed_at  # type: ignore[attr-defined]  # annotated
    return last is not None and last >= _confirmed_since(today)


CATALOGUE: tuple[Rule, ...] = (
    Rule(
        key="purpose",
        words=_("Purpose is written down"),
        why=_("An account without a purpose is neither kept up nor closed when it should be."),
        source=_ORDER,
        severity="must",
        met=_present("purpose"),
        holds=_filled("purpose"),
        section="purpose",
    ),
    Rule(
        key="decree",
        words=_("Decree with number and date"),
        why=_("The decree makes an account official and names who answers for it."),
        source=_ORDER,
        severity="must",
        met=lambda today: ~Q(decree_number="") & Q(decree_date__isnull=False),
        holds=_filled("decree_number", "decree_date"),
        section="decree",
    ),
    Rule(
        key="decree_file",
        words=_("File of the decree is kept"),
        why=_("An auditor wants to read it, not to be told of it."),
        source=_("Evidence for internal audit (APIP)"),
        severity="should",
        met=lambda today: Q(decree_file__isnull=False),
        holds=lambda account, today: account.decree_file_id is not None,
        section="decree",
    ),
    Rule(
        key="person",
        words=_("Person in charge, active and with a role in the unit"),
        why=_("Somebody must answer for the account, and be reached on the day it goes wrong."),
        source=_("Risk R19: one person moves and the account is orphaned"),
        severity="must",
        met=lambda today: answered_for(),
        holds=_is_answered_for,
        section="people",
    ),
    Rule(
        key="administrators",
        words=_("At least two administrators today, active and with a role in the unit"),
        why=_("When the only one moves, falls ill or loses the phone, the channel is lost."),
        source=_("Risk R19: one person moves and the account is orphaned"),
        severity="must",
        met=administered,
        holds=_is_administered,
        section="administrators",
    ),
    Rule(
        key="recovery_email",
        words=_("Holder of the recovery e-mail is known"),
        why=_("Whoever holds it can take the account over, or get it back."),
        source=_("Risks R01 and R19: account taken over, or tied to a person"),
        severity="must",
        met=_present("recovery_email_holder"),
        holds=_filled("recovery_email_holder"),
        section="custody",
    ),
    Rule(
        key="recovery_phone",
        words=_("Holder of the recovery phone is known"),
        why=_("Numbers are given to strangers again; a number of the agency is not."),
        source=_("Risks R01 and R19: account taken over, or tied to a person"),
        severity="must",
        asked=~Q(platform__in=["feed", "wiki"]),
        asks=lambda account: account.platform not in {"feed", "wiki"},
        met=_present("recovery_phone_holder"),
        holds=_filled("recovery_phone_holder"),
        section="custody",
    ),
    Rule(
        key="two_step",
        words=_("Two-step sign-in is on, and was checked lately"),
        why=_("Most accounts of agencies that were taken over had only a password."),
        source=_("Risk R01: weak password, no second step"),
        severity="must",
        met=lambda today: Q(two_step=TwoStep.ON, two_step_checked_on__gte=_checked_since(today)),
        holds=_two_step_is_good,
        section="custody",
    ),
    Rule(
        key="verified",
        words=_("Known whether it has the verified badge"),
        why=_("The badge is how people tell the account from a fake one."),
        source=_("Risk R08: fake accounts ask for money"),
        severity="should",
        asked=~Q(platform__in=["feed", "wiki"]),
        asks=lambda account: account.platform not in {"feed", "wiki"},
        met=lambda today: Q(verified__isnull=False),
        holds=lambda account, today: account.verified is not None,
        section="identity",
    ),
    Rule(
        key="proven",
        words=_("Connected, and so proven to be ours"),
        why=_("Only the platform can say which account a handle is, also after it was renamed."),
        source=_("Risk R20: connections end silently"),
        severity="should",
        # What is only proposed is connected once it is taken into use.
        asked=Q(platform__in=_CONNECTED, status__in=IN_USE),
        asks=lambda account: account.can_connect and account.status in IN_USE,
        met=_proven,
        holds=lambda account, today: bool(account.platform_id) and account.is_connected,
        section="connect",
    ),
    Rule(
        key="audience",
        words=_("Audience is named"),
        why=_("It decides tone, language and what to measure."),
        source=_ORDER,
        severity="should",
        met=lambda today: Q(audiences__len__gt=0),
        holds=_filled("audiences"),
        section="purpose",
    ),
    Rule(
        key="media_kind",
        words=_("Kind of media is named"),
        why=_("Kinds are compared with their like, not with each other."),
        source=_("Nasrullah (2015), Media Sosial"),
        severity="should",
        met=lambda today: Q(media_kinds__len__gt=0),
        holds=_filled("media_kinds"),
        section="purpose",
    ),
    Rule(
        key="confirmed",
        words=_("Confirmed by the person in charge within a year"),
        why=_("Handles that nobody looks after are taken over by strangers."),
        source=_PRACTICE,
        severity="must",
        asked=Q(status__in=IN_USE),
        asks=lambda account: account.status in IN_USE,
        met=_confirmed,
        holds=_is_confirmed,
        section="attestation",
    ),
    Rule(
        key="language",
        words=_("Language of posts is named"),
        why=_("Local languages and English reach people that Indonesian does not."),
        source=_PRACTICE,
        severity="should",
        met=_present("language"),
        holds=_filled("language"),
        section="purpose",
    ),
)

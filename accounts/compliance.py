"""What an official account must show, one rule each, with the reason and the source.

A rule is data and code: the same condition once as SQL, for lists of thousands, and once in Python,
for the page of one account; a test holds both against each other. There is no score: a page says n
of m and which ones are missing. ``today`` is one day for all units, that of the server's time zone:
near midnight an account may be judged by its neighbour's day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.conf import settings
from django.db.models import Case, Count, F, FloatField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, NullIf
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Administrator, OfficialAccount
from accounts.models.kinds import TwoStep
from govsocial.platforms.registry import Platform

Severity = Literal["must", "should"]
OPEN = (
    OfficialAccount.Status.PROPOSED,
    OfficialAccount.Status.ACTIVE,
    OfficialAccount.Status.SUSPENDED,
)
"""Statuses in which an account is held against the rules; a closed one is a record."""
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
    """Where it is mended: a section of the form, "administrators" or "connect"."""

    def mended_at(self, account: OfficialAccount) -> str:
        """The address of the page on which a person mends it."""
        if self.section == "administrators":
            return reverse("accounts:administrator_add", args=[account.pk])
        if self.section == "connect":
            return reverse("accounts:official_account_connect", args=[account.pk])
        page = reverse("accounts:official_account_edit", args=[account.pk])
        return f"{page}#{self.section}"


def days_of(key: str) -> int:
    """How many days the evidence of a rule counts: ``settings.REGISTER_RULE_DAYS``."""
    return int(settings.REGISTER_RULE_DAYS[key])


def _present(name: str) -> Callable[[date], Q]:
    return lambda today: ~Q(**{name: ""})


def _filled(*names: str) -> Callable[[OfficialAccount, date], bool]:
    return lambda account, today: all(getattr(account, name) for name in names)


def _administered(today: date) -> Q:
    enough = (
        Administrator.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today, user__is_active=True
        )
        .order_by()
        .values("official_account")
        .annotate(people=Count("user", distinct=True))
        .filter(people__gte=ENOUGH_ADMINISTRATORS)
        .values("official_account")
    )
    return Q(pk__in=enough)


def _is_administered(account: OfficialAccount, today: date) -> bool:
    people = {
        one.user_id
        for one in account.administrators.all()
        if one.starts_on <= today
        and (one.ends_on is None or one.ends_on >= today)
        and one.user.is_active
    }
    return len(people) >= ENOUGH_ADMINISTRATORS


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
        words=_("Person in charge, active"),
        why=_("Somebody must answer for the account, and be reached on the day it goes wrong."),
        source=_("Risk R19: one person moves and the account is orphaned"),
        severity="must",
        met=lambda today: Q(person_in_charge__is_active=True),
        holds=lambda account, today: (
            account.person_in_charge is not None and account.person_in_charge.is_active
        ),
        section="people",
    ),
    Rule(
        key="administrators",
        words=_("At least two administrators today"),
        why=_("When the only one moves, falls ill or loses the phone, the channel is lost."),
        source=_("Risk R19: one person moves and the account is orphaned"),
        severity="must",
        met=_administered,
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
        key="url",
        words=_("Address is known"),
        why=_("Without it nobody can look, and the public list cannot lead there."),
        source=_PRACTICE,
        severity="must",
        met=_present("url"),
        holds=_filled("url"),
        section="identity",
    ),
    Rule(
        key="proven",
        words=_("Proven to be ours by connecting it"),
        why=_("Only the platform can say which account a handle is, also after it was renamed."),
        source=_("Risk R20: connections end silently"),
        severity="should",
        asked=Q(platform__in=_CONNECTED),
        asks=lambda account: account.can_connect,
        met=lambda today: ~Q(platform_id="") & Q(credential__status="good"),
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


def rule(key: str) -> Rule:
    """Raises ``KeyError`` for a key that no rule has."""
    return {one.key: one for one in CATALOGUE}[key]


def is_asked(account: OfficialAccount) -> bool:
    return account.status in OPEN


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule and whether one account keeps it; with the way to mend it."""

    rule: Rule
    met: bool
    url: str


@dataclass(frozen=True, slots=True)
class Checklist:
    lines: Sequence[Checked]

    @property
    def asked(self) -> int:
        return len(self.lines)

    @property
    def met(self) -> int:
        return sum(line.met for line in self.lines)

    @property
    def missing(self) -> list[Checked]:
        """What must be there first, then what should."""
        lacking = [line for line in self.lines if not line.met]
        return sorted(lacking, key=lambda line: line.rule.severity != "must")

    @property
    def kept(self) -> list[Checked]:
        return [line for line in self.lines if line.met]


def checklist(account: OfficialAccount, today: date | None = None) -> Checklist:
    """Every rule that asks something of the account; none for a closed one.

    Reads ``administrators`` with their users: prefetch them.
    """
    if not is_asked(account):
        return Checklist(())
    day = today or timezone.localdate()
    return Checklist(
        [
            Checked(one, one.holds(account, day), one.mended_at(account))
            for one in CATALOGUE
            if one.asks(account)
        ]
    )


def asked_of(one: Rule) -> Q:
    asked = Q(status__in=OPEN)
    return asked if one.asked is None else asked & one.asked


def counted(*conditions: Q) -> Case:
    whole = Q()
    for condition in conditions:
        whole &= condition
    return Case(When(whole, then=1), default=0, output_field=IntegerField())


def _sum(parts: Iterable[Any]) -> Any:
    total: Any = Value(0)
    for part in parts:
        total = total + part
    return total


def with_completeness(
    rows: QuerySet[OfficialAccount], today: date | None = None
) -> QuerySet[OfficialAccount]:
    """Each account with ``rules_asked``, ``rules_met`` and their ratio ``completeness``."""
    day = today or timezone.localdate()
    counts = rows.annotate(
        rules_asked=_sum(counted(asked_of(one)) for one in CATALOGUE),
        rules_met=_sum(counted(asked_of(one), one.met(day)) for one in CATALOGUE),
    )
    # Nothing asked sorts behind everything.
    share = Cast(F("rules_met"), FloatField()) / NullIf(F("rules_asked"), Value(0))
    return counts.annotate(completeness=share)


def count_rules(accounts: Iterable[OfficialAccount]) -> None:
    """Give accounts that were read ``rules_asked`` and ``rules_met``, for the rows of a page.

    One query; for a whole list the counts are worth their price only where they sort or filter.
    """
    counted_ones = with_completeness(
        OfficialAccount.objects.filter(pk__in=[account.pk for account in accounts])
    )
    names = ["pk", "rules_asked", "rules_met"]
    found = {pk: counts for pk, *counts in counted_ones.values_list(*names)}
    for account in accounts:
        account.rules_asked, account.rules_met = found[account.pk]  # type: ignore[attr-defined]  # read by the page


def lacking(
    rows: QuerySet[OfficialAccount], key: str, today: date | None = None
) -> QuerySet[OfficialAccount]:
    """The accounts that are asked for the rule and do not keep it."""
    one = rule(key)
    day = today or timezone.localdate()
    return rows.alias(keeps=counted(one.met(day))).filter(asked_of(one), keeps=0)


def complete(rows: QuerySet[OfficialAccount], *, is_complete: bool) -> QuerySet[OfficialAccount]:
    """The accounts that keep all rules that ask something of them, or that do not."""
    asked = with_completeness(rows).filter(status__in=OPEN)
    full = Q(rules_met=F("rules_asked"))
    return asked.filter(full if is_complete else ~full)

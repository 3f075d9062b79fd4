"""What was spent on billed platforms, for the page of administrators and its export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import OfficialAccount, PlatformSpending, SpendingCap, User
from accounts.models.spending import TOTAL
from govsocial.platforms import registry
from govsocial.platforms.spec import Spec

MONTHS = 12
CENT = Decimal("0.01")
_ITEMS: dict[str, str | Promise] = {
    "post read": _("Post read"),
    "owned read": _("Own post read"),
    "user read": _("Account read"),
    "create post": _("Post sent"),
    "create post with URL": _("Post sent that has a link"),
    "delete post": _("Post deleted"),
    "media metadata": _("Description of an image sent"),
}
_SOURCES: dict[str, str | Promise] = {
    "X API documentation, pricing": _("documentation of the X API, pricing"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One item of one month. ``amount`` is in US dollars."""

    item: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    count: int
    amount: Decimal
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledPlatform:
    """A platform that charges for calls. ``cap`` is None where nobody has set one."""

    platform: str
    label: str
    cap: SpendingCap | None
    months: Sequence[Month]
    prices: Sequence[tuple[str, Decimal]]
    prices_from: date | None
    prices_source: str
    prices_read_on: date | None
    now: date = field(default_factory=lambda: datetime.now(UTC).date().replace(day=1))

    @property
    def spent(self) -> Decimal:
        """In this month."""
        return next((one.amount for one in self.months if one.first == self.now), Decimal(0))

    @property
    def left(self) -> Decimal | None:
        return None if self.cap is None else max(self.cap.monthly - self.spent, Decimal(0))

    @property
    def left_as_written(self) -> Decimal | None:
        """``left`` beside ``spent`` in cents: each rounded by itself, together they would be a cent
        more than the cap. What is less than a cent stays, for it is not nothing."""
        if self.cap is None or self.left is None or self.left < CENT:
            return self.left
        return self.cap.monthly - self.spent.quantize(CENT, ROUND_HALF_UP)

    @property
    def dearer_link(self) -> tuple[Decimal, Decimal] | None:
        """What a post costs without and with a link, where that differs."""
        prices = dict(self.prices)
        plain = prices.get(item_words("create post"))
        link = prices.get(item_words("create post with URL"))
        return (plain, link) if plain is not None and link is not None and link > plain else None


def item_words(item: str) -> str:
    return str(_ITEMS.get(item, item))


def billed_specs() -> Mapping[str, Spec]:
    """The platforms that charge for calls."""
    known = {name: registry.spec(name) for name in registry.with_clients()}
    return {name: found for name, found in known.items() if found.price_lists}


def left_this_month(platforms: Collection[str]) -> Mapping[str, Decimal]:
    """US dollars that posts may still cost, per billed platform among ``platforms``.

    One query, none where nothing is billed. Without a cap nothing may be spent.
    """
    billed = billed_specs().keys() & set(platforms)
    if not billed:
        return {}
    month = datetime.now(UTC).date().replace(day=1)
    spent = PlatformSpending.objects.filter(
        platform=OuterRef("platform"), month=month, item=TOTAL
    ).values("amount")
    rows = SpendingCap.objects.filter(platform__in=billed).values_list(
        "platform", F("monthly") - Coalesce(Subquery(spent), Decimal(0))
    )
    return {**dict.fromkeys(billed, Decimal(0)), **dict(rows)}


def spending_visible_to(user: User) -> list[BilledPlatform]:
    """Each billed platform with its last twelve months, the newest first."""
    if not user.sees_spending:
        return []
    billed, now = billed_specs(), datetime.now(UTC)
    caps = {cap.platform: cap for cap in SpendingCap.objects.filter(platform__in=billed)}
    rows = PlatformSpending.objects.filter(platform__in=billed).order_by("-month", "item")
    by_platform: dict[str, dict[date, list[PlatformSpending]]] = defaultdict(dict)
    for row in rows:
        by_platform[row.platform].setdefault(row.month, []).append(row)
    return [
        BilledPlatform(
            platform=name,
            label=platform_words(name),
            cap=caps.get(name),
            months=[_month(first, kept) for first, kept in by_platform[name].items()][:MONTHS],
            prices=[(item_words(item), Decimal(price)) for item, price in today.amounts.items()],
            prices_from=today.effective_from,
            prices_source=str(_SOURCES.get(today.source, today.source)),
            prices_read_on=today.read_on,
        )
        for name, known in billed.items()
        if (today := known.prices_at(now)) is not None
    ]


def export_rows(user: User) -> list[list[object]]:
    """Every month that there is, not the last twelve alone."""
    if not user.sees_spending:
        return []
    rows = PlatformSpending.objects.exclude(item=TOTAL).order_by("platform", "-month", "item")
    return [
        [
            platform_words(row.platform),
            f"{row.month:%Y-%m}",
            item_words(row.item),
            row.count,
            in_cents_at_least(row.amount),
        ]
        for row in rows
    ]


def in_cents_at_least(amount: Decimal) -> Decimal:
    """Without the zeros behind its cents, of the six places that are kept: 0.048 and 0.20."""
    cents = amount.quantize(CENT)
    return cents if cents == amount else amount.normalize()


def platform_words(platform: str) -> str:
    return str(dict(OfficialAccount.Platform.choices).get(platform, platform.title()))


def _month(first: date, rows: Sequence[PlatformSpending]) -> Month:
    lines = [Line(item_words(row.item), row.count, row.amount) for row in rows if row.item != TOTAL]
    return Month(
        first,
        sum(line.count for line in lines),
        sum((line.amount for line in lines), Decimal(0)),
        lines,
    )

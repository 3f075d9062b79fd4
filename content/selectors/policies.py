"""What a person may read of approval policies, and what counts in their units."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import OfficialAccount, Unit, User
from content.events.posts import POLICY_ENDED
from content.models import ApprovalPolicy, Sensitivity
from content.policies import WouldAsk, would_ask_in
from content.policy_people import Deciders, deciders_in, lacking
from content.policy_words import asked_in_words, posts_in_words
from govsocial.audit.models import Entry


def policies_visible_to(user: User) -> QuerySet[ApprovalPolicy]:
    """Those of the units that one sees, and those of the units above, which count there too."""
    seen = user.units_with("content.view")
    return (
        ApprovalPolicy.objects.filter(
            Q(unit_id__any=seen) | Q(unit_id__any=_above(seen), official_account=None)
        )
        .select_related("unit", "official_account__unit", "set_by", "ended_by")
        .order_by("-starts_at", "-pk")
    )


def _above(seen: Collection[int]) -> set[int]:
    parents = dict(Unit.objects.order_by().values_list("pk", "parent_id"))
    above: set[int] = set()
    for unit_id in seen:
        one = parents.get(unit_id)
        while one is not None and one not in above:
            above.add(one)
            one = parents.get(one)
    return above


def policies_to_keep_for(user: User) -> QuerySet[ApprovalPolicy]:
    """Policies that ``user`` may end or replace."""
    units = user.units_with("content.configure")
    return policies_visible_to(user).filter(unit_id__any=units)


def in_force() -> QuerySet[ApprovalPolicy]:
    return ApprovalPolicy.objects.filter(ends_at=None).select_related(
        "unit", "official_account__unit", "set_by"
    )


def policy_for(
    unit_id: int, official_account_id: int | None, sensitivity: str
) -> ApprovalPolicy | None:
    """The one in force for exactly this."""
    return (
        in_force()
        .filter(unit_id=unit_id, official_account_id=official_account_id, sensitivity=sensitivity)
        .first()
    )


def accounts_to_ask_for(user: User) -> QuerySet[OfficialAccount]:
    return _by_unit(user.units_with("content.view"))


def accounts_to_configure(user: User) -> QuerySet[OfficialAccount]:
    return _by_unit(user.units_with("content.configure"))


def _by_unit(units: Collection[int]) -> QuerySet[OfficialAccount]:
    rows = OfficialAccount.objects.filter(unit_id__any=units).select_related("unit")
    return rows.order_by("unit__name", "unit", "display_name", "platform", "pk")


def policies_behind(answers: Iterable[WouldAsk]) -> dict[int, ApprovalPolicy]:
    """The policies that answers of the database speak of. One query."""
    ids = {one for answer in answers for one in (*answer.stages_by, *answer.days_by)}
    return in_force().in_bulk(ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is asked of some posts of a unit, and what is missing for it."""

    posts: str
    asked: str
    lacking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A unit with its own policies in force and what counts there in the end."""

    unit: Unit
    counts: Sequence[Counts]
    own: Sequence[ApprovalPolicy] = field(default_factory=list)
    of_accounts: int = 0

    @property
    def lacking(self) -> str:
        """What is missing for all posts alike."""
        said = {one.lacking for one in self.counts}
        return said.pop() if len(said) == 1 else ""


def unit_rows(units: Sequence[Unit]) -> list[UnitRow]:
    """What stands in the list for ``units``: a handful of queries, however many there are."""
    ids = [unit.pk for unit in units]
    answers = would_ask_in(ids)
    policies, deciders = policies_behind(answers.values()), deciders_in(ids)
    own: dict[int, list[ApprovalPolicy]] = {}
    for policy in in_force().filter(unit_id__any=ids, official_account=None):
        own.setdefault(policy.unit_id, []).append(policy)
    of_accounts = dict(
        ApprovalPolicy.objects.filter(
            unit_id__any=ids, ends_at=None, official_account__isnull=False
        )
        .order_by()
        .values_list("unit_id")
        .annotate(number=Count("pk"))
    )
    return [
        UnitRow(
            unit=unit,
            counts=_counts(unit.pk, answers, policies, deciders.get(unit.pk, Deciders())),
            own=own.get(unit.pk, []),
            of_accounts=of_accounts.get(unit.pk, 0),
        )
        for unit in units
    ]


def _counts(
    unit_id: int,
    answers: Mapping[tuple[int, str], WouldAsk],
    policies: Mapping[int, ApprovalPolicy],
    deciders: Deciders,
) -> list[Counts]:
    """By sensitivity; once where it makes no difference."""
    asked = {str(one): answers[unit_id, str(one)] for one in Sensitivity}
    if len({str(answer) for answer in asked.values()}) == 1:
        asked = {"": asked[Sensitivity.ORDINARY]}
    return [
        Counts(
            posts=posts_in_words(one),
            asked=asked_in_words(answer, policies),
            lacking=lacking(answer.kinds, deciders),
        )
        for one, answer in asked.items()
    ]


def with_successors(policies: QuerySet[ApprovalPolicy]) -> QuerySet[ApprovalPolicy]:
    """Add why the next one for the same was set, where there is one."""
    nothing = Value(0)
    after = ApprovalPolicy.objects.alias(account=Coalesce("official_account_id", nothing)).filter(
        account=Coalesce(OuterRef("official_account_id"), nothing),
        unit_id=OuterRef("unit_id"),
        sensitivity=OuterRef("sensitivity"),
        starts_at__gte=OuterRef("ends_at"),
    )
    return policies.annotate(next_reason=Subquery(after.order_by("starts_at").values("reason")[:1]))


def why_ended(policies: Sequence[ApprovalPolicy]) -> dict[int, str]:
    """The reasons that people gave when they ended policies, from the trail. One query."""
    ids = [str(one.pk) for one in policies if one.ends_at is not None]
    if not ids:
        return {}
    entries = Entry.objects.filter(
        event=POLICY_ENDED.name,
        target_type=ApprovalPolicy._meta.label_lower,
        target_id__in=ids,
    )
    return {int(entry.target_id): str(entry.data["reason"]) for entry in entries}

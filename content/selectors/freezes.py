"""What a person may see of freezes, of what they stopped, and of what may go again."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)

from accounts.models import OfficialAccount, User
from content import following, gate, in_hand
from content.models import (
    Attempt,
    Freeze,
    Halt,
    OpenedPublication,
    Publication,
    Review,
    Withdrawal,
)
from content.models.publication_status import IS_COVERED
from content.selectors.arrays import IsIn
from content.selectors.posts import publications_visible_to

FROZEN = Publication.Status.FROZEN


class _UnitsBelow(Func):
    """The ids of a unit and of everything below it."""

    function = "content_units_below"
    output_field = ArrayField(BigIntegerField())


class _IsMeantBeyond(Func):
    """Whether a document is meant for an account of a unit that is not among these."""

    arity = 2
    template = "EXISTS (SELECT 1 FROM jsonb_each(%(expressions)s))"
    arg_joiner = " -> 'variants') AS one WHERE (one.value ->> 'unit')::bigint <> ALL ("
    output_field = BooleanField()


STILL_COUNTS = Func(F("version_id"), function="content_is_approved", output_field=BooleanField())
"""Whether the approval of a publication still counts."""


def freezes_visible_to(user: User) -> QuerySet[Freeze]:
    """Those of the units that a person may see, and those from above that cover one of them."""
    units = user.units_with("content.view")
    return (
        Freeze.objects.alias(below=_UnitsBelow(F("unit_id")))
        .filter(
            Q(official_account=None, below__overlap=sorted(units))
            | Q(official_account__isnull=False, unit_id__any=units)
        )
        .select_related("unit", "official_account", "begun_by", "lifted_by")
        .order_by("-begun_at", "-pk")
    )


def running_freezes(user: User) -> QuerySet[Freeze]:
    return freezes_visible_to(user).filter(lifted_at=None)


def with_what_they_stopped(freezes: QuerySet[Freeze]) -> QuerySet[Any]:
    """Add how many publications a freeze ``stopped`` when it began, of how many a person was then
    ``in_hands`` to post them, and how many it ``held`` besides since then; how many of all are
    frozen, ``waiting``, and how many in somebody's hands, ``still_in_hands``. In the query of the
    list."""
    halts = Halt.objects.filter(freeze=OuterRef("pk")).order_by()
    at_its_beginning = Q(at_once=True) | _WAS_IN_HAND
    # What was on its way or had failed is kept from going again; it is held once it came to that.
    came_to_it = Q(released_at__isnull=False) | Q(publication__status__in=STOPPED)
    open_ones = halts.filter(released_at=None)
    held_by_people = Publication.objects.filter(in_hand.IN_HAND, pk=OuterRef("publication"))
    return freezes.annotate(
        stopped=_number(halts.filter(at_once=True)),
        in_hands=_number(halts.filter(_WAS_IN_HAND, at_once=False)),
        held=_number(halts.filter(at_its_beginning | came_to_it))
        - _number(halts.filter(at_its_beginning)),
        waiting=_number(open_ones.filter(publication__status=FROZEN)),
        still_in_hands=_number(open_ones.filter(Exists(held_by_people))),
    )


# Of halts: that somebody had taken it to post it by hand, also where their time had run out.
_WAS_IN_HAND = Q(
    Exists(
        Attempt.objects.filter(
            Q(outcome__in=["", Attempt.Outcome.UNKNOWN]) | Q(finished_at__gt=OuterRef("halted_at")),
            publication=OuterRef("publication"),
            by_hand=True,
            started_at__lte=OuterRef("halted_at"),
        )
    )
)


def _number(rows: QuerySet[Halt]) -> Subquery:
    """A post and what follows it on an account are one."""
    counted = rows.annotate(
        number=Func(
            "publication__version_id",
            "publication__official_account_id",
            function="COUNT",
            template="COUNT(DISTINCT (%(expressions)s))",
        )
    )
    return Subquery(counted.values("number"), output_field=IntegerField())


def would_be_stopped(
    user: User, *, unit_id: int, official_account_id: int | None, spares_emergencies: bool
) -> QuerySet[Publication]:
    """What a freeze would stop at this moment: its trigger ``stops_at_once`` asks the same."""
    rows = _covered_by(user, unit_id, official_account_id, spares_emergencies)
    rows = rows.filter(status=Publication.Status.SCHEDULED)
    rows = rows.filter(following.first_of(Publication.Status.SCHEDULED))
    return rows.order_by("scheduled_for", "pk")


def would_be_in_hand(
    user: User, *, unit_id: int, official_account_id: int | None, spares_emergencies: bool
) -> QuerySet[Publication]:
    """What a person has taken of what a freeze would cover, to post it by hand, and no freeze has
    stopped in their hands yet."""
    rows = _covered_by(user, unit_id, official_account_id, spares_emergencies)
    stopped = Halt.objects.filter(publication=OuterRef("pk"), released_at=None)
    return rows.filter(in_hand.IN_HAND).exclude(Exists(stopped)).order_by("scheduled_for", "pk")


def _covered_by(
    user: User, unit_id: int, official_account_id: int | None, spares_emergencies: bool
) -> QuerySet[Publication]:
    rows = publications_visible_to(user)
    if official_account_id is not None:
        rows = rows.filter(official_account_id=official_account_id)
    else:
        below = _UnitsBelow(Value(unit_id))
        rows = rows.filter(IsIn(F("official_account__unit_id"), below))
    if spares_emergencies:
        emergency = Review.objects.filter(version=OuterRef("version"), is_emergency=True)
        rows = rows.exclude(Exists(emergency))
    return rows


def frozen_visible_to(user: User) -> QuerySet[Any]:
    """Frozen publications with ``halted_at``, ``is_covered`` (a freeze still runs), ``counts`` (the
    approval still does), ``has_opened`` (by this person, since) and ``wrote``."""
    opened = OpenedPublication.objects.filter(
        publication=OuterRef("pk"), person=user, opened_at__gte=OuterRef("halts__halted_at")
    )
    return _frozen(publications_visible_to(user)).annotate(
        halted_at=F("halts__halted_at"),
        counts=STILL_COUNTS,
        has_opened=Exists(opened),
        wrote=_is_theirs(user),
    )


STOPPED = (FROZEN, Publication.Status.CANCELLED)


def _frozen(publications: QuerySet[Publication]) -> QuerySet[Publication]:
    """By the halts that are open: of them there is an index, of what is frozen none. What follows
    a frozen one is let go with it."""
    frozen = publications.filter(status=Publication.Status.FROZEN, halts__released_at=None)
    return frozen.filter(following.first_of(Publication.Status.FROZEN))


def to_release_by(user: User) -> QuerySet[Publication]:
    """What no freeze covers any more and waits for a word of this person: let go, or cancelled."""
    units = user.units_with("content.approve")
    beyond = _IsMeantBeyond(
        F("version__document"), Value(sorted(units), output_field=ArrayField(BigIntegerField()))
    )
    return (
        _frozen(publications_visible_to(user))
        .filter(post__unit_id__any=units, official_account__unit_id__any=units)
        .exclude(beyond)
        .exclude(_is_theirs(user))
        .exclude(IS_COVERED)
    )


def _is_theirs(user: User) -> Q:
    """Whether they wrote it, or hold their role only in a place that does not count for it."""
    wrote = Q(gate.wrote_where(user, "version"))
    if not user.stands_in:
        return wrote
    units = user.units_with("content.approve")
    held = Q(post__unit_id__any=units, official_account__unit_id__any=units)
    return wrote | (held & ~Q(gate.may_decide_where(user, "version", "content.approve")))


def may_release(publication: Publication, user: User) -> bool:
    """Whether this person holds the right on all that the version is meant for."""
    variants = publication.version.document.get("variants", {}).values()
    units = {int(one["unit"]) for one in variants}
    units |= {publication.post.unit_id, publication.official_account.unit_id}
    return all(user.holds("content.approve", unit) for unit in units)


def withdrawals_for(user: User) -> QuerySet[Publication]:
    """Withdrawn publications of which a person must look after what the platform still shows."""
    units = user.units_with("content.publish")
    open_ones = Withdrawal.objects.filter(outcome="", needs_person=True)
    return publications_visible_to(user).filter(
        official_account__unit_id__any=units,
        status=Publication.Status.WITHDRAWN,
        pk__in=open_ones.values("publication"),
    )


def freezes_over(account: OfficialAccount) -> QuerySet[Freeze]:
    """The running freezes that cover an account: its own, those of its unit and from above, and
    what covered it before it was moved."""
    return (
        Freeze.objects.alias(below=_UnitsBelow(F("unit_id")))
        .filter(lifted_at=None)
        .filter(
            Q(official_account=account)
            | Q(official_account=None, below__contains=[account.unit_id])
            | Q(covered__contains=[account.pk])
        )
        .select_related("unit", "official_account")
        .order_by("begun_at", "pk")
    )


def running_with_units() -> QuerySet[Any]:
    """Every freeze that runs, each with the units ``below`` it, for ``covers``."""
    return Freeze.objects.filter(lifted_at=None).annotate(below=_UnitsBelow(F("unit_id")))


def covers(freeze: Any, account: OfficialAccount) -> bool:
    """Whether one of ``running_with_units`` covers an account: as ``freezes_over`` finds it."""
    if account.pk in freeze.covered or freeze.official_account_id == account.pk:
        return True
    return freeze.official_account_id is None and account.unit_id in freeze.below


def freezes_beside(freeze: Freeze) -> tuple[list[Freeze], list[Freeze]]:
    """The other running freezes that cover all of what this one is on, and those that cover a part
    of it. Two queries at most."""
    others = (
        Freeze.objects.alias(below=_UnitsBelow(F("unit_id")))
        .filter(lifted_at=None)
        .exclude(pk=freeze.pk)
        .select_related("unit", "official_account")
        .order_by("begun_at", "pk")
    )
    account = freeze.official_account
    if account is not None:
        return list(freezes_over(account).exclude(pk=freeze.pk)), []
    of_all = Q(official_account=None, below__contains=[freeze.unit_id])
    within = Q(IsIn(F("unit_id"), _UnitsBelow(Value(freeze.unit_id))))
    of_some = (within | Q(covered__overlap=freeze.covered)) & ~of_all
    return list(others.filter(of_all)), list(others.filter(of_some))


def stopped_by(freeze: Freeze) -> tuple[int, int]:
    """How many publications a freeze stopped when it began, and how many besides in the hands of
    who had taken them."""
    rows = with_what_they_stopped(Freeze.objects.filter(pk=freeze.pk))
    stopped, in_hands = rows.values_list("stopped", "in_hands").get()
    return stopped, in_hands

"""In whose place a person who stands in for others would decide, read with what they decide on."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    F,
    Func,
    OuterRef,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import JSONObject

from accounts.capabilities import Role, roles_with
from accounts.models import Grant, User
from accounts.models.people import grants_held_now
from content import gate
from content.models import StageKind

FOR_WHOM = {"content.review": "for_whom_to_review", "content.approve": "for_whom_to_approve"}


class _CountsFor(Func):
    """Whether a grant is for a unit that a version concerns, or for one above it. Takes what leads
    to the version, then what leads to the unit of the grant."""

    template = (
        "EXISTS (SELECT FROM content_units_of(%(expressions)s = ANY (content_units_above(n.unit)))"
    )
    arg_joiner = ") AS n(unit) WHERE "
    output_field = BooleanField()


def with_principals(posts: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Add by the names of ``FOR_WHOM`` the name of the person in whose place ``user`` would decide
    on the current version, None where in nobody's; and ``principals``, all whose place they hold:
    ``id``, ``name``, ``how`` each wrote of it, as ``gate.wrote_how``, and whether each ``holds``
    the role themselves wherever it goes, without which the place does not count."""
    wrote = Func(
        F("on_behalf_of"),
        OuterRef("current_version"),
        function="content_wrote_how",
        output_field=CharField(),
    )
    roles = [*roles_with("content.review"), *roles_with("content.approve")]
    held = Grant.objects.filter(
        grants_held_now(), _CountsFor(OuterRef("current_version"), F("unit")), user=user,
        on_behalf_of__isnull=False, role__in=roles,
    )  # fmt: skip
    holds = Func(
        F("on_behalf_of"),
        OuterRef("current_version"),
        # An approver may review.
        Case(
            When(role=Role.REVIEWER, then=gate.roles_value(roles_with("content.review"))),
            default=gate.roles_value(roles_with("content.approve")),
        ),
        function="content_holds_alone",
        output_field=BooleanField(),
    )
    told = JSONObject(id="on_behalf_of_id", name="on_behalf_of__full_name", how=wrote, holds=holds)
    each = held.annotate(told=told).order_by("told").values_list("told", flat=True).distinct()
    names = {
        name: _named(gate.acts_for_where(user, "current_version", roles_with(capability)))
        for capability, name in FOR_WHOM.items()
    }
    found: QuerySet[Any] = posts.annotate(principals=ArraySubquery(each), **names)
    return found


def with_for_whom(reviews: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Add ``for_whom`` to reviews that have their ``present_stage``: the name of the person in
    whose place ``user`` would approve it, None where in nobody's."""
    roles = Case(
        When(
            present_stage=StageKind.APPROVE,
            then=gate.roles_value(roles_with("content.approve")),
        ),
        default=gate.roles_value(roles_with("content.review")),
    )
    principal = gate.acts_for_where(user, "version", OuterRef("roles_now"))
    found: QuerySet[Any] = reviews.alias(roles_now=roles).annotate(for_whom=_named(principal))
    return found


def _named(person: Func) -> Subquery:
    return Subquery(User.objects.filter(pk=person).order_by().values("full_name"))

"""Every read that depends on who looks. Views start from a ``…_visible_to``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.utils import timezone

from accounts.capabilities import Role, roles_with
from accounts.compliance_rules import OPEN
from accounts.events import ACCOUNT_RELEASED, PREFERENCES_CHANGED
from accounts.health import (
    ACT,
    ENDS_SOON,
    WATCH,
    State,
    health_of,
    with_health,
)
from accounts.models import (
    Administrator,
    Attestation,
    ConsentRequest,
    Credential,
    Grant,
    ImportBatch,
    OfficialAccount,
    Revocation,
    Unit,
    User,
)
from accounts.models.attestation import confirmations
from accounts.models.consent import browser_digest
from accounts.models.people import grants_held_now, grants_not_over
from accounts.named import WithARole, names_outsiders
from accounts.quotas_left import quotas_left
from govsocial.audit.models import Entry
from govsocial.audit.selectors import EXPORTS
from govsocial.audit.sentences import sentence
from govsocial.platforms.registry import Platform

LONGEST_HISTORY = 50


def official_accounts_visible_to(user: User) -> QuerySet[OfficialAccount]:
    return OfficialAccount.objects.filter(
        unit_id__any=user.units_with("accounts.view")
    ).select_related("unit", "credential")


def with_evidence(accounts: QuerySet[OfficialAccount]) -> QuerySet[OfficialAccount]:
    """Each account with what its page and its checklist read."""
    assignments = Administrator.objects.select_related("user", "minutes").order_by(
        F("ends_on").desc(nulls_first=True), "-starts_on", "pk"
    )
    answers = Attestation.objects.filter(official_account=OuterRef("pk"))
    confirmed = confirmations().filter(official_account=OuterRef("pk")).order_by()
    latest = confirmed.values("official_account").annotate(at=Max("confirmed_at")).values("at")
    # What a refused consent gave was never a connection.
    revoked = Revocation.objects.filter(
        official_account=OuterRef("pk"), of_refused_consent=False
    ).order_by("-created_at")
    return (
        accounts.select_related("person_in_charge", "decree_file", "listing")
        .annotate(
            has_answers=Exists(answers),
            with_a_role=WithARole(),
            last_confirmed_at=Subquery(latest),
            revocation_outcome=Subquery(revoked.values("outcome")[:1]),
            revoked_at=Subquery(revoked.values("created_at")[:1]),
        )
        .prefetch_related(Prefetch("administrators", assignments))
    )


def administrators_visible_to(user: User) -> QuerySet[Administrator]:
    return Administrator.objects.filter(
        official_account__unit_id__any=user.units_with("accounts.view")
    ).select_related("official_account__unit", "user")


def people_to_choose_for(user: User) -> QuerySet[User]:
    """People who may answer for or work on accounts that ``user`` keeps: those with a role there.

    Whether the role reaches the very unit of an account is the action's question.
    """
    parents = dict(Unit.objects.order_by().values_list("pk", "parent_id"))
    around: set[int] = set()
    for unit_id in user.units_with("accounts.manage"):
        above: int | None = unit_id
        while above is not None and above not in around:
            around.add(above)
            above = parents.get(above)
    held = Grant.objects.filter(grants_held_now(), user=OuterRef("pk"), unit_id__any=around)
    return User.objects.filter(Exists(held), is_active=True, is_system=False)


def people_in_charge_for(user: User) -> QuerySet[User]:
    """The people in charge of accounts that ``user`` sees."""
    theirs = OfficialAccount.objects.filter(
        person_in_charge=OuterRef("pk"), unit_id__any=user.units_with("accounts.view")
    )
    return User.objects.filter(Exists(theirs))


def imports_of(user: User) -> QuerySet[ImportBatch]:
    """The uploads of ``user`` that are still kept. Other people's are nobody's business."""
    return ImportBatch.objects.filter(owner=user, expires_at__gt=timezone.now())


def accounts_to_connect(user: User) -> QuerySet[OfficialAccount]:
    """Accounts in use that ``user`` could connect and that are not, those once connected first."""
    units = user.units_with("accounts.manage") if user.holds("accounts.manage") else []
    return (
        OfficialAccount.objects.filter(
            unit_id__any=units,
            status=OfficialAccount.Status.ACTIVE,
            platform__in=[str(platform) for platform in Platform],
        )
        .exclude(credential__status=Credential.Status.GOOD)
        .select_related("unit", "credential")
        .order_by(
            Case(When(credential__status=Credential.Status.REVOKED, then=0), default=1),
            "display_name",
            "pk",
        )
    )


def connections_that_end(user: User) -> QuerySet[OfficialAccount]:
    """Accounts of ``user`` whose connection a person must renew soon, the next one first."""
    units = user.units_with("accounts.manage") if user.holds("accounts.manage") else []
    return (
        OfficialAccount.objects.filter(
            unit_id__any=units,
            status=OfficialAccount.Status.ACTIVE,
            credential__status=Credential.Status.GOOD,
            credential__expires_at__lte=timezone.now() + ENDS_SOON,
        )
        .select_related("unit", "credential")
        .order_by("credential__expires_at", "pk")
    )


def accounts_naming_outsiders(user: User, *, elsewhere: bool = False) -> QuerySet[OfficialAccount]:
    """Accounts of ``user`` that name somebody without a role on the unit; or those of others, which
    ``user`` only sees. To be counted."""
    seen, managed = user.units_with("accounts.view"), user.units_with("accounts.manage")
    units = seen - managed if elsewhere else seen & managed
    return OfficialAccount.objects.filter(
        names_outsiders(), unit_id__any=units if managed else [], status__in=OPEN
    )


def people_who_manage(unit: Unit) -> QuerySet[User]:
    """Everybody who keeps the official accounts of the unit now, by name."""
    grants = Grant.objects.filter(
        grants_held_now(),
        user=OuterRef("pk"),
        role__in=roles_with("accounts.manage"),
        unit__in=list(unit.ancestors(include_self=True)),
    )
    return User.objects.filter(Exists(grants), is_active=True).order_by("full_name", "pk")


def units_visible_to(user: User, capability: str) -> QuerySet[Unit]:
    """The units on which ``user`` holds ``capability``, by name."""
    units: QuerySet[Unit] = Unit.objects.filter(pk__any=user.units_with(capability))
    return units.order_by("name", "pk")


def unit_tree_for(user: User) -> QuerySet[Unit]:
    """The units that ``user`` administers in the order of the tree, each with ``tree_depth``."""
    return unit_tree_visible_to(user, "people.manage").select_related("parent")


def unit_tree_visible_to(user: User, capability: str) -> QuerySet[Unit]:
    """The units on which ``user`` holds ``capability`` in the order of the tree."""
    tree: QuerySet[Unit] = Unit.objects.with_tree_fields().filter(
        pk__any=user.units_with(capability)
    )
    return tree


def units_that_may_move(user: User) -> set[int]:
    """The ids of the units that ``user`` may move to another place: they administer the unit above
    and one more that is neither the unit itself nor below it. One query."""
    managed = user.units_with("people.manage")
    units = Unit.objects.filter(pk__any=managed).order_by()
    parents: dict[int, int | None] = dict(units.values_list("pk", "parent_id"))
    sizes = dict.fromkeys(parents, 0)
    for unit_id in parents:
        above: int | None = unit_id
        while above in sizes:
            sizes[above] += 1
            above = parents[above]
    return {
        unit_id
        for unit_id, parent_id in parents.items()
        if parent_id in parents and len(parents) > sizes[unit_id] + 1
    }


def units_below(unit: Unit) -> list[int]:
    """The ids of ``unit`` and of everything below it."""
    return list(unit.descendants(include_self=True).values_list("pk", flat=True))


def people_visible_to(user: User) -> QuerySet[User]:
    """People with a role, now or once, where ``user`` administers; and those without any."""
    held = Grant.objects.filter(user=OuterRef("pk"))
    here = held.filter(unit_id__any=user.units_with("people.manage"))
    return User.objects.filter(Exists(here) | ~Exists(held), is_system=False)


def is_over(user: User, person: User) -> bool:
    """Whether ``user`` administers every unit that ``person`` belongs to: what the actions on
    people ask anew (``guards.require_over``)."""
    units = units_belonged_to(person)
    return bool(units) and all(user.holds("people.manage", unit_id) for unit_id in units)


def units_belonged_to(person: User) -> set[int]:
    """The units where they have a role that runs or will run; without any, where they had one; and
    without any at all, the whole agency."""
    grants = Grant.objects.filter(user=person)
    not_over = grants.filter(grants_not_over())
    units = set(not_over.values_list("unit_id", flat=True)) or set(
        grants.values_list("unit_id", flat=True)
    )
    if not units:
        units = set(Unit.objects.filter(parent=None).values_list("pk", flat=True))
    return units


def with_grants_not_over(people: QuerySet[User]) -> QuerySet[User]:
    """Each person with ``grants_not_over``, and their units."""
    grants = Grant.objects.filter(grants_not_over()).select_related("unit")
    return people.prefetch_related(Prefetch("grants", grants, to_attr="grants_not_over"))


def grants_of(person: User, *, seen_by: User) -> QuerySet[Grant]:
    """The grants of ``person`` where ``seen_by`` administers, those without an end first."""
    return (
        Grant.objects.filter(user=person, unit_id__any=seen_by.units_with("people.manage"))
        .select_related("unit", "user", "on_behalf_of", "granted_by")
        .order_by("-ends_at", "unit__name", "role")
    )


def standing_in_for(grant: Grant) -> QuerySet[Grant]:
    """Roles that others hold, or will hold, on behalf of the person of ``grant``, and which count
    for decisions only while that person holds such a role themselves."""
    if grant.on_behalf_of_id is not None:
        return Grant.objects.none()
    roles = {grant.role, Role.REVIEWER} if grant.role == Role.APPROVER else {grant.role}
    below = grant.unit.descendants(include_self=True)
    held = Grant.objects.filter(grants_not_over(), on_behalf_of=grant.user_id, role__in=roles)
    return held.filter(unit__in=below).select_related("user", "unit").order_by("user__full_name")


def grants_visible_to(user: User) -> QuerySet[Grant]:
    """Grants on units that ``user`` administers."""
    return Grant.objects.filter(unit_id__any=user.units_with("people.manage")).select_related(
        "unit", "user", "on_behalf_of"
    )


def own_grants(user: User) -> QuerySet[Grant]:
    """The grants of ``user`` that are not over."""
    return (
        Grant.objects.filter(grants_not_over(), user=user)
        .select_related("unit", "on_behalf_of")
        .order_by("unit__name", "role")
    )


def history_of_person(person: User, *, seen_by: User) -> list[dict[str, Any]]:
    """What the trail says about a person and their roles, as far as ``seen_by`` administers.

    Not that they signed in, took a list out or chose another language: it would push out
    everything else, and is for who reads the trail.
    """
    grants = [str(grant.pk) for grant in grants_of(person, seen_by=seen_by)]
    about = Q(target_type=User._meta.label_lower, target_id=str(person.pk))
    about |= Q(target_type=Grant._meta.label_lower, target_id__in=grants)
    units = seen_by.units_with("people.manage")
    entries = (
        Entry.objects.filter(
            about, Q(unit_id=None) | Q(unit_id__any=units), event__startswith="accounts."
        )
        .exclude(Q(event__endswith=EXPORTS) | Q(event=PREFERENCES_CHANGED.name))
        .order_by("-id")[:LONGEST_HISTORY]
    )
    return [{"sentence": sentence(entry), "at": entry.at, "tone": ""} for entry in entries]


def release_of(account: OfficialAccount) -> Entry | None:
    """When and why its handle was marked as released; None where it was not, or in another way
    than by a person. One query, for released accounts alone."""
    if not account.is_released:
        return None
    about = {"target_type": account._meta.label_lower, "target_id": str(account.pk)}
    return Entry.objects.filter(event=ACCOUNT_RELEASED.name, **about).order_by("-id").first()


def accounts_with_health(user: User) -> QuerySet[Any]:
    """The accounts in use that ``user`` keeps, with the state of their connections."""
    closed = [OfficialAccount.Status.CLOSED, OfficialAccount.Status.RELEASED]
    accounts = OfficialAccount.objects.filter(unit_id__any=user.units_with("accounts.manage"))
    return with_health(accounts.exclude(status__in=closed).select_related("unit", "credential"))


def connection_of(account: OfficialAccount) -> dict[str, Any]:
    """The card of a connection: its health, or what became of the one before.

    ``account`` came through ``with_health`` and ``with_evidence``."""
    left = quotas_left([account]) if account.is_connected else {}
    in_use = account.is_connected or account.needs_reconnecting
    return {
        "health": health_of(account, left.get(account.pk)),
        "former": "" if in_use else _outcome_in_words(account),
        "app_password_stays": account.platform == Platform.BLUESKY,
    }


def secret_of(account: OfficialAccount) -> str:
    """Which secret is stored: "consent" can be revoked through the application, "pasted" only by
    its owner, "address" is that of a website; empty where there is none."""
    if not (account.is_connected or account.needs_reconnecting):
        return ""
    if account.platform == Platform.FEED:
        return "address"
    app = account.credential.app
    return "consent" if app is not None and app.is_configured else "pasted"


def _outcome_in_words(account: OfficialAccount) -> str:
    """What the platform said to the end of the last connection; empty where there was none."""
    outcome: str | None = account.revocation_outcome  # type: ignore[attr-defined]  # annotated
    return str(Revocation.Outcome(outcome).label) if outcome else ""


def health_tiles(user: User) -> dict[str, int]:
    """How many accounts of ``user`` need something done, an eye kept on, and nothing."""
    counted = {
        State(state): (count, in_use)
        for state, count, in_use in accounts_with_health(user)
        .order_by()
        .values_list("state")
        .annotate(Count("pk"), in_use=Count("pk", filter=Q(status=OfficialAccount.Status.ACTIVE)))
    }
    by_state = {state: count for state, (count, _in_use) in counted.items()}
    return {
        "act": sum(in_use for state, (_count, in_use) in counted.items() if state in ACT),
        "watch": sum(by_state.get(state, 0) for state in WATCH),
        "good": by_state.get(State.GOOD, 0),
        "by_hand": by_state.get(State.BY_HAND, 0),
        "can_connect": sum(by_state.values()) - by_state.get(State.BY_HAND, 0),
    }


def consents_to_choose(user: User, browser: str) -> QuerySet[ConsentRequest]:
    """Requests of this person in this browser session that wait for a choice."""
    return ConsentRequest.objects.filter(
        user=user,
        browser_sha256=browser_digest(browser),
        status=ConsentRequest.Status.CHOOSING,
        expires_at__gt=timezone.now(),
    ).select_related("official_account__unit")


def as_uuid(text: str) -> UUID | None:
    """The id in an address; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None

"""An office in which people write, decide and rule in any order.

What is written, asked for and decided is noted beside the application, so that what comes of it can
be compared with something else than what the application keeps.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from accounts.capabilities import Role
from accounts.models import Grant, User
from content import actions
from content.documents import EMERGENCY, Document
from content.errors import ContentError
from content.models import Freeze, Post, PostVersion, Relation, Review
from content.surroundings import findings_of
from tests import factories
from tests.cast import Cast
from tests.content.moody import Moody
from tests.content.stage import FACETS, connected_account, document, holding_until, later

PEOPLE = ("dwi", "rina", "made", "sari", "putu", "bayu", "ratna", "nur")
person = st.sampled_from(PEOPLE)
place = st.integers(0, 3)
Shape = tuple[str, int, str]
SHAPES: list[Shape] = [
    ("threads", 0, "ordinary"),
    ("threads", 1, "sensitive"),
    ("threads", 2, "ordinary"),
    ("comments", 1, "ordinary"),
    ("", 1, "sensitive"),
    ("", 1, EMERGENCY),
]
"""Where a post goes ("" is everywhere), how many texts follow it, and its sensitivity."""
shapes = st.sampled_from(SHAPES)
ABOUT = ("", "", "threads", "comments", "sensitive")
"""What a policy is for: "" is the whole unit, else an account or a sensitivity."""
STAGES = st.sampled_from(
    [["approve"], ["review", "approve"], ["approve", "approve"], ["review", "review", "approve"]]
)


class Policy(NamedTuple):
    about: str
    stages: list[str]
    key: int


@dataclass
class Told:
    """What the machine saw happen with one version."""

    asked: list[str]
    writers: set[int]
    submitter: int
    is_emergency: bool
    planned_at: datetime | None
    approvals: list[tuple[int, str]] = field(default_factory=list)
    """Who, and the best capability that they held at that moment."""
    has_expired: bool = False


class Office(RuleBasedStateMachine):
    cast: Cast
    seen: set[tuple[str, int, int]]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        cast = type(self).cast
        self.people: dict[str, User] = {
            name: User.objects.get(pk=getattr(cast, name).pk) for name in PEOPLE if name != "putu"
        }
        self.people["putu"] = factories.user("Putu Ayu")
        factories.grant(self.people["putu"], Role.APPROVER, cast.diskominfo)
        factories.grant(self.people["dwi"], Role.APPROVER, cast.diskominfo)
        unit = cast.diskominfo
        self.accounts = {
            "threads": connected_account(unit),
            "comments": connected_account(unit, platform="facebook", host=""),
        }
        self.platforms = {one.pk: Moody(account=one) for one in self.accounts.values()}
        self.meant: dict[int, dict[int, list[str]]] = {}
        """By version and account, what was written: the post, and what is to follow it."""
        self.told: dict[int, Told] = {}
        """By version."""
        self.policies: dict[int, list[Policy]] = {}
        """Every policy that was in force since a post was begun."""
        self.in_force: dict[str, Policy] = {}
        self.began_with: dict[int, set[int]] = {}
        """Who wrote what a post was begun with, by post."""
        self.number = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # What people do

    def tries(self, action: Any, who: str, **named: Any) -> Any:
        actor = self.people[who]
        actor.forget_reach()
        with suppress(PermissionDenied, ContentError):
            return action(actor=actor, **named)
        return None

    def pick(self, number: int) -> Post | None:
        found = list(Post.objects.select_related("current_version").order_by("pk"))
        return found[number % len(found)] if found else None

    def compose(self, shape: Shape) -> tuple[Document, dict[int, list[str]]]:
        """A document, and what it means on each account. No two say the same."""
        where, length, sensitivity = shape
        self.number += 1
        end = later(hours=6) if sensitivity == EMERGENCY else None
        text = holding_until(f"Kabar {self.number}.", end)
        thread = [f"{text}, lanjutan {number}" for number in range(length)]
        comment = f"{text}, komentar" if length else ""
        goes_on = {"threads": thread, "comments": [comment] if comment else []}
        chosen = {key: one for key, one in self.accounts.items() if where in ("", key)}
        meant = {one.pk: [text, *goes_on[key]] for key, one in chosen.items()}
        said = document(
            *chosen.values(), text=text, thread=thread, first_comment=comment,
            facets=replace(FACETS, sensitivity=sensitivity),
            valid_until=end,
        )  # fmt: skip
        return said, meant

    @rule(who=person, shape=shapes)
    def write(self, who: str, shape: Shape) -> None:
        said, meant = self.compose(shape)
        made = self.tries(
            actions.create_post, who, unit_id=type(self).cast.diskominfo.pk, document=said
        )
        if made:
            self.policies[made.pk] = list(self.in_force.values())
            self.meant[made.current_version_id] = meant

    @rule(who=person, number=place, shape=shapes)
    def edit(self, who: str, number: int, shape: Shape) -> None:
        post = self.pick(number)
        if post is not None:
            self.rewrite(who, post, shape)

    def rewrite(self, who: str, post: Post, shape: Shape) -> None:
        assert post.current_version is not None
        said, meant = self.compose(shape)
        if post.relation == Relation.CORRECTION:
            found = findings_of(said, post.unit, post)
            said = replace(said, justified={one.key: "Uji" for one in found})
        edited = self.tries(
            actions.edit_post, who, post_id=post.pk, based_on=post.current_version.number,
            document=said,
        )  # fmt: skip
        if edited:
            self.meant[edited.post.current_version_id] = meant

    @rule(who=person, number=place, relation=st.sampled_from(Relation.values), shape=shapes)
    def correct(self, who: str, number: int, relation: str, shape: Shape) -> None:
        first = self.pick(number)
        if first is None or first.current_version is None:
            return
        made = self.tries(actions.follow_post, who, post_id=first.pk, relation=relation)
        if made:
            self.policies[made.pk] = list(self.in_force.values())
            self.meant[made.current_version_id] = self.meant[first.current_version.pk]
            self.rewrite(who, made, shape)

    @rule(who=person, number=place)
    def submit(self, who: str, number: int) -> None:
        post = self.pick(number)
        if post is None or post.current_version is None:
            return
        review: Review | None = self.tries(
            actions.submit_post, who, post_id=post.pk, based_on=post.current_version.number
        )
        if review is not None:
            # What was decided once is submitted as a version of its own.
            self.meant[review.version_id] = self.meant[post.current_version.pk]
            said = review.version.content()
            self.told[review.version_id] = Told(
                asked=self.asked_of(post, said),
                writers=self.writers_of(post),
                submitter=self.people[who].pk,
                is_emergency=said.is_emergency,
                planned_at=said.planned_at,
            )

    def asked_of(self, post: Post, said: Document) -> list[str]:
        if said.is_emergency:
            return ["approve"]
        places = {key for key, one in self.accounts.items() if one.pk in said.texts}
        about = {"", said.facets.sensitivity, *places}
        return strictest_of([one.stages for one in self.policies[post.pk] if one.about in about])

    def writers_of(self, post: Post) -> set[int]:
        """Whoever wrote the post, what it corrects or updates, or what one of these began with."""
        known = self.with_those_before(post)
        written = PostVersion.objects.filter(post__in=known).values_list("editor_id", flat=True)
        return set(written).union(*(self.began_with.get(one.pk, set()) for one in known))

    def with_those_before(self, post: Post) -> list[Post]:
        """The post, what it corrects or updates, and so on."""
        return [post, *self.with_those_before(post.follows)] if post.follows else [post]

    @rule(who=person, number=place, verdict=st.sampled_from("aaacr"))
    def decide(self, who: str, number: int, verdict: str) -> None:
        post = self.pick(number)
        if post is None or post.current_version is None:
            return
        about = {"post_id": post.pk, "digest": post.current_version.digest}
        if verdict == "c":
            self.tries(actions.request_changes, who, note="Perbaiki", **about)
        elif verdict == "r":
            self.tries(actions.reject_post, who, note="Tidak", **about)
        elif self.tries(actions.approve_post, who, confirmed=1, note="Uji", **about):
            holds = "approve" if self.holds(who, "content.approve") else "review"
            self.told[post.current_version.pk].approvals.append((self.people[who].pk, holds))

    @rule(who=person, number=place)
    def take_back(self, who: str, number: int) -> None:
        post = self.pick(number)
        if post is not None:
            self.tries(actions.take_back_post, who, post_id=post.pk)

    @rule(stages=STAGES | st.none(), about=st.sampled_from(ABOUT))
    def rule_the_office(self, stages: list[str] | None, about: str) -> None:
        if stages:
            self.set_policy(stages, about)
        else:
            self.end_policy(about)

    @rule(who=st.sampled_from(["sari", "sari", "ratna", "dwi", "nur"]))
    def freeze_or_lift(self, who: str) -> None:
        row = Freeze.objects.filter(lifted_at=None).first()
        if row is not None:
            self.tries(actions.lift_freeze, who, freeze_id=row.pk, reason="Uji")
        else:
            unit = type(self).cast.diskominfo
            self.tries(actions.begin_freeze, who, unit_id=unit.pk, kind="other", reason="Uji")

    def set_policy(self, stages: list[str], about: str = "") -> None:
        current = self.in_force.get(about)
        account = self.accounts.get(about)
        covered = actions.Covered(
            unit_id=type(self).cast.diskominfo.pk,
            official_account_id=account.pk if account else None,
            sensitivity="" if account else about,
        )
        made = self.tries(
            actions.set_policy, "bayu", stages=stages, days=14, remind_after=1, escalate_after=2,
            covered=covered, reason="Uji", seen=current.key if current else None,
        )  # fmt: skip
        assert made
        self.in_force[about] = Policy(about, stages, made.pk)
        for known in self.policies.values():
            known.append(self.in_force[about])

    def end_policy(self, about: str) -> None:
        current = self.in_force.pop(about, None)
        if current is not None:
            assert self.tries(actions.end_policy, "bayu", policy_id=current.key, reason="Uji")

    @rule(who=st.sampled_from(["sari", "putu", "made"]), is_lost=st.booleans())
    def change_a_role(self, who: str, is_lost: bool) -> None:
        if is_lost:
            running = Grant.objects.filter(user=self.people[who], ends_at=None)
            running.update(ends_at=timezone.now())
        else:
            factories.grant(self.people[who], Role.APPROVER, type(self).cast.diskominfo)

    def holds(self, who: str, capability: str) -> bool:
        self.people[who].forget_reach()
        return self.people[who].may(capability, type(self).cast.diskominfo.pk)


def strictest_of(policies: list[list[str]]) -> list[str]:
    longest = max((len(one) for one in policies), default=1)
    if not policies:
        return ["approve"]
    return [
        "approve"
        if any(len(one) >= back and one[-back] == "approve" for one in policies)
        else "review"
        for back in range(longest, 0, -1)
    ]

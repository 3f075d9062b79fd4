"""What seldom happens in an office: posts begun with the words of others, moved in the calendar,
approved and left to expire; and what is seen to after an emergency."""

from __future__ import annotations

import uuid

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from content import actions
from content.models import BankText, Decision, Post, Retrospective
from tests.content.office import Shape, person, place, shapes
from tests.content.outlet import Outlet
from tests.content.stage import later
from tests.content.test_bank import wording
from tests.content.test_layers import without_triggers

helper = st.sampled_from(["sari", "sari", "putu", "dwi"])
"""Who puts words where others find them: mostly those who approve."""

BEGUN = ("copy", "idea", "bank")
SELDOM = ("move", "expire", "look")


class Wider(Outlet):
    @rule(who=person, author=helper, number=place, shape=shapes, way=st.sampled_from(BEGUN))
    def begin_with_what_others_wrote(
        self, who: str, author: str, number: int, shape: Shape, way: str
    ) -> None:
        source = self.pick(number)
        if way == "idea":
            self.write_from_an_idea(who, author, shape)
        elif way == "bank":
            self.write_from_the_bank(who, author, shape)
        elif source is not None:
            self.duplicate(who, source, shape)

    @rule(who=person, number=place, hours=st.integers(1, 48), what=st.sampled_from(SELDOM))
    def do_what_is_seldom_done(self, who: str, number: int, hours: int, what: str) -> None:
        post = self.pick(number)
        if what == "look":
            self.look_at_an_emergency(who)
        elif post is not None and what == "move":
            self.move_in_the_calendar(who, post, hours)
        elif post is not None:
            self.let_an_approval_expire(post)

    # How each is done

    def duplicate(self, who: str, source: Post, shape: Shape) -> None:
        assert source.current_version is not None
        made = self.tries(
            actions.duplicate_post, who, post_id=source.pk, unit_id=source.unit_id,
            number=source.current_version.number,
        )  # fmt: skip
        self.begin_with(who, made, shape, self.writers_of(source))

    def write_from_an_idea(self, who: str, author: str, shape: Shape) -> None:
        unit = type(self).cast.diskominfo
        idea = self.tries(actions.add_idea, author, unit_id=unit.pk, values={"title": "Usul"})
        if idea:
            made = self.tries(actions.write_from_idea, who, idea_id=idea.pk, key=uuid.uuid4())
            self.begin_with(who, made, shape, {self.people[author].pk})

    def begin_with(self, who: str, made: Post | None, shape: Shape, writers: set[int]) -> None:
        if made:
            self.policies[made.pk] = list(self.in_force.values())
            self.began_with[made.pk] = writers
            self.meant[made.current_version_id or 0] = {}
            self.rewrite(who, made, shape)

    def write_from_the_bank(self, who: str, author: str, shape: Shape) -> None:
        unit = type(self).cast.diskominfo
        said, meant = self.compose(shape)
        kept: BankText | None = self.tries(
            actions.add_bank_text, author, unit_id=unit.pk, kind="template",
            wording=wording(title=f"Pola {self.number}"),
        )  # fmt: skip
        if kept is None:
            return
        made = self.tries(
            actions.create_post, who, unit_id=unit.pk, document=said, from_bank=[kept.pk]
        )
        if made:
            self.policies[made.pk] = list(self.in_force.values())
            self.began_with[made.pk] = {self.people[author].pk}
            self.meant[made.current_version_id] = meant

    def move_in_the_calendar(self, who: str, post: Post, hours: int) -> None:
        assert post.current_version is not None
        moved = self.tries(
            actions.reschedule_post, who, post_id=post.pk, planned_at=later(hours=hours),
            based_on=post.current_version.number, voids=True,
        )  # fmt: skip
        if moved:
            self.meant[moved.current_version_id] = self.meant[post.current_version.pk]

    def let_an_approval_expire(self, post: Post) -> None:
        told = self.told.get(post.current_version_id or 0)
        if told is None or not told.approvals:
            return
        of_it = Decision.objects.filter(review__version=post.current_version, verdict="approve")
        with without_triggers("content_decision"):
            of_it.update(expires_at=timezone.now())
        told.has_expired = True

    def look_at_an_emergency(self, who: str) -> None:
        row = Retrospective.objects.filter(done_at=None).select_related("review").first()
        answered = row and self.tries(
            actions.answer_retrospective, who, retrospective_id=row.pk, verdict="justified",
            findings="Uji",
        )  # fmt: skip
        if row and answered:
            type(self).seen.add(("looked_at", 0, 0))
            told = self.told[row.review.version_id]
            had_a_part = {one for one, _held in told.approvals} | told.writers | {told.submitter}
            assert self.people[who].pk not in had_a_part

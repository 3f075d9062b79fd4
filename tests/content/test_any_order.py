"""Whatever people do in whatever order, nothing is published without what its policy asked for; and
of what is, each part goes out once, in order, or it is said openly what became of it.

The rules of the gate are written here once more, in Python over what the machine itself did, so
that they are checked against something else than themselves.
"""

from __future__ import annotations

from itertools import groupby

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from content.models import Attempt, Freeze, Post, Publication, Retrospective, Withdrawal
from content.states import with_shown_status
from tests.cast import Cast
from tests.content.moody import Moody, Taken
from tests.content.outlet import STATUS
from tests.content.wider import Wider

ENDED = (STATUS.CANCELLED, STATUS.WITHDRAWN)
EXAMPLES = 8
"""As many as the suite has time for, the same in every run. Others are tried in a longer run:
docs/howto/try-the-gate-in-any-order.md."""
STUCK = (STATUS.FAILED, STATUS.UNCONFIRMED, STATUS.FROZEN)


class Watched(Wider):
    def __init__(self) -> None:
        super().__init__()
        self.stood: set[tuple[int, str, str]] = set()
        self.to_be_looked_at: set[int] = set()

    @invariant()
    def nothing_is_out_without_what_was_asked_for(self) -> None:
        let_go = [STATUS.SCHEDULED, STATUS.SENDING, STATUS.PUBLISHED, STATUS.WITHDRAWN]
        for row in Publication.objects.filter(status__in=let_go):
            type(self).seen.add((row.status, len(self.told[row.version_id].asked), row.part))
            self.is_decided(row.version_id)

    def is_decided(self, version_id: int) -> None:
        told = self.told[version_id]
        people = [who for who, _held in told.approvals]
        assert len(people) == len(set(people)) == len(told.asked)
        assert not set(people) & (told.writers | {told.submitter})
        for kind, (_who, held) in zip(told.asked, told.approvals, strict=True):
            assert kind == "review" or held == "approve"
        if told.is_emergency and version_id not in self.to_be_looked_at:
            assert Retrospective.objects.filter(review__version=version_id).exists()
            self.to_be_looked_at.add(version_id)

    @invariant()
    def nothing_waits_to_go_out_during_a_freeze(self) -> None:
        freeze = Freeze.objects.filter(lifted_at=None).first()
        if freeze is not None:
            spared = [pk for pk, told in self.told.items() if told.is_emergency]
            waiting = Publication.objects.filter(status=STATUS.SCHEDULED)
            assert not waiting.exclude(version__in=spared).exists()
            begun_since = Attempt.objects.filter(started_at__gt=freeze.begun_at)
            assert not begun_since.exclude(publication__version__in=spared).exists()

    @invariant()
    def a_post_is_never_out_twice_on_an_account(self) -> None:
        rows = Publication.objects.filter(status__in=Publication.PERHAPS_OUT)
        places = list(rows.values_list("post", "official_account", "part"))
        assert len(places) == len(set(places))

    @invariant()
    def platforms_get_what_was_approved_each_part_once_and_after_the_one_before(self) -> None:
        for platform in self.platforms.values():
            if len(platform.taken) > platform.looked_at:
                self.look_through(platform)
                platform.looked_at = len(platform.taken)

    def is_in_time(self, version_id: int) -> None:
        """What has just gone out: its approval counts, and its time has come."""
        told = self.told[version_id]
        assert not told.has_expired
        assert told.planned_at is None or told.planned_at <= timezone.now()
        if told.is_emergency:
            type(self).seen.add(("emergency", 0, 0))

    def look_through(self, platform: Moody) -> None:
        rows = Publication.objects.filter(official_account=platform.account)
        of = {row.key: row for row in rows}
        out: dict[tuple[int, int], Taken] = {}
        for number, one in enumerate(platform.taken):
            row = of[one.key]
            assert (row.post_id, row.part) not in out, "nothing is there twice"
            out[row.post_id, row.part] = one
            if number < platform.looked_at:
                continue
            self.is_decided(row.version_id)
            self.is_in_time(row.version_id)
            assert one.text == self.meant[row.version_id][platform.account.pk][row.part]
            assert one.answered_what_was_there
            root, answered = "", ""
            if row.part:
                before = out[row.post_id, row.part - 1]
                root, answered = out[row.post_id, 0].platform_id, before.platform_id
                assert of[before.key].status == STATUS.PUBLISHED
            assert (one.root, one.follows) == (root, answered)

    @invariant()
    def nothing_is_lost(self) -> None:
        order = ("version_id", "official_account_id", "part")
        rows = list(Publication.objects.select_related("post").order_by(*order))
        threads = {
            place: list(found)
            for place, found in groupby(rows, lambda row: (row.version_id, row.official_account_id))
        }
        for version_id, told in self.told.items():
            if len(told.approvals) == len(told.asked):
                for account_id, texts in self.meant[version_id].items():
                    parts = [row.part for row in threads[version_id, account_id]]
                    assert parts == list(range(len(texts)))
        for thread in threads.values():
            for before, row in zip([None, *thread], thread, strict=False):
                self.is_as_its_state_says(row)
                waits = row.status in Publication.CALLED_BACK
                assert not (waits and before and before.status in ENDED), "it would wait for ever"
        self.what_is_stuck_is_not_said_to_be_live(rows)

    def what_is_stuck_is_not_said_to_be_live(self, rows: list[Publication]) -> None:
        """Asked where it may have changed: it takes as long as everything else together."""
        stuck = {row.post_id for row in rows if row.status in STUCK}
        stand = {(row.pk, row.status, row.post.status) for row in rows if row.post_id in stuck}
        if stand and stand != self.stood:
            shown = with_shown_status(Post.objects.filter(pk__in=stuck))
            assert "live" not in shown.values_list("shown_status", flat=True)
        self.stood = stand

    def is_as_its_state_says(self, row: Publication) -> None:
        was_out = [
            one for one in self.platforms[row.official_account_id].taken if one.key == row.key
        ]
        shown = self.shown(row)
        match row.status:
            case STATUS.PUBLISHED:
                assert shown is not None
                assert row.permalink == shown.permalink
                assert row.platform_post_id in {shown.platform_id, ""}
            case STATUS.WITHDRAWN:
                withdrawal = Withdrawal.objects.get(publication=row)
                assert was_out
                assert (shown is None) == (withdrawal.outcome != "")
            case STATUS.SENDING:
                assert row.attempts.filter(outcome="").exists()
            case STATUS.UNCONFIRMED:
                assert row.problem
            case STATUS.FAILED:
                assert row.problem
                assert not was_out
            case _:
                assert not was_out


@pytest.mark.django_db
def test_nothing_is_published_without_the_decisions_that_its_policy_asked_for(cast: Cast) -> None:
    class Machine(Watched):
        pass

    Machine.cast, Machine.seen = cast, set()
    of_the_suite = settings.get_current_profile_name() == "suite"
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES if of_the_suite else settings().max_examples,
            stateful_step_count=25,
            # What fails is told as it was found: to make it shorter takes minutes.
            phases=[Phase.generate] if of_the_suite else [Phase.reuse, Phase.generate],
            deadline=None,
            derandomize=of_the_suite,
            suppress_health_check=list(HealthCheck),
        ),
    )
    stages = {number for status, number, _part in Machine.seen if status == "published"}
    assert min(stages) == 1 < max(stages), "what was tried came through, short and long"
    for status in ("published", "withdrawn"):
        assert {part for found, _number, part in Machine.seen if found == status} == {0, 1, 2}
    found = {part for found, _number, part in Machine.seen if found == "found"}
    assert found >= {0, 1}, "posts and what follows them were found whose answer was lost"

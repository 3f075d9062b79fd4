"""What is approved goes out: workers send it to platforms that have their moods, people see to what
does not go by itself."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from accounts.models import User
from content import actions, following
from content.models import Attempt, Post, Publication, Withdrawal
from govsocial.platforms.errors import UnknownOutcome
from tests.content.moody import MOODS, Mood, Taken, WorkerDied
from tests.content.office import Office, place

STATUS = Publication.Status
deciders = st.permutations(["made", "sari", "putu"])
publisher = st.sampled_from(["sari", "sari", "sari", "putu", "dwi", "made"])
BEFORE = st.sampled_from([None, ["review", "approve"], ["approve", "approve"]])
moods = st.lists(st.sampled_from(MOODS), max_size=3)


ALLOWED: dict[str, list[str]] = {
    STATUS.SCHEDULED: ["post_by_hand", "take_by_hand", "choose_way", "cancel"],
    STATUS.SENDING: ["tell_of_it"],
    STATUS.UNCONFIRMED: ["settle", "tell_of_it"],
    STATUS.FAILED: ["retry", "retry", "cancel"],
    STATUS.FROZEN: ["release", "release", "cancel"],
    STATUS.PUBLISHED: ["withdraw", "withdraw_all"],
    STATUS.WITHDRAWN: ["delete_by_hand"],
}
"""What can be done, by status."""
ANY = sorted(set(chain.from_iterable(ALLOWED.values())))


class Outlet(Office):
    def __init__(self) -> None:
        super().__init__()
        self.posted_at: dict[str, datetime] = {}
        """By key, when a person put it on the platform."""

    def pick_publication(self, number: int, **wanted: Any) -> Publication | None:
        rows: QuerySet[Publication] = Publication.objects.filter(**wanted).order_by("pk")
        found = list(rows.select_related("version", "official_account"))
        return found[number % len(found)] if found else None

    @initialize(stages=BEFORE, order=deciders, mood=moods)
    def begin(self, stages: list[str] | None, order: list[str], mood: list[Mood]) -> None:
        if stages:
            self.set_policy(stages)
        self.write("rina", ("", 2, "ordinary"))
        self.go_all_the_way(0, order, mood)

    @rule(number=place, order=deciders, mood=moods)
    def go_all_the_way(self, number: int, order: list[str], mood: list[Mood]) -> None:
        """What chance alone seldom does."""
        self.submit("rina", number)
        for who in order:
            post = self.pick(number)
            if post is not None and post.status == Post.Status.SUBMITTED:
                self.decide(who, number, "a")
        self.work(mood, number)

    # What people do

    @rule(who=publisher, number=st.integers(0, 7), choice=st.integers(0, 11))
    def see_to_it(self, who: str, number: int, choice: int) -> None:
        """By what its state allows."""
        row = self.pick_publication(number, status__in=list(ALLOWED))
        if row is not None:
            allowed = ALLOWED[row.status]
            getattr(self, allowed[choice % len(allowed)])(who, row)

    @rule(who=publisher, number=st.integers(0, 7), choice=st.integers(0, 11))
    def see_to_it_again(self, who: str, number: int, choice: int) -> None:
        self.see_to_it(who, number, choice)

    @rule(who=publisher, number=st.integers(0, 7), act=st.sampled_from(ANY))
    def do_anything(self, who: str, number: int, act: str) -> None:
        row = self.pick_publication(number)
        if row is not None:
            getattr(self, act)(who, row)

    def retry(self, who: str, row: Publication) -> None:
        self.tries(actions.retry_publication, who, publication_id=row.pk)

    def release(self, who: str, row: Publication) -> None:
        self.tries(actions.open_frozen, who, publication_id=row.pk)
        self.tries(actions.release_publication, who, publication_id=row.pk)

    def cancel(self, who: str, row: Publication) -> None:
        self.tries(actions.cancel_publication, who, publication_id=row.pk, reason="Uji")

    def withdraw(self, who: str, row: Publication) -> None:
        self.tries(actions.withdraw_publication, who, publication_id=row.pk, reason="Uji")

    def withdraw_all(self, who: str, row: Publication) -> None:
        self.tries(actions.withdraw_post, who, post_id=row.post_id, reason="Uji")

    # What people see on the platforms and do there. They tell the truth.

    def shown(self, row: Publication) -> Taken | None:
        """What stands on the platform of a publication."""
        there = self.platforms[row.official_account_id].there()
        return next((one for one in there if one.key == row.key), None)

    def settle(self, who: str, row: Publication) -> None:
        seen = self.shown(row)
        self.tries(
            actions.settle_publication, who, publication_id=row.pk, is_live=seen is not None,
            permalink=seen.permalink if seen else "", reason="Uji",
        )  # fmt: skip

    def choose_way(self, who: str, row: Publication) -> None:
        self.tries(actions.choose_way, who, publication_id=row.pk, by_hand=not row.by_hand)

    def take_by_hand(self, who: str, row: Publication) -> bool:
        waits = row.status == STATUS.SCHEDULED
        return bool(self.tries(actions.claim_by_hand, who, publication_id=row.pk)) and waits

    def post_by_hand(self, who: str, row: Publication) -> None:
        if not row.by_hand:
            self.choose_way(who, row)
        if self.take_by_hand(who, row):
            self.post(row)

    def post(self, row: Publication) -> None:
        """Under what the application says that it answers."""
        platform = self.platforms[row.official_account_id]
        said = row.version.content().sent_as(row.official_account_id, row.part)
        answered = following.permalink_before(row)
        before = [one for one in platform.there() if answered and one.permalink == answered]
        follows = before[0].platform_id if before else ""
        root = (before[0].root or follows) if before else ""
        self.posted_at[row.key] = timezone.now()
        platform.put(row.key, said.text, follows, root)

    def tell_of_it(self, who: str, row: Publication) -> None:
        """Somebody says what became of what is posted by hand."""
        about = {"publication_id": row.pk, "number": row.attempts.count()}
        seen = self.shown(row)
        if seen is None:
            self.tries(actions.hand_back, who, **about)
        else:
            self.tries(
                actions.record_by_hand, who, **about, permalink=seen.permalink,
                went_out_at=self.posted_at.get(row.key, timezone.now()),
            )  # fmt: skip

    def delete_by_hand(self, who: str, _row: Publication) -> None:
        for one in Withdrawal.objects.filter(
            needs_person=True, outcome="", publication__status=STATUS.WITHDRAWN
        ).select_related("publication"):
            seen = self.shown(one.publication)
            settled = self.tries(
                actions.settle_withdrawal, who, withdrawal_id=one.pk, outcome="by_hand"
            )
            if settled and seen:
                self.platforms[one.publication.official_account_id].deleted.add(seen.platform_id)

    # What workers do

    @rule(mood=moods, number=st.integers(0, 7))
    def work(self, mood: list[Mood], number: int) -> None:
        """What is due goes out, part after part; a message that came late, or twice, as well."""
        self.time_passes()
        for platform in self.platforms.values():
            platform.moods = list(mood)
        stray = self.pick_publication(number)
        due = [stray.pk] if stray else []
        due += actions.claim_due_publications()
        for pk in due:
            self.send(pk)
            due += actions.claim_following_publications(publication_id=pk)

    def send(self, pk: int) -> None:
        account_id = Publication.objects.values_list("official_account_id", flat=True).get(pk=pk)
        with suppress(WorkerDied):
            actions.send_publication(
                publication_id=pk, actor=User.objects.system(), client=self.platforms[account_id]
            )

    @rule(is_mute=st.booleans())
    def look(self, is_mute: bool) -> None:
        """What nobody knows is looked for, and what was withdrawn is deleted."""
        self.look_for_what_nobody_knows(is_mute)
        for pk in actions.claim_withdrawals():
            row = Publication.objects.get(withdrawal=pk)
            actions.delete_withdrawn(
                withdrawal_id=pk, actor=User.objects.system(),
                client=self.platforms[row.official_account_id],
            )  # fmt: skip

    def look_for_what_nobody_knows(self, is_mute: bool) -> None:
        self.time_passes()
        Attempt.objects.filter(outcome="").update(deadline_at=timezone.now())
        actions.find_lost_attempts(actor=User.objects.system())
        for pk in actions.claim_unconfirmed_publications():
            row = Publication.objects.get(pk=pk)
            platform = self.platforms[row.official_account_id]
            platform.is_mute = is_mute
            looked = actions.confirm_publication(
                publication_id=pk, actor=User.objects.system(), client=platform
            )
            if looked.status == STATUS.PUBLISHED:
                type(self).seen.add(("found", 0, row.part))

    @rule(
        number=place, order=deciders, fault=st.sampled_from([UnknownOutcome, WorkerDied]),
        before=st.integers(0, 1),
    )  # fmt: skip
    def lose_an_answer(
        self, number: int, order: list[str], fault: type[BaseException], before: int
    ) -> None:
        """Something is out that nobody knows of, the first or what follows it. A worker looks, and
        what is due by then goes."""
        self.write("rina", ("threads", 1, "ordinary"))
        number = number if before else Post.objects.count() - 1
        self.go_all_the_way(number, order, [(fault, True), *[(None, True)] * before])
        self.look_for_what_nobody_knows(is_mute=False)
        self.work([], number)

    def time_passes(self) -> None:
        """So much that nothing waits for its next try, and no message is on its way."""
        Publication.objects.update(leased_until=None, not_before=None)
        open_ones = Withdrawal.objects.filter(outcome="")
        open_ones.update(leased_until=None, not_before=None)

"""What is approved goes out: workers send it to platforms that have their moods, people see to what
does not go by itself."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from accounts.models import User
from content import actions, following
from content.models import Attempt, Publication, Withdrawal
from tests.content.moody import MOODS, Mood, Taken, WorkerDied
from tests.content.office import STAGES, Office, place

STATUS = Publication.Status
deciders = st.permutations(["made", "sari", "putu"])
publisher = st.sampled_from(["sari", "sari", "putu", "dwi", "made"])
moods = st.lists(st.sampled_from(MOODS), max_size=3)


SEEN_TO = ["settle", "choose_way", "take_by_hand", "post_by_hand", "tell_of_it", "delete_by_hand"]


class Outlet(Office):
    def __init__(self) -> None:
        super().__init__()
        self.posted_at: dict[str, datetime] = {}
        """By key, when a person put it on the platform."""

    def pick_publication(self, number: int, **wanted: Any) -> Publication | None:
        rows: QuerySet[Publication] = Publication.objects.filter(**wanted).order_by("pk")
        found = list(rows.select_related("version", "official_account"))
        return found[number % len(found)] if found else None

    @initialize(stages=STAGES | st.none(), order=deciders, mood=moods)
    def begin(self, stages: list[str] | None, order: list[str], mood: list[Mood]) -> None:
        if stages:
            self.set_policy(stages)
        self.write("rina", ("", 2))
        self.go_all_the_way(0, order, mood)

    @rule(number=place, order=deciders, mood=moods)
    def go_all_the_way_again(self, number: int, order: list[str], mood: list[Mood]) -> None:
        self.go_all_the_way(number, order, mood)

    @rule(number=place, order=deciders, mood=moods)
    def go_all_the_way(self, number: int, order: list[str], mood: list[Mood]) -> None:
        """What chance alone seldom does."""
        self.submit("rina", number)
        for who in order:
            self.decide(who, number, "a")
        self.work(mood, number)

    # What people do

    @rule(
        who=publisher,
        act=st.sampled_from(["release", "retry", "retry", "cancel", "withdraw", "withdraw_all"]),
        number=st.integers(0, 7),
    )
    def run_publication(self, who: str, act: str, number: int) -> None:
        wanted = {"retry": {"status": STATUS.FAILED}, "release": {"status": STATUS.FROZEN}}
        row = self.pick_publication(number, **wanted.get(act, {}))
        if row is None:
            return
        if act == "withdraw_all":
            self.tries(actions.withdraw_post, who, post_id=row.post_id, reason="Uji")
            return
        if act == "release":
            self.tries(actions.open_frozen, who, publication_id=row.pk)
        action = getattr(actions, f"{act}_publication")
        reason = {"reason": "Uji"} if act in {"cancel", "withdraw"} else {}
        self.tries(action, who, publication_id=row.pk, **reason)

    # What people see on the platforms and do there. They tell the truth.

    def shown(self, row: Publication) -> Taken | None:
        """What stands on the platform of a publication."""
        there = self.platforms[row.official_account_id].there()
        return next((one for one in there if one.key == row.key), None)

    @rule(who=publisher, number=place, what=st.sampled_from(SEEN_TO))
    def see_to_it(self, who: str, number: int, what: str) -> None:
        getattr(self, what)(who, number)

    def settle(self, who: str, number: int) -> None:
        row = self.pick_publication(number, status=STATUS.UNCONFIRMED, by_hand=False)
        if row is not None:
            seen = self.shown(row)
            self.tries(
                actions.settle_publication, who, publication_id=row.pk, is_live=seen is not None,
                permalink=seen.permalink if seen else "", reason="Uji",
            )  # fmt: skip

    def choose_way(self, who: str, number: int) -> None:
        row = self.pick_publication(number, status=STATUS.SCHEDULED)
        if row is not None:
            self.tries(actions.choose_way, who, publication_id=row.pk, by_hand=not row.by_hand)

    def post_by_hand(self, who: str, number: int) -> None:
        row = self.take_by_hand(who, number)
        if row is not None:
            self.post(row)

    def take_by_hand(self, who: str, number: int) -> Publication | None:
        row = self.pick_publication(number, status=STATUS.SCHEDULED, by_hand=True)
        is_taken = row and self.tries(actions.claim_by_hand, who, publication_id=row.pk)
        return row if is_taken else None

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

    def tell_of_it(self, who: str, number: int) -> None:
        """Somebody says what became of what is posted by hand."""
        row = self.pick_publication(number, status__in=actions.TAKEN_BY_HAND, by_hand=True)
        if row is None:
            return
        about = {"publication_id": row.pk, "number": row.attempts.count()}
        seen = self.shown(row)
        if seen is None:
            self.tries(actions.hand_back, who, **about)
        else:
            self.tries(
                actions.record_by_hand, who, **about, permalink=seen.permalink,
                went_out_at=self.posted_at[row.key],
            )  # fmt: skip

    def delete_by_hand(self, who: str, _number: int) -> None:
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
        self.time_passes()
        Attempt.objects.filter(outcome="").update(deadline_at=timezone.now())
        actions.find_lost_attempts(actor=User.objects.system())
        for pk in actions.claim_unconfirmed_publications():
            row = Publication.objects.get(pk=pk)
            platform = self.platforms[row.official_account_id]
            platform.is_mute = is_mute
            actions.confirm_publication(
                publication_id=pk, actor=User.objects.system(), client=platform
            )

        for pk in actions.claim_withdrawals():
            row = Publication.objects.get(withdrawal=pk)
            actions.delete_withdrawn(
                withdrawal_id=pk, actor=User.objects.system(),
                client=self.platforms[row.official_account_id],
            )  # fmt: skip

    def time_passes(self) -> None:
        """So much that nothing waits for its next try, and no message is on its way."""
        Publication.objects.update(leased_until=None, not_before=None)
        open_ones = Withdrawal.objects.filter(outcome="")
        open_ones.update(leased_until=None, not_before=None)

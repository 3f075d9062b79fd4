"""The clock of the application is not that of the database: nobody is accused, all is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from content import actions
from content.errors import GateRefused
from content.models import Halt, Post
from content.proof import unproven
from govsocial.audit.models import Entry
from tests.cast import Cast
from tests.content.stage import Stage, make_stage
from tests.content.test_freezes import freeze, lift


def release(stage: Stage) -> None:
    row = stage.publication
    actions.open_frozen(actor=stage.cast.sari, publication_id=row.pk)
    actions.release_publication(actor=stage.cast.sari, publication_id=row.pk)


def test_a_release_is_borne_out_whatever_the_clock_of_the_application_says(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    freeze(cast)
    lift(cast)
    before = timezone.now()
    with travel(before + timedelta(minutes=-10)):
        release(stage)
    released_at = Halt.objects.get().released_at
    assert released_at is not None
    assert before <= released_at <= timezone.now()
    assert list(unproven()) == []


def test_what_the_database_refuses_for_its_clock_says_so(cast: Cast) -> None:
    with travel(timezone.now() + timedelta(seconds=9)):
        due = make_stage(cast, connected=False).submit().approve()
        with pytest.raises(GateRefused, match="differ by 9 seconds") as refused:
            actions.claim_by_hand(actor=cast.sari, publication_id=due.publication.pk)
        assert refused.value.why == "clocks_differ"
    waiting = make_stage(cast).submit()
    with travel(timezone.now() + timedelta(minutes=10)), pytest.raises(GateRefused, match="600"):
        waiting.approve()
    assert waiting.fresh().status == Post.Status.SUBMITTED
    entries = Entry.objects.filter(event="content.gate.refused")
    assert [one.data["why"] for one in entries] == ["clocks_differ", "clocks_differ"]

"""Who posts it, and what the database asks of posting by hand when nobody else does."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Credential, User
from content import actions
from content.errors import ContentError
from content.models import Attempt, Publication
from govsocial.audit.models import Entry
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast, the_cast
from tests.content.stage import FakePlatform, Stage, make_stage
from tests.content.test_by_hand import address, attempt_row, back, claim, proof_row, prove, sql
from tests.content.test_time_and_races import at_once

REFUSED = (IntegrityError, InternalError)
STATUS = Publication.Status


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """Approved, for an account that nothing connects: a person is to post it now."""
    return make_stage(cast, connected=False).submit().approve()


def test_the_database_alone_refuses_whoever_goes_around(stage: Stage) -> None:
    with pytest.raises(REFUSED), transaction.atomic():
        attempt_row(stage)
    sql("UPDATE content_publication SET status = 'sending', sent_at = now()")
    for wrong in (
        {"by_hand": False, "requested_by": User.objects.system()},
        {"requested_by": stage.cast.dwi},
    ):
        with pytest.raises(REFUSED), transaction.atomic():
            attempt_row(stage, **wrong)
    attempt_row(stage)
    live = "UPDATE content_publication SET status = 'published', published_at = %s, permalink = %s"
    now = timezone.now()
    with pytest.raises(REFUSED):
        sql(live, now, address(stage))
    proof_row(stage, went_out_at=now)
    for at, link in ((now, address(stage, "lain")), (now - timedelta(seconds=1), address(stage))):
        with pytest.raises(REFUSED):
            sql(live, at, link)
    for change in (
        "UPDATE content_handproof SET permalink = 'https://lain.example/'",
        "DELETE FROM content_handproof",
        "UPDATE content_attempt SET by_hand = false",
        "UPDATE content_publication SET by_hand = false",
        "UPDATE content_publication SET status = 'unconfirmed', needs_person = false",
    ):
        with pytest.raises(REFUSED):
            sql(change)
    sql("UPDATE content_attempt SET outcome = 'published', finished_at = now()")
    sql(live, now, address(stage))


def test_a_worker_proves_nothing_and_a_proof_is_of_the_last_attempt(stage: Stage) -> None:
    claim(stage)
    back(stage)
    with pytest.raises(REFUSED), transaction.atomic():
        proof_row(stage)
    first = stage.publication.attempts.get()
    claim(stage)
    with pytest.raises(REFUSED), transaction.atomic():
        proof_row(stage, attempt=first)


def choose(stage: Stage, by_hand: bool, by: User | None = None) -> Publication:
    return actions.choose_way(
        actor=by or stage.cast.sari, publication_id=stage.publication.pk, by_hand=by_hand
    )


def test_a_connection_that_comes_back_sends_only_when_a_person_says_so(stage: Stage) -> None:
    with pytest.raises(ContentError, match="not connected"):
        choose(stage, by_hand=False)
    give_credential(stage.account, stage.cast.bayu)
    platform = FakePlatform()
    assert stage.send(platform).status == STATUS.SCHEDULED
    with pytest.raises(PermissionDenied):
        choose(stage, by_hand=False, by=stage.cast.dwi)
    choose(stage, by_hand=False)
    with pytest.raises(ContentError):
        claim(stage)
    assert stage.send(platform).status == STATUS.PUBLISHED
    entry = Entry.objects.get(event="content.publication.way_chosen")
    assert entry.data["way"] == "application"
    with pytest.raises(ContentError):
        choose(stage, by_hand=True)


def test_what_a_revoked_connection_would_let_fail_a_person_may_post(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    Credential.objects.update(status="revoked")
    assert stage.publication.display_status == "scheduled_to_fail"
    with pytest.raises(ContentError):
        claim(stage)
    choose(stage, by_hand=True)
    assert stage.publication.display_status == "to_post"
    claim(stage)
    assert prove(stage).status == STATUS.PUBLISHED


def test_what_failed_is_tried_again_by_hand_where_nothing_connects(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    Credential.objects.update(status="revoked")
    Publication.objects.update(status=STATUS.FAILED)
    actions.retry_publication(actor=cast.sari, publication_id=stage.publication.pk)
    assert stage.publication.waits_for_hand


@pytest.mark.django_db(transaction=True)
def test_two_people_who_take_it_at_once_take_it_once() -> None:
    cast = the_cast()
    other = factories.user("Putu")
    factories.grant(other, Role.PUBLISHER, cast.diskominfo)
    stage = make_stage(cast, connected=False).submit().approve()
    results = at_once(partial(claim, stage), partial(claim, stage, by=other))
    assert sum(isinstance(one, Attempt) for one in results) == 1
    assert Attempt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_way_and_a_worker_at_once_send_it_or_leave_it_and_never_both() -> None:
    cast = the_cast()
    stage = make_stage(cast).submit().approve()
    platform = FakePlatform()
    at_once(partial(stage.send, platform), partial(choose, stage, by_hand=True))
    row = stage.publication
    assert (row.status, row.by_hand, platform.calls) in {
        (STATUS.PUBLISHED, False, 1),
        (STATUS.SCHEDULED, True, 0),
    }

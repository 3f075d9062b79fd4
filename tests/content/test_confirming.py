"""What a look at the platform can say of an attempt without an answer, and where it begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from accounts.models import Credential
from content import actions
from content.actions.settling import MOST_UNKNOWN
from content.models import Publication
from govsocial.audit.models import Entry
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import (
    AppMissing,
    AuthRevoked,
    Hidden,
    NotOut,
    NotReached,
    OperatorNeeded,
    PlatformError,
    Refused,
    UnknownOutcome,
)
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, later, make_stage

NO_ANSWER = "The platform did not answer; the post may be out."


@dataclass
class Looking(FakePlatform):
    """Keeps from when on a post is looked for; finds none, or ends as it is told to."""

    since: list[datetime] = field(default_factory=list)
    ends: PlatformError | None = None

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        self.since.append(post.created_at)
        if self.ends is not None:
            raise self.ends
        return super().find(post)


@pytest.fixture
def approved(cast: Cast) -> Stage:
    return make_stage(cast).submit().approve()


def test_a_post_is_looked_for_since_the_first_attempt_that_may_have_reached_the_platform(
    approved: Stage,
) -> None:
    platform = Looking(failures=[NotReached("No.")])
    assert approved.send(platform).status == Publication.Status.SCHEDULED
    for _number in range(2):
        Publication.objects.update(not_before=None)
        platform.failures = [UnknownOutcome("No answer.")]
        assert approved.send(platform).status == Publication.Status.UNCONFIRMED
        assert approved.confirm(platform).status == Publication.Status.SCHEDULED
    never_left, first, second = approved.publication.attempts.order_by("number")
    assert never_left.started_at < first.started_at < second.started_at
    assert platform.since == [first.started_at] * 2


def test_what_is_never_known_and_never_found_is_for_a_person_in_the_end(approved: Stage) -> None:
    """As where the platform refuses a duplicate, whose original is not this post."""
    for number in range(1, MOST_UNKNOWN + 1):
        Publication.objects.update(not_before=None)
        publication = approved.send(Looking(failures=[UnknownOutcome("A duplicate.")]))
        assert publication.needs_person == (number == MOST_UNKNOWN)
        if not publication.needs_person:
            assert approved.confirm(Looking()).status == Publication.Status.SCHEDULED
    assert actions.claim_unconfirmed_publications() == []


def test_what_the_platform_says_it_refused_ends_as_failed_with_its_reason(
    approved: Stage,
) -> None:
    platform = Looking(lost_answers=[UnknownOutcome("No answer.")])
    approved.send(platform)
    platform.ends = NotOut(Refused("TikTok did not take the post (frame_rate_check_failed)."))
    publication = approved.confirm(platform)
    assert (publication.status, publication.needs_person) == (Publication.Status.FAILED, False)
    assert publication.problem == "TikTok did not take the post (frame_rate_check_failed)."
    assert actions.claim_unconfirmed_publications() == []
    confirmed = Entry.objects.get(event="content.publication.confirmed")
    failed = Entry.objects.get(event="content.publication.failed")
    assert confirmed.data["found"] is False
    assert failed.data["error"] == "Refused"
    actions.retry_publication(actor=approved.cast.sari, publication_id=publication.pk)
    assert approved.publication.status == Publication.Status.SCHEDULED


def test_a_consent_that_was_taken_back_before_the_post_was_out_is_noted_on_the_account(
    approved: Stage,
) -> None:
    long_ago = later(days=-30)
    Credential.objects.update(connected_at=long_ago)
    platform = Looking(lost_answers=[UnknownOutcome("No answer.")])
    approved.send(platform)
    platform.ends = NotOut(AuthRevoked("The account's owner took the consent back."))
    assert approved.confirm(platform).status == Publication.Status.FAILED
    assert Credential.objects.get().status == Credential.Status.REVOKED


@pytest.mark.parametrize(
    ("ends", "problem"),
    [
        (OperatorNeeded("TikTok does not take the application's key and secret."), NO_ANSWER),
        (Refused("GET x: TikTok refuses this call (400)."), NO_ANSWER),
        (Hidden("YouTube keeps the film private."), "YouTube keeps the film private."),
    ],
    ids=["operator", "refused", "hidden"],
)
def test_what_cannot_be_asked_or_is_there_unseen_waits_for_a_person(
    approved: Stage, ends: PlatformError, problem: str
) -> None:
    platform = Looking(lost_answers=[UnknownOutcome("No answer.")])
    approved.send(platform)
    platform.ends = ends
    publication = approved.confirm(platform)
    assert publication.status == Publication.Status.UNCONFIRMED
    assert publication.needs_person
    assert publication.problem == problem


def test_what_cannot_be_asked_until_the_application_is_entered_again_is_asked_then(
    approved: Stage,
) -> None:
    platform = Looking(lost_answers=[UnknownOutcome("No answer.")])
    approved.send(platform)
    platform.ends = AppMissing("Not entered.")
    publication = approved.confirm(platform)
    assert (publication.checks, publication.needs_person) == (1, False)
    platform.ends = None
    assert approved.confirm(platform).status == Publication.Status.PUBLISHED
    assert platform.calls == 1

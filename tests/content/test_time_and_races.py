"""Planned times, expiring approvals, stale answers, and people who act at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import PermissionDenied
from django.db import (
    DatabaseError,
    IntegrityError,
    InternalError,
    connection,
    connections,
    transaction,
)
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.actions import close_official_account
from accounts.capabilities import Role
from accounts.models import Credential, User
from content import actions
from content.actions.publishing import LONGEST_WAIT, MOST_ATTEMPTS
from content.checklist import ETHICS
from content.errors import ContentError
from content.models import Decision, Post, Publication, Review
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import AuthRevoked, NotReached, RateLimited, UnknownOutcome
from tests import factories
from tests.cast import Cast, the_cast
from tests.content.stage import LONG_AGO, FakePlatform, Stage, later, make_stage

REFUSED = (IntegrityError, InternalError)


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


@pytest.fixture
def approved(stage: Stage) -> Stage:
    return stage.submit().approve()


def test_the_planned_time_is_part_of_what_was_approved(cast: Cast) -> None:
    stage = make_stage(cast, planned_at=later(days=5)).submit().approve()
    for another in (timezone.now(), later(days=300)):
        with pytest.raises(REFUSED), transaction.atomic():
            Publication.objects.update(scheduled_for=another)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE content_publication DISABLE TRIGGER USER")
    Publication.objects.update(scheduled_for=LONG_AGO)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE content_publication ENABLE TRIGGER USER")
    platform = FakePlatform()
    assert stage.send(platform).status == Publication.Status.SCHEDULED
    assert platform.calls == 0, "the worker reads the planned time from the approved content"


def test_an_approval_ends_a_day_after_the_planned_time(cast: Cast) -> None:
    planned = later(hours=3)
    make_stage(cast, planned_at=planned).submit().approve()
    assert Decision.objects.get().expires_at == planned + timedelta(days=1)


def test_a_post_planned_beyond_the_life_of_an_approval_is_not_approved_yet(cast: Cast) -> None:
    stage = make_stage(cast, planned_at=later(days=20)).submit()
    with pytest.raises(ContentError):
        stage.approve()
    assert stage.fresh().status == Post.Status.SUBMITTED


def expire(stage: Stage) -> None:
    """Let the only decision be of long ago, which nobody could do from outside."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE content_decision DISABLE TRIGGER USER")
        cursor.execute("UPDATE content_decision SET expires_at = now() - interval '1 second'")
        cursor.execute("ALTER TABLE content_decision ENABLE TRIGGER USER")


def test_an_approval_that_expired_before_sending_stops_the_post(approved: Stage) -> None:
    expire(approved)
    platform = FakePlatform()
    assert approved.send(platform).status == Publication.Status.FAILED
    assert platform.calls == 0


def test_what_the_platforms_limits_hold_back_waits_until_its_approval_ends(
    approved: Stage,
) -> None:
    refusals = [RateLimited("Full for today.", retry_after=1)] * (MOST_ATTEMPTS + 2)
    platform = FakePlatform(failures=[*refusals, NotReached("No."), *refusals])
    for _number in range(MOST_ATTEMPTS + 3):
        Publication.objects.update(not_before=None)
        assert approved.send(platform).status == Publication.Status.SCHEDULED
    again = approved.publication.not_before
    assert again is not None
    assert again > later(seconds=LONGEST_WAIT - 5), "a word that was wrong so often"
    expire(approved)
    Publication.objects.update(not_before=None)
    assert approved.send(platform).status == Publication.Status.FAILED


def test_what_expired_can_be_cancelled_and_submitted_anew(approved: Stage) -> None:
    expire(approved)
    approved.send(FakePlatform())
    actions.cancel_publication(
        actor=approved.cast.sari, publication_id=approved.publication.pk, reason="Kedaluwarsa."
    )
    assert approved.fresh().status == Post.Status.DRAFT
    approved.submit().approve()
    assert approved.fresh().current_version.number == 2  # type: ignore[union-attr]  # it has one
    assert approved.send(FakePlatform()).status == Publication.Status.PUBLISHED


def test_what_came_back_with_remarks_must_be_changed_first(stage: Stage) -> None:
    stage.submit()
    actions.request_changes(
        actor=stage.cast.sari, post_id=stage.post.pk, digest=stage.digest, note="Sumber?"
    )
    with pytest.raises(ContentError):
        stage.submit()
    assert stage.edit("Dengan sumber.").submit().fresh().status == Post.Status.SUBMITTED


def test_a_post_for_an_account_closed_meanwhile_is_not_approved(stage: Stage) -> None:
    stage.submit()
    close_official_account(
        actor=stage.cast.bayu, official_account_id=stage.account.pk, reason="Ditutup."
    )
    with pytest.raises(ContentError):
        stage.approve()


def test_the_version_that_was_seen_is_submitted_and_no_other(
    stage: Stage, client_as: Callable[[str], Client]
) -> None:
    stage.edit("Versi kedua.", by=stage.cast.rina)
    client = client_as("rina")
    address = reverse("content:post_submit", args=[stage.post.pk])
    client.post(address, {"based_on": "1"})
    assert stage.fresh().status == Post.Status.DRAFT
    client.post(address, {"based_on": "2"})
    assert stage.fresh().status == Post.Status.SUBMITTED


def test_after_a_person_had_it_tried_again_the_count_starts_anew(approved: Stage) -> None:
    platform = FakePlatform(failures=[NotReached("No.") for _ in range(MOST_ATTEMPTS)])
    for _ in range(MOST_ATTEMPTS):
        Publication.objects.update(not_before=None)
        approved.send(platform)
    actions.retry_publication(actor=approved.cast.sari, publication_id=approved.publication.pk)
    platform.failures = [RateLimited("Later.", retry_after=5)]
    assert approved.send(platform).status == Publication.Status.SCHEDULED


def unconfirmed(stage: Stage, platform: FakePlatform) -> Publication:
    platform.lost_answers = [UnknownOutcome("No answer.")]
    return stage.send(platform)


def test_a_lost_key_brings_a_person_instead_of_asking_for_ever(
    approved: Stage, settings: Settings
) -> None:
    unconfirmed(approved, FakePlatform())
    version = Credential.objects.get().key_version
    settings.CREDENTIAL_KEYS = {version + 1: Fernet.generate_key().decode()}
    publication = actions.confirm_publication(
        publication_id=approved.publication.pk, actor=User.objects.system()
    )
    assert publication.needs_person


def test_a_revoked_token_while_asking_is_noted_on_the_account(approved: Stage) -> None:
    platform = FakePlatform()
    unconfirmed(approved, platform)
    platform.failures = [AuthRevoked("Gone.")]
    assert approved.confirm(platform).needs_person


def test_the_platforms_word_on_waiting_counts_while_asking(approved: Stage) -> None:
    platform = FakePlatform()
    unconfirmed(approved, platform)
    platform.failures = [RateLimited("Later.", retry_after=900)]
    again = approved.confirm(platform).not_before
    assert again is not None
    assert again > later(seconds=890)


def test_a_slow_look_does_not_settle_a_newer_attempt(approved: Stage) -> None:
    class SlowLook(FakePlatform):
        def find(self, post: OutgoingPost) -> PublishedPost | None:
            # While it looks, another worker settles, sends again, and loses that answer too.
            quick = FakePlatform()
            approved.confirm(quick)
            unconfirmed(approved, quick)
            return None

    first = FakePlatform(failures=[UnknownOutcome("No answer.")])
    approved.send(first)
    publication = approved.confirm(SlowLook())
    assert publication.status == Publication.Status.UNCONFIRMED
    assert publication.attempts.count() == 2


def at_once(*calls: Callable[[], Any]) -> list[object]:
    """Run the calls in threads that start together; return what each gave or raised."""
    ready = Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        ready.wait()
        try:
            results[place] = call()
        except (ContentError, PermissionDenied, DatabaseError) as exc:
            results[place] = exc
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_once() -> None:
    approved = make_stage(the_cast()).submit().approve()
    platform = FakePlatform()
    at_once(*[lambda: approved.send(platform)] * 4)
    assert platform.calls == 1
    assert approved.publication.attempts.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_schedule_once() -> None:
    cast = the_cast()
    factories.grant(cast.made, Role.APPROVER, cast.diskominfo)
    stage = make_stage(cast).submit()
    digest = stage.digest
    results = at_once(
        *[
            lambda who=who: actions.approve_post(
                actor=who, post_id=stage.post.pk, digest=digest, confirmed=ETHICS.version
            )
            for who in (cast.sari, cast.made)
        ]
    )
    assert sum(isinstance(result, Post) for result in results) == 1
    assert Publication.objects.count() == 1
    assert Review.objects.get().decisions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_edit_and_a_sending_at_once_never_both_win() -> None:
    approved = make_stage(the_cast()).submit().approve()
    platform = FakePlatform()
    _, edited = at_once(lambda: approved.send(platform), lambda: approved.edit("Teks lain."))
    if isinstance(edited, ContentError):
        assert approved.publication.status == Publication.Status.PUBLISHED
    else:
        assert platform.calls == 0
        assert approved.publication.status == Publication.Status.CANCELLED

"""A post is withdrawn or corrected while something of it is on its way, or held by a person."""

from __future__ import annotations

from datetime import timedelta
from time import sleep

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import OfficialAccount
from content import actions
from content.errors import GateRefused
from content.models import Decision, MediaRecord, Post, Publication, Withdrawal
from content.pages_by_hand import claim_of
from content.proof import unproven
from govsocial.audit.models import Entry
from govsocial.platforms.errors import RateLimited, UnknownOutcome
from tests import factories
from tests.cast import Cast, the_cast
from tests.content.media_stage import ready
from tests.content.stage import FakePlatform, Stage, make_stage, media_item
from tests.content.test_by_hand import back, claim, prove
from tests.content.test_freezes import freeze
from tests.content.test_layers import without_triggers
from tests.content.test_media_at_the_gate import ALT
from tests.content.test_time_and_races import at_once
from tests.content.test_withdrawals import half_out
from tests.triggers import without_trigger

__all__ = ["half_out"]
REFUSED = (IntegrityError, InternalError)
STATUS = Publication.Status


def other(stage: Stage) -> Publication:
    return Publication.objects.filter(post=stage.post).latest("pk")


def send(publication: Publication, platform: FakePlatform) -> Publication:
    return actions.send_publication(
        publication_id=publication.pk, actor=publication.post.author, client=platform
    )


def confirm(publication: Publication, platform: FakePlatform) -> Publication:
    return actions.confirm_publication(
        publication_id=publication.pk, actor=publication.post.author, client=platform
    )


def withdraw(stage: Stage) -> None:
    actions.withdraw_post(actor=stage.cast.sari, post_id=stage.post.pk, reason="Keliru")


def test_what_may_be_out_when_its_post_is_withdrawn_is_not_sent_again(half_out: Stage) -> None:
    platform = FakePlatform(failures=[UnknownOutcome("?")])
    doubtful = send(other(half_out), platform)
    assert doubtful.status == STATUS.UNCONFIRMED
    withdraw(half_out)
    assert half_out.fresh().status == Post.Status.LIVE
    assert actions.claim_withdrawals() == [
        Withdrawal.objects.exclude(publication=doubtful).get().pk
    ]
    for status in ("scheduled", "sending"):
        with pytest.raises(REFUSED, match="withdrawn"), transaction.atomic():
            Publication.objects.filter(pk=doubtful.pk).update(status=status)
    ended = confirm(doubtful, platform)
    assert (ended.status, ended.problem) == (STATUS.CANCELLED, "Its post was withdrawn.")
    assert half_out.fresh().status == Post.Status.WITHDRAWN
    assert not platform.kept


def test_what_is_found_to_be_out_is_withdrawn_with_the_rest(half_out: Stage) -> None:
    platform = FakePlatform(lost_answers=[UnknownOutcome("?")])
    doubtful = send(other(half_out), platform)
    withdraw(half_out)
    assert confirm(doubtful, platform).status == STATUS.WITHDRAWN
    assert half_out.fresh().status == Post.Status.WITHDRAWN
    told = Entry.objects.filter(event="content.publication.withdrawn").latest("pk")
    assert (told.actor, told.data["reason"]) == (half_out.cast.sari, "Keliru")
    row = Withdrawal.objects.get(publication=doubtful)
    actions.delete_withdrawn(withdrawal_id=row.pk, actor=half_out.cast.bayu, client=platform)
    assert not platform.kept


def test_what_the_platform_puts_off_meanwhile_ends(half_out: Stage) -> None:
    row = other(half_out)

    class PutsOff(FakePlatform):
        def publish(self, post: object) -> object:  # type: ignore[override]  # it only refuses
            withdraw(half_out)
            raise RateLimited("later", retry_after=60)

    assert send(row, PutsOff()).status == STATUS.CANCELLED


def test_the_page_names_what_may_be_out(half_out: Stage, client_as: object) -> None:
    doubtful = send(other(half_out), FakePlatform(failures=[UnknownOutcome("?")]))
    page = client_as("sari").get(reverse("content:post_withdraw", args=[half_out.post.pk]))  # type: ignore[operator]  # the fixture
    assert [one.said for one in page.context["doubtful"]] == [doubtful]
    assert "tidak dikirim lagi" in page.content.decode()


# What a person holds


@pytest.fixture
def held(cast: Cast) -> Stage:
    media = ready(cast.dwi, cast.diskominfo)
    return make_stage(cast, connected=False, media=[media_item(media, ALT)]).submit().approve()


def why_not(stage: Stage) -> str:
    return claim_of(stage.publication, stage.cast.sari).why_not


def test_nothing_is_posted_by_hand_whose_rights_have_ended(held: Stage) -> None:
    with without_trigger("content.MediaRecord:counts_up"):
        MediaRecord.objects.update(licence_until=timezone.localdate() - timedelta(days=2))
    assert "A right or a consent" in why_not(held)
    with pytest.raises(GateRefused):
        claim(held)
    Publication.objects.update(status="sending")
    with pytest.raises(REFUSED), transaction.atomic():
        held.publication.attempts.create(
            number=1, requested_by=held.cast.sari, deadline_at=timezone.now(), by_hand=True
        )


def test_what_is_held_when_its_post_is_withdrawn_shows_no_more_and_ends(cast: Cast) -> None:
    stage = make_stage(cast, connected=False).submit().approve()
    claim(stage)
    assert why_not(stage) == ""
    Withdrawal.objects.create(
        publication=stage.publication, reason="Keliru", requested_by=cast.sari
    )
    assert "corrected or withdrawn" in why_not(stage)
    assert back(stage).status == STATUS.CANCELLED


def test_only_who_holds_it_hands_it_back(cast: Cast) -> None:
    stage = make_stage(cast, connected=False).submit().approve()
    claim(stage, cast.sari)
    other_one = factories.user("Putu")
    factories.grant(other_one, Role.PUBLISHER, cast.diskominfo)
    with pytest.raises(GateRefused) as refused:
        back(stage, by=other_one)
    assert refused.value.why == "claimed"
    assert back(stage).status == STATUS.SCHEDULED


def test_what_was_posted_after_its_approval_ended_is_named(cast: Cast) -> None:
    stage = make_stage(cast, connected=False).submit().approve()
    claim(stage)
    prove(stage)
    assert not list(unproven())
    late = make_stage(cast, connected=False).submit().approve()
    claim(late)
    ends = timezone.now() + timedelta(milliseconds=50)
    with without_triggers():
        Decision.objects.filter(review__post=late.post).update(expires_at=ends)
    sleep(0.1)
    prove(late)
    assert [(one.what, one.row) for one in unproven()] == [("publication", late.publication.pk)]


# Locks


@pytest.mark.django_db(transaction=True)
def test_a_freeze_and_a_withdrawal_at_once_end_without_a_deadlock() -> None:
    cast = the_cast()
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    results = at_once(lambda: withdraw(stage), lambda: freeze(cast))
    assert not [one for one in results if isinstance(one, Exception)]


def test_what_is_held_of_a_post_or_an_account_that_changed_shows_no_more(cast: Cast) -> None:
    stage = make_stage(cast, connected=False).submit().approve()
    claim(stage)
    with without_triggers():
        Post.objects.update(status="corrected")
    assert "corrected or withdrawn" in why_not(stage)
    with without_triggers():
        Post.objects.update(status="scheduled")
    OfficialAccount.objects.filter(pk=stage.account.pk).update(handle="lain.example")
    assert "account was changed" in why_not(stage)

"""A post is withdrawn or corrected while something of it is on its way, or held by a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from time import sleep

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import OfficialAccount, User
from content import actions
from content.actions.settling import out_of_line
from content.errors import ContentError, GateRefused
from content.models import Decision, MediaRecord, Post, Publication, Withdrawal
from content.pages.by_hand import claim_of
from content.proof import unproven
from content.selectors.freezes import frozen_visible_to
from govsocial.audit.models import Entry
from govsocial.platforms.errors import RateLimited, Refused, UnknownOutcome
from tests import factories
from tests.cast import Cast, the_cast
from tests.content.media_stage import ready
from tests.content.stage import (
    FakePlatform,
    Stage,
    connected_account,
    document,
    make_stage,
    media_item,
)
from tests.content.test_by_hand import back, claim, prove
from tests.content.test_freezes import freeze
from tests.content.test_layers import without_triggers
from tests.content.test_media_at_the_gate import ALT
from tests.content.test_time_and_races import at_once
from tests.content.test_withdrawals import follow, half_out, justified
from tests.triggers import without_trigger

__all__ = ["half_out"]
OVER = import_module("content.migrations.0046_what_was_over_while_frozen")

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


# A freeze begins before it is known


def test_what_is_withdrawn_while_in_doubt_ends_under_a_freeze_as_without_one(
    half_out: Stage,
) -> None:
    platform = FakePlatform(failures=[UnknownOutcome("?")])
    doubtful = send(other(half_out), platform)
    withdraw(half_out)
    freeze(half_out.cast)
    with pytest.raises(REFUSED, match="Nothing more"), transaction.atomic():
        Publication.objects.filter(pk=doubtful.pk).update(status="frozen")
    assert confirm(doubtful, platform).status == STATUS.CANCELLED
    assert half_out.fresh().status == Post.Status.WITHDRAWN
    assert not frozen_visible_to(half_out.cast.sari).exists()


def test_a_part_in_doubt_of_a_thread_that_was_withdrawn_ends_under_a_freeze(cast: Cast) -> None:
    stage = make_stage(cast, thread=("Dua.", "Tiga.")).submit().approve()
    first, second, _third = stage.post.publications.order_by("part")
    send(first, FakePlatform())
    platform = FakePlatform(failures=[UnknownOutcome("?")])
    send(second, platform)
    actions.withdraw_publication(actor=cast.sari, publication_id=first.pk, reason="Keliru")
    freeze(cast)
    confirm(second, platform)
    ended = stage.post.publications.order_by("part").values_list("status", flat=True)
    assert list(ended) == ["withdrawn", "cancelled", "cancelled"]
    assert stage.fresh().status == Post.Status.WITHDRAWN


def test_what_a_person_hands_back_of_a_withdrawn_post_ends_under_a_freeze(cast: Cast) -> None:
    stage = make_stage(cast, connected=False).submit().approve()
    claim(stage)
    withdraw(stage)
    freeze(cast)
    assert back(stage).status == STATUS.CANCELLED
    assert stage.fresh().status == Post.Status.DRAFT


def test_what_is_found_not_to_be_out_of_a_corrected_post_is_over(half_out: Stage) -> None:
    platform = FakePlatform(failures=[UnknownOutcome("?")])
    doubtful = send(other(half_out), platform)
    justified(follow(half_out).edit("Yang benar.")).submit().approve().send(FakePlatform())
    freeze(half_out.cast)
    with pytest.raises(REFUSED, match="Nothing more"), transaction.atomic():
        Publication.objects.filter(pk=doubtful.pk).update(status="frozen")
    ended = confirm(doubtful, platform)
    assert (ended.status, ended.problem) == (STATUS.CANCELLED, "Replaced by its correction.")
    assert half_out.fresh().status == Post.Status.CORRECTED
    told = Entry.objects.filter(event="content.publication.cancelled").get()
    assert told.data["reason"] == "Replaced by its correction."


# Nothing is live: one alone is in doubt


def test_what_alone_may_be_out_is_withdrawn_and_never_sent_again(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    platform = FakePlatform(failures=[UnknownOutcome("?")])
    stage.send(platform)
    withdraw(stage)
    told = Entry.objects.get(event="content.publication.withdrawal_asked")
    assert (told.actor, told.data) == (
        cast.sari, {"account": str(stage.account), "reason": "Keliru"},
    )  # fmt: skip
    with pytest.raises(ContentError, match="Nothing of this post"):
        withdraw(stage)
    actions.settle_publication(
        actor=cast.sari,
        publication_id=stage.publication.pk,
        is_live=False,
        permalink="",
        reason="Tidak ada",
    )
    assert stage.publication.status == STATUS.CANCELLED
    assert actions.claim_due_publications() == []
    assert stage.send(platform).status == STATUS.CANCELLED
    assert not platform.kept
    # It never went out: it can be mended and submitted anew.
    assert stage.fresh().status == Post.Status.DRAFT
    assert stage.edit("Yang benar.").submit().fresh().status == Post.Status.SUBMITTED


def test_what_alone_may_be_out_is_deleted_where_it_is_found(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    platform = FakePlatform(lost_answers=[UnknownOutcome("?")])
    stage.send(platform)
    asked = actions.withdraw_publication(
        actor=cast.sari, publication_id=stage.publication.pk, reason="Keliru"
    )
    with pytest.raises(ContentError, match="Only what is live, or may be"):
        actions.withdraw_publication(
            actor=cast.sari, publication_id=stage.publication.pk, reason="Lagi"
        )
    assert actions.claim_withdrawals() == []
    assert stage.confirm(platform).status == STATUS.WITHDRAWN
    assert stage.fresh().status == Post.Status.WITHDRAWN
    assert actions.claim_withdrawals() == [asked.pk]
    actions.delete_withdrawn(withdrawal_id=asked.pk, actor=cast.bayu, client=platform)
    assert not platform.kept


def test_who_may_not_publish_there_withdraws_nothing_that_may_be_out(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform(failures=[UnknownOutcome("?")]))
    with pytest.raises(PermissionDenied):
        actions.withdraw_post(actor=cast.dwi, post_id=stage.post.pk, reason="Keliru")
    assert not Withdrawal.objects.exists()


def test_pages_withdraw_what_may_be_out_and_say_what_becomes_of_it(
    cast: Cast, client_as: Callable[[User], Client]
) -> None:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform(failures=[UnknownOutcome("?")]))
    client = client_as(factories.reads_english(cast.sari))
    way = reverse("content:post_withdraw", args=[stage.post.pk])
    assert way in client.get(reverse("content:post_detail", args=[stage.post.pk])).content.decode()
    asked = client.get(reverse("content:publication_withdraw", args=[stage.publication.pk]))
    assert "it is not sent again" in asked.content.decode()
    client.post(way, {"reason": "Keliru"})
    assert Withdrawal.objects.get().reason == "Keliru"
    shown = client.get(reverse("content:publication_detail", args=[stage.publication.pk]))
    assert "If it is out it is deleted on the platform" in shown.content.decode()
    assert not shown.context["may_withdraw"]


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
    assert why_not(stage) == "Its post was withdrawn. Post nothing."
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
    assert why_not(stage) == "Replaced by its correction. Post nothing."
    with without_triggers():
        Post.objects.update(status="scheduled")
    OfficialAccount.objects.filter(pk=stage.account.pk).update(handle="lain.example")
    assert "account was changed" in why_not(stage)


def test_what_failed_of_an_archived_post_stays_while_something_else_of_it_is_out(
    cast: Cast,
) -> None:
    accounts = [connected_account(cast.diskominfo) for _three in range(3)]
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts)
    )
    stage = Stage(cast, accounts[0], post).submit().approve()
    first, second, third = Publication.objects.order_by("pk")
    for one, platform in (
        (first, FakePlatform(handle="satu")),
        (second, FakePlatform(handle="dua")),
        (third, FakePlatform(failures=[Refused("Too long.")])),
    ):
        actions.send_publication(
            publication_id=one.pk, actor=User.objects.system(), client=platform
        )
    actions.archive_post(actor=cast.sari, post_id=post.pk)
    actions.withdraw_publication(actor=cast.sari, publication_id=first.pk, reason="Salah")
    assert (Publication.objects.get(pk=third.pk).status, stage.fresh().status) == (
        STATUS.FAILED, Post.Status.ARCHIVED,
    )  # fmt: skip
    actions.withdraw_publication(actor=cast.sari, publication_id=second.pk, reason="Salah")
    assert (Publication.objects.get(pk=third.pk).status, stage.fresh().status) == (
        STATUS.CANCELLED, Post.Status.WITHDRAWN,
    )  # fmt: skip


def test_who_may_not_call_back_what_waits_elsewhere_is_not_offered_to_withdraw_the_post(
    half_out: Stage, client_as: Callable[[str], Client]
) -> None:
    where = reverse("content:post_withdraw", args=[half_out.post.pk])
    detail, sari = reverse("content:post_detail", args=[half_out.post.pk]), client_as("sari")
    assert where in sari.get(detail).content.decode()
    account = other(half_out).official_account_id
    OfficialAccount.objects.filter(pk=account).update(unit=half_out.cast.dinkes)
    assert where not in sari.get(detail).content.decode()
    assert sari.get(where).status_code == 403


def test_what_is_withdrawn_in_doubt_is_said_to_be_so_to_who_tries_it_again(half_out: Stage) -> None:
    doubtful = send(other(half_out), FakePlatform(failures=[UnknownOutcome("?")]))
    withdraw(half_out)
    doubtful.post.refresh_from_db()
    assert str(out_of_line(doubtful)) == "Its post was withdrawn."


def test_what_waited_frozen_though_it_was_over_ends_with_its_post(half_out: Stage) -> None:
    doubtful = send(other(half_out), FakePlatform(failures=[UnknownOutcome("?")]))
    withdraw(half_out)
    with without_triggers():
        Publication.objects.filter(pk=doubtful.pk).update(status="frozen")
    waits = make_stage(half_out.cast).submit().approve()
    freeze(half_out.cast)
    OVER.end_what_is_over(apps, None)
    doubtful.refresh_from_db()
    assert (doubtful.status, doubtful.problem) == (STATUS.CANCELLED, "Its post was withdrawn.")
    assert half_out.fresh().status == Post.Status.WITHDRAWN
    told = Entry.objects.get(event="content.publication.cancelled", actor__is_system=True)
    assert (told.target_id, told.target_label) == (str(half_out.post.pk), str(half_out.post))
    assert told.data == {"account": doubtful.outlet, "reason": "Its post was withdrawn."}
    assert waits.publication.status == STATUS.FROZEN

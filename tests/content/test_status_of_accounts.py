"""Nothing is submitted for or sent to an account that the register does not have in use."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts import actions as register
from accounts.models import OfficialAccount, User
from content import actions
from content.errors import ContentError
from content.models import NoticeKind, Notification, Publication
from content.selectors.posts import accounts_to_write_for
from content.states import publications_in_state
from govsocial.platforms.errors import Refused
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, document, make_stage
from tests.content.test_freezes import freeze, lift
from tests.content.test_states import found_by, said_of
from tests.content.test_time_and_races import expire


def suspend(stage: Stage) -> None:
    register.suspend_official_account(
        actor=stage.cast.bayu, official_account_id=stage.account.pk, reason="Ditertibkan"
    )


def activate(stage: Stage) -> None:
    register.activate_official_account(
        actor=stage.cast.bayu, official_account_id=stage.account.pk, reason="Sudah tertib"
    )


@pytest.mark.parametrize("platform", ["wiki", "other", "feed"])
def test_what_posts_are_not_sent_to_is_not_offered_and_not_accepted(
    cast: Cast, client_as: Callable[[object], Client], platform: str
) -> None:
    account = factories.official_account(
        cast.diskominfo, platform=platform, host="", handle="samudra.example"
    )
    assert not accounts_to_write_for(cast.dwi).exists()
    page = client_as("dwi").get(reverse("content:post_create"), follow=True)
    assert page.status_code == 200
    assert str(account) not in page.content.decode()
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(account)
    )
    with pytest.raises(ContentError, match="by hand"):
        actions.submit_post(actor=cast.dwi, post_id=post.pk, based_on=1)


def test_what_takes_films_alone_is_offered_and_takes_no_post_without_one(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    films = factories.official_account(cast.diskominfo, platform="youtube", host="")
    assert list(accounts_to_write_for(cast.dwi)) == [films]
    assert (
        str(films)
        in client_as("dwi").get(reverse("content:post_create"), follow=True).content.decode()
    )
    post = actions.create_post(actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(films))
    with pytest.raises(ContentError, match="videos only"):
        actions.submit_post(actor=cast.dwi, post_id=post.pk, based_on=1)


@pytest.mark.parametrize(
    ("status", "told"), [("proposed", "only proposed"), ("suspended", "suspended")]
)
def test_a_post_for_an_account_that_is_not_in_use_is_not_submitted(
    cast: Cast, status: str, told: str
) -> None:
    account = factories.official_account(cast.diskominfo, status=status)
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(account)
    )
    with pytest.raises(ContentError, match=told):
        actions.submit_post(actor=cast.dwi, post_id=post.pk, based_on=1)


def test_what_is_due_on_a_suspended_account_is_not_sent_and_may_be_tried_again_later(
    cast: Cast,
) -> None:
    stage, platform = make_stage(cast).submit().approve(), FakePlatform()
    account_id = stage.account.pk
    suspend(stage)
    failed = stage.send(platform)
    assert (failed.status, platform.calls) == (Publication.Status.FAILED, 0)
    assert "suspended" in failed.problem
    with pytest.raises(ContentError, match="is suspended"):
        actions.retry_publication(actor=cast.sari, publication_id=failed.pk)
    assert stage.publication.status == Publication.Status.FAILED
    activate(stage)
    actions.retry_publication(actor=cast.sari, publication_id=failed.pk)
    assert stage.send(platform).status == Publication.Status.PUBLISHED
    assert OfficialAccount.objects.get(pk=account_id).is_active


def test_nobody_is_told_to_post_on_a_suspended_account_before_it_is_in_use_again(
    cast: Cast,
) -> None:
    stage, system = make_stage(cast, connected=False).submit().approve(), User.objects.system()
    suspend(stage)
    assert actions.tell_due_by_hand(actor=system) == 0
    activate(stage)
    assert actions.tell_due_by_hand(actor=system) == 1
    assert Notification.objects.get(kind=NoticeKind.TO_POST).person == cast.sari


def test_a_post_waits_for_no_hand_where_its_account_is_suspended(cast: Cast) -> None:
    stage = make_stage(cast, connected=False).submit().approve()
    assert said_of(stage) == "to_post"
    suspend(stage)
    assert said_of(stage) == "scheduled"
    assert found_by(cast.sari, status="to_post") == set()
    assert found_by(cast.sari, status="scheduled") == {stage.post.pk}
    publications = Publication.objects.all()
    assert not publications_in_state(publications, "to_post").exists()
    assert publications_in_state(publications, "scheduled_to_fail").get() == stage.publication


def test_sending_again_is_not_offered_where_the_account_is_not_in_use_and_it_is_said_why(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    stage = make_stage(cast).submit().approve()
    failed = stage.send(FakePlatform(failures=[Refused("no")]))
    suspend(stage)
    client, page = client_as("sari"), reverse("content:publication_detail", args=[failed.pk])
    shown = client.get(page).content.decode()
    assert "Kirim lagi" not in shown
    assert "Saat ini tidak dapat dikirim lagi" in shown
    assert f"{stage.account} ditangguhkan." in html.unescape(shown)
    activate(stage)
    shown = client.get(page).content.decode()
    assert "Kirim lagi" in shown
    assert "Saat ini tidak dapat dikirim lagi" not in shown


def test_sending_again_is_not_offered_under_a_freeze_or_after_the_approval_expired(
    cast: Cast,
    client_as: Callable[[object], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_as("sari")

    def told(failed: Publication) -> str:
        with django_assert_max_num_queries(15):
            page = client.get(reverse("content:publication_detail", args=[failed.pk]))
        return html.unescape(page.content.decode())

    stage = make_stage(cast).submit().approve()
    failed = stage.send(FakePlatform(failures=[Refused("no")]))
    freeze(cast)
    assert "Kirim lagi" not in told(failed)
    assert "Dapat dicoba lagi setelah pembekuan dicabut." in told(failed)
    lift(cast)
    assert "Kirim lagi" in told(failed)
    other = make_stage(cast).submit().approve()
    expired = other.send(FakePlatform(failures=[Refused("no")]))
    expire(other)
    assert "Kirim lagi" not in told(expired)
    assert "Persetujuan sudah kedaluwarsa atau tidak berlaku lagi." in told(expired)


def test_a_failed_publication_of_a_closed_account_is_given_to_nobody(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    failed = stage.send(FakePlatform(failures=[Refused("no")]))
    register.close_official_account(
        actor=cast.bayu, official_account_id=stage.account.pk, reason="Ditutup"
    )
    with pytest.raises(ContentError, match="is closed"):
        actions.retry_publication(actor=cast.sari, publication_id=failed.pk)
    assert stage.publication.status == Publication.Status.FAILED
    assert actions.tell_due_by_hand(actor=User.objects.system()) == 0

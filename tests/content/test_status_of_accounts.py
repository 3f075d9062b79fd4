"""Nothing is submitted for or sent to an account that the register does not have in use."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions as register
from accounts.models import OfficialAccount
from content import actions
from content.errors import ContentError
from content.models import Publication
from content.selectors import accounts_to_write_for
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, document, make_stage


@pytest.mark.parametrize("platform", ["wiki", "other", "feed"])
def test_what_posts_are_not_sent_to_is_not_offered_and_not_accepted(
    cast: Cast, client_as: Callable[[object], Client], platform: str
) -> None:
    account = factories.official_account(
        cast.diskominfo, platform=platform, host="", handle="samudra.example"
    )
    assert not accounts_to_write_for(cast.dwi).exists()
    page = client_as("dwi").get(reverse("content:post_create"))
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
    assert str(films) in client_as("dwi").get(reverse("content:post_create")).content.decode()
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
    register.suspend_official_account(
        actor=cast.bayu, official_account_id=account_id, reason="Ditertibkan"
    )
    failed = stage.send(platform)
    assert (failed.status, platform.calls) == (Publication.Status.FAILED, 0)
    assert "suspended" in failed.problem
    register.activate_official_account(
        actor=cast.bayu, official_account_id=account_id, reason="Sudah tertib"
    )
    actions.retry_publication(actor=cast.sari, publication_id=failed.pk)
    assert stage.send(platform).status == Publication.Status.PUBLISHED
    assert OfficialAccount.objects.get(pk=account_id).is_active

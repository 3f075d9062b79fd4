"""What a platform tells of a post that is out, and that no column takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from typing import cast as as_type

import pytest

from accounts.models import OfficialAccount
from content import actions
from content.models import Attempt, Publication
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import PlatformError, UnknownOutcome
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, make_stage
from tests.content.test_taken_posts import twin_of


@dataclass
class Told(FakePlatform):
    """Puts every post out, and says of it what the test says."""

    platform_id: str | None = None
    permalink: str | None = None
    response: Any = None
    fault: Exception | None = None

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        if self.fault is not None:
            raise self.fault
        return super().find(post)

    def _published(self, post: OutgoingPost) -> PublishedPost:
        names = ("platform_id", "permalink", "response")
        told = {name: value for name in names if (value := getattr(self, name)) is not None}
        return replace(super()._published(post), **told)


@pytest.fixture
def approved(cast: Any) -> Stage:
    return make_stage(cast).submit().approve()


BAD_LINKS = ["", "https://kota.example/" + "p" * 600, "https://kota.example/\0", "javascript:x"]
BAD_IDS = ["", "9" * 400, "17\x00900", "17\ud800900"]


@pytest.mark.parametrize("permalink", BAD_LINKS)
def test_a_post_without_a_usable_address_is_live_at_that_of_its_account(
    approved: Stage, permalink: str
) -> None:
    publication = approved.send(Told(platform_id="17 900", permalink=permalink))
    assert publication.status == Publication.Status.PUBLISHED
    account = OfficialAccount.objects.get(pk=approved.account.pk)
    assert publication.permalink == f"https://bsky.app/profile/{account.handle}#17%20900"


@pytest.mark.parametrize("permalink", BAD_LINKS)
def test_a_post_that_is_found_without_a_usable_address_is_live_too(
    approved: Stage, permalink: str
) -> None:
    platform = Told(permalink=permalink, lost_answers=[UnknownOutcome("No answer.")])
    approved.send(platform)
    publication = approved.confirm(platform)
    assert publication.status == Publication.Status.PUBLISHED
    assert publication.permalink.startswith("https://bsky.app/profile/")


@pytest.mark.parametrize("platform_id", BAD_IDS)
def test_a_post_whose_id_cannot_be_kept_is_looked_for_once_and_then_by_a_person(
    approved: Stage, platform_id: str
) -> None:
    platform = Told(platform_id=platform_id)
    publication = approved.send(platform)
    assert publication.status == Publication.Status.UNCONFIRMED
    assert "cannot be kept" in publication.problem
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.error) == (Attempt.Outcome.UNKNOWN, "Unkeepable")
    assert attempt.sent == {"text": "Vaksin rabies gratis."}
    publication = approved.confirm(platform)
    assert publication.status == Publication.Status.UNCONFIRMED
    assert (publication.checks, publication.needs_person) == (1, True)
    assert "cannot be kept" in publication.problem
    assert actions.claim_unconfirmed_publications() == []
    assert platform.calls == 1


def test_an_answer_that_the_database_does_not_take_is_kept_as_well_as_it_can_be(
    approved: Stage,
) -> None:
    publication = approved.send(Told(response={"uri": "at://\0", "cid": "\ud800"}))
    assert publication.status == Publication.Status.PUBLISHED
    assert Attempt.objects.get().response == {"uri": "at://\ufffd", "cid": "?"}


def test_an_answer_that_cannot_be_kept_at_all_is_no_reason_to_forget_the_post(
    approved: Stage,
) -> None:
    # More digits than Python writes and than PostgreSQL's numbers have.
    platform = Told(response={"count": 10**140_000})
    publication = approved.send(platform)
    assert publication.status == Publication.Status.UNCONFIRMED
    assert approved.confirm(platform).status == Publication.Status.PUBLISHED


def test_a_fault_of_ours_while_looking_is_counted_so_that_a_person_is_asked(
    approved: Stage,
) -> None:
    approved.send(Told(lost_answers=[UnknownOutcome("No answer.")]))
    for checks in range(1, 11):
        with pytest.raises(ValueError, match="unforeseen"):
            approved.confirm(Told(fault=ValueError("unforeseen")))
        publication = approved.publication
        assert (publication.checks, publication.needs_person) == (checks, checks == 10)


def test_a_fault_of_ours_while_sending_is_raised_and_the_post_looked_for(
    approved: Stage, cast: Cast
) -> None:
    credential = give_credential(approved.account, cast.bayu)
    platform = Told(lost_answers=[as_type(PlatformError, ValueError("unforeseen"))])
    with pytest.raises(ValueError, match="unforeseen"):
        approved.send(platform)
    assert approved.publication.status == Publication.Status.UNCONFIRMED
    assert Attempt.objects.get().outcome == Attempt.Outcome.UNKNOWN
    credential.refresh_from_db()
    assert credential.last_error == "ValueError"
    assert approved.confirm(platform).status == Publication.Status.PUBLISHED
    assert platform.calls == 1


def test_posts_that_share_an_address_on_the_platform_are_both_live(approved: Stage) -> None:
    shared = "https://bsky.app/profile/kota"
    first = approved.send(Told(permalink=shared, platform_id="1"))
    second = twin_of(approved).send(Told(permalink=shared, platform_id="2"))
    assert [one.status for one in (first, second)] == [Publication.Status.PUBLISHED] * 2
    assert first.permalink == shared
    assert second.permalink.endswith("#2")

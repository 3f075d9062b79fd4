"""The same text for the same account twice within days: mostly a slip, and never without a word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import OfficialAccount
from content import actions
from content.checklist import ETHICS
from content.errors import ContentError, GateRefused
from content.findings import Finding
from content.models import Review
from content.surroundings import findings_of
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, connected_account, document, later

TEXT = "Apel pagi pukul 07.00."
SignIn = Callable[[object], Client]


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    return connected_account(cast.diskominfo)


def begun(cast: Cast, account: OfficialAccount, **said: Any) -> Stage:
    one = actions.create_post(
        actor=cast.dwi,
        unit_id=cast.diskominfo.pk,
        document=document(account, **{"title": "Apel", "text": TEXT, **said}),
    )
    return Stage(cast, account, one)


def found_in(stage: Stage) -> list[Finding]:
    version = stage.fresh().current_version
    assert version is not None
    found = findings_of(version.content(), stage.post.unit, stage.post)
    return [one for one in found if one.rule == "twice"]


def test_a_second_post_of_the_same_text_is_named_until_the_first_is_no_more(
    cast: Cast, account: OfficialAccount
) -> None:
    first, second = begun(cast, account), begun(cast, account, text=f" apel  PAGI{TEXT[9:]}\n")
    assert found_in(second) == [], "a draft goes nowhere yet"
    first.submit()
    assert found_in(first) == []
    (waits,) = found_in(second)
    assert (waits.excerpt, waits.post_id, waits.field) == ("Apel", first.post.pk, "text")
    assert waits.message == f"The same text is being reviewed for @{account.handle} (Bluesky)."
    first.approve()
    (approved,) = found_in(second)
    assert approved.key == waits.key
    assert "waits already to go out on" in approved.message
    actions.cancel_publication(
        actor=cast.sari, publication_id=first.publication.pk, reason="Keliru."
    )
    assert found_in(second) == []
    second.submit().approve().send(FakePlatform())
    (out,) = found_in(begun(cast, account))
    assert f"is out already on @{account.handle} (Bluesky), since" in out.message


def test_what_is_said_elsewhere_or_every_week_is_no_finding(
    cast: Cast, account: OfficialAccount
) -> None:
    at = later(days=3)
    begun(cast, account, planned_at=at).submit()
    other = connected_account(cast.diskominfo)
    for silent in (
        begun(cast, other, planned_at=at),
        begun(cast, account, text="Apel sore.", planned_at=at),
        begun(cast, account, planned_at=at + timedelta(days=7)),
    ):
        assert found_in(silent) == []
    both = begun(cast, account, texts={account.pk: TEXT, other.pk: TEXT})
    (found,) = found_in(both)
    assert account.handle in found.message
    assert other.handle not in found.message


def test_a_title_of_another_unit_is_not_told(cast: Cast, account: OfficialAccount) -> None:
    begun(cast, account).submit()
    (found,) = (
        one for one in findings_of(document(account, text=TEXT), cast.dinkes) if one.rule == "twice"
    )
    assert (found.excerpt, found.post_id) == ("", None)


def test_it_is_submitted_with_a_reason_and_decided_on_by_itself(
    cast: Cast, account: OfficialAccount, client_as: SignIn
) -> None:
    first, second = begun(cast, account).submit(), begun(cast, account)
    with pytest.raises(ContentError, match="say why it may stand"):
        second.submit()
    second.justify().submit()
    sari = client_as(factories.reads_english(cast.sari))
    for stage, other in ((first, second), (second, first)):
        shown = sari.get(reverse("content:post_detail", args=[stage.post.pk])).content.decode()
        link = f'<a href="{reverse("content:post_detail", args=[other.post.pk])}">Apel</a>'
        assert "The same text is being reviewed for" in shown
        assert f"See the post “{link}”." in shown
    with pytest.raises(GateRefused, match="decide there"):
        actions.approve_post(
            actor=cast.sari,
            post_id=first.post.pk,
            digest=first.digest,
            confirmed=ETHICS.version,
            in_bulk=True,
        )
    first.approve(note="Yang pertama.")
    assert Review.objects.get(post=first.post).status == Review.Status.APPROVED

"""A decision by who stands in for another: it says for whom, in the trail and on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Grant
from content import actions
from content.models import Decision
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import make_stage

REFUSED = (IntegrityError, InternalError)


def stands_in(cast: Cast) -> Grant:
    """Rina is acting approver in the place of Sari."""
    now = timezone.now()
    return Grant.objects.create(
        user=cast.rina, role=Role.APPROVER, unit=cast.diskominfo,
        starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=1),
        on_behalf_of=cast.sari, decree="SK Plh.", granted_by=cast.bayu,
    )  # fmt: skip


def trail(event: str) -> str:
    return Entry.objects.filter(event=event).latest("pk").on_behalf_of_name


def test_a_decision_by_delegation_says_in_whose_place(
    cast: Cast, client_as: Callable[[str], Client]
) -> None:
    stands_in(cast)
    stage = make_stage(cast).submit().approve(by=cast.rina)
    assert Decision.objects.get().on_behalf_of == cast.sari
    assert trail("content.post.approved") == cast.sari.full_name
    page = client_as("dwi").get(reverse("content:post_detail", args=[stage.post.pk]))
    said = f"{cast.rina.full_name} atas nama {cast.sari.full_name}"
    assert page.content.decode().count(said) >= 3, "the stage, the decision and the history"


def test_so_do_changes_and_a_rejection(cast: Cast) -> None:
    stands_in(cast)
    for decide, event in (
        (actions.request_changes, "content.post.changes_requested"),
        (actions.reject_post, "content.post.rejected"),
    ):
        stage = make_stage(cast).submit()
        decide(actor=cast.rina, post_id=stage.post.pk, digest=stage.digest, note="Sumber?")
        assert trail(event) == cast.sari.full_name


def test_who_has_the_right_themselves_decides_for_nobody(cast: Cast) -> None:
    stands_in(cast)
    factories.grant(cast.rina, Role.APPROVER, cast.diskominfo)
    make_stage(cast).submit().approve(by=cast.rina)
    assert Decision.objects.get().on_behalf_of is None
    assert trail("content.post.approved") == ""


def test_the_database_takes_no_decision_that_says_it_wrongly(cast: Cast) -> None:
    stands_in(cast)
    review = make_stage(cast).submit().fresh().reviews.get()
    for who, principal in ((cast.rina, None), (cast.rina, cast.ratna), (cast.sari, cast.ratna)):
        with pytest.raises(REFUSED, match="stands in"), transaction.atomic():
            Decision.objects.create(
                review=review, version_digest=review.digest, decider=who, on_behalf_of=principal,
                verdict="reject", note="Tidak.",
            )  # fmt: skip

"""Findings know the freezes that are on, and a freeze tells whose posts it covers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accounts.capabilities import Role
from content import actions
from content.documents import EMERGENCY
from content.errors import ContentError
from content.models import Notification
from content.surroundings import findings_of
from tests import factories
from tests.cast import Cast
from tests.content.stage import FACETS, Stage, later, make_stage
from tests.content.test_freezes import freeze, justify, lift


def silences(stage: Stage, **changes: Any) -> list[str]:
    """The reasons of the freezes that are found in a post."""
    version = stage.fresh().current_version
    assert version is not None
    found = findings_of(replace(version.content(), **changes), stage.post.unit)
    return [one.excerpt for one in found if one.rule == "frozen"]


def test_a_post_planned_during_a_freeze_that_covers_it_has_a_finding(cast: Cast) -> None:
    stage = make_stage(cast, planned_at=later(hours=5))
    assert not silences(stage)
    factories.grant(cast.sari, Role.APPROVER, cast.city)
    freeze(cast, unit_id=cast.city.pk, expected_until=later(hours=9))
    assert silences(stage) == ["Hari berkabung"]
    # After it, or for nobody whom it covers.
    assert not silences(stage, planned_at=later(hours=10))
    theirs = factories.official_account(factories.unit("Kabupaten Lain"))
    assert not silences(stage, texts={theirs.pk: "Teks."})
    # A draft that has no accounts yet stands for its unit.
    assert silences(stage, texts={}) == ["Hari berkabung"]
    spared = replace(FACETS, sensitivity=EMERGENCY)
    assert not silences(stage, facets=spared)
    lift(cast)
    assert not silences(stage)


def test_a_freeze_of_another_account_is_none_of_its_concern(cast: Cast) -> None:
    stage = make_stage(cast)
    other = factories.official_account(cast.diskominfo)
    freeze(cast, official_account_id=other.pk)
    assert not silences(stage)
    freeze(cast, official_account_id=stage.account.pk)
    assert silences(stage) == ["Hari berkabung"]


def test_what_a_freeze_covers_is_submitted_with_a_reason_only(cast: Cast) -> None:
    stage = make_stage(cast, planned_at=later(hours=5))
    freeze(cast)
    with pytest.raises(ContentError, match="publications are frozen"):
        stage.submit()
    justify(stage)
    stage.submit()


def test_a_freeze_that_begins_tells_who_wrote_what_it_covers(cast: Cast) -> None:
    make_stage(cast, planned_at=later(hours=5)).submit()
    make_stage(cast, planned_at=later(hours=50))
    make_stage(cast)
    freeze(cast, expected_until=later(hours=9))
    row = Notification.objects.get(kind="freeze_planned")
    assert (row.person, row.facts["unit"]) == (cast.dwi, "Diskominfo")
    actions.lift_freeze(
        actor=cast.sari, freeze_id=cast.diskominfo.freezes.get().pk, reason="Selesai"
    )
    assert Notification.objects.filter(kind="freeze_planned").count() == 1

"""Roles and places of units against the trail. The cast has its own without an entry."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import actions
from accounts.capabilities import Role
from accounts.models import Grant, Unit
from govsocial.audit.models import Entry
from tests.cast import Cast
from tests.triggers import without_trigger


def told() -> list[str]:
    out = io.StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_roles", "--json", stdout=out)
    return [f"{one['name']}: {one['state']}" for one in json.loads(out.getvalue())["unproven"]]


@pytest.fixture
def before(cast: Cast) -> list[str]:
    return told()


def since(before: list[str]) -> list[str]:
    return [one for one in told() if one not in before]


def test_what_administrators_did_is_borne_out(cast: Cast, before: list[str]) -> None:
    month = timezone.now() + timedelta(days=30)
    given = actions.grant_role(
        actor=cast.bayu, user_id=cast.rina.pk, role=Role.APPROVER, unit_id=cast.dinkes.pk,
        ends_at=month, decree="SK 1", on_behalf_of_id=cast.nur.pk,
    )  # fmt: skip
    actions.end_grant(actor=cast.bayu, grant_id=given.pk, reason="Kembali bertugas")
    made = actions.create_unit(
        actor=cast.bayu, parent_id=cast.dinkes.pk, name="Puskesmas", short_name="",
        time_zone="Asia/Jakarta",
    )  # fmt: skip
    actions.move_unit(actor=cast.bayu, unit_id=made.pk, parent_id=cast.diskominfo.pk)
    assert since(before) == []


def test_a_role_that_sql_gave_is_named(cast: Cast, before: list[str]) -> None:
    Grant.objects.create(
        user=cast.rina, role=Role.APPROVER, unit=cast.diskominfo, granted_by=cast.bayu
    )
    assert since(before) == ["Rina Lestari: approver"]


def test_a_role_that_sql_made_longer_is_named(cast: Cast, before: list[str]) -> None:
    week = timezone.now() + timedelta(days=7)
    given = actions.grant_role(
        actor=cast.bayu, user_id=cast.rina.pk, role=Role.APPROVER, unit_id=cast.dinkes.pk,
        ends_at=week, decree="SK 1",
    )  # fmt: skip
    with without_trigger("accounts.Grant:ends_once_now_or_later"):
        Grant.objects.filter(pk=given.pk).update(ends_at=week + timedelta(days=1))
    assert since(before) == ["Rina Lestari: approver"]


def test_a_unit_that_sql_moved_is_named(cast: Cast, before: list[str]) -> None:
    made = actions.create_unit(
        actor=cast.bayu, parent_id=cast.dinkes.pk, name="Puskesmas", short_name="",
        time_zone="Asia/Jakarta",
    )  # fmt: skip
    Unit.objects.filter(pk=made.pk).update(parent=cast.diskominfo)
    moved = "Puskesmas: below Dinas Komunikasi dan Informatika"
    assert since(before) == [moved]
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_roles", stdout=out)
    assert moved.partition(": ")[2] in out.getvalue()


def test_entries_from_before_they_held_the_id_are_read_by_name(
    cast: Cast, before: list[str]
) -> None:
    made = actions.create_unit(
        actor=cast.bayu, parent_id=cast.dinkes.pk, name="Puskesmas", short_name="",
        time_zone="Asia/Jakarta",
    )  # fmt: skip
    with without_trigger("audit.Entry:append_only"):
        Entry.objects.filter(target_id=str(made.pk), event="accounts.unit.created").update(
            data={"parent": cast.dinkes.name}
        )
    assert since(before) == []
    Unit.objects.filter(pk=made.pk).update(parent=cast.diskominfo)
    assert since(before) == ["Puskesmas: below Dinas Komunikasi dan Informatika"]

"""Slots of accounts, and planning a post for the next one that is free."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import OfficialAccount, Unit
from content import actions
from content.actions import InSlot
from content.errors import ContentError, EditConflict
from content.models import Post, PublishingSlot, TakenSlot
from content.pages import slots as pages_slots
from content.slots import frozen_until
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast, the_cast
from tests.content.stage import document, make_stage
from tests.content.test_freezes import freeze
from tests.content.test_policies import policy
from tests.content.test_time_and_races import at_once

ClientAs = Callable[[object], Client]
REFUSED = (IntegrityError, InternalError)
# A Friday, 15.00 in Jakarta.
NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
FRIDAY_16 = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
MONDAY_9 = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


def give(cast: Cast, account: OfficialAccount, *days: int, at: time = time(9)) -> None:
    actions.add_slots(actor=cast.bayu, official_account_id=account.pk, weekdays=days, at=at)


def plan(cast: Cast, *accounts: OfficialAccount, ticket: UUID | None = None) -> InSlot:
    return actions.save_in_free_slot(
        actor=cast.dwi,
        document=document(*accounts),
        ticket=ticket or uuid4(),
        unit_id=cast.diskominfo.pk,
    )


def planned(saved: InSlot) -> datetime | None:
    return Post.objects.get(pk=saved.post.pk).planned_at


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    """With a slot on Mondays at nine and one on Fridays at four in the afternoon."""
    made = factories.official_account(cast.diskominfo)
    give(cast, made, 1)
    give(cast, made, 5, at=time(16))
    return made


@time_machine.travel(NOW, tick=True)
def test_posts_get_one_free_slot_after_the_other(cast: Cast, account: OfficialAccount) -> None:
    first, second, third = (plan(cast, account) for _number in range(3))
    week = timedelta(weeks=1)
    assert [planned(one) for one in (first, second, third)] == [
        FRIDAY_16, MONDAY_9, FRIDAY_16 + week,
    ]  # fmt: skip
    assert third.slot is not None
    assert (third.slot.taken, third.slot.accounts) == (2, [account.in_words])
    entry = Entry.objects.filter(event="content.slot.taken").earliest("pk")
    assert entry.data == {"at": FRIDAY_16.isoformat()}


@time_machine.travel(NOW, tick=True)
def test_a_time_counts_where_one_of_the_accounts_is_free(
    cast: Cast, account: OfficialAccount
) -> None:
    other = factories.official_account(cast.diskominfo)
    give(cast, other, 5, at=time(16))
    plan(cast, account)
    both = plan(cast, account, other)
    assert both.slot is not None
    assert planned(both) == FRIDAY_16
    assert both.slot.accounts == [other.in_words]
    assert planned(plan(cast, account, other)) == MONDAY_9


@pytest.mark.parametrize(
    ("zone", "hours"), [("Asia/Jakarta", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)]
)
def test_a_slot_is_of_the_zone_of_the_unit(cast: Cast, zone: str, hours: int) -> None:
    Unit.objects.filter(pk=cast.diskominfo.pk).update(time_zone=zone)
    account = factories.official_account(cast.diskominfo)
    give(cast, account, 7, at=time(0, 30))
    with time_machine.travel(NOW, tick=True):
        at = planned(plan(cast, account))
    assert at == datetime(2026, 11, 29, 0, 30, tzinfo=UTC) - timedelta(hours=hours)


@time_machine.travel(NOW, tick=True)
def test_no_slot_is_offered_within_a_freeze_that_runs(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    freeze(cast, expected_until=FRIDAY_16 + timedelta(days=1))
    saved = plan(cast, account)
    assert (planned(saved), saved.slot and saved.slot.frozen) == (MONDAY_9, 1)
    other = factories.official_account(cast.dinkes)
    typed = {
        "title": "Jadwal", "unit": cast.diskominfo.pk, "accounts": [account.pk], "text": "Halo",
        "language": "id", "next_slot": "on", "ticket": str(uuid4()),
    }  # fmt: skip
    client, create = client_as(factories.reads_english(cast.dwi)), reverse("content:post_create")
    said = client.post(create, typed, follow=True).content.decode()
    for told in (
        "1 earlier slot is taken by another post.", "1 earlier slot lies within a freeze.",
        f"Frozen now: {account.in_words}. The freeze is expected to be over by then",
    ):  # fmt: skip
        assert told in said
    actions.begin_freeze(
        actor=cast.sari, unit_id=cast.diskominfo.pk, official_account_id=account.pk, kind="other",
        reason="Sampai dicabut",
    )  # fmt: skip
    nobody_knows = frozen_until({account, other}, NOW)
    assert [*nobody_knows] == [account.pk]
    with pytest.raises(ContentError, match="lies within a freeze"):
        plan(cast, account)


@time_machine.travel(NOW, tick=True)
def test_a_freeze_that_should_be_over_and_is_not_has_no_end(
    cast: Cast, account: OfficialAccount
) -> None:
    freeze(cast, expected_until=FRIDAY_16)
    end = frozen_until({account}, FRIDAY_16)[account.pk]
    assert end > FRIDAY_16 + timedelta(weeks=500)
    assert frozen_until({account}, NOW)[account.pk] == FRIDAY_16


@time_machine.travel(NOW, tick=True)
def test_what_is_withdrawn_from_its_time_frees_it(cast: Cast, account: OfficialAccount) -> None:
    saved = plan(cast, account)
    moved = MONDAY_9 + timedelta(hours=1)
    actions.reschedule_post(actor=cast.dwi, post_id=saved.post.pk, planned_at=moved, based_on=1)
    assert planned(plan(cast, account)) == FRIDAY_16


@time_machine.travel(NOW, tick=True)
def test_the_same_form_takes_one_slot_however_often_it_is_sent(
    cast: Cast, account: OfficialAccount
) -> None:
    ticket = uuid4()
    first, again = (plan(cast, account, ticket=ticket) for _number in range(2))
    assert (again.post, again.slot) == (first.post, None)
    assert Post.objects.count() == TakenSlot.objects.count() == 1
    with pytest.raises(ContentError):
        actions.save_in_free_slot(
            actor=cast.rina, document=document(account), ticket=ticket,
            unit_id=cast.diskominfo.pk,
        )  # fmt: skip


@time_machine.travel(NOW, tick=True)
def test_an_edit_moves_to_a_slot_and_a_stale_one_takes_none(
    cast: Cast, account: OfficialAccount
) -> None:
    saved = plan(cast, account)
    edit = partial(
        actions.save_in_free_slot,
        actor=cast.dwi,
        document=document(account, text="Lebih jelas."),
        post_id=saved.post.pk,
        based_on=1,
    )
    ticket = uuid4()
    assert planned(edit(ticket=ticket)) == FRIDAY_16, "its own slot is free for it"
    assert edit(ticket=ticket).slot is None, "sent twice, saved once"
    with pytest.raises(ContentError, match="answered already"):
        edit(ticket=ticket, based_on=2, document=document(account, text="Lain."))
    with pytest.raises(EditConflict):
        edit(ticket=uuid4(), document=document(account, text="Lain lagi."))
    assert TakenSlot.objects.count() == 2


def test_accounts_without_slots_have_none_free(cast: Cast) -> None:
    with pytest.raises(ContentError, match="has slots") as told:
        plan(cast, factories.official_account(cast.diskominfo))
    assert told.value.field == "next_slot"


def test_slots_are_kept_by_who_manages_the_account(cast: Cast, account: OfficialAccount) -> None:
    add = partial(actions.add_slots, official_account_id=account.pk, weekdays=[2], at=time(9))
    slot = PublishingSlot.objects.earliest("pk")
    for person in (cast.sari, cast.dwi, cast.nur):
        with pytest.raises(PermissionDenied):
            add(actor=person)
        with pytest.raises(PermissionDenied):
            actions.remove_slot(actor=person, slot_id=slot.pk)
        with pytest.raises(REFUSED), transaction.atomic():
            row(account, added_by=person)
    actions.remove_slot(actor=cast.bayu, slot_id=slot.pk)
    told = [entry.data for entry in Entry.objects.filter(event__contains=".slot.").order_by("pk")]
    assert told == [
        {"day": "monday", "at": "09.00"},
        {"day": "friday", "at": "16.00"},
        {"day": "monday", "at": "09.00"},
    ]


def row(account: OfficialAccount, **fields: Any) -> PublishingSlot:
    values: dict[str, Any] = {"official_account": account, "weekday": 3, "at": time(9)}
    return PublishingSlot.objects.create(**(values | fields))


def test_a_slot_is_there_once_and_of_a_day_and_a_minute(
    cast: Cast, account: OfficialAccount
) -> None:
    with pytest.raises(ContentError) as told:
        give(cast, account, 1, 2)
    assert told.value.field == "at"
    assert PublishingSlot.objects.count() == 2, "none of them was added"
    for wrong in ({"weekday": 1}, {"weekday": 0}, {"weekday": 8}, {"at": time(9, 0, 1)}):
        with pytest.raises(REFUSED), transaction.atomic():
            row(account, added_by=cast.bayu, **wrong)
    with pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE content_publishingslot SET weekday = 6")


def test_an_administrator_keeps_them_on_a_page_and_others_read_it(
    cast: Cast, client_as: ClientAs, account: OfficialAccount
) -> None:
    bayu = client_as(factories.reads_english(cast.bayu))
    page, add = reverse("content:slot_list"), reverse("content:slot_add")
    typed = {"official_account": account.pk, "weekdays": ["1", "3"], "at": "10:30"}
    assert bayu.post(add, typed).status_code == 302
    again = bayu.post(add, typed)
    assert again.status_code == 422
    assert "has a slot at this time" in again.content.decode()
    elsewhere = factories.official_account(Unit.objects.create(name="Pemprov"))
    for wrong in (
        {"official_account": elsewhere.pk},
        {"weekdays": ["9"], "at": "25:00"},
        {"official_account": "9" * 30, "at": "\x00"},
    ):
        assert bayu.post(add, typed | wrong).status_code == 422
    told = bayu.get(page).content.decode()
    assert "Wednesday" in told
    assert f'aria-label="Remove Wednesday 10.30, {account.in_words}"' in told
    slot = PublishingSlot.objects.earliest("pk")
    remove = reverse("content:slot_remove", args=[slot.pk])
    sari = client_as("sari")
    assert remove not in sari.get(page).content.decode()
    assert sari.post(remove).status_code == 403
    list_of_it = f"account={account.pk}&page=1&sort=x"
    removed = bayu.post(remove, {"list": list_of_it})
    assert removed["Location"] == (
        f"{page}?account={account.pk}&page=1&removed={account.pk}-1-0900#removed"
    )
    assert bayu.post(remove).status_code == 404
    offered = bayu.get(removed["Location"]).content.decode()
    assert "has no slot on Monday 09.00 WIB any more" in offered
    assert remove not in offered
    back = {"official_account": account.pk, "weekdays": "1", "at": "09:00"}
    assert all(f'name="{name}" value="{value}"' in offered for name, value in back.items())
    assert bayu.post(add, back).status_code == 302
    gone = f"{elsewhere.pk}-1-0900", f"{account.pk}-8-2460"
    for address in (removed["Location"], *(f"{page}?removed={one}" for one in gone)):
        assert "any more" not in bayu.get(address).content.decode()
    assert "any more" not in sari.get(page, {"removed": f"{account.pk}-7-0900"}).content.decode()


def test_a_page_of_slots_stays_light_however_many_there_are(
    cast: Cast, client_as: ClientAs, django_assert_max_num_queries: Any
) -> None:
    for _number in range(pages_slots.ACCOUNTS_ON_A_PAGE + 1):
        made = factories.official_account(cast.diskominfo)
        PublishingSlot.objects.bulk_create(
            PublishingSlot(official_account=made, weekday=day, at=time(8, at), added_by=cast.bayu)
            for at in range(actions.slots.MOST_SLOTS // 6)
            for day in range(1, 7)
        )
    with django_assert_max_num_queries(15):
        answer = client_as("bayu").get(reverse("content:slot_list"))
    assert answer.content.count(b"formaction=") == pages_slots.ACCOUNTS_ON_A_PAGE * 60
    assert len(answer.content) <= 100_000


@time_machine.travel(NOW, tick=True)
def test_the_composer_plans_for_the_slot_and_says_when_that_is(
    cast: Cast, client_as: ClientAs, account: OfficialAccount
) -> None:
    dwi = client_as(factories.reads_english(cast.dwi))
    address = reverse("content:post_create")
    typed = {
        "title": "Jadwal", "unit": cast.diskominfo.pk, "accounts": [account.pk], "text": "Halo",
        "language": "id", "next_slot": "on", "ticket": str(uuid4()),
    }  # fmt: skip
    said = dwi.post(address, typed, follow=True).content.decode()
    assert "Planned for 27 November 2026 16:00 WIB" in said, said[said.find("Planned") :][:200]
    assert "sent before" in dwi.post(address, typed, follow=True).content.decode()
    assert Post.objects.count() == 1
    both = dwi.post(address, typed | {"ticket": str(uuid4()), "planned_at": "2127-12-24T10:00"})
    assert both.status_code == 422
    assert "not both" in both.content.decode()
    bare = factories.official_account(cast.diskominfo)
    none = dwi.post(address, typed | {"ticket": "nonsense", "accounts": [bare.pk]})
    assert none.status_code == 422
    none = dwi.post(address, typed | {"ticket": "", "accounts": [bare.pk]})
    assert none.status_code == 409
    assert "has slots" in none.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_people_who_want_the_same_slot_get_two() -> None:
    cast = the_cast()
    account = make_stage(cast).account
    give(cast, account, 1)
    ticket = uuid4()
    results = at_once(
        *[partial(plan, cast, account)] * 2, *[partial(plan, cast, account, ticket=ticket)] * 2
    )
    saved = [one for one in results if isinstance(one, InSlot)]
    assert len(saved) == 4
    assert len({planned(one) for one in saved}) == len({one.post.pk for one in saved}) == 3


@time_machine.travel(NOW, tick=True)
def test_a_slot_beyond_the_life_of_an_approval_is_taken_with_a_word_about_it(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    policy(cast, ["approve"], days=1)
    assert plan(cast, account).not_before is None
    assert plan(cast, account).not_before == MONDAY_9 - timedelta(days=1)
    typed = {
        "title": "Jadwal", "unit": cast.diskominfo.pk, "language": "id", "text": "Vaksin gratis.",
        "accounts": account.pk, "next_slot": "on", "ticket": uuid4(),
    }  # fmt: skip
    client = client_as(factories.reads_english(cast.dwi))
    answer = client.post(reverse("content:post_create"), typed, follow=True)
    assert "It can be approved from" in answer.content.decode()

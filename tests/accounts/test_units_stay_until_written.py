"""Whose account it is follows the tree of units: a unit that moves between the question whether
somebody may and what they write moves before the question, or after it was written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts import actions
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.models import ImpersonationNote, OfficialAccount, Unit, User
from govsocial.audit.models import Entry
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.meanwhile import Act, begin, finish
from tests.accounts.test_impersonations import report
from tests.accounts.test_import import keep, row
from tests.accounts.test_races import at_once
from tests.cast import Cast, the_cast

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Place:
    """A unit below Dinkes with an account, and who administers Dinkes but nothing else."""

    cast: Cast
    below: Unit
    keeper: User
    account: OfficialAccount

    def move(self) -> Unit:
        return self.move_below(self.cast.diskominfo)

    def move_below(self, parent: Unit) -> Unit:
        mover = User.objects.get(pk=self.cast.bayu.pk)
        return actions.move_unit(actor=mover, unit_id=self.below.pk, parent_id=parent.pk)

    def written(self) -> list[object]:
        models = (OfficialAccount, ImpersonationNote)
        return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture
def place() -> Place:
    cast = the_cast()
    below = factories.unit("Puskesmas Satu", parent=cast.dinkes)
    factories.grant(cast.fajar, Role.ADMINISTRATOR, cast.dinkes)
    return Place(cast, below, cast.fajar, factories.official_account(below))


def suspend(place: Place) -> Act:
    return lambda: actions.suspend_official_account(
        actor=place.keeper, official_account_id=place.account.pk, reason="Diretas"
    )


def register(place: Place) -> Act:
    return lambda: actions.register_official_account(
        actor=place.keeper, unit_id=place.below.pk, platform="instagram", handle="baru",
        display_name="Baru",
    )  # fmt: skip


def note(place: Place) -> Act:
    made = report(place.cast, imitated=place.account.listing.code).report
    return lambda: actions.note_on_report(actor=place.keeper, report_id=made.pk, text="Catatan")


each = pytest.mark.parametrize("prepared", [suspend, register, note])


@each
def test_whose_unit_has_moved_away_first_is_refused(
    place: Place, prepared: Callable[[Place], Act]
) -> None:
    act, stood = prepared(place), place.written()
    refusals: list[PermissionDenied] = []

    def act_refused() -> None:
        with pytest.raises(PermissionDenied) as refused:
            act()
        refusals.append(refused.value)

    with transaction.atomic():
        place.move()
        entries = Entry.objects.count()
        waiting = begin(act_refused)
    finish(waiting)
    assert len(refusals) == 1
    assert place.written() == stood
    assert Entry.objects.count() == entries


@pytest.fixture
def moves_once_asked(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The unit is moved elsewhere as soon as the keeper's right was asked about."""
    read = User.reach_now
    moves: list[threading.Thread] = []

    def reach_now(self: User) -> dict[int, frozenset[str]]:
        answer = read(self)
        if self.pk == place.keeper.pk and not moves:
            moves.append(begin(place.move))
            assert read(self) == answer, "the unit moved before what was asked for was written"
        return answer

    monkeypatch.setattr(User, "reach_now", reach_now)
    yield
    finish(moves[0])
    assert Unit.objects.get(pk=place.below.pk).parent == place.cast.diskominfo
    assert place.below.pk not in read(place.keeper)


@each
def test_a_unit_moves_after_what_was_written_there(
    place: Place, moves_once_asked: None, prepared: Callable[[Place], Act]
) -> None:
    act, stood = prepared(place), place.written()
    assert act()
    assert place.written() != stood


def test_a_list_with_a_unit_that_has_moved_away_is_shown_again_and_registers_nothing(
    place: Place,
) -> None:
    batch = keep(place.keeper, row(1), row(2, unit=place.below.name))
    assert batch.good == 2
    done: list[bool] = []

    def register_list() -> None:
        kept = actions.import_accounts(actor=place.keeper, batch_id=batch.pk)
        done.append(kept.is_done)

    stood = place.written()
    with transaction.atomic():
        place.move()
        waiting = begin(register_list)
    finish(waiting)
    batch.refresh_from_db()
    assert done == [False]
    assert (batch.good, batch.bad) == (1, 1)
    assert place.written() == stood


def test_moves_and_writes_at_once_all_come_to_an_end(place: Place) -> None:
    """None of them waits for another one in a circle, which the database would break up."""
    parents = cycle([place.cast.diskominfo, place.cast.dinkes])
    accounts = [place.account, factories.official_account(place.below)]

    def often(act: Callable[[int], object]) -> Callable[[], None]:
        def run() -> None:
            for number in range(12):
                try:
                    act(number)
                except (AccountError, PermissionDenied):
                    continue

        return run

    def switch(number: int) -> object:
        account = accounts[number % 2]
        to = (
            actions.suspend_official_account
            if number % 4 < 2
            else actions.activate_official_account
        )
        return to(actor=place.keeper, official_account_id=account.pk, reason="Diretas")

    def change(number: int) -> object:
        account = accounts[number % 2]
        return actions.change_official_account(
            actor=place.cast.bayu, official_account_id=account.pk, unit_id=place.below.pk,
            handle=account.handle, host=account.host, display_name=f"Nama {number}",
        )  # fmt: skip

    def rename(number: int) -> object:
        return actions.change_unit(
            actor=place.cast.bayu, unit_id=place.below.pk, name=f"Puskesmas {number}",
            short_name="", time_zone=place.below.time_zone,
        )  # fmt: skip

    acts = (switch, switch, change, rename, lambda _number: place.move_below(next(parents)))
    assert at_once(*(often(act) for act in acts)) == ["done"] * len(acts)
    assert trail("accounts.unit.moved")
    assert trail("accounts.official_account.suspended")

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts import actions
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.models import Grant, Unit
from govsocial.audit.sentences import changes_of, sentence
from tests import factories
from tests.accounts.conftest import trail
from tests.cast import Cast
from tests.triggers import without_trigger

ClientAs = Callable[[object], Client]
WIB = "Asia/Jakarta"


def test_a_new_unit_is_reached_by_the_roles_above_it(cast: Cast) -> None:
    unit = actions.create_unit(
        actor=cast.bayu, parent_id=cast.dinkes.pk, name="Puskesmas", short_name="", time_zone=WIB
    )
    assert cast.fajar.may("content.draft", unit.pk)
    (entry,) = trail("accounts.unit.created")
    assert (entry.actor_id, entry.target_label, entry.unit_id) == (
        cast.bayu.pk, "Puskesmas", unit.pk,
    )  # fmt: skip
    assert entry.data == {"parent": "Dinas Kesehatan", "parent_id": cast.dinkes.pk}


@pytest.mark.parametrize("who", ["dwi", "sari", "ratna", "laila", "nur", "inactive"])
def test_only_administrators_of_the_place_change_units(cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    place = cast.diskominfo
    with pytest.raises(PermissionDenied):
        actions.create_unit(actor=actor, parent_id=place.pk, name="X", short_name="", time_zone=WIB)
    with pytest.raises(PermissionDenied):
        actions.change_unit(actor=actor, unit_id=place.pk, name="X", short_name="", time_zone=WIB)
    with pytest.raises(PermissionDenied):
        actions.move_unit(actor=actor, unit_id=place.pk, parent_id=cast.dinkes.pk)
    assert not trail("accounts.unit.created")


def test_a_unit_is_changed_and_the_trail_keeps_what_was_before(cast: Cast) -> None:
    actions.change_unit(
        actor=cast.bayu,
        unit_id=cast.dinkes.pk,
        name="Dinas Kesehatan dan KB",
        short_name="Dinkes",
        time_zone="Asia/Makassar",
    )
    cast.dinkes.refresh_from_db()
    assert cast.dinkes.name == "Dinas Kesehatan dan KB"
    (entry,) = trail("accounts.unit.changed")
    assert entry.data == {
        "changed": ["name", "time_zone"],
        "before": ["Dinas Kesehatan", "Asia/Jakarta"],
        "after": ["Dinas Kesehatan dan KB", "Asia/Makassar"],
    }
    with translation.override("en"):
        assert sentence(entry) == "Bayu Pratama changed the unit Dinkes: Name, Time zone."
        assert [str(change) for change in changes_of(entry)] == [
            "Name: Dinas Kesehatan → Dinas Kesehatan dan KB",
            "Time zone: Western Indonesia (WIB) → Central Indonesia (WITA)",
        ]


def test_a_unit_whose_names_are_the_same_is_called_so_once(cast: Cast, client_as: ClientAs) -> None:
    Unit.objects.filter(pk=cast.dinkes.pk).update(name="Dinkes")
    page = client_as(cast.bayu).get(reverse("people:unit_list")).content.decode()
    assert page.count('<span class="muted small">Diskominfo</span>') == 1
    assert '<span class="muted small">Dinkes</span>' not in page
    actions.change_unit(
        actor=cast.bayu, unit_id=cast.dinkes.pk, name="Dinkes", short_name="Dinkes",
        time_zone="Asia/Makassar",
    )  # fmt: skip
    (entry,) = trail("accounts.unit.changed")
    assert sentence(entry).count("Dinkes") == 1


def test_saving_without_a_change_leaves_no_trace(cast: Cast) -> None:
    unit = cast.dinkes
    actions.change_unit(
        actor=cast.bayu,
        unit_id=unit.pk,
        name=unit.name,
        short_name=unit.short_name,
        time_zone=unit.time_zone,
    )
    assert not trail("accounts.unit.changed")


@pytest.mark.parametrize(
    ("name", "short_name", "field"),
    [
        ("Dinas Kesehatan", "", "name"),
        ("DINAS KESEHATAN", "DK", "name"),
        ("dinkes", "", "name"),
        ("Bidang Humas", "Dinkes", "short_name"),
        ("Bidang Humas", "dinas kesehatan", "short_name"),
        ("Dinas  Kesehatan", "", "name"),
        ("Dinas\N{NO-BREAK SPACE}Kesehatan", "", "name"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER D}inas Kesehatan", "", "name"),
    ],
)
def test_no_two_units_of_the_agency_are_called_the_same(
    cast: Cast, name: str, short_name: str, field: str
) -> None:
    create = partial(
        actions.create_unit, actor=cast.bayu, parent_id=cast.diskominfo.pk, time_zone=WIB
    )
    change = partial(
        actions.change_unit, actor=cast.bayu, unit_id=cast.diskominfo.pk, time_zone=WIB
    )
    for save in (create, change):
        with pytest.raises(AccountError, match="Dinas Kesehatan") as refused:
            save(name=name, short_name=short_name)
        assert refused.value.field == field
    made = create(name="Bidang Humas Dinas Kesehatan", short_name="")
    change(name="Dinas Komunikasi", short_name="Dinkominfo")
    for taken in ({"name": "dinas KESEHATAN"}, {"short_name": "DINKES"}):
        with pytest.raises(IntegrityError, match="_once"), transaction.atomic():
            Unit.objects.filter(pk=made.pk).update(**taken)


@pytest.mark.parametrize(("field", "most"), [("name", 200), ("short_name", 60)])
def test_a_name_that_is_longer_once_written_out_is_refused_beside_its_field(
    cast: Cast, client_as: ClientAs, field: str, most: int
) -> None:
    factories.reads_english(cast.bayu).save()

    def save(typed: str) -> tuple[int, str]:
        client, page = client_as(cast.bayu), reverse("people:unit_edit", args=[cast.diskominfo.pk])
        asked = {"name": "Dinas Baru", "short_name": "DB", "time_zone": WIB, field: typed}
        asked["seen"] = client.get(page).context["form"]["seen"].value()
        answer = client.post(page, asked)
        return answer.status_code, answer.content.decode()

    # Written out it takes three characters.
    words = "\N{PARENTHESIZED IDEOGRAPH STOCK}"
    status, told = save(words * (most // 2))
    assert status == 422
    assert f"at most {most} characters" in told
    assert words in told
    assert Unit._meta.get_field(field).max_length == most
    assert save(words * (most // 3))[0] == 302


def test_the_upgrade_calls_units_apart_that_were_called_the_same(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    module = importlib.import_module("accounts.migrations.0059_units_called_apart")
    rules = {one.name: one for one in Unit._meta.constraints}
    with connection.schema_editor(atomic=False) as editor:
        for name in ("unit_name_once", "unit_label_once"):
            editor.remove_constraint(Unit, rules[name])
    made = [
        factories.unit(name, parent=parent, short_name=short_name)
        for name, short_name, parent in (
            ("Sekretariat", "Set", cast.diskominfo),
            ("sekretariat", "SET", cast.dinkes),
            ("Sekretariat", "", cast.dinkes),
            ("Dinkes", "", cast.city),
        )
    ]
    # Small letters of which Python and the database may think differently.
    for name in ("İzmir", "izmir", "ΟΔΟΣ", "οδοσ"):
        factories.unit(name, parent=cast.dinkes)
    made += [factories.unit("Subbagian Umum", parent=one) for one in made[:2]]
    module.call_apart(apps, None)
    found = {one.pk: (one.name, one.short_name) for one in Unit.objects.all()}
    assert [found[one.pk] for one in made] == [
        ("Sekretariat", "Set"),
        ("sekretariat (Dinas Kesehatan)", ""),
        ("Sekretariat (Dinas Kesehatan) 2", ""),
        ("Dinkes (Pemerintah Kota Samudra)", ""),
        ("Subbagian Umum", ""),
        ("Subbagian Umum (sekretariat (Dinas Kesehatan))", ""),
    ]
    # Whoever upgrades tells each of these what they are called now; of the others is no word.
    told = {record.getMessage() for record in caplog.records if record.name == module.__name__}
    assert told >= {
        f"Unit {made[1].pk} was ('sekretariat', 'SET') and is 'sekretariat (Dinas Kesehatan)' now.",
        f"Unit {made[3].pk} was ('Dinkes', '') and is 'Dinkes (Pemerintah Kota Samudra)' now.",
    }
    unchanged = {cast.dinkes.pk, cast.city.pk, made[0].pk, made[4].pk}
    assert not [one for one in told if int(one.split()[1]) in unchanged]
    with connection.schema_editor(atomic=False) as editor:
        connection.check_constraints()
        for name in ("unit_name_once", "unit_label_once"):
            editor.add_constraint(Unit, rules[name])


def test_a_moved_unit_answers_to_those_above_its_new_place(cast: Cast) -> None:
    section = factories.unit("Seksi Media", parent=cast.diskominfo)
    assert cast.dwi.may("content.draft", section.pk)
    actions.move_unit(actor=cast.bayu, unit_id=section.pk, parent_id=cast.dinkes.pk)
    assert not cast.dwi.may("content.draft", section.pk)
    assert cast.fajar.may("content.draft", section.pk)
    (entry,) = trail("accounts.unit.moved")
    assert entry.data["from_unit"] == "Dinas Komunikasi dan Informatika"
    assert entry.data["to_unit"] == "Dinas Kesehatan"
    assert entry.data["to_unit_id"] == cast.dinkes.pk


def test_an_administrator_of_a_unit_cannot_move_it_from_under_those_above(cast: Cast) -> None:
    below = factories.unit("Kelurahan", parent=cast.dinkes)
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    with pytest.raises(PermissionDenied):
        actions.move_unit(actor=cast.nur, unit_id=cast.dinkes.pk, parent_id=below.pk)
    with pytest.raises(PermissionDenied):
        actions.move_unit(actor=cast.nur, unit_id=below.pk, parent_id=cast.city.pk)


def test_no_unit_goes_below_itself_and_the_top_stays(cast: Cast) -> None:
    below = factories.unit("Kelurahan", parent=cast.dinkes)
    with pytest.raises(AccountError, match="below itself"):
        actions.move_unit(actor=cast.bayu, unit_id=cast.dinkes.pk, parent_id=below.pk)
    with pytest.raises(AccountError, match="top unit"):
        actions.move_unit(actor=cast.bayu, unit_id=cast.city.pk, parent_id=below.pk)


@pytest.fixture
def village(cast: Cast) -> Unit:
    """The only unit below Dinkes, whose one administrator is Nur."""
    factories.grant(factories.reads_english(cast.nur), Role.ADMINISTRATOR, cast.dinkes)
    return factories.unit("Kelurahan", parent=cast.dinkes)


def offered(client: Client) -> set[str]:
    page = client.get(reverse("people:unit_list"))
    units = {unit.name: unit.pk for unit in page.context["page"]}
    text = page.content.decode()
    return {
        name
        for name, key in units.items()
        if f'href="{reverse("people:unit_move", args=[key])}"' in text
    }


def test_a_move_is_offered_only_where_there_is_a_place_to_move_to(
    cast: Cast, village: Unit, client_as: ClientAs
) -> None:
    client = client_as("nur")
    assert offered(client) == set()
    assert offered(client_as("bayu")) == {village.name, cast.dinkes.name, cast.diskominfo.name}
    # A second tree takes what is below the first; their tops hang below what is not Nur's.
    other = factories.grant(cast.nur, Role.ADMINISTRATOR, cast.diskominfo)
    assert offered(client_as("nur")) == {village.name}
    Grant.objects.filter(pk=other.pk).update(ends_at=timezone.now())
    factories.unit("Posyandu", parent=village)
    assert offered(client_as("nur")) == {"Posyandu"}
    factories.unit("Puskesmas", parent=cast.dinkes)
    assert offered(client_as("nur")) == {"Posyandu", "Puskesmas", village.name}


def test_a_move_without_a_place_says_why_and_moves_nothing(
    cast: Cast, village: Unit, client_as: ClientAs
) -> None:
    no_place, top = "For this one there is no such place", "The top unit cannot be moved."
    factories.reads_english(cast.bayu)
    for who, unit, words in (
        ("nur", cast.dinkes, no_place), ("nur", village, no_place), ("bayu", cast.city, top),
    ):  # fmt: skip
        client, address = client_as(who), reverse("people:unit_move", args=[unit.pk])
        told = client.get(address)
        assert told.status_code == 200
        refused = client.post(address, {"parent": cast.diskominfo.pk})
        assert refused.status_code == 422
        for page in (told, refused):
            assert words in page.content.decode()
            assert 'name="parent"' not in page.content.decode()
    village.refresh_from_db()
    assert village.parent == cast.dinkes
    factories.unit("Puskesmas", parent=cast.dinkes)
    client, address = client_as("nur"), reverse("people:unit_move", args=[village.pk])
    assert 'name="parent"' in client.get(address).content.decode()


def test_a_forged_parent_is_refused_beside_the_field_and_typed_text_is_kept(
    cast: Cast, client_as: ClientAs
) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    response = client_as("nur").post(
        reverse("people:unit_add"),
        {"parent": cast.city.pk, "name": "Posyandu Melati", "time_zone": WIB},
    )
    assert response.status_code == 422
    assert "parent" in response.context["form"].errors
    assert "Posyandu Melati" in response.content.decode()
    assert not Unit.objects.filter(name="Posyandu Melati").exists()


def test_the_upgrade_names_units_whose_zone_does_not_exist(cast: Cast) -> None:
    module = importlib.import_module("accounts.migrations.0026_zones_of_units")
    with connection.schema_editor(atomic=False) as editor:
        module.refuse_unknown_zones(apps, editor)
        with without_trigger("accounts.Unit:zone_is_known"):
            Unit.objects.filter(pk=cast.dinkes.pk).update(time_zone="Asia/Nowhere")
        with pytest.raises(CommandError, match=rf"Asia/Nowhere.*IN \({cast.dinkes.pk}\)"):
            module.refuse_unknown_zones(apps, editor)

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, selectors
from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.models import Grant, User
from accounts.models.people import grants_not_over
from govsocial.web.days import midnight
from govsocial.web.templatetags.formats import date_long, date_short
from tests import factories
from tests.accounts.conftest import trail
from tests.cast import Cast

ClientAs = Callable[[object], Client]


def give(cast: Cast, actor: User, to: User, **changes: object) -> Grant:
    wanted: dict[str, object] = {"role": Role.REVIEWER, "unit_id": cast.diskominfo.pk, **changes}
    return actions.grant_role(actor=actor, user_id=to.pk, **wanted)  # type: ignore[arg-type]  # keywords of the test


def test_a_given_role_counts_at_once_and_stands_in_the_trail(cast: Cast) -> None:
    assert not cast.dwi.may("content.review", cast.diskominfo.pk)
    grant = give(cast, cast.bayu, cast.dwi, decree="SK 12/2026")
    assert cast.dwi.may("content.review", cast.diskominfo.pk)
    assert grant.granted_by == cast.bayu
    (entry,) = trail("accounts.grant.given")
    assert entry.target_label.startswith("Dwi Hartono: ")
    assert entry.data["role"] == "reviewer"
    assert entry.data["decree"] == "SK 12/2026"
    assert entry.unit_id == cast.diskominfo.pk


@pytest.mark.parametrize("who", ["dwi", "sari", "ratna", "laila", "nur", "inactive"])
def test_others_than_administrators_of_the_unit_give_no_role(cast: Cast, who: str) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    with pytest.raises(PermissionDenied):
        give(cast, getattr(cast, who), cast.rina)
    assert not trail("accounts.grant.given")


def test_an_administrator_gives_roles_below_and_never_above(cast: Cast) -> None:
    below = factories.unit("Kelurahan", parent=cast.dinkes)
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    assert give(cast, cast.nur, cast.fajar, unit_id=below.pk)
    with pytest.raises(PermissionDenied):
        give(cast, cast.nur, cast.fajar, unit_id=cast.city.pk)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMINISTRATOR, Role.LEADERSHIP])
def test_nobody_gives_a_role_to_themselves(cast: Cast, role: Role) -> None:
    with pytest.raises(AccountError, match="yourself"):
        give(cast, cast.bayu, cast.bayu, role=role)
    assert not cast.bayu.may("content.approve", cast.diskominfo.pk)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "emperor"}, "role"),
        ({"role": Role.DRAFTER}, "role"),
        ({"ends_at": timezone.now() - timedelta(days=1)}, "ends_at"),
    ],
    ids=["unknown role", "held already", "over already"],
)
def test_a_role_that_makes_no_sense_is_refused(
    cast: Cast, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(AccountError) as refused:
        give(cast, cast.bayu, cast.dwi, **changes)
    assert refused.value.field == field


def test_an_acting_official_takes_a_place_for_a_time(cast: Cast) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    with pytest.raises(AccountError, match="end date"):
        give(cast, cast.bayu, cast.made, role=Role.APPROVER, on_behalf_of_id=cast.sari.pk)
    grant = give(
        cast,
        cast.bayu,
        cast.made,
        role=Role.APPROVER,
        ends_at=tomorrow,
        on_behalf_of_id=cast.sari.pk,
    )
    assert grant.on_behalf_of == cast.sari
    assert cast.made.may("content.approve", cast.diskominfo.pk)
    assert trail("accounts.grant.given")[-1].data["in_place_of"] == "Sari Wulandari"
    actions.end_grant(actor=cast.bayu, grant_id=grant.pk, reason="Kembali")
    assert trail("accounts.grant.ended")[-1].data["in_place_of"] == "Sari Wulandari"
    with pytest.raises(AccountError, match="themselves"):
        give(
            cast,
            cast.bayu,
            cast.sari,
            role=Role.PUBLISHER,
            ends_at=tomorrow,
            on_behalf_of_id=cast.sari.pk,
        )


def test_a_role_of_ones_own_may_begin_beside_one_held_for_another(
    cast: Cast, client_as: ClientAs
) -> None:
    """Before the role of who is stood in for ends, its page names who stands in."""
    tomorrow = timezone.now() + timedelta(days=1)
    asked = {"role": Role.APPROVER, "ends_at": tomorrow, "on_behalf_of_id": cast.sari.pk}
    give(cast, cast.bayu, cast.rina, **asked)
    bayu = client_as(factories.reads_english(cast.bayu))
    own = cast.sari.grants.get(role=Role.APPROVER)
    page = bayu.get(reverse("people:grant_end", args=[own.pk])).content.decode()
    assert "Others stand in for Sari Wulandari" in page
    assert "Rina Lestari: Approver, " in page
    assert give(cast, cast.bayu, cast.rina, role=Role.APPROVER).on_behalf_of is None
    with pytest.raises(AccountError, match="already"):
        give(cast, cast.bayu, cast.rina, **asked)


def test_one_stands_in_only_for_who_holds_the_role_themselves(cast: Cast) -> None:
    """Then, there, and in their own name; an approver may review."""
    day = timedelta(days=1)
    asked = {"on_behalf_of_id": cast.sari.pk, "ends_at": timezone.now() + day}
    give(cast, cast.bayu, cast.made, role=Role.APPROVER, **asked)
    give(cast, cast.bayu, cast.rina, role=Role.REVIEWER, **asked)
    not_held: list[dict[str, object]] = [
        {"role": Role.PUBLISHER},
        {"role": Role.APPROVER, "unit_id": cast.city.pk},
        # Held for another.
        {"role": Role.APPROVER, "on_behalf_of_id": cast.made.pk},
    ]
    for changes in not_held:
        with pytest.raises(AccountError, match="own name") as refused:
            give(cast, cast.bayu, cast.laila, **asked | changes)
        assert refused.value.field == "on_behalf_of"
    User.objects.filter(pk=cast.sari.pk).update(is_active=False)
    with pytest.raises(AccountError, match="own name"):
        give(cast, cast.bayu, cast.laila, role=Role.APPROVER, **asked)
    User.objects.filter(pk=cast.sari.pk).update(is_active=True)
    cast.sari.grants.update(ends_at=timezone.now() + day)
    begins = timezone.now() + 2 * day
    later = {"starts_at": begins, "ends_at": begins + day, "on_behalf_of_id": cast.sari.pk}
    with pytest.raises(AccountError, match="own name"):
        give(cast, cast.bayu, cast.laila, role=Role.APPROVER, **later)


def test_the_same_role_may_follow_itself_but_not_overlap(cast: Cast) -> None:
    now = timezone.now()
    give(cast, cast.bayu, cast.rina, ends_at=now + timedelta(days=2))
    with pytest.raises(AccountError, match="already"):
        give(cast, cast.bayu, cast.rina, starts_at=now + timedelta(days=1))
    assert give(cast, cast.bayu, cast.rina, starts_at=now + timedelta(days=3))


def test_a_deactivated_person_is_given_nothing(cast: Cast) -> None:
    with pytest.raises(AccountError, match="deactivated"):
        give(cast, cast.bayu, cast.inactive)


def test_an_ended_role_counts_no_longer_and_stays_on_record(cast: Cast) -> None:
    grant = Grant.objects.get(user=cast.dwi)
    actions.end_grant(actor=cast.bayu, grant_id=grant.pk, reason="Mutasi")
    assert not cast.dwi.may("content.draft", cast.diskominfo.pk)
    grant.refresh_from_db()
    assert grant.is_over
    (entry,) = trail("accounts.grant.ended")
    assert entry.data["reason"] == "Mutasi"
    with pytest.raises(AccountError, match="over already"):
        actions.end_grant(actor=cast.bayu, grant_id=grant.pk, reason="Lagi")


def test_a_role_that_has_not_begun_never_will_once_ended(cast: Cast, client_as: ClientAs) -> None:
    starts = timezone.now() + timedelta(days=5)
    grant = give(cast, cast.bayu, cast.rina, starts_at=starts)
    ended = actions.end_grant(actor=cast.bayu, grant_id=grant.pk, reason="Batal")
    assert ended.ends_at == starts
    assert (ended.is_over, ended.is_to_come) == (True, False)
    factories.reads_english(cast.bayu)
    page = client_as("bayu").get(reverse("people:user_detail", args=[cast.rina.pk]))
    assert "Never began" in page.content.decode()
    assert "To come" not in page.content.decode()
    assert not selectors.own_grants(cast.rina).filter(pk=grant.pk).exists()
    with pytest.raises(AccountError, match="over already"):
        actions.end_grant(actor=cast.bayu, grant_id=grant.pk, reason="Lagi")
    # It stands in nobody's way, and begins on no day.
    assert give(cast, cast.bayu, cast.rina, ends_at=starts + timedelta(days=1))
    with time_machine.travel(starts, tick=False):
        assert grant in Grant.objects.exclude(grants_not_over())


@pytest.mark.parametrize("who", ["dwi", "sari", "laila", "nur"])
def test_others_end_no_role(cast: Cast, who: str) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    grant = Grant.objects.get(user=cast.made)
    with pytest.raises(PermissionDenied):
        actions.end_grant(actor=getattr(cast, who), grant_id=grant.pk, reason="x")
    assert cast.made.may("content.review", cast.diskominfo.pk)


def test_the_last_administrator_of_the_agency_stays(cast: Cast) -> None:
    grant = Grant.objects.get(user=cast.bayu)
    with pytest.raises(AccountError, match="last administrator"):
        actions.end_grant(actor=cast.bayu, grant_id=grant.pk, reason="Pensiun")
    factories.grant(
        cast.ratna, Role.ADMINISTRATOR, cast.city, ends_at=timezone.now() + timedelta(days=9)
    )
    with pytest.raises(AccountError, match="last administrator"):
        actions.end_grant(actor=cast.bayu, grant_id=grant.pk, reason="A successor for nine days")
    factories.grant(cast.rina, Role.ADMINISTRATOR, cast.city)
    actions.end_grant(actor=cast.bayu, grant_id=grant.pk, reason="Pensiun")
    assert not cast.bayu.may("people.manage", cast.city.pk)


def form_data(cast: Cast, **changes: object) -> dict[str, object]:
    return {"role": "reviewer", "unit": cast.diskominfo.pk, "decree": "SK 9/2026", **changes}


def test_the_page_gives_a_role_until_the_end_of_the_last_day(
    cast: Cast, client_as: ClientAs
) -> None:
    day = timezone.localdate() + timedelta(days=3)
    address = reverse("people:grant_add", args=[cast.dwi.pk])
    response = client_as("bayu").post(address, form_data(cast, ends_at=day.isoformat()))
    assert response.status_code == 302
    grant = Grant.objects.get(user=cast.dwi, role=Role.REVIEWER)
    assert grant.ends_at is not None
    midnight = timezone.localtime(grant.ends_at, cast.diskominfo.zone)
    assert (midnight.date(), midnight.hour) == (day + timedelta(days=1), 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "emperor"}, "role"),
        ({"role": ""}, "role"),
        ({"unit": ""}, "unit"),
        ({"unit": "999999"}, "unit"),
        ({"unit": "1' OR 1=1"}, "unit"),
        ({"ends_at": "2001-01-01"}, "ends_at"),
        ({"ends_at": "not a day"}, "ends_at"),
        ({"ends_at": "9999-12-31"}, "ends_at"),
        ({"starts_at": "9999-12-31"}, "starts_at"),
        ({"starts_at": "2001-01-01"}, "starts_at"),
        ({"on_behalf_of": "999999"}, "on_behalf_of"),
        ({"decree": "x" * 121}, "decree"),
        ({"decree": "a\0b"}, "decree"),
    ],
    ids=str,
)
def test_forged_and_mistyped_fields_are_told_beside_them(
    cast: Cast, client_as: ClientAs, changes: dict[str, object], field: str
) -> None:
    address = reverse("people:grant_add", args=[cast.dwi.pk])
    before = Grant.objects.count()
    response = client_as("bayu").post(address, form_data(cast, **changes))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert Grant.objects.count() == before


def test_a_unit_out_of_reach_is_no_choice(cast: Cast, client_as: ClientAs) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    address = reverse("people:grant_add", args=[cast.fajar.pk])
    response = client_as("nur").post(address, form_data(cast, unit=cast.diskominfo.pk))
    assert response.status_code == 422
    assert "unit" in response.context["form"].errors
    assert not cast.fajar.may("content.review", cast.diskominfo.pk)


def test_ending_a_role_needs_a_reason(cast: Cast, client_as: ClientAs) -> None:
    grant = Grant.objects.get(user=cast.dwi)
    address = reverse("people:grant_end", args=[grant.pk])
    client = client_as("bayu")
    assert client.post(address, {"reason": " "}).status_code == 422
    assert cast.dwi.may("content.draft", cast.diskominfo.pk)
    assert client.post(address, {"reason": "Mutasi"}).status_code == 302
    assert not cast.dwi.may("content.draft", cast.diskominfo.pk)


def test_the_role_of_an_acting_official_says_so_wherever_it_is_told(
    cast: Cast, client_as: ClientAs
) -> None:
    factories.reads_english(cast.bayu)
    client, day = client_as("bayu"), timezone.localdate() + timedelta(days=2)
    wanted = form_data(cast, role="approver", on_behalf_of=cast.sari.pk, ends_at=day.isoformat())
    address = reverse("people:grant_add", args=[cast.made.pk])
    page = client.post(address, wanted, follow=True).content.decode()
    lacking = client.post(address, wanted | {"ends_at": ""}).content.decode()
    assert 'Last day <span class="field-mark">(needed for an acting official)' in lacking
    assert "until somebody ends it" not in lacking
    told = "Made Wirawan: Approver on behalf of Sari Wulandari, Diskominfo, until {} (SK 9/2026)"
    assert told.format(date_long(day)) in page, "the answer"
    kept = f"Diskominfo, on behalf of Sari Wulandari, until {date_long(day)} (decree: SK 9/2026)."
    assert kept in page, "the history"
    grant = Grant.objects.get(on_behalf_of=cast.sari)
    end = client.get(reverse("people:grant_end", args=[grant.pk])).content.decode()
    for words in ("on behalf of Sari Wulandari · ", f"until {date_long(day)} · SK 9/2026"):
        assert words in end
    actions.end_grant(actor=cast.bayu, grant_id=grant.pk, reason="Kembali")
    page = client.get(reverse("people:user_detail", args=[cast.made.pk])).content.decode()
    assert "Diskominfo, on behalf of Sari Wulandari. Reason: “" in page


def test_the_foot_of_each_page_names_own_roles_with_all_units_and_other_places_apart(
    cast: Cast, client_as: ClientAs
) -> None:
    factories.reads_english(cast.made)
    end = midnight(timezone.localdate() + timedelta(days=2))
    give(cast, cast.bayu, cast.made, unit_id=cast.dinkes.pk)
    give(cast, cast.bayu, cast.made, role=Role.PUBLISHER, ends_at=end)
    acting = {"role": Role.APPROVER, "ends_at": end, "on_behalf_of_id": cast.sari.pk}
    give(cast, cast.bayu, cast.made, **acting)
    page = client_as("made").get("/").content.decode()
    last = date_short(end - timedelta(days=1))
    for line in (
        "Reviewer · Diskominfo, Dinkes",
        "Publisher · Diskominfo",
        f"Approver on behalf of Sari Wulandari · Diskominfo · until {last}",
    ):
        assert f'<span class="muted">{line}</span>' in page

"""What the pages say of a role that is over, ends now, or never began."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts import actions
from accounts.capabilities import ROLE_CAPABILITIES
from accounts.models import Grant, Unit, User
from tests import factories
from tests.cast import Cast

ClientAs = Callable[[object], Client]


def listed(**days: datetime) -> str:
    """A role in the list, without what only lays it out."""
    grant = Grant(user=User(full_name="Dwi"), unit=Unit(name="Dinkes"), role="reviewer", **days)
    with translation.override("en"):
        return " ".join(render_to_string("accounts/_grants.html", {"grants": [grant]}).split())


def test_a_role_that_never_began_is_listed_with_the_day_on_which_it_was_to() -> None:
    starts = datetime(2036, 12, 15, 3, tzinfo=UTC)
    never, other = listed(starts_at=starts, ends_at=starts), listed(starts_at=starts)
    assert "was to begin on 15 December 2036" in never
    assert "from 15" not in never
    assert "until" not in never
    assert "from 15 December 2036" in other
    assert "was to begin" not in other


def test_ending_a_role_says_what_comes_of_it_and_asks_nothing_where_it_is_over(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    mine = Grant.objects.get(user=cast.dwi)
    coming = actions.grant_role(
        actor=cast.bayu, user_id=cast.rina.pk, role="reviewer", unit_id=cast.dinkes.pk,
        starts_at=timezone.now() + timedelta(days=5),
    )  # fmt: skip
    for grant, said in ((mine, "The role ends now."), (coming, "and then never begins")):
        address = reverse("people:grant_end", args=[grant.pk])
        assert said in client.get(address).content.decode()
        actions.end_grant(actor=cast.bayu, grant_id=grant.pk, reason="Batal")
        for answer in (client.get(address), client.post(address, {"reason": "Lagi"})):
            page = answer.content.decode()
            assert "This role is over already." in page
            assert 'name="reason"' not in page
        assert answer.status_code == 422


def test_who_has_lost_every_role_is_led_to_no_page_that_is_closed_to_them(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.dwi))
    Grant.objects.filter(user=cast.dwi).update(ends_at=timezone.now())
    elsewhere, home = client.get(reverse("accounts:official_account_list")), client.get("/")
    assert (elsewhere.status_code, home.status_code) == (403, 403)
    assert "To the home page" in elsewhere.content.decode()
    page = home.content.decode()
    assert "You have no role at the moment" in page
    assert "To the home page" not in page
    assert f'action="{reverse("account_logout")}"' in page
    client.post(reverse("account_logout"))
    assert client.get("/").status_code == 302, "signed out"
    assert all("home.view" in held for held in ROLE_CAPABILITIES.values())

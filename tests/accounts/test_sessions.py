"""A person sees where they are signed in, and signs out of browsers that they left."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests import factories
from tests.accounts.conftest import trail
from tests.cast import Cast

HOME = "home"


def browser_of(user: User, name: str) -> Client:
    browser = Client(headers={"user-agent": name})
    data = {"login": user.email, "password": factories.PASSWORD}
    browser.post(reverse("account_login"), data)
    return browser


@pytest.fixture
def browsers(cast: Cast) -> tuple[Client, Client, Client]:
    """Two of one person, and one of somebody else."""
    return (
        browser_of(cast.dwi, "Peramban/1"),
        browser_of(cast.dwi, "Peramban/2"),
        browser_of(cast.rina, "Peramban/3"),
    )


def test_the_profile_leads_to_the_own_sessions_and_to_no_others(
    browsers: tuple[Client, Client, Client],
) -> None:
    one, _two, _other = browsers
    address = reverse("usersessions_list")
    assert address in one.get(reverse("people:profile_edit")).content.decode()
    page = one.get(address).content.decode()
    assert "Peramban/1" in page
    assert "Peramban/2" in page
    assert "Peramban/3" not in page


def test_signing_out_elsewhere_ends_the_others_and_not_this_one(
    cast: Cast, browsers: tuple[Client, Client, Client]
) -> None:
    one, two, other = browsers
    one.post(reverse("usersessions_list"))
    assert one.get(reverse(HOME)).status_code == 200
    assert other.get(reverse(HOME)).status_code == 200
    assert two.get(reverse(HOME)).status_code == 302
    (entry,) = trail("sign_in.sessions.ended")
    assert (entry.actor_id, entry.data) == (cast.dwi.pk, {"sessions": 1})
    assert "Peramban/2" not in one.get(reverse("usersessions_list")).content.decode()


def test_strangers_see_no_sessions(cast: Cast) -> None:
    answer = Client().get(reverse("usersessions_list"))
    assert answer["Location"].startswith(reverse("account_login"))


def test_nobody_reads_the_keys_of_sessions_in_django_admin(cast: Cast) -> None:
    browser = browser_of(cast.bayu, "Peramban/4")
    assert browser.get("/admin/").status_code == 200
    assert browser.get("/admin/usersessions/usersession/").status_code == 404

"""Django admin has the application's door, and shows to those who keep the whole agency."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.capabilities import Role
from govsocial.web.admin import ViewOnlyAdmin, WindowSite
from tests import factories
from tests.accounts.test_sign_in import is_signed_in
from tests.cast import Cast

ClientAs = Callable[[object], Client]
LOGIN = "/admin/login/"


def typed(cast: Cast, password: str) -> dict[str, str]:
    email = cast.bayu.email
    return {"username": email, "login": email, "password": password, "next": "/admin/"}


def test_the_sign_in_form_of_django_admin_takes_no_password(cast: Cast) -> None:
    browser = Client()
    answer = browser.post(LOGIN, typed(cast, factories.PASSWORD))
    assert answer["Location"] == f"{reverse('account_login')}?next=/admin/"
    assert not is_signed_in(browser)


def test_guessing_through_django_admin_is_slowed_down_like_any_other(cast: Cast) -> None:
    # As a browser that keeps its form over the redirect would: to wherever we are sent.
    for _ in range(12):
        sent_to = Client().post(LOGIN, typed(cast, "wrong"))["Location"]
        Client().post(sent_to, typed(cast, "wrong"))
    browser = Client()
    sent_to = browser.post(LOGIN, typed(cast, factories.PASSWORD))["Location"]
    browser.post(sent_to, typed(cast, factories.PASSWORD))
    assert not is_signed_in(browser), "the right password must wait as well"


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("/admin/accounts/user/?q=dwi", "/admin/accounts/user/?q=dwi"),
        ("https://evil.example/admin/", "/admin/"),
        ("//evil.example/", "/admin/"),
        ("javascript:alert(1)", "/admin/"),
        ("", "/admin/"),
    ],
)
def test_signing_in_leads_to_the_window_asked_for_and_to_no_other_site(
    cast: Cast, wanted: str, kept: str
) -> None:
    browser = Client()
    sent_to = browser.get(LOGIN, {"next": wanted})["Location"]
    page = browser.get(sent_to)
    assert page.status_code == 200
    answer = browser.post(sent_to, typed(cast, factories.PASSWORD) | {"next": kept})
    assert answer["Location"] == kept
    assert browser.get(kept).status_code == 200
    assert browser.get(LOGIN, {"next": wanted})["Location"] == kept


def test_a_window_asked_for_by_a_stranger_leads_to_the_application_s_sign_in(cast: Cast) -> None:
    answer = Client().get("/admin/accounts/user/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert answer.status_code == 200


def test_who_may_not_see_it_is_told_so_instead_of_going_round_in_circles(
    cast: Cast, client_as: ClientAs
) -> None:
    assert client_as("dwi").get("/admin/", follow=True).status_code == 403


def test_passwords_are_changed_where_it_is_throttled_and_told(
    cast: Cast, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    new = {"new_password1": "perahu-pinisi-71", "new_password2": "perahu-pinisi-71"}
    answer = browser.post("/admin/password_change/", {"old_password": factories.PASSWORD, **new})
    assert answer["Location"] == reverse("account_change_password")
    cast.bayu.refresh_from_db()
    assert cast.bayu.check_password(factories.PASSWORD)


def test_the_administrator_of_one_unit_does_not_see_the_windows_on_all(
    cast: Cast, client_as: ClientAs
) -> None:
    anton = factories.user("Anton Wijaya", email="anton@samudrakota.example")
    factories.grant(anton, Role.ADMINISTRATOR, cast.dinkes, by=cast.bayu, decree="SK 1/2026")
    assert anton.holds("people.manage")
    browser = client_as(anton)
    for address in ("/admin/", f"/admin/accounts/user/{cast.dwi.pk}/change/"):
        assert browser.get(address, follow=True).status_code == 403
    assert not anton.has_perm("accounts.view_user")
    assert client_as("bayu").get("/admin/").status_code == 200


def test_windows_stand_on_our_models_only_and_nothing_opens_them() -> None:
    site = admin.site
    assert isinstance(site, WindowSite)
    ours = {"accounts", "audit", "content", "kpi", "risk", "stoc"}
    shown = {model._meta.label for model in site._registry}
    assert shown >= {"accounts.User", "content.PostVersion", "kpi.AccountDay", "audit.Entry"}
    assert {label.partition(".")[0] for label in shown} <= ours
    assert all(isinstance(window, ViewOnlyAdmin) for window in site._registry.values())


@pytest.mark.parametrize("path", ["mfa/authenticator", "account/emailaddress", "auth/group"])
def test_what_libraries_would_show_there_is_not_found(
    cast: Cast, client_as: ClientAs, path: str
) -> None:
    assert path.partition("/")[0] in " ".join(settings.INSTALLED_APPS)
    assert client_as("bayu").get(f"/admin/{path}/").status_code in {403, 404}

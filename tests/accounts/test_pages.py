"""Every page of people and official accounts: who may open it, and at what price."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import actions
from accounts.capabilities import CAPABILITIES, ROLE_CAPABILITIES, Role
from accounts.models import Credential, Grant, OfficialAccount
from govsocial.audit.models import Entry
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast

ClientAs = Callable[[object], Client]
EVERYBODY = ("bayu", "dwi", "made", "sari", "ratna", "yohanes", "laila", "fajar", "nur")


@pytest.fixture
def account(cast: Cast) -> OfficialAccount:
    return factories.official_account(cast.diskominfo, handle="samudrakota.bsky.social")


def addresses(cast: Cast, account: OfficialAccount) -> dict[str, str]:
    grant = Grant.objects.get(user=cast.dwi, role=Role.DRAFTER)
    return {
        "list": reverse("accounts:official_account_list"),
        "export": reverse("accounts:official_account_export"),
        "register": reverse("accounts:official_account_register"),
        "detail": reverse("accounts:official_account_detail", args=[account.pk]),
        "edit": reverse("accounts:official_account_edit", args=[account.pk]),
        "close": reverse("accounts:official_account_close", args=[account.pk]),
        "reopen": reverse("accounts:official_account_reopen", args=[account.pk]),
        "activate": reverse("accounts:official_account_activate", args=[account.pk]),
        "suspend": reverse("accounts:official_account_suspend", args=[account.pk]),
        "release": reverse("accounts:official_account_release", args=[account.pk]),
        "administrator": reverse("accounts:administrator_add", args=[account.pk]),
        "compliance": reverse("accounts:compliance_overview"),
        "import": reverse("accounts:import_add"),
        "template": reverse("accounts:import_template"),
        "connect": reverse("accounts:official_account_connect", args=[account.pk]),
        "disconnect": reverse("accounts:official_account_disconnect", args=[account.pk]),
        "profile": reverse("people:profile_edit"),
        "roles": reverse("people:role_table"),
        "units": reverse("people:unit_list"),
        "unit add": reverse("people:unit_add"),
        "unit edit": reverse("people:unit_edit", args=[cast.diskominfo.pk]),
        "unit move": reverse("people:unit_move", args=[cast.diskominfo.pk]),
        "people": reverse("people:user_list"),
        "invite": reverse("people:user_invite"),
        "person": reverse("people:user_detail", args=[cast.dwi.pk]),
        "grant": reverse("people:grant_add", args=[cast.dwi.pk]),
        "grant end": reverse("people:grant_end", args=[grant.pk]),
        "deactivate": reverse("people:user_deactivate", args=[cast.dwi.pk]),
        "reactivate": reverse("people:user_reactivate", args=[cast.inactive.pk]),
    }


FOR_ALL = {"list", "export", "compliance", "profile", "roles"}
FOR_VIEWERS = {"detail"}
ACTING = (
    "edit", "close", "reopen", "activate", "suspend", "release", "administrator", "connect",
    "disconnect",
)  # fmt: skip
ABOUT_ACCOUNT = {"detail", *ACTING}


@pytest.mark.parametrize("who", ["anonymous", "inactive", *EVERYBODY])
def test_each_page_opens_for_exactly_those_who_may(
    cast: Cast, account: OfficialAccount, client_as: ClientAs, who: str
) -> None:
    client = client_as(who)
    elsewhere = who in {"fajar", "nur"}
    for name, address in addresses(cast, account).items():
        if who in {"anonymous", "inactive"}:
            expected = 302
        elif who == "bayu" or name in FOR_ALL:
            expected = 200
        elif name in FOR_VIEWERS:
            expected = 404 if elsewhere else 200
        else:
            expected = 403
        assert client.get(address).status_code == expected, f"{name} for {who}"


def test_an_administrator_of_another_unit_is_a_stranger_to_ours(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    factories.grant(cast.fajar, Role.ADMINISTRATOR, cast.dinkes)
    client = client_as("fajar")
    pages = addresses(cast, account)
    about_us = {*ABOUT_ACCOUNT, "unit edit", "unit move", "person", "grant", "grant end"}
    for name in about_us | {"deactivate", "reactivate"}:
        assert client.get(pages[name]).status_code == 404, name
    for name in ("register", "units", "people", "invite"):
        assert client.get(pages[name]).status_code == 200, name
    assert "Diskominfo" not in client.get(pages["units"]).content.decode()
    assert "dwi@samudrakota.example" not in client.get(pages["people"]).content.decode()


def test_one_who_sees_an_account_and_administers_elsewhere_is_refused_with_403(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    factories.grant(cast.dwi, Role.ADMINISTRATOR, cast.dinkes)
    client = client_as("dwi")
    pages = addresses(cast, account)
    assert client.get(pages["detail"]).status_code == 200
    for name in ACTING:
        assert client.get(pages[name]).status_code == 403, name
        assert client.post(pages[name], {"reason": "x"}).status_code == 403, name


def test_acting_pages_answer_nothing_to_wrong_methods(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    client = client_as("bayu")
    again = reverse("people:user_invite_again", args=[cast.dwi.pk])
    assert client.get(again).status_code == 405
    assert client.delete(addresses(cast, account)["close"]).status_code == 405
    assert client.post(addresses(cast, account)["list"]).status_code == 405


def test_no_page_needs_more_than_fifteen_queries_however_many_rows(
    cast: Cast,
    account: OfficialAccount,
    client_as: ClientAs,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(70):
        unit = factories.unit(f"Kelurahan {number}", parent=cast.dinkes)
        other = factories.official_account(unit)
        give_credential(other, cast.bayu)
        somebody = factories.user()
        factories.grant(somebody, Role.DRAFTER, unit)
        factories.grant(
            somebody, Role.REVIEWER, unit, ends_at=timezone.now() + timedelta(days=number + 1)
        )
        factories.grant(cast.dwi, Role.REVIEWER, unit)
    for name, address in addresses(cast, account).items():
        client = client_as("bayu")
        with django_assert_max_num_queries(15):
            response = client.get(address)
        assert response.status_code == 200, name
        assert name in {"export", "register"} or len(response.content) < 100_000, name


def test_the_list_filters_sorts_and_pages(cast: Cast, client_as: ClientAs) -> None:
    for number in range(55):
        factories.official_account(
            cast.dinkes, display_name=f"Puskesmas {number:02}", handle=f"puskesmas{number}.example"
        )
    connected = factories.official_account(cast.diskominfo, display_name="Zona Samudra")
    give_credential(connected, cast.bayu)
    client = client_as("bayu")
    address = reverse("accounts:official_account_list")

    def shown(query: str) -> str:
        return client.get(f"{address}?{query}").content.decode()

    assert "Zona Samudra" not in shown("")
    assert "Zona Samudra" in shown("page=2")
    assert "Zona Samudra" in shown("sort=-name")
    assert "Puskesmas 00" not in shown(f"unit={cast.diskominfo.pk}")
    assert "Puskesmas 00" in shown(f"unit={cast.city.pk}")  # a unit includes what is below it
    assert "Puskesmas" not in shown("connection=good")
    assert "Zona Samudra" not in shown("connection=none&sort=-name")
    assert "Zona Samudra" not in shown("status=closed")
    assert "Puskesmas 17" in shown("search=puskesmas17")
    assert "Puskesmas 00" not in shown("search=puskesmas17")


@pytest.mark.parametrize(
    "query",
    [
        "page=9999",
        "page=x",
        "sort=password",
        "unit=abc",
        "unit=99999999999999999999",
        "platform=myspace",
        "search=%00",
        "search=%27%22%3Cscript%3E",
        "connection=" + "x" * 3000,
    ],
)
@pytest.mark.parametrize("name", ["accounts:official_account_list", "people:user_list"])
def test_a_bad_address_is_answered_and_never_a_failure(
    cast: Cast, client_as: ClientAs, name: str, query: str
) -> None:
    factories.official_account(cast.diskominfo)
    response = client_as("bayu").get(f"{reverse(name)}?{query}")
    assert response.status_code == 200
    assert b"<script>" not in response.content


def test_htmx_gets_only_the_list_and_history_gets_the_page(cast: Cast, client_as: ClientAs) -> None:
    client = client_as("bayu")
    for name in ("accounts:official_account_list", "people:user_list"):
        part = client.get(reverse(name), headers={"HX-Request": "true"})
        assert b"<html" not in part.content
        assert b'id="results"' in part.content
        assert "HX-Request" in part["Vary"]
        restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
        assert b"<html" in client.get(reverse(name), headers=restored).content


def test_an_empty_list_says_what_will_be_here_and_offers_the_start_to_those_who_may(
    cast: Cast, client_as: ClientAs
) -> None:
    address = reverse("accounts:official_account_list")
    register = reverse("accounts:official_account_register").encode()
    assert register in client_as("bayu").get(address).content
    assert register not in client_as("dwi").get(address).content


def test_the_table_that_an_agency_signs_names_every_role_and_right(
    cast: Cast, client_as: ClientAs
) -> None:
    cast.ratna.language = "en"
    cast.ratna.save()
    page = client_as("ratna").get(reverse("people:role_table")).content.decode()
    rows = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</th>(.*?)</tr>", page, re.DOTALL)
    assert [unescape(right) for right, _cells in rows] == [str(w) for w in CAPABILITIES.values()]
    for (name, words), (_right, cells) in zip(CAPABILITIES.items(), rows, strict=True):
        allowed, refused = (unescape(cell) for cell in re.findall(r"<td.*?</td>", cells, re.DOTALL))
        for role in Role:
            held = name in ROLE_CAPABILITIES[role]
            assert (str(role.label) in allowed) == held, words
            assert (str(role.label) in refused) == (not held), words


def test_the_person_page_shows_only_roles_where_the_viewer_administers(
    cast: Cast, client_as: ClientAs
) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    factories.grant(cast.dwi, Role.REVIEWER, cast.dinkes)
    page = client_as("nur").get(reverse("people:user_detail", args=[cast.dwi.pk]))
    assert "Dinas Kesehatan" in page.content.decode()
    assert "Dinas Komunikasi" not in page.content.decode()


def test_the_history_of_a_person_tells_of_roles_as_far_as_the_viewer_administers(
    cast: Cast, client_as: ClientAs
) -> None:
    factories.grant(cast.nur, Role.ADMINISTRATOR, cast.dinkes)
    for unit in (cast.diskominfo, cast.dinkes):
        actions.grant_role(
            actor=cast.bayu, user_id=cast.dwi.pk, role=Role.REVIEWER, unit_id=unit.pk
        )
    address = reverse("people:user_detail", args=[cast.dwi.pk])
    assert len(client_as("bayu").get(address).context["history"]) == 2
    (seen,) = client_as("nur").get(address).context["history"]
    assert "Dinkes" in seen["sentence"]


def test_who_took_a_list_out_does_not_fill_the_history_of_an_object(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    client = client_as("bayu")
    client.get(addresses(cast, account)["export"])
    client.get(reverse("kpi:platform_post_export", args=[account.pk]))
    assert Entry.objects.filter(event__endswith=".exported").count() == 2
    myself = reverse("people:user_detail", args=[cast.bayu.pk])
    for address in (addresses(cast, account)["detail"], myself):
        assert client.get(address).context["history"] == []


@pytest.mark.parametrize(
    ("state", "seen"),
    [("active", "dwi@"), ("inactive", "orang-lama@"), ("invited", "tamu@")],
)
def test_people_are_found_by_state(cast: Cast, client_as: ClientAs, state: str, seen: str) -> None:
    former = factories.user("Orang Lama", email="orang-lama@samudrakota.example", is_active=False)
    guest = factories.user("Tamu Baru", email="tamu@samudrakota.example")
    guest.set_unusable_password()
    guest.save()
    for somebody in (former, guest):
        factories.grant(somebody, Role.DRAFTER, cast.diskominfo)
    page = client_as("bayu").get(reverse("people:user_list"), {"state": state}).content.decode()
    found = {mail for mail in ("dwi@", "orang-lama@", "tamu@") if mail in page}
    assert found == {seen}


def test_people_are_found_by_role_and_unit(cast: Cast, client_as: ClientAs) -> None:
    client, address = client_as("bayu"), reverse("people:user_list")
    page = client.get(address, {"role": "drafter", "unit": cast.dinkes.pk}).content.decode()
    assert "fajar@" in page
    assert "dwi@" not in page
    assert "nur@" not in page


def test_a_closed_or_revoked_account_says_so_and_what_to_do(
    cast: Cast, account: OfficialAccount, client_as: ClientAs
) -> None:
    give_credential(account, cast.bayu)
    Credential.objects.update(status=Credential.Status.REVOKED, problem="The app password is gone.")
    page = client_as("bayu").get(addresses(cast, account)["detail"]).content.decode()
    assert "The app password is gone." in page
    assert addresses(cast, account)["connect"] in page

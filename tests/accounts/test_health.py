"""Which accounts are unhealthy and what to do about each, at a glance and at any size."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import actions, vault
from accounts.actions.outcomes import note_outcome
from accounts.capabilities import Role
from accounts.health import STOPPING, State, advice_on
from accounts.models import Credential, OfficialAccount
from accounts.money import meter_for
from accounts.selectors import accounts_with_health
from govsocial.platforms import errors
from govsocial.platforms.errors import (
    AuthRevoked,
    BudgetSpent,
    OperatorNeeded,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
)
from tests import factories
from tests.accounts.secrets import SECRET, give_credential
from tests.cast import Cast
from tests.gathering import each

ClientAs = Callable[[object], Client]
PAGE = "accounts:connection_health"


def ago(**time: float) -> Any:
    return timezone.now() - timedelta(**time)


@pytest.fixture
def accounts(cast: Cast) -> dict[str, OfficialAccount]:
    """One account in each state, named by it."""
    states: dict[str, dict[str, Any]] = {
        "revoked": {"status": "revoked", "problem": "gone"},
        "stopped": {"last_error": "OperatorNeeded", "last_error_at": ago(hours=1)},
        "failing": {
            "last_error": "Unavailable",
            "last_error_at": ago(hours=1),
            "last_success_at": ago(hours=2),
        },
        "ends": {"expires_at": timezone.now() + timedelta(days=6, hours=1)},
        "scopes": {"missing_scopes": ["insights"]},
        "good": {
            "last_success_at": ago(minutes=1),
            "last_error": "Unavailable",
            "last_error_at": ago(hours=1),
        },
    }
    made = {}
    for name, fields in states.items():
        where: Any = {"platform": "x", "host": ""} if name == "stopped" else {}
        made[name] = factories.official_account(
            cast.diskominfo, display_name=f"Kanal {name}", **where
        )
        give_credential(made[name], cast.bayu)
        Credential.objects.filter(official_account=made[name]).update(**fields)
    made["none"] = factories.official_account(cast.dinkes, display_name="Kanal none")
    made["by_hand"] = factories.official_account(
        cast.dinkes, platform="whatsapp", host="", display_name="Kanal by_hand"
    )
    made["proposed"] = factories.official_account(
        cast.dinkes, status="proposed", display_name="Kanal proposed"
    )
    return made


def shown(page: Any) -> list[str]:
    return [str(health.state.value) for health in page.context["rows"]]


def test_each_account_has_its_state_and_the_worst_come_first(
    accounts: dict[str, OfficialAccount], client_as: ClientAs
) -> None:
    page = client_as("bayu").get(reverse(PAGE))
    assert shown(page) == [str(state.value) for state in State]
    for health in page.context["rows"]:
        assert health.account.display_name == f"Kanal {health.state.value}"
    tiles = page.context["tiles"]
    assert tiles == {"act": 3, "watch": 3, "good": 1, "by_hand": 1, "can_connect": 8}


def test_what_is_kept_by_hand_is_not_called_unconnected_and_a_website_publishes_nothing(
    cast: Cast, client_as: ClientAs
) -> None:
    factories.official_account(cast.dinkes, platform="whatsapp", host="")
    client = client_as(factories.reads_english(cast.bayu))
    page = client.get(reverse(PAGE), {"platform": "whatsapp"}).content.decode()
    assert page.count('<span class="muted nothing">Does not apply</span>') == 3
    assert '<span class="muted">Not connected</span>' not in page
    site = factories.official_account(cast.dinkes, platform="feed", handle="dinkes.go.id", host="")
    detail = reverse("accounts:official_account_detail", args=[site.pk])
    for address in (f"{reverse(PAGE)}?platform=feed", detail):
        told = client.get(address).content.decode()
        assert "neither seen nor counted" in told
        assert "Nothing is published" not in told
        assert "can be published" not in told


def test_a_website_has_no_secret_to_forget_and_a_consent_none_to_type(
    cast: Cast, client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    site = factories.official_account(cast.dinkes, platform="feed", handle="dinkes.go.id", host="")
    give_credential(site, cast.bayu)
    address = reverse("accounts:official_account_disconnect", args=[site.pk])
    asked = client.get(address).content.decode()
    assert "This website is no longer read. Posts that were collected stay." in asked
    assert "secret" not in asked
    told = {
        "instagram": "The consent that comes back is stored encrypted and never shown.",
        "bluesky": "The password or token is tried on the platform first and kept only",
        "feed": "It is read once first, and kept only when it belongs to this website.",
    }
    for platform, words in told.items():
        account = factories.official_account(
            cast.dinkes, platform=platform, handle=f"kota-{platform}.example", host=""
        )
        address = reverse("accounts:official_account_connect", args=[account.pk])
        page = client.get(address)
        assert [one for one in told.values() if one in page.content.decode()] == [words]


def test_the_id_and_the_quota_are_for_those_who_manage_the_account(
    cast: Cast, client_as: ClientAs
) -> None:
    account = factories.official_account(cast.diskominfo)
    give_credential(account, cast.bayu)
    OfficialAccount.objects.filter(pk=account.pk).update(platform_id="did:plc:samudra")
    address = reverse("accounts:official_account_detail", args=[account.pk])
    shown = {}
    for person in (cast.bayu, cast.laila):
        page = client_as(factories.reads_english(person)).get(address).content.decode()
        shown[person] = (page.count("did:plc:samudra"), "Quota left" in page)
    assert shown == {cast.bayu: (1, True), cast.laila: (0, False)}


def test_an_unconnected_account_is_called_so_once_and_access_without_an_end_until_revoked(
    cast: Cast, accounts: dict[str, OfficialAccount], client_as: ClientAs
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    page = client.get(reverse(PAGE), {"state": "none"}).content.decode()
    (row,) = page.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")[:-1]
    assert row.count("Not connected") == 1
    assert row.count("Does not apply") == 2
    good = client.get(reverse(PAGE), {"state": "good"}).content.decode()
    assert "Never, until revoked" in good


def test_whatever_needs_somebody_leads_to_where_it_is_done(
    accounts: dict[str, OfficialAccount], client_as: ClientAs
) -> None:
    page = client_as("bayu").get(reverse(PAGE))
    ways = {str(health.state.value): health.url for health in page.context["rows"]}
    for state in ("revoked", "none", "ends", "scopes"):
        assert ways[state] == reverse(
            "accounts:official_account_connect", args=[accounts[state].pk]
        )
    assert ways["stopped"] == reverse("people:platform_app_list")
    assert ways["failing"] == ways["good"] == ""


@pytest.mark.parametrize(
    ("query", "states"),
    [
        ("state=act", ["revoked", "stopped", "none"]),
        ("state=watch", ["failing", "ends", "scopes"]),
        ("state=good", ["good"]),
        ("state=nonsense", None),
        ("platform=whatsapp", ["by_hand"]),
        ("search=kanal+ends", ["ends"]),
        ("search=%00", None),
        ("sort=-state&state=watch", ["scopes", "ends", "failing"]),
        ("sort=nonsense;drop&state=good", ["good"]),
    ],
)
def test_filters_and_sorting(
    accounts: dict[str, OfficialAccount],
    client_as: ClientAs,
    query: str,
    states: list[str] | None,
) -> None:
    page = client_as("bayu").get(f"{reverse(PAGE)}?{query}")
    assert page.status_code == 200
    assert states is None or shown(page) == states


def test_only_accounts_in_use_wait_for_somebody(
    cast: Cast, accounts: dict[str, OfficialAccount], client_as: ClientAs
) -> None:
    """The page counts what the tab and the home page count."""
    client = client_as(factories.reads_english(cast.bayu))
    factories.official_account(cast.dinkes, status="suspended", display_name="Kanal beku")
    page = client.get(reverse(PAGE), {"state": "act"})
    assert page.context["tiles"]["act"] == len(page.context["rows"]) == 3
    told = client.get(reverse(PAGE), {"state": "proposed"})
    assert shown(told) == ["proposed"]
    assert "Only proposed so far. Connect it once it is in use." in told.content.decode()


def test_a_unit_is_filtered_with_what_is_below_it(
    cast: Cast, accounts: dict[str, OfficialAccount], client_as: ClientAs
) -> None:
    page = client_as("bayu").get(reverse(PAGE), {"unit": cast.dinkes.pk})
    assert shown(page) == ["none", "proposed", "by_hand"]


def test_everybody_sees_the_accounts_that_they_keep(
    cast: Cast, accounts: dict[str, OfficialAccount], client_as: ClientAs
) -> None:
    siti = factories.user("Siti Rahma")
    factories.grant(siti, Role.ADMINISTRATOR, cast.dinkes)
    page = client_as(siti).get(reverse(PAGE))
    assert shown(page) == ["none", "proposed", "by_hand"]
    assert page.context["tiles"]["can_connect"] == 2
    for who in ("dwi", "sari", "ratna", "laila"):
        assert client_as(who).get(reverse(PAGE)).status_code == 403


def test_the_list_is_taken_out_as_filtered_and_without_secrets(
    accounts: dict[str, OfficialAccount], client_as: ClientAs
) -> None:
    factories.reads_english(accounts["good"].registered_by)
    answer = client_as("bayu").get(reverse("accounts:connection_health_export"), {"state": "act"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a stream
    assert len(text.strip().splitlines()) == 4
    assert SECRET not in text
    assert "OperatorNeeded" in text


def test_nothing_to_look_at_is_said(cast: Cast, client_as: ClientAs) -> None:
    page = client_as("bayu").get(reverse(PAGE))
    assert reverse("accounts:official_account_register") in page.content.decode()


def test_spending_and_cap_of_a_billed_platform_stand_there_for_the_whole_agencys(
    cast: Cast, client_as: ClientAs
) -> None:
    factories.reads_english(cast.bayu)
    browser = client_as("bayu")
    address = reverse(PAGE)
    none_yet = browser.get(address).content.decode()
    assert "Spent on X this month" in none_yet
    assert "No cap is set, so nothing is spent" in none_yet
    actions.set_spending_cap(actor=cast.bayu, platform="x", monthly=Decimal(25))
    meter = meter_for("x")
    assert meter is not None
    meter.reserve("user read", 120)
    page = browser.get(address).content.decode()
    assert "$1.20<" in page
    assert "of $25.00, the monthly cap" in page
    assert reverse("people:spending_list") in page
    keeper = factories.user("Wayan Sudarma")
    factories.grant(keeper, Role.ADMINISTRATOR, cast.diskominfo)
    factories.reads_english(keeper)
    other = Client()
    other.force_login(keeper)
    seen = other.get(address)
    assert seen.status_code == 200
    assert "Spent on X" not in seen.content.decode()


def test_a_thousand_accounts_are_no_more_queries(
    cast: Cast,
    client_as: ClientAs,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    made = OfficialAccount.objects.bulk_create(
        OfficialAccount(
            unit=cast.diskominfo, platform="bluesky", host="bsky.social", status="active",
            handle=f"kanal{n}.example", display_name=f"Kanal {n}", registered_by=cast.bayu,
        )
        for n in range(1000)
    )  # fmt: skip
    sealed, version = vault.seal(made[0].pk, {"app_password": SECRET})
    Credential.objects.bulk_create(
        Credential(
            official_account=account, sealed=sealed, key_version=version,
            connected_by=cast.bayu, connected_at=timezone.now(),
        )
        for account in made
    )  # fmt: skip
    browser = client_as("bayu")
    with django_assert_max_num_queries(15):
        page = browser.get(reverse(PAGE), {"sort": "-name", "page": "3"})
    assert len(page.context["rows"]) == 30
    assert len(page.content) < 100_000
    with django_assert_max_num_queries(15):
        assert browser.get(reverse("home")).status_code == 200


def test_what_is_left_of_a_quota_is_shown_where_it_is_known(
    accounts: dict[str, OfficialAccount], client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def left(asked: list[OfficialAccount]) -> dict[int, list[tuple[str, int, int]]]:
        return {account.pk: [("createSession", 271, 300)] for account in asked}

    monkeypatch.setattr("accounts.views.health.quotas_left", left)
    page = client_as("bayu").get(reverse(PAGE), {"state": "good"}).content.decode()
    assert "createSession" in page
    assert "271 / 300" in page


def test_the_card_of_an_account_says_the_same_as_the_page(
    accounts: dict[str, OfficialAccount],
    client_as: ClientAs,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = client_as("bayu")
    for name, account in accounts.items():
        address = reverse("accounts:official_account_detail", args=[account.pk])
        with django_assert_max_num_queries(15):
            page = browser.get(address)
        assert str(page.context["connection"]["health"].state.value) == name
        assert SECRET not in page.content.decode()


def error_classes(base: type[PlatformError] = PlatformError) -> list[str]:
    found = []
    for one in base.__subclasses__():
        found += [one.__name__, *error_classes(one)]
    return [name for name in found if hasattr(errors, name)]


@each("name", sorted(set(error_classes()) - {"BudgetSpent", "NotOffered", "NotOut"}))
def test_every_class_of_errors_has_words_and_says_whether_to_act(name: str) -> None:
    sentence, _where = advice_on(name, "mastodon")
    assert sentence != advice_on("nothing that we know", "mastodon")[0]
    permanent = getattr(errors, name).permanent
    assert not permanent or name in STOPPING | {"AuthRevoked", "Refused", "NotFound"}


def state_of(account: OfficialAccount, cast: Cast) -> str:
    return str(accounts_with_health(cast.bayu).get(pk=account.pk).state)


def test_an_outcome_is_noted_and_the_next_success_ends_it(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    give_credential(account, cast.bayu)
    note_outcome(account.pk, OperatorNeeded("no", words="Isi kredit"))
    assert state_of(account, cast) == "stopped"
    assert Credential.objects.get().last_error_words == "Isi kredit"
    note_outcome(account.pk)
    assert state_of(account, cast) == "good"
    note_outcome(account.pk, Unavailable("no"))
    assert state_of(account, cast) == "failing"
    actions.mark_revoked(
        actor=cast.bayu, official_account_id=account.pk, reason="gone", used_since=timezone.now()
    )
    note_outcome(account.pk, AuthRevoked("gone"))
    assert state_of(account, cast) == "revoked"


def test_success_after_success_is_not_written(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    account = factories.official_account(cast.diskominfo)
    give_credential(account, cast.bayu)
    note_outcome(account.pk)
    first = Credential.objects.get().last_success_at
    with django_assert_num_queries(1):
        note_outcome(account.pk)
    assert Credential.objects.get().last_success_at == first
    note_outcome(account.pk, RateLimited("wait"))
    failed = Credential.objects.get().last_error_at
    note_outcome(account.pk, RateLimited("wait"))
    assert Credential.objects.get().last_error_at == failed
    Credential.objects.update(last_success_at=ago(hours=1), last_error_at=ago(hours=2))
    note_outcome(account.pk)
    assert Credential.objects.get().last_success_at > ago(minutes=1)


def test_a_refused_post_and_our_own_budget_say_nothing_against_the_connection(cast: Cast) -> None:
    account = factories.official_account(cast.diskominfo)
    give_credential(account, cast.bayu)
    note_outcome(account.pk, Refused("too long"), of_post=True)
    assert Credential.objects.get().last_success_at is not None
    note_outcome(account.pk, BudgetSpent("spent", retry_after=60))
    assert Credential.objects.get().last_error == ""
    # What it refuses to be asked, the account goes without.
    note_outcome(account.pk, Refused("no list"))
    assert state_of(account, cast) == "failing"

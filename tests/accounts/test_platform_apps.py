"""Applications at platforms: who configures them, and that their secret never comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import actions, vault
from accounts.capabilities import Role
from accounts.checks import check_platform_base_url
from accounts.errors import AccountError
from accounts.models import PlatformApp
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.consent_stage import Stage
from tests.accounts.fake_platform import CLIENT_SECRET, FakePlatform
from tests.cast import Cast

ClientAs = Callable[[object], Client]
EDIT, REMOVE = "people:platform_app_edit", "people:platform_app_remove"
LIST = "people:platform_app_list"
TYPED = {"client_id": "agency-app", "client_secret": "a-secret-that-was-typed"}


def edit(client: Client, **typed: str) -> int:
    return int(sent(client, **typed).status_code)


def sent(client: Client, **typed: str) -> Any:
    """The answer to the form, opened and filled in at once."""
    page = client.get(reverse(EDIT, args=["x"]))
    seen = page.context["form"]["seen"].value() if page.status_code == 200 else ""
    return client.post(reverse(EDIT, args=["x"]), {"seen": seen, **typed})


def test_an_application_is_kept_sealed_and_its_secret_never_comes_back(
    cast: Cast, fake_platform: FakePlatform, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    assert edit(browser, **TYPED) == 302
    app = PlatformApp.objects.get()
    assert vault.credentials_of(app).client_secret == TYPED["client_secret"]
    assert TYPED["client_secret"] not in app.sealed
    assert app.redirect_uri == "https://samudrakota.example/connect/callback/"
    for address in (reverse(EDIT, args=["x"]), reverse(LIST), reverse(REMOVE, args=["x"])):
        assert TYPED["client_secret"] not in browser.get(address).content.decode()
    assert "agency-app" in browser.get(reverse(EDIT, args=["x"])).content.decode()
    (entry,) = trail("accounts.platform_app.configured")
    assert entry.data["changed"] == ["client_id", "client_secret"]
    assert TYPED["client_secret"] not in str(entry.data)


def test_the_page_names_the_redirect_address_and_the_rights(
    fake_platform: FakePlatform, client_as: ClientAs
) -> None:
    page = client_as("bayu").get(reverse(EDIT, args=["x"])).content.decode()
    assert "https://samudrakota.example/connect/callback/" in page
    for scope in ("read", "write", "insights"):
        assert f"<code>{scope}</code>" in page


def test_an_empty_secret_leaves_the_one_of_the_same_client(
    consent: Stage, client_as: ClientAs
) -> None:
    browser = client_as("bayu")
    assert edit(browser, client_id=consent.app.client_id, client_secret="") == 302
    assert vault.credentials_of(PlatformApp.objects.get()).client_secret == CLIENT_SECRET
    assert len(trail("accounts.platform_app.configured")) == 1, "nothing changed"
    answer = sent(browser, client_id="another", client_secret="")
    assert answer.status_code == 422
    assert "client_secret" in answer.context["form"].errors
    assert "another" in answer.content.decode(), "what was typed is kept"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("client_id", "\u200blatihan-x"),
        ("client_id", "\u202e"),
        ("client_secret", "rahasia\u200b-x"),
    ],
)
def test_signs_that_nobody_sees_are_refused_beside_their_field(
    cast: Cast, fake_platform: FakePlatform, client_as: ClientAs, field: str, typed: str
) -> None:
    browser = client_as("bayu")
    answer = sent(browser, **{**TYPED, field: typed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    with pytest.raises(AccountError) as refused:
        actions.set_platform_app(actor=cast.bayu, platform="x", **{**TYPED, field: typed})
    assert refused.value.field == field
    assert not PlatformApp.objects.exists()
    assert edit(browser, **TYPED | {"client_id": f" {TYPED['client_id']}\t"}) == 302
    assert PlatformApp.objects.get().client_id == TYPED["client_id"]


@pytest.mark.parametrize(
    "old",
    [
        {"client_id": "latihan-x", "client_secret": ""},
        {"client_id": "latihan-x", "client_secret": "typed-into-an-old-page"},
        {"client_id": "latihan-x", "client_secret": "", "owner": "PemilikLama"},
    ],
)
@pytest.mark.parametrize("removed", [False, True])
def test_a_form_that_was_opened_before_somebody_else_changed_it_overwrites_nothing(
    consent: Stage, client_as: ClientAs, old: dict[str, str], removed: bool
) -> None:
    browser = client_as(factories.reads_english(consent.cast.bayu))
    seen = browser.get(reverse(EDIT, args=["x"])).context["form"]["seen"].value()
    if removed:
        actions.remove_platform_app(actor=consent.cast.bayu, platform="x", reason="Bocor")
    else:
        actions.set_platform_app(
            actor=consent.cast.bayu, platform="x", client_id="baru", client_secret="rahasia-baru"
        )
    answer = browser.post(reverse(EDIT, args=["x"]), {**old, "seen": seen})
    assert answer.status_code == 422
    app = PlatformApp.objects.get(platform="x", replaced_at=None)
    assert (app.is_configured, app.owner) == (not removed, "")
    if not removed:
        assert vault.credentials_of(app).client_secret == "rahasia-baru"
        assert app.client_id == "baru"
    # Opened again, it is written knowingly.
    assert edit(browser, **TYPED) == 302


@pytest.mark.parametrize(
    "typed", [{"client_id": ""}, {"client_id": "x" * 400}, {"client_id": "a\0b"}]
)
def test_bad_input_is_told_beside_its_field(
    fake_platform: FakePlatform, client_as: ClientAs, typed: dict[str, str]
) -> None:
    assert edit(client_as("bayu"), **typed) == 422
    assert not PlatformApp.objects.exists()


def test_removing_forgets_the_secret_and_keeps_the_row(consent: Stage, client_as: ClientAs) -> None:
    browser = client_as("bayu")
    assert browser.post(reverse(REMOVE, args=["x"]), {"reason": "Pindah"}).status_code == 302
    app = PlatformApp.objects.get()
    assert (app.sealed, app.is_configured) == ("", False)
    assert trail("accounts.platform_app.removed")[0].data["reason"] == "Pindah"
    assert browser.post(reverse(REMOVE, args=["x"]), {"reason": "Lagi"}).status_code == 422
    assert edit(browser, **TYPED) == 302, "and it can be configured again"
    assert PlatformApp.objects.get(replaced_at=None).is_configured


@pytest.mark.parametrize("who", ["dwi", "sari", "ratna", "laila", "siti"])
def test_only_administrators_of_the_whole_agency(
    consent: Stage, client_as: ClientAs, who: str
) -> None:
    siti = factories.user("Siti Rahma")
    factories.grant(siti, Role.ADMINISTRATOR, consent.cast.diskominfo)
    person = siti if who == "siti" else getattr(consent.cast, who)
    browser = client_as(person)
    for address in (reverse(LIST), reverse(EDIT, args=["x"]), reverse(REMOVE, args=["x"])):
        assert browser.get(address).status_code == 403
    assert edit(browser, **TYPED) == 403
    assert reverse(LIST) not in browser.get(reverse("people:profile_edit")).content.decode()
    with pytest.raises(PermissionDenied):
        actions.set_platform_app(actor=person, platform="x", **TYPED)
    with pytest.raises(PermissionDenied):
        actions.remove_platform_app(actor=person, platform="x", reason="Pindah")
    assert vault.credentials_of(PlatformApp.objects.get()).client_secret == CLIENT_SECRET


@pytest.mark.parametrize("platform", ["bluesky", "mastodon", "whatsapp", "nothing"])
def test_where_no_application_is_entered_there_is_no_page(
    consent: Stage, client_as: ClientAs, platform: str
) -> None:
    assert client_as("bayu").get(reverse(EDIT, args=[platform])).status_code == 404
    with pytest.raises(AccountError):
        actions.set_platform_app(actor=consent.cast.bayu, platform=platform, **TYPED)


def test_the_list_says_what_is_configured_connected_and_tried(
    consent: Stage,
    client_as: ClientAs,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    factories.reads_english(consent.cast.bayu)
    browser = client_as("bayu")
    consent.connect(browser)
    with django_assert_max_num_queries(15):
        page = browser.get(reverse(LIST))
    (found,) = [one for one in page.context["platforms"] if one.platform == "x"]
    assert (found.is_configured, found.connected) == (True, 1)
    assert not found.tried_against_platform
    tried = {one.platform for one in page.context["platforms"] if one.tried_against_platform}
    assert tried == {"bluesky", "feed"}
    form = browser.get(reverse("people:platform_app_edit", args=["x"])).content.decode()
    assert "connected accounts go on through the present application" in form


def test_the_table_keeps_one_application_for_each_platform_and_server(consent: Stage) -> None:
    app = PlatformApp.objects.get()
    app.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        app.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlatformApp.objects.update(sealed="")
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        PlatformApp.objects.update(platform="threads")
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        PlatformApp.objects.all().delete()


@pytest.mark.parametrize(
    ("base", "training", "ids"),
    [
        ("", False, []),
        ("", True, []),
        ("http://127.0.0.1:8100", True, []),
        ("https://evil.example", False, ["govsocial.E104"]),
    ],
)
def test_only_a_training_instance_may_reach_the_platforms_elsewhere(
    settings: Settings, base: str, training: bool, ids: list[str]
) -> None:
    settings.PLATFORM_BASE_URL, settings.TRAINING = base, training
    assert [problem.id for problem in check_platform_base_url()] == ids


def test_who_owns_the_application_on_x_is_kept_as_a_handle(cast: Cast, client_as: ClientAs) -> None:
    browser = client_as("bayu")
    wrong = browser.post(reverse(EDIT, args=["x"]), {**TYPED, "owner": "dua kata"})
    assert wrong.status_code == 422
    assert list(wrong.context["form"].errors) == ["owner"]
    assert 'value="dua kata"' in wrong.content.decode()
    assert edit(browser, **TYPED, owner="https://x.com/SamudraKota") == 302
    app = PlatformApp.objects.get()
    assert vault.credentials_of(app).owner == "SamudraKota"
    assert "SamudraKota" in browser.get(reverse(EDIT, args=["x"])).content.decode()
    # The secret stays when only the owner changes.
    assert edit(browser, client_id=TYPED["client_id"], owner="") == 302
    app.refresh_from_db()
    assert vault.credentials_of(app).owner == ""
    assert vault.credentials_of(app).client_secret == TYPED["client_secret"]
    assert trail("accounts.platform_app.configured")[-1].data["changed"] == ["owner"]


def test_where_everybody_pays_the_same_nobody_is_asked_who_owns_it(
    cast: Cast, client_as: ClientAs
) -> None:
    address = reverse(EDIT, args=["youtube"])
    browser = client_as("bayu")
    assert 'name="owner"' not in browser.get(address).content.decode()
    assert browser.post(address, {**TYPED, "owner": "samudrakota"}).status_code == 302
    assert PlatformApp.objects.get().owner == ""

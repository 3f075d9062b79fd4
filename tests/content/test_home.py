"""What needs attention on the home page before it has failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Credential, User
from content import actions, home_today
from content.models import Publication
from content.selectors.posts import publications_visible_to
from govsocial.platforms.errors import Refused
from govsocial.web.days import midnight
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, connected_account, document, make_stage
from tests.content.test_emergencies import emergency

ClientAs = Callable[[object], Client]


def another(stage: Stage) -> Stage:
    """One more publication on the same account."""
    post = actions.create_post(
        actor=stage.cast.dwi,
        unit_id=stage.cast.diskominfo.pk,
        document=document(stage.account, text="Pasar murah."),
    )
    return Stage(stage.cast, stage.account, post).submit().approve()


def test_scheduled_publications_of_an_account_without_connection_are_told_to_who_publishes(
    cast: Cast, client_as: ClientAs
) -> None:
    stage = make_stage(cast).submit().approve()
    another(stage)
    elsewhere = make_stage(cast).submit().approve()
    Credential.objects.update(status="revoked")
    assert set(Publication.objects.values_list("status", flat=True)) == {"scheduled"}
    browser = client_as(factories.reads_english(cast.sari))
    page = browser.get(reverse("home"))
    text = " ".join(page.content.decode().split())
    for account, told in (
        (stage.account, "2 scheduled publications will fail."),
        (elsewhere.account, "1 scheduled publication will fail."),
    ):
        assert f"{account} is not connected" in text
        assert told in text
        detail = reverse("accounts:official_account_detail", args=[account.pk])
        assert detail in text
        assert browser.get(detail).status_code == 200
    assert "Nothing needs attention." not in text
    (card,) = [
        one for one in page.context["aside_cards"] if one.template == "content/_home_trouble.html"
    ]
    assert card.waiting == 3
    for account in (stage.account, elsewhere.account):
        give_credential(account, cast.bayu)
    calm = browser.get(reverse("home")).content.decode()
    assert "is not connected" not in calm
    assert "Nothing needs attention." in calm
    Credential.objects.filter(official_account=stage.account).update(status="revoked")
    again = " ".join(browser.get(reverse("home")).content.decode().split())
    assert f"{stage.account} is not connected" in again
    assert f"{elsewhere.account} is not connected" not in again


def test_who_publishes_elsewhere_is_not_told(cast: Cast, client_as: ClientAs) -> None:
    make_stage(cast).submit().approve()
    Credential.objects.update(status="revoked")
    for person in (cast.dwi, cast.laila):
        page = client_as(factories.reads_english(person)).get(reverse("home"))
        assert "is not connected" not in page.content.decode()


def test_it_costs_no_query_more(cast: Cast, client_as: ClientAs) -> None:
    stage = make_stage(cast).submit().approve()
    credential = give_credential(stage.account, cast.bayu)
    browser = client_as("sari")
    browser.get(reverse("home"))
    counts = []
    for status in ("good", "revoked"):
        Credential.objects.update(status=status)
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(reverse("home"))
        counts.append(len(asked))
    assert str(stage.account) in page.content.decode()
    assert credential is not None
    assert counts[0] == counts[1]


def several(cast: Cast, title: str, number: int) -> Stage:
    """Approved for so many accounts of one platform."""
    accounts = [connected_account(cast.diskominfo) for _ in range(number)]
    post = actions.create_post(
        actor=cast.dwi,
        unit_id=cast.diskominfo.pk,
        document=document(*accounts, title=title),
    )
    return Stage(cast, accounts[0], post).submit().approve()


def test_today_has_a_row_for_each_post_by_time_and_keeps_what_needs_hands(
    cast: Cast, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_today, "MOST", 3)
    half = several(cast, "Separuh", 5)
    first, second = half.post.publications.order_by("pk")[:2]
    half.post.publications.filter(pk__gt=second.pk).update(status="cancelled")
    for one, client in (
        (first, FakePlatform()),
        (second, FakePlatform(failures=[Refused("Too long.")])),
    ):
        actions.send_publication(publication_id=one.pk, actor=User.objects.system(), client=client)
    urgent = emergency(cast).submit().approve()
    wide = several(cast, "Banyak akun", 5)
    for _ in range(2):
        make_stage(cast, title="Sudah tayang").submit().approve().send(FakePlatform())
    browser = client_as(factories.reads_english(cast.dwi))
    page = browser.get(reverse("home"))
    [card] = [one for one in page.context["main_cards"] if "today" in one.template]
    today = card.context["today"]
    told = [(row.title, row.status, len(row.accounts), row.more) for row in today.rows]
    assert told == [
        ("Separuh", "partly_live", 2, 0),
        (urgent.fresh().title, "scheduled", 1, 0),
        ("Banyak akun", "scheduled", 3, 2),
    ]
    assert (today.zone, today.is_cut) == ("WIB", True)
    text = " ".join(page.content.decode().split())
    assert "Time (WIB)" in text
    rows = browser.get(today.url).context["page"]
    # The number is that of the rows to which it leads: 5 for each of two, 1 for the others.
    assert f"All {rows.paginator.count} publications of today" in text
    assert "3 of 5 posts" in text
    every = {row.version.title for row in rows}
    assert (rows.paginator.count, today.publications) == (13, 13)
    assert every == {"Separuh", urgent.post.title, "Banyak akun", "Sudah tayang"}
    # Where the units have different zones, each time names its own.
    start = midnight(timezone.localdate())
    rows = home_today.add_today(publications_visible_to(cast.dwi), start, start + timedelta(days=1))
    for one in rows:
        if one.post_id == wide.post.pk:
            one.post.unit.time_zone = "Asia/Jayapura"
    again = home_today.today(rows, cast.dwi, start)
    assert again.zone == ""
    assert [row.time.split()[1] for row in again.rows] == ["WIB", "WIB", "WIT"]


def test_of_a_post_of_another_unit_today_says_how_it_stands_on_ones_own_account(cast: Cast) -> None:
    accounts = [connected_account(cast.diskominfo), connected_account(cast.dinkes)]
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    factories.grant(cast.sari, Role.APPROVER, cast.dinkes)
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts)
    )
    stage = Stage(cast, accounts[0], post).submit().approve()
    own = post.publications.get(official_account=accounts[1])
    system = User.objects.system()
    actions.send_publication(publication_id=own.pk, actor=system, client=FakePlatform())
    start = midnight(timezone.localdate())
    for person, status, opens in (
        (cast.nur, "live", reverse("content:publication_detail", args=[own.pk])),
        (cast.dwi, "partly_live", reverse("content:post_detail", args=[stage.post.pk])),
    ):
        visible = publications_visible_to(person)
        found = home_today.add_today(visible, start, start + timedelta(days=1))
        [row] = home_today.today(found, person, start).rows
        assert (row.status, row.url) == (status, opens)

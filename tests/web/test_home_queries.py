"""The home page of who holds every role, with something in each of its cards."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Credential, Grant, OfficialAccount, User
from accounts.selectors import accounts_to_connect, connections_that_end
from content import actions
from content.selectors.posts import publications_in_trouble
from govsocial.platforms.errors import Refused, UnknownOutcome
from govsocial.web import navigation
from kpi import actions as kpi_actions
from tests import factories
from tests.accounts.care.conftest import account_of, attest, make_period, start
from tests.accounts.secrets import give_credential
from tests.accounts.test_impersonations import imitating
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, document, make_stage
from tests.content.test_emergencies import emergency
from tests.kpi.fakes import FakeClient, seen


def fill(cast: Cast, person: User) -> None:
    """Something for each card of the home page of ``person``."""
    make_period(cast.bayu, starts=-40, due=-9)
    account_of(cast, person, display_name="Kanal belum dikonfirmasi")
    ending = factories.official_account(cast.diskominfo, display_name="Kanal berakhir")
    give_credential(ending, cast.bayu)
    Credential.objects.filter(official_account=ending).update(
        expires_at=timezone.now() + timedelta(days=3)
    )
    attest(
        person,
        account_of(cast, person, display_name="Kanal dengan temuan"),
        "Mati",
        two_step_on=False,
    )
    handed = account_of(cast, person, display_name="Kanal diserahkan")
    start(cast, handed, outgoing_id=person.pk)
    gone = factories.user("Sudah Pindah")
    factories.grant(gone, Role.DRAFTER, cast.diskominfo)
    factories.official_account(cast.diskominfo, person_in_charge=gone)
    Grant.objects.filter(user=gone).update(ends_at=timezone.now())
    imitating(cast)
    waiting = make_stage(cast).submit()
    actions.start_thread(
        actor=cast.sari,
        post_id=waiting.post.pk,
        number=1,
        text=f"@{person.full_name}",
        key=uuid.uuid4(),
    )
    emergency(cast).submit().approve().send(FakePlatform())
    failing = emergency(cast, title="Gelombang tinggi").submit().approve()
    Credential.objects.filter(official_account=failing.account).update(status="revoked")
    make_stage(cast, connected=False).submit().approve()
    for name in ("draf satu", "draf dua"):
        actions.create_post(
            actor=person, unit_id=cast.diskominfo.pk, document=document(ending, text=name)
        )
    _sent_back(cast, person, ending)
    lost = make_stage(cast).submit().approve()
    lost.send(FakePlatform(lost_answers=[UnknownOutcome("No answer.")]))
    now = timezone.now()
    kpi_actions.pull_account(
        official_account_id=ending.pk,
        actor=User.objects.system(),
        at=now,
        client=FakeClient(feed=[seen("a", now, likes=3)]),
    )


def _sent_back(cast: Cast, person: User, account: OfficialAccount) -> None:
    post = actions.create_post(
        actor=person, unit_id=cast.diskominfo.pk, document=document(account, text="kembali")
    )
    stage = Stage(cast, account, post)
    stage.submit(person)
    actions.request_changes(actor=cast.sari, post_id=post.pk, digest=stage.digest, note="Perbaiki.")


CARDS = [
    "accounts/_home_connect.html",
    "accounts/_home_ending.html",
    "accounts/_home_attest.html",
    "accounts/_home_findings.html",
    "accounts/_home_handovers.html",
    "accounts/_home_outsiders.html",
    "accounts/_home_register.html",
    "accounts/_home_impersonations.html",
    "content/_home_retrospectives.html",
    "content/_home_waiting.html",
    "content/_home_mentions.html",
    "content/_home_back.html",
    "content/_home_mine.html",
    "content/_home_today.html",
    "content/_home_trouble.html",
    "kpi/_home_month.html",
]


def every_role(cast: Cast) -> User:
    person = factories.user("Semua Peran")
    for role in Role:
        factories.grant(person, role, cast.city)
    return person


def asked_for(client: Client) -> tuple[int, set[str]]:
    """How many queries the home page takes, and the cards that it shows."""
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("home"))
    cards = [*page.context["main_cards"], *page.context["aside_cards"]]
    return len(asked), {card.template for card in cards}


def test_who_holds_every_role_stays_well_below_the_bar_while_nothing_waits(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    queries, _cards = asked_for(client_as(every_role(cast)))
    assert queries <= 9


def test_a_card_costs_a_query_at_most_when_every_one_has_something(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    """Nobody's day: sixteen cards at once, for all roles of the agency in one person."""
    person = every_role(cast)
    fill(cast, person)
    queries, cards = asked_for(client_as(person))
    assert cards == set(CARDS)
    assert queries <= 15


def test_the_sum_on_the_page_is_that_of_the_navigation(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    person = every_role(cast)
    fill(cast, person)
    make_stage(cast, connected=False).submit().approve()
    page = client_as(person).get(reverse("home"))
    counts = {place.key: link.count for place, link in navigation.links(page.wsgi_request)}
    home = counts.pop("home")
    assert counts["publications"] == 4
    assert page.context["waiting"] == home == sum(filter(None, counts.values()))


def test_cards_that_share_a_query_show_the_first_of_their_lists(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    person = every_role(cast)
    for number in range(8):
        factories.official_account(cast.diskominfo, display_name=f"Belum {9 - number}")
        ending = factories.official_account(cast.diskominfo, display_name=f"Berakhir {number}")
        give_credential(ending, cast.bayu)
        Credential.objects.filter(official_account=ending).update(
            expires_at=timezone.now() + timedelta(hours=50 - number)
        )
        if number < 7:
            stage = make_stage(cast).submit().approve()
            stage.send(FakePlatform(failures=[Refused("Too long.")] if number % 4 else []))
    page = client_as(person).get(reverse("home"))
    cards = [*page.context["main_cards"], *page.context["aside_cards"]]
    shown = {card.template: card.context for card in cards}
    trouble = publications_in_trouble(person)
    assert shown["content/_home_trouble.html"]["trouble"] == list(trouble)
    assert len(trouble) == 5
    today = shown["content/_home_today.html"]["today"]
    assert [row.status for row in today.rows].count("failed") == 5
    assert [row.at for row in today.rows] == sorted(row.at for row in today.rows)
    assert (len(today.rows), today.is_cut, today.publications) == (6, True, 7)
    connect = shown["accounts/_home_connect.html"]
    assert connect["accounts"] == list(accounts_to_connect(person)[:6])
    assert connect["more"]
    endings = shown["accounts/_home_ending.html"]["accounts"]
    assert endings == list(connections_that_end(person)[:6])
    assert endings[0].display_name == "Berakhir 7"

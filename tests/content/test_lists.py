"""The lists of posts and publications: what they find, hold, export and cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from content import actions
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, document, make_stage

SignIn = Callable[[User | str], Client]
MOST_QUERIES = 15


LISTS = ["post_list", "review_list", "publication_list"]


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def page(name: str, *args: object) -> str:
    return reverse(f"content:{name}", args=args)


@pytest.mark.parametrize("many", [0, 60])
def test_pages_need_few_queries_at_any_size(
    cast: Cast,
    client_as: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    many: int,
) -> None:
    stages = [make_stage(cast).submit() for _ in range(many)]
    for each in stages[::2]:
        each.approve()
    addresses = [*(page(name) for name in LISTS), reverse("home")]
    if stages:
        addresses += [page("post_detail", one.post.pk) for one in stages[:2]]
        addresses.append(page("publication_detail", stages[0].publication.pk))
        addresses.append(page("post_version", stages[0].post.pk, 1))
    for who, drafts in (("dwi", True), ("sari", False), ("laila", False)):
        client = client_as(who)
        for address in [*addresses, *([page("post_create")] if drafts else [])]:
            with django_assert_max_num_queries(MOST_QUERIES):
                answer = client.get(address)
            assert answer.status_code == 200, (who, address)
            assert len(answer.content) < 100_000


def test_the_export_holds_what_is_filtered_and_no_formula(cast: Cast, client_as: SignIn) -> None:
    make_stage(cast, title="=HYPERLINK(1)")
    make_stage(cast, title="Lain")
    answer = client_as("dwi").get(page("post_export"), {"search": "HYPERLINK"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # streamed
    assert "'=HYPERLINK(1)" in text
    assert "Lain" not in text
    assert "+07:00" in text, "the last change, in the time of the reader"


def test_the_search_finds_titles_and_texts(cast: Cast, client_as: SignIn) -> None:
    make_stage(cast, title="Rabies", text="Kucing dan anjing.")
    make_stage(cast, title="Beasiswa", text="Untuk siswa.")
    shown = client_as("dwi").get(page("post_list"), {"search": "kucing"}).content.decode()
    assert "Rabies" in shown
    assert "Beasiswa" not in shown


def test_what_came_back_waits_on_the_home_page(stage: Stage, client_as: SignIn) -> None:
    stage.submit()
    actions.request_changes(
        actor=stage.cast.sari, post_id=stage.post.pk, digest=stage.digest, note="Sumber?"
    )
    assert "Jadwal vaksinasi" in client_as("dwi").get(reverse("home")).content.decode()
    assert document(stage.account).title == "Jadwal vaksinasi"


def test_what_is_live_has_the_time_at_which_it_went_out_on_the_home_page_and_in_the_list(
    stage: Stage, client_as: SignIn
) -> None:
    noon = timezone.localtime().replace(hour=12, minute=19, second=30)
    with time_machine.travel(noon, tick=False):
        stage.submit().approve()
    with time_machine.travel(noon + timedelta(minutes=7), tick=False):
        client = client_as(factories.reads_english(stage.cast.dwi))
        addresses = [reverse("home"), page("publication_list")]
        for address in addresses:
            assert "12:19" in client.get(address).content.decode()
        stage.send(FakePlatform())
        for address in addresses:
            shown = client.get(address).content.decode()
            assert "12:26" in shown
            assert "12:19" not in shown


def test_what_went_out_late_is_sorted_by_when_it_went_out(cast: Cast, client_as: SignIn) -> None:
    noon = timezone.localtime().replace(hour=12, minute=0, second=0)
    with time_machine.travel(noon, tick=False):
        late = make_stage(cast, title="Terlambat").submit().approve().publication
    with time_machine.travel(noon + timedelta(minutes=5), tick=False):
        make_stage(cast, title="Tepat waktu").submit().approve().send(FakePlatform())
        client = client_as("dwi")

    def listed(**asked: str) -> list[str]:
        rows = client.get(page("publication_list"), asked).context["page"]
        return [publication.version.title for publication in rows]

    with time_machine.travel(noon + timedelta(minutes=9), tick=False):
        assert listed() == ["Tepat waktu", "Terlambat"], "planned earlier, and not out yet"
        actions.send_publication(
            publication_id=late.pk, actor=User.objects.system(), client=FakePlatform()
        )
        assert listed() == listed(sort="-time") == ["Terlambat", "Tepat waktu"]
        assert listed(sort="time") == ["Tepat waktu", "Terlambat"]


def test_the_list_opens_in_the_order_of_an_index(cast: Cast, client_as: SignIn) -> None:
    """One that is written a little otherwise is of no use, and sorting all of them is slow."""
    make_stage(cast).submit().approve()
    client = client_as("dwi")
    with CaptureQueriesContext(connection) as queries:
        client.get(page("publication_list"))
    (listing,) = [
        sql for one in queries if "COALESCE" in (sql := one["sql"]) and "content_publication" in sql
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {listing}")
        assert "publication_by_time" in str(cursor.fetchall())


def test_an_export_of_posts_is_in_the_trail(stage: Stage, client_as: SignIn) -> None:
    client_as("dwi").get(page("post_export"), {"search": "vaksin"})
    entry = Entry.objects.get(event="content.post.exported")
    assert entry.data == {"rows": 1, "filters": "search=vaksin"}


def test_publications_of_one_post_stand_together_and_name_it_once(
    cast: Cast, client_as: SignIn
) -> None:
    accounts = [
        factories.official_account(cast.diskominfo, display_name=name) for name in ("Satu", "Dua")
    ]
    for title in ("Beasiswa", "Vaksinasi"):
        post = actions.create_post(
            actor=cast.dwi,
            unit_id=cast.diskominfo.pk,
            document=document(*accounts, title=title),
        )
        Stage(cast, accounts[0], post).submit().approve()
    client = client_as(factories.reads_english(cast.dwi))
    listed = client.get(page("publication_list")).content.decode()
    assert listed.count(">Beasiswa</a>") == listed.count(">Vaksinasi</a>") == 1
    assert listed.count('class="row-again"') == listed.count("the same post") == 2
    assert "the same post<span" in client.get(reverse("home")).content.decode()
    # Sorted by account the posts alternate, and every row names its own.
    by_account = client.get(page("publication_list"), {"sort": "account"}).content.decode()
    assert "the same post" not in by_account
    assert by_account.count(">Beasiswa</a>") == 2


def test_the_accounts_of_one_post_stand_in_the_same_order_at_home_and_in_the_list(
    cast: Cast, client_as: SignIn
) -> None:
    accounts = [
        factories.official_account(cast.diskominfo, handle=f"{name}.example")
        for name in ("satu", "dua", "tiga")
    ]
    noon = timezone.localtime().replace(hour=12, minute=0, second=0)
    with time_machine.travel(noon, tick=False):
        post = actions.create_post(
            actor=cast.dwi,
            unit_id=cast.diskominfo.pk,
            document=document(*accounts, title="Beasiswa"),
        )
        Stage(cast, accounts[0], post).submit().approve()
        client = client_as("dwi")
        asked = [
            (reverse("home"), {}),
            (page("publication_list"), {}),
            (page("publication_list"), {"sort": "time"}),
        ]
        for out in (0, 1):
            for address, sort in asked:
                text = client.get(address, sort).content.decode()
                places = [text.rindex(f"{name}.example") for name in ("satu", "dua", "tiga")]
                assert places == sorted(places), (address, sort, out)
            # Two went out, a second after each other.
            for place, one in enumerate(post.publications.order_by("pk")[:2]):
                with time_machine.travel(noon + timedelta(seconds=place + 1), tick=False):
                    actions.send_publication(
                        publication_id=one.pk, actor=User.objects.system(), client=FakePlatform()
                    )

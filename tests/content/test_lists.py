"""The lists of posts and publications: what they find, hold, export and cost."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.capabilities import Role
from accounts.models import User
from content import actions
from content.filters import posts as filters
from content.models import Post, PostSearch
from content.views import lists as content_lists
from content.views.lists import POST_SORTS
from govsocial.audit.models import Entry
from govsocial.web import lists
from govsocial.web.templatetags import formats
from tests import factories
from tests.cast import Cast
from tests.content.stage import FACETS, FakePlatform, Stage, document, later, make_stage

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
    stages = [make_stage(cast).submit().approve(), make_stage(cast).submit()] if many else []
    for each in stages:
        each.times(many // 2)
    assert Post.objects.count() == many
    addresses = [*(page(name) for name in LISTS), reverse("home")]
    if stages:
        addresses += [page("post_detail", one.post.pk) for one in stages]
        addresses.append(page("publication_detail", stages[0].post.publications.get().pk))
        addresses.append(page("post_version", stages[0].post.pk, 1))
    for who, drafts in (("dwi", True), ("sari", False), ("laila", False)):
        client = client_as(who)
        for address in [*addresses, *([f"{page('post_create')}?form={uuid4()}"] if drafts else [])]:
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
    assert "Waktu tayang" in text
    assert "Lain" not in text
    assert "+07:00" in text, "the last change, in the time of the reader"


def test_posts_are_sorted_by_the_time_that_the_list_shows(cast: Cast, client_as: SignIn) -> None:
    make_stage(cast, title="Langsung").submit()
    make_stage(cast, title="Rencana", planned_at=later(days=3))
    make_stage(cast, title="Tayang").submit().approve().send(FakePlatform())
    client = client_as("sari")
    assert listed(client, sort="planned") == ["Tayang", "Rencana", "Langsung"]
    assert listed(client, sort="-planned") == ["Rencana", "Tayang", "Langsung"]
    shown = client.get(page("post_list")).content.decode()
    assert "Segera setelah disetujui" in shown


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


def noon_of_yesterday(*, minute: int = 0, second: int = 0) -> datetime:
    """The database takes no decision from a time to come."""
    day = timezone.localtime() - timedelta(days=1)
    return day.replace(hour=12, minute=minute, second=second)


def test_what_is_live_has_the_time_at_which_it_went_out_on_the_home_page_and_in_the_list(
    stage: Stage, client_as: SignIn
) -> None:
    noon = noon_of_yesterday(minute=19, second=30)
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
    noon = noon_of_yesterday()
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
    _waits, listing = [
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
            document=document(*accounts, title=title, text=f"{title} dibuka."),
        )
        Stage(cast, accounts[0], post).submit().approve()
    client = client_as(factories.reads_english(cast.dwi))
    listed = client.get(page("publication_list")).content.decode()
    assert listed.count(">Beasiswa</a>") == listed.count(">Vaksinasi</a>") == 1
    assert listed.count('class="row-again"') == listed.count("the same post") == 2
    at_home = client.get(reverse("home")).content.decode()
    assert at_home.count(">Beasiswa</a>") == at_home.count(">Vaksinasi</a>") == 1
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
    noon = noon_of_yesterday()
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
                text = client.get(address, sort).content.decode().replace("<wbr>", "")
                places = [text.rindex(f"{name}.example") for name in ("satu", "dua", "tiga")]
                assert places == sorted(places), (address, sort, out)
            # Two went out, a second after each other.
            for place, one in enumerate(post.publications.order_by("pk")[:2]):
                with time_machine.travel(noon + timedelta(seconds=place + 1), tick=False):
                    actions.send_publication(
                        publication_id=one.pk, actor=User.objects.system(), client=FakePlatform()
                    )


def listed(client: Client, name: str = "post_list", **asked: str) -> list[str]:
    rows = client.get(page(name), asked).context["page"]
    return [str(getattr(row, "version", None) or row).split(" (")[0] for row in rows]


def test_each_filter_finds_what_it_names_and_shows_as_a_chip(cast: Cast, client_as: SignIn) -> None:
    noon = timezone.localtime().replace(hour=12, minute=0, second=0)
    one = make_stage(cast, title="Satu", planned_at=noon + timedelta(days=3))
    facets = replace(FACETS, classes=("dialogue", "information"), sensitivity="sensitive")
    actions.create_post(
        actor=cast.rina,
        unit_id=cast.diskominfo.pk,
        document=document(title="Dua", facets=facets),
    )
    client = client_as("sari")
    day = (noon + timedelta(days=3)).date()
    for asked, found in {
        ("kind", "dialogue"): ["Dua"],
        ("kind", "information"): ["Dua", "Satu"],
        ("sensitivity", "sensitive"): ["Dua"],
        ("author", str(cast.dwi.pk)): ["Satu"],
        ("author_words", "rina"): ["Dua"],
        ("account", str(one.account.pk)): ["Satu"],
        ("account_words", one.account.handle): ["Satu"],
        ("planned_from", day.isoformat()): ["Satu"],
        ("planned_to", (day - timedelta(days=1)).isoformat()): [],
        ("unit", str(cast.diskominfo.pk)): ["Dua", "Satu"],
        ("search", "vaksi"): ["Dua", "Satu"],
    }.items():
        answer = client.get(page("post_list"), dict([asked]))
        assert [post.title for post in answer.context["page"]] == found, asked
        (chip,) = answer.context["chips"]
        assert f"{chip[0]}={chip[1]}" in {
            "=".join(asked),
            f"{asked[0].removesuffix('_words')}={asked[1]}",
        }
    for wrong in (
        {"planned_from": "0001-01-01"}, {"planned_to": "kemarin"}, {"kind": "x"},
        {"author": "999999"}, {"search": "x\0"}, {"search": "x" * 201},
        {"planned_from": "2026-12-02", "planned_to": "2026-12-01"},
    ):  # fmt: skip
        answer = client.get(page("post_list"), wrong)
        assert answer.status_code == 200
        assert answer.context["form"].errors
        assert not answer.context["page"].object_list
    assert client.get(page("post_list"), {"planned_from": "2026-12-01"}).context["seldom_set"]


def test_pages_behind_the_middle_and_every_sort_hold_each_post_once(
    cast: Cast, client_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "_FEW", 3)
    for number in range(7):
        planned = later(days=number + 1) if number % 2 else None
        make_stage(cast, title=f"Naskah {number}", planned_at=planned)
    rows = PostSearch.objects.all()

    def keys(sort: str, number: int) -> list[int]:
        asked = RequestFactory().get("/", {"sort": sort, "page": str(number)})
        ordered = lists.sorted_by(rows, asked, POST_SORTS, "-updated")
        shown = lists.page_of_keys(
            ordered, asked, lambda some: PostSearch.objects.filter(pk__in=some), size=3
        )
        assert (shown.paginator.count, shown.paginator.num_pages) == (7, 3)
        return [row.pk for row in shown]

    for sort in ("", *POST_SORTS, *(f"-{name}" for name in POST_SORTS)):
        asked = RequestFactory().get("/", {"sort": sort})
        wanted = [row.pk for row in lists.sorted_by(rows, asked, POST_SORTS, "-updated")]
        assert [*keys(sort, 1), *keys(sort, 2), *keys(sort, 3)] == wanted, sort
        assert keys(sort, 99) == wanted[6:]


def test_of_a_search_that_finds_too_much_the_first_pages_are_shown_and_no_count(
    cast: Cast, client_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        make_stage(cast, title=f"Naskah {number}")
    monkeypatch.setattr(content_lists, "MOST_COUNTED", 2)
    monkeypatch.setattr(formats, "MOST_COUNTED", 2)
    client = client_as(factories.reads_english(cast.dwi))
    found = client.get(page("post_list"), {"search": "naskah", "page": "9"})
    assert [one.title for one in found.context["page"]] == ["Naskah 3", "Naskah 2"]
    assert "1 to 2 of more than 2. Narrow the search" in found.content.decode()
    assert "1 to 4 of 4" in client.get(page("post_list")).content.decode()
    everything = client.get(reverse("content:search"), {"q": "naskah"}).content.decode()
    assert ">2+<" in everything


def test_the_other_lists_search_filter_and_export_in_the_same_way(
    cast: Cast, client_as: SignIn
) -> None:
    make_stage(cast, title="=Beasiswa", text="Untuk siswa.").submit()
    out = make_stage(cast, title="Rabies", text="Kucing dan anjing.").submit().approve()
    waits = make_stage(cast, title="Gempa", text="Ke lapangan terbuka.").submit()
    sari = client_as("sari")
    assert listed(sari, "publication_list", search="kucing") == ["Rabies"]
    assert listed(sari, "publication_list", search="siswa") == []
    assert listed(sari, "publication_list", kind="information", author=str(cast.dwi.pk)) == [
        "Rabies"
    ]
    queue = sari.get(page("review_list"), {"search": "lapang"}).context
    assert [one.version.title for one in queue["waiting"]] == ["Gempa"]
    assert not queue["others"].object_list
    rows = b"".join(sari.get(page("review_export"), {"search": "siswa"})).decode()
    assert "'=Beasiswa" in rows
    assert "Gempa" not in rows
    rows = b"".join(sari.get(page("publication_export"), {"search": "kucing"})).decode()
    assert "Rabies" in rows
    book = load_workbook(
        io.BytesIO(sari.get(page("post_export"), {"format": "xlsx", "search": "siswa"}).content)
    )
    assert [cell.value for cell in book.worksheets[0]["A"]][1:] == ["=Beasiswa"]
    assert book.worksheets[0]["A2"].data_type == "s"
    for event in ("review", "publication", "post"):
        assert Entry.objects.get(event=f"content.{event}.exported").data["rows"] == 1
    for name in ("review", "publication", "post"):
        answer = sari.get(page(f"{name}_export"), {"kind": "x"})
        assert answer["Location"] == f"{page(f'{name}_list')}?kind=x"
    assert out.post.pk < waits.post.pk


def test_a_later_draft_of_another_unit_is_not_found_by_its_publication(
    cast: Cast, client_as: SignIn
) -> None:
    elsewhere = factories.official_account(cast.dinkes)
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    post = actions.create_post(
        actor=cast.dwi,
        unit_id=cast.diskominfo.pk,
        document=document(elsewhere, text="Vaksin rabies."),
    )
    factories.grant(cast.sari, Role.APPROVER, cast.dinkes)
    stage = Stage(cast, elsewhere, post).submit().approve()
    nur = client_as("nur")
    assert listed(nur, "publication_list", search="rabies") == ["Jadwal vaksinasi"]
    stage.edit("Rahasia besar.")
    assert listed(nur, "publication_list", search="rahasia") == []
    assert listed(client_as("dwi"), "publication_list", search="rahasia") == ["Jadwal vaksinasi"]


def test_words_that_name_many_accounts_find_posts_for_any_of_them(
    cast: Cast, client_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "FEW_ACCOUNTS", 0)
    one = make_stage(cast, title="Satu")
    many = [factories.official_account(cast.diskominfo) for _ in range(5)]
    five = document(*many, title="Lima")
    actions.create_post(actor=cast.dwi, unit_id=cast.diskominfo.pk, document=five)
    client = client_as("dwi")
    assert listed(client, account_words=one.account.handle) == ["Satu"]
    assert listed(client, account_words=many[4].handle) == ["Lima"]
    assert listed(client, account_words="samudrakota") == ["Lima", "Satu"]

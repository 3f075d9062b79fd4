"""The search over everything: what is found, as far as who looks may see it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from content import actions
from content.models import Post, PostSearch
from content.pages.search import KINDS
from content.searching import question
from content.selectors.lists import listed_posts
from tests import factories
from tests.cast import Cast
from tests.content import media_stage
from tests.content.plans import campaign, idea
from tests.content.stage import FakePlatform, Stage, document, make_stage, media_item, picture
from tests.content.test_bank import added as bank_text

SignIn = Callable[[User | str], Client]
MOST_QUERIES = 15


def found(user: User, typed: str) -> set[str]:
    asked = question(typed)
    if asked is None:
        return set()
    return set(listed_posts(user).filter(words=asked).values_list("title", flat=True))


def results(client: Client, typed: str, **more: str) -> Any:
    return client.get(reverse("content:search"), {"q": typed, **more})


def counted(client: Client, typed: str) -> dict[str, int]:
    return {key: number for key, _label, number in results(client, typed).context["tabs"]}


def test_words_are_found_by_stem_beginning_phrase_and_without_accents(cast: Cast) -> None:
    make_stage(cast, title="Café keliling", text="Membaca bersama di Taman Kota. #HariBuku")
    make_stage(cast, title="Imunisasi", text="Layanan 𝗯𝗮𝗿𝘂 pelayanan kesehatan")
    who = cast.dwi
    for typed, wanted in {
        "bacaan": {"Café keliling"},
        "CAFE": {"Café keliling"},
        "café": {"Café keliling"},
        "imunis": {"Imunisasi"},
        "layan": {"Imunisasi"},
        "baru": {"Imunisasi"},
        "haribuku": {"Café keliling"},
        '"taman kota"': {"Café keliling"},
        '"kota taman"': set(),
        "taman imunisasi": set(),
        "taman or imunisasi": {"Café keliling", "Imunisasi"},
        "taman ATAU imunisasi": {"Café keliling", "Imunisasi"},
        '"taman atau imunisasi"': set(),
        "kesehatan -taman": {"Imunisasi"},
        "taman imu": set(),
        "!!! &|(": set(),
        "'taman": {"Café keliling"},
    }.items():
        assert found(who, typed) == wanted, typed


def test_every_text_and_every_description_of_a_picture_counts_of_the_current_version(
    cast: Cast,
) -> None:
    media = actions.store_image(actor=cast.dwi, unit_id=cast.diskominfo.pk, data=picture())
    one, two = (factories.official_account(cast.diskominfo) for _ in range(2))
    post = actions.create_post(
        actor=cast.dwi,
        unit_id=cast.diskominfo.pk,
        document=document(
            one, two, texts={one.pk: "Untuk nelayan.", two.pk: "Untuk petani."},
            media=[media_item(media, "Perahu di dermaga")],
        ),
    )  # fmt: skip
    assert all(found(cast.dwi, word) for word in ("nelayan", "petani", "dermaga", "vaksinasi"))
    Stage(cast, one, post).edit("Untuk guru.")
    assert found(cast.dwi, "guru")
    assert not found(cast.dwi, "petani")


def test_the_row_of_a_post_follows_it_and_nobody_else_writes_it(cast: Cast) -> None:
    stage = make_stage(cast).submit()
    row = PostSearch.objects.get(post=stage.post)
    assert (row.status, row.unit, row.author) == ("submitted", cast.diskominfo, cast.dwi)
    assert (row.accounts, row.classes, row.sensitivity) == (
        [stage.account.pk], ["information"], "ordinary",
    )  # fmt: skip
    assert row.updated_at == stage.fresh().updated_at
    assert (row.planned_at, row.out_at, row.time_at) == (None, None, None)
    live = stage.approve().send(FakePlatform())
    row.refresh_from_db()
    assert row.out_at == row.time_at == live.published_at
    for write in (
        lambda: PostSearch.objects.update(title="Lain"),
        lambda: PostSearch.objects.all().delete(),
    ):
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            write()


def test_a_document_of_any_shape_and_length_is_listed(cast: Cast) -> None:
    """The search never keeps anybody from saving."""
    stage = make_stage(cast, text="kata-" + "ﷺ" * 50_000 + " ".join(map(str, range(30_000))))
    assert PostSearch.objects.get(post=stage.post).words
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT content_said(\'{"variants": [1], "media": 3, "text": {}}\'),'
            " content_said('[]'), content_said(NULL)"
        )
        assert cursor.fetchone() == ("", "", "")


def test_each_kind_is_found_by_who_may_see_it(cast: Cast, client_as: SignIn) -> None:
    stage = make_stage(cast, title="Jadwal gerhana").submit()
    comment = actions.start_thread(
        actor=cast.sari, post_id=stage.post.pk, number=1, text="Gerhana pukul berapa?",
        key=uuid.uuid4(),
    )  # fmt: skip
    actions.request_changes(
        actor=cast.sari, post_id=stage.post.pk, digest=stage.digest, note="Sumber gerhana?"
    )
    media = media_stage.upload(cast.dwi, cast.diskominfo)
    media_stage.say(cast.dwi, media, alt="Gerhana di langit.")
    factories.official_account(cast.diskominfo, display_name="Kanal Gerhana")
    client = client_as("dwi")
    every = {"posts": 1, "comments": 1, "remarks": 1, "media": 1, "accounts": 1}
    assert counted(client, "gerhana") == every
    shown = results(client, "gerhana").content.decode()
    assert shown.count("<mark>") == 3
    assert reverse("content:thread_detail", args=[stage.post.pk, comment.thread_id]) in shown
    actions.withdraw_comment(actor=cast.sari, comment_id=comment.pk)
    assert "comments" not in counted(client, "gerhana")
    nothing = results(client_as("nur"), "gerhana")
    assert nothing.context["is_empty"]
    assert "Jadwal" not in nothing.content.decode()


def test_campaigns_ideas_and_the_message_bank_are_found_by_stem_by_who_may_see_them(
    cast: Cast, client_as: SignIn
) -> None:
    plan = campaign(cast, name="Pembacaan nyaring", code="IKU 1.4")
    of_city = campaign(cast, by=cast.ratna, unit=cast.city, name="Gemar bacaan", code="")
    thought = idea(cast, title="Membaca di pasar murah", note="Denda pajak <b>dihapus</b>.")
    bank = bank_text(cast, title="Narasi banjir", text="Warga membaca jadwal di papan desa ini.")
    client = client_as("dwi")
    assert counted(client, "bacakan") == {"campaigns": 2, "ideas": 1, "bank": 1}
    for typed, row in {
        "IKU 1.4": plan, "pasar murah": thought, "denda pajak": thought, "narasi banjir": bank,
        "papan desa": bank,
    }.items():  # fmt: skip
        groups = results(client, typed).context["groups"]
        assert [hit.title for group in groups for hit in group.hits] == [str(row)], typed
    shown = results(client, "pajak", kind="ideas").content.decode()
    assert "Denda <mark>pajak</mark>" in shown
    assert "<b>" not in shown
    assert reverse("content:idea_detail", args=[thought.pk]) in shown
    # Of another unit of the city: what is from above, and nothing else.
    elsewhere = results(client_as("nur"), "bacakan").context["groups"]
    assert [hit.title for group in elsewhere for hit in group.hits] == [of_city.name]


def test_all_kinds_at_once_cost_as_few_queries_as_one_page_may(
    cast: Cast, client_as: SignIn
) -> None:
    stage = make_stage(cast, title="Gerhana").submit()
    actions.start_thread(
        actor=cast.sari, post_id=stage.post.pk, number=1, text="Gerhana?", key=uuid.uuid4()
    )
    actions.request_changes(
        actor=cast.sari, post_id=stage.post.pk, digest=stage.digest, note="Gerhana!"
    )
    media = media_stage.upload(cast.dwi, cast.diskominfo)
    media_stage.say(cast.dwi, media, alt="Gerhana di langit.")
    factories.official_account(cast.diskominfo, display_name="Kanal Gerhana")
    for number in range(6):
        campaign(cast, name=f"Gerhana {number}")
        idea(cast, title=f"Gerhana {number}")
        bank_text(cast, title=f"Gerhana {number}")
    client = client_as("dwi")
    with CaptureQueriesContext(connection) as queries:
        groups = results(client, "gerhana").context["groups"]
    assert [group.kind.key for group in groups] == [kind.key for kind in KINDS]
    assert len(queries) <= MOST_QUERIES
    assert [len(one.hits) for one in groups if one.kind.key in {"campaigns", "ideas", "bank"}] == [
        5, 5, 5,
    ]  # fmt: skip


def test_excerpts_are_escaped_and_marked_by_us_alone(cast: Cast, client_as: SignIn) -> None:
    make_stage(cast, title="<b>Judul</b>", text="<img src=x> awas \ue000palsu\ue001 & rabi <mark>")
    shown = results(client_as("dwi"), "rabi").content.decode()
    assert "awas palsu &amp; <mark>rabi</mark>" in shown
    make_stage(cast, title="Lain", text="1 < 2 rabies gratis")
    shown = results(client_as("dwi"), "rabie").content.decode()
    assert "1 &lt; 2 <mark>rabies</mark> gratis" in shown
    assert "… 1" not in shown
    make_stage(cast, title="Panjang", text="Awal. " * 40 + "gerhana. " + "Akhir. " * 40)
    shown = results(client_as("dwi"), "gerhana").content.decode()
    assert re.search(r'excerpt">… (Awal|<mark>)', shown)
    assert re.search(r"(Akhir\.?|mark>\.?) …</span>", shown)
    assert "<img src=x" not in shown
    assert "<b>Judul" not in shown


def test_the_page_pages_one_kind_and_costs_few_queries_at_any_size(
    cast: Cast, client_as: SignIn
) -> None:
    post = make_stage(cast, title="Rabies", text="Vaksin rabies gratis. " * 40).post
    client = client_as("dwi")
    for number in range(60):
        actions.create_post(
            actor=cast.dwi, unit_id=cast.diskominfo.pk,
            document=document(title=f"Rabies {number}", text="Vaksin rabies gratis. " * 40),
        )  # fmt: skip
    for more, hits in (({}, 5), ({"kind": "posts"}, 50), ({"kind": "posts", "page": "2"}, 11)):
        with CaptureQueriesContext(connection) as queries:
            answer = results(client, "rabies", **more)
        assert len(queries) <= MOST_QUERIES
        assert len(answer.context["groups"][0].hits) == hits
        assert len(answer.content) < 100_000
    assert answer.context["page"].paginator.count == Post.objects.count() == 61
    # The title counts for more than the text, whichever is newer.
    actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(title="Lain", text="rabies")
    )
    first = results(client, "rabies", kind="posts").context["groups"][0].hits[0].title
    assert first.startswith("Rabies")
    assert post.pk


def test_whatever_is_typed_is_answered(cast: Cast, client_as: SignIn) -> None:
    client = client_as("dwi")
    make_stage(cast)
    for typed in ("", "   ", "'", '"', "a" * 250, "x\0y", "\ufffd", "-", "or", "()&!|:*<->"):
        assert results(client, typed).status_code == 200
    assert results(client, "vaksin", kind="x", page="-3").status_code == 200
    assert client.post(reverse("content:search")).status_code == 405
    # The field stands beside the navigation of every page, for those who may see content.
    assert 'id="find-anything"' in client.get(reverse("home")).content.decode()
    other = client_as(factories.user()).get(reverse("home")).content.decode()
    assert 'id="find-anything"' not in other

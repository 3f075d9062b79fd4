"""Whoever decides sees every text that goes out, whichever account it is for."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse

from content import actions
from content.texts_apart import MOST_SHOWN, MOST_SIGNS, texts_apart
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, connected_account, document


def preview(pk: int) -> dict[str, Any]:
    return {"account": SimpleNamespace(pk=pk), "name": f"Akun {pk}"}


def test_the_desk_marks_accounts_with_another_text_and_shows_it(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    accounts = [connected_account(cast.diskominfo) for _each in range(3)]
    first, other, third = accounts
    texts = {first.pk: "Teks umum.", other.pk: "Teks lain sekali.", third.pk: "Teks umum."}
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts, texts=texts)
    )
    Stage(cast, first, post).submit()
    sari = client_as(factories.reads_english(cast.sari))
    queue = " ".join(sari.get(reverse("content:review_list")).content.decode().split())
    assert "2 different texts" in queue
    answer = sari.get(reverse("content:post_detail", args=[post.pk]), {"account": other.pk})
    shown = " ".join(answer.content.decode().split())
    assert "2 different texts" in shown
    assert shown.count("· different text</a>") == 2
    assert "A different text: " in shown
    assert shown.count('<p class="post-text">Teks lain sekali.</p>') == 1
    assert shown.count('<p class="post-text">Teks umum.</p>') == 1


def test_what_finds_no_room_on_the_page_is_named() -> None:
    texts = {number: f"Teks {number}" for number in range(MOST_SHOWN + 3)}
    texts[MOST_SHOWN + 3] = texts[1]
    found = texts_apart([preview(pk) for pk in texts], 0, texts)
    assert (found.number, len(found.ids)) == (MOST_SHOWN + 3, MOST_SHOWN + 3)
    assert [names for _preview, names in found.told][:2] == [
        f"Akun 1, Akun {MOST_SHOWN + 3}",
        "Akun 2",
    ]
    assert [one["name"] for one in found.left] == [
        f"Akun {MOST_SHOWN + 1}",
        f"Akun {MOST_SHOWN + 2}",
    ]
    long = {0: "Pendek.", 1: "x" * (MOST_SIGNS + 1)}
    assert texts_apart([preview(pk) for pk in long], 0, long).told == []

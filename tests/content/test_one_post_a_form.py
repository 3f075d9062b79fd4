"""A form that begins a post begins one, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from content import actions
from content.errors import ContentError
from content.models import Post, PostVersion, Scratch
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast, the_cast
from tests.content.stage import FakePlatform, Stage, document, make_stage
from tests.content.test_opened_before import hidden
from tests.content.test_time_and_races import at_once
from tests.content.test_unsaved import NEW, keep, save


@pytest.fixture
def client(cast: Cast, client_as: Callable[[object], Client]) -> Client:
    return client_as(factories.reads_english(cast.dwi))


@pytest.fixture
def live(cast: Cast) -> Stage:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    return stage


def follow(client: Client, stage: Stage, key: object, relation: str = "update") -> Any:
    address = reverse("content:post_follow", args=[stage.post.pk])
    return client.post(address, {"relation": relation, "key": str(key)})


def test_a_new_post_is_one_and_what_is_written_after_it_is_another(
    cast: Cast, client: Client
) -> None:
    page = {
        "title": "Jadwal", "unit": cast.diskominfo.pk, "text": "Senin.", "language": "id",
        "scratch_token": str(uuid4()),
    }  # fmt: skip
    first, again = client.post(NEW, page), client.post(NEW, page)
    assert first["Location"] == again["Location"]
    assert Post.objects.count() == 1
    # One goes back in the browser, writes on and saves again.
    asked = client.post(NEW, page | {"text": "Selasa."})
    told = asked.content.decode()
    assert asked.status_code == 409
    assert "Your changes are not saved yet." in told
    assert "Please correct this first" not in told
    assert "Saved already as “Jadwal”." in told
    assert "Save as a second post" in told
    assert "Selasa." in told
    token = hidden(told, "scratch_token")
    assert client.post(NEW, page | {"text": "Selasa.", "scratch_token": token}).status_code == 302
    texts = [one.content().text for one in PostVersion.objects.order_by("pk")]
    assert texts == ["Senin.", "Selasa."]
    assert Entry.objects.filter(event="content.post.created").count() == 2


def test_whoever_goes_back_to_a_form_that_was_answered_is_led_to_the_post_it_began(
    cast: Cast, client: Client
) -> None:
    """Browsers fetch the page anew, and fill in what was typed: its address tells that it is the
    same form."""
    address = client.get(NEW, {"media": "7"})["Location"]
    assert client.get(NEW)["Location"] != client.get(NEW)["Location"]
    token = hidden(client.get(address).content.decode(), "scratch_token")
    page = {
        "title": "Jadwal", "unit": cast.diskominfo.pk, "text": "Senin.", "language": "id",
    }  # fmt: skip
    begun = client.post(address, page | {"scratch_token": token})["Location"]
    shown = client.get(address).content.decode()
    assert "This form was answered already, on" in shown
    assert f'<a href="{begun}">Jadwal</a>' in shown
    again = page | {"scratch_token": hidden(shown, "scratch_token")}
    assert client.post(address, again)["Location"] == begun
    asked = client.post(address, again | {"text": "Selasa."})
    assert (asked.status_code, Post.objects.count()) == (409, 1)
    assert "Selasa." in asked.content.decode()
    # A text that was resumed and is saved by now stands for the same form.
    resumed = client.get(NEW, {"resume": Scratch.objects.latest("pk").pk}).content.decode()
    assert hidden(resumed, "scratch_token") == token


def test_one_unsaved_text_resumed_in_two_tabs_becomes_one_post_and_the_second_says_so(
    cast: Cast, client: Client
) -> None:
    keep(client, unit=cast.diskominfo.pk, language="id", scratch_token=str(uuid4()))
    resume = {"resume": Scratch.objects.get().pk}
    tabs = [client.get(NEW, resume).content.decode() for _tab in range(2)]
    names = ("scratch_token", "scratch_page", "scratch_over", "scratch_seen")
    sent = {"title": "Jadwal", "unit": cast.diskominfo.pk, "text": "Senin.", "language": "id"}
    first, second = (
        client.post(NEW, sent | {name: hidden(tab, name) for name in names}) for tab in tabs
    )
    assert first["Location"] == second["Location"]
    post = Post.objects.get()
    told = client.get(second["Location"]).content.decode()
    assert "This form was sent before. This is the post that it saved then." in told
    # Written on in the second tab: it is asked, and leads to the post.
    typed = sent | {name: hidden(tabs[1], name) for name in names} | {"text": "Selasa."}
    asked = client.post(NEW, typed)
    assert (asked.status_code, Post.objects.count()) == (409, 1)
    link = f'<a href="{reverse("content:post_detail", args=[post.pk])}">Jadwal</a>'
    assert link in asked.content.decode()


def test_a_correction_of_unsaved_text_is_one_and_what_is_written_after_it_is_another(
    live: Stage, client: Client
) -> None:
    sent = {"accounts": live.account.pk, "correct": "1", "scratch_page": str(uuid4())}
    first, again = (save(client, live, "Kalimat saya", **sent) for _twice in range(2))
    begun = Post.objects.latest("pk")
    assert first["Location"] == again["Location"] == reverse("content:post_edit", args=[begun.pk])
    assert (Post.objects.count(), Scratch.objects.get().post) == (2, begun)
    asked = save(client, live, "Kalimat lain", **sent)
    assert asked.status_code == 409
    assert f"as “{begun.title}”" in asked.content.decode()
    sent["scratch_page"] = hidden(asked.content.decode(), "scratch_page")
    sent["scratch_over"] = hidden(asked.content.decode(), "scratch_over")
    assert save(client, live, "Kalimat lain", **sent)["Location"] != first["Location"]
    words = Scratch.objects.order_by("post_id").values_list("fields__text", flat=True)
    assert list(words) == [["Kalimat saya"], ["Kalimat lain"]]


def test_what_follows_is_begun_once_by_a_form_and_by_no_other_s_key(
    live: Stage, client: Client
) -> None:
    shown = client.get(reverse("content:post_detail", args=[live.post.pk])).content.decode()
    key = hidden(shown, "key")
    first, again = follow(client, live, key), follow(client, live, key)
    assert first["Location"] == again["Location"]
    back = reverse("content:post_detail", args=[live.post.pk])
    for forged, relation in ((key, "correction"), ("", "update"), ("x\0", "update")):
        assert follow(client, live, forged, relation)["Location"] == back
    assert Post.objects.count() == 2
    other = make_stage(live.cast).submit().approve()
    other.send(FakePlatform())
    with pytest.raises(ContentError):
        actions.follow_post(
            actor=live.cast.dwi, post_id=other.post.pk, relation="update", key=UUID(key)
        )
    # Of somebody else it is another form.
    assert actions.follow_post(
        actor=live.cast.rina, post_id=live.post.pk, relation="update", key=UUID(key)
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        Post.objects.filter(key=key).update(key=uuid4())


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_begin_one_and_one_of_them_is_told() -> None:
    cast, key = the_cast(), uuid4()
    said = document(title="Jadwal", text="Senin.")

    def begin() -> actions.Edited:
        return actions.begin_post(
            actor=cast.dwi, unit_id=cast.diskominfo.pk, document=said, key=key
        )

    sent: list[Any] = at_once(begin, begin)
    assert [one.post for one in sent] == [Post.objects.get()] * 2
    assert sorted(one.is_again for one in sent) == [False, True]

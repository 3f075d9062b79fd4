"""The pages on which a person posts by hand: shown only when and to whom it may be posted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.capabilities import Role
from accounts.models import Unit
from content import actions
from content.models import Publication
from content.post_history import history_of_post
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.media_stage import ready
from tests.content.stage import Stage, document, later, make_stage, media_item, picture
from tests.content.test_by_hand import address, claim
from tests.content.test_freezes import freeze

ClientAs = Callable[[object], Client]
TEXT = "Vaksin rabies gratis."


@pytest.fixture
def stage(cast: Cast) -> Stage:
    media = ready(cast.dwi, cast.diskominfo, picture())
    item = media_item(media, "Seekor anjing divaksin petugas.")
    link = "https://samudrakota.example/rabies"
    return make_stage(cast, connected=False, media=(item,), link=link).submit().approve()


def page(stage: Stage, name: str = "by_hand", *more: int) -> str:
    return reverse(f"content:publication_{name}", args=[stage.publication.pk, *more])


def words(client: Client, where: str) -> str:
    return " ".join(client.get(where).content.decode().split())


def typed(stage: Stage, **changes: object) -> dict[str, object]:
    now = timezone.localtime()
    wanted = {"number": 1, "permalink": address(stage), "went_out_at": f"{now:%Y-%m-%dT%H:%M}"}
    return wanted | changes


def test_what_to_post_is_shown_once_it_is_taken_and_to_who_took_it(
    stage: Stage, client_as: ClientAs
) -> None:
    other = factories.user("Putu")
    factories.grant(other, Role.PUBLISHER, stage.cast.diskominfo)
    sari = client_as(factories.reads_english(stage.cast.sari))
    file = page(stage, "file", 1)
    before = words(sari, page(stage))
    assert TEXT not in before
    assert "Take it first" in before
    assert "Take it, copy the text and download the files." in before
    assert sari.get(file).status_code == 404
    assert sari.post(page(stage, "claim")).status_code == 302
    with CaptureQueriesContext(connection) as asked:
        shown = words(sari, page(stage))
    assert len(asked) <= 15
    assert f'data-copy="{TEXT}' in shown
    assert "Seekor anjing divaksin petugas." in shown
    assert "https://samudrakota.example/rabies" in shown
    download = sari.get(file)
    assert download["Content-Disposition"] == 'attachment; filename="01-jadwal-vaksinasi.png"'
    assert b"".join(download) == picture()
    assert sari.get(page(stage, "file", 2)).status_code == 404
    putu = client_as(factories.reads_english(other))
    told = words(putu, page(stage))
    assert "Sari Wulandari took it" in told
    assert TEXT not in told
    assert putu.get(file).status_code == 404


def test_a_freeze_that_begins_while_it_is_claimed_hides_what_to_post(
    stage: Stage, client_as: ClientAs
) -> None:
    claim(stage)
    freeze(stage.cast)
    sari = client_as(factories.reads_english(stage.cast.sari))
    told = words(sari, page(stage))
    assert "Post nothing." in told
    assert "Hari berkabung" in told
    assert TEXT not in told
    assert sari.get(page(stage, "file", 1)).status_code == 404


def test_the_proof_is_recorded_or_refused_beside_its_field(
    stage: Stage, client_as: ClientAs
) -> None:
    claim(stage)
    sari = client_as(factories.reads_english(stage.cast.sari))
    nothing = sari.post(page(stage, "record"), {"number": 1}).context["form"].errors
    assert [*nothing.values()] == [
        ["Give the address of the post."], ["Give the time at which the post went out."]
    ]  # fmt: skip
    wrong = typed(stage, permalink="https://lain.example/1", went_out_at="9999-99-99T00:00")
    answer = sari.post(page(stage, "record"), wrong)
    assert answer.status_code == 422
    assert "https://lain.example/1" in answer.content.decode(), "what was typed is kept"
    answer = sari.post(page(stage, "record"), typed(stage, permalink="https://lain.example/\x00"))
    assert answer.status_code == 422
    answer = sari.post(page(stage, "record"), typed(stage, permalink="https://lain.example/1"))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"permalink"}
    assert sari.post(page(stage, "record"), typed(stage)).status_code == 302
    assert stage.publication.status == Publication.Status.PUBLISHED
    again = sari.post(page(stage, "record"), typed(stage), follow=True)
    assert "has moved on meanwhile" in again.content.decode()
    detail = words(sari, page(stage, "detail"))
    assert "Posted by hand" in detail
    assert address(stage) in detail


def test_who_posts_words_alone_is_sent_for_no_file(cast: Cast, client_as: ClientAs) -> None:
    stage = make_stage(cast, connected=False).submit().approve()
    told = words(client_as(factories.reads_english(cast.sari)), page(stage))
    assert "Take it and copy the text." in told
    assert "files" not in told.partition("How to")[2].partition("</ol>")[0]


def test_it_is_handed_back_and_an_old_answer_changes_nothing(
    stage: Stage, client_as: ClientAs
) -> None:
    claim(stage)
    sari = client_as("sari")
    for number in ("1", "1", "x", ""):
        assert sari.post(page(stage, "hand_back"), {"number": number}).status_code == 302
    assert stage.publication.attempts.count() == 1
    claim(stage)
    sari.post(page(stage, "hand_back"), {"number": "1"})
    assert stage.publication.status == Publication.Status.SENDING


def test_strangers_find_nothing_and_readers_may_not(stage: Stage, client_as: ClientAs) -> None:
    elsewhere = factories.user("Orang Jauh")
    factories.grant(elsewhere, Role.PUBLISHER, Unit.objects.create(name="Pemprov"))
    names = ("claim", "record", "hand_back", "way")
    for person, status in ((elsewhere, 404), (stage.cast.dwi, 403)):
        client = client_as(person)
        assert client.get(page(stage)).status_code == status
        assert client.get(page(stage, "screenshot")).status_code == 404
        for name in names:
            assert client.post(page(stage, name)).status_code == status


def test_home_and_lists_say_that_it_waits_for_a_person(stage: Stage, client_as: ClientAs) -> None:
    later_one = make_stage(stage.cast, connected=False, planned_at=later(hours=2))
    later_one.submit().approve()
    make_stage(stage.cast).submit().approve()
    sari = client_as(factories.reads_english(stage.cast.sari))
    home = words(sari, reverse("home"))
    assert "To be posted by hand" in home
    first = Publication.objects.earliest("pk")
    assert reverse("content:publication_by_hand", args=[first.pk]) in home
    found = sari.get(reverse("content:publication_list"), {"way": "hand"}).context["page"]
    assert {row.by_hand for row in found} == {True}
    assert len(found.object_list) == 2
    found = sari.get(reverse("content:publication_list"), {"todo": "posting"}).context["page"]
    assert len(found.object_list) == 2
    # What the navigation counts is told on the list, and one step from it.
    assert "1 publication waits for you." in words(sari, reverse("content:publication_list"))
    shown = sari.get(reverse("content:publication_list"), {"todo": "you"})
    assert [row.pk for row in shown.context["page"]] == [first.pk]
    day = timezone.localtime(timezone.now() + timedelta(hours=2))
    calendar = words(sari, reverse("content:calendar_day", args=[f"{day:%Y-%m-%d}"]))
    assert "Scheduled, by hand" in calendar


def test_an_address_that_does_not_say_whose_post_it_is_is_told_as_that(
    cast: Cast, client_as: ClientAs
) -> None:
    account = factories.official_account(cast.diskominfo, platform="facebook", host="")
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(account)
    )
    stage = Stage(cast, account, post).submit().approve()
    claim(stage)
    sari = client_as(factories.reads_english(cast.sari))
    shared = typed(stage, permalink="https://www.facebook.com/share/r/1A2b3C/")
    refused = sari.post(page(stage, "record"), shared)
    assert "made for sharing" in refused.content.decode()
    reel = typed(stage, permalink="https://www.facebook.com/reel/123456")
    told = sari.post(page(stage, "record"), reel, follow=True).content.decode()
    assert told.count("The address does not name the account.") == 2, "once said, once kept"
    entry = Entry.objects.get(event="content.publication.proved")
    assert entry.data["names_account"] is False
    with translation.override("en"):
        lines = [one.sentence for one in history_of_post(stage.post).lines]
    assert any("at an address that does not name the account" in one for one in lines)

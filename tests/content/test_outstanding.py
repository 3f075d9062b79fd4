"""A post says that it is out, or gone, only once it is so on every account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from content import actions, notices, outlet_words, pages_by_hand
from content.errors import ContentError
from content.models import NoticeKind, Notification, Publication, Withdrawal
from content.pages import cancelled_with
from govsocial.audit.models import Entry
from govsocial.platforms.errors import Refused, UnknownOutcome
from govsocial.web.templatetags.formats import waited
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, connected_account, document, make_stage
from tests.content.test_emergencies import emergency
from tests.content.test_states import found_by, said_of
from tests.content.test_threads import parts, send
from tests.content.test_withdrawals import Deleting, follow, half_out

__all__ = ["half_out"]
SignIn = Callable[[User | str], Client]
STATUS = Publication.Status


@pytest.fixture
def half(cast: Cast) -> Stage:
    """A post that is out on one account, and waits for a person on the other."""
    account, other = connected_account(cast.diskominfo), factories.official_account(cast.diskominfo)
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(account, other)
    )
    stage = Stage(cast, account, post).submit().approve()
    send(Publication.objects.get(official_account=account), FakePlatform())
    return stage


@pytest.fixture
def thread(cast: Cast) -> Stage:
    return make_stage(cast, thread=("Bawa kartu keluarga.", "Buka pukul 08.00.")).submit().approve()


def page_of(stage: Stage, client_as: SignIn) -> Any:
    reader = client_as(factories.reads_english(stage.cast.sari))
    return reader.get(reverse("content:post_detail", args=[stage.post.pk]))


def last_step(page: Any) -> tuple[str, str]:
    step = page.context["steps"][-1]
    return step["label"], step["state"]


def test_a_post_is_partly_live_until_it_is_out_on_every_account(
    half: Stage, client_as: SignIn
) -> None:
    waiting = half.post.publications.get(status=STATUS.SCHEDULED)
    assert said_of(half) == "partly_live"
    assert found_by(half.cast.sari, status="partly_live") == {half.post.pk}
    assert found_by(half.cast.sari, status="live") == set()
    page = page_of(half, client_as)
    assert last_step(page) == ("Partly live", "current")
    told = page.content.decode().partition("Not out on every account yet")[2].partition("</ul>")[0]
    assert reverse("content:publication_detail", args=[waiting.pk]) in told
    assert "To be posted by hand" in told
    assert (
        "Partly live</span>"
        in client_as(half.cast.sari).get(reverse("content:post_list")).content.decode()
    )
    actions.cancel_publication(
        actor=half.cast.sari, publication_id=waiting.pk, reason="Tidak jadi."
    )
    assert said_of(half) == "live"
    page = page_of(half, client_as)
    assert last_step(page) == ("Live", "done")
    assert b"Not out on every account yet" not in page.content


@pytest.mark.parametrize(
    "trouble",
    [{"failures": [Refused("Too long.")]}, {"lost_answers": [UnknownOutcome("timeout")]}],
)
def test_a_part_that_failed_or_is_doubtful_leaves_a_post_partly_live(
    thread: Stage, trouble: dict[str, Any]
) -> None:
    first, second, _third = parts(thread)
    send(first, FakePlatform())
    send(second, FakePlatform(**trouble))
    assert said_of(thread) == "partly_live"


def test_a_part_that_goes_by_itself_does_not_make_a_post_partly_live(thread: Stage) -> None:
    first, second, _third = parts(thread)
    send(first, FakePlatform())
    assert said_of(thread) == "live"
    actions.choose_way(actor=thread.cast.sari, publication_id=second.pk, by_hand=True)
    assert said_of(thread) == "partly_live"


def test_the_page_of_what_is_over_opens_though_something_of_it_failed(
    half_out: Stage, client_as: SignIn
) -> None:
    failing = FakePlatform(failures=[Refused("Too long.")])
    send(half_out.post.publications.get(status=STATUS.SCHEDULED), failing)
    assert last_step(page_of(half_out, client_as)) == ("Partly live", "current")
    actions.archive_post(actor=half_out.cast.sari, post_id=half_out.post.pk)
    page = page_of(half_out, client_as)
    assert (page.status_code, last_step(page)) == (200, ("Live", "done"))


def test_a_corrected_post_of_which_something_failed_has_its_way_behind_it(
    half_out: Stage, client_as: SignIn
) -> None:
    doubtful = half_out.post.publications.get(status=STATUS.SCHEDULED)
    send(doubtful, FakePlatform(failures=[UnknownOutcome("timeout")]))
    follow(half_out).edit("Yang benar.").submit().approve().send(FakePlatform())
    actions.confirm_publication(
        publication_id=doubtful.pk, actor=User.objects.system(), client=FakePlatform()
    )
    doubtful.refresh_from_db()
    assert (half_out.fresh().status, doubtful.status) == ("corrected", STATUS.FAILED)
    page = page_of(half_out, client_as)
    assert (page.status_code, last_step(page)) == (200, ("Live", "done"))


def test_a_post_is_withdrawn_once_it_is_gone_from_the_platform(
    cast: Cast, client_as: SignIn
) -> None:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    actions.withdraw_post(actor=cast.sari, post_id=stage.post.pk, reason="Salah tanggal.")
    publication, withdrawal = stage.publication, Withdrawal.objects.get()
    assert (said_of(stage), publication.display_status) == ("withdrawing", "withdrawing")
    assert found_by(cast.sari, status="withdrawing") == {stage.post.pk}
    assert found_by(cast.sari, status="withdrawn") == set()
    page = page_of(stage, client_as)
    assert last_step(page) == ("Withdrawal not finished", "current")
    assert not page.context["may_archive"]
    told = page.content.decode().partition("Withdrawn, but not yet gone")[2].partition("</ul>")[0]
    assert reverse("content:publication_detail", args=[publication.pk]) in told
    actions.delete_withdrawn(
        withdrawal_id=withdrawal.pk, actor=User.objects.system(), client=Deleting()
    )
    assert (said_of(stage), stage.publication.display_status) == ("withdrawn", "withdrawn")
    assert last_step(page_of(stage, client_as)) == ("Withdrawn", "done")


def test_the_way_of_a_post_is_the_way_of_what_follows_it(thread: Stage) -> None:
    first, second, _third = parts(thread)
    sari = thread.cast.sari
    # A part has no way of its own before the post is out.
    assert not pages_by_hand.extras(second, sari)["may_use_hand"]
    with pytest.raises(ContentError, match="choose the way there"):
        actions.choose_way(actor=sari, publication_id=second.pk, by_hand=True)
    actions.choose_way(actor=sari, publication_id=first.pk, by_hand=True)
    assert [one.by_hand for one in parts(thread)] == [True] * 3
    entries = Entry.objects.filter(event="content.publication.way_chosen")
    assert {one.data["account"] for one in entries} == {one.outlet for one in parts(thread)}
    actions.choose_way(actor=sari, publication_id=first.pk, by_hand=False)
    assert [one.by_hand for one in parts(thread)] == [False] * 3
    send(first, FakePlatform())
    assert pages_by_hand.extras(second, sari)["may_use_hand"]


def test_the_page_that_cancels_a_part_names_it_and_what_follows(
    thread: Stage, client_as: SignIn
) -> None:
    first, second, third = parts(thread)
    assert len(cancelled_with(first)) == 2
    assert cancelled_with(third) == []
    reader = client_as(factories.reads_english(thread.cast.sari))
    page = reader.get(reverse("content:publication_cancel", args=[second.pk])).content.decode()
    assert "Part 2 of the thread of “Jadwal vaksinasi” will not go out" in page
    assert "cancelled too: Part 3 of the thread." in page


def test_sentences_name_a_part_and_keep_it_without_words(thread: Stage) -> None:
    second = parts(thread)[1]
    assert second.outlet.endswith("(Bluesky) · 2")
    notice = Notification(
        kind=NoticeKind.FAILED, post=thread.post, facts={"account": second.outlet}
    )
    for language, part in (("id", "bagian 2 dari utas"), ("en", "part 2 of the thread")):
        with translation.override(language):
            assert f"(Bluesky), {part}" in notices.sentence_of(notice)
            assert outlet_words.in_words("@kota (Bluesky)") == "@kota (Bluesky)"
    actions.cancel_publication(
        actor=thread.cast.sari, publication_id=second.pk, reason="Tidak jadi."
    )
    told = Entry.objects.filter(event="content.publication.cancelled").earliest("pk")
    assert told.data["account"] == second.outlet
    with translation.override("id"):
        assert "(Bluesky), bagian 2 dari utas" in told.sentence
        assert (
            outlet_words.in_words("@kota (Instagram) · 2") == "@kota (Instagram), komentar pertama"
        )


def test_a_page_by_hand_offers_alternative_texts_where_the_platform_takes_them(cast: Cast) -> None:
    def offers(platform: str) -> bool:
        account = factories.official_account(cast.diskominfo, platform=platform, host="")
        post = actions.create_post(
            actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(account)
        )
        stage = Stage(cast, account, post).submit().approve()
        takes: bool = pages_by_hand.by_hand_page(stage.publication, cast.sari)["takes_alt"]
        return takes

    assert (offers("bluesky"), offers("whatsapp")) == (True, False)


def test_the_queue_says_how_long_it_waits_and_why_an_emergency_is_not_ticked(
    cast: Cast, client_as: SignIn
) -> None:
    emergency(cast).submit()
    reader = client_as(factories.reads_english(cast.sari))
    page = reader.get(reverse("content:review_list")).content.decode()
    assert "emergency: one by one</span>" in page
    assert "Waiting " in page
    with translation.override("id"):
        assert waited(timezone.now() - timedelta(minutes=10)) == "10 menit"

"""A post says that it is out, or gone, only once it is so on every account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import OfficialAccount, User
from content import actions, notices, outlet_words, states
from content.errors import ContentError, GateRefused
from content.models import NoticeKind, Notification, Post, Publication, Withdrawal
from content.pages import by_hand as pages_by_hand
from content.pages.publications import cancelled_with
from govsocial.audit.models import Entry
from govsocial.platforms.base import OutgoingPost, PublishedPost
from govsocial.platforms.errors import BudgetSpent, Refused, Unavailable, UnknownOutcome
from govsocial.web.templatetags.formats import waited
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, connected_account, document, make_stage
from tests.content.test_emergencies import emergency
from tests.content.test_freezes import freeze
from tests.content.test_layers import without_triggers
from tests.content.test_states import found_by, said_of
from tests.content.test_threads import parts, send
from tests.content.test_withdrawals import Deleting, follow, half_out, justified
from tests.content.test_withdrawn_meanwhile import other

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
    justified(follow(half_out).edit("Yang benar.")).submit().approve().send(FakePlatform())
    actions.confirm_publication(
        publication_id=doubtful.pk, actor=User.objects.system(), client=FakePlatform()
    )
    # As rows have it that failed before what is over was cancelled.
    with without_triggers():
        Publication.objects.filter(pk=doubtful.pk).update(status=STATUS.FAILED)
    assert half_out.fresh().status == "corrected"
    with pytest.raises(GateRefused, match="Nothing more of this post goes out"):
        actions.retry_publication(actor=half_out.cast.sari, publication_id=doubtful.pk)
    page = page_of(half_out, client_as)
    assert (page.status_code, last_step(page)) == (200, ("Live", "done"))


def withdraw_first(stage: Stage) -> None:
    live = stage.post.publications.get(status=STATUS.PUBLISHED)
    withdrawal = actions.withdraw_publication(
        actor=stage.cast.sari, publication_id=live.pk, reason="Salah."
    )
    assert says(stage, "withdrawing")
    actions.delete_withdrawn(
        withdrawal_id=withdrawal.pk, actor=User.objects.system(), client=Deleting()
    )


def says(stage: Stage, word: str) -> bool:
    """Whether a post is called so, and found by it."""
    post = Post.objects.get(pk=stage.post.pk)
    return post.display_status == word and post in states.in_state(Post.objects.all(), word)


def test_what_is_left_of_a_post_that_was_taken_back_is_called_what_it_is(
    half_out: Stage, client_as: SignIn
) -> None:
    withdraw_first(half_out)
    assert half_out.fresh().status == "live"
    assert says(half_out, "scheduled")
    steps = [(one["label"], one["state"]) for one in page_of(half_out, client_as).context["steps"]]
    assert steps[3:] == [("Scheduled", "current"), ("Live", "")]
    waiting = half_out.post.publications.get(status=STATUS.SCHEDULED)
    actions.choose_way(actor=half_out.cast.sari, publication_id=waiting.pk, by_hand=True)
    assert says(half_out, "to_post")
    actions.choose_way(actor=half_out.cast.sari, publication_id=waiting.pk, by_hand=False)
    begun = freeze(half_out.cast)
    assert says(half_out, "frozen")
    actions.lift_freeze(actor=half_out.cast.sari, freeze_id=begun.pk, reason="Selesai")
    actions.open_frozen(actor=half_out.cast.sari, publication_id=waiting.pk)
    actions.release_publication(actor=half_out.cast.sari, publication_id=waiting.pk)
    send(waiting, FakePlatform(failures=[Refused("Too long.")]))
    assert says(half_out, "failed")


def test_a_part_on_its_way_of_a_post_that_was_taken_back_does_not_make_it_live(
    thread: Stage,
) -> None:
    first, second, _third = parts(thread)
    send(first, FakePlatform())

    class TakenBackMeanwhile(FakePlatform):
        def publish(self, post: OutgoingPost) -> PublishedPost:
            actions.withdraw_publication(
                actor=thread.cast.sari, publication_id=first.pk, reason="Salah."
            )
            assert says(thread, "withdrawing")
            raise UnknownOutcome("?")

    send(second, TakenBackMeanwhile())
    assert says(thread, "unconfirmed")


def test_a_thread_that_is_held_up_is_partly_live(thread: Stage) -> None:
    first, second, _third = parts(thread)
    send(first, FakePlatform())
    assert says(thread, "live")
    send(second, FakePlatform(failures=[Unavailable("503")]))
    assert says(thread, "live"), "it is tried again at once"
    with without_triggers():
        Publication.objects.update(not_before=None)
    send(second, FakePlatform(failures=[BudgetSpent("Cap", retry_after=9 * 86400)]))
    assert says(thread, "partly_live")


def test_a_thread_whose_account_is_suspended_meanwhile_is_partly_live(thread: Stage) -> None:
    send(parts(thread)[0], FakePlatform())
    OfficialAccount.objects.filter(pk=thread.account.pk).update(status="suspended")
    assert says(thread, "partly_live")


def out_on_two(cast: Cast) -> tuple[Stage, list[OfficialAccount]]:
    accounts = [connected_account(cast.diskominfo) for _two in range(2)]
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts)
    )
    wrong = Stage(cast, accounts[0], post).submit().approve()
    for one in parts(wrong):
        send(one, FakePlatform(handle=str(one.pk)))
    return wrong, accounts


def test_a_post_is_corrected_once_its_correction_is_out_where_it_was_meant_for(
    cast: Cast, client_as: SignIn
) -> None:
    wrong, accounts = out_on_two(cast)
    correction = follow(wrong)
    version = correction.fresh().current_version
    assert version is not None
    actions.edit_post(
        actor=cast.dwi, post_id=correction.post.pk, based_on=version.number,
        document=document(*accounts, text="Yang benar."),
    )  # fmt: skip
    correction.submit().approve()
    here, there = correction.post.publications.order_by("pk")
    send(here, FakePlatform(handle="satu"))
    assert says(wrong, "correcting")
    page = page_of(wrong, client_as)
    assert last_step(page) == ("Correction not finished", "current")
    assert "What is wrong still stands there alone" in page.content.decode()
    send(there, FakePlatform(handle="dua"))
    assert says(wrong, "corrected")
    # What is taken back corrects nothing any more.
    actions.withdraw_publication(actor=cast.sari, publication_id=there.pk, reason="Salah.")
    assert says(wrong, "correcting")
    stands = wrong.post.publications.get(official_account=there.official_account_id)
    actions.withdraw_publication(actor=cast.sari, publication_id=stands.pk, reason="Salah.")
    assert says(wrong, "corrected")


def test_an_archived_post_that_is_taken_back_leaves_the_archive_until_it_is_gone(
    half_out: Stage, client_as: SignIn
) -> None:
    sari, post = half_out.cast.sari, half_out.post
    send(other(half_out), FakePlatform(failures=[Refused("Too long.")]))
    actions.archive_post(actor=sari, post_id=post.pk)
    assert says(half_out, "archived")
    live = post.publications.get(status=STATUS.PUBLISHED)
    withdrawal = actions.withdraw_publication(actor=sari, publication_id=live.pk, reason="Salah.")
    assert says(half_out, "withdrawing")
    with pytest.raises(ContentError, match="still being taken back"):
        actions.archive_post(actor=sari, post_id=post.pk)
    actions.delete_withdrawn(
        withdrawal_id=withdrawal.pk, actor=User.objects.system(), client=Deleting()
    )
    assert says(half_out, "withdrawn")
    actions.archive_post(actor=sari, post_id=post.pk)
    assert says(half_out, "archived")


def test_what_is_tried_again_takes_what_follows_it_along_on_its_way(cast: Cast) -> None:
    stage = make_stage(cast, connected=False, thread=("Dua.", "Tiga.")).submit().approve()
    with without_triggers():
        Publication.objects.filter(part=0).update(status=STATUS.FAILED)
    give_credential(stage.account, User.objects.system())
    actions.retry_publication(actor=cast.sari, publication_id=parts(stage)[0].pk)
    assert [one.by_hand for one in parts(stage)] == [False] * 3
    chosen = Entry.objects.filter(event="content.publication.way_chosen")
    assert {one.data["account"] for one in chosen} == {one.outlet for one in parts(stage)[1:]}


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
    assert last_step(page_of(stage, client_as)) == ("Withdrawn", "failed")


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
    assert "Submitted just now" in page
    with translation.override("id"):
        assert waited(timezone.now() - timedelta(minutes=10)) == "10 menit"
        # Seconds are old before they are read: the page says "just now".
        assert waited(timezone.now() - timedelta(seconds=37)) == ""

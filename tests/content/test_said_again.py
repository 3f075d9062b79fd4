"""What was withdrawn says so to whoever would send it again, until it says something else; and a
correction goes where the mistake was, once."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from content import actions, notices
from content.errors import ContentError
from content.models import NoticeKind, Notification, Post, Publication, Relation
from content.pages.posts import lacking
from content.pages.review import with_ticks
from content.post_history import history_of_post
from content.selectors.lists import reviews_to_tick_off
from content.selectors.posts import reviews_to_tick
from content.surroundings import findings_of
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, connected_account, document, make_stage
from tests.content.test_by_hand import back, claim
from tests.content.test_freezes import freeze, lift
from tests.content.test_withdrawals import follow, justified
from tests.content.test_withdrawn_in_hand import publisher, words

SignIn = Callable[[User | str], Client]
REASON = "Jamnya keliru, <09.00>."


@pytest.fixture
def called_off(cast: Cast) -> Stage:
    """Taken by Sari, withdrawn by Putu meanwhile, and handed back: it never was out."""
    stage = make_stage(cast, connected=False).submit().approve()
    claim(stage)
    actions.withdraw_publication(
        actor=publisher(cast), publication_id=stage.publication.pk, reason=REASON
    )
    back(stage)
    return stage


def found(stage: Stage, rule: str) -> list[str]:
    version = stage.fresh().current_version
    assert version is not None
    with translation.override("en"):
        rows = findings_of(version.content(), stage.post.unit, stage.post)
        return [one.message for one in rows if one.rule == rule]


def test_what_was_withdrawn_is_not_sent_again_unawares(
    called_off: Stage, client_as: SignIn
) -> None:
    stage, cast = called_off, called_off.cast
    assert stage.fresh().status == Post.Status.DRAFT
    with pytest.raises(ContentError, match="Jamnya keliru"):
        stage.submit()
    writer = client_as(factories.reads_english(cast.dwi))
    told = f"Putu Ayu withdrew this text from {stage.account.in_words} on"
    for page in ("post_detail", "post_edit"):
        shown = words(writer, page, stage.post.pk)
        box = shown.partition('<section class="notice notice-bad came-back"')[2]
        assert told in box
        assert "Jamnya keliru, &lt;09.00&gt;." in box.partition("</section>")[0]
    stage.justify("Memang pukul 08.00.").submit()
    sari = client_as(factories.reads_english(cast.sari))
    desk = words(sari, "post_detail", stage.post.pk)
    assert told in desk
    assert "Memang pukul 08.00." in desk
    assert "version 1, which was approved and then withdrawn" in desk
    assert "Putu Ayu withdrew this text before: “Jamnya keliru" in words(sari, "review_list")


def test_another_text_is_no_text_that_was_withdrawn(called_off: Stage) -> None:
    assert found(called_off.edit("vaksin  rabies GRATIS."), "withdrawn")
    called_off.edit("Vaksin rabies gratis, pukul 09.00.").submit()
    assert not found(called_off, "withdrawn")
    (row,) = with_ticks(
        reviews_to_tick_off(reviews_to_tick(called_off.cast.sari)), called_off.cast.sari
    )
    assert (len(row.taken_back), row.said_before) == (1, None)


def test_a_new_post_with_the_words_of_one_that_was_withdrawn_says_so(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    actions.withdraw_post(actor=cast.sari, post_id=stage.post.pk, reason="Salah")
    assert not found(stage, "withdrawn"), "what is over goes out no more"
    post = actions.duplicate_post(
        actor=cast.dwi, post_id=stage.post.pk, number=1, unit_id=cast.diskominfo.pk
    )
    anew = Stage(cast, stage.account, post)
    (told,) = found(anew, "withdrawn")
    assert told.startswith("Sari Wulandari withdrew this text")
    assert not found(anew.edit("Yang benar."), "withdrawn")


def test_who_wrote_it_is_told_that_it_was_withdrawn(cast: Cast) -> None:
    accounts = [connected_account(cast.diskominfo) for _two in range(2)]
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts)
    )
    stage = Stage(cast, accounts[0], post).submit().approve()
    for one in post.publications.all():
        actions.send_publication(
            publication_id=one.pk, actor=cast.bayu, client=FakePlatform(handle=str(one.pk))
        )
    first, _second = post.publications.order_by("pk")
    actions.withdraw_publication(actor=cast.sari, publication_id=first.pk, reason="Salah")
    actions.withdraw_post(actor=cast.sari, post_id=post.pk, reason="Salah")
    rows = Notification.objects.filter(kind=NoticeKind.WITHDRAWN).order_by("pk")
    assert [one.person for one in rows] == [cast.dwi, cast.dwi]
    assert notices.address_of(rows[0]) == reverse("content:post_detail", args=[post.pk])
    with translation.override("en"):
        assert notices.sentence_of(rows[0]) == (
            f"Sari Wulandari withdrew “Jadwal vaksinasi” from {first.outlet}. Its page says why."
        )
    assert stage.fresh().status == Post.Status.WITHDRAWN


def test_the_history_tells_no_failure_and_no_words_that_there_were_not(called_off: Stage) -> None:
    with translation.override("en"):
        told = [one.sentence for one in history_of_post(called_off.post).lines[:2]]
    account = called_off.account
    assert told == [
        f"Govsocial cancelled the post on {account}: Its post was withdrawn.",
        f"Sari Wulandari said that this post was not posted on {account}.",
    ]


def on_two(cast: Cast) -> tuple[Stage, Publication, Publication]:
    """Out on the first account; what waits on the second."""
    accounts = [connected_account(cast.diskominfo) for _two in range(2)]
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*accounts)
    )
    wrong = Stage(cast, accounts[0], post).submit().approve()
    out, waits = post.publications.order_by("pk")
    actions.send_publication(publication_id=out.pk, actor=cast.bayu, client=FakePlatform())
    return wrong, out, waits


def test_a_correction_for_where_the_mistake_never_was_is_asked_about(cast: Cast) -> None:
    wrong, _out, waits = on_two(cast)
    begun = follow(wrong)
    assert not found(begun, "needless"), "it may still go out there"
    actions.cancel_publication(actor=cast.sari, publication_id=waits.pk, reason="Batal.")
    (told,) = found(begun, "needless")
    assert told.startswith("The post that this corrects never went out on this account")
    assert any(waits.official_account.handle in str(one) for one in lacking(begun.fresh()))
    assert not found(begun.edit("Yang benar."), "needless"), "the account is left out"


def test_a_correction_that_a_freeze_held_says_that_the_mistake_never_was_there(
    cast: Cast, client_as: SignIn
) -> None:
    wrong, out, waits = on_two(cast)
    begun = follow(wrong)
    freeze(cast, official_account_id=waits.official_account_id)
    both = document(out.official_account, waits.official_account, text="Yang benar.")
    actions.edit_post(actor=cast.dwi, post_id=begun.post.pk, document=both, based_on=1)
    begun.justify().submit().approve()
    here, there = begun.post.publications.order_by("pk")
    assert here.official_account_id == out.official_account_id
    actions.send_publication(
        publication_id=here.pk, actor=cast.bayu, client=FakePlatform(handle="lain")
    )
    with translation.override("en"):
        (told, *_rest) = [
            one.sentence for one in history_of_post(wrong.post).lines if "cancelled" in one.sentence
        ]
    assert told.startswith("Govsocial cancelled")
    assert told.endswith(": Replaced by its correction.")
    lift(cast)
    sari = client_as(factories.reads_english(cast.sari))
    assert "never went out on this account" in words(sari, "publication_release", there.pk)


def test_a_second_correction_of_a_post_is_not_begun_or_approved_unawares(
    cast: Cast, client_as: SignIn
) -> None:
    wrong = make_stage(cast).submit().approve()
    wrong.send(FakePlatform())
    writer = client_as(factories.reads_english(cast.dwi))
    address = reverse("content:post_follow", args=[wrong.post.pk])
    first = follow(wrong).edit("Yang benar.")
    assert "Write another correction" in words(writer, "post_detail", wrong.post.pk)
    begun = writer.post(address, {"relation": Relation.CORRECTION, "key": str(uuid4())})
    (told,) = (str(one) for one in get_messages(begun.wsgi_request))
    assert told.startswith("Another correction of this post is not out yet: <a")
    assert reverse("content:post_detail", args=[first.post.pk]) in told
    second = Stage(cast, wrong.account, Post.objects.latest("pk")).edit("Juga benar.")
    assert not found(second, "rival"), "a draft goes nowhere by itself"
    first.submit()
    (told,) = found(second, "rival")
    assert told.startswith("Another correction of the same post is being reviewed.")
    first.approve().send(FakePlatform(handle="satu"))
    (told,) = found(second, "rival")
    assert told.startswith("The same post was corrected already on")
    justified(second).submit()
    sari = client_as(factories.reads_english(cast.sari))
    assert "Readers would get two corrections." in words(sari, "post_detail", second.post.pk)


def test_going_back_after_a_withdrawal_says_that_it_was_done(cast: Cast, client_as: SignIn) -> None:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    actions.withdraw_post(actor=cast.sari, post_id=stage.post.pk, reason="Salah")
    sari = client_as(factories.reads_english(cast.sari))
    again = sari.get(reverse("content:post_withdraw", args=[stage.post.pk]))
    (told,) = (str(one) for one in get_messages(again.wsgi_request))
    assert told.startswith("It was withdrawn already.")

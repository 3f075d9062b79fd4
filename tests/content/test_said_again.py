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
from content.words_alone import words_alone
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, connected_account, document, make_stage
from tests.content.test_by_hand import back, claim
from tests.content.test_freezes import freeze, lift
from tests.content.test_withdrawals import follow, justified
from tests.content.test_withdrawn_in_hand import publisher, words

SignIn = Callable[[User | str], Client]
REASON = "Jamnya keliru, <09.00>."
TAGGED = "Vaksin rabies gratis.\n\n#samudra #vaksin"
BOX = '<section class="notice notice-bad came-back"'


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
        box = shown.partition(BOX)[2]
        assert told in box
        assert "Jamnya keliru, &lt;09.00&gt;." in box.partition("</section>")[0]
    stage.justify("Memang pukul 08.00.").submit()
    sari = client_as(factories.reads_english(cast.sari))
    desk = words(sari, "post_detail", stage.post.pk)
    assert told in desk
    assert "Memang pukul 08.00." in desk
    assert "version 1, which was approved and then withdrawn" in desk
    assert "Putu Ayu withdrew this text before: “Jamnya keliru" in words(sari, "review_list")


def test_neither_signs_nor_hashtags_make_another_text(called_off: Stage) -> None:
    for text in ("vaksin  rabies GRATIS!", "📢 Vaksin rabies: gratis ❤️", TAGGED):
        assert found(called_off.edit(text), "withdrawn"), text
    for text in ("Vaksin rabies gratis 1.", "#Vaksin rabies tidak gratis."):
        assert not found(called_off.edit(text), "withdrawn"), text


def test_words_alone_are_letters_and_digits() -> None:
    assert words_alone("📢 Buka 09.00–15.00, “Gratis”!\n\n#samudra 🎉 (#sehat)") == (
        "buka 09 00 15 00 gratis"
    )
    assert words_alone("Biaya 1.5 juta") != words_alone("Biaya 15 juta")
    assert words_alone("Ayo #vaksin di puskesmas") == "ayo vaksin di puskesmas"
    assert words_alone("ꦲ\u200bꦶ 1️⃣") == "ꦲꦶ 1"
    assert words_alone("#samudra 🎉") == ""


def test_another_text_asks_nothing_and_tells_still_who_withdrew_it(
    called_off: Stage, client_as: SignIn
) -> None:
    stage, cast = called_off.edit("Vaksin rabies gratis, pukul 09.00."), called_off.cast
    told = f"The text before this one was withdrawn by Putu Ayu from {stage.account.in_words} on"
    writer = client_as(factories.reads_english(cast.dwi))
    for page in ("post_detail", "post_edit"):
        box = words(writer, page, stage.post.pk).partition(BOX)[2].partition("</section>")[0]
        assert told in box
        assert "Jamnya keliru, &lt;09.00&gt;." in box
        assert "The words were changed since." in box
    typed = {"text": "Vaksin rabies, gratis!", "unit": stage.post.unit_id}
    typed["accounts"] = stage.account.pk
    address = f"{reverse('content:post_preview')}?post={stage.post.pk}"
    answer = writer.post(address, typed).content.decode()
    box = answer.partition('id="withdrawals"')[2].partition("</section>")[0]
    assert "It says the same again." in box, "it goes along with what is typed"
    stage.submit()
    assert not found(stage, "withdrawn")
    sari = client_as(factories.reads_english(cast.sari))
    assert told in words(sari, "post_detail", stage.post.pk)
    queue = words(sari, "review_list")
    assert "The text before this one was withdrawn by Putu Ayu: “Jamnya keliru" in queue


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
    anew.submit()
    (row,) = with_ticks(reviews_to_tick_off(reviews_to_tick(cast.sari)), cast.sari)
    assert (row.said_before["why"], row.said_before["is_same"]) == ("Salah", False)


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


def test_cancelling_where_the_mistake_would_never_be_names_the_correction_meant_for_it(
    cast: Cast, client_as: SignIn
) -> None:
    wrong, _out, waits = on_two(cast)
    begun = follow(wrong)
    sari = client_as(factories.reads_english(cast.sari))
    told = "Its correction is meant for this account as well"
    assert told not in words(sari, "publication_cancel", waits.pk), "a draft goes nowhere by itself"
    both = document(wrong.account, waits.official_account, text="Yang benar.")
    actions.edit_post(actor=cast.dwi, post_id=begun.post.pk, document=both, based_on=1)
    begun.submit()
    shown = words(sari, "publication_cancel", waits.pk)
    assert told in shown
    assert reverse("content:post_detail", args=[begun.post.pk]) in shown
    writer = client_as(factories.reads_english(cast.dwi))
    assert 'id="found-since"' not in words(writer, "post_detail", begun.post.pk)
    actions.cancel_publication(actor=cast.sari, publication_id=waits.pk, reason="Batal.")
    head = words(writer, "post_detail", begun.post.pk).partition('id="found-since"')[2]
    assert f"@{waits.official_account.handle}" in head.partition("</section>")[0]


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

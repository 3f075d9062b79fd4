"""The history of a post says what became of it when it was taken back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from content import actions, post_history
from content.models import Relation, Withdrawal
from content.post_history import history_of_post
from govsocial.platforms.errors import NotOffered, Unavailable, UnknownOutcome
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, later, make_stage
from tests.content.test_by_hand import address, claim, prove
from tests.content.test_threads import THREAD, commented, parts, send_all
from tests.content.test_withdrawals import Deleting


def delete_all(client: FakePlatform) -> None:
    for one in Withdrawal.objects.filter(outcome="").order_by("pk"):
        actions.delete_withdrawn(withdrawal_id=one.pk, actor=User.objects.system(), client=client)


def told(stage: Stage, number: int) -> list[str]:
    """The newest sentences."""
    return [one.sentence for one in history_of_post(stage.post).lines[:number]]


def test_parts_of_a_thread_with_the_same_end_are_told_in_one_line(cast: Cast) -> None:
    stage = make_stage(cast, thread=THREAD).submit().approve()
    send_all(stage, FakePlatform())
    *_first, last = parts(stage)
    # The last part by itself, and the others in another action.
    actions.withdraw_publication(actor=cast.sari, publication_id=last.pk, reason="Jam salah")
    actions.withdraw_post(actor=cast.sari, post_id=stage.post.pk, reason="Jadwal salah")
    delete_all(Deleting())
    on = f"thread on {stage.account}"
    with translation.override("en"):
        assert told(stage, 4) == [
            f"Deleted: 2 parts of the {on}.",
            f"Deleted: part 3 of the {on}.",
            f"Sari Wulandari withdrew 2 parts of the {on}: “<bdi>Jadwal salah</bdi>”",
            f"Sari Wulandari withdrew part 3 of the {on}: “<bdi>Jam salah</bdi>”",
        ]
        assert f"Went live: 3 parts of the {on}." in told(stage, 50)
        assert not any("Jadwal vaksinasi" in one for one in told(stage, 50))
        assert "Sari Wulandari approved version 1 of this post." in told(stage, 50)


def test_what_a_platform_does_not_delete_is_told_once_and_who_deleted_it(cast: Cast) -> None:
    stage = commented(cast, "facebook")
    send_all(stage, FakePlatform())
    withdrawals = actions.withdraw_post(
        actor=cast.sari, post_id=stage.post.pk, reason="Jadwal salah"
    )
    delete_all(Deleting(*[Unavailable("503") for _ in range(4)]))
    delete_all(Deleting(*[Unavailable("503") for _ in range(2)]))
    delete_all(Deleting(*[NotOffered("Facebook does not delete it.") for _ in range(2)]))
    for one, outcome in zip(withdrawals, ("stays", "by_hand"), strict=True):
        actions.settle_withdrawal(
            actor=cast.sari, withdrawal_id=one.pk, outcome=outcome, note="Akun dikunci"
        )
    account = str(stage.account)
    both = f"the post and the first comment on {account}"
    with translation.override("en"):
        assert told(stage, 5) == [
            f"Sari Wulandari deleted the post on {account} by hand.",
            f"Sari Wulandari looked: the first comment on {account} can still be seen.",
            f"The application cannot delete {both}. A person has to delete it there.",
            f"Not deleted yet: {both}. The application tries again.",
            f"Sari Wulandari withdrew {both}: “<bdi>Jadwal salah</bdi>”",
        ]
        assert history_of_post(stage.post).lines[2].quote == "Facebook does not delete it."


def test_the_whole_life_of_a_post_is_told_a_page_at_a_time(
    cast: Cast, client_as: Callable[[object], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = make_stage(cast, thread=THREAD).submit().approve()
    send_all(stage, FakePlatform())
    actions.withdraw_post(actor=cast.sari, post_id=stage.post.pk, reason="Jadwal salah")
    whole = [one.sentence for one in history_of_post(stage.post).lines]
    monkeypatch.setattr(post_history, "LONGEST_HISTORY", 2)
    seen: list[str] = []
    page = history_of_post(stage.post)
    while page.older:
        seen += [one.sentence for one in page.lines]
        page = history_of_post(stage.post, since=page.older)
    assert seen + [one.sentence for one in page.lines] == whole
    monkeypatch.setattr(post_history, "MOST_READ", 1)
    last = history_of_post(stage.post)
    assert (len(last.lines), last.older is not None) == (1, True)
    client = client_as(factories.reads_english(cast.dwi))
    address = reverse("content:post_detail", args=[stage.post.pk])
    shown = client.get(f"{address}?since={last.older}").content.decode()
    older = re.search(r"\?since=(\d+)#history", shown)
    assert older
    assert last.older
    assert int(older[1]) < last.older
    assert f'href="{address}#history"' in shown


def test_each_cancellation_is_told_with_its_reason(cast: Cast) -> None:
    stage = make_stage(cast, planned_at=later(days=2)).submit().approve()
    for reason in ("Salah tanggal", "Salah lokasi"):
        actions.cancel_publication(
            actor=cast.sari, publication_id=stage.publication.pk, reason=reason
        )
        if reason == "Salah tanggal":
            stage.submit().approve()
    with translation.override("en"):
        said = [one for one in told(stage, 50) if "cancelled" in one]
    assert [reason in one for reason, one in zip(("lokasi", "tanggal"), said, strict=True)] == [
        True,
        True,
    ]


def test_a_corrected_post_tells_that_its_correction_was_begun_and_is_live(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    post = actions.follow_post(actor=cast.dwi, post_id=stage.post.pk, relation=Relation.CORRECTION)
    begun = f"“<bdi>{post}</bdi>”"
    correction = Stage(cast, stage.account, post).edit("Yang benar Selasa.").submit().approve()
    correction.send(FakePlatform())
    title = f"“<bdi>{correction.fresh()}</bdi>”"
    with translation.override("en"):
        lines = [one.sentence for one in history_of_post(stage.fresh(), [post]).lines]
        assert f"Corrected: {title} went live on {stage.account}." in lines[:2]
        assert f"Dwi Hartono began a correction of it: {begun}." in lines
        assert not any("submitted version 2" in one for one in lines), "that is on its own page"
        own = [one.sentence for one in history_of_post(correction.post).lines]
    assert "Dwi Hartono started this post as a correction of" in own[-1]


def test_a_post_tells_that_its_correction_was_rejected(cast: Cast) -> None:
    stage = make_stage(cast).submit().approve()
    stage.send(FakePlatform())
    post = actions.follow_post(actor=cast.dwi, post_id=stage.post.pk, relation=Relation.CORRECTION)
    begun = Stage(cast, stage.account, post).edit("Yang benar Selasa.").submit()
    actions.reject_post(actor=cast.sari, post_id=post.pk, digest=begun.digest, note="Tidak perlu")
    with translation.override("en"):
        lines = [one.sentence for one in history_of_post(stage.fresh(), [post]).lines]
    assert lines[0] == f"Sari Wulandari rejected a correction of it: “<bdi>{begun.fresh()}</bdi>”."


def test_that_a_correction_went_live_is_told_once_whoever_found_it_out(cast: Cast) -> None:
    by_hand = make_stage(cast, connected=False).submit().approve()
    claim(by_hand)
    prove(by_hand)
    doubtful = make_stage(cast).submit().approve()
    doubtful.send(FakePlatform())
    for first in (by_hand, doubtful):
        post = actions.follow_post(actor=cast.dwi, post_id=first.post.pk, relation="correction")
        correction = Stage(cast, first.account, post).edit("Selasa.").submit().approve()
        if first is by_hand:
            claim(correction)
            prove(correction, permalink=address(correction, "3k44dkfqrxs2b"))
        else:
            platform = FakePlatform(lost_answers=[UnknownOutcome("timeout")])
            correction.send(platform)
            correction.confirm(platform)
        with translation.override("en"):
            lines = [one.sentence for one in history_of_post(first.fresh(), [post]).lines]
        assert len([one for one in lines if "Corrected: " in one]) == 1

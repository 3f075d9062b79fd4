"""Who decides on what changed or was taken back meanwhile is told so, and loses no word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from content import actions
from content.checklist import ETHICS
from content.models import Comment, Decision, Post
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, make_stage
from tests.content.test_desk import decide
from tests.content.test_opened_before import hidden


@pytest.fixture
def sari(cast: Cast, client_as: Callable[[object], Client]) -> Client:
    return client_as(factories.reads_english(cast.sari))


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_note_on_what_was_taken_back_meanwhile_is_given_back_with_who_and_the_next_one(
    cast: Cast, sari: Client
) -> None:
    stage, other = (make_stage(cast, title=title).submit() for title in ("Jadwal", "Berikut"))
    seen = stage.digest
    actions.take_back_post(actor=cast.dwi, post_id=stage.post.pk)
    refused = decide(sari, stage, digest=seen, note="Sumbernya <b>mana</b>?")
    told = words(refused)
    assert refused.status_code == 409
    assert "Your decision was not recorded" in told
    notice = told.split('id="too-late"')[1].split("</section>")[0]
    assert "This post is not waiting for a decision." in notice
    assert "Dwi Hartono took back version 1" in notice
    assert "<time" in notice
    assert "Sumbernya &lt;b&gt;mana&lt;/b&gt;?" in notice
    assert "Next: Berikut" in notice
    assert reverse("content:post_detail", args=[other.post.pk]) + "?from=reviews" in notice
    # To be sent as a comment, and sent by nobody yet.
    form = told.split('id="comment-form"')[1].split("</form>")[0]
    assert "Sumbernya &lt;b&gt;mana&lt;/b&gt;?</textarea>" in form
    assert not Comment.objects.exists()
    assert not Decision.objects.exists()


def test_what_was_read_is_named_beside_what_it_became_and_nothing_stays_confirmed(
    stage: Stage, sari: Client
) -> None:
    stage.submit()
    seen = stage.digest
    stage.edit("Teks yang lain sekali.").submit()
    refused = decide(sari, stage, digest=seen, note="Sudah saya baca.")
    told = words(refused)
    assert refused.status_code == 409
    assert "You had opened version 1; Dwi Hartono saved version 2" in told
    assert "Compared with version 1, which you had opened." in told
    assert "Teks yang lain sekali." in told.split('id="changes"')[1].split("</section> </div>")[0]
    card = told.split('id="decide"')[1].split("</section>")[0]
    assert "Sudah saya baca.</textarea>" in card
    assert "checked" not in card
    # What is sent from this page is of the present text, and needs its own confirmation.
    digest = hidden(refused.content.decode().split('id="decide"')[1], "digest")
    assert digest == stage.digest
    assert decide(sari, stage, digest=digest, confirmed="").status_code == 409
    assert stage.fresh().status == Post.Status.SUBMITTED
    assert decide(sari, stage, digest=digest).status_code == 302
    assert stage.fresh().status == Post.Status.SCHEDULED


def test_what_was_ticked_and_changed_is_named_where_the_confirmation_was_forgotten(
    cast: Cast, sari: Client
) -> None:
    kept, moved = (make_stage(cast, title=title).submit() for title in ("Tetap", "Berubah"))
    chosen = [f"{one.post.pk}:{one.digest}" for one in (kept, moved)]
    sari.get(reverse("content:post_detail", args=[kept.post.pk]))
    moved.edit("Teks lain.").submit()
    title = moved.fresh().title
    answer = sari.post(reverse("content:review_approve"), {"chosen": chosen})
    told = words(answer)
    assert answer.status_code == 422
    assert f"They are not ticked now: {title}." in told
    again = sari.post(
        reverse("content:review_approve"), {"chosen": chosen[:1], "confirmed": ETHICS.version}
    )
    assert again.status_code == 302
    assert kept.fresh().status == Post.Status.SCHEDULED


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def test_a_missing_note_is_told_above_the_form_as_a_missing_confirmation_is(
    stage: Stage, sari: Client
) -> None:
    stage.submit()
    for name, sent in (("post_approve", {"confirmed": ""}), ("post_reject", {"note": " "})):
        told = words(decide(sari, stage, name, **sent))
        card = told.split('id="decide"')[1].split("</section>")[0]
        summary = card.split("data-form-errors")[1].split("</ul>")[0]
        assert summary.count("<li>") == 1
        assert 'href="#id_' in summary

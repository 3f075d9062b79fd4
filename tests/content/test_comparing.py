"""Side by side: what a version changes, and against what it is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.capabilities import Role
from accounts.models import OfficialAccount, User
from content import actions, comparing, diff, sent_words
from content.models import Post, Relation
from content.selectors import posts as selectors
from tests import factories
from tests.cast import Cast
from tests.content.media_stage import ready
from tests.content.stage import FakePlatform, Stage, document, make_stage, media_item, picture

SignIn = Callable[[User | str], Client]


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def save(stage: Stage, **changes: Any) -> None:
    """Another version by its drafter."""
    version = stage.fresh().current_version
    assert version is not None
    actions.edit_post(
        actor=stage.cast.dwi,
        post_id=stage.post.pk,
        document=replace(version.content(), **changes),
        based_on=version.number,
    )


def send_back(stage: Stage) -> None:
    actions.request_changes(
        actor=stage.cast.sari, post_id=stage.post.pk, digest=stage.digest, note="Perbaiki."
    )


def baseline(post: Post) -> tuple[int, int, str] | None:
    """Whose version it is, which, and in what words."""
    post = selectors.posts_visible_to(User.objects.get(full_name="Sari Wulandari")).get(pk=post.pk)
    found = comparing.baseline_of(
        post, selectors.versions_of(post), list(selectors.decisions_of(post))
    )
    return (found.version.post_id, found.version.number, found.why) if found else None


def test_what_was_approved_last_is_what_it_is_compared_with(stage: Stage) -> None:
    assert baseline(stage.post) is None
    stage.submit().approve()
    assert baseline(stage.post) is None
    stage.edit("Dua.").submit()
    send_back(stage)
    save(stage, title="Tiga")
    stage.submit()
    found = baseline(stage.post)
    assert found is not None
    assert found[:2] == (stage.post.pk, 1)
    assert "was approved" in found[2]


def test_else_the_version_of_the_last_decision_and_one_stage_of_two_is_one(stage: Stage) -> None:
    stage.submit()
    send_back(stage)
    stage.edit("Dua.").edit("Tiga.").submit()
    found = baseline(stage.post)
    assert found is not None
    assert found[:2] == (stage.post.pk, 1)
    assert "decided on" in found[2]


def test_a_correction_is_compared_with_what_it_corrects(stage: Stage) -> None:
    stage.submit().approve().send(FakePlatform())
    begun = actions.follow_post(
        actor=stage.cast.rina, post_id=stage.post.pk, relation=Relation.CORRECTION
    )
    found = baseline(begun)
    assert found is not None
    assert found[:2] == (stage.post.pk, 1)
    assert "corrects" in found[2]


def test_every_field_that_differs_stands_on_both_sides(stage: Stage) -> None:
    cast = stage.cast
    made = [
        media_item(actions.store_image(actor=cast.dwi, unit_id=cast.diskominfo.pk, data=one), alt)
        for one, alt in ((picture("navy"), "Biru"), (picture("red"), "Merah"))
    ]
    other = factories.official_account(cast.diskominfo)
    save(stage, media=tuple(made))
    before = stage.fresh().current_version
    texts = {stage.account.pk: "Vaksin rabies mahal.", other.pk: "Baru."}
    save(
        stage, title="Lain", text="Vaksin rabies mahal.", texts=texts,
        media=(replace(made[1], alt="Merah tua"), made[0]),
    )  # fmt: skip
    after = stage.fresh().current_version
    assert before is not None
    assert after is not None
    with translation.override("en"):
        found = comparing.compare(before, after, post=stage.post)
    rows = {row.label: row for row in found.rows}
    common = next(row for label, row in rows.items() if label.startswith("Text · "))
    assert str(stage.account) in common.label
    assert common.before is not None
    assert [one.text for one in common.before if one.change == "removed"] == ["gratis."]
    assert common.after is not None
    assert [one.text for one in common.after if one.change == "added"] == ["mahal."]
    assert rows[str(other)].before is None
    with translation.override("en"):
        both = document(stage.account, other)
        alike = comparing.changed_fields(
            both,
            replace(both, text="Baru.", texts=dict.fromkeys(both.texts, "Baru.")),
            post=stage.post,
        )
        apart = comparing.changed_fields(
            both, replace(both, texts=dict.fromkeys(both.texts, "Baru.")), post=stage.post
        )
    assert [one["label"] for one in alike] == ["Text · all accounts"]
    assert [one["label"] for one in apart] == ["All accounts"]
    assert rows["Picture 1"].note == "Stood at place 2 before"
    assert rows["Picture 2"].note == "Stood at place 1 before"
    assert rows["Picture 1"].new_picture is not None
    assert made[1].sha256 in rows["Picture 1"].new_picture.url
    assert "Publication time" in found.same


def test_the_page_compares_any_two_versions_and_says_what_it_does_not_know(
    stage: Stage, client_as: SignIn
) -> None:
    stage.edit("Dua.").edit("Tiga.")
    client = client_as("sari")
    address = reverse("content:post_compare", args=[stage.post.pk])
    shown = client.get(address, {"before": "1", "after": "2"}).content.decode()
    assert "<del>Vaksin" in shown
    assert "<ins>Dua." in shown
    assert "<ins>Tiga." in client.get(address).content.decode()
    for wrong in ({"before": "9"}, {"before": "first"}, {"after": "²"}, {"after": "\0"}):
        assert client.get(address, wrong).status_code == 422
    assert client_as("nur").get(address).status_code == 404


def test_the_page_of_a_post_says_against_what_and_stays_within_its_queries(
    stage: Stage, client_as: SignIn
) -> None:
    cast = stage.cast
    media = ready(cast.dwi, cast.diskominfo)
    stage.submit()
    send_back(stage)
    save(stage, text="Baca.", title="Jadwal", media=(media_item(media, "Biru"),))
    stage.submit()
    with CaptureQueriesContext(connection) as asked:
        shown = client_as("sari").get(reverse("content:post_detail", args=[stage.post.pk]))
    # One of them is the session that this test signs in with.
    assert len(asked) <= 15
    assert "Dibandingkan dengan versi 1" in shown.content.decode()
    with CaptureQueriesContext(connection) as asked:
        address = reverse("content:post_compare", args=[stage.post.pk])
        assert client_as("dwi").get(address).status_code == 200
    assert len(asked) <= 15


def test_a_very_long_text_is_compared_in_no_time(stage: Stage) -> None:
    pieces = diff.words("kata " * 20_000, "kata " * 20_000 + "lagi")
    assert "".join(one.text for one in pieces if one.change != "removed").endswith("lagi")
    assert document(stage.account).title


def test_an_account_that_is_another_one_by_now_and_what_is_made_for_it_stand_in_rows(
    cast: Cast,
) -> None:
    stage = make_stage(cast, headline="Vaksin", link="https://samudrakota.go.id/vaksin")
    before = stage.fresh().current_version
    assert before is not None
    OfficialAccount.objects.filter(pk=stage.account.pk).update(handle="baru", unit=cast.dinkes)
    factories.grant(cast.dwi, Role.DRAFTER, cast.dinkes)
    cast.dwi.forget_reach()
    save(stage)
    after = stage.fresh().current_version
    assert after is not None
    assert before.digest != after.digest
    with translation.override("en"):
        (row,) = comparing.compare(before, after, post=stage.post).rows
    assert row.label.startswith("Address of ")
    assert row.before is not None
    assert row.after is not None
    said = "".join(one.text for one in row.before), "".join(one.text for one in row.after)
    assert said[0] == f"Bluesky · @{stage.account.handle} · bsky.social · another unit"
    assert said[1] == f"Bluesky · @baru · bsky.social · {cast.dinkes}"
    content = after.content()
    pk = stage.account.pk
    as_made = sent_words.made_for(content, pk)
    for change in (
        {"text": "Vaksin rabies gratis. Kini juga kucing."}, {"title": "Judul lain"}, {"title": ""},
        {"link": ""}, {"link": "https://samudrakota.go.id/lain"}, {"parts": ("Bagian dua",)},
        {"text": "Vaksin rabies gratis.\nhttps://samudrakota.go.id/vaksin", "link": ""},
    ):  # fmt: skip
        changed = replace(content.prepared[pk], **change)
        made = sent_words.made_for(replace(content, prepared={pk: changed}), pk)
        assert (made != as_made) is (changed != content.prepared[pk]), change
    pictured = replace(content, prepared={pk: replace(content.prepared[pk], text="Lain sekali")})
    assert "Lain sekali" in sent_words.made_for(pictured, pk)

"""What the gate has to show in the training agency is there once, and each of it waits."""

from __future__ import annotations

import pytest

from accounts.models import User
from content import actions
from content.demo import gate as demo_gate
from content.models import ApprovalPolicy, Freeze, Post, Publication, Retrospective, Review
from tests.cast import Cast
from tests.content.stage import FakePlatform, connected_account


def test_it_is_seeded_once_and_waits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(post: Post) -> None:
        for one in post.publications.all():
            actions.send_publication(
                publication_id=one.pk, actor=User.objects.system(), client=FakePlatform()
            )

    monkeypatch.setattr(demo_gate, "_send", send)
    for _number in range(3):
        connected_account(cast.diskominfo, display_name="Pemerintah Kota Samudra")
    said: list[str] = []
    demo_gate.seed(said.append)
    demo_gate.seed(said.append)
    assert len(said) == 1
    assert ApprovalPolicy.objects.get().stages == ["review", "approve"]
    assert Freeze.objects.get().lifted_at is not None
    assert Publication.objects.get(status="frozen").version.title == "Gelar dagang UMKM"
    assert Retrospective.objects.get(done_at=None).review.post.status == Post.Status.LIVE
    waiting = Review.objects.filter(status="open").order_by("pk")
    assert [one.version.title for one in waiting] == [
        "Perbaikan pompa di Muara",
        "Ralat layanan KTP keliling",
    ]
    assert [one.stage for one in waiting] == [2, 1]

"""Links of posts are looked at in the background, politely, once a day, and nowhere private."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from content import actions
from content.actions import links
from content.errors import ContentError, GateRefused
from content.link_checking import look_at
from content.models import Decision, LinkCheck
from govsocial.audit.models import Entry
from govsocial.celery import app
from govsocial.platforms.http import Timing
from tests.cast import Cast
from tests.content.stage import make_stage
from tests.platforms.conftest import server as server  # a fixture
from tests.platforms.fakes import Reply, Reset, Server

QUICK = Timing(connect=2.0, read=2.0, total=5.0, attempts=1)
ADDRESS = "https://samudrakota.go.id/jadwal"


@pytest.fixture
def site(server: Server, settings: Settings) -> Server:  # the fixture
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({server.host})
    return server


@pytest.mark.parametrize(
    ("replies", "state"),
    [
        ({"HEAD": Reply(200)}, "alive"),
        ({"HEAD": Reply(404), "GET": Reply(404)}, "dead"),
        ({"HEAD": Reply(410), "GET": Reply(410)}, "dead"),
        ({"HEAD": Reply(404), "GET": Reply(404, b"x" * 5_000)}, "dead"),
        ({"HEAD": Reply(405), "GET": Reply(200, b"x" * 5_000)}, "alive"),
        ({"HEAD": Reply(403), "GET": Reply(403)}, "alive"),
        ({"HEAD": Reply(429)}, "alive"),
        ({"HEAD": Reply(503)}, "slow"),
        ({"HEAD": Reset()}, "slow"),
        ({"HEAD": Reply(301, headers={"Location": "/a"})}, "alive"),
        ({"HEAD": Reply(302, headers={"Location": "http://10.0.0.1/"})}, "unknown"),
        ({"HEAD": Reply(302, headers={"Location": "https://127.0.0.1:1/"})}, "unknown"),
    ],
)
def test_what_a_reader_would_find(site: Server, replies: dict[str, Reply], state: str) -> None:
    for method, reply in replies.items():
        site.on(f"{method} /a", reply)
    assert look_at(f"{site.base}/a?kunci=1#b", timing=QUICK) == state


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/", "https://169.254.169.254/latest", "https://localhost/", "https://a@b.id/",
     "http://samudrakota.go.id/", "https://[::1]/"],
)  # fmt: skip
def test_nothing_private_is_looked_at(address: str) -> None:
    assert look_at(address, timing=QUICK) == "unknown"


def test_nobody_there_is_dead(settings: Settings) -> None:
    settings.PLATFORM_PRIVATE_HOSTS = frozenset({"127.0.0.1:9"})
    assert look_at("http://127.0.0.1:9/a", timing=QUICK) == "dead"


def test_a_link_is_planned_with_the_post_claimed_once_and_looked_at(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = make_stage(cast, text=f"Baca {ADDRESS} dan {ADDRESS}.")
    row = LinkCheck.objects.get()
    assert (row.address, row.state) == (ADDRESS, "waiting")
    assert actions.claim_link_checks() == [row.pk]
    assert actions.claim_link_checks() == [], "it is leased"
    monkeypatch.setattr(links, "look_at", lambda address: LinkCheck.State.DEAD)
    actions.check_link(link_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.due_at) == ("dead", None)
    actions.check_link(link_id=row.pk)
    with pytest.raises(ContentError) as refused:
        stage.submit()
    assert refused.value.field is not None
    assert refused.value.field.startswith("why_")


def test_a_link_that_dies_after_the_submission_is_answered_for_before_the_approval(
    cast: Cast, client_as: Callable[[object], Client]
) -> None:
    stage = make_stage(cast, text=f"Baca {ADDRESS}.").submit()
    LinkCheck.objects.update(state="dead", checked_at=timezone.now(), due_at=None)
    with pytest.raises(GateRefused, match="Ask for changes, or say in the note") as refused:
        stage.approve(note="\u200b")
    assert (refused.value.why, refused.value.field) == ("found_since", "note")
    sari, name = client_as("sari"), reverse("content:post_approve", args=[stage.post.pk])
    shown = sari.get(reverse("content:post_detail", args=[stage.post.pk])).content.decode()
    assert "Ditemukan setelah diajukan" in shown
    assert "perlu diisi: ada temuan tanpa alasan" in shown
    typed = {"digest": stage.digest, "confirmed": 1}
    again = sari.post(name, typed)
    assert again.status_code == 409
    said = again.content.decode()
    assert "Tulis mengapa temuan itu boleh tetap ada" in said
    assert "atau jelaskan dalam catatan mengapa" not in said, "it is asked for beside the field"
    assert "perlu diisi: ada temuan tanpa alasan" in said
    assert Entry.objects.filter(data__why="found_since", data__attempt="approve").count() == 2
    assert not Decision.objects.exists()
    assert sari.post(name, typed | {"note": "Laman dibuka besok pukul 08.00."}).status_code == 302
    assert Decision.objects.get().note == "Laman dibuka besok pukul 08.00."
    entry = Entry.objects.get(event="content.post.approved")
    assert entry.data["found_since"] == "link"


def test_old_links_are_looked_at_again_when_a_post_is_submitted(cast: Cast) -> None:
    stage = make_stage(cast, text=f"Baca {ADDRESS}.")
    LinkCheck.objects.update(
        state="alive", checked_at=timezone.now() - timedelta(hours=25), due_at=None
    )
    stage.submit()
    assert LinkCheck.objects.get().due_at is not None


def test_what_was_not_looked_at_yet_stops_nobody(cast: Cast) -> None:
    make_stage(cast, text=f"Baca {ADDRESS}.").submit()


def test_a_link_is_looked_at_again_after_a_day_when_somebody_saves(cast: Cast) -> None:
    stage = make_stage(cast, text=f"Baca {ADDRESS}.")
    for age, due in ((timedelta(hours=1), False), (timedelta(hours=25), True)):
        seen = timezone.now() - age
        LinkCheck.objects.update(state="dead", checked_at=seen, due_at=None, leased_until=None)
        stage.edit(f"Baca {ADDRESS} sebelum {age}.")
        assert (LinkCheck.objects.get().due_at is not None) is due


def test_a_worker_that_died_leaves_the_link_to_the_next(cast: Cast) -> None:
    make_stage(cast, text=f"Baca {ADDRESS}.")
    (claimed,) = actions.claim_link_checks()
    LinkCheck.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert actions.claim_link_checks() == [claimed]


def test_a_post_of_a_thousand_links_plans_few(cast: Cast) -> None:
    make_stage(cast, text=" ".join(f"https://samudrakota.go.id/{n}" for n in range(500)))
    assert LinkCheck.objects.count() == links.MOST_LINKS


def test_slow_pages_keep_no_post_waiting() -> None:
    assert app.conf.task_routes["content.tasks.check_link"] == {"queue": "metrics"}

"""Putting posts on a Page: once, and found again whatever happens on the way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from govsocial.platforms.base import OutgoingPost
from govsocial.platforms.errors import (
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.facebook.client import FacebookClient
from tests.platforms import facebook_stage as stage
from tests.platforms import meta_stage_parts as parts
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.meta_stage_parts import TOKEN, V, error
from tests.platforms.test_http import NOW

PHOTO_1, PHOTO_2 = f"DELETE {V}/501", f"DELETE {V}/502"


@pytest.fixture
def client(server: Server) -> FacebookClient:
    stage.good(server)
    return stage.client(server)


class Journal:
    """Keeps handles as the application does, and can stop the sender."""

    def __init__(self, *, stop_at: int = 0) -> None:
        self.handles: dict[str, str] = {}
        self.steps = 0
        self._stop_at = stop_at

    def keep(self, handles: Mapping[str, str]) -> None:
        self.handles |= handles

    @property
    def photos(self) -> dict[str, str]:
        return {name: kept for name, kept in self.handles.items() if name.startswith("photo")}

    def before_step(self) -> None:
        self.steps += 1
        if self.steps == self._stop_at:
            raise RateLimited("given up")

    def post(self, **changes: Any) -> OutgoingPost:
        post = stage.outgoing(**changes)
        return replace(
            post, handles=dict(self.handles), keep=self.keep, before_step=self.before_step
        )


def sent(call: Received) -> str:
    return call.body.decode("utf-8", "replace")


def test_words_and_a_link_go_out_in_one_call(server: Server, client: FacebookClient) -> None:
    post = stage.outgoing(images=[], text="Halo warga", link="https://kota.example/a")
    published = client.publish(post)
    assert published.platform_id == "1049_8"
    assert published.permalink == "https://f.example/8"
    assert published.sent == {"message": "Halo warga", "link": "https://kota.example/a"}
    (call,) = server.calls(stage.PUBLISH)
    assert "message=Halo+warga" in sent(call)
    assert "appsecret_proof=" in sent(call)
    assert TOKEN not in sent(call)
    assert [f"{one.method} {one.path}" for one in server.received] == [
        stage.PUBLISH,
        f"GET {V}/1049_8",
    ]


def test_photos_wait_unseen_and_are_attached_in_order(
    server: Server, client: FacebookClient
) -> None:
    server.on(stage.PHOTOS, Reply(200, {"id": "501"}), Reply(200, {"id": "502"}))
    journal = Journal()
    published = client.publish(journal.post(images=[stage.IMAGE, replace(stage.IMAGE, alt="")]))
    first, second = server.calls(stage.PHOTOS)
    assert "Peta banjir" in sent(first)
    assert "alt_text_custom" not in sent(second)
    for call in (first, second):
        assert 'name="published"\r\n\r\nfalse' in sent(call)
    attached = json.loads(published.sent["attached_media"])
    assert attached == [{"media_fbid": "501"}, {"media_fbid": "502"}]
    assert journal.photos == {"photo-1": "501", "photo-2": "502"}
    assert journal.steps == 4


def test_photos_that_are_there_already_are_not_sent_again(
    server: Server, client: FacebookClient
) -> None:
    journal = Journal()
    server.on(stage.PUBLISH, error(32))
    with pytest.raises(RateLimited):
        client.publish(journal.post())
    server.on(stage.PUBLISH, Reply(200, {"id": "1049_8"}))
    client.publish(journal.post())
    assert len(server.calls(stage.PHOTOS)) == 1
    assert not server.calls(PHOTO_1)


def test_photos_of_a_post_that_is_refused_are_deleted(
    server: Server, client: FacebookClient
) -> None:
    journal = Journal()
    server.on(stage.PHOTOS, Reply(200, {"id": "501"}), Reply(200, {"id": "502"}))
    server.on(stage.PUBLISH, error(368, error_user_msg="Ditolak"))
    server.on(PHOTO_1, Reply(200, {"success": True}))
    server.on(PHOTO_2, error(2, status=500))
    with pytest.raises(Refused) as caught:
        client.publish(journal.post(images=[stage.IMAGE] * 2))
    assert caught.value.words == "Ditolak"
    assert journal.photos == {"photo-1": "", "photo-2": "502"}, "the second is still there"


def test_a_duplicate_after_an_unclear_attempt_may_be_its_post_and_keeps_its_photos(
    server: Server, client: FacebookClient
) -> None:
    journal = Journal()
    server.on(stage.PUBLISH, error(506))
    server.on(PHOTO_1, Reply(200, {"success": True}))
    with pytest.raises(Refused):
        client.publish(journal.post())
    assert len(server.calls(PHOTO_1)) == 1
    server.on(stage.PUBLISH, Reply(504, b"<html>"), error(506), error(200))
    for kind in (UnknownOutcome, UnknownOutcome, PermissionMissing):
        with pytest.raises(kind):
            client.publish(journal.post())
    assert len(server.calls(PHOTO_1)) == 1
    assert journal.photos == {"photo-1": "501"}


def test_a_photo_that_is_refused_takes_the_earlier_ones_along(
    server: Server, client: FacebookClient
) -> None:
    server.on(stage.PHOTOS, Reply(200, {"id": "501"}), error(36000, 2207004))
    server.on(PHOTO_1, Reply(200, {"success": True}))
    with pytest.raises(Refused):
        client.publish(Journal().post(images=[stage.IMAGE] * 2))
    assert server.calls(PHOTO_1)
    assert not server.calls(stage.PUBLISH)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(1, status=500), UnknownOutcome),
        (error(2, is_transient=True), UnknownOutcome),
        (Reply(504, b"<html>"), UnknownOutcome),
        (Reply(200, b"<html>"), UnknownOutcome),
        (Reply(200, b'{"id": "1049_'), UnknownOutcome),
        (Reply(200, {"post": 1}), UnknownOutcome),
        (Reply(302, b"", {"Location": "http://10.0.0.1/"}), UnknownOutcome),
        (Reply(307, b"", {"Location": "http://10.0.0.1/"}), UnknownOutcome),
        (error(190), PlatformError),
        (error(200), PermissionMissing),
        (error(4), RateLimited),
    ],
)
def test_only_an_unclear_end_is_an_unknown_outcome_and_photos_stay_then(
    server: Server, client: FacebookClient, answer: Reply, kind: type[PlatformError]
) -> None:
    server.on(stage.PUBLISH, answer)
    with pytest.raises(kind) as caught:
        client.publish(Journal().post())
    assert len(server.calls(stage.PUBLISH)) == 1
    assert isinstance(caught.value, UnknownOutcome) == (kind is UnknownOutcome)
    if kind is UnknownOutcome:
        assert not server.calls(PHOTO_1), "it may be in the post"


def test_nothing_that_goes_wrong_after_the_post_is_out_hides_it(
    server: Server, client: FacebookClient
) -> None:
    server.on(f"GET {V}/1049_8", error(4))
    assert client.publish(stage.outgoing()).permalink == f"{server.base}/1049_8"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": " ", "images": []}, "neither text"),
        ({"text": "a" * 63_207, "images": []}, "63207 characters"),
        ({"images": [stage.IMAGE] * 11}, "11 images"),
        ({"images": [replace(stage.IMAGE, media_type="image/gif")]}, "kind"),
        ({"images": [replace(stage.IMAGE, alt="a" * 1001)]}, "description"),
        ({"video": stage.film(seconds=1300.0), "images": []}, "lasts"),
        ({"video": stage.film(media_type="video/webm"), "images": []}, "kind"),
        ({"video": stage.film()}, "one or the other"),
    ],
)
def test_what_facebook_would_refuse_is_not_sent(
    server: Server, client: FacebookClient, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        client.publish(stage.outgoing(**changes))
    assert not server.received


def test_a_sender_that_was_given_up_sends_nothing_more(
    server: Server, client: FacebookClient
) -> None:
    with pytest.raises(RateLimited, match="given up"):
        client.publish(Journal(stop_at=3).post())
    assert server.calls(stage.PHOTOS)
    assert not server.calls(stage.PUBLISH)


def photos(*names: str) -> dict[str, Any]:
    parts = [{"media_type": "photo", "target": {"id": name}} for name in names]
    if len(parts) == 1:
        return {"data": parts}
    return {"data": [{"media_type": "album", "subattachments": {"data": parts}}]}


def at(seconds: float) -> str:
    return (NOW + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S+0000")


def test_a_post_is_found_by_its_photos_whatever_became_of_its_words(
    server: Server, client: FacebookClient
) -> None:
    post = stage.outgoing(images=[stage.IMAGE] * 2, handles={"photo-1": "501", "photo-2": "502"})
    other = stage.seen(9, message="Halo", created_time=at(1), attachments=photos("1", "2"))
    ours = stage.seen(8, message="Halo!", created_time=at(-90), attachments=photos("501", "502"))
    server.on(stage.POSTS, stage.listing(other, ours))
    found = client.find(post)
    assert found is not None
    assert found.platform_id == "1049_8"


def test_a_post_of_words_is_the_oldest_since_then_that_is_not_another(
    server: Server, client: FacebookClient
) -> None:
    post = stage.outgoing(images=[], text="Halo  warga\n")
    posts = [
        stage.seen(6, message="Halo warga", created_time=at(9)),
        stage.seen(5, message="Halo warga", created_time=at(8)),
        stage.seen(4, message="Halo warga", created_time=at(7), attachments=photos("1")),
        stage.seen(3, message="Halo warga", created_time=at(6)),
        stage.seen(2, message="Halo warga", created_time=at(-600)),
    ]
    server.on(stage.POSTS, stage.listing(*posts, after="older"))
    found = client.find(replace(post, taken={"1049_3"}))
    assert found is not None
    assert found.platform_id == "1049_5"
    assert len(server.received) == 1, "older posts are not read"
    assert client.find(replace(post, text="Lain")) is None


@pytest.mark.parametrize("minutes", [0, 4, 6])
def test_a_post_whose_sending_was_cut_short_is_not_given_up_before_it_can_have_settled(
    server: Server, client: FacebookClient, minutes: int
) -> None:
    server.on(stage.PUBLISH, Reply(504, b"<html>"))
    server.on(stage.POSTS, stage.listing())
    journal = Journal()
    assert client.find(journal.post(images=[])) is None, "nothing was sent"
    with pytest.raises(UnknownOutcome):
        client.publish(journal.post(images=[]))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
        if minutes < 5:
            with pytest.raises(Unavailable):
                client.find(journal.post(images=[]))
        else:
            assert client.find(journal.post(images=[])) is None


def test_too_many_posts_since_then_are_no_answer(server: Server, client: FacebookClient) -> None:
    number = 0

    def answer(received: Received) -> Reply:
        nonlocal number
        number += 1
        return stage.listing(stage.seen(7, created_time=at(60)), after=f"c{number}")

    server.on(stage.POSTS, answer)
    with pytest.raises(Unavailable):
        client.find(stage.outgoing(images=[]))


def test_every_call_of_publishing_and_finding_may_use_what_is_kept_for_it(server: Server) -> None:
    stage.good(server)
    budget = parts.Counted()
    client = FacebookClient(
        parts.connection(server, stage.store(), budget=budget), sleep=parts.no_wait
    )
    client.publish(stage.outgoing())
    client.find(stage.outgoing())
    assert len(budget.taken) == len(server.received) >= 4
    assert set(budget.taken) == {("calls", True)}
    client.posts()
    assert budget.taken[-1] == ("calls", False)


@pytest.mark.parametrize("hours", [-5.0, 0.0, 5.0])
def test_a_clock_that_is_off_hides_nothing(
    server: Server, client: FacebookClient, hours: float
) -> None:
    post = stage.outgoing()
    stage.shows(server, post, hours)
    assert client.find(post) is not None

"""Putting posts on Instagram: once, and found again whatever happens on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from govsocial.platforms.base import OutgoingPost
from govsocial.platforms.errors import (
    AuthRevoked,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.finding import ASKED_AT
from govsocial.platforms.instagram.client import InstagramClient
from tests.platforms import instagram_stage as stage
from tests.platforms import meta_stage_parts as parts
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.meta_stage_parts import V, error
from tests.platforms.test_facebook_publishing import Journal
from tests.platforms.test_http import NOW

KNOWN = {"container": "901"}


@pytest.fixture
def client(server: Server) -> InstagramClient:
    stage.good(server)
    return stage.client(server)


def post(journal: Journal | None = None, **changes: Any) -> OutgoingPost:
    journal = journal or Journal()
    return replace(
        stage.outgoing(**changes),
        handles=dict(journal.handles),
        keep=journal.keep,
        before_step=journal.before_step,
    )


def fields(call: Received) -> dict[str, str]:
    return {
        name: values[0]
        for name, values in parse_qs(call.body.decode()).items()
        if name != "appsecret_proof"
    }


def at(seconds: float) -> str:
    return (NOW + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S+0000")


def test_a_picture_becomes_a_container_that_is_published(
    server: Server, client: InstagramClient
) -> None:
    journal = Journal()
    published = client.publish(post(journal))
    assert (published.platform_id, published.permalink) == ("8", "https://i.example/p/8/")
    (made,) = server.calls(stage.CONTAINERS)
    assert fields(made) == {
        "image_url": "https://agency.example/media/1.jpg",
        "alt_text": "Peta banjir",
        "caption": "Halo",
    }
    (out,) = server.calls(stage.PUBLISH)
    assert fields(out) == {"creation_id": "901"}
    assert journal.handles.pop(ASKED_AT)
    assert journal.handles == KNOWN
    assert journal.steps == 4


def test_a_carousel_is_made_of_its_pictures_in_order(
    server: Server, client: InstagramClient
) -> None:
    answers = [Reply(200, {"id": name}) for name in ("911", "912", "901")]
    server.on(stage.CONTAINERS, *answers)
    for name in ("911", "912"):
        server.on(f"GET {V}/{name}", Reply(200, {"id": name, "status_code": "FINISHED"}))
    journal = Journal()
    client.publish(post(journal, images=[stage.IMAGE, replace(stage.IMAGE, alt="")]))
    first, second, whole = map(fields, server.calls(stage.CONTAINERS))
    assert (first["alt_text"], first["is_carousel_item"]) == ("Peta banjir", "true")
    assert "alt_text" not in second
    assert whole == {"media_type": "CAROUSEL", "children": "911,912", "caption": "Halo"}
    assert journal.handles.pop(ASKED_AT)
    assert journal.handles == {"child-1": "911", "child-2": "912", "container": "901"}


def test_a_film_is_a_reel(server: Server, client: InstagramClient) -> None:
    film = stage.film(url="https://agency.example/media/1.mp4")
    client.publish(post(images=[], video=film))
    (made,) = server.calls(stage.CONTAINERS)
    assert fields(made)["media_type"] == "REELS"
    assert fields(made)["video_url"] == "https://agency.example/media/1.mp4"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"images": []}, "no image or film"),
        ({"images": [replace(stage.IMAGE, url=None)]}, "no public address"),
        ({"images": [], "video": stage.film()}, "no public address"),
        ({"images": [], "video": stage.film(url="https://a.example/", seconds=2.0)}, "lasts"),
        ({"video": stage.film(url="https://a.example/")}, "one or the other"),
        ({"images": [replace(stage.IMAGE, media_type="image/png")]}, "kind"),
        ({"images": [replace(stage.IMAGE, width=1080, height=1920)]}, "too wide or too tall"),
        ({"text": "a" * 2201}, "2201 characters"),
        ({"text": " ".join(f"#tanda{n}" for n in range(31))}, "31 hashtags"),
        ({"text": " ".join(f"@warga{n}" for n in range(21))}, "21 mentions"),
    ],
)
def test_what_instagram_would_refuse_is_not_sent(
    server: Server, client: InstagramClient, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        client.publish(post(**changes))
    assert not server.received


def test_addresses_and_mail_are_no_mentions(server: Server, client: InstagramClient) -> None:
    client.publish(post(text=" ".join(f"warga{n}@kota.example" for n in range(30))))


def test_the_daily_number_of_posts_is_read_first(server: Server, client: InstagramClient) -> None:
    server.on(
        stage.QUOTA, Reply(200, {"data": [{"quota_usage": 25, "config": {"quota_total": 25}}]})
    )
    with pytest.raises(RateLimited) as caught:
        client.publish(post())
    assert caught.value.retry_after == 3600
    assert not server.calls(stage.CONTAINERS)
    server.on(stage.QUOTA, Reply(200, {"data": [{"config": {}}]}), Reply(200, {"data": []}))
    client.publish(post())
    client.publish(post())


def test_a_container_is_waited_for(server: Server, client: InstagramClient) -> None:
    server.on(
        stage.STATUS,
        stage.status("IN_PROGRESS"),
        Reply(200, {"id": "901"}),
        stage.status("FINISHED"),
    )
    client.publish(post())
    assert len(server.calls(stage.STATUS)) == 3
    server.on(stage.STATUS, stage.status("IN_PROGRESS"))
    journal = Journal()
    with pytest.raises(Unavailable):
        client.publish(post(journal))
    assert journal.handles == KNOWN
    assert len(server.calls(stage.PUBLISH)) == 1


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (stage.status("ERROR", "Error: Unsupported video, code 2207026"), Refused, "2207026"),
        (stage.status("ERROR", "Error: timeout, code 2207003"), Unavailable, ""),
        (stage.status("ERROR"), Refused, ""),
        (stage.status("EXPIRED"), Unavailable, ""),
        (error(100, 33), Unavailable, ""),
    ],
)
def test_a_container_that_failed_is_not_used_again(
    server: Server, client: InstagramClient, status: Reply, kind: type[PlatformError], words: str
) -> None:
    server.on(stage.STATUS, status)
    journal = Journal()
    with pytest.raises(kind) as caught:
        client.publish(post(journal))
    assert words in caught.value.words
    assert journal.handles == {"container": ""}
    assert not server.calls(stage.PUBLISH)


def test_an_earlier_attempts_container_is_published_and_no_other_made(
    server: Server, client: InstagramClient
) -> None:
    journal = Journal()
    journal.handles = dict(KNOWN)
    client.publish(post(journal))
    assert not server.calls(stage.CONTAINERS)
    assert fields(server.calls(stage.PUBLISH)[0]) == {"creation_id": "901"}


def test_children_of_an_earlier_attempt_are_used_again(
    server: Server, client: InstagramClient
) -> None:
    server.on(stage.CONTAINERS, Reply(200, {"id": "912"}), Reply(200, {"id": "901"}))
    for name, code in (("911", "FINISHED"), ("910", "EXPIRED"), ("912", "FINISHED")):
        server.on(f"GET {V}/{name}", Reply(200, {"id": name, "status_code": code}))
    journal = Journal()
    journal.handles = {"child-1": "911", "child-2": "910"}
    client.publish(post(journal, images=[stage.IMAGE] * 2))
    assert fields(server.calls(stage.CONTAINERS)[-1])["children"] == "911,912"


def test_what_is_published_already_is_never_published_again(
    server: Server, client: InstagramClient
) -> None:
    server.on(stage.STATUS, stage.status("PUBLISHED"))
    journal = Journal()
    journal.handles = dict(KNOWN)
    with pytest.raises(UnknownOutcome):
        client.publish(post(journal))
    assert not server.calls(stage.PUBLISH)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(2, status=500), UnknownOutcome),
        (error(-1, 2207001), UnknownOutcome),
        (Reply(502, b"<html>"), UnknownOutcome),
        (Reply(200, b'{"id":'), UnknownOutcome),
        (error(9007, 2207027), Unavailable),
        (error(100, 2207008), Unavailable),
        (error(9, 2207042), RateLimited),
        (error(190), AuthRevoked),
        (error(10), PermissionMissing),
        (error(100, 2207051), Refused),
    ],
)
def test_only_an_unclear_end_is_an_unknown_outcome(
    server: Server, client: InstagramClient, answer: Reply, kind: type[PlatformError]
) -> None:
    server.on(stage.PUBLISH, answer)
    with pytest.raises(PlatformError) as caught:
        client.publish(post())
    assert type(caught.value) is kind
    assert len(server.calls(stage.PUBLISH)) == 1


def test_nothing_that_goes_wrong_after_the_post_is_out_hides_it(
    server: Server, client: InstagramClient
) -> None:
    server.on(f"GET {V}/8", error(4))
    published = client.publish(post())
    assert (published.platform_id, published.permalink) == ("8", f"{server.base}/kota/")


def test_a_sender_that_was_given_up_sends_nothing_more(
    server: Server, client: InstagramClient
) -> None:
    with pytest.raises(RateLimited, match="given up"):
        client.publish(post(Journal(stop_at=4)))
    assert server.calls(stage.CONTAINERS)
    assert not server.calls(stage.PUBLISH)


def ours(number: int = 8, **changes: Any) -> dict[str, Any]:
    return stage.seen(number, **{"caption": "Halo", "timestamp": at(5), **changes})


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (stage.status("FINISHED"), None),
        (stage.status("EXPIRED"), None),
        (stage.status("ERROR"), None),
        (stage.status("PUBLISHED"), "8"),
        (error(100, 33), "8"),
    ],
)
def test_the_container_tells_whether_it_was_published(
    server: Server, client: InstagramClient, status: Reply, found: str | None
) -> None:
    server.on(stage.STATUS, status)
    server.on(stage.POSTS, stage.listing(ours()))
    result = client.find(stage.outgoing(handles=KNOWN))
    assert (result.platform_id if result else None) == found
    assert bool(server.calls(stage.POSTS)) == (found is not None)


@pytest.mark.parametrize("code", ["IN_PROGRESS", "PUBLISHED", "SOMETHING_NEW"])
def test_what_cannot_be_told_yet_is_no_answer(
    server: Server, client: InstagramClient, code: str
) -> None:
    server.on(stage.STATUS, stage.status(code))
    server.on(stage.POSTS, stage.listing(ours(caption="Lain")))
    with pytest.raises(Unavailable):
        client.find(stage.outgoing(handles=KNOWN))


def test_without_a_container_it_is_found_by_words_kind_and_number(
    server: Server, client: InstagramClient
) -> None:
    media = [
        ours(9),
        ours(8),
        ours(7, media_type="VIDEO", media_product_type="REELS"),
        ours(6, media_type="CAROUSEL_ALBUM", children={"data": [{"id": "1"}, {"id": "2"}]}),
        ours(5, timestamp=at(-600)),
    ]
    server.on(stage.POSTS, stage.listing(*media))

    def found(**changes: Any) -> str | None:
        taken = changes.pop("taken", ())
        result = client.find(stage.outgoing(**changes, taken=taken))
        return result.platform_id if result else None

    assert found() == "8"
    assert found(taken={"8"}) == "9"
    assert found(images=[stage.IMAGE] * 2) == "6"
    assert found(images=[], video=stage.film(url="https://a.example/")) == "7"
    assert found(text="Lain") is None


def test_every_call_of_publishing_and_finding_may_use_what_is_kept_for_it(server: Server) -> None:
    stage.good(server)
    budget = parts.Counted()
    client = InstagramClient(
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
    server: Server, client: InstagramClient, hours: float
) -> None:
    stage.shows(server, stage.outgoing(), hours)
    assert client.find(stage.outgoing()) is not None

"""What became of an earlier attempt on TikTok, and when a new request is safe."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govsocial.platforms.base import OutgoingPost, PlatformClient
from govsocial.platforms.errors import PlatformError, Unavailable, UnknownOutcome
from govsocial.platforms.finding import PAGES_SEARCHED
from govsocial.platforms.tiktok.publishing import ASKED_AT, LAST_PART, PUBLISH_ID, UPLOAD
from tests.platforms import tiktok_stage as stage
from tests.platforms.fakes import Reply, Reset, Server
from tests.platforms.test_http import NOW

PART = 10_000_000
NONE_YET = stage.ok({"videos": [], "cursor": 0, "has_more": False})


@pytest.fixture
def client(server: Server) -> PlatformClient:
    stage.good(server)
    return stage.client(server)


def ago(**delta: float) -> str:
    return (datetime.now(UTC) - timedelta(**delta)).isoformat()


def film_post(server: Server, *, last: bool, asked: str, size: int = 3 * PART) -> OutgoingPost:
    """A film that an earlier attempt sent in part, or to its ``last`` part."""
    handles = {PUBLISH_ID: stage.FILM_ID, UPLOAD: stage.upload_url(server), ASKED_AT: asked}
    if last:
        handles[LAST_PART] = stage.FILM_ID
    return stage.outgoing(images=(), video=stage.film(bytes(size)), handles=handles)


def uploading(taken: int | None) -> Reply:
    more = {} if taken is None else {"uploaded_bytes": taken}
    return stage.progress("PROCESSING_UPLOAD", **more)


def begun_again(server: Server) -> bool:
    return bool(server.calls(stage.BEGIN_FILM) or server.calls(stage.PUBLISH))


@pytest.mark.parametrize("last", [False, True])
def test_an_upload_that_lacks_parts_gets_them_and_no_second_request(
    server: Server, client: PlatformClient, last: bool
) -> None:
    server.on(
        stage.STATUS, uploading(2 * PART), uploading(2 * PART), stage.done(7663542984343883021)
    )
    post = film_post(server, last=last, asked=ago(minutes=5))
    assert client.find(post) is None
    client.publish(post)
    assert [one.headers["Content-Range"] for one in server.calls(stage.UPLOAD)] == [
        f"bytes {2 * PART}-{3 * PART - 1}/{3 * PART}"
    ]
    assert not begun_again(server)


def test_an_upload_whose_hour_is_over_is_begun_anew(server: Server, client: PlatformClient) -> None:
    server.on(stage.STATUS, uploading(PART), stage.done(7663542984343883021))
    client.publish(film_post(server, last=True, asked=ago(minutes=61)))
    assert len(server.calls(stage.BEGIN_FILM)) == 1
    assert len(server.calls(stage.UPLOAD)) == 3


def test_an_upload_of_which_only_the_beginning_is_unknown_is_begun_anew(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.STATUS, uploading(None), stage.done(7663542984343883021))
    client.publish(film_post(server, last=False, asked=ago(minutes=5)))
    assert len(server.calls(stage.BEGIN_FILM)) == 1


@pytest.mark.parametrize("taken", [None, 3 * PART])
@pytest.mark.parametrize("asked", [ago(minutes=5), ago(days=3)], ids=["lately", "long ago"])
def test_after_its_last_part_a_film_is_never_asked_for_again_while_tiktok_works(
    server: Server, client: PlatformClient, taken: int | None, asked: str
) -> None:
    server.on(stage.STATUS, uploading(taken))
    post = film_post(server, last=True, asked=asked)
    with pytest.raises(Unavailable):
        client.find(post)
    with pytest.raises(UnknownOutcome):
        client.publish(post)
    assert not begun_again(server)
    assert server.calls(stage.UPLOAD) == []


def test_a_part_count_that_fits_no_part_leaves_it_unknown(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.STATUS, uploading(PART + 7))
    with pytest.raises(UnknownOutcome):
        client.publish(film_post(server, last=True, asked=ago(minutes=5)))
    assert not begun_again(server)


@pytest.mark.parametrize("answer", [Reply(500), Reset(), stage.LIMITED, Reply(200, b"<html>")])
@pytest.mark.parametrize("kind", ["film", "photo"])
def test_what_cannot_be_asked_about_is_not_asked_for_again(
    server: Server, client: PlatformClient, answer: Reply, kind: str
) -> None:
    server.on(stage.STATUS, answer)
    post = stage.outgoing(handles={PUBLISH_ID: stage.PUBLISH_ID})
    if kind == "film":
        post = film_post(server, last=True, asked=ago(minutes=5))
    for call in (client.find, client.publish):
        with pytest.raises(PlatformError):
            call(post)
    assert not begun_again(server)


def test_a_post_that_is_out_is_found_and_not_asked_for_again(
    server: Server, client: PlatformClient
) -> None:
    post = stage.outgoing(handles={PUBLISH_ID: stage.PUBLISH_ID})
    found = client.find(replace(post, taken=["x"]))
    assert found is not None
    assert client.publish(post).platform_id == found.platform_id == "7663542984343883021"
    assert not begun_again(server)


def test_a_post_that_is_out_without_an_id_yet_is_looked_for(
    server: Server, client: PlatformClient
) -> None:
    server.on(stage.STATUS, stage.done())
    post = stage.outgoing(handles={PUBLISH_ID: stage.PUBLISH_ID})
    found = client.find(post)
    assert found is not None
    assert client.publish(post).platform_id == found.platform_id
    for others in (post, replace(post, handles={})):
        with pytest.raises(UnknownOutcome):
            client.publish(replace(others, taken={found.platform_id}))
    assert len(server.calls(stage.PUBLISH)) == 1, "only where nothing was asked for before"
    server.on(stage.POSTS, NONE_YET)
    with pytest.raises(Unavailable):
        client.find(post)
    with pytest.raises(UnknownOutcome):
        client.publish(post)
    assert len(server.calls(stage.PUBLISH)) == 1


@pytest.mark.parametrize("kind", ["film", "photo"])
def test_a_post_that_failed_is_asked_for_anew(
    server: Server, client: PlatformClient, kind: str
) -> None:
    failed = stage.progress("FAILED", fail_reason="photo_pull_failed")
    server.on(stage.STATUS, failed, stage.done(7663542984343883021))
    post = stage.outgoing(handles={PUBLISH_ID: "p_pub_url~v2.0", LAST_PART: "p_pub_url~v2.0"})
    if kind == "film":
        post = film_post(server, last=True, asked=ago(minutes=5))
    client.publish(post)
    assert begun_again(server)


def test_the_id_of_a_failed_request_does_not_answer_for_the_next(
    server: Server, client: PlatformClient
) -> None:
    """Else a lost answer to the second would be taken for the failure of the first."""
    handles = {PUBLISH_ID: "p_pub_url~v2.0", ASKED_AT: ago(days=1)}
    server.on(stage.STATUS, stage.progress("FAILED", fail_reason="photo_pull_failed"))
    server.on(stage.PUBLISH, Reset())
    server.on(stage.POSTS, NONE_YET)
    with pytest.raises(UnknownOutcome):
        client.publish(stage.outgoing(handles=dict(handles), keep=handles.update))
    with pytest.raises(Unavailable):
        client.find(stage.outgoing(handles=handles))
    handles[ASKED_AT] = ago(minutes=11)
    assert client.find(stage.outgoing(handles=handles)) is None


def test_a_request_that_tiktok_does_not_know_any_more_is_looked_for(
    server: Server, client: PlatformClient
) -> None:
    server.on(
        stage.STATUS, stage.error("invalid_publish_id"), stage.error("invalid_publish_id"),
        stage.error("invalid_publish_id"), stage.done(7663542984343883021),
    )  # fmt: skip
    post = stage.outgoing(handles={PUBLISH_ID: "p_old", ASKED_AT: ago(days=2)})
    found = client.find(post)
    assert found is not None
    assert client.publish(post).platform_id == found.platform_id
    assert not begun_again(server)
    server.on(stage.POSTS, NONE_YET)
    client.publish(post)
    assert len(server.calls(stage.PUBLISH)) == 1


@pytest.mark.parametrize("kind", ["film", "photo"])
def test_a_request_that_tiktok_does_not_know_yet_is_not_made_again_before_it_has_settled(
    server: Server, client: PlatformClient, kind: str
) -> None:
    server.on(stage.STATUS, stage.error("invalid_publish_id"))
    server.on(stage.POSTS, NONE_YET)

    def asked(**delta: float) -> OutgoingPost:
        if kind == "film":
            return film_post(server, last=True, asked=ago(**delta))
        return stage.outgoing(handles={PUBLISH_ID: "p_new", ASKED_AT: ago(**delta)})

    with pytest.raises(Unavailable):
        client.find(asked(minutes=9))
    with pytest.raises(UnknownOutcome):
        client.publish(asked(minutes=9))
    assert not begun_again(server)
    server.on(stage.STATUS, stage.error("invalid_publish_id"), stage.done(7663542984343883021))
    client.publish(asked(minutes=11))
    assert begun_again(server)


# Going by the words


@pytest.mark.parametrize(
    ("shown", "there"),
    [
        ({"video_description": "Loket   buka\nSabtu."}, True),
        ({"video_description": "", "title": "Loket buka Sabtu."}, True),
        ({"video_description": "Judul Loket buka Sabtu.", "title": ""}, True),
        ({"video_description": "Loket buka", "title": "Loket buka"}, False),
        ({"video_description": "", "title": ""}, False),
        ({"create_time": int(NOW.timestamp()) - 600}, False),
    ],
)
def test_a_post_is_known_by_its_words_and_time(
    server: Server, client: PlatformClient, shown: dict[str, Any], there: bool
) -> None:
    page = {"videos": [stage.video(1, **shown)], "has_more": False}
    server.on(stage.POSTS, stage.ok(page))
    found = client.find(stage.outgoing(title="Judul"))
    assert (found is not None) == there


@pytest.mark.parametrize(
    ("shown", "known"),
    [
        ({"video_description": "Razia masker di pasar", "title": ""}, True),
        ({"video_description": "Razia masker di pasar", "title": None}, True),
        ({"video_description": None, "title": "Razia masker di pasar"}, True),
        ({"video_description": "", "title": None}, False),
        ({"create_time": int(NOW.timestamp()) - 600, "video_description": ""}, True),
    ],
)
def test_a_film_without_words_is_never_taken_for_another_and_a_person_looks_at_others_like_it(
    server: Server, client: PlatformClient, shown: dict[str, Any], known: bool
) -> None:
    page = {"videos": [stage.video(1, **shown)], "has_more": False}
    server.on(stage.POSTS, stage.ok(page))
    post = stage.outgoing(text=" ", title="")
    if known:
        assert client.find(post) is None
        return
    with pytest.raises(Unavailable, match="without words"):
        client.find(post)
    assert client.find(stage.outgoing(text="", taken=[stage.video(1)["id"]])) is None


@pytest.mark.parametrize("end", ["", "…", "..."])
def test_a_long_caption_is_known_by_the_part_that_tiktok_shows(
    server: Server, client: PlatformClient, end: str
) -> None:
    words = " ".join(f"kata{number}" for number in range(60))
    shown = stage.video(1, title=words[:150] + end, video_description=words[:150] + end)
    server.on(stage.POSTS, stage.ok({"videos": [shown], "has_more": False}))
    assert client.find(stage.outgoing(text=words)) is not None
    assert client.find(stage.outgoing(text=f"Lain: {words}")) is None


def test_the_oldest_of_equal_posts_is_this_one_unless_it_is_taken(
    server: Server, client: PlatformClient
) -> None:
    page = {"videos": [stage.video(2), stage.video(1)], "has_more": False}
    server.on(stage.POSTS, stage.ok(page))
    first, second = stage.video(1)["id"], stage.video(2)["id"]
    found = client.find(stage.outgoing())
    assert found is not None
    assert (found.platform_id, found.permalink) == (
        first,
        f"https://www.tiktok.com/@samudrakota/video/{first}",
    )
    found = client.find(stage.outgoing(taken=[first]))
    assert found is not None
    assert found.platform_id == second
    assert client.find(stage.outgoing(taken=[first, second])) is None


def test_more_posts_than_are_searched_leave_it_unknown(
    server: Server, client: PlatformClient
) -> None:
    pages = [
        stage.ok({"videos": [stage.video(number)], "cursor": number, "has_more": True})
        for number in range(1, PAGES_SEARCHED + 2)
    ]
    server.on(stage.POSTS, *pages)
    with pytest.raises(Unavailable):
        client.find(stage.outgoing(text="Lain"))

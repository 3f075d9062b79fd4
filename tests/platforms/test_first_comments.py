"""First comments: what is sent, what is refused, and finding them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from govsocial.platforms.base import PublishedPost
from govsocial.platforms.budget import Unlimited
from govsocial.platforms.errors import (
    NotFound,
    NotOffered,
    PermissionMissing,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.finding import ASKED_AT
from tests.gathering import each
from tests.platforms import facebook_stage as facebook
from tests.platforms import instagram_stage as instagram
from tests.platforms import threads_stage as threads
from tests.platforms import youtube_stage as youtube
from tests.platforms.fakes import Reply, Server
from tests.platforms.meta_stage_parts import V, error
from tests.platforms.test_thread_parts import PARENT, SOON, part

LATE = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
MEDIUM, FILM = "1788", "film-000009"
FACEBOOK = f"{V}/1049_7/comments"
INSTAGRAM = f"{V}/{MEDIUM}/comments"
YOUTUBE = "/youtube/v3/commentThreads"

CLIENTS: Mapping[str, Any] = {"facebook": facebook, "instagram": instagram, "youtube": youtube}
BELOW = {"facebook": "1049_7", "instagram": MEDIUM, "youtube": FILM}
PATHS = {"facebook": FACEBOOK, "instagram": INSTAGRAM, "youtube": YOUTUBE}


def takes(server: Server) -> None:
    server.on(f"POST {FACEBOOK}", Reply(200, {"id": "7_55"}))
    server.on(f"GET {V}/7_55", Reply(200, {"permalink_url": "https://f.example/7?comment_id=55"}))
    server.on(f"POST {INSTAGRAM}", Reply(200, {"id": "17_5".replace("_", "")}))
    server.on(f"GET {V}/{MEDIUM}", Reply(200, {"permalink": "https://i.example/p/AB/"}))
    server.on(f"GET {V}/{instagram.ACCOUNT}", Reply(200, {"id": "1784", "username": "kota"}))
    server.on(f"POST {YOUTUBE}", Reply(200, {"id": "Ug_5"}))


def comment(platform: str, number: str, words: str, own: bool | None = True) -> dict[str, Any]:
    """A comment as listed; ``own`` None: whose it is, is not told."""
    if platform == "facebook":
        told = {} if own is None else {"from": {"id": facebook.PAGE if own else "1"}}
        return {"id": f"7_{number}", "message": words, "created_time": SOON, **told}
    if platform == "instagram":
        name = {} if own is None else {"username": "kota" if own else "warga"}
        return {"id": number, "text": words, "timestamp": SOON, **name}
    author = {"value": youtube.CHANNEL if own else "U"}
    snippet = {
        "publishedAt": "2026-11-23T01:00:05Z",
        "textDisplay": words,
        "authorChannelId": {} if own is None else author,
    }
    top = {"id": f"Ug_{number}", "snippet": snippet}
    return {"id": top["id"], "snippet": {"videoId": FILM, "topLevelComment": top}}


def lists(server: Server, platform: str, *comments: dict[str, Any]) -> None:
    key = "items" if platform == "youtube" else "data"
    listing = {"kind": "youtube#commentThreadListResponse", key: list(comments)}
    server.on(f"GET {PATHS[platform]}", Reply(200, listing))
    server.on(youtube.PROFILE, Reply(200, youtube.listed("channel", youtube.channel())))


def test_comments_are_sent_in_one_call_each(server: Server) -> None:
    takes(server)
    out = {
        name: stage.client(server).publish(part(follows=BELOW[name]))
        for name, stage in CLIENTS.items()
    }
    assert {name: (one.platform_id, one.permalink) for name, one in out.items()} == {
        "facebook": ("7_55", "https://f.example/7?comment_id=55"),
        "instagram": ("175", "https://i.example/p/AB/c/175/"),
        "youtube": ("Ug_5", f"{server.base}/watch?v={FILM}&lc=Ug_5"),
    }
    for name in ("facebook", "instagram"):
        (call,) = server.calls(f"POST {PATHS[name]}")
        assert threads.form(call).keys() - {"appsecret_proof"} == {"message"}
        assert call.query == {}
    (call,) = server.calls(f"POST {YOUTUBE}")
    assert call.query == {"part": ["snippet"]}
    assert call.json()["snippet"] == {
        "videoId": FILM,
        "topLevelComment": {"snippet": {"textOriginal": "Halo"}},
    }


def test_a_comment_has_an_address_of_its_own_whatever_is_told(server: Server) -> None:
    takes(server)
    for told in (Reply(500, None), Reply(200, {"permalink_url": "https://f.example/7"})):
        server.on(f"GET {V}/7_55", told)
        out = facebook.client(server).publish(part(follows="1049_7"))
        assert out.permalink == f"{server.base}/1049_7?comment_id=55"
    server.on(f"GET {V}/{MEDIUM}", Reply(200, {"id": MEDIUM}))
    out = instagram.client(server).publish(part(follows=MEDIUM))
    assert out.permalink == f"{server.base}/kota/c/175/"
    # Without its medium nothing is sent.
    server.on(f"GET {V}/{MEDIUM}", error(100, 33))
    with pytest.raises(NotFound):
        instagram.client(server).publish(part(follows=MEDIUM))
    assert len(server.calls(f"POST {INSTAGRAM}")) == 1


@each(
    ("platform", "scope", "said"),
    [
        ("facebook", "pages_manage_posts", "pages_manage_engagement"),
        ("instagram", "instagram_content_publish", "instagram_manage_comments"),
        ("youtube", "https://www.googleapis.com/auth/youtube.upload", "commenting"),
        ("threads", "threads_content_publish threads_manage_replies", "threads_read_replies"),
    ],
)
def test_an_account_without_the_right_may_publish_and_not_answer(
    server: Server, platform: str, scope: str, said: str
) -> None:
    stage = CLIENTS.get(platform, threads)
    facts = {"data": {"is_valid": True, "scopes": scope.split()}}
    server.on(f"GET {V}/debug_token", Reply(200, facts))
    server.on(threads.DEBUG, Reply(200, facts))
    server.on(youtube.PROFILE, Reply(200, youtube.listed("channel", youtube.channel())))
    client = stage.client(server, scope=scope)
    client.check_can_publish()
    asked = len(server.received)
    with pytest.raises(PermissionMissing, match=said):
        client.publish(part(follows=BELOW.get(platform, PARENT)))
    assert len(server.received) == asked


@each("platform", list(CLIENTS))
def test_a_comment_is_found_by_its_words_below_its_post_if_it_is_our_own(
    server: Server, platform: str
) -> None:
    takes(server)
    post = part(follows=BELOW[platform])
    client = CLIENTS[platform].client(server)

    def found(*comments: dict[str, Any], **changes: Any) -> str | None:
        lists(server, platform, *comments)
        out: PublishedPost | None = client.find(replace(post, **changes))
        assert out is None or out.platform_id.rpartition("_")[2] in out.permalink
        return out.platform_id.rpartition("_")[2] if out else None

    ours, theirs = comment(platform, "9", "Halo"), comment(platform, "8", "Halo", own=False)
    other = comment(platform, "7", "Hai")
    assert found(ours, theirs, other) == "9"
    assert found(theirs, other) is None
    name = {"facebook": "7_9", "instagram": "9", "youtube": "Ug_9"}[platform]
    assert found(ours, taken={name}) is None
    with pytest.raises(Unavailable, match="does not say whose"):
        found(comment(platform, "6", "Halo", own=None), theirs)
    with pytest.raises(Unavailable, match="too early"):
        found(theirs, handles={ASKED_AT: datetime.now(UTC).isoformat()})
    assert found(theirs, handles={ASKED_AT: LATE}) is None
    (*_, asked) = server.calls(f"GET {PATHS[platform]}")
    newest = {"facebook": ("order", ["reverse_chronological"]), "youtube": ("order", ["time"])}
    if platform in newest:
        assert newest[platform] in asked.query.items()


@each("platform", list(CLIENTS))
def test_a_comment_whose_answer_is_unclear_may_be_out(server: Server, platform: str) -> None:
    takes(server)
    kept: dict[str, str] = {}
    client = CLIENTS[platform].client(server)
    post = part(follows=BELOW[platform], keep=kept.update)
    for answer in (Reply(502, b"<html>"), Reply(200, {"no": "id"}), Reply(200, b"")):
        server.on(f"POST {PATHS[platform]}", answer)
        kept.clear()
        with pytest.raises(UnknownOutcome):
            client.publish(post)
        assert kept[ASKED_AT]
    server.on(
        f"POST {PATHS[platform]}", error(100) if platform != "youtube" else youtube.refuses("x")
    )
    with pytest.raises(Refused):
        client.publish(post)
    assert kept[ASKED_AT] == ""
    assert len(server.calls(f"POST {PATHS[platform]}")) == 4


def test_facebook_may_have_the_comment_already(server: Server) -> None:
    server.on(f"POST {FACEBOOK}", error(506))
    client = facebook.client(server)
    with pytest.raises(Refused):
        client.publish(part(follows="1049_7"))
    with pytest.raises(UnknownOutcome):
        client.publish(part(follows="1049_7", handles={ASKED_AT: LATE}))


def test_comments_that_are_switched_off_are_said_to_be(server: Server) -> None:
    server.on(f"POST {YOUTUBE}", youtube.error(403, "commentsDisabled"))
    with pytest.raises(Refused, match="switched off"):
        youtube.client(server).publish(part(follows=FILM))


def test_the_quota_of_a_comment_is_counted(server: Server) -> None:
    class Counted(Unlimited):
        spent: dict[str, int] = {}

        def take(self, costs: Mapping[str, int], *, publishing: bool, server: str) -> None:
            for quota, cost in costs.items():
                self.spent[quota] = self.spent.get(quota, 0) + cost

    takes(server)
    client = youtube.client_of(server, youtube.store(), budget=Counted())
    client.publish(part(follows=FILM))
    assert Counted.spent == {"units": 50}


def test_comments_are_deleted_where_posts_may_not_be(server: Server) -> None:
    server.on(f"DELETE {V}/7_55", Reply(200, {"success": True}), error(100, 33))
    server.on(f"DELETE {V}/175", Reply(200, {"success": True}), error(100, 33))
    gone = youtube.error(404, "commentNotFound")
    server.on("DELETE /youtube/v3/comments", Reply(204, None), gone)
    for name, comment_id in (("facebook", "7_55"), ("instagram", "175"), ("youtube", "Ug_5.x")):
        client = CLIENTS[name].client(server)
        client.delete(comment_id, comment=True)
        client.delete(comment_id, comment=True)
        with pytest.raises(Refused):
            client.delete("../8", comment=True)
    with pytest.raises(NotOffered):
        instagram.client(server).delete("175")
    assert len(server.received) == 6

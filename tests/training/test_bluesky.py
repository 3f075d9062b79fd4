"""The AT Protocol of the training platforms, against recorded answers of the real servers."""

from __future__ import annotations

from typing import Any

import pytest

from govsocial.training.agency import TrainingAccount
from govsocial.training.app import TrainingPlatforms
from tests.training.conftest import Caller, Clock, in_process, missing, png, sample

CREATE = "/xrpc/com.atproto.repo.createRecord"
PUT = "/xrpc/com.atproto.repo.putRecord"
DELETE = "/xrpc/com.atproto.repo.deleteRecord"
UPLOAD = "/xrpc/com.atproto.repo.uploadBlob"
KEY = "3n2wopmkuyh2b"


@pytest.fixture
def signed_in(caller: Caller, kominfo: TrainingAccount) -> Caller:
    caller.sign_in(kominfo)
    return caller


def test_a_session_has_the_recorded_shape(caller: Caller, kominfo: TrainingAccount) -> None:
    session = caller.sign_in(kominfo)
    assert missing(sample("bluesky/create_session.json"), session) == []
    assert session["didDoc"]["service"][0]["serviceEndpoint"] == caller.base


def test_the_directory_tells_where_an_account_lives(
    caller: Caller, kominfo: TrainingAccount
) -> None:
    told = caller.get(f"/{kominfo.platform_id}").json()
    assert told["alsoKnownAs"] == [f"at://{kominfo.handle}"]
    assert told["service"][0]["serviceEndpoint"] == caller.base
    assert caller.get("/did:plc:unknown").status_code == 404
    assert caller.post(f"/{kominfo.platform_id}").status_code == 404


def test_a_profile_has_the_recorded_shape(signed_in: Caller, kominfo: TrainingAccount) -> None:
    answer = signed_in.xrpc("app.bsky.actor.getProfile", actor=kominfo.handle)
    assert missing(sample("bluesky/get_profile.json"), answer.json()) == []
    assert answer.headers["ratelimit-policy"] == "3000;w=300"
    assert "atproto-repo-rev" in answer.headers


def test_a_feed_post_with_a_picture_has_the_recorded_shape(
    signed_in: Caller, kominfo: TrainingAccount
) -> None:
    recorded = sample("bluesky/author_feed_p1.json")["feed"][1]
    feed = signed_in.xrpc(
        "app.bsky.feed.getAuthorFeed", actor=kominfo.handle, filter="posts_with_media"
    ).json()["feed"]
    assert missing(recorded, feed[0]) == []


def test_posts_and_threads_have_the_recorded_shape(
    signed_in: Caller, kominfo: TrainingAccount
) -> None:
    feed = signed_in.xrpc("app.bsky.feed.getAuthorFeed", actor=kominfo.handle, limit=10).json()
    uris = [item["post"]["uri"] for item in feed["feed"]]
    posts = signed_in.xrpc("app.bsky.feed.getPosts", uris=[*uris, "at://nobody/x/y"]).json()
    assert missing(sample("bluesky/get_posts.json"), posts) == []
    assert [post["uri"] for post in posts["posts"]] == uris

    asked = next(post for post in posts["posts"] if post["replyCount"] > 1)
    thread = signed_in.xrpc("app.bsky.feed.getPostThread", uri=asked["uri"]).json()
    assert missing(sample("bluesky/post_thread.json"), thread) == []
    assert len(thread["thread"]["replies"]) == asked["replyCount"]


def test_paging_a_feed_meets_every_post_once(signed_in: Caller, kominfo: TrainingAccount) -> None:
    total = signed_in.xrpc("app.bsky.actor.getProfile", actor=kominfo.handle).json()["postsCount"]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = signed_in.xrpc(
            "app.bsky.feed.getAuthorFeed", actor=kominfo.platform_id, limit=100, **cursor
        ).json()
        seen += [item["post"]["uri"] for item in page["feed"]]
        if "cursor" not in page:
            break
        cursor = {"cursor": page["cursor"]}
    assert len(seen) == len(set(seen)) == total > 1000


def test_create_put_get_and_delete_answer_as_recorded(
    signed_in: Caller, kominfo: TrainingAccount
) -> None:
    body = signed_in.record(kominfo, "Idempotent post", rkey=KEY)
    created = signed_in.post(CREATE, json=body)
    assert missing(sample("bluesky/create_post_with_rkey.json"), created.json()) == []

    again = signed_in.post(CREATE, json=body)
    assert again.status_code == 500
    assert again.json() == sample("bluesky/create_post_same_rkey_again.json")

    put = signed_in.post(PUT, json=body).json()
    assert put.keys() == sample("bluesky/put_post_same_rkey.json").keys()
    assert (put["uri"], put["cid"]) == (created.json()["uri"], created.json()["cid"])

    where = {"repo": kominfo.handle, "collection": "app.bsky.feed.post", "rkey": KEY}
    got = signed_in.xrpc("com.atproto.repo.getRecord", **where).json()
    assert missing(sample("bluesky/get_record.json"), got) == []
    assert got["value"] == body["record"]

    deleted = signed_in.post(DELETE, json=where)
    assert missing(sample("bluesky/delete_post.json"), deleted.json()) == []
    assert signed_in.post(DELETE, json=where).json() == sample("bluesky/delete_post_again.json")
    gone = signed_in.xrpc("com.atproto.repo.getRecord", **where)
    assert gone.status_code == 400
    recorded = sample("bluesky/error_record_not_found.json")
    assert gone.json()["error"] == recorded["error"]
    assert gone.json()["message"].startswith("Could not locate record: at://")


def test_putting_twice_makes_one_post(signed_in: Caller, kominfo: TrainingAccount) -> None:
    def total() -> Any:
        profile = signed_in.xrpc("app.bsky.actor.getProfile", actor=kominfo.handle)
        return profile.json()["postsCount"]

    before = total()
    body = signed_in.record(kominfo, "Sekali saja.", rkey=KEY)
    first, second = (signed_in.post(PUT, json=body).json() for _ in range(2))
    assert first["cid"] == second["cid"]
    assert "commit" in first
    assert "commit" not in second
    assert total() == before + 1


@pytest.mark.parametrize(
    ("text", "more", "message"),
    [
        ("x" * 301, {}, "grapheme too big (maximum 300, got 301) at $.record.text"),
        ("\N{FAMILY}\u200d\N{BOY}" * 300, {}, "string too big (maximum 3000, got 3300)"),
        ("Halo", {"createdAt": "kemarin"}, "Invalid datetime at $.record.createdAt"),
        ("Halo", {"langs": ["id", "en", "jv", "su"]}, "array too big (maximum 3, got 4)"),
        ("Halo", {"facets": [{"features": []}]}, 'Missing required key "index"'),
        ("Halo", {"reply": {}}, 'Missing required key "root"'),
        (
            "Halo",
            {"embed": {"$type": "app.bsky.embed.images", "images": [{"image": {}}]}},
            'Missing required key "alt"',
        ),
    ],
)
def test_a_record_that_breaks_the_lexicon_is_refused(
    signed_in: Caller, kominfo: TrainingAccount, text: str, more: dict[str, Any], message: str
) -> None:
    body = signed_in.record(kominfo, text, record=more)
    answer = signed_in.post(CREATE, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "InvalidRequest"
    assert message in answer.json()["message"]


def test_300_graphemes_are_taken_and_301_refused_as_recorded(
    signed_in: Caller, kominfo: TrainingAccount
) -> None:
    assert signed_in.post(CREATE, json=signed_in.record(kominfo, "é" * 300)).status_code == 200
    answer = signed_in.post(CREATE, json=signed_in.record(kominfo, "e\u0301" * 301))
    assert answer.json() == sample("bluesky/error_text_too_long.json")


def test_an_image_is_uploaded_posted_and_served(
    signed_in: Caller, kominfo: TrainingAccount
) -> None:
    data = png()
    answer = signed_in.post(UPLOAD, data=data, headers={"Content-Type": "image/png"}).json()
    assert missing(sample("bluesky/upload_blob.json"), answer) == []
    image = {
        "alt": "Loket layanan",
        "image": answer["blob"],
        "aspectRatio": {"width": 64, "height": 36},
    }
    embed = {"$type": "app.bsky.embed.images", "images": [image]}
    body = signed_in.record(kominfo, "Bergambar", record={"embed": embed})
    assert signed_in.post(CREATE, json=body).status_code == 200
    feed = signed_in.xrpc("app.bsky.feed.getAuthorFeed", actor=kominfo.handle, limit=1).json()
    shown = feed["feed"][0]["post"]["embed"]["images"][0]
    assert shown["alt"] == "Loket layanan"
    path = shown["fullsize"].removeprefix(signed_in.base)
    assert signed_in.get(path).content == data


def test_an_image_that_was_never_uploaded_is_refused(
    signed_in: Caller, kominfo: TrainingAccount
) -> None:
    blob = {"$type": "blob", "ref": {"$link": "bafkreinone"}, "mimeType": "image/png", "size": 3}
    embed = {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": blob}]}
    body = signed_in.record(kominfo, "Bergambar", record={"embed": embed})
    assert signed_in.post(CREATE, json=body).json()["error"] == "BlobNotFound"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"$type": "app.bsky.embed.images#image"}, "Expected a known $type"),
        (
            {"aspectRatio": None},
            "Expected Mapping value type at $.record.embed.items[0].aspectRatio",
        ),
    ],
)
def test_a_gallery_says_of_each_picture_what_it_is_and_how_large(
    signed_in: Caller, kominfo: TrainingAccount, change: dict[str, Any], said: str
) -> None:
    answer = signed_in.post(UPLOAD, data=png(), headers={"Content-Type": "image/png"}).json()
    item = {
        "$type": "app.bsky.embed.gallery#image",
        "alt": "",
        "image": answer["blob"],
        "aspectRatio": {"width": 64, "height": 36},
    }
    embed = {"$type": "app.bsky.embed.gallery", "items": [item]}
    good = signed_in.record(kominfo, "Galeri", record={"embed": embed})
    assert signed_in.post(CREATE, json=good).status_code == 200
    embed = {"$type": "app.bsky.embed.gallery", "items": [item | change]}
    bad = signed_in.record(kominfo, "Galeri", record={"embed": embed})
    assert said in signed_in.post(CREATE, json=bad).json()["message"]


def test_a_blob_that_is_too_large_is_refused(signed_in: Caller) -> None:
    answer = signed_in.post(UPLOAD, data=b"x" * (5 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert answer.json() == sample("bluesky/error_blob_too_large.json")


def test_errors_of_who_is_asking_are_those_recorded(
    caller: Caller, kominfo: TrainingAccount, dinkes: TrainingAccount, clock: Clock
) -> None:
    body = caller.record(kominfo, "Halo")
    answer = caller.post(CREATE, json=body)
    assert answer.status_code == 401
    assert answer.json() == sample("bluesky/error_auth_missing.json")

    caller.token = "made-up"
    assert caller.post(CREATE, json=body).json()["error"] == "InvalidToken"

    caller.sign_in(dinkes)
    other = caller.post(CREATE, json=body)
    assert (other.status_code, other.json()["error"]) == (401, "AuthenticationRequired")

    clock.forward(hours=2, seconds=1)
    expired = caller.post(CREATE, json=caller.record(dinkes, "Halo"))
    assert expired.status_code == 400
    assert expired.json() == sample("bluesky/error_expired_token.json")


def test_an_unknown_profile_is_refused_as_recorded(caller: Caller) -> None:
    answer = caller.xrpc("app.bsky.actor.getProfile", actor="nobody.latihan.test")
    assert answer.status_code == 400
    assert answer.json() == sample("bluesky/error_profile_not_found.json")


def test_a_wrong_password_opens_nothing(caller: Caller, kominfo: TrainingAccount) -> None:
    body = {"identifier": kominfo.handle, "password": "salah"}
    answer = caller.post("/xrpc/com.atproto.server.createSession", json=body)
    assert (answer.status_code, answer.json()["error"]) == (401, "AuthenticationRequired")


def test_refreshing_rotates_the_refresh_token(caller: Caller, kominfo: TrainingAccount) -> None:
    first = caller.sign_in(kominfo)
    caller.token = first["refreshJwt"]
    second = caller.post("/xrpc/com.atproto.server.refreshSession").json()
    assert second["refreshJwt"] != first["refreshJwt"]
    again = caller.post("/xrpc/com.atproto.server.refreshSession")
    assert (again.status_code, again.json()["error"]) == (400, "ExpiredToken")
    caller.token = second["accessJwt"]
    assert caller.xrpc("com.atproto.server.getSession").json()["did"] == kominfo.platform_id


def test_a_handle_resolves_to_its_did(caller: Caller, kominfo: TrainingAccount) -> None:
    answer = caller.xrpc("com.atproto.identity.resolveHandle", handle=kominfo.handle)
    assert answer.json() == {"did": kominfo.platform_id}


def test_records_are_listed_in_pages(caller: Caller, kominfo: TrainingAccount) -> None:
    where = {"repo": kominfo.handle, "collection": "app.bsky.feed.post", "limit": 3}
    first = caller.xrpc("com.atproto.repo.listRecords", **where).json()
    second = caller.xrpc("com.atproto.repo.listRecords", cursor=first["cursor"], **where).json()
    uris = [record["uri"] for record in first["records"] + second["records"]]
    assert uris == sorted(set(uris), reverse=True)
    assert len(uris) == 6


def test_the_31st_sign_in_within_five_minutes_is_refused_where_limits_are_enforced(
    make_app: Any, kominfo: TrainingAccount
) -> None:
    strict: TrainingPlatforms = make_app(enforce_limits=True)
    caller = in_process(strict)
    body = {"identifier": kominfo.handle, "password": kominfo.secret}
    path = "/xrpc/com.atproto.server.createSession"
    assert {caller.post(path, json=body).status_code for _ in range(30)} == {200}
    refused = caller.post(path, json=body)
    assert refused.status_code == 429
    assert refused.json() == sample("bluesky/error_rate_limited.json")
    assert refused.headers["ratelimit-limit"] == "30"
    assert int(refused.headers["retry-after"]) <= 300

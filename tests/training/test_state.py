"""What was done on the training platforms survives a restart, also with many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from govsocial.training.agency import TrainingAccount
from govsocial.training.app import TrainingPlatforms
from tests.training.conftest import ANCHOR, Caller, in_process, png

CREATE = "/xrpc/com.atproto.repo.createRecord"
STATUSES = "/api/v1/statuses"


def test_posts_sessions_images_and_the_anchor_survive_a_restart(
    make_app: Any, kominfo: TrainingAccount, mastodon: TrainingAccount
) -> None:
    first: TrainingPlatforms = make_app()
    caller = in_process(first)
    caller.sign_in(kominfo)
    uri = caller.post(CREATE, json=caller.record(kominfo, "Tetap ada")).json()["uri"]
    token, caller.token = caller.token, mastodon.secret
    media = caller.post("/api/v2/media", files={"file": ("a.png", png(), "image/png")}).json()
    headers = {"Idempotency-Key": "k"}
    body = {"status": "Tetap ada", "media_ids": [media["id"]]}
    status = caller.post(STATUSES, json=body, headers=headers).json()
    first.close()

    second: TrainingPlatforms = make_app(anchor=ANCHOR + timedelta(days=30), seed=1)
    assert second.story == first.story
    caller = in_process(second)
    caller.token = token
    assert caller.xrpc("com.atproto.server.getSession").json()["did"] == kominfo.platform_id
    posts = caller.xrpc("app.bsky.feed.getPosts", uris=uri).json()["posts"]
    assert posts[0]["record"]["text"] == "Tetap ada"
    caller.token = mastodon.secret
    assert caller.post(STATUSES, json=body, headers=headers).json()["id"] == status["id"]
    image = status["media_attachments"][0]["url"].removeprefix(caller.base)
    assert caller.get(image).content == png()


def test_a_deleted_post_of_the_history_stays_deleted(
    make_app: Any, mastodon: TrainingAccount
) -> None:
    caller = in_process(make_app())
    caller.token = mastodon.secret
    path = f"/api/v1/accounts/{mastodon.platform_id}/statuses"
    newest = caller.get(path).json()[0]["id"]
    total = caller.get("/api/v1/accounts/verify_credentials").json()["statuses_count"]
    assert caller.call("DELETE", f"{STATUSES}/{newest}").status_code == 200

    caller = in_process(make_app())
    caller.token = mastodon.secret
    assert caller.get(f"{STATUSES}/{newest}").status_code == 404
    assert caller.get(path).json()[0]["id"] != newest
    after = caller.get("/api/v1/accounts/verify_credentials").json()["statuses_count"]
    assert after == total - 1
    caller.moment = ANCHOR - timedelta(seconds=1)
    assert caller.get(f"{STATUSES}/{newest}").status_code == 200


def test_many_at_once_with_one_idempotency_key_make_one_status(
    served: Caller, app: TrainingPlatforms, mastodon: TrainingAccount
) -> None:
    def post(_: int) -> str:
        caller = Caller(served.base, token=mastodon.secret)
        with caller.session:
            answer = caller.post(
                STATUSES, data={"status": "Sekali"}, headers={"Idempotency-Key": "k"}
            )
        return str(answer.json()["id"])

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(post, range(12)))) == 1
    assert app.state.count_posts(mastodon.key, app.clock().timestamp()) == 1


def test_many_at_once_with_one_record_key_make_one_post(
    served: Caller, app: TrainingPlatforms, kominfo: TrainingAccount
) -> None:
    served.sign_in(kominfo)
    token = served.token

    def create(_: int) -> int:
        caller = Caller(served.base, token=token)
        with caller.session:
            body = caller.record(kominfo, "Sekali", rkey="3n2wopmkuyh2b")
            return caller.post(CREATE, json=body).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(create, range(12))) == [200] + [500] * 11
    assert app.state.count_posts(kominfo.key, app.clock().timestamp()) == 1


def test_no_token_is_stored_as_it_is(
    app: TrainingPlatforms, caller: Caller, kominfo: TrainingAccount
) -> None:
    session = caller.sign_in(kominfo)
    stored = b"".join(path.read_bytes() for path in app.state.directory.glob("training.sqlite3*"))
    assert kominfo.key.encode() in stored
    for name in ("accessJwt", "refreshJwt"):
        assert session[name].encode() not in stored

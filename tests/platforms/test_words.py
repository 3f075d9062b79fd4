"""What a platform says to people about its refusal reaches them: short, and without secrets."""

from __future__ import annotations

import logging

import pytest

from accounts.health import advice_on
from govsocial.platforms.errors import AccountBlocked, AuthRevoked, PlatformError, Refused
from govsocial.platforms.words import LONGEST
from tests.gathering import each
from tests.platforms import bluesky_stage as bluesky
from tests.platforms.fakes import MemoryStore, Received, Reply, Server
from tests.platforms.fault_tools import Call, assert_no_secret
from tests.platforms.stages import Stage, stages
from tests.platforms.test_samples import client_of, needs_samples, outgoing, recorded

WRITTEN_TO = [stage for stage in stages() if stage.publish]


@pytest.mark.parametrize("stage", WRITTEN_TO, ids=str)
def test_a_refused_post_carries_the_words_of_the_platform(
    server: Server, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert stage.refuses is not None
    stage.good(server)
    refuses = stage.refuses

    def careless(received: Received) -> Reply:
        sent = received.headers.get("Authorization")
        return refuses(f"Teks ini tidak diterima, {sent}. {'Alasan. ' * 100}")

    failure = Call(stage, "publish", stage.publish).fails(server, careless)
    assert type(failure) is Refused
    assert failure.words.startswith("Teks ini tidak diterima")
    assert len(failure.words) <= LONGEST
    assert_no_secret(stage, failure, caplog)


@pytest.mark.parametrize("status", [400, 401])
def test_an_account_that_bluesky_blocked_is_no_matter_of_the_password(
    server: Server, status: int
) -> None:
    blocked = {"error": "AccountTakedown", "message": "Account has been taken down"}
    server.on(bluesky.LOGIN, Reply(status, blocked))
    with pytest.raises(AccountBlocked) as caught:
        client_of("bluesky", server, MemoryStore(app_password="app-pass")).profile()
    assert caught.value.words == "Account has been taken down"
    # There is no application at Bluesky in which anything could be mended.
    sentence, where = advice_on("AccountBlocked", "bluesky")
    assert (str(sentence).partition(" ")[0], where) == ("Bluesky", "")
    server.on(bluesky.LOGIN, Reply(401, {"error": "AuthenticationRequired"}))
    with pytest.raises(AuthRevoked):
        client_of("bluesky", server, MemoryStore(app_password="app-pass")).profile()


@needs_samples
@each(
    ("name", "said"),
    [
        ("bluesky/error_text_too_long", "Invalid app.bsky.feed.post record: grapheme too big"),
        ("bluesky/error_blob_too_large", "request entity too large"),
        ("bluesky/error_profile_not_found", "Profile not found"),
        ("bluesky/error_record_not_found", "Could not locate record"),
        ("mastodon/error_empty_status", "バリデーションに失敗しました: Textを入力してください"),
        ("mastodon/error_not_found", "Not Found"),
    ],
)
def test_recorded_words_are_passed_on(server: Server, name: str, said: str) -> None:
    platform = name.partition("/")[0]
    (stage,) = (one for one in WRITTEN_TO if one.name == platform)
    stage.good(server)
    server.on(stage.publish, recorded(f"{name}.json"))
    with pytest.raises(PlatformError) as caught:
        stage.client(server).publish(outgoing(platform))
    assert caught.value.words.startswith(said)

"""Threads: what its refusals mean, its tokens, and consent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from govsocial.platforms.errors import (
    AccountBlocked,
    AuthRevoked,
    BadAnswer,
    NotOffered,
    PermissionMissing,
    PlatformError,
    RateLimited,
    Refused,
    Unavailable,
    UnknownOutcome,
)
from govsocial.platforms.registry import spec
from govsocial.platforms.threads.consent import ThreadsAuthorisation
from tests.gathering import each
from tests.platforms import threads_stage as threads
from tests.platforms.fakes import MemoryStore, Received, Reply, Server

# Refusals and tokens


@each(
    ("status", "body", "kind"),
    [
        (200, threads.error(190, "Invalid", error_subcode=458), AuthRevoked),
        (500, threads.error(190, "Invalid"), AuthRevoked),
        (400, threads.error(190, "Over", error_subcode=463), AuthRevoked),
        (400, threads.error(10, "no permission"), PermissionMissing),
        (400, threads.error(4, "limit"), RateLimited),
        (500, threads.error(32, "limit"), RateLimited),
        (400, threads.error(2, "x", is_transient=True), UnknownOutcome),
        (500, threads.error(2, "x", is_transient=True), UnknownOutcome),
        (400, threads.error(100, "THREADS_API__LINK_LIMIT_EXCEEDED"), Refused),
        (400, threads.error(100, "x", error_subcode=4_279_013), AccountBlocked),
        (404, b"<html>", UnknownOutcome),
        (200, {"id": "../1"}, UnknownOutcome),
    ],
)
def test_a_refusal_is_understood_by_its_envelope(
    server: Server, status: int, body: Any, kind: type[PlatformError]
) -> None:
    threads.good(server)
    server.on(threads.PUBLISH, Reply(status, body))
    with pytest.raises(PlatformError) as caught:
        threads.client(server).publish(threads.outgoing())
    assert type(caught.value) is kind
    assert len(server.calls(threads.PUBLISH)) == 1


def test_a_passing_failure_of_a_read_is_tried_again_whatever_its_status(server: Server) -> None:
    threads.good(server)
    good = server.answer_of(threads.PROFILE)
    server.on(threads.PROFILE, Reply(400, threads.error(2, "x", is_transient=True)), good)
    assert threads.client(server).profile().handle == "samudrakota"


def test_a_token_that_another_worker_renewed_is_used(server: Server) -> None:
    threads.good(server)
    store = threads.store()
    over = Reply(401, threads.error(190, "Over", error_subcode=463))

    def profile(received: Received) -> Reply:
        store.secret = {**store.load(), "access_token": "baru-oleh-yang-lain"}
        server.on(threads.PROFILE, Reply(200, {"id": "5", "username": "a"}))
        return over

    server.on(threads.PROFILE, profile)
    assert threads.client_of(server, store).profile().handle == "a"
    assert server.calls(threads.PROFILE)[1].headers["Authorization"].endswith("baru-oleh-yang-lain")


def test_a_token_is_renewed_when_it_is_a_week_old(server: Server) -> None:
    threads.good(server)
    young = (datetime.now(UTC) + timedelta(days=54)).isoformat()
    week_old = (datetime.now(UTC) + timedelta(days=52)).isoformat()
    threads.client(server, expires_at=young).renew()
    threads.client(server, expires_at="").renew()
    assert server.received == []
    store = threads.store(expires_at=week_old)
    threads.client_of(server, store).renew()
    kept = store.load()
    assert (kept["access_token"], kept["account_id"]) == (threads.SECRETS[1], threads.ACCOUNT)
    ends = datetime.fromisoformat(kept["expires_at"]) - datetime.now(UTC)
    assert ends == pytest.approx(timedelta(seconds=5_183_944), abs=timedelta(seconds=5))
    assert server.calls(threads.RENEW)[0].query["grant_type"] == ["th_refresh_token"]


@each("odd", [None, "abc", 1e300, 0, -5, []])
def test_a_token_whose_end_is_not_told_is_kept_and_renewed_in_time(
    server: Server, odd: object
) -> None:
    server.on(threads.RENEW, Reply(200, {"access_token": "baru", "expires_in": odd, "user_id": []}))
    store = threads.store(expires_at=datetime.now(UTC).isoformat())
    threads.client_of(server, store).renew()
    kept = store.load()
    ends = datetime.fromisoformat(kept["expires_at"]) - datetime.now(UTC)
    assert kept["access_token"] == "baru"
    assert ends == pytest.approx(timedelta(days=60), abs=timedelta(seconds=5))


@each(
    ("answer", "kind"),
    [
        (Reply(400, threads.error(190, "Over", error_subcode=463)), AuthRevoked),
        (Reply(500), Unavailable),
        (Reply(200, {"expires_in": 5}), BadAnswer),
        (Reply(200, threads.error(1, "x")), Unavailable),
    ],
)
def test_a_renewal_that_fails_loses_nothing(
    server: Server, answer: Reply, kind: type[PlatformError]
) -> None:
    server.on(threads.RENEW, answer)
    store = threads.store(expires_at=datetime.now(UTC).isoformat())
    before = store.load()
    with pytest.raises(PlatformError) as caught:
        threads.client_of(server, store).renew()
    assert type(caught.value) is kind
    assert store.load() == before


def test_the_rights_of_a_token_are_asked_for(server: Server) -> None:
    def told(**facts: Any) -> None:
        server.on(threads.DEBUG, Reply(200, {"data": facts}))

    client = threads.client(server)
    told(is_valid=True, scopes=["threads_basic", "threads_content_publish"])
    client.check_can_publish()
    told(is_valid=True, scopes=["threads_basic"])
    with pytest.raises(PermissionMissing, match="threads_content_publish"):
        client.check_can_publish()
    told(is_valid=False)
    with pytest.raises(AuthRevoked):
        client.check_can_publish()


# Consent


def consent(server: Server) -> ThreadsAuthorisation:
    return ThreadsAuthorisation(threads.connection(server, MemoryStore()))


def test_consent_leads_to_a_long_token_and_the_account_behind_it(server: Server) -> None:
    threads.good(server)
    server.on(threads.SHORT, Reply(200, {"access_token": "pendek-123", "user_id": 78154620934812}))
    server.on(threads.LONG, Reply(200, {"access_token": threads.SECRETS[1], "expires_in": 5183944}))
    asking = consent(server)
    address = asking.address(redirect_uri="https://app.example/back", state="s-1", verifier="")
    assert parse_qs(urlsplit(address).query) == {
        "client_id": ["aplikasi"],
        "redirect_uri": ["https://app.example/back"],
        "scope": [
            "threads_basic,threads_content_publish,threads_manage_insights,threads_delete,"
            "threads_manage_replies,threads_read_replies"
        ],
        "response_type": ["code"],
        "state": ["s-1"],
    }
    secret = asking.exchange(code="c-1#_", redirect_uri="https://app.example/back", verifier="")
    assert threads.form(server.calls(threads.SHORT)[0])["code"] == "c-1"
    assert server.calls(threads.LONG)[0].query["access_token"] == ["pendek-123"]
    assert (secret["access_token"], secret["account_id"]) == (threads.SECRETS[1], "78154620934812")
    (choice,) = asking.choices(secret)
    assert choice.platform_id == choice.secret["account_id"] == threads.ACCOUNT
    assert choice.secret["scope"] == "threads_basic"
    assert threads.SECRETS[1] not in repr(choice)


def test_a_consent_that_fails_tells_no_secret(server: Server) -> None:
    said = f"Bad {threads.SECRETS[2]} c-rahasia-12"
    server.on(threads.SHORT, Reply(400, threads.error(100, said)))
    with pytest.raises(Refused) as caught:
        consent(server).exchange(code="c-rahasia-12", redirect_uri="https://a", verifier="")
    assert threads.SECRETS[2] not in f"{caught.value!r} {vars(caught.value)!r}"
    assert "c-rahasia-12" not in f"{caught.value!r} {vars(caught.value)!r}"
    with pytest.raises(NotOffered):
        consent(server).revoke({})


def test_every_cost_is_of_a_quota_that_is_declared() -> None:
    assert {quota.name for quota in spec("threads").quotas} == {
        "calls",
        "threads posts",
        "threads replies",
        "threads deletes",
    }

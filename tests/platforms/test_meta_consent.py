"""Consent through Facebook Login, for Pages and for the Instagram accounts linked to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from govsocial.platforms.errors import (
    AppRefused,
    AuthRevoked,
    BadAnswer,
    NotOffered,
    PlatformError,
    Refused,
    Unavailable,
)
from govsocial.platforms.oauth import AppCredentials, Authorisation, missing_scopes
from govsocial.platforms.registry import authorisation
from tests.gathering import each
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import Received, Reply, Server
from tests.platforms.meta_stage_parts import APP_SECRET, V, error

TOKENS = f"GET {V}/oauth/access_token"
DEBUG = f"GET {V}/debug_token"
ACCOUNTS = f"GET {V}/me/accounts"
SHORT, LONG = "EAAB-short-token", "EAAB-long-token"
BACK = "https://agency.example/connect/callback"
ENDS = int(datetime(2027, 2, 21, tzinfo=UTC).timestamp())
USER = {"access_token": LONG, "scope": "pages_show_list pages_manage_posts"}


def consent(server: Server, platform: str = "facebook") -> Authorisation:
    return authorisation(
        platform,
        app=AppCredentials(client_id="4711", client_secret=APP_SECRET),
        allowed_private={server.host},
        timing=QUICK,
        base=server.base,
    )


def good(server: Server, **facts: Any) -> None:
    told = {
        "is_valid": True,
        "scopes": ["pages_show_list"],
        "data_access_expires_at": ENDS,
        "user_id": "1022",
    }
    server.on(
        TOKENS,
        Reply(200, {"access_token": SHORT, "token_type": "bearer", "expires_in": 3600}),
        Reply(200, {"access_token": LONG, "token_type": "bearer", "expires_in": 5_184_000}),
    )
    server.on(DEBUG, Reply(200, {"data": {**told, **facts}}))


def exchange(server: Server) -> Any:
    return consent(server).exchange(code="the-code", redirect_uri=BACK, verifier="")


def page(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "name": f"Halaman {number}",
        "access_token": f"page-token-{number}",
        "tasks": ["ANALYZE", "CREATE_CONTENT"],
        **changes,
    }


def linked(number: int) -> dict[str, Any]:
    account = {"id": f"1784{number}", "username": f"akun{number}", "name": f"Akun {number}"}
    return {"instagram_business_account": account}


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_the_address_asks_for_every_right_and_again_for_declined_ones(
    server: Server, platform: str
) -> None:
    asking = consent(server, platform)
    address = urlsplit(asking.address(redirect_uri=BACK, state="st", verifier="v"))
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert address.path == f"{V}/dialog/oauth"
    assert query["scope"].split(",") == list(asking.scopes)
    assert (query["redirect_uri"], query["state"], query["client_id"]) == (BACK, "st", "4711")
    assert (query["response_type"], query["auth_type"]) == ("code", "rerequest")
    assert APP_SECRET not in address.query


def test_a_code_becomes_a_long_token_with_what_was_granted(server: Server) -> None:
    good(server)
    secret = exchange(server)
    assert secret["access_token"] == LONG
    assert secret["scope"] == "pages_show_list"
    assert secret["user_id"] == "1022"
    assert missing_scopes(consent(server).scopes, secret)[:1] == ["pages_read_engagement"]
    days = (datetime.fromisoformat(secret["expires_at"]) - datetime.now(UTC)).days
    assert days in {59, 60}
    assert secret["data_access_expires_at"] == "2027-02-21T00:00:00+00:00"
    first, second = server.calls(TOKENS)
    assert first.query["code"] == ["the-code"]
    assert second.query["fb_exchange_token"] == [SHORT]
    assert "Authorization" not in first.headers


def test_a_token_without_an_end_has_none(server: Server) -> None:
    good(server, expires_at=0, data_access_expires_at=0)
    server.on(TOKENS, Reply(200, {"access_token": LONG}))
    assert exchange(server).keys() == {"access_token", "scope", "user_id"}


@each(
    ("answer", "kind"),
    [
        (error(100, 36009, message="This authorization code has been used."), Refused),
        (error(1, message="Error validating client secret."), AppRefused),
        (error(101), AppRefused),
        (error(2, status=500), Unavailable),
        (Reply(200, {"token": "x"}), BadAnswer),
        (Reply(200, b"<html>"), BadAnswer),
    ],
)
def test_a_code_that_is_not_taken_is_sent_once(
    server: Server, answer: Reply, kind: type[PlatformError]
) -> None:
    server.on(TOKENS, answer)
    with pytest.raises(kind) as caught:
        exchange(server)
    assert len(server.received) == 1
    assert APP_SECRET not in repr(caught.value) + caught.value.words


def test_a_token_that_meta_calls_bad_at_once_is_no_connection(server: Server) -> None:
    good(server, is_valid=False)
    with pytest.raises(AuthRevoked):
        exchange(server)


def test_every_page_of_every_page_of_the_list_is_a_choice(server: Server) -> None:
    following = {"cursors": {"after": "c2"}, "next": "https://elsewhere.example/"}
    server.on(
        ACCOUNTS,
        Reply(200, {"data": [page(1), page(2)], "paging": following}),
        Reply(200, {"data": [page(3, username="tiga", link="https://f.example/tiga")]}),
    )
    secret = {
        **USER,
        "expires_at": "2027-01-24T00:00:00+00:00",
        "data_access_expires_at": "D",
        "user_id": "9",
    }
    choices = consent(server).choices(secret)
    assert [choice.platform_id for choice in choices] == ["1", "2", "3"]
    assert choices[0].secret == {
        "access_token": "page-token-1",
        "account_id": "1",
        "page_id": "1",
        "scope": USER["scope"],
        "expires_at": "D",
        "user_id": "9",
    }
    assert (choices[2].handle, choices[2].url) == ("tiga", "https://f.example/tiga")
    assert (choices[0].handle, choices[0].url) == ("1", f"{server.base}/1")
    assert "page-token" not in repr(choices)
    assert server.received[1].query["after"] == ["c2"]


def test_instagram_offers_the_accounts_that_are_linked(server: Server) -> None:
    server.on(ACCOUNTS, Reply(200, {"data": [page(1, **linked(1)), page(2), page(3, **linked(3))]}))
    first, second = consent(server, "instagram").choices(USER)
    assert (first.platform_id, first.handle, first.display_name) == ("17841", "akun1", "Akun 1")
    assert (first.secret["account_id"], first.secret["page_id"]) == ("17841", "1")
    assert second.secret["access_token"] == "page-token-3"
    assert first.url == f"{server.base}/akun1/"


@pytest.mark.parametrize(
    ("tasks", "scope"),
    [
        (["ANALYZE"], "pages_show_list"),
        (["CREATE_CONTENT"], "pages_show_list pages_manage_posts"),
        (None, "pages_show_list pages_manage_posts"),
    ],
)
def test_who_may_not_write_on_a_page_has_no_right_to_publish_there(
    server: Server, tasks: Any, scope: str
) -> None:
    server.on(ACCOUNTS, Reply(200, {"data": [page(1, tasks=tasks)]}))
    (choice,) = consent(server).choices(USER)
    assert choice.secret["scope"] == scope


def test_a_page_that_gives_no_token_is_no_choice(server: Server) -> None:
    server.on(ACCOUNTS, Reply(200, {"data": [page(1, access_token=None), page(2)]}))
    assert [choice.platform_id for choice in consent(server).choices(USER)] == ["2"]


@pytest.mark.parametrize("cursors", [["same"], ["a", "b"]])
def test_a_list_of_pages_without_end_ends(server: Server, cursors: list[str]) -> None:
    number = 0

    def answer(received: Received) -> Reply:
        nonlocal number
        number += 1
        cursor = cursors[number % len(cursors)]
        paging = {"cursors": {"after": cursor}, "next": "https://elsewhere.example/"}
        return Reply(200, {"data": [page(1)], "paging": paging})

    server.on(ACCOUNTS, answer)
    assert len(consent(server).choices(USER)) == 1
    assert number <= 3


PAGE_SECRET = {"access_token": "page-token-1", "page_id": "1", "user_id": "1022"}


def test_consent_is_taken_back_with_the_persons_token(server: Server) -> None:
    server.on(f"DELETE {V}/me/permissions", Reply(200, {"success": True}), error(190))
    consent(server).revoke(USER)
    consent(server).revoke(USER)
    assert server.received[0].headers["Authorization"] == f"Bearer {LONG}"


def test_of_a_page_the_application_takes_the_persons_consent_back(server: Server) -> None:
    route = f"DELETE {V}/1022/permissions"
    server.on(route, Reply(200, {"success": True}), error(100, 33), error(190))
    consent(server).revoke(PAGE_SECRET)
    consent(server).revoke(PAGE_SECRET)
    assert server.calls(route)[0].headers["Authorization"] == f"Bearer 4711|{APP_SECRET}"
    with pytest.raises(AppRefused):
        consent(server).revoke(PAGE_SECRET)
    with pytest.raises(NotOffered):
        consent(server).revoke({"access_token": "page-token-1", "page_id": "1"})
    assert len(server.received) == 3

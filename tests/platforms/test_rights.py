"""Whether a secret may publish is found out before it is kept, and without publishing."""

from __future__ import annotations

import pytest

from govsocial.platforms.base import PlatformClient
from govsocial.platforms.errors import (
    AccountBlocked,
    AuthRevoked,
    PermissionMissing,
    PlatformError,
    Refused,
)
from govsocial.platforms.registry import connect
from tests.gathering import each
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore, Reply, Server

STATUS, MEDIA = "DELETE /api/v1/statuses/0", "PUT /api/v1/media/0"


def client_of(server: Server, platform: str, **secret: str) -> PlatformClient:
    return connect(
        platform,
        host=server.base,
        handle="kota.example",
        secrets=MemoryStore(**secret),
        allowed_private={server.host},
        timing=QUICK,
    )


@pytest.fixture
def mastodon(server: Server) -> PlatformClient:
    for call in (STATUS, MEDIA):
        server.on(call, Reply(404, {"error": "Record not found"}))
    return client_of(server, "mastodon", access_token="token-1")


def test_a_token_that_may_write_is_found_good_without_making_anything(
    mastodon: PlatformClient, server: Server
) -> None:
    mastodon.check_can_publish()
    assert [f"{one.method} {one.path}" for one in server.received] == [STATUS, MEDIA]


@pytest.mark.parametrize("refused", [STATUS, MEDIA])
@pytest.mark.parametrize("said", ["This action is outside the authorized scopes", "Forbidden"])
def test_a_token_without_the_right_to_write_statuses_or_media_is_found_out(
    mastodon: PlatformClient, server: Server, refused: str, said: str
) -> None:
    server.on(refused, Reply(403, {"error": said}))
    with pytest.raises(PermissionMissing):
        mastodon.check_can_publish()


def test_a_disabled_login_is_not_taken_for_a_token_that_may_only_read(
    mastodon: PlatformClient, server: Server
) -> None:
    server.on(STATUS, Reply(403, {"error": "Your login is currently disabled"}))
    with pytest.raises(AccountBlocked):
        mastodon.check_can_publish()


def test_a_revoked_token_is_not_taken_for_one_that_may_only_read(
    mastodon: PlatformClient, server: Server
) -> None:
    server.on(STATUS, Reply(401, {"error": "The access token was revoked"}))
    with pytest.raises(AuthRevoked):
        mastodon.check_can_publish()


@each(
    ("said", "headers", "kind"),
    [
        ("This action is outside the authorized scopes", {}, PermissionMissing),
        ("Forbidden: token has insufficient scope permission", {}, PermissionMissing),
        ("Insufficient permissions: write:statuses.", {}, PermissionMissing),
        ("No", {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}, PermissionMissing),
        ("insufficient_scope", {}, PermissionMissing),
        ("invalid_scope", {}, PermissionMissing),
        ("missing_scope", {}, PermissionMissing),
        ("required_scopes: write:statuses", {}, PermissionMissing),
        ("Missing required scope: write", {}, PermissionMissing),
        ("Your login is currently disabled", {}, AccountBlocked),
        ("Your account is currently suspended", {}, AccountBlocked),
        ("Your account has been permanently suspended", {}, AccountBlocked),
        ("Your account is too new to post", {}, Refused),
        ("Posts about telescopes are not allowed", {}, Refused),
        ("Your login is missing a confirmed e-mail address", {}, AccountBlocked),
        ("Your login is currently pending approval", {}, AccountBlocked),
        ("Your account requires two-factor authentication", {}, AccountBlocked),
        ("Your account requires 2FA", {}, AccountBlocked),
        ("Your account requires multi-factor authentication", {}, AccountBlocked),
        ("Your account requires a confirmed e-mail address", {}, AccountBlocked),
        ("Your account requires e-mail verification", {}, AccountBlocked),
        ("Your account requires approval", {}, AccountBlocked),
        ("Your account requires an administrator's approval", {}, AccountBlocked),
        ("Your account is not yet approved", {}, AccountBlocked),
        ("Your account has not been confirmed", {}, AccountBlocked),
        ("Your account is pending approval", {}, AccountBlocked),
        ("Your account has been locked", {}, AccountBlocked),
        # Of one group or one kind of post, while everything else goes on.
        ("Your account is not yet approved to post in this group", {}, Refused),
        ("Your account requires approval to post in this group", {}, Refused),
        ("Your account requires a picture", {}, Refused),
        ("Your account is a locked account", {}, Refused),
        ("Your account is not locked", {}, Refused),
        # Of this one call, whatever the token may do.
        ("This action is not allowed", {}, Refused),
    ],
)
def test_what_a_403_of_a_server_is_about_is_told_by_its_words(
    mastodon: PlatformClient,
    server: Server,
    said: str,
    headers: dict[str, str],
    kind: type[PlatformError],
) -> None:
    server.on("GET /api/v1/accounts/verify_credentials", Reply(403, {"error": said}, headers))
    with pytest.raises(PlatformError) as caught:
        mastodon.profile()
    assert type(caught.value) is kind
    assert caught.value.words.startswith(said[:9].rstrip("."))


def test_an_app_password_that_signs_in_may_publish(server: Server) -> None:
    session = {
        "did": "did:plc:kota",
        "handle": "kota.example",
        "accessJwt": "a",
        "refreshJwt": "r",
    }
    sign_in = "POST /xrpc/com.atproto.server.createSession"
    bluesky = client_of(server, "bluesky", app_password="one")
    server.on(sign_in, Reply(401, {"error": "AuthenticationRequired"}), Reply(200, session))
    with pytest.raises(AuthRevoked):
        bluesky.check_can_publish()
    bluesky.check_can_publish()
    assert len(server.calls(sign_in)) == 2

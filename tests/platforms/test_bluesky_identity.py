"""Where an account lives, as its domain or the directory says."""

from __future__ import annotations

from typing import Any

import pytest

from govsocial.platforms import registry
from govsocial.platforms.bluesky import identity
from govsocial.platforms.errors import HostRefused, NotFound
from govsocial.platforms.http import Answer
from tests.gathering import each

ON_WEB = {"id": "did:web:kota.example", "alsoKnownAs": ["https://a", "at://kota.example"]}


def test_the_domain_of_an_identity_keeps_its_own_document(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def read(base: str, path: str, *rest: Any) -> Answer:
        asked.append(base + path)
        body = str(ON_WEB).replace("'", '"').encode()
        return Answer(200, {}, body, "GET kota.example")

    monkeypatch.setattr(identity, "_read", read)
    found = registry.home("bluesky", handle="kota.example", platform_id="did:web:kota.example")
    assert found is not None
    assert (found.handle, found.server) == ("kota.example", "")
    assert asked == ["https://kota.example/.well-known/did.json"]


@pytest.mark.parametrize(
    ("where", "status", "is_own"),
    [
        ("GET kota.example/.well-known/did.json", 404, True),
        ("GET kota.example/.well-known/did.json", 403, False),
        ("GET plc.directory/did:plc:kota", 404, False),
    ],
)
def test_a_page_says_only_of_a_domain_that_it_keeps_no_document(
    where: str, status: int, is_own: bool
) -> None:
    assert identity._is_own(Answer(status, {}, b"<html>", where)) is is_own


@each("did", ["did:web:127.0.0.1", "did:web:localhost", "did:web:a.example%3A8080", "did:plc:../x"])
def test_an_identity_leads_to_no_address_that_is_not_public(did: str) -> None:
    with pytest.raises((HostRefused, NotFound)):
        registry.home("bluesky", handle="kota.example", platform_id=did)


def test_other_platforms_have_no_directory() -> None:
    assert registry.home("mastodon", handle="kota") is None

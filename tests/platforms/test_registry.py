from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from govsocial.platforms.errors import HostRefused
from govsocial.platforms.oauth import AppCredentials
from govsocial.platforms.registry import Platform, authorisation, connect, native_names, spec
from tests.gathering import each
from tests.platforms.fakes import MemoryStore

OWN_SERVERS = [Platform.BLUESKY, Platform.MASTODON]
CENTRAL = [one for one in Platform if one not in {*OWN_SERVERS, Platform.FEED}]
METRICS = Path(__file__).resolve().parent.parent.parent / "docs" / "metrics.md"


@each("platform", OWN_SERVERS)
@each("host", ["http://10.0.0.1", "localhost", "https://a:b@x.example"])
def test_a_client_is_not_made_for_a_host_that_must_not_be_reached(
    platform: Platform, host: str
) -> None:
    with pytest.raises(HostRefused):
        connect(platform, host=host, handle="kota", secrets=MemoryStore())


def test_only_bluesky_has_a_host_of_its_own() -> None:
    assert connect("bluesky", host="", handle="kota.example", secrets=MemoryStore())
    with pytest.raises(HostRefused):
        connect("mastodon", host="", handle="kota", secrets=MemoryStore())


@each("platform", CENTRAL)
def test_a_central_platform_is_reached_at_its_own_addresses_or_at_one_server_instead(
    platform: Platform,
) -> None:
    assert connect(platform, host="", handle="kota", secrets=MemoryStore())
    assert spec(platform).addresses is not None
    with pytest.raises(HostRefused):
        connect(platform, host="", handle="k", secrets=MemoryStore(), base="http://10.0.0.1")


@each("platform", CENTRAL)
def test_a_central_platform_is_connected_by_consent(platform: Platform) -> None:
    app = AppCredentials(client_id="id", client_secret="secret")
    way = authorisation(platform, app=app)
    address = way.address(redirect_uri="https://k.example/", state="s", verifier="v" * 64)
    assert address.startswith("https://")
    assert "secret" not in address


def test_an_unknown_platform_is_an_error() -> None:
    with pytest.raises(ValueError, match="friendster"):
        connect("friendster", host="x.example", handle="kota", secrets=MemoryStore())


@each(
    ("platform", "likes"),
    [
        ("bluesky", "likeCount"),
        ("mastodon", "favourites_count"),
        ("facebook", "reactions.summary.total_count"),
        ("instagram", "like_count"),
        ("threads", "likes"),
        ("x", "like_count"),
        ("youtube", "likeCount"),
        ("tiktok", "like_count"),
    ],
)
def test_every_platform_names_its_own_metrics(platform: str, likes: str) -> None:
    assert native_names(platform)["likes"] == likes


@each("platform", list(Platform))
def test_the_page_on_metrics_names_each_as_the_platform_does(platform: Platform) -> None:
    """A section to a definition, with a row to each name that the platform gives."""
    parts = re.split(r"\n#{2,3} ", METRICS.read_text("utf-8"))
    (section,) = [one for one in parts if f"`{spec(platform).definition}`\n" in one[:80]]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    written = {row[0].strip(): row[1].strip() for row in rows if row[0].strip() != "Name"}
    assert written == native_names(platform)


def test_the_clients_load_without_django() -> None:
    code = "import sys, govsocial.platforms.registry; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
